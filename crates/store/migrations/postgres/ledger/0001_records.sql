-- The log, and the records whose payloads it commits to. Records, people and versions of a record
-- are 16 bytes, most significant first. Every key begins with the tenant.

-- The end of a tenant's log. Whoever appends holds this row until the commit.
CREATE TABLE ledger_heads (
    tenant text NOT NULL PRIMARY KEY,
    size   bigint NOT NULL CHECK (size >= 0),
    peaks  bytea NOT NULL CHECK (length(peaks) % 32 = 0)   -- roots of the complete subtrees
);

-- Never changed and never deleted.
CREATE TABLE ledger_entries (
    tenant text NOT NULL,
    seq    bigint NOT NULL CHECK (seq >= 0),
    entry  bytea NOT NULL,                                 -- canonical JSON
    leaf   bytea NOT NULL CHECK (length(leaf) = 32),
    PRIMARY KEY (tenant, seq)
);

CREATE TABLE ledger_checkpoints (
    tenant text NOT NULL,
    origin text NOT NULL,
    size   bigint NOT NULL CHECK (size >= 0),
    root   bytea NOT NULL CHECK (length(root) = 32),
    PRIMARY KEY (tenant, origin, size)
);

-- The key of each person's name in the log. Deleting it cuts the person off their entries.
CREATE TABLE ledger_people (
    tenant text NOT NULL,
    person bytea NOT NULL CHECK (length(person) = 16),
    id     bytea NOT NULL CHECK (length(id) = 16),         -- zero: one key to a person
    key_id bigint NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (tenant, person, id)
);

CREATE TABLE records (
    tenant  text NOT NULL,
    id      bytea NOT NULL CHECK (length(id) = 16),
    kind    text NOT NULL,
    label   text,                                         -- one record of a kind and label to a person
    person  bytea CHECK (length(person) = 16),             -- none once they are erased
    version bigint NOT NULL CHECK (version > 0),         -- how many events it has
    PRIMARY KEY (tenant, id)
);

CREATE UNIQUE INDEX records_by_person ON records (tenant, person, kind, label);

-- What the log commits to: salt and payload, sealed, until they are erased.
CREATE TABLE record_events (
    tenant  text NOT NULL,
    record  bytea NOT NULL CHECK (length(record) = 16),
    version bytea NOT NULL CHECK (length(version) = 16),
    seq     bigint NOT NULL,
    key_id  bigint,
    sealed  bytea,
    PRIMARY KEY (tenant, record, version),
    UNIQUE (tenant, seq),
    CHECK ((key_id IS NULL) = (sealed IS NULL)),
    FOREIGN KEY (tenant, record) REFERENCES records (tenant, id),
    FOREIGN KEY (tenant, seq) REFERENCES ledger_entries (tenant, seq)
);

CREATE INDEX ledger_people_by_key ON ledger_people (tenant, key_id);
CREATE INDEX record_events_by_key ON record_events (tenant, key_id);

-- What a desk lists of its requests. Due dates are not here: they are derived from the facts.
CREATE TABLE requests (
    tenant    text NOT NULL,
    id        bytea NOT NULL CHECK (length(id) = 16),
    kind      text NOT NULL,
    state     text NOT NULL,
    is_open   bigint NOT NULL CHECK (is_open IN (0, 1)),
    assignee  bytea CHECK (length(assignee) = 16),
    received  bigint NOT NULL,                           -- a day, counted from 1970-01-01
    runs_from bigint NOT NULL,                           -- the day that the clock runs from
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, id) REFERENCES records (tenant, id)
);

CREATE INDEX requests_by_day ON requests (tenant, runs_from, id);
CREATE INDEX requests_by_openness ON requests (tenant, is_open, runs_from, id);
CREATE INDEX requests_by_state ON requests (tenant, state, runs_from, id);
CREATE INDEX requests_by_kind ON requests (tenant, kind, runs_from, id);
CREATE INDEX requests_by_assignee ON requests (tenant, assignee, runs_from, id);
