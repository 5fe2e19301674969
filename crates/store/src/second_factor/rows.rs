//! The statements, one function each. Those that are public may run within a transaction of yours.
//!
//! On PostgreSQL each is safe at `READ COMMITTED`: failures are read `FOR UPDATE` before they are
//! decided about, and everything that is used up is changed by one statement with its condition.

use upheld_second_factor::{
    AccountId, Budget, ChallengeHash, Chance, Consumed, CredentialId, Decision, Failures, Policy,
    RecoveryHash, Removed, RequestId, Target, Use,
};
use upheld_totp::{Algorithm, Digits, Parameters, Period, UnixSeconds};

use super::sealed::{LoadedChallenge, LoadedCredential, LoadedMaterial, LoadedSet, StoredKind};
use crate::keys::{KeyId, Sealed};
use crate::sql::{DatabaseError, Row, Transaction, Value};

pub(crate) const CREDENTIALS: &str =
    "SELECT id, last_used FROM credentials WHERE tenant = $1 AND account = $2";
pub(crate) const UNUSED_CODES: &str = "SELECT position, hash FROM recovery_codes
     WHERE tenant = $1 AND account = $2 AND used_at IS NULL ORDER BY position";
pub(crate) const FAILURES: &str = "SELECT failures, guessed, locked_until
     FROM second_factor_failures WHERE tenant = $1 AND account = $2 AND budget = $3";
pub(crate) const LOCK_FAILURES: &str = "SELECT failures, guessed, locked_until
     FROM second_factor_failures WHERE tenant = $1 AND account = $2 AND budget = $3 FOR UPDATE";
pub(crate) const MAKE_FAILURES: &str = "INSERT INTO second_factor_failures
     (tenant, account, budget, failures, guessed, locked_until) VALUES ($1, $2, $3, 0, 0, 0)
     ON CONFLICT (tenant, account, budget) DO NOTHING";
pub(crate) const SAVE_FAILURES: &str = "UPDATE second_factor_failures
     SET failures = $4, guessed = $5, locked_until = $6
     WHERE tenant = $1 AND account = $2 AND budget = $3";
pub(crate) const LOAD_CREDENTIALS: &str = "SELECT id, kind, algorithm, digits, period, t0, key_id,
     sealed, last_used FROM credentials WHERE tenant = $1 AND account = $2";
pub(crate) const LOAD_SET: &str =
    "SELECT id, key_id, sealed FROM recovery_sets WHERE tenant = $1 AND account = $2";
pub(crate) const LOAD_CHALLENGE: &str = "SELECT digits, hash, key_id, sealed, expires_at
     FROM challenges WHERE tenant = $1 AND account = $2 AND request = $3";
//= RFC 6238 §5.2: a code is accepted at most once
pub(crate) const RAISE: &str = "UPDATE credentials SET last_used = $4
     WHERE tenant = $1 AND account = $2 AND id = $3 AND (last_used IS NULL OR last_used < $4)";
//= NIST SP 800-63B §5.1.2.2: a look-up secret is used once
pub(crate) const USE_CODE: &str = "UPDATE recovery_codes SET used_at = $5
     WHERE tenant = $1 AND account = $2 AND position = $4 AND used_at IS NULL
     AND EXISTS (SELECT 1 FROM recovery_sets
                 WHERE tenant = $1 AND account = $2 AND recovery_sets.id = $3)";
pub(crate) const USE_CHALLENGE: &str = "DELETE FROM challenges
     WHERE tenant = $1 AND account = $2 AND request = $3 AND hash = $4";

/// Removes a credential. An attempt that already loaded it can no longer be consumed.
///
/// # Errors
///
/// [`DatabaseError`]
pub fn remove(
    transaction: &mut Transaction<'_>,
    account: AccountId,
    credential: CredentialId,
) -> Result<Removed, DatabaseError> {
    let sql = "DELETE FROM credentials WHERE tenant = $1 AND account = $2 AND id = $3";
    let removed = transaction.execute(sql, &[bytes(account.0), bytes(credential.0)])?;
    Ok(if removed == 1 { Removed::Removed } else { Removed::Unknown })
}

