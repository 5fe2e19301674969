//! Looking for what happened, the latest first, page by page.
//!
//! Events are listed once they are sealed, a few seconds later: only those are in an index, so that
//! no sign-in pays for it. One of what is wanted is looked up in an index, and the rest is looked for
//! among what that leaves, so many at a time.

use std::fmt;

use upheld_store::sql::{Database, DatabaseError, Row, Value};
use upheld_totp::UnixSeconds;

use super::Actor;
use crate::clock::Moment;
use crate::id::PersonId;

/// How many events a page lists.
const PAGE: usize = 50;
/// How many are read at once.
const STRETCH: usize = 500;
/// How many a page reads at most, to find those that are wanted. The rest is on the next page, which
/// may be empty and lead on.
const MAX_READ: usize = 5000;

/// Which events are wanted: all, unless something is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Whose account they are about.
    pub(crate) subject: Option<PersonId>,
    /// Who did it.
    pub(crate) actor: Option<Actor>,
    /// What the name of what was done begins with.
    pub(crate) action: String,
    /// The first moment.
    pub(crate) from: Option<Moment>,
    /// The moment after the last.
    pub(crate) until: Option<Moment>,
}

/// Something that happened, as it was sealed.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) at: Moment,
    /// None for what no program of ours wrote.
    pub(crate) actor: Option<Actor>,
    pub(crate) action: String,
    pub(crate) subject: Option<PersonId>,
    /// Its place in the chain.
    pub(crate) seq: i64,
}

/// Where a page begins: before the event of this moment and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place(Moment, i64);

/// Some of what happened.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) rows: Vec<Event>,
    /// Where the next page begins; none after the last one.
    pub(crate) next: Option<Place>,
}

/// Lists events that are wanted, from before a place on.
pub(crate) async fn search(
    database: &Database,
    wanted: &Wanted,
    mut before: Option<Place>,
) -> Result<Page, DatabaseError> {
    let (mut rows, mut read) = (Vec::new(), 0_usize);
    loop {
        let stretch = stretch(database, wanted, before).await?;
        read = read.saturating_add(stretch.len());
        let is_last = stretch.len() < STRETCH;
        for event in stretch {
            before = Some(Place(event.at, event.seq));
            if wanted.is(&event) {
                rows.push(event);
            }
            if rows.len() >= PAGE {
                return Ok(Page { rows, next: before });
            }
        }
        if is_last || read >= MAX_READ {
            return Ok(Page { rows, next: before.filter(|_| !is_last) });
        }
    }
}

async fn stretch(
    database: &Database,
    wanted: &Wanted,
    before: Option<Place>,
) -> Result<Vec<Event>, DatabaseError> {
    let (sql, values) = wanted.statement(before);
    let rows = database.query(&sql, &values).await?;
    rows.iter().map(Event::read).collect()
}

impl Wanted {
    fn is(&self, event: &Event) -> bool {
        event.action.starts_with(&self.action)
            && self.subject.is_none_or(|subject| event.subject == Some(subject))
            && self.actor.is_none_or(|actor| event.actor == Some(actor))
            && self.from.is_none_or(|from| event.at >= from)
            && self.until.is_none_or(|until| event.at < until)
    }

    /// What reads the next stretch by one index: that of days if there are any, else that of whom it
    /// is about, or who did it, or all.
    fn statement(&self, before: Option<Place>) -> (String, Vec<Value>) {
        let mut sql = "SELECT at, actor, action, subject, seq FROM audit_events
             WHERE tenant = $1 AND seq IS NOT NULL"
            .to_owned();
        let mut values: Vec<Value> = Vec::new();
        let mut add = |words: &str, value: Value| {
            values.push(value);
            let place = values.len().saturating_add(1).to_string();
            for part in [" ", words, " $", &place] {
                sql.push_str(part);
            }
        };
        let is_by_day = self.from.is_some() || self.until.is_some();
        if let Some(from) = self.from {
            add("AND at >=", from.into());
        }
        if let Some(until) = self.until {
            add("AND at <", until.into());
        }
        match (self.subject, self.actor) {
            _ if is_by_day => {}
            (Some(subject), _) => add("AND subject =", subject.to_string().into()),
            (None, Some(actor)) => add("AND actor =", actor.to_string().into()),
            (None, None) => {}
        }
        let limit = i64::try_from(STRETCH).unwrap_or(i64::MAX).into();
        match before {
            Some(Place(at, seq)) if is_by_day => {
                add("AND (at, seq) < (", at.into());
                add(",", seq.into());
                add(") ORDER BY at DESC, seq DESC LIMIT", limit);
            }
            None if is_by_day => add("ORDER BY at DESC, seq DESC LIMIT", limit),
            Some(Place(_, seq)) => {
                add("AND seq <", seq.into());
                add("ORDER BY seq DESC LIMIT", limit);
            }
            None => add("ORDER BY seq DESC LIMIT", limit),
        }
        (sql, values)
    }
}

impl Event {
    fn read(row: &Row) -> Result<Self, DatabaseError> {
        Ok(Self {
            at: Moment::at(row, 0)?,
            actor: Actor::parse(row.text(1)?),
            action: row.text(2)?.to_owned(),
            subject: PersonId::parse(row.text(3)?),
            seq: row.integer(4)?,
        })
    }
}

impl Place {
    /// Reads what `Display` writes; `None` for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (at, seq) = text.split_once('.')?;
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let at = at.parse().ok().filter(|_| is_number(at))?;
        let seq = seq.parse().ok().filter(|_| is_number(seq))?;
        Some(Self(Moment::from(UnixSeconds(at)), seq))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(at, seq) = self;
        write!(f, "{}.{seq}", UnixSeconds::from(*at).0)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use upheld_second_factor::AccountId;
    use upheld_store::Tenant;
    use upheld_store::sql::{Database, DatabaseError, Settings};
    use upheld_totp::UnixSeconds;

