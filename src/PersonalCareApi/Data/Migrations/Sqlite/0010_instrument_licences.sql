-- That a partner holds the licence of an instrument that is switched off without one. No client's data.
CREATE TABLE instrument_licence (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    instrument TEXT NOT NULL,
    reference TEXT NOT NULL,
    recorded_by_kind TEXT NOT NULL,
    recorded_by_id TEXT COLLATE NOCASE NOT NULL,
    recorded_at TEXT NOT NULL,
    ended_at TEXT,
    CONSTRAINT pk_instrument_licence PRIMARY KEY (id),
    CONSTRAINT fk_instrument_licence_1 FOREIGN KEY (partner_id) REFERENCES partner (id),
    CONSTRAINT ck_instrument_licence_1 CHECK (recorded_by_kind IN ('practitioner', 'application'))
);

CREATE INDEX ix_instrument_licence_held ON instrument_licence (partner_id, instrument, recorded_at, id);
