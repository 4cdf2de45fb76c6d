-- What runs in the background, once among all servers: who holds it until when, how far it is. arguments are sealed.
CREATE TABLE background_job (
    id TEXT COLLATE NOCASE NOT NULL,
    partner_id TEXT COLLATE NOCASE NOT NULL,
    client_id TEXT COLLATE NOCASE,
    kind TEXT NOT NULL,
    about_id TEXT COLLATE NOCASE NOT NULL,
    state TEXT NOT NULL,
    due_at TEXT NOT NULL,
    holder TEXT COLLATE NOCASE,
    lease_until TEXT,
    attempt INTEGER NOT NULL,
    done INTEGER NOT NULL,
    total INTEGER NOT NULL,
    arguments BLOB,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT pk_background_job PRIMARY KEY (id),
    CONSTRAINT ck_background_job_1 CHECK (state IN ('waiting', 'running', 'done', 'failed'))
);

CREATE INDEX ix_background_job_due ON background_job (state, due_at, id);

CREATE INDEX ix_background_job_about ON background_job (about_id);

CREATE INDEX ix_background_job_client ON background_job (client_id);
