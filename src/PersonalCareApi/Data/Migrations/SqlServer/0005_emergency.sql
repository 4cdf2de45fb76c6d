-- When the review of an emergency access is due, and when it was done.
ALTER TABLE emergency_access ADD review_due_at datetime2(6);

ALTER TABLE emergency_access ADD reviewed_at datetime2(6);

CREATE INDEX ix_emergency_access_reviewed ON emergency_access (partner_id, reviewed_at, occurred_at);

-- What a client is told: what happened, under which category of what it tells of. Words are in content.
CREATE TABLE client_notice (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier NOT NULL,
    version int NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    kind nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    category nvarchar(32) COLLATE Latin1_General_100_BIN2 NOT NULL,
    about_id uniqueidentifier NOT NULL,
    read_by_client_at datetime2(6),
    read_by_representative_at datetime2(6),
    content varbinary(max) NOT NULL,
    recorded_at datetime2(6) NOT NULL,
    CONSTRAINT pk_client_notice PRIMARY KEY NONCLUSTERED (id),
    CONSTRAINT fk_client_notice_1 FOREIGN KEY (client_id) REFERENCES client (client_id)
);

CREATE CLUSTERED INDEX ix_client_notice_client ON client_notice (client_id, recorded_at, id);

CREATE INDEX ix_client_notice_about ON client_notice (client_id, about_id);
