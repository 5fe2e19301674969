-- What a desk lists most: what is open, of one kind, or with one person or nobody.
CREATE INDEX requests_by_open_kind ON requests (tenant, is_open, kind, runs_from, id);
CREATE INDEX requests_by_open_assignee ON requests (tenant, is_open, assignee, runs_from, id);

-- The same in one state, in which there may be none: without these it would walk all of that state,
-- or of that kind, to find nothing.
CREATE INDEX requests_by_state_kind ON requests (tenant, state, kind, runs_from, id);
CREATE INDEX requests_by_state_assignee ON requests (tenant, state, assignee, runs_from, id);
