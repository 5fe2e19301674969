//! Who deals with a request: one of the staff who act, or nobody yet.

use upheld_consent::Date;
use upheld_store::record::RecordId;
use upheld_store::request;
use upheld_store::sql::{Database, DatabaseError, Row, Transaction};

use crate::audit::{self, Actor, Entry};
use crate::clock::Moment;
use crate::id::{Id, PersonId};
use crate::people::{Contacts, Role};
use crate::records::{Records, RecordsError};
use crate::sessions::Session;

/// How many people a request can be given to: more than a page can offer.
const MAX_COLLEAGUES: i64 = 200;
/// How many changes a page lists: more than a request that is dealt with has.
const MAX_HISTORY: usize = 100;
/// Who may deal with requests, among people.
const MAY_DEAL: &str =
    "role = 'staff' AND state = 'active' AND (duty IS NULL OR duty <> 'auditor')";

/// Somebody who may deal with requests.
#[derive(Debug)]
pub(crate) struct Colleague {
    pub(crate) id: PersonId,
    pub(crate) name: String,
}

/// When a request came to somebody, or was given up.
#[derive(Debug)]
pub(crate) struct Assignment {
    pub(crate) at: Moment,
    pub(crate) by: String,
    /// None when it was given up.
    pub(crate) to: Option<String>,
}

impl Assignment {
    pub(crate) fn day(&self) -> Option<Date> {
        self.at.to_date().ok()
    }
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Assigned {
    Done,
    /// Who gives it or is given it may not, or it is not there any more.
    Impossible,
}

/// Lists those who may deal with requests, by address.
pub(crate) async fn colleagues(database: &Database) -> Result<Vec<Colleague>, DatabaseError> {
    let sql = format!(
        "SELECT id, display_name, email FROM people
         WHERE tenant = $1 AND {MAY_DEAL} ORDER BY email LIMIT $2"
    );
    let rows = database.query(&sql, &[MAX_COLLEAGUES.into()]).await?;
    let colleague = |row: &Row| {
        Ok(Colleague { id: PersonId::at(row, 0)?, name: called(row.text(1)?, row.text(2)?) })
    };
    rows.iter().map(colleague).collect()
}

/// What the one of this number is called; the number, when there is no such account any more.
pub(crate) async fn name_of(
    records: &Records,
    contacts: &mut Contacts,
    person: PersonId,
) -> Result<String, DatabaseError> {
    let contact = contacts.find(&records.database, person).await?;
    Ok(contact.map_or_else(|| person.to_string(), |it| called(&it.name, &it.email)))
}

/// What somebody is called in lists: with the address, as people choose names freely.
pub(crate) fn called(name: &str, email: &str) -> String {
    format!("{name} <{email}>")
}

/// How a request came to whom it is with.
#[derive(Debug)]
pub(crate) struct History {
    /// The latest changes, the earliest of them first.
    pub(crate) latest: Vec<Assignment>,
    /// Whether there were others before.
    pub(crate) is_cut: bool,
}

/// How it came to whom it is with. Accounts that are not there any more are numbers.
pub(crate) async fn history(database: &Database, request: Id) -> Result<History, DatabaseError> {
    let sql = "SELECT given.at, given.assigned_by, giver.display_name, giver.email,
                   given.assignee, taker.display_name, taker.email
               FROM request_assignments AS given
               LEFT JOIN people AS giver
                   ON giver.tenant = given.tenant AND giver.id = given.assigned_by
               LEFT JOIN people AS taker
                   ON taker.tenant = given.tenant AND taker.id = given.assignee
               WHERE given.tenant = $1 AND given.request = $2
               ORDER BY given.at DESC, given.id DESC LIMIT $3";
    // One more, to know whether there were others.
    let limit = i64::try_from(MAX_HISTORY).unwrap_or(i64::MAX).saturating_add(1);
    let rows = database.query(sql, &[request.into(), limit.into()]).await?;
    let assignment = |row: &Row| {
        Ok(Assignment {
            at: Moment::at(row, 0)?,
            by: party(row, 1)?.unwrap_or_default(),
            to: party(row, 4)?,
        })
    };
    let latest = rows.iter().take(MAX_HISTORY).rev().map(assignment);
    let latest = latest.collect::<Result<_, DatabaseError>>()?;
    Ok(History { latest, is_cut: rows.len() > MAX_HISTORY })
}

/// Somebody whose number, name and address stand from `column` on.
fn party(row: &Row, column: usize) -> Result<Option<String>, DatabaseError> {
    if row.optional_blob(column)?.is_none() {
        return Ok(None);
    }
    let (name, email) = (column.saturating_add(1), column.saturating_add(2));
    Ok(Some(match (row.optional_text(name)?, row.optional_text(email)?) {
        (Some(name), Some(email)) => called(name, email),
        _ => PersonId::at(row, column)?.to_string(),
    }))
}

/// Gives the request of a person to somebody, or to nobody, and writes down who did. Never one's own, and to
/// nobody whose own it is.
pub(crate) async fn assign(
    records: &Records,
    session: &Session,
    ((request, person), to): ((Id, PersonId), Option<PersonId>),
    now: Moment,
) -> Result<Assigned, RecordsError> {
    let by = session.person();
    let may_act = matches!(session.role(), Role::Staff | Role::PrivacyLead) && session.is_staff();
    if !may_act || by == person || to == Some(person) {
        return Ok(Assigned::Impossible);
    }
    let id = Id::generate()?;
    let given = records.database.transact(move |transaction: &mut Transaction<'_>| {
        if let Some(to) = to
            && !may_deal(transaction, to)?
        {
            return Ok(false);
        }
        let assignee = to.map(PersonId::to_bits);
        match request::assign(transaction, RecordId(request.to_bits()), assignee)? {
            request::Assigned::Changed => {}
            // Nothing happened that could be written down.
            request::Assigned::Unchanged => return Ok(true),
            request::Assigned::Missing => return Ok(false),
        }
        let assignee = assignee.map(|bits| bits.to_be_bytes().to_vec());
        transaction.execute(
            "INSERT INTO request_assignments (tenant, request, id, at, assigned_by, assignee)
             VALUES ($1, $2, $3, $4, $5, $6)",
            &[request.into(), id.into(), now.into(), by.into(), assignee.into()],
        )?;
        let action = if to.is_some() { "request: assigned" } else { "request: given up" };
        let (actor, subject) = (Actor::Person(by.to_bits()), Some(person.to_bits()));
        audit::append(transaction, &Entry { at: now.into(), actor, action, subject })?;
        Ok::<_, DatabaseError>(true)
    });
    Ok(if given.await? { Assigned::Done } else { Assigned::Impossible })
}

fn may_deal(transaction: &mut Transaction<'_>, to: PersonId) -> Result<bool, DatabaseError> {
    let sql = format!("SELECT id FROM people WHERE tenant = $1 AND id = $2 AND {MAY_DEAL}");
    Ok(!transaction.query(&sql, &[to.into()])?.is_empty())
}
