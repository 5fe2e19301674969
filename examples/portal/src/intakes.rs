//! Requests about data, and complaints, from people who are not signed in.
//!
//! What comes by the form is neither yet: it is sealed, and deleted after three days unless the
//! link in an e-mail is followed. The link works once and is bound to what was sent. Three may wait
//! for one address and a thousand in all, and whoever sends many waits, by network; counted in the
//! database, where the next node sees it. How many an address had is known for longer than what was
//! sent: it would otherwise be written to again and again.
//!
//! Nobody looks for an account before the link is followed. So neither an answer nor the time that it
//! takes tells whether there is one.

mod contents;
mod expiry;
mod letters;
mod link;
mod matter;

use std::net::IpAddr;

use sha2::{Digest, Sha256};
use upheld_store::sql::{DatabaseError, Row, Transaction, Value};

use crate::attempts::{self, ChargeError, Subject};
use crate::clock::Moment;
use crate::id::{Id, PersonId};
use crate::language::Language;
use crate::network::Network;
use crate::people::Email;
use crate::random::NoRandomness;
use crate::records::{Records, RecordsError};
use crate::sealed::{self, Table};
use crate::token::Token;

pub(crate) use contents::{Contents, mailbox};
pub(crate) use expiry::{erase_due, purge};
pub(crate) use letters::{addressed, put};
pub(crate) use link::{Confirmed, Followed, Waiting};
pub(crate) use matter::Matter;

/// How long the link works that confirms a request.
pub(crate) const WAITING_DAYS: i64 = 3;
/// How long the link works by which a request is followed, and what was typed is kept, at least.
const KEPT_DAYS: i64 = 365;
const DAY_SECONDS: i64 = 24 * 60 * 60;
/// How many may wait for one address: more would be a way to fill somebody's mailbox.
const MAX_WAITING_OF_ADDRESS: i64 = 3;
/// How many an address has in so many days, confirmed or not, and also once they are deleted.
const MAX_OF_ADDRESS: i64 = 10;
const ADDRESS_DAYS: i64 = 30;
/// How many may wait in all: some megabytes.
const MAX_WAITING: i64 = 1000;
/// How many do.
const COUNT_WAITING: &str = "SELECT count(*) FROM intakes
    WHERE tenant = $1 AND confirmed_at IS NULL AND expires_at > $2";

/// What somebody sends by the form.
#[derive(Debug)]
pub(crate) struct Filled {
    pub(crate) matter: Matter,
    pub(crate) contents: Contents,
    pub(crate) language: Language,
}

/// What came of sending the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "who is refused is told so"]
pub(crate) enum Sent {
    /// There is nothing more to say: whether a letter went out depends on the address.
    Taken,
    /// Too many came from this network, or are waiting.
    TooMany,
}

/// Takes in what somebody sent, and sends a link to the address in it.
pub(crate) async fn submit(
    records: &Records,
    filled: Filled,
    from: IpAddr,
    now: Moment,
) -> Result<Sent, RecordsError> {
    let new = New { id: Id::generate()?, person: PersonId::generate()?, token: Token::generate()? };
    let subjects = [Subject::Form(Network::of(from)), Subject::Forms];
    let context = records.clone();
    let sent = records.database.transact(move |transaction| {
        // Locks the row of all forms: from here to the end nobody else counts.
        attempts::charge(transaction, &subjects, now)?;
        match room(transaction, &filled.contents.email, now)? {
            Room::Full => {
                tracing::warn!(
                    most = MAX_WAITING,
                    "as many forms wait as may, and more are refused"
                );
                Ok(Sent::TooMany)
            }
            Room::EnoughForAddress => Ok(Sent::Taken),
            Room::Free => {
                store(&context, transaction, (&new, &filled), now)?;
                Ok::<_, SubmitError>(Sent::Taken)
            }
        }
    });
    match sent.await {
        Ok(sent) => Ok(sent),
        Err(SubmitError::Throttled) => Ok(Sent::TooMany),
        Err(SubmitError::Records(error)) => Err(error),
    }
}

/// Why a form was not taken.
#[derive(Debug)]
enum SubmitError {
    Throttled,
    Records(RecordsError),
}

impl From<ChargeError> for SubmitError {
    fn from(error: ChargeError) -> Self {
        match error {
            ChargeError::Throttled => Self::Throttled,
            ChargeError::Database(error) => Self::Records(error.into()),
        }
    }
}

impl From<RecordsError> for SubmitError {
    fn from(error: RecordsError) -> Self {
        Self::Records(error)
    }
}

impl From<DatabaseError> for SubmitError {
    fn from(error: DatabaseError) -> Self {
        Self::Records(error.into())
    }
}

