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
    erased_at TEXT,
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

CREATE INDEX ix_safeguard_representative ON safeguard (representative_id);

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
    review_due_at TEXT,
    reviewed_at TEXT,
    CONSTRAINT pk_emergency_access PRIMARY KEY (id),
    CONSTRAINT fk_emergency_access_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT fk_emergency_access_2 FOREIGN KEY (practitioner_id) REFERENCES practitioner (id)
);

CREATE INDEX ix_emergency_access_client ON emergency_access (client_id);

CREATE INDEX ix_emergency_access_reviewed ON emergency_access (partner_id, reviewed_at, occurred_at);

CREATE INDEX ix_emergency_access_practitioner ON emergency_access (practitioner_id, client_id);

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
