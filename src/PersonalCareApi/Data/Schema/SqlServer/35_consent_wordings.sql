-- The texts that a partner shows when it asks for consent. No client's data.
CREATE TABLE consent_wording (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    code nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    created_at datetime2(6) NOT NULL,
    CONSTRAINT pk_consent_wording PRIMARY KEY CLUSTERED (id),
    CONSTRAINT uq_consent_wording_1 UNIQUE (partner_id, code),
    CONSTRAINT fk_consent_wording_1 FOREIGN KEY (partner_id) REFERENCES partner (id)
);

CREATE INDEX ix_consent_wording_created ON consent_wording (partner_id, created_at, id);

-- Each version never changes but for being retired. languages are codes with a space between;
-- content holds the texts and the provisions, as JSON.
CREATE TABLE consent_wording_version (
    wording_id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    sequence int NOT NULL,
    version nvarchar(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    languages nvarchar(2000) COLLATE Latin1_General_100_BIN2 NOT NULL,
    content nvarchar(max) NOT NULL,
    created_at datetime2(6) NOT NULL,
    retired_at datetime2(6),
    CONSTRAINT pk_consent_wording_version PRIMARY KEY CLUSTERED (wording_id, sequence),
    CONSTRAINT uq_consent_wording_version_1 UNIQUE (wording_id, version),
    CONSTRAINT fk_consent_wording_version_1 FOREIGN KEY (wording_id) REFERENCES consent_wording (id)
);
