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
