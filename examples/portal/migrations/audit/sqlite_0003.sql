-- What is looked for in the audit. The sealer pays for it, and no sign-in: an event that is not
-- sealed yet is in none of these. What was done has no index: it is looked for among the rest.
CREATE INDEX audit_by_time ON audit_events (tenant, at, seq) WHERE seq IS NOT NULL;
CREATE INDEX audit_by_actor ON audit_events (tenant, actor, seq) WHERE seq IS NOT NULL;
