//! The task that erases accounts that are due.

use std::time::Duration;

use upheld_store::record::{Erasure, PersonId as Whose, RecordError};
use upheld_store::sql::{DatabaseError, Row, Transaction};

use crate::accounts;
use crate::audit::{self, Actor, Entry};
use crate::clock::{Clock, Moment};
use crate::events::{self, DataEvent, Event};
use crate::id::{Id, PersonId};
use crate::people::State;
use crate::records::{Records, RecordsError};

const INTERVAL: Duration = Duration::from_secs(1);
/// How many accounts are looked at between two looks at the clock.
const BATCH: i64 = 20;
/// After this long without a word from whoever erases, somebody else goes on.
const LEASE_SECONDS: i64 = 60;
/// How long an erasure is left alone that a request or a complaint holds, or that failed.
const HELD_SECONDS: i64 = 10 * 60;
/// How long an address is kept for a letter that cannot be sent.
const LAST_LETTER_SECONDS: i64 = 3 * 24 * 60 * 60;

/// Who acts, in the log. It names nobody.
const ACTOR: &str = "self-service";

/// Why an account was not erased. It is tried again.
#[derive(Debug, thiserror::Error)]
enum EraseError {
    #[error(transparent)]
    Records(#[from] RecordsError),
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl From<DatabaseError> for EraseError {
    fn from(error: DatabaseError) -> Self {
        Self::Records(error.into())
    }
}

/// What became of an account that was due.
#[derive(Clone, Copy, Debug)]
enum Outcome {
    Erased,
    /// Its person is owed an answer.
    Held,
    /// Somebody else erases it, or its person has kept it.
    NotOurs,
}

/// An account that this process erases.
#[derive(Clone, Copy, Debug)]
struct Job {
    person: PersonId,
    worker: Id,
}

/// Erases what is due, for ever.
pub(crate) async fn work_now_and_then(records: Records, clock: Clock) {
    let mut interval = tokio::time::interval(INTERVAL);
    loop {
        interval.tick().await;
        if let Err(error) = erase_due(&records, &clock).await {
            tracing::error!(%error, "it is not known which accounts are to be erased");
        }
    }
}

async fn erase_due(records: &Records, clock: &Clock) -> Result<(), DatabaseError> {
    let now = clock.now();
    // What the clinic has disabled waits until it is enabled: the reason may be that somebody else
    // closes the account.
    let sql = "SELECT closures.person FROM closures
               JOIN people ON people.tenant = closures.tenant AND people.id = closures.person
               WHERE closures.tenant = $1 AND due_at <= $2 AND leased_until <= $2
                   AND erased_at IS NULL AND people.state <> 'disabled'
               ORDER BY due_at LIMIT $3";
    let due = records.database.query(sql, &[now.into(), BATCH.into()]).await?;
    let due: Result<Vec<_>, _> = due.iter().map(|row: &Row| PersonId::at(row, 0)).collect();
    for person in due? {
        match erase(records, clock, person).await {
            Ok(outcome) => tracing::info!(%person, ?outcome, "an account was due to be erased"),
            Err(error) => {
                tracing::error!(%person, %error, "an account was not erased");
                set_aside(records, person, clock.now()).await?;
            }
        }
    }
    forget_the_told(records, now).await
}

/// Lets what failed stand in nobody's way.
async fn set_aside(records: &Records, person: PersonId, now: Moment) -> Result<(), DatabaseError> {
    let until = now.plus(HELD_SECONDS);
    let set_aside = records.database.transact(move |transaction| {
        let sql = "UPDATE closures SET leased_until = $3
                   WHERE tenant = $1 AND person = $2 AND erased_at IS NULL AND leased_until < $3";
        transaction.execute(sql, &[person.into(), until.into()])
    });
    set_aside.await.map(drop)
}

async fn erase(records: &Records, clock: &Clock, person: PersonId) -> Result<Outcome, EraseError> {
    let (kept, whose) = (records.requests.records(), Whose(person.to_bits()));
    // Asked before it is taken over: that signs its person out, who may keep it while it waits.
    if !kept.held_by(whose).await?.is_empty() {
        hold_back(records, person, None, clock.now()).await?;
        return Ok(Outcome::Held);
    }
    let Some(job) = claim(records, person, clock.now()).await? else {
        return Ok(Outcome::NotOurs);
    };
    //= DPA 2018, section 173: what a person has asked for is not erased before they are answered
    match kept.erase_person(whose, &[], clock.now().to_millis(), ACTOR).await? {
        Erasure::Held { .. } => {
            hold_back(records, person, Some(job.worker), clock.now()).await?;
            Ok(Outcome::Held)
        }
        Erasure::Erased { records: erased, payloads } => {
            finish(records, job, (erased, payloads), clock.now()).await
        }
    }
}

/// Takes an account over: nobody signs in to it any more, and nobody keeps it. One that is disabled
/// is not taken over, so that one that is closed and not erased was active before.
async fn claim(
    records: &Records,
    person: PersonId,
    now: Moment,
) -> Result<Option<Job>, RecordsError> {
    let worker = Id::generate()?;
    let claimed = records.database.transact(move |transaction| {
        let state = hold(transaction, person)?;
        if state.is_none_or(|state| state == State::Disabled) {
            return Ok(None);
        }
        let claimed = transaction.execute(
            "UPDATE closures SET worker = $3, leased_until = $5
             WHERE tenant = $1 AND person = $2 AND erased_at IS NULL AND due_at <= $4
                 AND leased_until <= $4",
            &[person.into(), worker.into(), now.into(), now.plus(LEASE_SECONDS).into()],
        )?;
        if claimed != 1 {
            return Ok(None);
        }
        set_state(transaction, person, State::Closed)?;
        accounts::end_all(transaction, person)?;
        Ok::<_, DatabaseError>(Some(Job { person, worker }))
    });
    Ok(claimed.await?)
}

/// Lets it wait for an answer that is owed; its person may keep the account meanwhile, also when it
/// was taken over by `worker` or by a process that stopped.
async fn hold_back(
    records: &Records,
    person: PersonId,
    worker: Option<Id>,
    now: Moment,
) -> Result<(), RecordsError> {
    let context = records.clone();
    let held = records.database.transact(move |transaction| {
        let Some(state) = hold(transaction, person)? else { return Ok(()) };
        let seen = "SELECT is_held FROM closures WHERE tenant = $1 AND person = $2";
        let seen = transaction.query(seen, &[person.into()])?;
        let is_new = seen.first().map(|row| row.integer(0)).transpose()? == Some(0);
        let worker = worker.map(|worker| worker.to_bits().to_be_bytes().to_vec());
        let held = transaction.execute(
            "UPDATE closures SET is_held = 1, worker = NULL, leased_until = $4
             WHERE tenant = $1 AND person = $2 AND erased_at IS NULL
                 AND (worker IS NULL OR worker = $3 OR leased_until <= $5)",
            &[person.into(), worker.into(), now.plus(HELD_SECONDS).into(), now.into()],
        )?;
        if held != 1 {
            return Ok(());
        }
        if state == State::Closed {
            set_state(transaction, person, State::Active)?;
        }
        if is_new {
            let what = (person, Event::Data(DataEvent::ClosureHeld));
            events::record(&context, transaction, what, Actor::Portal, now)?;
        }
        Ok::<_, RecordsError>(())
    });
    held.await
}

/// Deletes what is left, writes down what was done, and tells the person.
async fn finish(
    records: &Records,
    job: Job,
    (erased, payloads): (u64, u64),
    now: Moment,
) -> Result<Outcome, EraseError> {
    let (context, person) = (records.clone(), job.person);
    let finished = records.database.transact(move |transaction| {
        let Some(_) = hold(transaction, person)? else { return Ok(false) };
        let finished = transaction.execute(
            "UPDATE closures SET erased_at = $4, worker = NULL
             WHERE tenant = $1 AND person = $2 AND worker = $3 AND erased_at IS NULL",
            &[person.into(), job.worker.into(), now.into()],
        )?;
        if finished != 1 {
            return Ok(false);
        }
        let is_staff = accounts::is_staff(transaction, person)?;
        accounts::end_all(transaction, person)?;
        accounts::remove_factors(transaction, person)?;
        for sql in [
            "DELETE FROM browsers WHERE tenant = $1 AND person = $2",
            "DELETE FROM exports WHERE tenant = $1 AND person = $2",
            "DELETE FROM request_words WHERE tenant = $1 AND person = $2",
            "DELETE FROM intakes WHERE tenant = $1 AND person = $2",
            // What is not sent yet stays: it may be the answer that the erasure has waited for.
            "DELETE FROM outbox WHERE tenant = $1 AND person = $2 AND next_try IS NULL",
            "UPDATE people SET display_name = '', password_hash = '', name_changed_at = NULL
             WHERE tenant = $1 AND id = $2",
        ] {
            transaction.execute(sql, &[person.into()])?;
        }
        upheld_store::request::take_from(transaction, person.to_bits())?;
        let action = format!("erased: {erased} records with {payloads} payloads, and the account");
        let subject = Some(person.to_bits());
        let entry = Entry { at: now.into(), actor: Actor::Portal, action: &action, subject };
        audit::append(transaction, &entry)?;
        let has_duo = context.duo.is_some();
        let what = (person, Event::Data(DataEvent::Erased { has_duo, is_staff }));
        events::record(&context, transaction, what, Actor::Portal, now)?;
        Ok::<_, RecordsError>(true)
    });
    Ok(if finished.await? { Outcome::Erased } else { Outcome::NotOurs })
}

/// Deletes the address of whoever has been sent the last letter.
async fn forget_the_told(records: &Records, now: Moment) -> Result<(), DatabaseError> {
    let told = "FROM closures WHERE closures.tenant = $1 AND closures.erased_at IS NOT NULL
                    AND (closures.erased_at <= $2 OR NOT EXISTS (SELECT outbox.id FROM outbox
                         WHERE outbox.tenant = $1 AND outbox.person = closures.person
                             AND outbox.next_try IS NOT NULL))";
    let since = now.minus(LAST_LETTER_SECONDS);
    // Asked first, because asking costs no write.
    let sql = format!("SELECT closures.person {told} LIMIT 1");
    if records.database.query(&sql, &[since.into()]).await?.is_empty() {
        return Ok(());
    }
    let sql =
        format!("DELETE FROM people WHERE tenant = $1 AND id IN (SELECT closures.person {told})");
    let forgotten =
        records.database.transact(move |transaction| transaction.execute(&sql, &[since.into()]));
    forgotten.await.map(drop)
}

/// Keeps the row of a person for this transaction, whether they may sign in or not.
fn hold(
    transaction: &mut Transaction<'_>,
    person: PersonId,
) -> Result<Option<State>, DatabaseError> {
    let sql = "SELECT state FROM people WHERE tenant = $1 AND id = $2 FOR UPDATE";
    let held = transaction.query(sql, &[person.into()])?;
    held.first().map(|row| State::at(row, 0)).transpose()
}

fn set_state(
    transaction: &mut Transaction<'_>,
    person: PersonId,
    state: State,
) -> Result<(), DatabaseError> {
    let sql = "UPDATE people SET state = $3 WHERE tenant = $1 AND id = $2";
    transaction.execute(sql, &[person.into(), state.as_str().into()])?;
    Ok(())
}
