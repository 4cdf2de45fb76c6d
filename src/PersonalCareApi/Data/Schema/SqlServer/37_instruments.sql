-- That a partner holds the licence of an instrument that is switched off without one. No client's data.
CREATE TABLE instrument_licence (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    instrument nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    reference nvarchar(500) NOT NULL,
    recorded_by_kind nvarchar(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    recorded_by_id uniqueidentifier NOT NULL,
    recorded_at datetime2(6) NOT NULL,
    ended_at datetime2(6),
    CONSTRAINT pk_instrument_licence PRIMARY KEY CLUSTERED (id),
    CONSTRAINT fk_instrument_licence_1 FOREIGN KEY (partner_id) REFERENCES partner (id),
    CONSTRAINT ck_instrument_licence_1 CHECK (recorded_by_kind IN ('practitioner', 'application'))
);

CREATE INDEX ix_instrument_licence_held ON instrument_licence (partner_id, instrument, recorded_at, id);

-- A partner's own instruments: each version as it was scored with, for ever. A version follows another, and each is followed by
-- one, so that of two changes made at once one finds that it is late. No client's data.
CREATE TABLE own_instrument (
    partner_id uniqueidentifier NOT NULL,
    code nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    version int NOT NULL,
    follows int NOT NULL,
    definition nvarchar(max) NOT NULL,
    created_by_kind nvarchar(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    created_by_id uniqueidentifier NOT NULL,
    created_at datetime2(6) NOT NULL,
    CONSTRAINT pk_own_instrument PRIMARY KEY CLUSTERED (partner_id, code, version),
    CONSTRAINT fk_own_instrument_1 FOREIGN KEY (partner_id) REFERENCES partner (id),
    CONSTRAINT ck_own_instrument_1 CHECK (created_by_kind IN ('practitioner', 'application'))
);

CREATE UNIQUE INDEX ux_own_instrument_follows ON own_instrument (partner_id, code, follows);
