//! Proving to be there once more, before what protects the account is changed.
//!
//! Whoever has a second factor shows one; whoever has none shows the password. The session goes
//! on under a new token and counts as fresh for ten minutes.

use crate::attempts;
use crate::clock::{Clock, Moment};
use crate::duo::Admitted;
use crate::password::Passwords;
use crate::people;
use crate::records::{Records, RecordsError};
use crate::second_factor::{self, Proof, Shown};
use crate::sessions::{self, Session};
use crate::sign_in::{self, Attempt, SignInError};
use crate::token::Token;
use crate::warrant::{Grounds, Warrant};

/// Uses up a second factor of the person of `session`; `None` when it is not accepted.
pub(crate) async fn with_second_factor(
    records: &Records,
    session: &Session,
    shown: &Shown,
    now: Moment,
) -> Result<Option<Token>, RecordsError> {
    match second_factor::judge(records, session.person(), shown, now).await? {
        Some(accepted) => go_on(records, session, Proof::Accepted(accepted), now).await,
        None => Ok(None),
    }
}

/// Goes on with what Duo decided; `None` when nothing was shown to it just now that counts.
pub(crate) async fn with_duo(
    records: &Records,
    session: &Session,
    admitted: Admitted,
    now: Moment,
) -> Result<Option<Token>, RecordsError> {
    if admitted.person() != session.person() {
        return Ok(None);
    }
    go_on(records, session, Proof::Admitted(admitted), now).await
}

/// Shows the password of the person of `session`, who has nothing else; `None` when it is not
/// right, or there is something else by now.
pub(crate) async fn with_password(
    records: &Records,
    passwords: &Passwords,
    clock: &Clock,
    (session, attempt): (&Session, Attempt),
) -> Result<Option<Token>, SignInError> {
    let Some(shown) = sign_in::prove(records, passwords, clock, attempt).await? else {
        return Ok(None);
    };
    let (person, id) = (session.person(), session.id());
    if shown.proven.person() != person {
        return Ok(None);
    }
    let token = Token::generate()?;
    let (hash, now) = (token.to_hash(), clock.now());
    let renewed = records.database.transact(move |transaction| {
        attempts::forgive(transaction, &shown.subjects)?;
        if !people::hold(transaction, person)? {
            return Ok(false);
        }
        let warrant = Warrant::of_password(transaction, &shown.proven)?;
        let Some(warrant) = warrant else { return Ok(false) };
        Ok::<_, RecordsError>(sessions::renew(transaction, id, hash, warrant, now)?)
    });
    Ok(renewed.await?.then_some(token))
}

async fn go_on(
    records: &Records,
    session: &Session,
    proof: Proof,
    now: Moment,
) -> Result<Option<Token>, RecordsError> {
    let token = Token::generate()?;
    let (hash, id, person) = (token.to_hash(), session.id(), session.person());
    let context = records.clone();
    let renewed = records.database.transact(move |transaction| {
        if !people::hold(transaction, person)? {
            return Ok(false);
        }
        let Some(warrant) = proof.to_warrant(transaction)? else { return Ok(false) };
        if warrant.grounds() != Grounds::SecondFactor {
            return Ok(false);
        }
        proof.note_use(&context, transaction, now)?;
        Ok::<_, RecordsError>(sessions::renew(transaction, id, hash, warrant, now)?)
    });
    Ok(renewed.await?.then_some(token))
}
