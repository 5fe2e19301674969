-- In which language a person is written to: a language tag.

ALTER TABLE people ADD COLUMN language TEXT NOT NULL DEFAULT 'en-GB';
