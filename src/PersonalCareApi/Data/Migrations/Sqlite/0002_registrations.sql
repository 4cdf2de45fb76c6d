-- What administration changes has a version, so that two administrators cannot overwrite each other.
ALTER TABLE partner ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

ALTER TABLE issuer ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

-- Where an issuer's keys come from: the set in jwks, or the issuer's own metadata.
ALTER TABLE issuer ADD COLUMN key_source TEXT NOT NULL DEFAULT 'given' CONSTRAINT ck_issuer_1 CHECK (key_source IN ('given', 'discovery'));

ALTER TABLE application ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

CREATE INDEX ix_application_created ON application (partner_id, created_at, id);
