//! What limits guessing at passwords: an attempt is counted and committed before it is evaluated.
//!
//! Codes have counts of their own, which `upheld-second-factor` keeps; a right password gives
//! nobody fresh guesses at them.
//!
//! | counted | attempts before the first wait | forgotten by a success |
//! |---|---|---|
//! | a browser that has signed in to the account before, by itself | 5 | yes |
//! | an account from one network, by other browsers | 5 | yes |
//! | an account from everywhere, by other browsers | 50 | only that attempt |
//! | a network, at all accounts | 50 | only that attempt |
//! | asking for a link to reset a password, for each account | 3 | never |
//! | a passcode for Duo, for each account | 5 | yes |
//! | having Duo asked before a person is, for each account | 30 | yes |
//! | sending the form for requests about data, from one network | 10 | never |
//!
//! So nobody can lock a person out of a browser that they use, and guesses from many networks run
//! into a wait as well. A wait is 32 seconds at first and twice as long each time, up to 15
//! minutes; an hour without a failure forgets everything.

use sha2::{Digest, Sha256};
use upheld_store::sql::{Database, DatabaseError, Transaction, Value};

use crate::clock::Moment;
use crate::id::{Id, PersonId};
use crate::network::Network;
use crate::people::Email;
use crate::random;
use crate::records::RecordsError;

const FIRST_WAIT_SECONDS: i64 = 32;
const LONGEST_WAIT_SECONDS: i64 = 15 * 60;
/// After this long without another failure, failures are forgotten.
const MEMORY_SECONDS: i64 = 60 * 60;

/// What is guessed at, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// From a browser that has signed in to the account before.
    Browser(Id),
    /// At an account, real or not, from one network.
    AccountFrom(Email, Network),
    /// At an account, real or not.
    Account(Email),
    /// From one network.
    Network(Network),
    /// Asking for a link to reset the password of an account, real or not.
    Reset(Email),
    /// The passcodes that a person shows to Duo.
    Passcode(PersonId),
    /// What Duo is asked about a person before it asks them.
    Duo(PersonId),
    /// Sending the form for requests about data, from one network.
    Form(Network),
    /// The same from everywhere: nobody waits for it, but one at a time is counted.
    Forms,
}

/// Why an attempt must not be evaluated.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChargeError {
    /// It comes too early, and was not counted.
    #[error("too soon after others")]
    Throttled,
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Subject {
    /// Hashed, because people type passwords into the wrong field.
    fn to_hash(&self) -> Value {
        let mut hash = Sha256::new();
        let mut add = |text: &str| {
            hash.update(text);
            hash.update([0]);
        };
        match self {
            Self::Browser(id) => ["browser", &id.to_string(), ""].map(&mut add),
            Self::AccountFrom(email, from) => {
                ["account from", email.as_str(), &from.to_string()].map(&mut add)
            }
            Self::Account(email) => ["account", email.as_str(), ""].map(&mut add),
            Self::Network(from) => ["network", &from.to_string(), ""].map(&mut add),
            Self::Reset(email) => ["reset", email.as_str(), ""].map(&mut add),
            Self::Passcode(person) => ["passcode", &person.to_string(), ""].map(&mut add),
            Self::Duo(person) => ["duo", &person.to_string(), ""].map(&mut add),
            Self::Form(from) => ["form", &from.to_string(), ""].map(&mut add),
            Self::Forms => ["forms", "", ""].map(&mut add),
        };
        Value::Blob(hash.finalize().to_vec())
    }

    const fn free_attempts(&self) -> i64 {
        match self {
            Self::Browser(_) | Self::AccountFrom(..) | Self::Passcode(_) => 5,
            Self::Account(_) | Self::Network(_) => 50,
            Self::Duo(_) => 30,
            Self::Reset(_) => 3,
            Self::Form(_) => 10,
            Self::Forms => i64::MAX,
        }
    }

    const fn is_forgotten_by_success(&self) -> bool {
        matches!(self, Self::Browser(_) | Self::AccountFrom(..) | Self::Passcode(_) | Self::Duo(_))
    }
}

/// Counts one attempt at each subject, to be rolled back as a whole when one has to wait.
pub(crate) fn charge(
    transaction: &mut Transaction<'_>,
    subjects: &[Subject],
    now: Moment,
) -> Result<(), ChargeError> {
    for subject in in_order(subjects) {
        charge_one(transaction, subject, now)?;
    }
    Ok(())
}

/// Counts one attempt at a subject, and says whether it is the one that makes the first wait.
pub(crate) fn charge_one(
    transaction: &mut Transaction<'_>,
    subject: &Subject,
    now: Moment,
) -> Result<bool, ChargeError> {
    let key = subject.to_hash();
    // The row is locked from here to the end of the transaction, whichever database it is.
    let charged = transaction.execute(
        "INSERT INTO attempts (tenant, subject, failures, locked_until, changed_at)
         VALUES ($1, $2, 1, 0, $3)
         ON CONFLICT (tenant, subject) DO UPDATE
         SET failures = attempts.failures + 1, changed_at = excluded.changed_at
         WHERE attempts.locked_until <= $3 OR attempts.locked_until > $4",
        // A lock that ends later than any could was set by a clock that has been set back.
        &[key.clone(), now.into(), now.plus(2 * LONGEST_WAIT_SECONDS).into()],
    )?;
    if charged == 0 {
        return Err(ChargeError::Throttled);
    }
    let failures = counted(transaction, subject)?;
    let wait = wait_seconds(failures, subject.free_attempts());
    if wait > 0 {
        transaction.execute(
            "UPDATE attempts SET locked_until = $3 WHERE tenant = $1 AND subject = $2",
            &[key, now.plus(wait).into()],
        )?;
    }
    Ok(failures == subject.free_attempts())
}

