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

CREATE INDEX ix_change_row_client ON change_row (client_id);
