//! The queue in pages: each begins where the last one ended, and not after a number of rows.

use core::fmt;

use upheld_consent::{Date, DateError};

use super::Summary;
use crate::columns::{id, id_of, optional_id_of};
use crate::record::{PersonId, RecordId};
use crate::sql::{Database, DatabaseError, Row, Value};

/// What [`Listed::read`] reads.
const QUEUED: &str = "SELECT id, kind, state, is_open, assignee, received, runs_from FROM requests";

/// Which requests are meant: all, unless something is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    kind: Option<String>,
    state: Option<String>,
    is_open: Option<bool>,
    assignee: Option<Assignee>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Assignee {
    Nobody,
    Somebody(u128),
}

impl Filter {
    /// Those that ask for this.
    #[must_use]
    pub fn of_kind(self, kind: &str) -> Self {
        Self { kind: Some(kind.into()), ..self }
    }

    /// Those in this state.
    #[must_use]
    pub fn in_state(self, state: &str) -> Self {
        Self { state: Some(state.into()), ..self }
    }

    /// Those that are to be answered yet.
    #[must_use]
    pub fn open(self) -> Self {
        Self { is_open: Some(true), ..self }
    }

    /// Those that are answered.
    #[must_use]
    pub fn closed(self) -> Self {
        Self { is_open: Some(false), ..self }
    }

    /// Those that somebody handles.
    #[must_use]
    pub fn assigned_to(self, assignee: u128) -> Self {
        Self { assignee: Some(Assignee::Somebody(assignee)), ..self }
    }

    /// Those that nobody handles yet.
    #[must_use]
    pub fn unassigned(self) -> Self {
        Self { assignee: Some(Assignee::Nobody), ..self }
    }

    /// The statement that begins with `select`, and its values from `$2` on.
    pub(super) fn statement(&self, select: &str) -> Statement {
        let mut statement =
            Statement { sql: format!("{select} WHERE tenant = $1"), values: Vec::new() };
        if let Some(kind) = &self.kind {
            statement.push(" AND kind = ", kind.as_str());
        }
        if let Some(state) = &self.state {
            statement.push(" AND state = ", state.as_str());
        }
        if let Some(is_open) = self.is_open {
            statement.push(" AND is_open = ", is_open);
        }
        match self.assignee {
            Some(Assignee::Somebody(assignee)) => statement.push(" AND assignee = ", id(assignee)),
            Some(Assignee::Nobody) => statement.sql.push_str(" AND assignee IS NULL"),
            None => {}
        }
        statement
    }
}

/// A statement that is put together from constants; what varies are its values.
pub(super) struct Statement {
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
}

impl Statement {
    fn push(&mut self, words: &str, value: impl Into<Value>) {
        self.values.push(value.into());
        let place = self.values.len().saturating_add(1);
        self.sql.push_str(words);
        self.sql.push('$');
        self.sql.push_str(&place.to_string());
    }
}

pub(super) async fn list(
    database: &Database,
    filter: &Filter,
    after: Option<Place>,
    limit: u32,
) -> Result<Page, DatabaseError> {
    let mut statement = filter.statement(QUEUED);
    if let Some(Place { day, request }) = after {
        statement.push(" AND (runs_from, id) > (", number(day));
        statement.push(", ", id(request.0));
        statement.sql.push(')');
    }
    // One more, to know whether there is another page.
    statement.push(" ORDER BY runs_from, id LIMIT ", i64::from(limit).saturating_add(1));
    let found = database.query(&statement.sql, &statement.values).await?;
    let shown = found.iter().take(usize::try_from(limit).unwrap_or(usize::MAX));
    let rows: Vec<Listed> = shown.map(Listed::read).collect::<Result<_, _>>()?;
    let last = rows.last().filter(|_| found.len() > rows.len());
    let next = last.map(Listed::place);
    Ok(Page { rows, next })
}

