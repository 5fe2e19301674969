-- Who was to deal with a request, each time that changed. Who is now stands in the queue of
-- upheld-store.
CREATE TABLE request_assignments (
    tenant      text NOT NULL,
    request     bytea NOT NULL,
    id          bytea NOT NULL,
    at          bigint NOT NULL,
    assigned_by bytea NOT NULL,
    assignee    bytea,                -- none: nobody any more
    PRIMARY KEY (tenant, request, id)
);

-- Among whom requests are shared out.
CREATE INDEX people_of_staff ON people (tenant, email) WHERE role = 'staff';
