-- Administrations of instruments. Answers and score are in content; part is the instrument.
CREATE TABLE assessment (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier NOT NULL,
    version int NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    instrument_version nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    status nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    author_kind nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    content varbinary(max) NOT NULL,
    recorded_at datetime2(6) NOT NULL,
    updated_at datetime2(6) NOT NULL,
    CONSTRAINT pk_assessment PRIMARY KEY NONCLUSTERED (id),
    CONSTRAINT fk_assessment_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT ck_assessment_1 CHECK (status IN ('final', 'incomplete', 'retracted'))
);

CREATE CLUSTERED INDEX ix_assessment_occurred ON assessment (client_id, occurred_at, id);

CREATE INDEX ix_assessment_part ON assessment (client_id, part, occurred_at, id);

CREATE INDEX ix_assessment_reach ON assessment (client_id, occurred_at, id, partner_id, labels, author_id, part);
