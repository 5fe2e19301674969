CREATE TABLE credentials (
    tenant    TEXT NOT NULL,
    account   BYTEA NOT NULL,
    id        BYTEA NOT NULL,
    kind      TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    digits    BIGINT NOT NULL,
    period    BIGINT NOT NULL,
    secret    BYTEA NOT NULL,
    last_used BIGINT,
    PRIMARY KEY (tenant, account, id)
);

CREATE TABLE recovery_sets (
    tenant  TEXT NOT NULL,
    account BYTEA NOT NULL,
    id      BYTEA NOT NULL,
    key     BYTEA NOT NULL,
    PRIMARY KEY (tenant, account)
);

CREATE TABLE recovery_codes (
    tenant  TEXT NOT NULL,
    account BYTEA NOT NULL,
    id      BYTEA NOT NULL,
    code    BIGINT NOT NULL,
    hash    BYTEA NOT NULL,
    PRIMARY KEY (tenant, account, id, code)
);

CREATE TABLE challenges (
    tenant     TEXT NOT NULL,
    account    BYTEA NOT NULL,
    request    BYTEA NOT NULL,
    key        BYTEA NOT NULL,
    hash       BYTEA NOT NULL,
    digits     BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, account, request)
);

CREATE TABLE failures (
    tenant       TEXT NOT NULL,
    account      BYTEA NOT NULL,
    budget       TEXT NOT NULL,
    count        BIGINT NOT NULL,
    guessed      BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    PRIMARY KEY (tenant, account, budget)
);
