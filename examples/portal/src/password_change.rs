//! A new password for somebody who knows the old one.

use crate::accounts;
use crate::attempts;
use crate::clock::Clock;
use crate::events::{self, Event};
use crate::new_password::NewPassword;
use crate::password::Passwords;
use crate::people;
use crate::records::{Records, RecordsError};
use crate::sessions::Session;
use crate::sign_in::{self, Attempt, SignInError};

/// Stores the new password and signs the person out everywhere else; `false` when the old one is
/// not right.
pub(crate) async fn change(
    records: &Records,
    passwords: &Passwords,
    clock: &Clock,
    session: &Session,
    (old, new): (Attempt, NewPassword),
) -> Result<bool, SignInError> {
    let Some(shown) = sign_in::prove(records, passwords, clock, old).await? else {
        return Ok(false);
    };
    let (person, session) = (session.person(), session.id());
    if shown.proven.person() != person {
        return Ok(false);
    }
    let credential = passwords.hash(new.into_text()).await?;
    let (context, now) = (records.clone(), clock.now());
    let changed = records.database.transact(move |transaction| {
        attempts::forgive(transaction, &shown.subjects)?;
        if !people::hold(transaction, person)? {
            return Ok(false);
        }
        people::set_credential(transaction, person, &credential)?;
        accounts::end_all_but(transaction, person, session)?;
        events::tell(&context, transaction, person, Event::PasswordChanged, now)?;
        Ok::<_, RecordsError>(true)
    });
    Ok(changed.await?)
}
