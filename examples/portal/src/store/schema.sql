-- Moments are seconds since the Unix epoch.

CREATE TABLE people (
    id            INTEGER PRIMARY KEY,
    email         TEXT NOT NULL UNIQUE,     -- canonical: see people::Email
    display_name  TEXT NOT NULL,
    password_hash TEXT NOT NULL             -- PHC string, Argon2id
) STRICT;

-- An authenticator app that was confirmed. One for each person.
CREATE TABLE factors (
    id           INTEGER PRIMARY KEY,
    person       INTEGER NOT NULL UNIQUE REFERENCES people (id) ON DELETE CASCADE,
    secret       BLOB NOT NULL,
    last_step    INTEGER,                   -- the newest step accepted; only ever rises
    confirmed_at INTEGER NOT NULL
) STRICT;

-- An authenticator app that was not confirmed yet. Plays no part in signing in.
CREATE TABLE pending_enrolments (
    person     INTEGER PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
    session    INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    id         TEXT NOT NULL UNIQUE,
    secret     BLOB NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

-- The password was right and the code is awaited.
CREATE TABLE pending_logins (
    token_hash BLOB PRIMARY KEY,
    person     INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    id         INTEGER PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE,
    person     INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    opened_at  INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
) STRICT;

-- Failures since the last success, by what was guessed at.
CREATE TABLE attempts (
    subject      TEXT PRIMARY KEY,
    failures     INTEGER NOT NULL,
    locked_until INTEGER NOT NULL,
    changed_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX attempts_by_age ON attempts (changed_at);
CREATE INDEX enrolments_of_sessions ON pending_enrolments (session);
CREATE INDEX pending_logins_of_people ON pending_logins (person);
CREATE INDEX sessions_of_people ON sessions (person);
