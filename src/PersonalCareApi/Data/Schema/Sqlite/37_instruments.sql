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

-- A partner's own instruments: each version as it was scored with, for ever. A version follows another, and each is followed by
-- one, so that of two changes made at once one finds that it is late. No client's data.
CREATE TABLE own_instrument (
    partner_id TEXT COLLATE NOCASE NOT NULL,
    code TEXT NOT NULL,
    version INTEGER NOT NULL,
    follows INTEGER NOT NULL,
    definition TEXT NOT NULL,
    created_by_kind TEXT NOT NULL,
    created_by_id TEXT COLLATE NOCASE NOT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT pk_own_instrument PRIMARY KEY (partner_id, code, version),
    CONSTRAINT fk_own_instrument_1 FOREIGN KEY (partner_id) REFERENCES partner (id),
    CONSTRAINT ck_own_instrument_1 CHECK (created_by_kind IN ('practitioner', 'application'))
);

CREATE UNIQUE INDEX ux_own_instrument_follows ON own_instrument (partner_id, code, follows);