/// Whether an account has an app or a token: whether a password alone should not sign in.
///
/// # Errors
///
/// [`DatabaseError`]
pub fn is_enrolled(
    transaction: &mut Transaction<'_>,
    account: AccountId,
) -> Result<bool, DatabaseError> {
    Ok(!transaction.query(CREDENTIALS, &[bytes(account.0)])?.is_empty())
}

/// Removes everything an account has: its credentials, recovery codes, challenges and failures.
///
/// # Errors
///
/// [`DatabaseError`]
pub fn remove_all(
    transaction: &mut Transaction<'_>,
    account: AccountId,
) -> Result<(), DatabaseError> {
    for sql in [
        "DELETE FROM credentials WHERE tenant = $1 AND account = $2",
        "DELETE FROM recovery_sets WHERE tenant = $1 AND account = $2",
        "DELETE FROM challenges WHERE tenant = $1 AND account = $2",
        "DELETE FROM second_factor_failures WHERE tenant = $1 AND account = $2",
    ] {
        transaction.execute(sql, &[bytes(account.0)])?;
    }
    Ok(())
}

/// Sets the failures of an account back: for somebody with authority, after looking into it.
///
/// # Errors
///
/// [`DatabaseError`]
pub fn unlock(
    transaction: &mut Transaction<'_>,
    account: AccountId,
    budget: Budget,
) -> Result<(), DatabaseError> {
    save_failures(transaction, account, budget, Failures::default()).map(drop)
}

/// The failures of an account, [`Failures::default`] for one that has none.
///
/// # Errors
///
/// [`DatabaseError`]
pub fn failures(
    transaction: &mut Transaction<'_>,
    account: AccountId,
    budget: Budget,
) -> Result<Failures, DatabaseError> {
    let values = [bytes(account.0), budget_number(budget).into()];
    let found = transaction.query(FAILURES, &values)?;
    Ok(found.first().map(failures_of).transpose()?.unwrap_or_default())
}

/// Removes challenges that ended before `before`, and says how many. Run it now and then.
///
/// # Errors
///
/// [`DatabaseError`]
pub fn purge_challenges(
    transaction: &mut Transaction<'_>,
    before: UnixSeconds,
) -> Result<u64, DatabaseError> {
    let sql = "DELETE FROM challenges WHERE tenant = $1 AND expires_at < $2";
    transaction.execute(sql, &[seconds(before)])
}

/// What a charge found, its secrets still sealed.
pub(crate) enum Loaded {
    Charged { material: LoadedMaterial, failures: Failures },
    Throttled { until: UnixSeconds },
    Disabled,
    NotEnrolled,
}

pub(crate) fn charge(
    transaction: &mut Transaction<'_>,
    account: AccountId,
    target: Target,
    policy: &Policy,
    now: UnixSeconds,
) -> Result<Loaded, DatabaseError> {
    let Some(material) = load(transaction, account, target)? else {
        return Ok(Loaded::NotEnrolled);
    };
    let before = lock_failures(transaction, account, target.budget())?;
    Ok(match target.decide(material.chance(policy), policy, before, now) {
        Decision::Charge(failures) => {
            save_failures(transaction, account, target.budget(), failures)?;
            Loaded::Charged { material, failures }
        }
        Decision::Throttled { until } => Loaded::Throttled { until },
        Decision::Disabled => Loaded::Disabled,
    })
}

