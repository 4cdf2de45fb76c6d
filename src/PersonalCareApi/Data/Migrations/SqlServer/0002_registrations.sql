-- What administration changes has a version, so that two administrators cannot overwrite each other.
ALTER TABLE partner ADD version int NOT NULL CONSTRAINT df_partner_version DEFAULT 1;

ALTER TABLE issuer ADD version int NOT NULL CONSTRAINT df_issuer_version DEFAULT 1;

-- Where an issuer's keys come from: the set in jwks, or the issuer's own metadata.
ALTER TABLE issuer ADD key_source nvarchar(32) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT df_issuer_key_source DEFAULT 'given' CONSTRAINT ck_issuer_1 CHECK (key_source IN ('given', 'discovery'));

ALTER TABLE application ADD version int NOT NULL CONSTRAINT df_application_version DEFAULT 1;

CREATE INDEX ix_application_created ON application (partner_id, created_at, id);
