-- The texts that a partner shows when it asks for consent. No client's data.
CREATE TABLE consent_wording (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    code TEXT NOT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT pk_consent_wording PRIMARY KEY (id),
    CONSTRAINT uq_consent_wording_1 UNIQUE (partner_id, code),
    CONSTRAINT fk_consent_wording_1 FOREIGN KEY (partner_id) REFERENCES partner (id)
);

CREATE INDEX ix_consent_wording_created ON consent_wording (partner_id, created_at, id);

-- Each version never changes but for being retired. languages are codes with a space between;
-- content holds the texts and the provisions, as JSON.
CREATE TABLE consent_wording_version (
    wording_id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    sequence INTEGER NOT NULL,
    version TEXT NOT NULL,
    languages TEXT NOT NULL,
    content TEXT NOT NULL,
    created_at TEXT NOT NULL,
    retired_at TEXT,
    CONSTRAINT pk_consent_wording_version PRIMARY KEY (wording_id, sequence),
    CONSTRAINT uq_consent_wording_version_1 UNIQUE (wording_id, version),
    CONSTRAINT fk_consent_wording_version_1 FOREIGN KEY (wording_id) REFERENCES consent_wording (id)
);
