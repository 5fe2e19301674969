-- Every declaration of cookies that was published at the desk, for ever; the highest number is in
-- force. 0 is the program's own that the first took the place of.
CREATE TABLE declarations (
    tenant       TEXT NOT NULL,
    number       BIGINT NOT NULL CHECK (number >= 0),
    text         TEXT NOT NULL,
    sha256       BYTEA NOT NULL,
    published_at BIGINT NOT NULL,
    published_by BYTEA,                -- a person; none of the program's own
    PRIMARY KEY (tenant, number),
    CHECK ((number = 0) = (published_by IS NULL))
);

-- What a privacy lead examines before it is published. It is deleted if it never is.
CREATE TABLE declaration_drafts (
    tenant  TEXT NOT NULL,
    person  BYTEA NOT NULL,
    text    TEXT NOT NULL,
    kept_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, person)
);