pub(crate) fn consume(
    transaction: &mut Transaction<'_>,
    account: AccountId,
    what: Use,
    now: UnixSeconds,
) -> Result<Consumed, DatabaseError> {
    let account_bytes = bytes(account.0);
    let changed = match what {
        Use::MovingFactor { credential, value } => {
            // What cannot be stored was never handed out.
            let Ok(value) = i64::try_from(value) else { return Ok(Consumed::TooLate) };
            transaction.execute(RAISE, &[account_bytes, bytes(credential.0), value.into()])?
        }
        Use::RecoveryCode { set, index } => {
            let index = Value::Integer(index.into());
            transaction.execute(USE_CODE, &[account_bytes, bytes(set.0), index, seconds(now)])?
        }
        Use::Challenge { request, hash } => {
            transaction.execute(USE_CHALLENGE, &[account_bytes, bytes(request.0), hash.0.into()])?
        }
    };
    if changed != 1 {
        return Ok(Consumed::TooLate);
    }
    save_failures(transaction, account, what.budget(), Failures::default())?;
    Ok(Consumed::Consumed)
}

/// Reads the failures and keeps them from changing until the end of the transaction.
fn lock_failures(
    transaction: &mut Transaction<'_>,
    account: AccountId,
    budget: Budget,
) -> Result<Failures, DatabaseError> {
    let values = [bytes(account.0), budget_number(budget).into()];
    let mut found = transaction.query(LOCK_FAILURES, &values)?;
    if found.is_empty() {
        // Of several that come first at once, one makes the row and the others wait for it.
        transaction.execute(MAKE_FAILURES, &values)?;
        found = transaction.query(LOCK_FAILURES, &values)?;
    }
    Ok(found.first().map(failures_of).transpose()?.unwrap_or_default())
}

fn save_failures(
    transaction: &mut Transaction<'_>,
    account: AccountId,
    budget: Budget,
    failures: Failures,
) -> Result<u64, DatabaseError> {
    let Failures { count, guessed, locked_until } = failures;
    let values = [
        bytes(account.0),
        budget_number(budget).into(),
        count.into(),
        guessed.0.into(),
        seconds(locked_until),
    ];
    transaction.execute(SAVE_FAILURES, &values)
}

fn load(
    transaction: &mut Transaction<'_>,
    account: AccountId,
    target: Target,
) -> Result<Option<LoadedMaterial>, DatabaseError> {
    let account = bytes(account.0);
    match target {
        Target::Credentials => {
            let found = transaction.query(LOAD_CREDENTIALS, &[account])?;
            credentials_of(&found)
        }
        Target::Recovery => {
            let set = transaction.query(LOAD_SET, std::slice::from_ref(&account))?;
            let Some(set) = set.first() else { return Ok(None) };
            let codes = transaction.query(UNUSED_CODES, &[account])?;
            set_of(set, &codes).map(Some)
        }
        Target::Challenge(request) => {
            let found = transaction.query(LOAD_CHALLENGE, &[account, bytes(request.0)])?;
            found.first().map(|row| challenge_of(row, request)).transpose()
        }
        Target::Delivery => Ok(Some(LoadedMaterial::Delivery)),
    }
}

pub(crate) fn credentials_of(rows: &[Row]) -> Result<Option<LoadedMaterial>, DatabaseError> {
    if rows.is_empty() {
        return Ok(None);
    }
    let credentials: Result<_, _> = rows.iter().map(credential_of).collect();
    credentials.map(LoadedMaterial::Credentials).map(Some)
}

fn credential_of(row: &Row) -> Result<LoadedCredential, DatabaseError> {
    let digits = digits_of(row, 3)?;
    let algorithm = match row.integer(2)? {
        1 => Algorithm::Sha1,
        256 => Algorithm::Sha256,
        512 => Algorithm::Sha512,
        _ => return Err(DatabaseError::Column { column: 2, wanted: "an algorithm" }),
    };
    let kind = match row.integer(1)? {
        1 => {
            let period = u32::try_from(row.integer(4)?).ok().and_then(Period::from_seconds);
            let period = period.ok_or(DatabaseError::Column { column: 4, wanted: "a period" })?;
            let t0 = UnixSeconds(factor(row.integer(5)?));
            StoredKind::Totp(Parameters { algorithm, digits, period, t0 })
        }
        2 => StoredKind::Hotp(algorithm, digits),
        _ => return Err(DatabaseError::Column { column: 1, wanted: "a kind of credential" }),
    };
    Ok(LoadedCredential {
        id: CredentialId(number(row.blob(0)?)?),
        kind,
        sealed: sealed_of(row, 6, 7)?,
        last_used: row.optional_integer(8)?.map(factor),
    })
}

