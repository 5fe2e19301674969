-- Since when a name is the person's own word; none while it is as the clinic entered it.
ALTER TABLE people ADD COLUMN name_changed_at bigint;

-- What a person wrote with a request. The request itself is in the tables of upheld-store.
CREATE TABLE request_words (
    tenant text NOT NULL,
    id     bytea NOT NULL,             -- the request
    person bytea NOT NULL,
    key_id bigint NOT NULL,          -- of the key that the words are sealed under
    words  bytea NOT NULL,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id) ON DELETE CASCADE
);

CREATE INDEX request_words_of_people ON request_words (tenant, person);
