-- The log, and the records whose payloads it commits to. Records, people and versions of a record
-- are 16 bytes, most significant first. Every key begins with the tenant.

-- The end of a tenant's log. Whoever appends holds this row until the commit.
CREATE TABLE ledger_heads (
    tenant TEXT NOT NULL PRIMARY KEY,
    size   INTEGER NOT NULL CHECK (size >= 0),
    peaks  BLOB NOT NULL CHECK (length(peaks) % 32 = 0)   -- roots of the complete subtrees
) STRICT, WITHOUT ROWID;

-- Never changed and never deleted.
CREATE TABLE ledger_entries (
    tenant TEXT NOT NULL,
    seq    INTEGER NOT NULL CHECK (seq >= 0),
    entry  BLOB NOT NULL,                                 -- canonical JSON
    leaf   BLOB NOT NULL CHECK (length(leaf) = 32),
    PRIMARY KEY (tenant, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger_checkpoints (
    tenant TEXT NOT NULL,
    origin TEXT NOT NULL,
    size   INTEGER NOT NULL CHECK (size >= 0),
    root   BLOB NOT NULL CHECK (length(root) = 32),
    PRIMARY KEY (tenant, origin, size)
) STRICT, WITHOUT ROWID;

-- The key of each person's name in the log. Deleting it cuts the person off their entries.
CREATE TABLE ledger_people (
    tenant TEXT NOT NULL,
    person BLOB NOT NULL CHECK (length(person) = 16),
    id     BLOB NOT NULL CHECK (length(id) = 16),         -- zero: one key to a person
    key_id INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (tenant, person, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE records (
    tenant  TEXT NOT NULL,
    id      BLOB NOT NULL CHECK (length(id) = 16),
    kind    TEXT NOT NULL,
    label   TEXT,                                         -- one record of a kind and label to a person
    person  BLOB CHECK (length(person) = 16),             -- none once they are erased
    version INTEGER NOT NULL CHECK (version > 0),         -- how many events it has
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX records_by_person ON records (tenant, person, kind, label);

-- What the log commits to: salt and payload, sealed, until they are erased.
CREATE TABLE record_events (
    tenant  TEXT NOT NULL,
    record  BLOB NOT NULL CHECK (length(record) = 16),
    version BLOB NOT NULL CHECK (length(version) = 16),
    seq     INTEGER NOT NULL,
    key_id  INTEGER,
    sealed  BLOB,
    PRIMARY KEY (tenant, record, version),
    UNIQUE (tenant, seq),
    CHECK ((key_id IS NULL) = (sealed IS NULL)),
    FOREIGN KEY (tenant, record) REFERENCES records (tenant, id),
    FOREIGN KEY (tenant, seq) REFERENCES ledger_entries (tenant, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX ledger_people_by_key ON ledger_people (tenant, key_id);
CREATE INDEX record_events_by_key ON record_events (tenant, key_id);

-- What a desk lists of its requests. Due dates are not here: they are derived from the facts.
CREATE TABLE requests (
    tenant    TEXT NOT NULL,
    id        BLOB NOT NULL CHECK (length(id) = 16),
    kind      TEXT NOT NULL,
    state     TEXT NOT NULL,
    is_open   INTEGER NOT NULL CHECK (is_open IN (0, 1)),
    assignee  BLOB CHECK (length(assignee) = 16),
    received  INTEGER NOT NULL,                           -- a day, counted from 1970-01-01
    runs_from INTEGER NOT NULL,                           -- the day that the clock runs from
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, id) REFERENCES records (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX requests_by_day ON requests (tenant, runs_from, id);
CREATE INDEX requests_by_openness ON requests (tenant, is_open, runs_from, id);
CREATE INDEX requests_by_state ON requests (tenant, state, runs_from, id);
CREATE INDEX requests_by_kind ON requests (tenant, kind, runs_from, id);
CREATE INDEX requests_by_assignee ON requests (tenant, assignee, runs_from, id);
