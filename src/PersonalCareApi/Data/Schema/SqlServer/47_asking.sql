-- Instruments that a client is asked to answer, once or again and again. Recurrence and words are in content; next_due_at is
-- when it is due next, and null once it is not due any more.
CREATE TABLE assessment_request (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier NOT NULL,
    version int NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    status nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    next_due_at datetime2(6),
    content varbinary(max) NOT NULL,
    recorded_at datetime2(6) NOT NULL,
    updated_at datetime2(6) NOT NULL,
    CONSTRAINT pk_assessment_request PRIMARY KEY NONCLUSTERED (id),
    CONSTRAINT fk_assessment_request_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT ck_assessment_request_1 CHECK (status IN ('active', 'completed', 'ended'))
);

CREATE CLUSTERED INDEX ix_assessment_request_recorded ON assessment_request (client_id, recorded_at, id);

CREATE INDEX ix_assessment_request_due ON assessment_request (client_id, status, next_due_at);

-- Instruments that somebody is in the middle of answering: theirs alone until they complete them. Answers are in content.
CREATE TABLE assessment_draft (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier NOT NULL,
    version int NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    status nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    content varbinary(max) NOT NULL,
    recorded_at datetime2(6) NOT NULL,
    updated_at datetime2(6) NOT NULL,
    CONSTRAINT pk_assessment_draft PRIMARY KEY NONCLUSTERED (id),
    CONSTRAINT fk_assessment_draft_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT ck_assessment_draft_1 CHECK (status = 'in-progress')
);

CREATE CLUSTERED INDEX ix_assessment_draft_recorded ON assessment_draft (client_id, recorded_at, id);
