-- Notices as people were shown them. Never changed and never deleted.
CREATE TABLE notices (
    tenant         text NOT NULL,
    id             text NOT NULL,
    version        bigint NOT NULL CHECK (version > 0),
    language       text NOT NULL,
    effective_from bigint NOT NULL,                      -- milliseconds since the Unix epoch
    hash           bytea NOT NULL CHECK (length(hash) = 32),
    content        text NOT NULL,                         -- canonical JSON, which the hash is of
    PRIMARY KEY (tenant, id, version, language)
);
