-- Sessions, from planned to held. How, how long and with whom are in content.
CREATE TABLE care_session (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE NOT NULL,
    version INTEGER NOT NULL,
    labels INTEGER NOT NULL,
    author_id TEXT COLLATE NOCASE NOT NULL,
    part TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    status TEXT NOT NULL,
    content BLOB NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_care_session PRIMARY KEY (id),
    CONSTRAINT fk_care_session_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT ck_care_session_1 CHECK (status IN ('planned', 'held', 'missed', 'cancelled', 'retracted'))
);

CREATE INDEX ix_care_session_occurred ON care_session (client_id, occurred_at, id);

-- Session notes. A draft is its author's; one that awaits its cosignature also the cosigner's; one that is withheld not the client's.
CREATE TABLE session_note (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE NOT NULL,
    version INTEGER NOT NULL,
    labels INTEGER NOT NULL,
    author_id TEXT COLLATE NOCASE NOT NULL,
    part TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    session_id TEXT COLLATE NOCASE NOT NULL,
    status TEXT NOT NULL,
    cosigner_id TEXT COLLATE NOCASE,
    withheld_until TEXT,
    content BLOB NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_session_note PRIMARY KEY (id),
    CONSTRAINT fk_session_note_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT fk_session_note_2 FOREIGN KEY (session_id) REFERENCES care_session (id),
    CONSTRAINT ck_session_note_1 CHECK (status IN ('draft', 'awaiting', 'signed', 'retracted'))
);

CREATE INDEX ix_session_note_occurred ON session_note (client_id, occurred_at, id);

CREATE INDEX ix_session_note_session ON session_note (session_id);

-- What notes are found by and must not be readable: modalities and goals, as keyed digests.
CREATE TABLE session_note_mark (
    note_id TEXT COLLATE NOCASE NOT NULL,
    digest BLOB NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE NOT NULL,
    CONSTRAINT pk_session_note_mark PRIMARY KEY (note_id, digest),
    CONSTRAINT fk_session_note_mark_1 FOREIGN KEY (note_id) REFERENCES session_note (id)
);

CREATE INDEX ix_session_note_mark_client ON session_note_mark (client_id, digest);

-- What was added to a signed note, by a practitioner or by the client.
CREATE TABLE session_note_addendum (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE NOT NULL,
    version INTEGER NOT NULL,
    labels INTEGER NOT NULL,
    author_id TEXT COLLATE NOCASE NOT NULL,
    part TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    note_id TEXT COLLATE NOCASE NOT NULL,
    content BLOB NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_session_note_addendum PRIMARY KEY (id),
    CONSTRAINT fk_session_note_addendum_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT fk_session_note_addendum_2 FOREIGN KEY (note_id) REFERENCES session_note (id)
);

CREATE INDEX ix_session_note_addendum_note ON session_note_addendum (note_id, recorded_at, id);

CREATE INDEX ix_session_note_addendum_client ON session_note_addendum (client_id, recorded_at, id);

-- How the client found the alliance, session by session. The value is in content.
CREATE TABLE alliance_check_in (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE NOT NULL,
    version INTEGER NOT NULL,
    labels INTEGER NOT NULL,
    author_id TEXT COLLATE NOCASE NOT NULL,
    part TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    status TEXT NOT NULL,
    content BLOB NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_alliance_check_in PRIMARY KEY (id),
    CONSTRAINT fk_alliance_check_in_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT ck_alliance_check_in_1 CHECK (status IN ('final', 'retracted'))
);

CREATE INDEX ix_alliance_check_in_occurred ON alliance_check_in (client_id, occurred_at, id);
