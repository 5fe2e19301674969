//! T45: keys are changed while people sign in, in steps that may be interrupted.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests may panic")]

use std::collections::BTreeMap;

use rand::rngs::SysRng;
use upheld_second_factor::{
    AccountId, Added, Credential, CredentialId, Guard, Kind, Outcome, Policy, RecoverySet, Registry,
};
use upheld_store::Tenant;
use upheld_store::keys::{KeyId, KeyRing, OpenSealedError, RetireError, SharedKeys};
use upheld_store::rotation::{self, SECOND_FACTOR_TABLES};
use upheld_store::second_factor::SecondFactors;
use upheld_store::sql::{Database, DatabaseError, Settings};
use upheld_totp::{Parameters, Secret, Totp, UnixSeconds};

const NOW: UnixSeconds = UnixSeconds(1_800_000_000);
const ACCOUNTS: u8 = 30;

fn secret(account: u8) -> Secret {
    Secret::from_bytes(&[account; 20]).unwrap()
}

fn app(account: u8) -> Totp {
    Totp::new(&secret(account), Parameters::default())
}

/// Thirty accounts, each with an app and recovery codes, of two tenants in turn.
async fn clinic(folder: &tempfile::TempDir) -> (Database, SharedKeys, [Guard<SecondFactors>; 2]) {
    let settings = Settings::sqlite(folder.path().join("clinic.db"));
    let north = Database::open(&settings, Tenant::new("north").unwrap()).await.unwrap();
    SecondFactors::migrate(&north).await.unwrap();
    let keys = SharedKeys::new(KeyRing::generate(&mut SysRng).unwrap());
    let south = north.of_tenant(Tenant::new("south").unwrap());
    let guards = [north.clone(), south]
        .map(|database| Guard::new(SecondFactors::new(database, keys.clone()), Policy::default()));
    for account in 0..ACCOUNTS {
        let store = guards[usize::from(account % 2)].store();
        let kind = Kind::Totp { secret: secret(account), parameters: Parameters::default() };
        let credential = Credential::from_parts(CredentialId(1), kind, None);
        let account = AccountId(account.into());
        assert_eq!(store.add(account, &credential, NOW).await.unwrap(), Added::Added);
        let (set, _) = RecoverySet::generate(account, CredentialId(2), &mut SysRng).unwrap();
        store.replace_recovery_set(account, &set, NOW).await.unwrap();
    }
    (north, keys, guards)
}

async fn uses(database: &Database) -> BTreeMap<KeyId, u64> {
    rotation::uses(database, &SECOND_FACTOR_TABLES).await.unwrap()
}

async fn is_accepted(guards: &[Guard<SecondFactors>; 2], account: u8, now: UnixSeconds) -> bool {
    let guard = &guards[usize::from(account % 2)];
    let code = app(account).code_at(now);
    let outcome = guard.verify_code(AccountId(account.into()), &code, now).await.unwrap();
    matches!(outcome, Outcome::Passed(_))
}

#[tokio::test(flavor = "multi_thread")]
async fn t45_keys_change_while_people_sign_in() {
    let folder = tempfile::tempdir().unwrap();
    let (database, keys, guards) = clinic(&folder).await;
    assert_eq!(uses(&database).await, BTreeMap::from([(KeyId(1), 60)]));

    keys.replace(keys.ring().with_new_key(&mut SysRng).unwrap());
    let people = {
        let guards = guards.clone();
        tokio::spawn(async move {
            for round in 1..=10_u64 {
                for account in 0..ACCOUNTS {
                    let now = UnixSeconds(NOW.0 + round * 30);
                    assert!(is_accepted(&guards, account, now).await, "{account} in {round}");
                }
            }
        })
    };
    // Interrupted after each batch, and gone on with by somebody else.
    let mut batches = 0;
    loop {
        let batch = rotation::reseal(&database, &keys, &SECOND_FACTOR_TABLES, 7).await.unwrap();
        assert_eq!(batch.refused, []);
        let left = uses(&database).await.get(&KeyId(1)).copied().unwrap_or_default();
        let retired = keys.ring().without_key(KeyId(1), left);
        if batch.rows == 0 {
            assert_eq!(retired.map(|ring| ring.ids().count()).unwrap(), 1);
            break;
        }
        batches += 1;
        if left > 0 {
            assert_eq!(retired.unwrap_err(), RetireError::InUse { key: KeyId(1), rows: left });
        }
    }
    assert_eq!(batches, 5, "30 rows a table in batches of 7");
    people.await.unwrap();
    assert_eq!(uses(&database).await, BTreeMap::from([(KeyId(2), 60)]));

    keys.replace(keys.ring().without_key(KeyId(1), 0).unwrap());
    for account in 0..ACCOUNTS {
        assert!(is_accepted(&guards, account, UnixSeconds(NOW.0 + 3000)).await);
    }
}

#[tokio::test]
async fn t44_t45_a_row_that_does_not_open_is_reported_and_keeps_its_key_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let (database, keys, guards) = clinic(&folder).await;
    let tampered = database.transact(|transaction| {
        let sql = "UPDATE credentials SET sealed = $3 WHERE tenant = $1 AND account = $2";
        transaction.execute(sql, &[4_u128.to_be_bytes().into(), [1; 60].into()])
    });
    let tampered: Result<u64, DatabaseError> = tampered.await;
    assert_eq!(tampered.unwrap(), 1);
    keys.replace(keys.ring().with_new_key(&mut SysRng).unwrap());
    let batch = rotation::reseal(&database, &keys, &SECOND_FACTOR_TABLES, 1000).await.unwrap();
    assert_eq!(batch.rows, 59);
    let [refused] = &batch.refused[..] else { panic!("{:?}", batch.refused) };
    assert_eq!((refused.table, &*refused.tenant, refused.account), ("credentials", "north", 4));
    assert_eq!(refused.error, OpenSealedError::Tampered);
    assert_eq!(uses(&database).await, BTreeMap::from([(KeyId(1), 1), (KeyId(2), 59)]));
    assert!(is_accepted(&guards, 5, NOW).await);
}
