-- What of an entry it is found by; canonical says the same.
ALTER TABLE ledger_entry ADD category nvarchar(32) COLLATE Latin1_General_100_BIN2;

ALTER TABLE ledger_entry ADD action nvarchar(16) COLLATE Latin1_General_100_BIN2;

ALTER TABLE ledger_entry ADD decision nvarchar(16) COLLATE Latin1_General_100_BIN2;

ALTER TABLE ledger_entry ADD basis_kind nvarchar(32) COLLATE Latin1_General_100_BIN2;

CREATE INDEX ix_ledger_entry_acting ON ledger_entry (acting_id, at);

-- The entry that the newest checkpoint counts of each chain, and which checkpoint was the first to count it.
ALTER TABLE ledger_head ADD checkpoint_sequence bigint;

ALTER TABLE ledger_head ADD counted_in bigint;

CREATE INDEX ix_ledger_head_counted ON ledger_head (counted_in);

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
