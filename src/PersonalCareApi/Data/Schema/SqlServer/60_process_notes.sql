-- Private notes of practitioners, each its author's alone. Text is in content; part is to whom the author released it.
CREATE TABLE process_note (
    id uniqueidentifier NOT NULL,
    partner_id uniqueidentifier NOT NULL,
    client_id uniqueidentifier NOT NULL,
    version int NOT NULL,
    labels bigint NOT NULL,
    author_id uniqueidentifier NOT NULL,
    part nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    occurred_at datetime2(6) NOT NULL,
    content varbinary(max) NOT NULL,
    recorded_at datetime2(6) NOT NULL,
    updated_at datetime2(6) NOT NULL,
    CONSTRAINT pk_process_note PRIMARY KEY NONCLUSTERED (id),
    CONSTRAINT fk_process_note_1 FOREIGN KEY (client_id) REFERENCES client (client_id),
    CONSTRAINT ck_process_note_1 CHECK (part IN ('private', 'shared-with-client', 'shared-by-consent', 'shared'))
);

CREATE CLUSTERED INDEX ix_process_note_occurred ON process_note (client_id, occurred_at, id);
