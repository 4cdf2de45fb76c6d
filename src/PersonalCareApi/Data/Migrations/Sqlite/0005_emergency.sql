-- When the review of an emergency access is due, and when it was done.
ALTER TABLE emergency_access ADD COLUMN review_due_at TEXT;

ALTER TABLE emergency_access ADD COLUMN reviewed_at TEXT;

CREATE INDEX ix_emergency_access_reviewed ON emergency_access (partner_id, reviewed_at, occurred_at);

-- What a client is told: what happened, under which category of what it tells of. Words are in content.
CREATE TABLE client_notice (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE NOT NULL,
    version INTEGER NOT NULL,
    labels INTEGER NOT NULL,
    author_id TEXT COLLATE NOCASE NOT NULL,
    part TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    kind TEXT NOT NULL,
    category TEXT NOT NULL,
    about_id TEXT COLLATE NOCASE NOT NULL,
    read_by_client_at TEXT,
    read_by_representative_at TEXT,
    content BLOB NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_client_notice PRIMARY KEY (id),
    CONSTRAINT fk_client_notice_1 FOREIGN KEY (client_id) REFERENCES client (client_id)
);

CREATE INDEX ix_client_notice_client ON client_notice (client_id, recorded_at, id);

CREATE INDEX ix_client_notice_about ON client_notice (client_id, about_id);
