//! What staff do for others: see who is locked out, unlock, disable, and take away a second
//! factor that was lost, which needs two of them.

use upheld_second_factor::{Budget, Registry};
use upheld_store::second_factor::rows;
use upheld_store::sql::{DatabaseError, Row};

use crate::accounts;
use crate::audit::{self, Actor, Entry};
use crate::clock::Moment;
use crate::closures::{self, Closing};
use crate::devices;
use crate::duo;
use crate::events::{self, Event};
use crate::id::{Id, PersonId};
use crate::limits::Lock;
use crate::people::{self, Role, State};
use crate::records::{Records, RecordsError};
use crate::sessions::Session;

const RESET_SECONDS: i64 = 24 * 60 * 60;
/// How many people a page lists.
const PAGE: i64 = 50;

/// A person as staff see them in the list.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) id: PersonId,
    pub(crate) email: String,
    pub(crate) display_name: String,
    pub(crate) role: Role,
    pub(crate) state: State,
    pub(crate) lock: Lock,
}

/// A person as staff see them on their page.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) person: Listed,
    pub(crate) devices: Vec<devices::Device>,
    pub(crate) duo: Option<duo::Account>,
    pub(crate) recovery_codes: u8,
    pub(crate) failures: u32,
    pub(crate) reset: Option<Reset>,
    pub(crate) closing: Option<Closing>,
}

/// A request to take away a second factor.
#[derive(Debug)]
pub(crate) struct Reset {
    pub(crate) id: Id,
    pub(crate) asked_by: PersonId,
    pub(crate) asked_by_name: String,
    pub(crate) until: Moment,
}

/// What came of something that staff asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Answer {
    Done,
    /// There is no such person or request, or it is not theirs to decide.
    Impossible,
}

impl Answer {
    const fn of(is_done: bool) -> Self {
        if is_done { Self::Done } else { Self::Impossible }
    }
}

/// People whose address begins with `start`, in the order of their addresses.
pub(crate) async fn list(
    records: &Records,
    start: &str,
    now: Moment,
) -> Result<Vec<Listed>, RecordsError> {
    // The highest text that begins so: no wildcards, whatever was typed.
    let end = format!("{start}\u{10ffff}");
    let sql = format!(
        "SELECT id, email, display_name, {}, state FROM people
         WHERE tenant = $1 AND email >= $2 AND email <= $3 ORDER BY email LIMIT $4",
        Role::COLUMN
    );
    let rows = records.database.query(&sql, &[start.into(), end.into(), PAGE.into()]).await?;
    let mut people = Vec::new();
    for row in &rows {
        people.push(listed(records, row, now).await?);
    }
    Ok(people)
}

