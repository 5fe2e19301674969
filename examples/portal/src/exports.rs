//! Copies of what is held about a person, as one file for them to take away.
//!
//! Asking writes a row. A task puts the copy together, in whatever process is first, and seals it
//! into that row; who stops in the middle loses the row to the next after a minute. It is handed
//! out once, to its person alone, and is deleted then or after seven days.

mod contents;
mod work;

use upheld_store::sql::{DatabaseError, Transaction};
use zeroize::Zeroizing;

pub(crate) use contents::PARTS;
pub(crate) use work::{ContentsError, work_now_and_then};

use crate::audit::{self, Actor, Entry};
use crate::clock::Moment;
use crate::events::{self, DataEvent, Event};
use crate::id::{Id, PersonId};
use crate::mail;
use crate::people;
use crate::records::{Records, RecordsError};
use crate::sealed::{self, Table};

/// How long a copy lies ready.
const KEPT_SECONDS: i64 = 7 * 24 * 60 * 60;
/// How often a copy is tried to be put together: what fails so often fails by a fault of ours.
const MAX_TRIES: i64 = 5;
/// How many copies a person gets in a day: more are no use to them.
const MAX_A_DAY: usize = 5;
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Where the copy of a person stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Export {
    /// Being put together.
    Waiting { parts_done: u8 },
    /// Waiting to be taken.
    Ready { until: Moment },
    /// Given up.
    Failed,
}

/// What came of asking for a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "who is refused is told so"]
pub(crate) enum Asked {
    Done,
    /// There is one already.
    Already,
    /// The person had as many as a day has.
    TooMany,
}

/// Looks for the copy of a person.
pub(crate) async fn find(
    records: &Records,
    person: PersonId,
    now: Moment,
) -> Result<Option<Export>, DatabaseError> {
    let sql = "SELECT ready_at, expires_at, tries, leased_until, parts_done FROM exports
               WHERE tenant = $1 AND person = $2 AND expires_at > $3";
    let rows = records.database.query(sql, &[person.into(), now.into()]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    if Moment::at_optional(row, 0)?.is_some() {
        return Ok(Some(Export::Ready { until: Moment::at(row, 1)? }));
    }
    if row.integer(2)? >= MAX_TRIES && Moment::at(row, 3)? <= now {
        return Ok(Some(Export::Failed));
    }
    let parts_done = u8::try_from(row.integer(4)?).unwrap_or(PARTS).min(PARTS);
    Ok(Some(Export::Waiting { parts_done }))
}

/// Asks for a copy.
pub(crate) async fn ask(
    records: &Records,
    person: PersonId,
    now: Moment,
) -> Result<Asked, RecordsError> {
    let id = Id::generate()?;
    let asked = records.database.transact(move |transaction| {
        if !people::hold(transaction, person)? {
            return Ok(Asked::Already);
        }
        let kind = DataEvent::CopyReady { until: now }.kind();
        let earlier = mail::count_in_outbox(transaction, person, kind, now.minus(DAY_SECONDS))?;
        if earlier >= MAX_A_DAY {
            return Ok(Asked::TooMany);
        }
        let given_up = "DELETE FROM exports WHERE tenant = $1 AND person = $2 AND bundle IS NULL
                            AND tries >= $3 AND leased_until <= $4";
        transaction.execute(given_up, &[person.into(), MAX_TRIES.into(), now.into()])?;
        let added = transaction.execute(
            "INSERT INTO exports (tenant, person, id, asked_at, parts_done, tries, leased_until,
                                  expires_at)
             VALUES ($1, $2, $3, $4, 0, 0, $4, $5) ON CONFLICT (tenant, person) DO NOTHING",
            &[person.into(), id.into(), now.into(), now.plus(KEPT_SECONDS).into()],
        )?;
        if added == 0 {
            return Ok(Asked::Already);
        }
        let (actor, subject) = (Actor::Person(person.to_bits()), Some(person.to_bits()));
        let action = "copy of data asked for";
        audit::append(transaction, &Entry { at: now.into(), actor, action, subject })?;
        Ok::<_, RecordsError>(Asked::Done)
    });
    asked.await
}

/// Hands the copy out, which is gone with that; `None` when there is none.
pub(crate) async fn take(
    records: &Records,
    person: PersonId,
    now: Moment,
) -> Result<Option<Zeroizing<Vec<u8>>>, RecordsError> {
    let context = records.clone();
    let taken = records.database.transact(move |transaction| {
        if !people::hold(transaction, person)? {
            return Ok(None);
        }
        let sql = "SELECT id, key_id, bundle FROM exports WHERE tenant = $1 AND person = $2
                       AND bundle IS NOT NULL AND expires_at > $3";
        let rows = transaction.query(sql, &[person.into(), now.into()])?;
        let Some(row) = rows.first() else { return Ok(None) };
        let place = (Table::Exports, Id::at(row, 0)?, person);
        let bundle = sealed::open(&context, place, &sealed::read(row, 1)?)?;
        forget(transaction, person)?;
        let event = Event::Data(DataEvent::CopyTaken);
        events::tell(&context, transaction, person, event, now)?;
        Ok::<_, RecordsError>(Some(bundle))
    });
    taken.await
}

/// Deletes the copy of a person, ready or not.
pub(crate) fn forget(
    transaction: &mut Transaction<'_>,
    person: PersonId,
) -> Result<(), DatabaseError> {
    let sql = "DELETE FROM exports WHERE tenant = $1 AND person = $2";
    transaction.execute(sql, &[person.into()])?;
    Ok(())
}

/// Deletes the copies that nobody has taken in time.
pub(crate) fn purge(transaction: &mut Transaction<'_>, now: Moment) -> Result<(), DatabaseError> {
    let sql = "DELETE FROM exports WHERE tenant = $1 AND expires_at <= $2";
    transaction.execute(sql, &[now.into()])?;
    Ok(())
}
