//! Durable storage: one layer over SQLite and PostgreSQL.
//!
//! # What this crate does
//!
//! [`sql`] runs one SQL text on either database, in transactions whose answer is heard only after
//! they are durable, and brings the tables up to date. [`keys`] seals secrets for the row they lie
//! in.
//!
//! # Invariants
//!
//! 1. What was answered as done is on the disk, unless [`sql::Database::transact_relaxed`] was asked.
//! 2. What was sent runs to its end: nobody undoes an attempt by hanging up.
//! 3. A failure, a panic or a lost connection undoes the whole function it hit, and no other's.
//! 4. Every statement names its tenant.
//! 5. No value that was stored or asked for reaches an error or a `Debug` text.

#![forbid(unsafe_code)]

pub mod keys;
pub mod rotation;
pub mod second_factor;
pub mod sql;
mod tenant;

pub use tenant::{Tenant, TenantError};
