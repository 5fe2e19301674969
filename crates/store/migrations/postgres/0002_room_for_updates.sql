-- Every sign-in rewrites one row of each of these. With room left in a page the new version of a row
-- lies beside the old one, and no index is written.
ALTER TABLE second_factor_failures SET (fillfactor = 70);
ALTER TABLE credentials SET (fillfactor = 80);
-- Challenges live for minutes, and are sealed anew by their being made: an index of them by key is
-- written for nobody.
DROP INDEX challenges_by_key;
