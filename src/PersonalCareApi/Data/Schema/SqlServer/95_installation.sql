-- Answers kept for retries, sealed like the record they speak of.
CREATE TABLE idempotency (
    digest varbinary(32) NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier,
    request_hash varbinary(32) NOT NULL,
    answer varbinary(max) NOT NULL,
    created_at datetime2(6) NOT NULL,
    expires_at datetime2(6) NOT NULL,
    CONSTRAINT pk_idempotency PRIMARY KEY CLUSTERED (digest)
);

CREATE INDEX ix_idempotency_expires ON idempotency (expires_at);

CREATE INDEX ix_idempotency_client ON idempotency (client_id);

-- Keys of the installation itself, wrapped by the master key: for digests and signatures.
CREATE TABLE secret (
    name nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    wrapped varbinary(max) NOT NULL,
    created_at datetime2(6) NOT NULL,
    CONSTRAINT pk_secret PRIMARY KEY CLUSTERED (name)
);
