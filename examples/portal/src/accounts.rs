//! What happens to an account as a whole: others are signed out, or everybody is.

use upheld_store::second_factor::rows;
use upheld_store::sql::{DatabaseError, Transaction};

use crate::browsers;
use crate::devices;
use crate::duo;
use crate::id::{Id, PersonId};
use crate::people::State;
use crate::sessions;

/// Ends what was opened or begun under the protection that the account had until now, but for
/// one session.
pub(crate) fn end_all_but(
    transaction: &mut Transaction<'_>,
    person: PersonId,
    session: Id,
) -> Result<(), DatabaseError> {
    sessions::revoke_others(transaction, person, session)?;
    browsers::distrust_all(transaction, person)?;
    end_what_was_begun(transaction, person)
}

/// Ends everything that was opened or begun, in every browser.
pub(crate) fn end_all(
    transaction: &mut Transaction<'_>,
    person: PersonId,
) -> Result<(), DatabaseError> {
    sessions::revoke_all(transaction, person)?;
    browsers::distrust_all(transaction, person)?;
    end_what_was_begun(transaction, person)
}

/// Gives up sign-ins at the second step: the account no longer accepts what they wait for.
pub(crate) fn end_pending_logins(
    transaction: &mut Transaction<'_>,
    person: PersonId,
) -> Result<(), DatabaseError> {
    let sql = "DELETE FROM pending_logins WHERE tenant = $1 AND person = $2";
    transaction.execute(sql, &[person.into()])?;
    Ok(())
}

/// Lets a person sign in from now on, or no more; then all that is open ends with it. `false` for
/// an account that is closed, which nobody opens again, and for one that is not there.
pub(crate) fn set_state(
    transaction: &mut Transaction<'_>,
    person: PersonId,
    state: State,
) -> Result<bool, DatabaseError> {
    let changed = transaction.execute(
        "UPDATE people SET state = $3 WHERE tenant = $1 AND id = $2 AND state <> 'closed'",
        &[person.into(), state.as_str().into()],
    )?;
    if changed == 1 && state != State::Active {
        end_all(transaction, person)?;
        browsers::forget_all(transaction, person)?;
        let sql = "DELETE FROM factor_resets WHERE tenant = $1 AND (person = $2 OR asked_by = $2)";
        transaction.execute(sql, &[person.into()])?;
    }
    Ok(changed == 1)
}

/// Whether a password alone should not sign a person in: they have an authenticator, or Duo.
pub(crate) fn has_factor(
    transaction: &mut Transaction<'_>,
    person: PersonId,
) -> Result<bool, DatabaseError> {
    Ok(rows::is_enrolled(transaction, person.into())? || duo::has(transaction, person)?)
}

/// Takes away every authenticator and recovery code of a person, and Duo, and what was counted of
/// them.
pub(crate) fn remove_factors(
    transaction: &mut Transaction<'_>,
    person: PersonId,
) -> Result<(), DatabaseError> {
    rows::remove_all(transaction, person.into())?;
    duo::remove(transaction, person)?;
    devices::remove_all(transaction, person)
}

pub(crate) fn is_staff(
    transaction: &mut Transaction<'_>,
    person: PersonId,
) -> Result<bool, DatabaseError> {
    let sql = "SELECT role FROM people WHERE tenant = $1 AND id = $2 AND role = 'staff'";
    let rows = transaction.query(sql, &[person.into()])?;
    Ok(!rows.is_empty())
}

fn end_what_was_begun(
    transaction: &mut Transaction<'_>,
    person: PersonId,
) -> Result<(), DatabaseError> {
    for sql in [
        "DELETE FROM pending_logins WHERE tenant = $1 AND person = $2",
        "DELETE FROM pending_enrolments WHERE tenant = $1 AND person = $2",
        "DELETE FROM pending_recovery_codes WHERE tenant = $1 AND person = $2",
        "DELETE FROM password_resets WHERE tenant = $1 AND person = $2",
    ] {
        transaction.execute(sql, &[person.into()])?;
    }
    duo::end_what_was_begun(transaction, person)
}
