-- What happened, written in the transaction in which it happened. Moments are seconds since the
-- Unix epoch. Sealed rows are never changed, and there is no statement here that deletes one.
CREATE TABLE audit_events (
    tenant  text NOT NULL,
    id      bytea NOT NULL,           -- 16 random bytes
    at      bigint NOT NULL,
    actor   text NOT NULL,            -- who did it: see audit::Actor
    action  text NOT NULL,
    subject text NOT NULL,            -- to whose account, or nothing
    seq     bigint,                   -- its place in the chain; none until it is sealed
    hash    bytea,                    -- SHA-256 over the hash before it, the place and the event
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, seq),
    CHECK ((seq IS NULL) = (hash IS NULL))
);

-- The end of the chain. Its row is what sealers lock.
CREATE TABLE audit_head (
    tenant text NOT NULL,
    seq    bigint NOT NULL,
    hash   bytea NOT NULL,
    PRIMARY KEY (tenant)
);

CREATE INDEX audit_unsealed ON audit_events (tenant, at, id) WHERE seq IS NULL;
