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
