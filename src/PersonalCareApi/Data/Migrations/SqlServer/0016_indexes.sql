-- What a client is erased by, and what a reference is checked by: without these, all of the table was read.
CREATE INDEX ix_session_note_addendum_client ON session_note_addendum (client_id, recorded_at, id);

CREATE INDEX ix_goal_progress_goal ON goal_progress (goal_id);

CREATE INDEX ix_safeguard_representative ON safeguard (representative_id);

CREATE INDEX ix_change_row_client ON change_row (client_id);

CREATE INDEX ix_emergency_access_practitioner ON emergency_access (practitioner_id, client_id);

-- All that reach and filters ask of an assessment, so that counting those in reach reads no row.
CREATE INDEX ix_assessment_reach ON assessment (client_id, occurred_at, id, partner_id, labels, author_id, part);
