-- The newest entry of each chain.
CREATE TABLE ledger_head (
    chain_id TEXT COLLATE NOCASE NOT NULL,
    sequence INTEGER NOT NULL,
    hash BLOB NOT NULL,
    CONSTRAINT pk_ledger_head PRIMARY KEY (chain_id)
);

-- Every use of client data, one chain a client (unknown records: one chain a partner). canonical is what the hash is over.
CREATE TABLE ledger_entry (
    chain_id TEXT COLLATE NOCASE NOT NULL,
    sequence INTEGER NOT NULL,
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE,
    acting_id TEXT COLLATE NOCASE,
    at TEXT NOT NULL,
    previous_hash BLOB NOT NULL,
    hash BLOB NOT NULL,
    canonical BLOB NOT NULL,
    CONSTRAINT pk_ledger_entry PRIMARY KEY (chain_id, sequence),
    CONSTRAINT uq_ledger_entry_1 UNIQUE (id)
);

CREATE INDEX ix_ledger_entry_partner ON ledger_entry (partner_id, at);
