//! The task that puts copies together.

use std::time::Duration;

use upheld_consent::export::{BundleError, Cover, TableError};
use upheld_store::sql::{DatabaseError, Transaction};

use super::contents::{self, Contents};
use super::{KEPT_SECONDS, MAX_TRIES};
use crate::CLINIC;
use crate::audit::Actor;
use crate::clock::{Clock, Moment};
use crate::consents::ConsentsError;
use crate::events::{self, DataEvent, Event};
use crate::id::{Id, PersonId};
use crate::letters::LettersError;
use crate::people;
use crate::records::{Records, RecordsError};
use crate::requests::RequestsError;
use crate::sealed::{self, Table};

const INTERVAL: Duration = Duration::from_secs(1);
/// After this long without a word from whoever puts a copy together, somebody else begins anew.
const LEASE_SECONDS: i64 = 60;

/// Why a copy was not put together.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ContentsError {
    #[error(transparent)]
    Records(#[from] RecordsError),
    #[error(transparent)]
    Consents(#[from] ConsentsError),
    #[error(transparent)]
    Requests(#[from] RequestsError),
    #[error(transparent)]
    Letters(#[from] LettersError),
    #[error("a table of the bundle: {0}")]
    Table(#[from] TableError),
    #[error("a file of the bundle: {0}")]
    Bundle(#[from] BundleError),
    #[error("the archive: {0}")]
    Archive(#[from] std::io::Error),
}

impl From<DatabaseError> for ContentsError {
    fn from(error: DatabaseError) -> Self {
        Self::Records(error.into())
    }
}

/// A copy that this process puts together.
#[derive(Clone, Copy, Debug)]
struct Job {
    id: Id,
    person: PersonId,
    worker: Id,
}

/// Puts together what was asked for, for ever.
pub(crate) async fn work_now_and_then(records: Records, clock: Clock) {
    let mut interval = tokio::time::interval(INTERVAL);
    loop {
        interval.tick().await;
        loop {
            match claim(&records, clock.now()).await {
                Ok(None) => break,
                Ok(Some(job)) => work(&records, &clock, job).await,
                Err(error) => {
                    tracing::error!(%error, "it is not known whose data are to be copied");
                    break;
                }
            }
        }
    }
}

async fn work(records: &Records, clock: &Clock, job: Job) {
    match put_together(records, clock, job).await {
        Ok(true) => tracing::info!(person = %job.person, "a copy of data is ready"),
        Ok(false) => tracing::info!(person = %job.person, "a copy of data is no longer wanted"),
        // The lease runs out, and somebody tries again.
        Err(error) => tracing::error!(person = %job.person, %error, "no copy of data was made"),
    }
}

/// Takes the copy that was asked for first and is nobody's; two who ask at once get two.
async fn claim(records: &Records, now: Moment) -> Result<Option<Job>, RecordsError> {
    let worker = Id::generate()?;
    let claimed = records.database.transact(move |transaction| {
        let sql = "SELECT id, person FROM exports WHERE tenant = $1 AND bundle IS NULL
                       AND leased_until <= $2 AND tries < $3 AND expires_at > $2
                   ORDER BY asked_at, id LIMIT 1 FOR UPDATE SKIP LOCKED";
        let rows = transaction.query(sql, &[now.into(), MAX_TRIES.into()])?;
        let Some(row) = rows.first() else { return Ok(None) };
        let job = Job { id: Id::at(row, 0)?, person: PersonId::at(row, 1)?, worker };
        transaction.execute(
            "UPDATE exports SET worker = $3, leased_until = $4, tries = tries + 1, parts_done = 0
             WHERE tenant = $1 AND id = $2",
            &[job.id.into(), worker.into(), now.plus(LEASE_SECONDS).into()],
        )?;
        Ok::<_, DatabaseError>(Some(job))
    });
    Ok(claimed.await?)
}

/// `false` when the copy was given up or taken over in the meantime.
async fn put_together(records: &Records, clock: &Clock, job: Job) -> Result<bool, ContentsError> {
    let began = clock.now();
    let cover = Cover {
        controller: CLINIC.into(),
        request: job.id.to_string(),
        generated: began.to_string(),
        introduction: contents::introduction(),
        checkpoint: None,
    };
    let mut contents = Contents::new(cover);
    for (done, part) in contents::Part::ALL.into_iter().enumerate() {
        if !go_on(records, job, (done, clock.now())).await? {
            return Ok(false);
        }
        contents.add(records, job.person, part, began).await?;
    }
    let zip = tokio::task::spawn_blocking(move || contents.into_zip()).await;
    let zip = zip.map_err(std::io::Error::other)??;
    let (context, now) = (records.clone(), clock.now());
    let stored = records.database.transact(move |transaction| {
        // Before the copy's own row, as whoever takes it or closes the account does.
        if !people::hold(transaction, job.person)? {
            return Ok(false);
        }
        let [key, bundle] = sealed::seal(&context, (Table::Exports, job.id, job.person), &zip)?;
        let until = now.plus(KEPT_SECONDS);
        let stored = transaction.execute(
            "UPDATE exports SET key_id = $4, bundle = $5, ready_at = $6, expires_at = $7,
                                worker = NULL
             WHERE tenant = $1 AND id = $2 AND worker = $3 AND bundle IS NULL",
            &[job.id.into(), job.worker.into(), key, bundle, now.into(), until.into()],
        )?;
        if stored == 1 {
            let what = (job.person, Event::Data(DataEvent::CopyReady { until }));
            events::record(&context, transaction, what, Actor::Portal, now)?;
        }
        Ok::<_, RecordsError>(stored == 1)
    });
    Ok(stored.await?)
}

/// Notes how far it got, and keeps the lease; `false` when it is somebody else's by now.
async fn go_on(
    records: &Records,
    job: Job,
    (done, now): (usize, Moment),
) -> Result<bool, DatabaseError> {
    let done = i64::try_from(done).unwrap_or(i64::MAX);
    let noted = records.database.transact_relaxed(move |transaction: &mut Transaction<'_>| {
        transaction.execute(
            "UPDATE exports SET parts_done = $4, leased_until = $5
             WHERE tenant = $1 AND id = $2 AND worker = $3",
            &[job.id.into(), job.worker.into(), done.into(), now.plus(LEASE_SECONDS).into()],
        )
    });
    noted.await.map(|noted| noted == 1)
}
