-- Goals that a client and a practitioner set together. The terms and who signed them are in content.
CREATE TABLE goal (
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
    CONSTRAINT pk_goal PRIMARY KEY (id),
    CONSTRAINT fk_goal_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT ck_goal_1 CHECK (status IN ('proposed', 'agreed', 'achieved', 'set-aside', 'retracted'))
);

CREATE INDEX ix_goal_occurred ON goal (client_id, occurred_at, id);

-- How a goal comes along, as each side sees it. Level, value and note are in content.
CREATE TABLE goal_progress (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE NOT NULL,
    version INTEGER NOT NULL,
    labels INTEGER NOT NULL,
    author_id TEXT COLLATE NOCASE NOT NULL,
    part TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    goal_id TEXT COLLATE NOCASE NOT NULL,
    side TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    content BLOB NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_goal_progress PRIMARY KEY (id),
    CONSTRAINT fk_goal_progress_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT fk_goal_progress_2 FOREIGN KEY (goal_id) REFERENCES goal (id),
    CONSTRAINT ck_goal_progress_1 CHECK (side IN ('client', 'practitioner')),
    CONSTRAINT ck_goal_progress_2 CHECK (kind IN ('attainment', 'scaling')),
    CONSTRAINT ck_goal_progress_3 CHECK (status IN ('final', 'retracted'))
);

CREATE INDEX ix_goal_progress_occurred ON goal_progress (client_id, goal_id, occurred_at, id);

CREATE INDEX ix_goal_progress_goal ON goal_progress (goal_id);
