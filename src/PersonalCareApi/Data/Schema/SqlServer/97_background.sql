-- What runs in the background, once among all servers: who holds it until when, how far it is. arguments are sealed.
CREATE TABLE background_job (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier,
    kind nvarchar(32) COLLATE Latin1_General_100_BIN2 NOT NULL,
    about_id uniqueidentifier NOT NULL,
    state nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    due_at datetime2(6) NOT NULL,
    holder uniqueidentifier,
    lease_until datetime2(6),
    attempt int NOT NULL,
    done int NOT NULL,
    total int NOT NULL,
    arguments varbinary(max),
    created_at datetime2(6) NOT NULL,
    updated_at datetime2(6) NOT NULL,
    CONSTRAINT pk_background_job PRIMARY KEY CLUSTERED (id),
    CONSTRAINT ck_background_job_1 CHECK (state IN ('waiting', 'running', 'done', 'failed'))
);

CREATE INDEX ix_background_job_due ON background_job (state, due_at, id);

CREATE INDEX ix_background_job_about ON background_job (about_id);

CREATE INDEX ix_background_job_client ON background_job (client_id);
