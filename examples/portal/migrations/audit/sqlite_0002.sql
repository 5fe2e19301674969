-- What happened to one account, for the copy of its data. The sealer pays for it: an event that is
-- being written is not in it.
CREATE INDEX audit_by_subject ON audit_events (tenant, subject, seq) WHERE seq IS NOT NULL;
