-- What a partner has settled for flags and prompts, as JSON; what is not in it is as the program has it.
ALTER TABLE partner ADD COLUMN care TEXT NOT NULL DEFAULT '{}';

-- Critical answers that a person must look at, each in the reach of its assessment. Which answer, and what was done, is in content.
CREATE TABLE flag (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE NOT NULL,
    version INTEGER NOT NULL,
    labels INTEGER NOT NULL,
    author_id TEXT COLLATE NOCASE NOT NULL,
    part TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    assessment_id TEXT COLLATE NOCASE NOT NULL,
    status TEXT NOT NULL,
    due_at TEXT NOT NULL,
    escalate_at TEXT NOT NULL,
    escalated_at TEXT,
    content BLOB NOT NULL,
    recorded_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_flag PRIMARY KEY (id),
    CONSTRAINT fk_flag_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT fk_flag_2 FOREIGN KEY (assessment_id) REFERENCES assessment (id),
    CONSTRAINT ck_flag_1 CHECK (status IN ('open', 'acknowledged', 'closed'))
);

CREATE INDEX ix_flag_occurred ON flag (client_id, occurred_at, id);

CREATE INDEX ix_flag_status ON flag (client_id, status, due_at, id);

CREATE INDEX ix_flag_assessment ON flag (assessment_id);
