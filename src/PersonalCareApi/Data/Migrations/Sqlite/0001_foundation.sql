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

-- People in care. access_version is raised by every change that bears on a decision about the record.
CREATE TABLE client (
    client_id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    version INTEGER NOT NULL,
    access_version INTEGER NOT NULL,
    labels INTEGER NOT NULL,
    author_id TEXT COLLATE NOCASE NOT NULL,
    part TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    content BLOB NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_client PRIMARY KEY (client_id),
    CONSTRAINT fk_client_1 FOREIGN KEY (partner_id) REFERENCES partner (id)
);

CREATE INDEX ix_client_created ON client (partner_id, created_at, client_id);

-- A client's data key, wrapped by the master key. Without it nothing of the record can be read.
CREATE TABLE client_key (
    client_id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    generation INTEGER NOT NULL,
    wrapped BLOB NOT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT pk_client_key PRIMARY KEY (client_id, generation),
    CONSTRAINT fk_client_key_1 FOREIGN KEY (client_id) REFERENCES client (client_id)
);

-- A practitioner's part in a client's care, with its role and period.
CREATE TABLE care_relationship (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE NOT NULL,
    version INTEGER NOT NULL,
    labels INTEGER NOT NULL,
    author_id TEXT COLLATE NOCASE NOT NULL,
    part TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    practitioner_id TEXT COLLATE NOCASE NOT NULL,
    role TEXT NOT NULL,
    from_at TEXT NOT NULL,
    until_at TEXT,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_care_relationship PRIMARY KEY (id),
    CONSTRAINT fk_care_relationship_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT fk_care_relationship_2 FOREIGN KEY (practitioner_id) REFERENCES practitioner (id)
);

CREATE INDEX ix_care_relationship_client ON care_relationship (client_id, recorded_at, id);

CREATE INDEX ix_care_relationship_practitioner ON care_relationship (practitioner_id, client_id);

-- Who may act for a client, for what, and how long.
CREATE TABLE representative (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE NOT NULL,
    version INTEGER NOT NULL,
    labels INTEGER NOT NULL,
    author_id TEXT COLLATE NOCASE NOT NULL,
    part TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    categories TEXT NOT NULL,
    actions TEXT NOT NULL,
    from_at TEXT NOT NULL,
    until_at TEXT,
    ends_at_age_of_consent INTEGER NOT NULL,
    content BLOB NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_representative PRIMARY KEY (id),
    CONSTRAINT fk_representative_1 FOREIGN KEY (client_id) REFERENCES client (client_id)
);

CREATE INDEX ix_representative_client ON representative (client_id);

-- Recorded endangerment: while it lasts, the representative's authority rests.
CREATE TABLE safeguard (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE NOT NULL,
    version INTEGER NOT NULL,
    labels INTEGER NOT NULL,
    author_id TEXT COLLATE NOCASE NOT NULL,
    part TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    representative_id TEXT COLLATE NOCASE NOT NULL,
    from_at TEXT NOT NULL,
    until_at TEXT,
    content BLOB NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_safeguard PRIMARY KEY (id),
    CONSTRAINT fk_safeguard_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT fk_safeguard_2 FOREIGN KEY (representative_id) REFERENCES representative (id)
);

CREATE INDEX ix_safeguard_client ON safeguard (client_id);

-- A practitioner's declared emergency on one record.
CREATE TABLE emergency_access (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE NOT NULL,
    version INTEGER NOT NULL,
    labels INTEGER NOT NULL,
    author_id TEXT COLLATE NOCASE NOT NULL,
    part TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    practitioner_id TEXT COLLATE NOCASE NOT NULL,
    from_at TEXT NOT NULL,
    until_at TEXT NOT NULL,
    content BLOB NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_emergency_access PRIMARY KEY (id),
    CONSTRAINT fk_emergency_access_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT fk_emergency_access_2 FOREIGN KEY (practitioner_id) REFERENCES practitioner (id)
);

