//! Second factors in a database: the [`Store`] and [`Registry`] of `upheld-second-factor`.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! # let folder = tempfile::tempdir()?;
//! # let file = folder.path().join("clinic.db");
//! use upheld_second_factor::{AccountId, Guard, Outcome, Policy};
//! use upheld_store::Tenant;
//! use upheld_store::keys::{KeyRing, SharedKeys};
//! use upheld_store::second_factor::SecondFactors;
//! use upheld_store::sql::{Database, Settings};
//! use upheld_totp::{Code, UnixSeconds};
//!
//! let database = Database::open(&Settings::sqlite(file), Tenant::new("northside")?).await?;
//! SecondFactors::migrate(&database).await?;
//! let keys = SharedKeys::new(KeyRing::generate(&mut rand::rngs::SysRng)?); // or from a file
//! let guard = Guard::new(SecondFactors::new(database, keys), Policy::default());
//!
//! let (account, code, now) = (AccountId(42), Code::parse("000000")?, UnixSeconds(0));
//! assert!(matches!(guard.verify_code(account, &code, now).await?, Outcome::Refused(_)));
//! # Ok(())
//! # })
//! # }
//! ```
//!
//! # Within a transaction of yours
//!
//! Enrolment seldom stands alone: a session is renewed with it, a message goes out. Seal first
//! ([`SecondFactors::seal_credential`]), then store what was sealed in your own transaction
//! ([`SealedCredential::add`]), together with the rest. [`rows`] has the other functions that take
//! a transaction. Charging and consuming are not among them, on purpose: a transaction of yours
//! that is rolled back must not undo them.

mod limits;
mod pipelined;
pub mod rows;
mod sealed;

use upheld_second_factor::{
    AccountId, Added, Budget, Challenge, Charge, Consumed, Credential, CredentialId, Failures,
    Policy, RecoverySet, Registry, Removed, Store, Target, Use,
};
use upheld_totp::UnixSeconds;

pub use self::limits::Failed;
use self::rows::Loaded;
pub use self::sealed::{SealedChallenge, SealedCredential, SealedRecoverySet};
use crate::keys::{OpenSealedError, SharedKeys};
use crate::sql::{Applied, Database, DatabaseError, MigrateError, Migration, Transaction};

/// The name of these tables among the components of a database.
const COMPONENT: &str = "second factor";

const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        sqlite: include_str!("../migrations/sqlite/0001_second_factor.sql"),
        postgres: include_str!("../migrations/postgres/0001_second_factor.sql"),
    },
    Migration {
        version: 2,
        sqlite: include_str!("../migrations/sqlite/0002_room_for_updates.sql"),
        postgres: include_str!("../migrations/postgres/0002_room_for_updates.sql"),
    },
];

/// Second factors of one tenant's accounts. Clones share the database and the keys.
#[derive(Clone, Debug)]
pub struct SecondFactors {
    database: Database,
    keys: SharedKeys,
}

impl SecondFactors {
    /// Brings the tables up to date. Run it before anything else.
    ///
    /// # Errors
    ///
    /// [`MigrateError`]
    pub async fn migrate(database: &Database) -> Result<Applied, MigrateError> {
        database.migrate(COMPONENT, MIGRATIONS).await
    }

    /// Second factors in `database`, their secrets sealed under `keys`.
    #[must_use]
    pub const fn new(database: Database, keys: SharedKeys) -> Self {
        Self { database, keys }
    }

    /// The database.
    #[must_use]
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// The keys.
    #[must_use]
    pub const fn keys(&self) -> &SharedKeys {
        &self.keys
    }

    /// Seals a credential, to be added in a transaction.
    ///
    /// # Errors
    ///
    /// [`SecondFactorError::NoRandomness`] and [`SecondFactorError::OutOfRange`].
    pub fn seal_credential(
        &self,
        account: AccountId,
        credential: &Credential,
    ) -> Result<SealedCredential, SecondFactorError> {
        SealedCredential::seal(&self.keys.ring(), self.database.tenant(), account, credential)
    }

    /// Seals a set of recovery codes, to be stored in a transaction.
    ///
    /// # Errors
    ///
    /// [`SecondFactorError::NoRandomness`].
    pub fn seal_recovery_set(
        &self,
        account: AccountId,
        set: &RecoverySet,
    ) -> Result<SealedRecoverySet, SecondFactorError> {
        SealedRecoverySet::seal(&self.keys.ring(), self.database.tenant(), account, set)
    }

    /// Seals a challenge, to be stored in a transaction.
    ///
    /// # Errors
    ///
    /// [`SecondFactorError::NoRandomness`].
    pub fn seal_challenge(
        &self,
        account: AccountId,
        challenge: &Challenge,
    ) -> Result<SealedChallenge, SecondFactorError> {
        SealedChallenge::seal(&self.keys.ring(), self.database.tenant(), account, challenge)
    }

    /// What a charge loaded, opened: after the commit and outside the transaction.
    fn open(&self, account: AccountId, loaded: Loaded) -> Result<Charge, SecondFactorError> {
        Ok(match loaded {
            Loaded::Charged { material, failures } => {
                let ring = self.keys.ring();
                let material = material.open(&ring, self.database.tenant(), account)?;
                Charge::Charged { material, failures }
            }
            Loaded::Throttled { until } => Charge::Throttled { until },
            Loaded::Disabled => Charge::Disabled,
            Loaded::NotEnrolled => Charge::NotEnrolled,
        })
    }
}

