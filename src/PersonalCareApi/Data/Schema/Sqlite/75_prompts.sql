-- What those who care are asked to look at: by which rule, and what was answered, is in content. cause is a keyed digest of the fact
-- and the rule, so that a fact raises each once.
CREATE TABLE prompt (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE NOT NULL,
    version INTEGER NOT NULL,
    labels INTEGER NOT NULL,
    author_id TEXT COLLATE NOCASE NOT NULL,
    part TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    category TEXT NOT NULL,
    status TEXT NOT NULL,
    deferred_until TEXT,
    cause BLOB NOT NULL,
    evidence_count INTEGER NOT NULL,
    content BLOB NOT NULL,
    recorded_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_prompt PRIMARY KEY (id),
    CONSTRAINT uq_prompt_1 UNIQUE (client_id, cause),
    CONSTRAINT fk_prompt_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT ck_prompt_1 CHECK (status IN ('open', 'deferred', 'accepted', 'declined', 'closed'))
);

CREATE INDEX ix_prompt_recorded ON prompt (client_id, recorded_at, id);

-- On which items a prompt rests. Who may not see one of them does not see the prompt.
CREATE TABLE prompt_evidence (
    prompt_id TEXT COLLATE NOCASE NOT NULL,
    position INTEGER NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE NOT NULL,
    item_id TEXT COLLATE NOCASE NOT NULL,
    CONSTRAINT pk_prompt_evidence PRIMARY KEY (prompt_id, position),
    CONSTRAINT fk_prompt_evidence_1 FOREIGN KEY (prompt_id) REFERENCES prompt (id)
);

CREATE INDEX ix_prompt_evidence_item ON prompt_evidence (client_id, item_id);
