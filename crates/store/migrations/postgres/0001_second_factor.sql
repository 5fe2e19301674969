-- Accounts, credentials and requests are 16 bytes. Moments are seconds since the Unix epoch.
-- Every key begins with the tenant.

-- Failures since the last success. Only ever changed together with what they are about.
CREATE TABLE second_factor_failures (
    tenant       text NOT NULL,
    account      bytea NOT NULL CHECK (octet_length(account) = 16),
    budget       bigint NOT NULL CHECK (budget BETWEEN 1 AND 3), -- 1 code, 2 recovery, 3 delivery
    failures     bigint NOT NULL CHECK (failures >= 0),
    guessed      bigint NOT NULL CHECK (guessed >= 0),           -- hundred-millionths
    locked_until bigint NOT NULL,
    PRIMARY KEY (tenant, account, budget)
);

-- Authenticator apps and hardware tokens.
CREATE TABLE credentials (
    tenant    text NOT NULL,
    account   bytea NOT NULL CHECK (octet_length(account) = 16),
    id        bytea NOT NULL CHECK (octet_length(id) = 16),
    kind      bigint NOT NULL CHECK (kind IN (1, 2)),            -- 1 TOTP, 2 HOTP
    algorithm bigint NOT NULL CHECK (algorithm IN (1, 256, 512)),
    digits    bigint NOT NULL CHECK (digits BETWEEN 6 AND 8),
    period    bigint CHECK (period > 0),                         -- TOTP alone
    t0        bigint CHECK (t0 >= 0),                            -- TOTP alone
    key_id    bigint NOT NULL,
    sealed    bytea NOT NULL,                                     -- the secret
    last_used bigint CHECK (last_used >= 0),                     -- step or counter; only rises
    added_at  bigint NOT NULL,
    PRIMARY KEY (tenant, account, id)
);

-- One set of recovery codes to an account.
CREATE TABLE recovery_sets (
    tenant  text NOT NULL,
    account bytea NOT NULL CHECK (octet_length(account) = 16),
    id      bytea NOT NULL CHECK (octet_length(id) = 16),
    key_id  bigint NOT NULL,
    sealed  bytea NOT NULL,                                        -- the key of the hashes
    made_at bigint NOT NULL,
    PRIMARY KEY (tenant, account)
);

CREATE TABLE recovery_codes (
    tenant   text NOT NULL,
    account  bytea NOT NULL,
    position bigint NOT NULL CHECK (position BETWEEN 0 AND 255),
    hash     bytea NOT NULL CHECK (octet_length(hash) = 32),
    used_at  bigint,
    PRIMARY KEY (tenant, account, position),
    FOREIGN KEY (tenant, account) REFERENCES recovery_sets (tenant, account) ON DELETE CASCADE
);

-- Codes in messages, until used, replaced or purged.
CREATE TABLE challenges (
    tenant     text NOT NULL,
    account    bytea NOT NULL CHECK (octet_length(account) = 16),
    request    bytea NOT NULL CHECK (octet_length(request) = 16),
    digits     bigint NOT NULL CHECK (digits BETWEEN 6 AND 8),
    hash       bytea NOT NULL CHECK (octet_length(hash) = 32),
    key_id     bigint NOT NULL,
    sealed     bytea NOT NULL,                                     -- the key of the hash
    expires_at bigint NOT NULL,
    PRIMARY KEY (tenant, account, request)
);

CREATE INDEX challenges_by_age ON challenges (tenant, expires_at);
CREATE INDEX credentials_by_key ON credentials (tenant, key_id);
CREATE INDEX recovery_sets_by_key ON recovery_sets (tenant, key_id);
CREATE INDEX challenges_by_key ON challenges (tenant, key_id);
