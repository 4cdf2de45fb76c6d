-- Administrations of instruments. Answers and score are in content; part is the instrument.
CREATE TABLE assessment (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE NOT NULL,
    version INTEGER NOT NULL,
    labels INTEGER NOT NULL,
    author_id TEXT COLLATE NOCASE NOT NULL,
    part TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    instrument_version TEXT NOT NULL,
    status TEXT NOT NULL,
    author_kind TEXT NOT NULL,
    content BLOB NOT NULL,
    recorded_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_assessment PRIMARY KEY (id),
    CONSTRAINT fk_assessment_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT ck_assessment_1 CHECK (status IN ('final', 'incomplete', 'retracted'))
);

CREATE INDEX ix_assessment_occurred ON assessment (client_id, occurred_at, id);

CREATE INDEX ix_assessment_part ON assessment (client_id, part, occurred_at, id);

CREATE INDEX ix_assessment_reach ON assessment (client_id, occurred_at, id, partner_id, labels, author_id, part);
