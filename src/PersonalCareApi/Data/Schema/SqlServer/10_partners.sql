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
    retention nvarchar(1000) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT df_partner_retention DEFAULT '{}',
    care nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT df_partner_care DEFAULT '{}',
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
    supervisor_id uniqueidentifier,
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