impl From<NoRandomness> for SubmitError {
    fn from(error: NoRandomness) -> Self {
        Self::Records(error.into())
    }
}

struct New {
    id: Id,
    person: PersonId,
    token: Token,
}

enum Room {
    Free,
    EnoughForAddress,
    Full,
}

fn room(
    transaction: &mut Transaction<'_>,
    email: &Email,
    now: Moment,
) -> Result<Room, DatabaseError> {
    let mut count = |sql: &str, values: &[Value]| {
        let rows = transaction.query(sql, values)?;
        rows.first().map_or(Ok(0), |row| row.integer(0))
    };
    if count(COUNT_WAITING, &[now.into()])? >= MAX_WAITING {
        return Ok(Room::Full);
    }
    let address = hash_of(email);
    let waiting = format!("{COUNT_WAITING} AND address_hash = $3");
    let all = "SELECT CAST(coalesce(sum(forms), 0) AS BIGINT) FROM intake_addresses
               WHERE tenant = $1 AND address_hash = $2 AND day >= $3";
    let since = counted_since(now).into();
    let is_enough = count(&waiting, &[now.into(), address.clone()])? >= MAX_WAITING_OF_ADDRESS
        || count(all, &[address, since])? >= MAX_OF_ADDRESS;
    Ok(if is_enough { Room::EnoughForAddress } else { Room::Free })
}

/// The first day of which the forms of an address count.
const fn counted_since(now: Moment) -> Moment {
    now.start_of_day().minus(ADDRESS_DAYS.saturating_mul(DAY_SECONDS))
}

fn store(
    records: &Records,
    transaction: &mut Transaction<'_>,
    (new, filled): (&New, &Filled),
    now: Moment,
) -> Result<(), RecordsError> {
    let New { id, person, token } = new;
    let Filled { matter, contents, language } = filled;
    let place = (Table::Intakes, *id, *person);
    let [key, sealed] = sealed::seal(records, place, &contents.to_bytes())?;
    transaction.execute(
        "INSERT INTO intakes (tenant, id, person, ask, language, address_hash, key_id, contents,
                              token_hash, received_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &[
            (*id).into(),
            (*person).into(),
            matter.name().into(),
            language.tag().into(),
            hash_of(&contents.email),
            key,
            sealed,
            token.to_hash().into(),
            now.into(),
            now.plus(WAITING_DAYS.saturating_mul(DAY_SECONDS)).into(),
        ],
    )?;
    transaction.execute(
        "INSERT INTO intake_addresses (tenant, address_hash, day, forms) VALUES ($1, $2, $3, 1)
         ON CONFLICT (tenant, address_hash, day) DO UPDATE SET forms = intake_addresses.forms + 1",
        &[hash_of(&contents.email), now.start_of_day().into()],
    )?;
    let letter = letters::to_confirm(records, token, (*matter, *language), now);
    put(records, transaction, (*id, &contents.email), &letter, now)
}

/// By what those of one address are counted.
fn hash_of(email: &Email) -> Value {
    let (mailbox, domain) = counted_as(email.as_str());
    let mut hash = Sha256::new();
    hash.update("intake");
    hash.update([0]);
    hash.update(mailbox);
    hash.update(domain);
    Value::Blob(hash.finalize().to_vec())
}

/// The mailbox of an address and, from the `@` on, the rest: what follows a `+` in the local part
/// leads to the same mailbox at most providers.
//= RFC 5233 §1: a detail after a separator in the local part, which is no part of the user's name
fn counted_as(email: &str) -> (&str, &str) {
    let (local, domain) = email.split_at(email.rfind('@').unwrap_or(email.len()));
    match local.split_once('+') {
        Some((mailbox, _)) if !mailbox.is_empty() => (mailbox, domain),
        _ => (local, domain),
    }
}

/// What was typed in the form, for a request that no account has.
pub(crate) async fn find(records: &Records, request: Id) -> Result<Option<Contents>, RecordsError> {
    let sql = "SELECT person, key_id, contents FROM intakes
               WHERE tenant = $1 AND id = $2 AND confirmed_at IS NOT NULL AND contents IS NOT NULL";
    let rows = records.database.query(sql, &[request.into()]).await?;
    rows.first().map(|row| open(records, row, request)).transpose().map(Option::flatten)
}

/// Reads the columns of the person and of what is sealed.
fn open(records: &Records, row: &Row, id: Id) -> Result<Option<Contents>, RecordsError> {
    let (person, found) = (PersonId::at(row, 0)?, sealed::read(row, 1)?);
    let opened = sealed::open(records, (Table::Intakes, id, person), &found)?;
    Ok(Contents::from_bytes(&opened))
}
