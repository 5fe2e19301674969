//! The tables of second factors, brought up to date from every version there was.

use upheld_second_factor::{AccountId, Budget, Failures, Guard, Outcome, Policy, Registry};
use upheld_store::keys::{KeyRing, Place, SharedKeys};
use upheld_store::second_factor::SecondFactors;
use upheld_store::sql::{Database, DatabaseError, Migration, Transaction, Value};
use upheld_totp::{Parameters, Secret, Totp, UnixSeconds};

use super::laws::Law;

/// What there was to each version; `cargo xtask tidy` holds each text to what was published.
pub(crate) const VERSIONS: &[Migration] = &[
    Migration {
        version: 1,
        sqlite: include_str!("../../migrations/sqlite/0001_second_factor.sql"),
        postgres: include_str!("../../migrations/postgres/0001_second_factor.sql"),
    },
    Migration {
        version: 2,
        sqlite: include_str!("../../migrations/sqlite/0002_room_for_updates.sql"),
        postgres: include_str!("../../migrations/postgres/0002_room_for_updates.sql"),
    },
];

const NOW: UnixSeconds = UnixSeconds(1_800_000_000);
const ACCOUNT: u128 = 42;

/// Fills an empty database as a program of the time of `version` did, brings it up to date, and
/// signs in with what was there.
pub(crate) async fn upgrades_from(database: &Database, version: usize) -> Law {
    let earlier = VERSIONS.get(..version).ok_or("no such version")?;
    let applied = database.migrate("second factor", earlier).await?;
    assert_eq!(usize::try_from(applied.to)?, version);
    let ring = KeyRing::generate(&mut rand::rngs::SysRng)?;
    if version > 0 {
        fill(database, &ring).await?;
    }
    let applied = SecondFactors::migrate(database).await?;
    assert_eq!(usize::try_from(applied.from)?, version);
    assert_eq!(usize::try_from(applied.to)?, VERSIONS.len());
    if version == 0 {
        return Ok(());
    }
    let store = SecondFactors::new(database.clone(), SharedKeys::new(ring));
    let guard = Guard::new(store, Policy::default());
    let failures = guard.store().failures(AccountId(ACCOUNT), Budget::Code).await?;
    assert_eq!(failures.count, 3);
    let code = Totp::new(&Secret::from_bytes(&[9; 20])?, Parameters::default()).code_at(NOW);
    let accepted = guard.verify_code(AccountId(ACCOUNT), &code, NOW).await?;
    assert!(matches!(accepted, Outcome::Passed(_)), "version {version}: {accepted:?}");
    let failures = guard.store().failures(AccountId(ACCOUNT), Budget::Code).await?;
    assert_eq!(failures, Failures::default());
    let again = guard.verify_code(AccountId(ACCOUNT), &code, NOW).await?;
    assert!(matches!(again, Outcome::Refused(_)), "version {version}: {again:?}");
    Ok(())
}

/// The statements of version 1, which every later one must understand.
async fn fill(database: &Database, ring: &KeyRing) -> Law {
    let place = Place {
        table: "credentials",
        tenant: database.tenant().as_str(),
        account: ACCOUNT,
        row: 7,
    };
    let sealed = ring.seal(place, &[9; 20], &mut rand::rngs::SysRng)?;
    let account = Value::from(ACCOUNT.to_be_bytes());
    let work = move |transaction: &mut Transaction<'_>| {
        let values = [
            account.clone(),
            7_u128.to_be_bytes().into(),
            sealed.key.0.into(),
            sealed.bytes.into(),
        ];
        transaction.execute(
            "INSERT INTO credentials (tenant, account, id, kind, algorithm, digits, period, t0,
                 key_id, sealed, last_used, added_at)
             VALUES ($1, $2, $3, 1, 1, 6, 30, 0, $4, $5, 59999000, 1700000000)",
            &values,
        )?;
        transaction.execute(
            "INSERT INTO second_factor_failures
                 (tenant, account, budget, failures, guessed, locked_until)
             VALUES ($1, $2, 1, 3, 900, 0)",
            &[account],
        )
    };
    let filled: Result<u64, DatabaseError> = database.transact(work).await;
    assert_eq!(filled?, 1);
    Ok(())
}
