//! What happened to accounts, so that nobody can quietly make it not have happened.
//!
//! An event is written in the transaction in which it happens. A *sealer* in the background then
//! puts the events in a row: each gets the next number and a hash over the hash before it. One
//! sealer works at a time, and nobody who signs in waits for it. Whoever changes, removes or
//! slips in a row breaks the chain at that place.
//!
//! Whoever can write to the database can also compute a new chain, up to its head. So the head is
//! logged: keep log lines somewhere else, and `audit verify --expect` compares with one of them.
//!
//! Events name people by their id and say nothing else about them: no address, no secret.

mod chain;
mod checked;
mod seal;
pub(crate) mod search;
mod verify;

use std::fmt;

use upheld_store::sql::{DatabaseError, Migration, Transaction};
use upheld_totp::UnixSeconds;

use crate::id::PersonId;
use crate::random;

pub use chain::{Head, HeadError};
pub(crate) use verify::count_unsealed;
pub use verify::{Fault, Verdict, verify};

pub(crate) use checked::{Checked, Found, Verifying};
pub(crate) use seal::{seal_now_and_then, seal_rest};

/// The tables' name among those of the portal.
pub(crate) const COMPONENT: &str = "portal-audit";

pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        sqlite: include_str!("../migrations/audit/sqlite_0001.sql"),
        postgres: include_str!("../migrations/audit/postgres_0001.sql"),
    },
    Migration {
        version: 2,
        sqlite: include_str!("../migrations/audit/sqlite_0002.sql"),
        postgres: include_str!("../migrations/audit/postgres_0002.sql"),
    },
    Migration {
        version: 3,
        sqlite: include_str!("../migrations/audit/sqlite_0003.sql"),
        postgres: include_str!("../migrations/audit/postgres_0003.sql"),
    },
];

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Actor {
    /// A person, signed in or signing in.
    Person(u128),
    /// Whoever runs the program's commands.
    Operator,
    /// The portal by itself.
    Portal,
}

impl Actor {
    /// Reads what [`fmt::Display`] wrote; `None` for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "operator" => Some(Self::Operator),
            "portal" => Some(Self::Portal),
            _ => {
                let person = PersonId::parse(text.strip_prefix("person:")?)?;
                Some(Self::Person(person.to_bits()))
            }
        }
    }
}

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry<'a> {
    pub(crate) at: UnixSeconds,
    pub(crate) actor: Actor,
    /// What was done, in the program's own words; of what Duo decides, with Duo's reason.
    pub(crate) action: &'a str,
    /// To whose account.
    pub(crate) subject: Option<u128>,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(id) => write!(f, "person:{id:032x}"),
            Self::Operator => f.write_str("operator"),
            Self::Portal => f.write_str("portal"),
        }
    }
}

/// Writes an event down, as part of what it is about.
pub(crate) fn append(
    transaction: &mut Transaction<'_>,
    entry: &Entry<'_>,
) -> Result<(), DatabaseError> {
    let no_randomness = |_| DatabaseError::Unavailable("no randomness for an audit event".into());
    let id = random::bytes::<16>().map_err(no_randomness)?;
    let subject = entry.subject.map(|id| format!("{id:032x}")).unwrap_or_default();
    let at = i64::try_from(entry.at.0).unwrap_or(i64::MAX);
    transaction.execute_later(
        "INSERT INTO audit_events (tenant, id, at, actor, action, subject)
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            (*id).into(),
            at.into(),
            entry.actor.to_string().into(),
            entry.action.into(),
            subject.into(),
        ],
    )?;
    Ok(())
}
