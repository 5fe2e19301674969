-- Who was to deal with a request, each time that changed. Who is now stands in the queue of
-- upheld-store.
CREATE TABLE request_assignments (
    tenant      TEXT NOT NULL,
    request     BLOB NOT NULL,
    id          BLOB NOT NULL,
    at          INTEGER NOT NULL,
    assigned_by BLOB NOT NULL,
    assignee    BLOB,                 -- none: nobody any more
    PRIMARY KEY (tenant, request, id)
) STRICT;

-- Among whom requests are shared out.
CREATE INDEX people_of_staff ON people (tenant, email) WHERE role = 'staff';
