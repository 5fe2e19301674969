-- Who confirms with Duo. No row here means that Duo is not asked about a person.
CREATE TABLE duo_accounts (
    tenant   TEXT NOT NULL,
    person   BLOB NOT NULL,
    username TEXT NOT NULL,           -- under which Duo knows them
    pushes   TEXT NOT NULL,           -- what limits pushes and calls: upheld_duo::PushRecord, JSON
    device   TEXT,                    -- the phone that was asked last, by Duo's name for it
    added_at INTEGER NOT NULL,
    used_at  INTEGER,
    PRIMARY KEY (tenant, person),
    UNIQUE (tenant, username),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id) ON DELETE CASCADE
) STRICT;

-- Somebody was sent to Duo's prompt. Used up by coming back.
CREATE TABLE duo_prompts (
    tenant     TEXT NOT NULL,
    holder     BLOB NOT NULL,         -- the pending login or the session that it belongs to
    person     BLOB NOT NULL,
    state_hash BLOB NOT NULL,         -- of what the browser brings back
    purpose    TEXT NOT NULL CHECK (purpose IN ('sign in', 'reauthenticate', 'add')),
    leads_to   TEXT NOT NULL,         -- where to go then
    remember   INTEGER NOT NULL,      -- 1: the browser is to be remembered
    key_id     INTEGER NOT NULL,      -- of the key that the rest is sealed under
    pending    BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, holder),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id) ON DELETE CASCADE
) STRICT;

-- A push or a call that was sent for a pending login. Used up by the session that it leads to.
CREATE TABLE duo_challenges (
    tenant     TEXT NOT NULL,
    login      BLOB NOT NULL,
    id         BLOB NOT NULL,
    person     BLOB NOT NULL,
    method     TEXT NOT NULL CHECK (method IN ('push', 'phone')),
    device     TEXT NOT NULL,         -- what the person calls it
    code       TEXT,                  -- to be typed on the phone, and of no use without it
    remember   INTEGER NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('waiting', 'shown', 'unasked', 'refused')),
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, login),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX duo_prompts_of_people ON duo_prompts (tenant, person);
CREATE INDEX duo_challenges_of_people ON duo_challenges (tenant, person);
