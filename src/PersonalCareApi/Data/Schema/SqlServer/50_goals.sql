-- Goals that a client and a practitioner set together. The terms and who signed them are in content.
CREATE TABLE goal (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier NOT NULL,
    version int NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    status nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    content varbinary(max) NOT NULL,
    updated_at datetime2(6) NOT NULL,
    CONSTRAINT pk_goal PRIMARY KEY NONCLUSTERED (id),
    CONSTRAINT fk_goal_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT ck_goal_1 CHECK (status IN ('proposed', 'agreed', 'achieved', 'set-aside', 'retracted'))
);

CREATE CLUSTERED INDEX ix_goal_occurred ON goal (client_id, occurred_at, id);

-- How a goal comes along, as each side sees it. Level, value and note are in content.
CREATE TABLE goal_progress (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier NOT NULL,
    version int NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    goal_id uniqueidentifier NOT NULL,
    side nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    kind nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    status nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    content varbinary(max) NOT NULL,
    recorded_at datetime2(6) NOT NULL,
    CONSTRAINT pk_goal_progress PRIMARY KEY NONCLUSTERED (id),
    CONSTRAINT fk_goal_progress_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT fk_goal_progress_2 FOREIGN KEY (goal_id) REFERENCES goal (id),
    CONSTRAINT ck_goal_progress_1 CHECK (side IN ('client', 'practitioner')),
    CONSTRAINT ck_goal_progress_2 CHECK (kind IN ('attainment', 'scaling')),
    CONSTRAINT ck_goal_progress_3 CHECK (status IN ('final', 'retracted'))
);

CREATE CLUSTERED INDEX ix_goal_progress_occurred ON goal_progress (client_id, goal_id, occurred_at, id);

CREATE INDEX ix_goal_progress_goal ON goal_progress (goal_id);
