//! Requests of people about their data: records, and the queue that a desk works through.
//!
//! A request is a [`record`](crate::record). Beside it lies what a desk lists: kind, state, who
//! handles it, the day it came and the day its clock runs from. Both are written in one transaction.
//! A due date is never among them; it is derived from the facts whenever a page is shown, and a
//! queue in the order of the day that clocks run from is close to the order of due dates.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! # let folder = tempfile::tempdir()?;
//! # let file = folder.path().join("clinic.db");
//! # use upheld_store::Tenant;
//! # use upheld_store::keys::{KeyRing, SharedKeys};
//! # use upheld_store::ledger::Ledger;
//! # use upheld_store::sql::{Database, Settings};
//! use upheld_consent::request::{
//!     Ask, Channel, Command, Context, ControllerStatus, Identity, Name, Receipt, Requester, Text,
//!     decide,
//! };
//! use upheld_consent::{Calendar, Date, Division};
//! use upheld_ledger::UnixMillis;
//! use upheld_store::record::{PersonId, RecordId, Records, Written};
//! use upheld_store::request::{Filter, Requests};
//!
//! # let database = Database::open(&Settings::sqlite(file), Tenant::new("northside")?).await?;
//! # Ledger::migrate(&database).await?;
//! # let keys = SharedKeys::new(KeyRing::generate(&mut rand::rngs::SysRng)?);
//! let requests = Requests::new(Records::new(database, keys));
//! let (request, person) = (RecordId(7), PersonId(42)); // draw the first
//! let now = UnixMillis::new(1_780_000_000_000).ok_or("out of range")?;
//!
//! let (by, calendar) = (Name::new("front desk")?, Calendar::of(Division::EnglandAndWales));
//! let today = Date::parse("2026-06-01")?;
//! let controller = ControllerStatus::HealthProfessional;
//! let context = Context { at: today, today, by: &by, calendar: &calendar, controller };
//! let receipt = Receipt {
//!     ask: Ask::Access,
//!     channel: Channel::Email,
//!     requester: Requester::Subject,
//!     identity: Identity::Unproven,
//! };
//! let events = decide(None, Command::Receive(receipt), &context)?;
//! let written = requests.keep(request, person, (&events, 0), (now, "desk")).await?;
//! assert_eq!(written, Written::Written { version: 1 });
//!
//! let mut kept = requests.load(request).await?.ok_or("no request")?;
//! let seen = kept.events.len();
//! let command = Command::RequestIdentity { doubt: Text::new("another address")? };
//! kept.events.extend(decide(Some(&kept.request), command, &context)?);
//! let written = requests.keep(request, person, (&kept.events, seen), (now, "desk")).await?;
//! assert_eq!(written, Written::Written { version: 2 }); // stale: load again and decide again
//!
//! let page = requests.list(&Filter::default().in_state("awaiting-identity"), None, 50).await?;
//! assert_eq!(page.rows.len(), 1);
//! assert_eq!(page.next, None);
//! # Ok(())
//! # })
//! # }
//! ```

mod kept;
pub(crate) mod queue;
mod verify;

use upheld_consent::Date;

pub use self::kept::{COMPLAINT, KeptComplaint, KeptRequest, RequestError, SealedRequest};
use self::queue::number;
pub use self::queue::{Filter, Listed, Page, Place, PlaceError};
use crate::columns::{count_of, id, optional_id_of};
use crate::record::{Change, PersonId, RecordError, RecordId, Records, Subject, Written};
use crate::sql::{DatabaseError, Transaction};

/// The kind of record that a request is.
pub const KIND: &str = "request";

/// The state of a request whose record was erased: nothing is left to be answered.
pub const ERASED: &str = "erased";

const PUT: &str = "INSERT INTO requests
         (tenant, id, kind, state, is_open, assignee, received, runs_from)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (tenant, id) DO UPDATE SET kind = excluded.kind, state = excluded.state,
         is_open = excluded.is_open,
         assignee = coalesce(excluded.assignee, requests.assignee),
         received = excluded.received, runs_from = excluded.runs_from";

/// The requests of one tenant. Clones share the database and the keys.
#[derive(Clone, Debug)]
pub struct Requests {
    records: Records,
}

impl Requests {
    /// The requests among `records`.
    #[must_use]
    pub const fn new(records: Records) -> Self {
        Self { records }
    }

    /// The records.
    #[must_use]
    pub const fn records(&self) -> &Records {
        &self.records
    }

    /// Begins a request of events that are yours; for those of `upheld-consent` see
    /// [`Requests::keep`].
    ///
    /// # Errors
    ///
    /// [`RecordError`]
    pub async fn create(
        &self,
        request: RecordId,
        person: PersonId,
        change: Change,
        summary: Summary,
    ) -> Result<Written, RecordError> {
        let begins = Some(Subject::new(KIND, person));
        self.write(self.sealed(request, begins, 0, change, summary)?).await
    }

    /// Appends to a request, unless it has other than `after` events, and says what it is now.
    ///
    /// # Errors
    ///
    /// [`RecordError`]
    pub async fn append(
        &self,
        request: RecordId,
        after: u64,
        change: Change,
        summary: Summary,
    ) -> Result<Written, RecordError> {
        self.write(self.sealed(request, None, after, change, summary)?).await
    }

    /// Gives a request to somebody, or to nobody.
    ///
    /// # Errors
    ///
    /// [`DatabaseError`]
    pub async fn assign(
        &self,
        request: RecordId,
        assignee: Option<u128>,
    ) -> Result<Assigned, DatabaseError> {
        let give = move |transaction: &mut Transaction<'_>| assign(transaction, request, assignee);
        self.records.database().transact(give).await
    }

