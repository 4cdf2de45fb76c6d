-- People in care. access_version is raised by every change that bears on a decision about the record.
CREATE TABLE client (
    client_id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    version int NOT NULL,
    access_version bigint NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    content varbinary(max) NOT NULL,
    created_at datetime2(6) NOT NULL,
    updated_at datetime2(6) NOT NULL,
    erased_at datetime2(6),
    CONSTRAINT pk_client PRIMARY KEY NONCLUSTERED (client_id),
    CONSTRAINT fk_client_1 FOREIGN KEY (partner_id) REFERENCES partner (id)
);

CREATE CLUSTERED INDEX ix_client_created ON client (partner_id, created_at, client_id);

-- A client's data key, wrapped by the master key. Without it nothing of the record can be read.
CREATE TABLE client_key (
    client_id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    generation int NOT NULL,
    wrapped varbinary(max) NOT NULL,
    created_at datetime2(6) NOT NULL,
    CONSTRAINT pk_client_key PRIMARY KEY CLUSTERED (client_id, generation),
    CONSTRAINT fk_client_key_1 FOREIGN KEY (client_id) REFERENCES client (client_id)
);

-- A practitioner's part in a client's care, with its role and period.
CREATE TABLE care_relationship (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier NOT NULL,
    version int NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    practitioner_id uniqueidentifier NOT NULL,
    role nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    from_at datetime2(6) NOT NULL,
    until_at datetime2(6),
    recorded_at datetime2(6) NOT NULL,
    CONSTRAINT pk_care_relationship PRIMARY KEY NONCLUSTERED (id),
    CONSTRAINT fk_care_relationship_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT fk_care_relationship_2 FOREIGN KEY (practitioner_id) REFERENCES practitioner (id)
);

CREATE CLUSTERED INDEX ix_care_relationship_client ON care_relationship (client_id, recorded_at, id);

CREATE INDEX ix_care_relationship_practitioner ON care_relationship (practitioner_id, client_id);

-- Who may act for a client, for what, and how long.
CREATE TABLE representative (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier NOT NULL,
    version int NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    categories nvarchar(max) NOT NULL,
    actions nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    from_at datetime2(6) NOT NULL,
    until_at datetime2(6),
    ends_at_age_of_consent bit NOT NULL,
    content varbinary(max) NOT NULL,
    recorded_at datetime2(6) NOT NULL,
    CONSTRAINT pk_representative PRIMARY KEY CLUSTERED (id),
    CONSTRAINT fk_representative_1 FOREIGN KEY (client_id) REFERENCES client (client_id)
);

CREATE INDEX ix_representative_client ON representative (client_id);

-- Recorded endangerment: while it lasts, the representative's authority rests.
CREATE TABLE safeguard (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier NOT NULL,
    version int NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    representative_id uniqueidentifier NOT NULL,
    from_at datetime2(6) NOT NULL,
    until_at datetime2(6),
    content varbinary(max) NOT NULL,
    recorded_at datetime2(6) NOT NULL,
    CONSTRAINT pk_safeguard PRIMARY KEY CLUSTERED (id),
    CONSTRAINT fk_safeguard_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT fk_safeguard_2 FOREIGN KEY (representative_id) REFERENCES representative (id)
);

CREATE INDEX ix_safeguard_client ON safeguard (client_id);

CREATE INDEX ix_safeguard_representative ON safeguard (representative_id);

-- A practitioner's declared emergency on one record.
CREATE TABLE emergency_access (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier NOT NULL,
    version int NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    practitioner_id uniqueidentifier NOT NULL,
    from_at datetime2(6) NOT NULL,
    until_at datetime2(6) NOT NULL,
    content varbinary(max) NOT NULL,
    recorded_at datetime2(6) NOT NULL,
    review_due_at datetime2(6),
    reviewed_at datetime2(6),
    CONSTRAINT pk_emergency_access PRIMARY KEY CLUSTERED (id),
    CONSTRAINT fk_emergency_access_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT fk_emergency_access_2 FOREIGN KEY (practitioner_id) REFERENCES practitioner (id)
);

CREATE INDEX ix_emergency_access_client ON emergency_access (client_id);

CREATE INDEX ix_emergency_access_reviewed ON emergency_access (partner_id, reviewed_at, occurred_at);

CREATE INDEX ix_emergency_access_practitioner ON emergency_access (practitioner_id, client_id);

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