/// Everything staff may know about how a person signs in.
pub(crate) async fn find(
    records: &Records,
    person: PersonId,
    now: Moment,
) -> Result<Option<Record>, RecordsError> {
    let sql = format!(
        "SELECT id, email, display_name, {}, state FROM people WHERE tenant = $1 AND id = $2",
        Role::COLUMN
    );
    let rows = records.database.query(&sql, &[person.into()]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let store = records.guard.store();
    Ok(Some(Record {
        person: listed(records, row, now).await?,
        devices: devices::list(records, person).await?,
        duo: duo::find(&records.database, person, now).await?,
        recovery_codes: store.unused_recovery_codes(person.into()).await?,
        failures: store.failures(person.into(), Budget::Code).await?.count,
        reset: find_reset(records, person, now).await?,
        closing: closures::find(&records.database, person).await?,
    }))
}

/// Lets codes of a person be tried again.
pub(crate) async fn unlock(
    records: &Records,
    session: &Session,
    person: PersonId,
    now: Moment,
) -> Result<Answer, RecordsError> {
    if person == session.person() {
        return Ok(Answer::Impossible);
    }
    let (context, actor) = (records.clone(), actor(session));
    let unlocked = records.database.transact(move |transaction| {
        if !people::hold(transaction, person)? {
            return Ok(false);
        }
        for budget in Budget::ALL {
            rows::unlock(transaction, person.into(), budget)?;
        }
        events::record(&context, transaction, (person, Event::FactorUnlocked), actor, now)?;
        Ok::<_, RecordsError>(true)
    });
    unlocked.await.map(Answer::of)
}

/// Lets a person sign in again, or no more.
pub(crate) async fn set_state(
    records: &Records,
    session: &Session,
    (person, state): (PersonId, State),
    now: Moment,
) -> Result<Answer, RecordsError> {
    if person == session.person() {
        return Ok(Answer::Impossible);
    }
    let (context, actor) = (records.clone(), actor(session));
    let event = if state == State::Active { Event::AccountEnabled } else { Event::AccountDisabled };
    let changed = records.database.transact(move |transaction| {
        let changed = accounts::set_state(transaction, person, state)?;
        if changed {
            events::record(&context, transaction, (person, event), actor, now)?;
        }
        Ok::<_, RecordsError>(changed)
    });
    changed.await.map(Answer::of)
}

/// Asks for the second factor of a person to be taken away, which another member of staff has to
/// confirm within a day. Never one's own.
pub(crate) async fn ask_reset(
    records: &Records,
    session: &Session,
    person: PersonId,
    now: Moment,
) -> Result<Answer, RecordsError> {
    let (first, name) = (session.person(), session.display_name().to_owned());
    if person == first {
        return Ok(Answer::Impossible);
    }
    let (id, until) = (Id::generate()?, now.plus(RESET_SECONDS));
    let (context, actor) = (records.clone(), actor(session));
    let asked = records.database.transact(move |transaction| {
        if !people::hold(transaction, person)? || !accounts::has_factor(transaction, person)? {
            return Ok(false);
        }
        let sql =
            "DELETE FROM factor_resets WHERE tenant = $1 AND person = $2 AND expires_at <= $3";
        transaction.execute(sql, &[person.into(), now.into()])?;
        let asked = transaction.execute(
            "INSERT INTO factor_resets (tenant, person, id, asked_by, asked_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant, person) DO NOTHING",
            &[person.into(), id.into(), first.into(), now.into(), until.into()],
        )?;
        if asked == 1 {
            let event = Event::FactorResetAsked { by: &name, until };
            events::record(&context, transaction, (person, event), actor, now)?;
        }
        Ok::<_, RecordsError>(asked == 1)
    });
    asked.await.map(Answer::of)
}

/// Takes away the second factor of a person, as another member of staff has asked. Neither of
/// the two may be the person.
pub(crate) async fn confirm_reset(
    records: &Records,
    session: &Session,
    (person, reset): (PersonId, Id),
    now: Moment,
) -> Result<Answer, RecordsError> {
    let second = session.person();
    if person == second {
        return Ok(Answer::Impossible);
    }
    let (context, actor) = (records.clone(), actor(session));
    let confirmed = records.database.transact(move |transaction| {
        if !people::hold(transaction, person)? {
            return Ok(false);
        }
        let taken = transaction.execute(
            "DELETE FROM factor_resets
             WHERE tenant = $1 AND person = $2 AND id = $3 AND asked_by <> $4 AND expires_at > $5
                   AND EXISTS (SELECT role FROM people AS asker
                               WHERE asker.tenant = $1 AND asker.id = asked_by
                                     AND asker.role = 'staff'
                                     AND coalesce(asker.duty, '') <> 'auditor' AND asker.state = 'active')",
            &[person.into(), reset.into(), second.into(), now.into()],
        )?;
        if taken != 1 {
            return Ok(false);
        }
        accounts::remove_factors(transaction, person)?;
        accounts::end_all(transaction, person)?;
        events::record(&context, transaction, (person, Event::FactorReset), actor, now)?;
        Ok::<_, RecordsError>(true)
    });
    confirmed.await.map(Answer::of)
}

/// Withdraws such a request. Any member of staff may, and so may nobody else.
pub(crate) async fn withdraw_reset(
    records: &Records,
    session: &Session,
    (person, reset): (PersonId, Id),
    now: Moment,
) -> Result<Answer, DatabaseError> {
    let actor = actor(session);
    let withdrawn = records.database.transact(move |transaction| {
        let withdrawn = transaction.execute(
            "DELETE FROM factor_resets WHERE tenant = $1 AND person = $2 AND id = $3",
            &[person.into(), reset.into()],
        )?;
        if withdrawn == 1 {
            let action = "second factor reset withdrawn";
            let subject = Some(person.to_bits());
            audit::append(transaction, &Entry { at: now.into(), actor, action, subject })?;
        }
        Ok::<_, DatabaseError>(withdrawn == 1)
    });
    Ok(Answer::of(withdrawn.await?))
}

const fn actor(session: &Session) -> Actor {
    Actor::Person(session.person().to_bits())
}

async fn find_reset(
    records: &Records,
    person: PersonId,
    now: Moment,
) -> Result<Option<Reset>, DatabaseError> {
    let rows = records
        .database
        .query(
            "SELECT factor_resets.id, asked_by, display_name, expires_at
         FROM factor_resets
         JOIN people ON people.tenant = factor_resets.tenant AND people.id = asked_by
         WHERE factor_resets.tenant = $1 AND person = $2 AND expires_at > $3",
            &[person.into(), now.into()],
        )
        .await?;
    let reset = |row: &Row| {
        Ok(Reset {
            id: Id::at(row, 0)?,
            asked_by: PersonId::at(row, 1)?,
            asked_by_name: row.text(2)?.to_owned(),
            until: Moment::at(row, 3)?,
        })
    };
    rows.first().map(reset).transpose()
}

async fn listed(records: &Records, row: &Row, now: Moment) -> Result<Listed, RecordsError> {
    let id = PersonId::at(row, 0)?;
    let failures = records.guard.store().failures(id.into(), Budget::Code).await?;
    let lock = Lock::of(records, (Budget::Code, failures), now);
    Ok(Listed {
        id,
        email: row.text(1)?.to_owned(),
        display_name: row.text(2)?.to_owned(),
        role: Role::at(row, 3)?,
        state: State::at(row, 4)?,
        lock,
    })
}