/// Why a second factor could not be judged or stored. Nobody is let in then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecondFactorError {
    /// The database gave no answer.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A secret does not open. Somebody changed or moved it, or the key ring is another one:
    /// sound the alarm.
    #[error("a secret at rest does not open: {0}")]
    Sealed(#[from] OpenSealedError),
    /// The system had no randomness for a nonce.
    #[error("the system provided no randomness; nothing was stored")]
    NoRandomness,
    /// A counter beyond 2⁶³, which no token reaches.
    #[error("a moving factor beyond 2^63 - 1 cannot be stored")]
    OutOfRange,
}

impl Store for SecondFactors {
    type Error = SecondFactorError;

    async fn charge(
        &self,
        account: AccountId,
        target: Target,
        policy: &Policy,
        now: UnixSeconds,
    ) -> Result<Charge, SecondFactorError> {
        let policy = *policy;
        if let Some(postgres) = self.database.postgres()
            && target == Target::Credentials
        {
            let tenant = self.database.tenant();
            if let Some(loaded) = pipelined::charge(postgres, tenant, account, &policy, now).await?
            {
                return self.open(account, loaded);
            }
        }
        let loaded = self
            .database
            .transact(move |transaction| rows::charge(transaction, account, target, &policy, now));
        let loaded: Result<Loaded, DatabaseError> = loaded.await;
        self.open(account, loaded?)
    }

    async fn consume(
        &self,
        account: AccountId,
        what: Use,
        now: UnixSeconds,
    ) -> Result<Consumed, SecondFactorError> {
        let consumed = if let Some(postgres) = self.database.postgres()
            && let Use::MovingFactor { credential, value } = what
        {
            let tenant = self.database.tenant();
            pipelined::consume(postgres, tenant, account, (credential, value)).await
        } else {
            let consume = move |transaction: &mut Transaction<'_>| {
                rows::consume(transaction, account, what, now)
            };
            self.database.transact(consume).await
        };
        Ok(consumed?)
    }

    async fn keep_challenge(
        &self,
        account: AccountId,
        challenge: &Challenge,
    ) -> Result<(), SecondFactorError> {
        let sealed = self.seal_challenge(account, challenge)?;
        let kept = self.database.transact(move |transaction| sealed.keep(transaction));
        let kept: Result<(), DatabaseError> = kept.await;
        Ok(kept?)
    }
}

impl Registry for SecondFactors {
    async fn add(
        &self,
        account: AccountId,
        credential: &Credential,
        now: UnixSeconds,
    ) -> Result<Added, SecondFactorError> {
        let sealed = self.seal_credential(account, credential)?;
        let added = self.database.transact(move |transaction| sealed.add(transaction, now));
        let added: Result<Added, DatabaseError> = added.await;
        Ok(added?)
    }

    async fn remove(
        &self,
        account: AccountId,
        credential: CredentialId,
    ) -> Result<Removed, SecondFactorError> {
        let removed = self
            .database
            .transact(move |transaction| rows::remove(transaction, account, credential));
        let removed: Result<Removed, DatabaseError> = removed.await;
        Ok(removed?)
    }

    async fn credentials(
        &self,
        account: AccountId,
    ) -> Result<Vec<(CredentialId, Option<u64>)>, SecondFactorError> {
        let found = self.database.query(rows::CREDENTIALS, &[rows::bytes(account.0)]).await?;
        let read = found.iter().map(|row| {
            let id = CredentialId(rows::number(row.blob(0)?)?);
            Ok((id, row.optional_integer(1)?.map(rows::factor)))
        });
        read.collect()
    }

    async fn replace_recovery_set(
        &self,
        account: AccountId,
        set: &RecoverySet,
        now: UnixSeconds,
    ) -> Result<(), SecondFactorError> {
        let sealed = self.seal_recovery_set(account, set)?;
        let replaced = self.database.transact(move |transaction| sealed.replace(transaction, now));
        let replaced: Result<(), DatabaseError> = replaced.await;
        Ok(replaced?)
    }

    async fn unused_recovery_codes(&self, account: AccountId) -> Result<u8, SecondFactorError> {
        let found = self.database.query(rows::UNUSED_CODES, &[rows::bytes(account.0)]).await?;
        Ok(u8::try_from(found.len()).unwrap_or(u8::MAX))
    }

    async fn failures(
        &self,
        account: AccountId,
        budget: Budget,
    ) -> Result<Failures, SecondFactorError> {
        let values = [rows::bytes(account.0), rows::budget_number(budget).into()];
        let found = self.database.query(rows::FAILURES, &values).await?;
        Ok(found.first().map(rows::failures_of).transpose()?.unwrap_or_default())
    }

    async fn unlock(&self, account: AccountId, budget: Budget) -> Result<(), SecondFactorError> {
        let unlocked =
            self.database.transact(move |transaction| rows::unlock(transaction, account, budget));
        let unlocked: Result<(), DatabaseError> = unlocked.await;
        Ok(unlocked?)
    }
}
