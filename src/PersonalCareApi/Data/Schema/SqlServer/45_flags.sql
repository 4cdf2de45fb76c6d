-- Critical answers that a person must look at, each in the reach of its assessment. Which answer, and what was done, is in content.
CREATE TABLE flag (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier NOT NULL,
    version int NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    assessment_id uniqueidentifier NOT NULL,
    status nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    due_at datetime2(6) NOT NULL,
    escalate_at datetime2(6) NOT NULL,
    escalated_at datetime2(6),
    content varbinary(max) NOT NULL,
    recorded_at datetime2(6) NOT NULL,
    updated_at datetime2(6) NOT NULL,
    CONSTRAINT pk_flag PRIMARY KEY NONCLUSTERED (id),
    CONSTRAINT fk_flag_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT fk_flag_2 FOREIGN KEY (assessment_id) REFERENCES assessment (id),
    CONSTRAINT ck_flag_1 CHECK (status IN ('open', 'acknowledged', 'closed'))
);

CREATE CLUSTERED INDEX ix_flag_occurred ON flag (client_id, occurred_at, id);

CREATE INDEX ix_flag_status ON flag (client_id, status, due_at, id);

CREATE INDEX ix_flag_assessment ON flag (assessment_id);
