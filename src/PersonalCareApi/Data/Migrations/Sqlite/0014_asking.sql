-- Instruments that a client is asked to answer, once or again and again. Recurrence and words are in content; next_due_at is
-- when it is due next, and null once it is not due any more.
CREATE TABLE assessment_request (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE NOT NULL,
    version INTEGER NOT NULL,
    labels INTEGER NOT NULL,
    author_id TEXT COLLATE NOCASE NOT NULL,
    part TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    status TEXT NOT NULL,
    next_due_at TEXT,
    content BLOB NOT NULL,
    recorded_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_assessment_request PRIMARY KEY (id),
    CONSTRAINT fk_assessment_request_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT ck_assessment_request_1 CHECK (status IN ('active', 'completed', 'ended'))
);

CREATE INDEX ix_assessment_request_recorded ON assessment_request (client_id, recorded_at, id);

CREATE INDEX ix_assessment_request_due ON assessment_request (client_id, status, next_due_at);

-- Instruments that somebody is in the middle of answering: theirs alone until they complete them. Answers are in content.
CREATE TABLE assessment_draft (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE NOT NULL,
    version INTEGER NOT NULL,
    labels INTEGER NOT NULL,
    author_id TEXT COLLATE NOCASE NOT NULL,
    part TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    status TEXT NOT NULL,
    content BLOB NOT NULL,
    recorded_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_assessment_draft PRIMARY KEY (id),
    CONSTRAINT fk_assessment_draft_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT ck_assessment_draft_1 CHECK (status = 'in-progress')
);

CREATE INDEX ix_assessment_draft_recorded ON assessment_draft (client_id, recorded_at, id);