    use super::{MAX_READ, Place, Wanted, search};
    use crate::audit::seal::seal_all;
    use crate::audit::{Actor, COMPONENT, Entry, MIGRATIONS, append};
    use crate::clock::Moment;
    use crate::id::PersonId;

    /// Sealed events of three people, seven at a moment; every hundredth is rare.
    async fn database(events: u64) -> (tempfile::TempDir, Database) {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::sqlite(folder.path().join("audit.db"));
        let database = Database::open(&settings, Tenant::new("clinic").unwrap()).await.unwrap();
        database.migrate(COMPONENT, MIGRATIONS).await.unwrap();
        let appended = database.transact(move |transaction| {
            for number in 0..events {
                let actor = match number % 4 {
                    0 => Actor::Portal,
                    1 => Actor::Operator,
                    _ => Actor::Person((number % 3).into()),
                };
                let action = if number % 100 == 0 { "rare: thing" } else { "signed in" };
                let at = UnixSeconds(number / 7);
                let subject = Some(u128::from(number % 3));
                append(transaction, &Entry { at, actor, action, subject })?;
            }
            Ok::<_, DatabaseError>(())
        });
        appended.await.unwrap();
        seal_all(&database).await.unwrap();
        (folder, database)
    }

    /// Numbers and actions of everything that is wanted, and how many pages that took.
    async fn walk(database: &Database, wanted: &Wanted) -> (Vec<(i64, String)>, usize) {
        let (mut found, mut place, mut pages) = (Vec::new(), None, 0_usize);
        loop {
            let page = search(database, wanted, place).await.unwrap();
            found.extend(page.rows.into_iter().map(|row| (row.seq, row.action)));
            pages = pages.checked_add(1).filter(|pages| *pages < 1000).unwrap();
            let Some(next) = page.next else { return (found, pages) };
            assert_eq!(Place::parse(&next.to_string()), Some(next));
            place = Some(next);
        }
    }

    #[tokio::test]
    async fn pages_have_each_event_once_and_the_latest_first() {
        let (_folder, database) = database(1234).await;
        let (all, pages) = walk(&database, &Wanted::default()).await;
        let numbers: Vec<i64> = all.iter().map(|(seq, _)| *seq).collect();
        assert_eq!((numbers, pages), ((1..=1234).rev().collect(), 25));
        let of = |actor| Wanted { actor: Some(actor), ..Wanted::default() };
        assert_eq!(walk(&database, &of(Actor::Portal)).await.0.len(), 309);
        assert_eq!(walk(&database, &of(Actor::Person(9))).await.0.len(), 0);
        let subject = Some(PersonId::from(AccountId(1)));
        let about = Wanted { subject, ..Wanted::default() };
        assert_eq!(walk(&database, &about).await.0.len(), 411);
        let both = Wanted { subject, ..of(Actor::Person(1)) };
        assert_eq!(walk(&database, &both).await.0.len(), 205);
        let moment = |second| Some(Moment::from(UnixSeconds(second)));
        let some = Wanted { from: moment(10), until: moment(20), ..Wanted::default() };
        assert_eq!(walk(&database, &some).await.0.len(), 70);
        let some = Wanted { until: moment(20), ..both };
        assert!(walk(&database, &some).await.0.len() < 30);
    }

    /// What has no index is found on pages that read no more than they may.
    #[tokio::test]
    async fn what_is_rare_is_found_page_by_page() {
        let events = u64::try_from(MAX_READ).unwrap().saturating_mul(2).saturating_add(1);
        let (_folder, database) = database(events).await;
        let rare = Wanted { action: "rare".into(), ..Wanted::default() };
        let (found, pages) = walk(&database, &rare).await;
        assert!(found.iter().all(|(_, action)| action == "rare: thing"));
        assert_eq!((found.len(), pages), (101, 3));
        let none = Wanted { action: "never".into(), ..Wanted::default() };
        let (found, pages) = walk(&database, &none).await;
        assert_eq!((found.len(), pages), (0, 3));
    }

    /// By the plan that the database makes, no page goes through the whole table.
    #[tokio::test]
    async fn what_has_an_index_is_read_by_it() {
        let (folder, _database) = database(10).await;
        let file = rusqlite::Connection::open(folder.path().join("audit.db")).unwrap();
        let (all, subject) = (Wanted::default(), Some(PersonId::from(AccountId(1))));
        let (actor, from) = (Some(Actor::Portal), Some(Moment::from(UnixSeconds(0))));
        for (wanted, index) in [
            (all.clone(), "audit_events_2"),
            (Wanted { subject, actor, ..all.clone() }, "audit_by_subject"),
            (Wanted { actor, ..all.clone() }, "audit_by_actor"),
            (Wanted { subject, from, ..all.clone() }, "audit_by_time"),
        ] {
            for before in [None, Some(Place(Moment::from(UnixSeconds(5)), 5))] {
                let (sql, values) = wanted.statement(before);
                let mut statement = file.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
                let values = (0..=values.len()).map(|_| "1");
                let rows = statement
                    .query_map(rusqlite::params_from_iter(values), |row| row.get::<_, String>(3));
                let plan: Vec<String> = rows.unwrap().map(Result::unwrap).collect();
                let plan = plan.concat();
                assert!(plan.contains(index) && !plan.contains("TEMP"), "{plan}");
            }
        }
    }

    #[test]
    fn what_is_no_place_is_none() {
        for other in ["", ".", "1", "1.", "-1.0", "+1.0", "1.x", "1.99999999999999999999"] {
            assert_eq!(Place::parse(other), None, "{other}");
        }
    }
}
