//! Durable storage: one layer over SQLite and PostgreSQL.
//!
//! # What this crate does
//!
//! [`sql`] runs one SQL text on either database, in transactions whose answer is heard only after
//! they are durable, and brings the tables up to date. [`keys`] seals secrets for the row they lie
//! in, and [`rotation`] changes the keys. [`second_factor`] keeps second factors: it is the store
//! that `upheld-second-factor` asks for. [`ledger`] keeps the log of `upheld-ledger`, [`record`] what
//! it commits to and may have to be erased, [`request`] the queue of a desk, and [`consent`] notices and
//! consents.
//!
//! # What it does not do
//!
//! It reads no clock and no environment and starts no program. It does not retry what may have been
//! done, back up files, or keep keys: those are the program's.
//!
//! # Invariants
//!
//! 1. What was answered as done is on the disk, unless [`sql::Database::transact_relaxed`] was asked.
//! 2. What was sent runs to its end: nobody undoes an attempt by hanging up.
//! 3. A failure, a panic or a lost connection undoes the whole function it hit, and no other's.
//! 4. Every statement names its tenant.
//! 5. A record and its entry in the log are one transaction, and the log has one end.
//! 6. No value that was stored or asked for reaches an error or a `Debug` text.
//!
//! # Reading order
//!
//! | file | question it answers |
//! |---|---|
//! | `sql` | what may a statement say, and what is promised about it? |
//! | `sql/sqlite/writer` | what is committed together, and who is told what when it fails? |
//! | `sql/postgres`, `sql/postgres/session` | when is a connection given up, and what does an error mean? |
//! | `sql/migration` | when are tables left alone? |
//! | `keys`, `keys/file` | what is a secret bound to, and what is refused? |
//! | `second_factor/rows` | which statement carries which promise? |
//! | `second_factor/pipelined` | the same in fewer round trips |
//! | `ledger/append` | why does the log not fork? |
//! | `record/sealed` | what is in one transaction with the entry of the log? |
//! | `record/erase`, `record/verify` | what goes, what stays, and who would notice? |
//! | `rotation` | may it be interrupted anywhere? |

#![forbid(unsafe_code)]

mod columns;
pub mod consent;
pub mod keys;
pub mod ledger;
pub mod record;
pub mod request;
pub mod rotation;
pub mod second_factor;
pub mod sql;
mod tenant;

pub use tenant::{Tenant, TenantError};

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;
