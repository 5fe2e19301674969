//! Taking an authenticator away, or Duo. With the last one go the recovery codes: what is left is the
//! password, and the person is told so.

use upheld_second_factor::Removed;
use upheld_store::second_factor::rows;
use upheld_store::sql::{DatabaseError, Transaction};

use crate::accounts;
use crate::clock::Moment;
use crate::devices;
use crate::duo;
use crate::events::{self, Event};
use crate::id::{Id, PersonId};
use crate::people;
use crate::records::{Records, RecordsError};
use crate::sessions::{self, Session};

/// Removes one authenticator of the person of `session`; `false` when there is none such.
pub(crate) async fn remove(
    records: &Records,
    session: &Session,
    id: Id,
    now: Moment,
) -> Result<bool, RecordsError> {
    let (person, session) = (session.person(), session.id());
    let context = records.clone();
    let removed = records.database.transact(move |transaction| {
        if !people::hold(transaction, person)? {
            return Ok(false);
        }
        let Some(name) = devices::remove(transaction, person, id)? else { return Ok(false) };
        if rows::remove(transaction, person.into(), id.into())? == Removed::Unknown {
            tracing::error!(%person, device = %id, "a device had a name and made no codes");
        }
        events::tell(&context, transaction, person, Event::DeviceRemoved { name: &name }, now)?;
        accounts::end_all_but(transaction, person, session)?;
        lower_if_nothing_is_left(transaction, person, session)?;
        Ok::<_, RecordsError>(true)
    });
    removed.await
}

/// Takes Duo away from the person of `session`; `false` when they have not added it.
pub(crate) async fn remove_duo(
    records: &Records,
    session: &Session,
    now: Moment,
) -> Result<bool, RecordsError> {
    let (person, session) = (session.person(), session.id());
    let context = records.clone();
    let removed = records.database.transact(move |transaction| {
        if !people::hold(transaction, person)? || !duo::remove(transaction, person)? {
            return Ok(false);
        }
        events::tell(&context, transaction, person, Event::DuoRemoved, now)?;
        accounts::end_all_but(transaction, person, session)?;
        lower_if_nothing_is_left(transaction, person, session)?;
        Ok::<_, RecordsError>(true)
    });
    removed.await
}

fn lower_if_nothing_is_left(
    transaction: &mut Transaction<'_>,
    person: PersonId,
    session: Id,
) -> Result<(), DatabaseError> {
    if !accounts::has_factor(transaction, person)? {
        accounts::remove_factors(transaction, person)?;
        sessions::lower(transaction, session)?;
    }
    Ok(())
}
