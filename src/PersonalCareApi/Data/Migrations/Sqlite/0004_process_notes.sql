-- Private notes of practitioners, each its author's alone. Text is in content; part is to whom the author released it.
CREATE TABLE process_note (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE NOT NULL,
    version INTEGER NOT NULL,
    labels INTEGER NOT NULL,
    author_id TEXT COLLATE NOCASE NOT NULL,
    part TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    content BLOB NOT NULL,
    recorded_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_process_note PRIMARY KEY (id),
    CONSTRAINT fk_process_note_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT ck_process_note_1 CHECK (part IN ('private', 'shared-with-client', 'shared-by-consent', 'shared'))
);

CREATE INDEX ix_process_note_occurred ON process_note (client_id, occurred_at, id);
