-- Every declaration of cookies that was published at the desk, for ever; the highest number is in
-- force. 0 is the program's own that the first took the place of.
CREATE TABLE declarations (
    tenant       TEXT NOT NULL,
    number       INTEGER NOT NULL CHECK (number >= 0),
    text         TEXT NOT NULL,
    sha256       BLOB NOT NULL,
    published_at INTEGER NOT NULL,
    published_by BLOB,                 -- a person; none of the program's own
    PRIMARY KEY (tenant, number),
    CHECK ((number = 0) = (published_by IS NULL))
) STRICT;

-- What a privacy lead examines before it is published. It is deleted if it never is.
CREATE TABLE declaration_drafts (
    tenant  TEXT NOT NULL,
    person  BLOB NOT NULL,
    text    TEXT NOT NULL,
    kept_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, person)
) STRICT;
