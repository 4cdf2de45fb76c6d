-- What those who care are asked to look at: by which rule, and what was answered, is in content. cause is a keyed digest of the fact
-- and the rule, so that a fact raises each once.
CREATE TABLE prompt (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier NOT NULL,
    version int NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    category nvarchar(32) COLLATE Latin1_General_100_BIN2 NOT NULL,
    status nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    deferred_until datetime2(6),
    cause varbinary(32) NOT NULL,
    evidence_count int NOT NULL,
    content varbinary(max) NOT NULL,
    recorded_at datetime2(6) NOT NULL,
    updated_at datetime2(6) NOT NULL,
    CONSTRAINT pk_prompt PRIMARY KEY NONCLUSTERED (id),
    CONSTRAINT uq_prompt_1 UNIQUE (client_id, cause),
    CONSTRAINT fk_prompt_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT ck_prompt_1 CHECK (status IN ('open', 'deferred', 'accepted', 'declined', 'closed'))
);

CREATE CLUSTERED INDEX ix_prompt_recorded ON prompt (client_id, recorded_at, id);

-- On which items a prompt rests. Who may not see one of them does not see the prompt.
CREATE TABLE prompt_evidence (
    prompt_id uniqueidentifier NOT NULL,
    position int NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier NOT NULL,
    item_id uniqueidentifier NOT NULL,
    CONSTRAINT pk_prompt_evidence PRIMARY KEY CLUSTERED (prompt_id, position),
    CONSTRAINT fk_prompt_evidence_1 FOREIGN KEY (prompt_id) REFERENCES prompt (id)
);

CREATE INDEX ix_prompt_evidence_item ON prompt_evidence (client_id, item_id);
