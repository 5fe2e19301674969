-- How many forms had an address in them, by day: for longer than anything else of them is kept, or
-- somebody could have it written to for ever.
CREATE TABLE intake_addresses (
    tenant       TEXT NOT NULL,
    address_hash BYTEA NOT NULL,
    day          BIGINT NOT NULL,      -- when it began
    forms        BIGINT NOT NULL,
    PRIMARY KEY (tenant, address_hash, day)
);

CREATE INDEX intake_addresses_by_day ON intake_addresses (tenant, day);

-- Those that are not deleted yet count as well.
INSERT INTO intake_addresses (tenant, address_hash, day, forms)
    SELECT tenant, address_hash, received_at - received_at % 86400, count(*) FROM intakes
    GROUP BY tenant, address_hash, received_at - received_at % 86400;

DROP INDEX intakes_by_address;
CREATE INDEX intakes_by_address ON intakes (tenant, address_hash, expires_at) WHERE confirmed_at IS NULL;
-- What is due is found by it, confirmed or not.
CREATE INDEX intakes_by_expiry ON intakes (tenant, expires_at);
