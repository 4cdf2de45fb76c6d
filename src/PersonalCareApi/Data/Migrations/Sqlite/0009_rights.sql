-- How long what kind of data must be kept after the last entry, in years by category, as JSON.
ALTER TABLE partner ADD COLUMN retention TEXT NOT NULL DEFAULT '{}';

-- From then on the record is closed: it is being erased, or what is left of it is kept by law.
ALTER TABLE client ADD COLUMN erased_at TEXT;

-- What runs in the background, once among all servers: who holds it until when, how far it is. arguments are sealed.
CREATE TABLE background_job (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE,
    kind TEXT NOT NULL,
    about_id TEXT COLLATE NOCASE NOT NULL,
    state TEXT NOT NULL,
    due_at TEXT NOT NULL,
    holder TEXT COLLATE NOCASE,
    lease_until TEXT,
    attempt INTEGER NOT NULL,
    done INTEGER NOT NULL,
    total INTEGER NOT NULL,
    arguments BLOB,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_background_job PRIMARY KEY (id),
    CONSTRAINT ck_background_job_1 CHECK (state IN ('waiting', 'running', 'done', 'failed'))
);

CREATE INDEX ix_background_job_due ON background_job (state, due_at, id);

CREATE INDEX ix_background_job_about ON background_job (about_id);

CREATE INDEX ix_background_job_client ON background_job (client_id);

-- Archives of what somebody may have of a record. What is in one, and what was left out, is in content.
CREATE TABLE record_export (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE NOT NULL,
    version INTEGER NOT NULL,
    labels INTEGER NOT NULL,
    author_id TEXT COLLATE NOCASE NOT NULL,
    part TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    state TEXT NOT NULL,
    content BLOB NOT NULL,
    expires_at TEXT,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_record_export PRIMARY KEY (id),
    CONSTRAINT fk_record_export_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT ck_record_export_1 CHECK (state IN ('building', 'ready', 'expired', 'stopped'))
);

CREATE INDEX ix_record_export_client ON record_export (client_id, occurred_at, id);

-- An archive in pieces: sealed with the key of the client it is about, or wrapped by the master key where it is about several.
CREATE TABLE archive_chunk (
    archive_id TEXT COLLATE NOCASE NOT NULL,
    sequence INTEGER NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE,
    content BLOB NOT NULL,
    CONSTRAINT pk_archive_chunk PRIMARY KEY (archive_id, sequence)
);

CREATE INDEX ix_archive_chunk_client ON archive_chunk (client_id);

-- That a record was, or is being, erased: what is left to say of it, by ids and counts. It outlives the record.
CREATE TABLE erasure (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE NOT NULL,
    state TEXT NOT NULL,
    requested_at TEXT NOT NULL,
    by_kind TEXT NOT NULL,
    by_id TEXT COLLATE NOCASE NOT NULL,
    application_id TEXT COLLATE NOCASE NOT NULL,
    kept TEXT NOT NULL,
    keys_destroyed INTEGER NOT NULL,
    rows_removed INTEGER NOT NULL,
    finished_at TEXT,
    certificate TEXT,
    CONSTRAINT pk_erasure PRIMARY KEY (id),
    CONSTRAINT ck_erasure_1 CHECK (state IN ('running', 'kept-in-part', 'erased'))
);

CREATE INDEX ix_erasure_client ON erasure (client_id);

-- Categories that a client has closed to everybody else until it is lifted. Why is in content.
CREATE TABLE restriction (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE NOT NULL,
    version INTEGER NOT NULL,
    labels INTEGER NOT NULL,
    author_id TEXT COLLATE NOCASE NOT NULL,
    part TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    categories TEXT NOT NULL,
    from_at TEXT NOT NULL,
    until_at TEXT,
    content BLOB NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_restriction PRIMARY KEY (id),
    CONSTRAINT fk_restriction_1 FOREIGN KEY (client_id) REFERENCES client (client_id)
);

CREATE INDEX ix_restriction_client ON restriction (client_id, occurred_at, id);

-- What a client says against an item of the record, shown wherever the item is. The words are in content.
CREATE TABLE disagreement (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE NOT NULL,
    version INTEGER NOT NULL,
    labels INTEGER NOT NULL,
    author_id TEXT COLLATE NOCASE NOT NULL,
    part TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    item_kind TEXT NOT NULL,
    item_id TEXT COLLATE NOCASE NOT NULL,
    content BLOB NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_disagreement PRIMARY KEY (id),
    CONSTRAINT fk_disagreement_1 FOREIGN KEY (client_id) REFERENCES client (client_id)
);

CREATE INDEX ix_disagreement_item ON disagreement (client_id, item_id, recorded_at, id);

-- Pseudonymised extracts for research, each of one project. No client is named; content is wrapped by the master key.
CREATE TABLE research_extract (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    application_id TEXT COLLATE NOCASE NOT NULL,
    state TEXT NOT NULL,
    content BLOB NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_research_extract PRIMARY KEY (id),
    CONSTRAINT ck_research_extract_1 CHECK (state IN ('building', 'ready', 'outdated', 'expired', 'stopped')),
    CONSTRAINT fk_research_extract_1 FOREIGN KEY (partner_id) REFERENCES partner (id)
);

CREATE INDEX ix_research_extract_partner ON research_extract (partner_id, created_at, id);
