//! Taking an authenticator away. With the last one go the recovery codes: what is left is the
//! password, and the person is told so.

use upheld_second_factor::Removed;
use upheld_store::second_factor::rows;

use crate::accounts;
use crate::clock::Moment;
use crate::devices;
use crate::events::{self, Event};
use crate::id::Id;
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
        if !rows::is_enrolled(transaction, person.into())? {
            accounts::remove_factors(transaction, person)?;
            sessions::lower(transaction, session)?;
        }
        Ok::<_, RecordsError>(true)
    });
    removed.await
}
