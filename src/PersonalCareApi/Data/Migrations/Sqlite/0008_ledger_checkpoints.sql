-- What of an entry it is found by; canonical says the same.
ALTER TABLE ledger_entry ADD COLUMN category TEXT;

ALTER TABLE ledger_entry ADD COLUMN action TEXT;

ALTER TABLE ledger_entry ADD COLUMN decision TEXT;

ALTER TABLE ledger_entry ADD COLUMN basis_kind TEXT;

CREATE INDEX ix_ledger_entry_acting ON ledger_entry (acting_id, at);

-- The entry that the newest checkpoint counts of each chain, and which checkpoint was the first to count it.
ALTER TABLE ledger_head ADD COLUMN checkpoint_sequence INTEGER;

ALTER TABLE ledger_head ADD COLUMN counted_in INTEGER;

CREATE INDEX ix_ledger_head_counted ON ledger_head (counted_in);

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