    /// Says what is listed of a request; `None` for one that is not there.
    ///
    /// # Errors
    ///
    /// [`DatabaseError`]
    pub async fn summary(&self, request: RecordId) -> Result<Option<Summary>, DatabaseError> {
        queue::summary(self.records.database(), request).await
    }

    /// Lists the requests and complaints of a person, the newest first.
    ///
    /// # Errors
    ///
    /// [`DatabaseError`]
    pub async fn of_person(&self, person: PersonId) -> Result<Vec<Listed>, DatabaseError> {
        queue::of_person(self.records.database(), person).await
    }

    /// Lists up to `limit` requests, those first whose clock has run longest, from after a place on.
    ///
    /// A page costs as much at the end of the queue as at its beginning.
    ///
    /// # Errors
    ///
    /// [`DatabaseError`]
    pub async fn list(
        &self,
        filter: &Filter,
        after: Option<Place>,
        limit: u32,
    ) -> Result<Page, DatabaseError> {
        queue::list(self.records.database(), filter, after, limit).await
    }

    /// Counts requests.
    ///
    /// # Errors
    ///
    /// [`DatabaseError`]
    pub async fn count(&self, filter: &Filter) -> Result<u64, DatabaseError> {
        let statement = filter.statement("SELECT count(*) FROM requests");
        let rows = self.records.database().query(&statement.sql, &statement.values).await?;
        rows.first().map_or(Ok(0), |row| count_of(row, 0))
    }
}

/// Says in the queue what a request is now, in a transaction of yours that appends to it. Whoever
/// handles it goes on to, unless the summary names somebody.
///
/// # Errors
///
/// [`DatabaseError`]
pub fn summarise(
    transaction: &mut Transaction<'_>,
    request: RecordId,
    summary: &Summary,
) -> Result<(), DatabaseError> {
    let values = [
        id(request.0),
        summary.kind.as_str().into(),
        summary.state.as_str().into(),
        summary.is_open.into(),
        summary.assignee.map(u128::to_be_bytes).into(),
        number(summary.received).into(),
        number(summary.runs_from).into(),
    ];
    transaction.execute_later(PUT, &values)
}

/// What giving a request to somebody has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "there may be no such request"]
#[expect(clippy::exhaustive_enums, reason = "it changes something or not, or there is nothing")]
pub enum Assigned {
    /// Who handles it.
    Changed,
    /// Nothing: they handled it before.
    Unchanged,
    /// Nothing: there is no such request.
    Missing,
}

/// Gives a request to somebody, or to nobody, in a transaction of yours.
///
/// # Errors
///
/// [`DatabaseError`]
pub fn assign(
    transaction: &mut Transaction<'_>,
    request: RecordId,
    assignee: Option<u128>,
) -> Result<Assigned, DatabaseError> {
    let sql = "SELECT assignee FROM requests WHERE tenant = $1 AND id = $2 FOR UPDATE";
    let rows = transaction.query(sql, &[id(request.0)])?;
    let Some(row) = rows.first() else { return Ok(Assigned::Missing) };
    if optional_id_of(row, 0)? == assignee {
        return Ok(Assigned::Unchanged);
    }
    let values = [id(request.0), assignee.map(u128::to_be_bytes).into()];
    let sql = "UPDATE requests SET assignee = $3 WHERE tenant = $1 AND id = $2";
    transaction.execute(sql, &values)?;
    Ok(Assigned::Changed)
}

/// Takes every request from somebody who handles none any more, in a transaction of yours.
///
/// # Errors
///
/// [`DatabaseError`]
pub fn take_from(transaction: &mut Transaction<'_>, assignee: u128) -> Result<(), DatabaseError> {
    let sql = "UPDATE requests SET assignee = NULL WHERE tenant = $1 AND assignee = $2";
    transaction.execute(sql, &[id(assignee)]).map(drop)
}

/// What a desk lists of a request. Nothing personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    kind: String,
    state: String,
    is_open: bool,
    assignee: Option<u128>,
    received: Date,
    runs_from: Date,
}

impl Summary {
    /// An open request that nobody handles yet, whose clock runs from the day that it came.
    #[must_use]
    pub fn new(kind: &str, state: &str, received: Date) -> Self {
        let (kind, state) = (kind.into(), state.into());
        Self { kind, state, is_open: true, assignee: None, received, runs_from: received }
    }

    /// Says from which day the clock runs: when identity was shown or a fee paid, for example.
    #[must_use]
    pub fn running_from(self, day: Date) -> Self {
        Self { runs_from: day, ..self }
    }

    /// Says who handles it.
    #[must_use]
    pub fn assigned_to(self, assignee: u128) -> Self {
        Self { assignee: Some(assignee), ..self }
    }

    /// Says that it is answered: it holds nothing from being erased any more.
    #[must_use]
    pub fn closed(self) -> Self {
        Self { is_open: false, ..self }
    }

    /// What is asked for.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The state it is in.
    #[must_use]
    pub fn state(&self) -> &str {
        &self.state
    }

    /// Whether it is to be answered yet.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.is_open
    }

    /// Who handles it.
    #[must_use]
    pub const fn assignee(&self) -> Option<u128> {
        self.assignee
    }

    /// The day that it came.
    #[must_use]
    pub const fn received(&self) -> Date {
        self.received
    }

    /// The day that its clock runs from.
    #[must_use]
    pub const fn runs_from(&self) -> Date {
        self.runs_from
    }
}
