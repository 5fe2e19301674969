//! Closing an account: at once for whoever would use it, and for good after some days, in which
//! its person may change their mind.
//!
//! Who has asked is signed out everywhere; signing in again leads to one page, with the button that
//! keeps the account. When it is due, one process takes the account over, so that from then on
//! nobody signs in and nobody changes their mind, and erases it. Who stops in the middle loses it
//! to the next after a minute; every step can be done twice. What is left at the end is an address,
//! until the letters to it are sent. While the clinic has the account disabled nothing is erased.

mod erase;

use upheld_store::sql::{Database, DatabaseError, Row, Transaction};

use crate::accounts;
use crate::browsers;
use crate::clock::Moment;
use crate::events::{self, DataEvent, Event};
use crate::exports;
use crate::id::PersonId;
use crate::people::{self, Role};
use crate::records::{Records, RecordsError};
use crate::sessions::Session;

pub(crate) use erase::work_now_and_then;

/// How many days a person has to change their mind, at most.
pub(crate) const MAX_DAYS: u8 = 60;

/// An account that is being closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Closing {
    /// Until when its person may change their mind.
    pub(crate) due: Moment,
    /// Whether a request that is not answered keeps it from being erased.
    pub(crate) is_held: bool,
}

/// What came of asking to close an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "who is refused is told so"]
pub(crate) enum Asked {
    Done,
    /// Nobody else could do what this person does for the clinic.
    LastOne,
}

/// Whether an account is being closed; `None` as well once it is erased.
pub(crate) async fn find(
    database: &Database,
    person: PersonId,
) -> Result<Option<Closing>, DatabaseError> {
    let sql = "SELECT due_at, is_held FROM closures
               WHERE tenant = $1 AND person = $2 AND erased_at IS NULL";
    let rows = database.query(sql, &[person.into()]).await?;
    let closing =
        |row: &Row| Ok(Closing { due: Moment::at(row, 0)?, is_held: row.integer(1)? == 1 });
    rows.first().map(closing).transpose()
}

/// Closes the account of `session`.
pub(crate) async fn ask(
    records: &Records,
    session: &Session,
    now: Moment,
) -> Result<Asked, RecordsError> {
    let (person, role) = (session.person(), session.role());
    let days = i64::from(records.settings.closing_days.min(MAX_DAYS));
    let due = now.plus(days.saturating_mul(24 * 60 * 60));
    let context = records.clone();
    let asked = records.database.transact(move |transaction| {
        if is_the_last(transaction, person, role)? {
            return Ok(Asked::LastOne);
        }
        if !people::hold(transaction, person)? {
            return Ok(Asked::Done);
        }
        let added = transaction.execute(
            "INSERT INTO closures (tenant, person, asked_at, due_at, is_held, leased_until)
             VALUES ($1, $2, $3, $4, 0, $4) ON CONFLICT (tenant, person) DO NOTHING",
            &[person.into(), now.into(), due.into()],
        )?;
        if added == 0 {
            return Ok(Asked::Done);
        }
        accounts::end_all(transaction, person)?;
        browsers::forget_all(transaction, person)?;
        exports::forget(transaction, person)?;
        let sql = "DELETE FROM factor_resets WHERE tenant = $1 AND (person = $2 OR asked_by = $2)";
        transaction.execute(sql, &[person.into()])?;
        let event = Event::Data(DataEvent::ClosureAsked { due });
        events::tell(&context, transaction, person, event, now)?;
        Ok::<_, RecordsError>(Asked::Done)
    });
    asked.await
}

/// Keeps the account; `false` when it is too late, or is not being closed.
pub(crate) async fn cancel(
    records: &Records,
    person: PersonId,
    now: Moment,
) -> Result<bool, RecordsError> {
    let context = records.clone();
    let cancelled = records.database.transact(move |transaction| {
        if !people::hold(transaction, person)? {
            return Ok(false);
        }
        let sql = "DELETE FROM closures
                   WHERE tenant = $1 AND person = $2 AND worker IS NULL AND erased_at IS NULL";
        let is_kept = transaction.execute(sql, &[person.into()])? == 1;
        if is_kept {
            let event = Event::Data(DataEvent::ClosureCancelled);
            events::tell(&context, transaction, person, event, now)?;
        }
        Ok::<_, RecordsError>(is_kept)
    });
    cancelled.await
}

/// Whether nobody else has this role at the clinic. Of two who close their accounts at once the
/// second sees that the first has.
fn is_the_last(
    transaction: &mut Transaction<'_>,
    person: PersonId,
    role: Role,
) -> Result<bool, DatabaseError> {
    if !matches!(role, Role::Staff | Role::PrivacyLead) {
        return Ok(false);
    }
    let sql = "SELECT id FROM people WHERE tenant = $1 AND role = 'staff' AND state = 'active'
               ORDER BY id FOR UPDATE";
    transaction.query(sql, &[])?;
    let sql = format!(
        "SELECT id FROM people LEFT JOIN closures
             ON closures.tenant = people.tenant AND closures.person = people.id
         WHERE people.tenant = $1 AND people.id <> $2 AND {} = $3 AND state = 'active'
             AND closures.person IS NULL LIMIT 1",
        Role::COLUMN
    );
    let others = transaction.query(&sql, &[person.into(), role.as_str().into()])?;
    Ok(others.is_empty())
}
