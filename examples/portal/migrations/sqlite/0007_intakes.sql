-- What somebody asks by the form for people without a login. It is no request until the link in an
-- e-mail is followed, and is deleted if it is not.
CREATE TABLE intakes (
    tenant       TEXT NOT NULL,
    id           BLOB NOT NULL,       -- then that of the request
    person       BLOB NOT NULL,       -- drawn; then whose request it is
    ask          TEXT NOT NULL,
    language     TEXT NOT NULL,       -- in which the person is written to: a language tag
    address_hash BLOB NOT NULL,       -- of the e-mail address, to count by
    key_id       INTEGER,             -- of the key that the rest is sealed under
    contents     BLOB,                -- name, e-mail address, words; none once an account has them
    token_hash   BLOB NOT NULL,       -- of the link that is good: to confirm, then to look
    received_at  INTEGER NOT NULL,
    confirmed_at INTEGER,             -- none while nobody has followed the link
    expires_at   INTEGER NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, token_hash),
    CHECK ((contents IS NULL) = (key_id IS NULL))
) STRICT;

CREATE INDEX intakes_waiting ON intakes (tenant, expires_at) WHERE confirmed_at IS NULL;
CREATE INDEX intakes_by_address ON intakes (tenant, address_hash, received_at);
CREATE INDEX intakes_of_people ON intakes (tenant, person);

-- E-mails to people whose address no account vouches for. As in outbox, what was sent keeps no body.
CREATE TABLE intake_letters (
    tenant     TEXT NOT NULL,
    id         BLOB NOT NULL,
    intake     BLOB NOT NULL,
    kind       TEXT NOT NULL,
    subject    TEXT NOT NULL,
    key_id     INTEGER,               -- of the key that the body is sealed under
    body       BLOB,                  -- the address, a line feed, and what it says
    created_at INTEGER NOT NULL,
    tries      INTEGER NOT NULL,
    next_try   INTEGER,               -- none when it was sent
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, intake) REFERENCES intakes (tenant, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX intake_letters_by_time ON intake_letters (tenant, next_try);
CREATE INDEX intake_letters_of_intakes ON intake_letters (tenant, intake);
