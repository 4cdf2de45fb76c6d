-- The newest entry of each chain; the one that the newest checkpoint counts, and which checkpoint was the first to count it.
CREATE TABLE ledger_head (
    chain_id TEXT COLLATE NOCASE NOT NULL,
    sequence INTEGER NOT NULL,
    hash BLOB NOT NULL,
    checkpoint_sequence INTEGER,
    counted_in INTEGER,
    CONSTRAINT pk_ledger_head PRIMARY KEY (chain_id)
);

CREATE INDEX ix_ledger_head_counted ON ledger_head (counted_in);

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
    category TEXT,
    action TEXT,
    decision TEXT,
    basis_kind TEXT,
    CONSTRAINT pk_ledger_entry PRIMARY KEY (chain_id, sequence),
    CONSTRAINT uq_ledger_entry_1 UNIQUE (id)
);

CREATE INDEX ix_ledger_entry_partner ON ledger_entry (partner_id, at);

CREATE INDEX ix_ledger_entry_acting ON ledger_entry (acting_id, at);

-- What all chains were at an instant, signed by a key that is not in this database; statement is a JWS.
CREATE TABLE ledger_checkpoint (
    sequence INTEGER NOT NULL,
    at TEXT NOT NULL,
    hash BLOB NOT NULL,
    statement TEXT NOT NULL,
    CONSTRAINT pk_ledger_checkpoint PRIMARY KEY (sequence)
);

-- How far each witness has the checkpoints.
CREATE TABLE ledger_witness (
    name TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    hash BLOB NOT NULL,
    CONSTRAINT pk_ledger_witness PRIMARY KEY (name)
);
