-- What a desk lists most: what is open, of one kind, or with one person.
CREATE INDEX requests_by_open_kind ON requests (tenant, is_open, kind, runs_from, id);
CREATE INDEX requests_by_open_assignee ON requests (tenant, is_open, assignee, runs_from, id);