/// Takes back what [`charge`] counted: the attempt was right.
pub(crate) fn forgive(
    transaction: &mut Transaction<'_>,
    subjects: &[Subject],
) -> Result<(), DatabaseError> {
    for subject in in_order(subjects) {
        let sql = if subject.is_forgotten_by_success() {
            "DELETE FROM attempts WHERE tenant = $1 AND subject = $2"
        } else {
            "UPDATE attempts SET failures = failures - 1, locked_until = 0
             WHERE tenant = $1 AND subject = $2 AND failures > 0"
        };
        transaction.execute(sql, &[subject.to_hash()])?;
    }
    Ok(())
}

/// Finds out whether anything can be counted, without which nobody gets in: on a full disk, on a
/// standby and while somebody holds the database it cannot.
pub(crate) async fn try_to_write(database: &Database) -> Result<(), RecordsError> {
    let nobody = Value::Blob(random::bytes::<32>()?.to_vec());
    let written = database.transact(move |transaction| {
        transaction.execute(
            "INSERT INTO attempts (tenant, subject, failures, locked_until, changed_at)
             VALUES ($1, $2, 0, 0, 0)",
            std::slice::from_ref(&nobody),
        )?;
        let sql = "DELETE FROM attempts WHERE tenant = $1 AND subject = $2";
        transaction.execute(sql, std::slice::from_ref(&nobody))
    });
    written.await?;
    Ok(())
}

/// Forgets what was counted, on somebody's authority.
pub(crate) fn forget(
    transaction: &mut Transaction<'_>,
    subject: &Subject,
) -> Result<(), DatabaseError> {
    let sql = "DELETE FROM attempts WHERE tenant = $1 AND subject = $2";
    transaction.execute(sql, &[subject.to_hash()])?;
    Ok(())
}

/// Forgets old failures, whose subjects anyone can invent.
pub(crate) fn purge(transaction: &mut Transaction<'_>, now: Moment) -> Result<(), DatabaseError> {
    let old = now.minus(MEMORY_SECONDS);
    let sql = "DELETE FROM attempts WHERE tenant = $1 AND changed_at < $2";
    transaction.execute(sql, &[old.into()])?;
    Ok(())
}

/// Waits that are running.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waits {
    pub(crate) count: usize,
    /// When the last ends; none if there is none.
    pub(crate) until: Option<Moment>,
}

/// Counts the waits that are running.
pub(crate) async fn waits(database: &Database, now: Moment) -> Result<Waits, DatabaseError> {
    // A lock that ends later than any could was set by a clock that has been set back.
    let sql = "SELECT count(*), max(locked_until) FROM attempts
               WHERE tenant = $1 AND locked_until > $2 AND locked_until <= $3";
    let latest = now.plus(2 * LONGEST_WAIT_SECONDS);
    let rows = database.query(sql, &[now.into(), latest.into()]).await?;
    let Some(row) = rows.first() else { return Ok(Waits { count: 0, until: None }) };
    let count = usize::try_from(row.integer(0)?).unwrap_or_default();
    Ok(Waits { count, until: Moment::at_optional(row, 1)? })
}

/// How many attempts at a subject are counted and not forgotten.
pub(crate) fn counted(
    transaction: &mut Transaction<'_>,
    subject: &Subject,
) -> Result<i64, DatabaseError> {
    let sql = "SELECT failures FROM attempts WHERE tenant = $1 AND subject = $2";
    let rows = transaction.query(sql, &[subject.to_hash()])?;
    rows.first().map_or(Ok(0), |row| row.integer(0))
}

/// In one order for everybody, so that no two transactions wait for each other.
fn in_order(subjects: &[Subject]) -> Vec<&Subject> {
    let mut ordered: Vec<_> = subjects.iter().collect();
    ordered.sort_by_key(|subject| match subject {
        Subject::Browser(id) => (0, id.to_string()),
        Subject::AccountFrom(email, _) => (1, email.as_str().to_owned()),
        Subject::Account(email) => (2, email.as_str().to_owned()),
        Subject::Reset(email) => (3, email.as_str().to_owned()),
        Subject::Network(from) => (4, from.to_string()),
        Subject::Passcode(person) => (5, person.to_string()),
        Subject::Duo(person) => (6, person.to_string()),
        Subject::Form(from) => (7, from.to_string()),
        Subject::Forms => (8, String::new()),
    });
    ordered
}

/// How long the next attempt has to wait after so many failures.
fn wait_seconds(failures: i64, free: i64) -> i64 {
    let doublings = failures.saturating_sub(free);
    if doublings < 0 {
        return 0;
    }
    let doublings = u32::try_from(doublings).unwrap_or(u32::MAX).min(31);
    let wait = FIRST_WAIT_SECONDS.saturating_mul(1_i64.checked_shl(doublings).unwrap_or(i64::MAX));
    wait.min(LONGEST_WAIT_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_WAIT_SECONDS, wait_seconds};

    #[test]
    fn waits_double_from_the_last_free_attempt_and_stop_at_a_quarter_of_an_hour() {
        let waits: Vec<i64> = (1..=11).map(|failures| wait_seconds(failures, 5)).collect();
        assert_eq!(waits, [0, 0, 0, 0, 32, 64, 128, 256, 512, 900, 900]);
        assert_eq!([49, 50, 51].map(|failures| wait_seconds(failures, 50)), [0, 32, 64]);
        for failures in [12, 31, 62, 63, 64, 65, 1000, i64::MAX] {
            assert_eq!(wait_seconds(failures, 5), LONGEST_WAIT_SECONDS, "{failures}");
        }
        assert_eq!(wait_seconds(i64::MIN, 5), 0);
    }
}
