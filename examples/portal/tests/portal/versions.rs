//! The portal's own tables, brought up to date from every version there was.

use tokio::runtime::Runtime;
use upheld_store::Tenant;
use upheld_store::sql::{Database, Migration};

use crate::ground::{Ground, name_of};

macro_rules! migration {
    ($version:literal, $file:literal) => {
        Migration {
            version: $version,
            sqlite: include_str!(concat!("../../migrations/sqlite/", $file)),
            postgres: include_str!(concat!("../../migrations/postgres/", $file)),
        }
    };
}

/// What there was to each version; `cargo xtask tidy` holds each text to what was published.
const VERSIONS: [Migration; 9] = [
    migration!(1, "0001_accounts.sql"),
    migration!(2, "0002_language.sql"),
    migration!(3, "0003_duo.sql"),
    migration!(4, "0004_requests.sql"),
    migration!(5, "0005_desk.sql"),
    migration!(6, "0006_account_data.sql"),
    migration!(7, "0007_intakes.sql"),
    migration!(8, "0008_assignments.sql"),
    migration!(9, "0009_intake_expiry.sql"),
];

/// The day on which two forms came for an address, and the third a day later.
const DAY: u64 = 1_790_035_200;

#[test]
fn the_tables_of_every_version_are_brought_up_to_date_with_what_is_in_them() {
    let runtime = Runtime::new().unwrap();
    for version in 0..=VERSIONS.len() {
        let folder = tempfile::tempdir().unwrap();
        let ground = Ground::new(folder.path());
        let database = runtime
            .block_on(Database::open(&ground.settings(), Tenant::new("clinic").unwrap()))
            .unwrap();
        let applied = runtime.block_on(database.migrate("portal", &VERSIONS[..version])).unwrap();
        assert_eq!(usize::try_from(applied.to).unwrap(), version);
        let sends_forms = version >= 7;
        if sends_forms {
            for (id, second) in [("1a", 0), ("1b", 86_399), ("1c", 86_400)] {
                ground.change(&format!(
                    "INSERT INTO intakes (tenant, id, person, ask, language, address_hash,
                         token_hash, received_at, expires_at)
                     VALUES ('clinic', {id}, {id}, 'access', 'en', {address}, {id}, {at}, {at})",
                    id = name_of(id),
                    address = name_of("aa"),
                    at = DAY + second,
                ));
            }
        }
        let migrated = runtime.block_on(portal::migrate(&database)).unwrap();
        let portal = migrated.iter().find(|one| one.component == "portal").unwrap();
        assert_eq!(usize::try_from(portal.from).unwrap(), version);
        assert_eq!(runtime.block_on(portal::behind(&database)).unwrap(), Vec::<&str>::new());
        // An address has as few letters left as before.
        let counted = (7..9).contains(&version);
        for (day, forms) in [(DAY, 2), (DAY + 86_400, 1)] {
            let sql = format!(
                "SELECT coalesce(sum(forms), 0) FROM intake_addresses
                 WHERE tenant = 'clinic' AND address_hash = {} AND day = {day}",
                name_of("aa"),
            );
            assert_eq!(ground.number(&sql), if counted { forms } else { 0 }, "of {version}");
        }
        let kept = ground.number("SELECT count(*) FROM intakes");
        assert_eq!(kept, if sends_forms { 3 } else { 0 }, "of {version}");
    }
}
