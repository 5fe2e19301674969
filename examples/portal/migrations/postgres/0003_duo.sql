-- Who confirms with Duo. No row here means that Duo is not asked about a person.
CREATE TABLE duo_accounts (
    tenant   TEXT NOT NULL,
    person   BYTEA NOT NULL,
    username TEXT NOT NULL,           -- under which Duo knows them
    pushes   TEXT NOT NULL,           -- what limits pushes and calls: upheld_duo::PushRecord, JSON
    device   TEXT,                    -- the phone that was asked last, by Duo's name for it
    added_at BIGINT NOT NULL,
    used_at  BIGINT,
    PRIMARY KEY (tenant, person),
    UNIQUE (tenant, username),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id) ON DELETE CASCADE
);

-- Somebody was sent to Duo's prompt. Used up by coming back.
CREATE TABLE duo_prompts (
    tenant     TEXT NOT NULL,
    holder     BYTEA NOT NULL,         -- the pending login or the session that it belongs to
    person     BYTEA NOT NULL,
    state_hash BYTEA NOT NULL,         -- of what the browser brings back
    purpose    TEXT NOT NULL CHECK (purpose IN ('sign in', 'reauthenticate', 'add')),
    leads_to   TEXT NOT NULL,         -- where to go then
    remember   BIGINT NOT NULL,      -- 1: the browser is to be remembered
    key_id     BIGINT NOT NULL,      -- of the key that the rest is sealed under
    pending    BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, holder),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id) ON DELETE CASCADE
);

-- A push or a call that was sent for a pending login. Used up by the session that it leads to.
CREATE TABLE duo_challenges (
    tenant     TEXT NOT NULL,
    login      BYTEA NOT NULL,
    id         BYTEA NOT NULL,
    person     BYTEA NOT NULL,
    method     TEXT NOT NULL CHECK (method IN ('push', 'phone')),
    device     TEXT NOT NULL,         -- what the person calls it
    code       TEXT,                  -- to be typed on the phone, and of no use without it
    remember   BIGINT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('waiting', 'shown', 'unasked', 'refused')),
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, login),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id) ON DELETE CASCADE
);

CREATE INDEX duo_prompts_of_people ON duo_prompts (tenant, person);
CREATE INDEX duo_challenges_of_people ON duo_challenges (tenant, person);
