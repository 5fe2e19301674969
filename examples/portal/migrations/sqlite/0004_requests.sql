-- Since when a name is the person's own word; none while it is as the clinic entered it.
ALTER TABLE people ADD COLUMN name_changed_at INTEGER;

-- What a person wrote with a request. The request itself is in the tables of upheld-store.
CREATE TABLE request_words (
    tenant TEXT NOT NULL,
    id     BLOB NOT NULL,             -- the request
    person BLOB NOT NULL,
    key_id INTEGER NOT NULL,          -- of the key that the words are sealed under
    words  BLOB NOT NULL,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX request_words_of_people ON request_words (tenant, person);
