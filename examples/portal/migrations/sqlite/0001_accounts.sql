-- Moments are seconds since the Unix epoch. Names (id, person, session …) are 16 random bytes.
-- Second factors are in the tables of upheld-store.

CREATE TABLE people (
    tenant        TEXT NOT NULL,
    id            BLOB NOT NULL,
    email         TEXT NOT NULL,      -- canonical: see people::Email
    display_name  TEXT NOT NULL,
    password_hash TEXT NOT NULL,      -- PHC string, Argon2id
    role          TEXT NOT NULL CHECK (role IN ('patient', 'staff')),
    state         TEXT NOT NULL CHECK (state IN ('active', 'disabled', 'closed')),
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, email)
) STRICT;

CREATE TABLE sessions (
    tenant             TEXT NOT NULL,
    id                 BLOB NOT NULL,
    token_hash         BLOB NOT NULL,
    person             BLOB NOT NULL,
    grounds            TEXT NOT NULL CHECK (grounds IN ('password', 'second factor', 'remembered')),
    browser            TEXT NOT NULL, -- coarse: see user_agent
    opened_at          INTEGER NOT NULL,
    seen_at            INTEGER NOT NULL,
    reauthenticated_at INTEGER,       -- when the person last proved to be there
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, token_hash),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id) ON DELETE CASCADE
) STRICT;

-- The password was right and the second factor is awaited.
CREATE TABLE pending_logins (
    tenant     TEXT NOT NULL,
    token_hash BLOB NOT NULL,
    id         BLOB NOT NULL,         -- what a code sent by e-mail is bound to
    person     BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, token_hash),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id) ON DELETE CASCADE
) STRICT;

-- What a person calls an authenticator; what makes its codes is in the tables of upheld-store.
CREATE TABLE devices (
    tenant   TEXT NOT NULL,
    id       BLOB NOT NULL,
    person   BLOB NOT NULL,
    name     TEXT NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('app', 'token')),
    added_at INTEGER NOT NULL,
    used_at  INTEGER,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id) ON DELETE CASCADE
) STRICT;

-- An app that was not confirmed yet. Plays no part in signing in.
CREATE TABLE pending_enrolments (
    tenant     TEXT NOT NULL,
    person     BLOB NOT NULL,
    session    BLOB NOT NULL,
    id         BLOB NOT NULL,
    name       TEXT NOT NULL,
    key_id     INTEGER NOT NULL,      -- of the key that the secret is sealed under
    secret     BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, person),
    UNIQUE (tenant, id),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant, session) REFERENCES sessions (tenant, id) ON DELETE CASCADE
) STRICT;

-- Recovery codes that were shown and not yet declared as saved. They open nothing.
CREATE TABLE pending_recovery_codes (
    tenant     TEXT NOT NULL,
    person     BLOB NOT NULL,
    session    BLOB NOT NULL,
    id         BLOB NOT NULL,
    key_id     INTEGER NOT NULL,      -- of the key that the codes are sealed under
    codes      BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, person),
    UNIQUE (tenant, id),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant, session) REFERENCES sessions (tenant, id) ON DELETE CASCADE
) STRICT;

-- Browsers that somebody has signed in with. Wrong passwords from elsewhere do not lock them out.
CREATE TABLE browsers (
    tenant        TEXT NOT NULL,
    id            BLOB NOT NULL,
    token_hash    BLOB NOT NULL,      -- of the one token that is good; any other ends the browser
    person        BLOB NOT NULL,
    name          TEXT NOT NULL,      -- coarse: see user_agent
    seen_at       INTEGER NOT NULL,
    trusted_until INTEGER,            -- until then the second factor is not asked for
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id) ON DELETE CASCADE
) STRICT;

CREATE TABLE password_resets (
    tenant     TEXT NOT NULL,
    token_hash BLOB NOT NULL,
    person     BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, token_hash),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id) ON DELETE CASCADE
) STRICT;

-- A member of staff asked to take away a person's second factor; another has to agree.
CREATE TABLE factor_resets (
    tenant     TEXT NOT NULL,
    person     BLOB NOT NULL,
    id         BLOB NOT NULL,
    asked_by   BLOB NOT NULL,
    asked_at   INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, person),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant, asked_by) REFERENCES people (tenant, id) ON DELETE CASCADE
) STRICT;

-- Attempts since the last success, by a hash of what was guessed at.
CREATE TABLE attempts (
    tenant       TEXT NOT NULL,
    subject      BLOB NOT NULL,
    failures     INTEGER NOT NULL,
    locked_until INTEGER NOT NULL,
    changed_at   INTEGER NOT NULL,
    PRIMARY KEY (tenant, subject)
) STRICT;

-- E-mails. What was sent keeps no body, and is forgotten after a while.
CREATE TABLE outbox (
    tenant     TEXT NOT NULL,
    id         BLOB NOT NULL,
    person     BLOB NOT NULL,
    kind       TEXT NOT NULL,
    subject    TEXT NOT NULL,
    key_id     INTEGER,               -- of the key that the body is sealed under
    body       BLOB,
    created_at INTEGER NOT NULL,
    tries      INTEGER NOT NULL,
    next_try   INTEGER,               -- none when it was sent
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX sessions_of_people ON sessions (tenant, person);
CREATE INDEX pending_logins_of_people ON pending_logins (tenant, person);
CREATE INDEX pending_enrolments_of_sessions ON pending_enrolments (tenant, session);
CREATE INDEX pending_recovery_codes_of_sessions ON pending_recovery_codes (tenant, session);
CREATE INDEX devices_of_people ON devices (tenant, person);
CREATE INDEX browsers_of_people ON browsers (tenant, person);
CREATE INDEX password_resets_of_people ON password_resets (tenant, person);
CREATE INDEX factor_resets_of_staff ON factor_resets (tenant, asked_by);
CREATE INDEX attempts_by_age ON attempts (tenant, changed_at);
CREATE INDEX outbox_by_time ON outbox (tenant, next_try);
CREATE INDEX outbox_of_people ON outbox (tenant, person, kind);
