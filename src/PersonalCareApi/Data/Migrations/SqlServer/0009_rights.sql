-- How long what kind of data must be kept after the last entry, in years by category, as JSON.
ALTER TABLE partner ADD retention nvarchar(1000) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT df_partner_retention DEFAULT '{}';

-- From then on the record is closed: it is being erased, or what is left of it is kept by law.
ALTER TABLE client ADD erased_at datetime2(6);

-- What runs in the background, once among all servers: who holds it until when, how far it is. arguments are sealed.
CREATE TABLE background_job (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier,
    kind nvarchar(32) COLLATE Latin1_General_100_BIN2 NOT NULL,
    about_id uniqueidentifier NOT NULL,
    state nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    due_at datetime2(6) NOT NULL,
    holder uniqueidentifier,
    lease_until datetime2(6),
    attempt int NOT NULL,
    done int NOT NULL,
    total int NOT NULL,
    arguments varbinary(max),
    created_at datetime2(6) NOT NULL,
    updated_at datetime2(6) NOT NULL,
    CONSTRAINT pk_background_job PRIMARY KEY CLUSTERED (id),
    CONSTRAINT ck_background_job_1 CHECK (state IN ('waiting', 'running', 'done', 'failed'))
);

CREATE INDEX ix_background_job_due ON background_job (state, due_at, id);

CREATE INDEX ix_background_job_about ON background_job (about_id);

CREATE INDEX ix_background_job_client ON background_job (client_id);

-- Archives of what somebody may have of a record. What is in one, and what was left out, is in content.
CREATE TABLE record_export (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier NOT NULL,
    version int NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    state nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    content varbinary(max) NOT NULL,
    expires_at datetime2(6),
    updated_at datetime2(6) NOT NULL,
    CONSTRAINT pk_record_export PRIMARY KEY NONCLUSTERED (id),
    CONSTRAINT fk_record_export_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT ck_record_export_1 CHECK (state IN ('building', 'ready', 'expired', 'stopped'))
);

CREATE CLUSTERED INDEX ix_record_export_client ON record_export (client_id, occurred_at, id);

-- An archive in pieces: sealed with the key of the client it is about, or wrapped by the master key where it is about several.
CREATE TABLE archive_chunk (
    archive_id uniqueidentifier NOT NULL,
    sequence int NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier,
    content varbinary(max) NOT NULL,
    CONSTRAINT pk_archive_chunk PRIMARY KEY CLUSTERED (archive_id, sequence)
);

CREATE INDEX ix_archive_chunk_client ON archive_chunk (client_id);

-- That a record was, or is being, erased: what is left to say of it, by ids and counts. It outlives the record.
CREATE TABLE erasure (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier NOT NULL,
    state nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    requested_at datetime2(6) NOT NULL,
    by_kind nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    by_id uniqueidentifier NOT NULL,
    application_id uniqueidentifier NOT NULL,
    kept nvarchar(max) NOT NULL,
    keys_destroyed int NOT NULL,
    rows_removed int NOT NULL,
    finished_at datetime2(6),
    certificate nvarchar(max),
    CONSTRAINT pk_erasure PRIMARY KEY CLUSTERED (id),
    CONSTRAINT ck_erasure_1 CHECK (state IN ('running', 'kept-in-part', 'erased'))
);

CREATE INDEX ix_erasure_client ON erasure (client_id);

-- Categories that a client has closed to everybody else until it is lifted. Why is in content.
CREATE TABLE restriction (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier NOT NULL,
    version int NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    categories nvarchar(400) COLLATE Latin1_General_100_BIN2 NOT NULL,
    from_at datetime2(6) NOT NULL,
    until_at datetime2(6),
    content varbinary(max) NOT NULL,
    recorded_at datetime2(6) NOT NULL,
    CONSTRAINT pk_restriction PRIMARY KEY NONCLUSTERED (id),
    CONSTRAINT fk_restriction_1 FOREIGN KEY (client_id) REFERENCES client (client_id)
);

CREATE CLUSTERED INDEX ix_restriction_client ON restriction (client_id, occurred_at, id);

-- What a client says against an item of the record, shown wherever the item is. The words are in content.
CREATE TABLE disagreement (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier NOT NULL,
    version int NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    item_kind nvarchar(32) COLLATE Latin1_General_100_BIN2 NOT NULL,
    item_id uniqueidentifier NOT NULL,
    content varbinary(max) NOT NULL,
    recorded_at datetime2(6) NOT NULL,
    CONSTRAINT pk_disagreement PRIMARY KEY NONCLUSTERED (id),
    CONSTRAINT fk_disagreement_1 FOREIGN KEY (client_id) REFERENCES client (client_id)
);

CREATE CLUSTERED INDEX ix_disagreement_item ON disagreement (client_id, item_id, recorded_at, id);

-- Pseudonymised extracts for research, each of one project. No client is named; content is wrapped by the master key.
CREATE TABLE research_extract (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    application_id uniqueidentifier NOT NULL,
    state nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    content varbinary(max) NOT NULL,
    created_at datetime2(6) NOT NULL,
    expires_at datetime2(6),
    updated_at datetime2(6) NOT NULL,
    CONSTRAINT pk_research_extract PRIMARY KEY CLUSTERED (id),
    CONSTRAINT ck_research_extract_1 CHECK (state IN ('building', 'ready', 'outdated', 'expired', 'stopped')),
    CONSTRAINT fk_research_extract_1 FOREIGN KEY (partner_id) REFERENCES partner (id)
);

CREATE INDEX ix_research_extract_partner ON research_extract (partner_id, created_at, id);
