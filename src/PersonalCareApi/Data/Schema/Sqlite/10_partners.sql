-- Organisations whose platforms call the API: the tenants.
CREATE TABLE partner (
    id TEXT COLLATE NOCASE NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    access_version INTEGER NOT NULL,
    default_rule TEXT NOT NULL,
    closing INTEGER NOT NULL,
    part2_programme INTEGER NOT NULL,
    age_of_consent INTEGER NOT NULL,
    ages_by_purpose TEXT NOT NULL,
    requires_flag_reader INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    retention TEXT NOT NULL DEFAULT '{}',
    care TEXT NOT NULL DEFAULT '{}',
    CONSTRAINT pk_partner PRIMARY KEY (id),
    CONSTRAINT uq_partner_1 UNIQUE (code),
    CONSTRAINT ck_partner_1 CHECK (default_rule IN ('opt-in', 'implied-treatment'))
);

-- Who signs a partner's tokens; the pair of url and audience selects the partner.
CREATE TABLE issuer (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    url TEXT NOT NULL,
    audience TEXT NOT NULL,
    jwks TEXT,
    token_types TEXT NOT NULL,
    subject_claim TEXT NOT NULL,
    application_claim TEXT NOT NULL,
    created_at TEXT NOT NULL,
    key_source TEXT NOT NULL DEFAULT 'given',
    version INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT pk_issuer PRIMARY KEY (id),
    CONSTRAINT uq_issuer_1 UNIQUE (url, audience),
    CONSTRAINT fk_issuer_1 FOREIGN KEY (partner_id) REFERENCES partner (id),
    CONSTRAINT ck_issuer_1 CHECK (key_source IN ('given', 'discovery'))
);

CREATE INDEX ix_issuer_partner ON issuer (partner_id);

-- OAuth clients of a partner, with what they may ask for.
CREATE TABLE application (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    subject TEXT,
    scopes TEXT NOT NULL,
    purposes TEXT NOT NULL,
    revoked_at TEXT,
    created_at TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT pk_application PRIMARY KEY (id),
    CONSTRAINT uq_application_1 UNIQUE (partner_id, code),
    CONSTRAINT fk_application_1 FOREIGN KEY (partner_id) REFERENCES partner (id)
);

CREATE INDEX ix_application_created ON application (partner_id, created_at, id);

-- Professionals who care, as their partner registered them.
CREATE TABLE practitioner (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    version INTEGER NOT NULL,
    external_id TEXT,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    may_declare_emergency INTEGER NOT NULL,
    suspended_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    supervisor_id TEXT COLLATE NOCASE,
    CONSTRAINT pk_practitioner PRIMARY KEY (id),
    CONSTRAINT fk_practitioner_1 FOREIGN KEY (partner_id) REFERENCES partner (id)
);

CREATE INDEX ix_practitioner_created ON practitioner (partner_id, created_at, id);

CREATE UNIQUE INDEX ix_practitioner_external_id ON practitioner (partner_id, external_id) WHERE external_id IS NOT NULL;

-- Which practitioner, client or representative a token's subject is. The subject itself is kept as a keyed digest.
CREATE TABLE subject_link (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    issuer_id TEXT COLLATE NOCASE NOT NULL,
    subject_digest BLOB NOT NULL,
    kind TEXT NOT NULL,
    target_id TEXT COLLATE NOCASE NOT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT pk_subject_link PRIMARY KEY (id),
    CONSTRAINT uq_subject_link_1 UNIQUE (issuer_id, subject_digest, kind, target_id),
    CONSTRAINT fk_subject_link_1 FOREIGN KEY (issuer_id) REFERENCES issuer (id),
    CONSTRAINT ck_subject_link_1 CHECK (kind IN ('practitioner', 'client', 'representative'))
);

CREATE INDEX ix_subject_link_target ON subject_link (target_id);

-- The partner's own ids, as keyed digests, unique for each partner and kind.
CREATE TABLE external_id (
    partner_id TEXT COLLATE NOCASE NOT NULL,
    kind TEXT NOT NULL,
    digest BLOB NOT NULL,
    target_id TEXT COLLATE NOCASE NOT NULL,
    CONSTRAINT pk_external_id PRIMARY KEY (partner_id, kind, digest),
    CONSTRAINT fk_external_id_1 FOREIGN KEY (partner_id) REFERENCES partner (id)
);

CREATE INDEX ix_external_id_target ON external_id (target_id);
