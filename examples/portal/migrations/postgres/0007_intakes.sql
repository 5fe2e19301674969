-- What somebody asks by the form for people without a login. It is no request until the link in an
-- e-mail is followed, and is deleted if it is not.
CREATE TABLE intakes (
    tenant       TEXT NOT NULL,
    id           BYTEA NOT NULL,       -- then that of the request
    person       BYTEA NOT NULL,       -- drawn; then whose request it is
    ask          TEXT NOT NULL,
    language     TEXT NOT NULL,       -- in which the person is written to: a language tag
    address_hash BYTEA NOT NULL,       -- of the e-mail address, to count by
    key_id       BIGINT,             -- of the key that the rest is sealed under
    contents     BYTEA,                -- name, e-mail address, words; none once an account has them
    token_hash   BYTEA NOT NULL,       -- of the link that is good: to confirm, then to look
    received_at  BIGINT NOT NULL,
    confirmed_at BIGINT,             -- none while nobody has followed the link
    expires_at   BIGINT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, token_hash),
    CHECK ((contents IS NULL) = (key_id IS NULL))
);

CREATE INDEX intakes_waiting ON intakes (tenant, expires_at) WHERE confirmed_at IS NULL;
CREATE INDEX intakes_by_address ON intakes (tenant, address_hash, received_at);
CREATE INDEX intakes_of_people ON intakes (tenant, person);

-- E-mails to people whose address no account vouches for. As in outbox, what was sent keeps no body.
CREATE TABLE intake_letters (
    tenant     TEXT NOT NULL,
    id         BYTEA NOT NULL,
    intake     BYTEA NOT NULL,
    kind       TEXT NOT NULL,
    subject    TEXT NOT NULL,
    key_id     BIGINT,               -- of the key that the body is sealed under
    body       BYTEA,                  -- the address, a line feed, and what it says
    created_at BIGINT NOT NULL,
    tries      BIGINT NOT NULL,
    next_try   BIGINT,               -- none when it was sent
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, intake) REFERENCES intakes (tenant, id) ON DELETE CASCADE
);

CREATE INDEX intake_letters_by_time ON intake_letters (tenant, next_try);
CREATE INDEX intake_letters_of_intakes ON intake_letters (tenant, intake);
