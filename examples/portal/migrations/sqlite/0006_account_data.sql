-- A copy of what is held about a person: one at a time, being put together or waiting to be taken.
CREATE TABLE exports (
    tenant       TEXT NOT NULL,
    person       BLOB NOT NULL,
    id           BLOB NOT NULL,
    asked_at     INTEGER NOT NULL,
    parts_done   INTEGER NOT NULL,
    tries        INTEGER NOT NULL,
    worker       BLOB,                -- who puts it together
    leased_until INTEGER NOT NULL,    -- until then nobody else does
    ready_at     INTEGER,             -- none while it is being put together
    expires_at   INTEGER NOT NULL,
    key_id       INTEGER,             -- of the key that the bundle is sealed under
    bundle       BLOB,
    PRIMARY KEY (tenant, person),
    UNIQUE (tenant, id),
    CHECK ((bundle IS NULL) = (ready_at IS NULL) AND (bundle IS NULL) = (key_id IS NULL)),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX exports_by_lease ON exports (tenant, leased_until) WHERE bundle IS NULL;

-- Accounts that their people are closing: until it is due they may change their mind.
CREATE TABLE closures (
    tenant       TEXT NOT NULL,
    person       BLOB NOT NULL,
    asked_at     INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,
    is_held      INTEGER NOT NULL CHECK (is_held IN (0, 1)), -- by a request that is not answered
    worker       BLOB,                -- who erases: nobody changes their mind any more
    leased_until INTEGER NOT NULL,    -- until then nobody else does
    erased_at    INTEGER,             -- what is left then is an address for the last letter
    PRIMARY KEY (tenant, person),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX closures_by_time ON closures (tenant, due_at);

-- Since when letters are in the language that the person chose; none while nobody chose one.
ALTER TABLE people ADD COLUMN language_changed_at INTEGER;
