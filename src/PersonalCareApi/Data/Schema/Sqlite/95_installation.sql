-- Answers kept for retries, sealed like the record they speak of.
CREATE TABLE idempotency (
    digest BLOB NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE,
    request_hash BLOB NOT NULL,
    answer BLOB NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    CONSTRAINT pk_idempotency PRIMARY KEY (digest)
);

CREATE INDEX ix_idempotency_expires ON idempotency (expires_at);

CREATE INDEX ix_idempotency_client ON idempotency (client_id);

-- Keys of the installation itself, wrapped by the master key: for digests and signatures.
CREATE TABLE secret (
    name TEXT NOT NULL,
    wrapped BLOB NOT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT pk_secret PRIMARY KEY (name)
);
