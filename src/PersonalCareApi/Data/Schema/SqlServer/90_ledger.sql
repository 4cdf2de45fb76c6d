-- The newest entry of each chain.
CREATE TABLE ledger_head (
    chain_id uniqueidentifier NOT NULL,
    sequence bigint NOT NULL,
    hash varbinary(32) NOT NULL,
    CONSTRAINT pk_ledger_head PRIMARY KEY CLUSTERED (chain_id)
);

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
    CONSTRAINT pk_ledger_entry PRIMARY KEY CLUSTERED (chain_id, sequence),
    CONSTRAINT uq_ledger_entry_1 UNIQUE (id)
);

CREATE INDEX ix_ledger_entry_partner ON ledger_entry (partner_id, at);