pub(super) async fn summary(
    database: &Database,
    request: RecordId,
) -> Result<Option<Summary>, DatabaseError> {
    let sql = format!("{QUEUED} WHERE tenant = $1 AND id = $2");
    let rows = database.query(&sql, &[id(request.0)]).await?;
    rows.first().map(|row| Listed::read(row).map(|listed| listed.summary)).transpose()
}

pub(super) async fn of_person(
    database: &Database,
    person: PersonId,
) -> Result<Vec<Listed>, DatabaseError> {
    let rows = database.query(&select_of_person(), &[id(person.0)]).await?;
    rows.iter().map(Listed::read).collect()
}

pub(crate) fn select_of_person() -> String {
    let whose = "id IN (SELECT id FROM records WHERE tenant = $1 AND person = $2)";
    format!("{QUEUED} WHERE tenant = $1 AND {whose} ORDER BY received DESC, id")
}

/// Some of the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// The requests.
    pub rows: Vec<Listed>,
    /// Where the next page begins; none after the last one.
    pub next: Option<Place>,
}

/// A request in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listed {
    /// Its record.
    pub request: RecordId,
    /// What is listed of it.
    pub summary: Summary,
}

impl Listed {
    /// Where it stands in the queue: what comes after it is on the page after this place.
    #[must_use]
    pub const fn place(&self) -> Place {
        Place { day: self.summary.runs_from, request: self.request }
    }

    pub(super) fn read(row: &Row) -> Result<Self, DatabaseError> {
        let summary = Summary {
            kind: row.text(1)?.into(),
            state: row.text(2)?.into(),
            is_open: row.integer(3)? != 0,
            assignee: optional_id_of(row, 4)?,
            received: day_of(row, 5)?,
            runs_from: day_of(row, 6)?,
        };
        Ok(Self { request: RecordId(id_of(row, 0)?), summary })
    }
}

/// A place in the queue: after the request of this day and name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    day: Date,
    request: RecordId,
}

impl Place {
    /// Reads what `Display` writes, as it comes back in the address of a page.
    ///
    /// # Errors
    ///
    /// [`PlaceError`]
    pub fn parse(text: &str) -> Result<Self, PlaceError> {
        let (day, request) = text.split_once('.').ok_or(PlaceError::Form)?;
        let is_id = request.len() == 32
            && request.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let request = u128::from_str_radix(request, 16).ok().filter(|_| is_id);
        let request = RecordId(request.ok_or(PlaceError::Form)?);
        Ok(Self { day: Date::parse(day)?, request })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:032x}", self.day, self.request.0)
    }
}

/// Why a text is no place in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlaceError {
    /// Not of the form.
    #[error("not of the form YYYY-MM-DD.request, the request in 32 hexadecimal digits")]
    Form,
    /// Not a day.
    #[error(transparent)]
    Day(#[from] DateError),
}

/// A day, counted from 1970-01-01.
pub(super) fn number(day: Date) -> i32 {
    // The first day of the calendar is 25567 days before.
    day.days_since(Date::MIN).saturating_sub(DAYS_BEFORE)
}

const DAYS_BEFORE: i32 = 25_567;

fn day_of(row: &Row, column: usize) -> Result<Date, DatabaseError> {
    let days = i32::try_from(row.integer(column)?).ok();
    let day = days.and_then(|days| Date::MIN.plus_days(days.checked_add(DAYS_BEFORE)?));
    day.ok_or(DatabaseError::Column { column, wanted: "a day of 1900 to 2199" })
}

#[cfg(test)]
mod tests {
    use upheld_consent::Date;

    use super::number;

    #[test]
    fn days_are_counted_from_1970() {
        assert_eq!(number(Date::new(1970, 1, 1).unwrap()), 0);
        assert_eq!(number(Date::new(2000, 3, 1).unwrap()), 11_017); // date -d 2000-03-01 +%s / 86400
    }
}
