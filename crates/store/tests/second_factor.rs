//! The conformance kit of `upheld-second-factor`, on a file of SQLite.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests may panic"
)]

use std::path::PathBuf;

use rand::rngs::SysRng;
use upheld_second_factor::conformance::{self, Extent, Harness, Work};
use upheld_second_factor::{
    AccountId, Added, Credential, CredentialId, Guard, Kind, Outcome, Policy, Registry, Store,
    Target,
};
use upheld_store::Tenant;
use upheld_store::keys::{KeyRing, OpenSealedError, SharedKeys};
use upheld_store::second_factor::{SecondFactorError, SecondFactors, rows};
use upheld_store::sql::{Database, DatabaseError, Settings};
use upheld_totp::{Code, Parameters, Secret, Totp, UnixSeconds};

const NOW: UnixSeconds = UnixSeconds(1_800_000_000);

/// Two databases opened on one file, as two processes do.
struct OneFile {
    file: PathBuf,
    keys: SharedKeys,
    stores: Vec<SecondFactors>,
}

impl OneFile {
    async fn open(file: PathBuf, keys: SharedKeys) -> Self {
        let mut opened = Self { file, keys, stores: Vec::new() };
        opened.restart().await;
        opened
    }
}

impl Harness for OneFile {
    type Store = SecondFactors;

    fn store(&self, node: usize) -> SecondFactors {
        self.stores[node % self.stores.len()].clone()
    }

    async fn together<T: Send + 'static>(&self, work: Vec<Work<T>>) -> Vec<T> {
        let tasks: Vec<_> = work.into_iter().map(tokio::spawn).collect();
        let mut done = Vec::new();
        for task in tasks {
            done.push(task.await.unwrap());
        }
        done
    }

    async fn restart(&mut self) {
        for store in self.stores.drain(..) {
            store.database().clone().close().await;
        }
        for _ in 0..2 {
            let settings = Settings::sqlite(&self.file);
            let database = Database::open(&settings, Tenant::new("clinic").unwrap()).await.unwrap();
            SecondFactors::migrate(&database).await.unwrap();
            self.stores.push(SecondFactors::new(database, self.keys.clone()));
        }
    }
}

fn keys() -> SharedKeys {
    SharedKeys::new(KeyRing::generate(&mut SysRng).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t02_t04_t07_t09_t11_t14_t18_sqlite_keeps_every_law() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = OneFile::open(folder.path().join("clinic.db"), keys()).await;
    let report = conformance::check(&mut harness, Extent { seed: 3, rounds: 1000 }).await;
    assert_eq!(report.unwrap().laws.len(), 13);
}

async fn enrolled(folder: &tempfile::TempDir) -> (Guard<SecondFactors>, AccountId, Totp) {
    let harness = OneFile::open(folder.path().join("clinic.db"), keys()).await;
    let guard = Guard::new(harness.store(0), Policy::default());
    let account = AccountId(1);
    let (secret, parameters) = (Secret::from_bytes(&[7; 20]).unwrap(), Parameters::default());
    let totp = Totp::new(&secret, parameters);
    let kind = Kind::Totp { secret, parameters };
    let credential = Credential::from_parts(CredentialId(1), kind, None);
    assert_eq!(guard.store().add(account, &credential, NOW).await.unwrap(), Added::Added);
    (guard, account, totp)
}

/// Whoever can write to the database gives their own credential to somebody else.
#[tokio::test]
async fn t44_a_row_that_was_moved_lets_nobody_in_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (guard, _, totp) = enrolled(&folder).await;
    let moved = guard.store().database().transact(|transaction| {
        let sql = "UPDATE credentials SET account = $2 WHERE tenant = $1";
        transaction.execute(sql, &[2_u128.to_be_bytes().into()])
    });
    let moved: Result<u64, DatabaseError> = moved.await;
    assert_eq!(moved.unwrap(), 1);
    let victim = guard.verify_code(AccountId(2), &totp.code_at(NOW), NOW).await;
    assert_eq!(victim, Err(SecondFactorError::Sealed(OpenSealedError::Tampered)));
}

/// The attempt is durable before the caller's own transaction begins, so nothing undoes it.
#[tokio::test]
async fn t11_a_transaction_that_is_rolled_back_undoes_no_attempt() {
    let folder = tempfile::tempdir().unwrap();
    let (guard, account, _) = enrolled(&folder).await;
    let policy = Policy::default();
    let charge = guard.store().charge(account, Target::Credentials, &policy, NOW).await.unwrap();
    drop(charge);
    let rolled_back = guard.store().database().transact(move |transaction| {
        rows::remove_all(transaction, account)?;
        Err::<(), _>(DatabaseError::Busy)
    });
    assert_eq!(rolled_back.await, Err(DatabaseError::Busy));
    let budget = upheld_second_factor::Budget::Code;
    assert_eq!(guard.store().failures(account, budget).await.unwrap().count, 1);
}

/// Page by page, of this tenant, and nobody who has succeeded since.
#[tokio::test]
async fn who_has_failed_is_listed() {
    use upheld_second_factor::Budget;
    let folder = tempfile::tempdir().unwrap();
    let (guard, account, totp) = enrolled(&folder).await;
    let store = guard.store();
    assert_eq!(store.failed(None, 10).await.unwrap(), []);
    let policy = Policy::default();
    let wrong = Code::parse("000000").unwrap();
    for _ in 0..2 {
        let outcome = guard.verify_code(account, &wrong, NOW).await.unwrap();
        assert!(matches!(outcome, Outcome::Refused(_)));
    }
    let elsewhere = store.database().of_tenant(Tenant::new("other").unwrap());
    let other = SecondFactors::new(elsewhere, keys());
    assert_eq!(other.failed(None, 10).await.unwrap(), []);
    let failed = store.failed(None, 10).await.unwrap();
    let [one] = failed[..] else { panic!("{failed:?}") };
    assert_eq!((one.account, one.budget, one.failures.count), (account, Budget::Code, 2));
    assert_eq!(store.failed(Some((account, Budget::Code)), 10).await.unwrap(), []);
    assert_eq!(store.failed(None, 0).await.unwrap(), []);
    drop(store.charge(account, Target::Credentials, &policy, NOW).await.unwrap());
    assert_eq!(store.failed(None, 1).await.unwrap()[0].failures.count, 3);
    let outcome = guard.verify_code(account, &totp.code_at(NOW), NOW).await.unwrap();
    assert!(matches!(outcome, Outcome::Passed(_)));
    assert_eq!(store.failed(None, 10).await.unwrap(), []);
}

#[tokio::test]
async fn everything_of_an_account_goes_with_it_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (guard, account, totp) = enrolled(&folder).await;
    let removed =
        guard.store().database().transact(move |transaction| -> Result<(), DatabaseError> {
            rows::remove_all(transaction, AccountId(2))?;
            Ok(())
        });
    removed.await.unwrap();
    let outcome = guard.verify_code(account, &totp.code_at(NOW), NOW).await.unwrap();
    assert!(matches!(outcome, Outcome::Passed(_)));
    let removed = guard
        .store()
        .database()
        .transact(move |transaction| rows::remove_all(transaction, account));
    let removed: Result<(), DatabaseError> = removed.await;
    removed.unwrap();
    assert_eq!(guard.store().credentials(account).await.unwrap(), []);
}
