-- What is erased of a person is found by the person, in the order in which records are locked.
CREATE INDEX records_of_person ON records (tenant, person, id);

-- Nothing is left to be answered of a request that was erased.
UPDATE requests SET state = 'erased', is_open = 0
    WHERE EXISTS (SELECT 1 FROM records WHERE records.tenant = requests.tenant
                  AND records.id = requests.id AND records.person IS NULL);
