-- As whom somebody acted, to find one's own decisions; what the entry says stays in canonical.
ALTER TABLE ledger_entry ADD acting_id uniqueidentifier;
