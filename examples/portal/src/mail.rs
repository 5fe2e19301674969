//! E-mails: written into the outbox in the transaction of what they tell, sent by a task of their
//! own, and again until it works.
//!
//! A message may arrive twice, when the portal stops between sending it and noting so; its name,
//! which a transport can recognise it by, stays the same.

mod directory;
mod sender;
mod tray;

use std::fmt;
use std::io;

use upheld_store::sql::{DatabaseError, Transaction};
use zeroize::Zeroizing;

use crate::clock::Moment;
use crate::id::PersonId;
use crate::records::{Records, RecordsError};

pub use directory::Directory;
pub(crate) use sender::send_now_and_then;
pub(crate) use tray::Tray;

/// How long it is remembered that a message was sent.
pub(crate) const MEMORY_SECONDS: i64 = 7 * 24 * 60 * 60;

/// A message to be written into the outbox.
#[derive(Debug)]
pub(crate) struct Letter {
    pub(crate) kind: &'static str,
    pub(crate) subject: String,
    pub(crate) body: Zeroizing<String>,
}

/// A message on its way to a person.
#[non_exhaustive]
pub struct Message {
    /// Names the message: the same each time it is tried.
    pub id: String,
    /// The e-mail address.
    pub recipient: String,
    /// What it is about.
    pub subject: String,
    /// What it says: plain text, each line ended by a line feed.
    pub body: Zeroizing<String>,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Takes messages to where people read them. Called on a thread that may block.
pub trait Transport: Send + Sync + fmt::Debug {
    /// Hands `message` over.
    ///
    /// # Errors
    ///
    /// When it was not handed over, or might not have been: it will be tried again.
    fn send(&self, message: &Message) -> io::Result<()>;
}

/// Puts a message to `person` into the outbox.
pub(crate) fn put(
    records: &Records,
    transaction: &mut Transaction<'_>,
    person: PersonId,
    letter: &Letter,
    now: Moment,
) -> Result<(), RecordsError> {
    Tray::Outbox.put(records, transaction, person, letter, now)
}

/// How many messages of this kind were written since then.
pub(crate) fn count_in_outbox(
    transaction: &mut Transaction<'_>,
    person: PersonId,
    kind: &str,
    since: Moment,
) -> Result<usize, DatabaseError> {
    let rows = transaction.query(
        "SELECT id FROM outbox WHERE tenant = $1 AND person = $2 AND kind = $3 AND created_at > $4",
        &[person.into(), kind.into(), since.into()],
    )?;
    Ok(rows.len())
}

/// Whether a message of this kind was written since then.
pub(crate) fn is_in_outbox(
    transaction: &mut Transaction<'_>,
    person: PersonId,
    kind: &str,
    since: Moment,
) -> Result<bool, DatabaseError> {
    let rows = transaction.query(
        "SELECT created_at FROM outbox
         WHERE tenant = $1 AND person = $2 AND kind = $3 AND created_at > $4 LIMIT 1",
        &[person.into(), kind.into(), since.into()],
    )?;
    Ok(!rows.is_empty())
}

pub(crate) fn purge(transaction: &mut Transaction<'_>, now: Moment) -> Result<(), DatabaseError> {
    transaction.execute(
        "DELETE FROM outbox WHERE tenant = $1 AND next_try IS NULL AND created_at <= $2",
        &[now.minus(MEMORY_SECONDS).into()],
    )?;
    Ok(())
}