pub(crate) fn set_of(set: &Row, codes: &[Row]) -> Result<LoadedMaterial, DatabaseError> {
    let unused: Result<_, DatabaseError> = codes
        .iter()
        .map(|row| {
            let position = u8::try_from(row.integer(0)?)
                .map_err(|_| DatabaseError::Column { column: 0, wanted: "a position" })?;
            Ok((position, RecoveryHash(hash_of(row, 1)?)))
        })
        .collect();
    Ok(LoadedMaterial::Recovery(LoadedSet {
        id: CredentialId(number(set.blob(0)?)?),
        sealed: sealed_of(set, 1, 2)?,
        unused: unused?,
    }))
}

pub(crate) fn challenge_of(row: &Row, request: RequestId) -> Result<LoadedMaterial, DatabaseError> {
    Ok(LoadedMaterial::Challenge(LoadedChallenge {
        request,
        digits: digits_of(row, 0)?,
        hash: ChallengeHash(hash_of(row, 1)?),
        sealed: sealed_of(row, 2, 3)?,
        expires_at: UnixSeconds(factor(row.integer(4)?)),
    }))
}

pub(crate) fn failures_of(row: &Row) -> Result<Failures, DatabaseError> {
    let count = |column| {
        u32::try_from(row.integer(column)?)
            .map_err(|_| DatabaseError::Column { column, wanted: "a count" })
    };
    Ok(Failures {
        count: count(0)?,
        guessed: Chance(count(1)?),
        locked_until: UnixSeconds(factor(row.integer(2)?)),
    })
}

fn digits_of(row: &Row, column: usize) -> Result<Digits, DatabaseError> {
    let digits = u8::try_from(row.integer(column)?).ok();
    let digits = digits.and_then(|digits| Digits::try_from(digits).ok());
    digits.ok_or(DatabaseError::Column { column, wanted: "a length of codes" })
}

fn hash_of(row: &Row, column: usize) -> Result<[u8; 32], DatabaseError> {
    let hash = row.blob(column)?.try_into();
    hash.map_err(|_| DatabaseError::Column { column, wanted: "32 bytes" })
}

fn sealed_of(row: &Row, key: usize, bytes: usize) -> Result<Sealed, DatabaseError> {
    let id = u32::try_from(row.integer(key)?)
        .map_err(|_| DatabaseError::Column { column: key, wanted: "the id of a key" })?;
    Ok(Sealed { key: KeyId(id), bytes: row.blob(bytes)?.into() })
}

/// The number of a budget in its column.
pub(crate) const fn budget_number(budget: Budget) -> i64 {
    match budget {
        Budget::Code => 1,
        Budget::Recovery => 2,
        Budget::Delivery => 3,
    }
}

/// 128 bits as 16 bytes, the most significant first.
pub(crate) fn bytes(number: u128) -> Value {
    number.to_be_bytes().into()
}

pub(crate) fn number(bytes: &[u8]) -> Result<u128, DatabaseError> {
    let bytes = bytes.try_into();
    bytes
        .map(u128::from_be_bytes)
        .map_err(|_| DatabaseError::Column { column: 0, wanted: "16 bytes" })
}

/// A moment; one beyond the year 292 billion is that year.
pub(crate) fn seconds(moment: UnixSeconds) -> Value {
    Value::Integer(i64::try_from(moment.0).unwrap_or(i64::MAX))
}

/// What the schema keeps from being below zero.
pub(crate) fn factor(value: i64) -> u64 {
    u64::try_from(value).unwrap_or_default()
}
