-- Notices as people were shown them. Never changed and never deleted.
CREATE TABLE notices (
    tenant         TEXT NOT NULL,
    id             TEXT NOT NULL,
    version        INTEGER NOT NULL CHECK (version > 0),
    language       TEXT NOT NULL,
    effective_from INTEGER NOT NULL,                      -- milliseconds since the Unix epoch
    hash           BLOB NOT NULL CHECK (length(hash) = 32),
    content        TEXT NOT NULL,                         -- canonical JSON, which the hash is of
    PRIMARY KEY (tenant, id, version, language)
) STRICT, WITHOUT ROWID;
