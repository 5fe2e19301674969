-- Accounts, credentials and requests are 16 bytes. Moments are seconds since the Unix epoch.
-- Every key begins with the tenant.

-- Failures since the last success. Only ever changed together with what they are about.
CREATE TABLE second_factor_failures (
    tenant       TEXT NOT NULL,
    account      BLOB NOT NULL CHECK (length(account) = 16),
    budget       INTEGER NOT NULL CHECK (budget BETWEEN 1 AND 3), -- 1 code, 2 recovery, 3 delivery
    failures     INTEGER NOT NULL CHECK (failures >= 0),
    guessed      INTEGER NOT NULL CHECK (guessed >= 0),           -- hundred-millionths
    locked_until INTEGER NOT NULL,
    PRIMARY KEY (tenant, account, budget)
) STRICT, WITHOUT ROWID;

-- Authenticator apps and hardware tokens.
CREATE TABLE credentials (
    tenant    TEXT NOT NULL,
    account   BLOB NOT NULL CHECK (length(account) = 16),
    id        BLOB NOT NULL CHECK (length(id) = 16),
    kind      INTEGER NOT NULL CHECK (kind IN (1, 2)),            -- 1 TOTP, 2 HOTP
    algorithm INTEGER NOT NULL CHECK (algorithm IN (1, 256, 512)),
    digits    INTEGER NOT NULL CHECK (digits BETWEEN 6 AND 8),
    period    INTEGER CHECK (period > 0),                         -- TOTP alone
    t0        INTEGER CHECK (t0 >= 0),                            -- TOTP alone
    key_id    INTEGER NOT NULL,
    sealed    BLOB NOT NULL,                                      -- the secret
    last_used INTEGER CHECK (last_used >= 0),                     -- step or counter; only rises
    added_at  INTEGER NOT NULL,
    PRIMARY KEY (tenant, account, id)
) STRICT, WITHOUT ROWID;

-- One set of recovery codes to an account.
CREATE TABLE recovery_sets (
    tenant  TEXT NOT NULL,
    account BLOB NOT NULL CHECK (length(account) = 16),
    id      BLOB NOT NULL CHECK (length(id) = 16),
    key_id  INTEGER NOT NULL,
    sealed  BLOB NOT NULL,                                        -- the key of the hashes
    made_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE recovery_codes (
    tenant   TEXT NOT NULL,
    account  BLOB NOT NULL,
    position INTEGER NOT NULL CHECK (position BETWEEN 0 AND 255),
    hash     BLOB NOT NULL CHECK (length(hash) = 32),
    used_at  INTEGER,
    PRIMARY KEY (tenant, account, position),
    FOREIGN KEY (tenant, account) REFERENCES recovery_sets (tenant, account) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Codes in messages, until used, replaced or purged.
CREATE TABLE challenges (
    tenant     TEXT NOT NULL,
    account    BLOB NOT NULL CHECK (length(account) = 16),
    request    BLOB NOT NULL CHECK (length(request) = 16),
    digits     INTEGER NOT NULL CHECK (digits BETWEEN 6 AND 8),
    hash       BLOB NOT NULL CHECK (length(hash) = 32),
    key_id     INTEGER NOT NULL,
    sealed     BLOB NOT NULL,                                     -- the key of the hash
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, account, request)
) STRICT, WITHOUT ROWID;

CREATE INDEX challenges_by_age ON challenges (tenant, expires_at);
CREATE INDEX credentials_by_key ON credentials (tenant, key_id);
CREATE INDEX recovery_sets_by_key ON recovery_sets (tenant, key_id);
CREATE INDEX challenges_by_key ON challenges (tenant, key_id);
