-- Each version of each item of client data that changed, as it was.
CREATE TABLE item_version (
    item_id uniqueidentifier NOT NULL,
    version int NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier NOT NULL,
    kind nvarchar(32) COLLATE Latin1_General_100_BIN2 NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    status nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    content varbinary(max) NOT NULL,
    recorded_at datetime2(6) NOT NULL,
    recorded_by_kind nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    recorded_by_id uniqueidentifier NOT NULL,
    CONSTRAINT pk_item_version PRIMARY KEY CLUSTERED (item_id, version),
    CONSTRAINT fk_item_version_1 FOREIGN KEY (client_id) REFERENCES client (client_id)
);

CREATE INDEX ix_item_version_client ON item_version (client_id, kind);

-- What changed, by ids alone; /changes, webhooks and bulk export build on it.
CREATE TABLE change_row (
    position bigint IDENTITY(1,1) NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier,
    category nvarchar(32) COLLATE Latin1_General_100_BIN2 NOT NULL,
    kind nvarchar(32) COLLATE Latin1_General_100_BIN2 NOT NULL,
    item_id uniqueidentifier NOT NULL,
    what nvarchar(16) COLLATE Latin1_General_100_BIN2 NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    at datetime2(6) NOT NULL,
    CONSTRAINT pk_change_row PRIMARY KEY CLUSTERED (position)
);

CREATE INDEX ix_change_row_partner ON change_row (partner_id, position);

CREATE INDEX ix_change_row_client ON change_row (client_id);