CREATE INDEX ix_emergency_access_client ON emergency_access (client_id);

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

-- Administrations of instruments. Answers and score are in content; part is the instrument.
CREATE TABLE assessment (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE NOT NULL,
    version INTEGER NOT NULL,
    labels INTEGER NOT NULL,
    author_id TEXT COLLATE NOCASE NOT NULL,
    part TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    instrument_version TEXT NOT NULL,
    status TEXT NOT NULL,
    author_kind TEXT NOT NULL,
    content BLOB NOT NULL,
    recorded_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_assessment PRIMARY KEY (id),
    CONSTRAINT fk_assessment_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT ck_assessment_1 CHECK (status IN ('final', 'incomplete', 'retracted'))
);

CREATE INDEX ix_assessment_occurred ON assessment (client_id, occurred_at, id);

CREATE INDEX ix_assessment_part ON assessment (client_id, part, occurred_at, id);

-- Each version of each item of client data that changed, as it was.
CREATE TABLE item_version (
    item_id TEXT COLLATE NOCASE NOT NULL,
    version INTEGER NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE NOT NULL,
    kind TEXT NOT NULL,
    labels INTEGER NOT NULL,
    author_id TEXT COLLATE NOCASE NOT NULL,
    part TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    status TEXT NOT NULL,
    content BLOB NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by_kind TEXT NOT NULL,
    recorded_by_id TEXT COLLATE NOCASE NOT NULL,
    CONSTRAINT pk_item_version PRIMARY KEY (item_id, version),
    CONSTRAINT fk_item_version_1 FOREIGN KEY (client_id) REFERENCES client (client_id)
);

CREATE INDEX ix_item_version_client ON item_version (client_id, kind);

-- The newest entry of each chain.
CREATE TABLE ledger_head (
    chain_id TEXT COLLATE NOCASE NOT NULL,
    sequence INTEGER NOT NULL,
    hash BLOB NOT NULL,
    CONSTRAINT pk_ledger_head PRIMARY KEY (chain_id)
);

-- Every use of client data, one chain a client (unknown records: one chain a partner). canonical is what the hash is over.
CREATE TABLE ledger_entry (
    chain_id TEXT COLLATE NOCASE NOT NULL,
    sequence INTEGER NOT NULL,
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE,
    at TEXT NOT NULL,
    previous_hash BLOB NOT NULL,
    hash BLOB NOT NULL,
    canonical BLOB NOT NULL,
    CONSTRAINT pk_ledger_entry PRIMARY KEY (chain_id, sequence),
    CONSTRAINT uq_ledger_entry_1 UNIQUE (id)
);

CREATE INDEX ix_ledger_entry_partner ON ledger_entry (partner_id, at);

-- Answers kept for retries, sealed like the record they speak of.
CREATE TABLE idempotency (
    digest BLOB NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE,
    request_hash BLOB NOT NULL,
    answer BLOB NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    CONSTRAINT pk_idempotency PRIMARY KEY (digest)
);

CREATE INDEX ix_idempotency_expires ON idempotency (expires_at);

CREATE INDEX ix_idempotency_client ON idempotency (client_id);

-- What changed, by ids alone; /changes, webhooks and bulk export build on it.
CREATE TABLE change_row (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE,
    category TEXT NOT NULL,
    kind TEXT NOT NULL,
    item_id TEXT COLLATE NOCASE NOT NULL,
    what TEXT NOT NULL,
    labels INTEGER NOT NULL,
    author_id TEXT COLLATE NOCASE NOT NULL,
    part TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    at TEXT NOT NULL
);

CREATE INDEX ix_change_row_partner ON change_row (partner_id, position);

-- Keys of the installation itself, wrapped by the master key: for digests and signatures.
CREATE TABLE secret (
    name TEXT NOT NULL,
    wrapped BLOB NOT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT pk_secret PRIMARY KEY (name)
);
