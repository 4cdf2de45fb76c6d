-- Organisations whose platforms call the API: the tenants.
CREATE TABLE partner (
    id uniqueidentifier NOT NULL,
    code nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name nvarchar(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
    access_version bigint NOT NULL,
    default_rule nvarchar(32) COLLATE Latin1_General_100_BIN2 NOT NULL,
    closing bigint NOT NULL,
    part2_programme bit NOT NULL,
    age_of_consent int NOT NULL,
    ages_by_purpose nvarchar(max) NOT NULL,
    requires_flag_reader bit NOT NULL,
    created_at datetime2(6) NOT NULL,
    version int NOT NULL CONSTRAINT df_partner_version DEFAULT 1,
    CONSTRAINT pk_partner PRIMARY KEY CLUSTERED (id),
    CONSTRAINT uq_partner_1 UNIQUE (code),
    CONSTRAINT ck_partner_1 CHECK (default_rule IN ('opt-in', 'implied-treatment'))
);

-- Who signs a partner's tokens; the pair of url and audience selects the partner.
CREATE TABLE issuer (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    url nvarchar(400) COLLATE Latin1_General_100_BIN2 NOT NULL,
    audience nvarchar(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
    jwks nvarchar(max),
    token_types nvarchar(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
    subject_claim nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    application_claim nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    created_at datetime2(6) NOT NULL,
    key_source nvarchar(32) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT df_issuer_key_source DEFAULT 'given',
    version int NOT NULL CONSTRAINT df_issuer_version DEFAULT 1,
    CONSTRAINT pk_issuer PRIMARY KEY CLUSTERED (id),
    CONSTRAINT uq_issuer_1 UNIQUE (url, audience),
    CONSTRAINT fk_issuer_1 FOREIGN KEY (partner_id) REFERENCES partner (id),
    CONSTRAINT ck_issuer_1 CHECK (key_source IN ('given', 'discovery'))
);

CREATE INDEX ix_issuer_partner ON issuer (partner_id);

-- OAuth clients of a partner, with what they may ask for.
CREATE TABLE application (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    code nvarchar(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name nvarchar(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
    subject nvarchar(200) COLLATE Latin1_General_100_BIN2,
    scopes nvarchar(max) NOT NULL,
    purposes nvarchar(max) NOT NULL,
    revoked_at datetime2(6),
    created_at datetime2(6) NOT NULL,
    version int NOT NULL CONSTRAINT df_application_version DEFAULT 1,
    CONSTRAINT pk_application PRIMARY KEY CLUSTERED (id),
    CONSTRAINT uq_application_1 UNIQUE (partner_id, code),
    CONSTRAINT fk_application_1 FOREIGN KEY (partner_id) REFERENCES partner (id)
);

CREATE INDEX ix_application_created ON application (partner_id, created_at, id);

-- Professionals who care, as their partner registered them.
CREATE TABLE practitioner (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    version int NOT NULL,
    external_id nvarchar(200) COLLATE Latin1_General_100_BIN2,
    name nvarchar(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
    roles nvarchar(max) NOT NULL,
    may_declare_emergency bit NOT NULL,
    suspended_at datetime2(6),
    created_at datetime2(6) NOT NULL,
    updated_at datetime2(6) NOT NULL,
    CONSTRAINT pk_practitioner PRIMARY KEY CLUSTERED (id),
    CONSTRAINT fk_practitioner_1 FOREIGN KEY (partner_id) REFERENCES partner (id)
);

CREATE INDEX ix_practitioner_created ON practitioner (partner_id, created_at, id);

CREATE UNIQUE INDEX ix_practitioner_external_id ON practitioner (partner_id, external_id) WHERE external_id IS NOT NULL;

-- Which practitioner, client or representative a token's subject is. The subject itself is kept as a keyed digest.
CREATE TABLE subject_link (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    issuer_id uniqueidentifier NOT NULL,
    subject_digest varbinary(32) NOT NULL,
    kind nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    target_id uniqueidentifier NOT NULL,
    created_at datetime2(6) NOT NULL,
    CONSTRAINT pk_subject_link PRIMARY KEY NONCLUSTERED (id),
    CONSTRAINT uq_subject_link_1 UNIQUE (issuer_id, subject_digest, kind, target_id),
    CONSTRAINT fk_subject_link_1 FOREIGN KEY (issuer_id) REFERENCES issuer (id),
    CONSTRAINT ck_subject_link_1 CHECK (kind IN ('practitioner', 'client', 'representative'))
);

CREATE CLUSTERED INDEX ix_subject_link_target ON subject_link (target_id);

-- The partner's own ids, as keyed digests, unique for each partner and kind.
CREATE TABLE external_id (
    partner_id uniqueidentifier NOT NULL,
    kind nvarchar(32) COLLATE Latin1_General_100_BIN2 NOT NULL,
    digest varbinary(32) NOT NULL,
    target_id uniqueidentifier NOT NULL,
    CONSTRAINT pk_external_id PRIMARY KEY CLUSTERED (partner_id, kind, digest),
    CONSTRAINT fk_external_id_1 FOREIGN KEY (partner_id) REFERENCES partner (id)
);

CREATE INDEX ix_external_id_target ON external_id (target_id);

-- People in care. access_version is raised by every change that bears on a decision about the record.
CREATE TABLE client (
    client_id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    version int NOT NULL,
    access_version bigint NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    content varbinary(max) NOT NULL,
    created_at datetime2(6) NOT NULL,
    updated_at datetime2(6) NOT NULL,
    CONSTRAINT pk_client PRIMARY KEY NONCLUSTERED (client_id),
    CONSTRAINT fk_client_1 FOREIGN KEY (partner_id) REFERENCES partner (id)
);

CREATE CLUSTERED INDEX ix_client_created ON client (partner_id, created_at, client_id);

-- A client's data key, wrapped by the master key. Without it nothing of the record can be read.
CREATE TABLE client_key (
    client_id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    generation int NOT NULL,
    wrapped varbinary(max) NOT NULL,
    created_at datetime2(6) NOT NULL,
    CONSTRAINT pk_client_key PRIMARY KEY CLUSTERED (client_id, generation),
    CONSTRAINT fk_client_key_1 FOREIGN KEY (client_id) REFERENCES client (client_id)
);

-- A practitioner's part in a client's care, with its role and period.
CREATE TABLE care_relationship (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier NOT NULL,
    version int NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    practitioner_id uniqueidentifier NOT NULL,
    role nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    from_at datetime2(6) NOT NULL,
    until_at datetime2(6),
    recorded_at datetime2(6) NOT NULL,
    CONSTRAINT pk_care_relationship PRIMARY KEY NONCLUSTERED (id),
    CONSTRAINT fk_care_relationship_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT fk_care_relationship_2 FOREIGN KEY (practitioner_id) REFERENCES practitioner (id)
);

CREATE CLUSTERED INDEX ix_care_relationship_client ON care_relationship (client_id, recorded_at, id);

CREATE INDEX ix_care_relationship_practitioner ON care_relationship (practitioner_id, client_id);

-- Who may act for a client, for what, and how long.
CREATE TABLE representative (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier NOT NULL,
    version int NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    categories nvarchar(max) NOT NULL,
    actions nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    from_at datetime2(6) NOT NULL,
    until_at datetime2(6),
    ends_at_age_of_consent bit NOT NULL,
    content varbinary(max) NOT NULL,
    recorded_at datetime2(6) NOT NULL,
    CONSTRAINT pk_representative PRIMARY KEY CLUSTERED (id),
    CONSTRAINT fk_representative_1 FOREIGN KEY (client_id) REFERENCES client (client_id)
);

CREATE INDEX ix_representative_client ON representative (client_id);

-- Recorded endangerment: while it lasts, the representative's authority rests.
CREATE TABLE safeguard (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier NOT NULL,
    version int NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    representative_id uniqueidentifier NOT NULL,
    from_at datetime2(6) NOT NULL,
    until_at datetime2(6),
    content varbinary(max) NOT NULL,
    recorded_at datetime2(6) NOT NULL,
    CONSTRAINT pk_safeguard PRIMARY KEY CLUSTERED (id),
    CONSTRAINT fk_safeguard_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT fk_safeguard_2 FOREIGN KEY (representative_id) REFERENCES representative (id)
);

CREATE INDEX ix_safeguard_client ON safeguard (client_id);

-- A practitioner's declared emergency on one record.
CREATE TABLE emergency_access (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier NOT NULL,
    version int NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    practitioner_id uniqueidentifier NOT NULL,
    from_at datetime2(6) NOT NULL,
    until_at datetime2(6) NOT NULL,
    content varbinary(max) NOT NULL,
    recorded_at datetime2(6) NOT NULL,
    CONSTRAINT pk_emergency_access PRIMARY KEY CLUSTERED (id),
    CONSTRAINT fk_emergency_access_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT fk_emergency_access_2 FOREIGN KEY (practitioner_id) REFERENCES practitioner (id)
);

CREATE INDEX ix_emergency_access_client ON emergency_access (client_id);

-- Recorded decisions of clients. Provisions and evidence are in content.
CREATE TABLE consent (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier NOT NULL,
    version int NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    status nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    author_kind nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    content varbinary(max) NOT NULL,
    recorded_at datetime2(6) NOT NULL,
    updated_at datetime2(6) NOT NULL,
    CONSTRAINT pk_consent PRIMARY KEY NONCLUSTERED (id),
    CONSTRAINT fk_consent_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT ck_consent_1 CHECK (status IN ('draft', 'active', 'superseded', 'withdrawn'))
);

CREATE CLUSTERED INDEX ix_consent_client ON consent (client_id, recorded_at, id);

-- Whom the provisions of a consent speak of, by ids alone: finds the records that a permit may have made somebody related to.
CREATE TABLE consent_grantee (
    consent_id uniqueidentifier NOT NULL,
    position int NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier NOT NULL,
    kind nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    grantee_id uniqueidentifier,
    code nvarchar(64) COLLATE Latin1_General_100_BIN2,
    CONSTRAINT pk_consent_grantee PRIMARY KEY CLUSTERED (consent_id, position),
    CONSTRAINT fk_consent_grantee_1 FOREIGN KEY (consent_id) REFERENCES consent (id)
);

CREATE INDEX ix_consent_grantee_grantee ON consent_grantee (partner_id, kind, grantee_id);

CREATE INDEX ix_consent_grantee_client ON consent_grantee (client_id, kind, grantee_id);

-- Administrations of instruments. Answers and score are in content; part is the instrument.
CREATE TABLE assessment (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier NOT NULL,
    version int NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    instrument_version nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    status nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    author_kind nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    content varbinary(max) NOT NULL,
    recorded_at datetime2(6) NOT NULL,
    updated_at datetime2(6) NOT NULL,
    CONSTRAINT pk_assessment PRIMARY KEY NONCLUSTERED (id),
    CONSTRAINT fk_assessment_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT ck_assessment_1 CHECK (status IN ('final', 'incomplete', 'retracted'))
);

CREATE CLUSTERED INDEX ix_assessment_occurred ON assessment (client_id, occurred_at, id);

CREATE INDEX ix_assessment_part ON assessment (client_id, part, occurred_at, id);

-- Each version of each item of client data that changed, as it was.
CREATE TABLE item_version (
    item_id uniqueidentifier NOT NULL,
    version int NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier NOT NULL,
    kind nvarchar(32) COLLATE Latin1_General_100_BIN2 NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    status nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    content varbinary(max) NOT NULL,
    recorded_at datetime2(6) NOT NULL,
    recorded_by_kind nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    recorded_by_id uniqueidentifier NOT NULL,
    CONSTRAINT pk_item_version PRIMARY KEY CLUSTERED (item_id, version),
    CONSTRAINT fk_item_version_1 FOREIGN KEY (client_id) REFERENCES client (client_id)
);

CREATE INDEX ix_item_version_client ON item_version (client_id, kind);

-- The newest entry of each chain.
CREATE TABLE ledger_head (
    chain_id uniqueidentifier NOT NULL,
    sequence bigint NOT NULL,
    hash varbinary(32) NOT NULL,
    CONSTRAINT pk_ledger_head PRIMARY KEY CLUSTERED (chain_id)
);

-- Every use of client data, one chain a client (unknown records: one chain a partner). canonical is what the hash is over.
CREATE TABLE ledger_entry (
    chain_id uniqueidentifier NOT NULL,
    sequence bigint NOT NULL,
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier,
    at datetime2(6) NOT NULL,
    previous_hash varbinary(32) NOT NULL,
    hash varbinary(32) NOT NULL,
    canonical varbinary(max) NOT NULL,
    CONSTRAINT pk_ledger_entry PRIMARY KEY CLUSTERED (chain_id, sequence),
    CONSTRAINT uq_ledger_entry_1 UNIQUE (id)
);

CREATE INDEX ix_ledger_entry_partner ON ledger_entry (partner_id, at);

-- Answers kept for retries, sealed like the record they speak of.
CREATE TABLE idempotency (
    digest varbinary(32) NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier,
    request_hash varbinary(32) NOT NULL,
    answer varbinary(max) NOT NULL,
    created_at datetime2(6) NOT NULL,
    expires_at datetime2(6) NOT NULL,
    CONSTRAINT pk_idempotency PRIMARY KEY CLUSTERED (digest)
);

CREATE INDEX ix_idempotency_expires ON idempotency (expires_at);

CREATE INDEX ix_idempotency_client ON idempotency (client_id);

-- What changed, by ids alone; /changes, webhooks and bulk export build on it.
CREATE TABLE change_row (
    position bigint IDENTITY(1,1) NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier,
    category nvarchar(32) COLLATE Latin1_General_100_BIN2 NOT NULL,
    kind nvarchar(32) COLLATE Latin1_General_100_BIN2 NOT NULL,
    item_id uniqueidentifier NOT NULL,
    what nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    at datetime2(6) NOT NULL,
    CONSTRAINT pk_change_row PRIMARY KEY CLUSTERED (position)
);

CREATE INDEX ix_change_row_partner ON change_row (partner_id, position);

-- Keys of the installation itself, wrapped by the master key: for digests and signatures.
CREATE TABLE secret (
    name nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    wrapped varbinary(max) NOT NULL,
    created_at datetime2(6) NOT NULL,
    CONSTRAINT pk_secret PRIMARY KEY CLUSTERED (name)
);
