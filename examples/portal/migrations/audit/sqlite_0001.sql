-- What happened, written in the transaction in which it happened. Moments are seconds since the
-- Unix epoch. Sealed rows are never changed, and there is no statement here that deletes one.
CREATE TABLE audit_events (
    tenant  TEXT NOT NULL,
    id      BLOB NOT NULL,            -- 16 random bytes
    at      INTEGER NOT NULL,
    actor   TEXT NOT NULL,            -- who did it: see audit::Actor
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,            -- to whose account, or nothing
    seq     INTEGER,                  -- its place in the chain; none until it is sealed
    hash    BLOB,                     -- SHA-256 over the hash before it, the place and the event
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, seq),
    CHECK ((seq IS NULL) = (hash IS NULL))
) STRICT;

-- The end of the chain. Its row is what sealers lock.
CREATE TABLE audit_head (
    tenant TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    hash   BLOB NOT NULL,
    PRIMARY KEY (tenant)
) STRICT;

CREATE INDEX audit_unsealed ON audit_events (tenant, at, id) WHERE seq IS NULL;
