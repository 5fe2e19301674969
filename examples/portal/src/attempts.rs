//! What limits guessing: an attempt is charged and committed before it is evaluated.
//!
//! Five attempts are free; from the fifth on the next has to wait, 32 seconds at first and twice
//! as long each time, up to 15 minutes. Only success sets the count back, and only that of its
//! own subject: the right password gives nobody fresh guesses at the code.

use std::net::IpAddr;

use data_encoding::HEXLOWER;
use rusqlite::{OptionalExtension, Transaction, params};
use sha2::{Digest, Sha256};

use crate::clock::Moment;
use crate::people::{Email, PersonId};

const FREE: u32 = 5;
const LONGEST_WAIT_SECONDS: i64 = 15 * 60;
/// After this long without another failure, failed passwords are forgotten.
const PASSWORD_MEMORY_SECONDS: i64 = 60 * 60;

/// What is guessed at.
#[derive(Clone, Debug)]
pub(crate) struct Subject(String);

impl Subject {
    /// The second factor of a person, wherever the guesses come from.
    pub(crate) fn second_factor(person: PersonId) -> Self {
        Self(format!("second-factor:{}", person.number()))
    }

    /// The password of an account, real or not, from one address.
    ///
    /// Hashed, because people type passwords into the wrong field.
    pub(crate) fn password(email: &Email, from: IpAddr) -> Self {
        let mut hash = Sha256::new();
        hash.update(email.as_str());
        hash.update([0]);
        hash.update(from.to_canonical().to_string());
        Self(format!("password:{}", HEXLOWER.encode(&hash.finalize())))
    }
}

/// Whether an attempt may be evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a throttled attempt must not be evaluated"]
pub(crate) enum Charge {
    /// It counts as failed until it is shown to be right.
    Charged,
    /// It comes too early, was not counted, and must not be evaluated.
    Throttled,
}

pub(crate) fn charge(
    transaction: &Transaction<'_>,
    subject: &Subject,
    now: Moment,
) -> rusqlite::Result<Charge> {
    let known = transaction
        .query_row(
            "SELECT failures, locked_until FROM attempts WHERE subject = ?",
            [&subject.0],
            |row| Ok((row.get::<_, u32>(0)?, row.get::<_, Moment>(1)?)),
        )
        .optional()?;
    let (failures, locked_until) = known.unwrap_or((0, now));
    if now < locked_until {
        return Ok(Charge::Throttled);
    }
    let failures = failures.saturating_add(1);
    transaction.execute(
        "INSERT INTO attempts (subject, failures, locked_until, changed_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures,
             locked_until = excluded.locked_until, changed_at = excluded.changed_at",
        params![subject.0, failures, now.plus(wait_seconds(failures)), now],
    )?;
    Ok(Charge::Charged)
}

/// Forgets the failures: the attempt was right.
pub(crate) fn reset(transaction: &Transaction<'_>, subject: &Subject) -> rusqlite::Result<()> {
    transaction.execute("DELETE FROM attempts WHERE subject = ?", [&subject.0])?;
    Ok(())
}

/// Forgets old failures at passwords, whose subjects anyone can invent.
pub(crate) fn purge(transaction: &Transaction<'_>, now: Moment) -> rusqlite::Result<()> {
    transaction.execute(
        "DELETE FROM attempts WHERE subject LIKE 'password:%' AND changed_at < ?",
        [now.minus(PASSWORD_MEMORY_SECONDS)],
    )?;
    Ok(())
}

/// How long the next attempt has to wait after so many failures.
fn wait_seconds(failures: u32) -> i64 {
    if failures < FREE {
        return 0;
    }
    1_i64.checked_shl(failures).map_or(LONGEST_WAIT_SECONDS, |wait| {
        // A shift of 63 makes the sign bit.
        if wait <= 0 { LONGEST_WAIT_SECONDS } else { wait.min(LONGEST_WAIT_SECONDS) }
    })
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_WAIT_SECONDS, wait_seconds};

    #[test]
    fn t12_waits_double_from_the_fifth_failure_and_stop_at_a_quarter_of_an_hour() {
        let waits: Vec<i64> = (1..=11).map(wait_seconds).collect();
        assert_eq!(waits, [0, 0, 0, 0, 32, 64, 128, 256, 512, 900, 900]);
        for failures in [12, 31, 62, 63, 64, 65, 1000, u32::MAX] {
            assert_eq!(wait_seconds(failures), LONGEST_WAIT_SECONDS, "{failures}");
        }
    }

    #[test]
    fn t19_a_day_of_guessing_at_a_code_succeeds_once_in_three_thousand_days() {
        let (mut second, mut failures) = (0, 0);
        while second < 24 * 60 * 60 {
            failures += 1;
            second += wait_seconds(failures);
        }
        // Each guess may hit any of the three codes in the window, out of a million.
        assert!(f64::from(failures) * 3.0 / 1e6 < 1.0 / 3000.0, "{failures} guesses");
    }
}
