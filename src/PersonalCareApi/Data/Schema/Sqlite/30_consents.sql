-- Recorded decisions of clients. Provisions and evidence are in content.
CREATE TABLE consent (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE NOT NULL,
    version INTEGER NOT NULL,
    labels INTEGER NOT NULL,
    author_id TEXT COLLATE NOCASE NOT NULL,
    part TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    status TEXT NOT NULL,
    author_kind TEXT NOT NULL,
    content BLOB NOT NULL,
    recorded_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_consent PRIMARY KEY (id),
    CONSTRAINT fk_consent_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT ck_consent_1 CHECK (status IN ('draft', 'active', 'superseded', 'withdrawn'))
);

CREATE INDEX ix_consent_client ON consent (client_id, recorded_at, id);

-- Whom the provisions of a consent speak of, by ids alone: finds the records that a permit may have made somebody related to.
CREATE TABLE consent_grantee (
    consent_id TEXT COLLATE NOCASE NOT NULL,
    position INTEGER NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE NOT NULL,
    kind TEXT NOT NULL,
    grantee_id TEXT COLLATE NOCASE,
    code TEXT,
    CONSTRAINT pk_consent_grantee PRIMARY KEY (consent_id, position),
    CONSTRAINT fk_consent_grantee_1 FOREIGN KEY (consent_id) REFERENCES consent (id)
);

CREATE INDEX ix_consent_grantee_grantee ON consent_grantee (partner_id, kind, grantee_id);

CREATE INDEX ix_consent_grantee_client ON consent_grantee (client_id, kind, grantee_id);
