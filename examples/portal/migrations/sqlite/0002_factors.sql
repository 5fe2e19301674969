CREATE TABLE credentials (
    tenant    TEXT NOT NULL,
    account   BLOB NOT NULL,
    id        BLOB NOT NULL,
    kind      TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    digits    INTEGER NOT NULL,
    period    INTEGER NOT NULL,
    secret    BLOB NOT NULL,
    last_used INTEGER,
    PRIMARY KEY (tenant, account, id)
) STRICT;

CREATE TABLE recovery_sets (
    tenant  TEXT NOT NULL,
    account BLOB NOT NULL,
    id      BLOB NOT NULL,
    key     BLOB NOT NULL,
    PRIMARY KEY (tenant, account)
) STRICT;

CREATE TABLE recovery_codes (
    tenant  TEXT NOT NULL,
    account BLOB NOT NULL,
    id      BLOB NOT NULL,
    code    INTEGER NOT NULL,
    hash    BLOB NOT NULL,
    PRIMARY KEY (tenant, account, id, code)
) STRICT;

CREATE TABLE challenges (
    tenant     TEXT NOT NULL,
    account    BLOB NOT NULL,
    request    BLOB NOT NULL,
    key        BLOB NOT NULL,
    hash       BLOB NOT NULL,
    digits     INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, account, request)
) STRICT;

CREATE TABLE failures (
    tenant       TEXT NOT NULL,
    account      BLOB NOT NULL,
    budget       TEXT NOT NULL,
    count        INTEGER NOT NULL,
    guessed      INTEGER NOT NULL,
    locked_until INTEGER NOT NULL,
    PRIMARY KEY (tenant, account, budget)
) STRICT;
