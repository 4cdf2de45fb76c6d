-- The newest entry of each chain; the one that the newest checkpoint counts, and which checkpoint was the first to count it.
CREATE TABLE ledger_head (
    chain_id uniqueidentifier NOT NULL,
    sequence bigint NOT NULL,
    hash varbinary(32) NOT NULL,
    checkpoint_sequence bigint,
    counted_in bigint,
    CONSTRAINT pk_ledger_head PRIMARY KEY CLUSTERED (chain_id)
);

CREATE INDEX ix_ledger_head_counted ON ledger_head (counted_in);

-- Every use of client data, one chain a client (unknown records: one chain a partner). canonical is what the hash is over.
CREATE TABLE ledger_entry (
    chain_id uniqueidentifier NOT NULL,
    sequence bigint NOT NULL,
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier,
    acting_id uniqueidentifier,
    at datetime2(6) NOT NULL,
    previous_hash varbinary(32) NOT NULL,
    hash varbinary(32) NOT NULL,
    canonical varbinary(max) NOT NULL,
    category nvarchar(32) COLLATE Latin1_General_100_BIN2,
    action nvarchar(16) COLLATE Latin1_General_100_BIN2,
    decision nvarchar(16) COLLATE Latin1_General_100_BIN2,
    basis_kind nvarchar(32) COLLATE Latin1_General_100_BIN2,
    CONSTRAINT pk_ledger_entry PRIMARY KEY CLUSTERED (chain_id, sequence),
    CONSTRAINT uq_ledger_entry_1 UNIQUE (id)
);

CREATE INDEX ix_ledger_entry_partner ON ledger_entry (partner_id, at);

CREATE INDEX ix_ledger_entry_acting ON ledger_entry (acting_id, at);

-- What all chains were at an instant, signed by a key that is not in this database; statement is a JWS.
CREATE TABLE ledger_checkpoint (
    sequence bigint NOT NULL,
    at datetime2(6) NOT NULL,
    hash varbinary(32) NOT NULL,
    statement nvarchar(max) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT pk_ledger_checkpoint PRIMARY KEY CLUSTERED (sequence)
);

-- How far each witness has the checkpoints.
CREATE TABLE ledger_witness (
    name nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    sequence bigint NOT NULL,
    hash varbinary(32) NOT NULL,
    CONSTRAINT pk_ledger_witness PRIMARY KEY CLUSTERED (name)
);
