//! An append-only log that shows tampering, and that forgets people without losing its proof.
//!
//! - [`Log`] appends [`Draft`]s and gives back [`Record`]s to store. It is itself a few hashes.
//! - [`Verifier`] reads records back, in constant memory, against [`Checkpoint`]s kept elsewhere.
//! - [`Inclusion`] and [`Consistency`] prove an entry and a continuation to somebody without the
//!   log; [`ProofFile`] is the first as a file.
//! - [`Commitment`], [`Salt`], [`PseudonymKey`] let a person be erased: what is personal lies
//!   outside, and what is in the log says nothing without it.
//! - [`Value`] is JSON with one spelling; [`Note`] a signed text.
//!
//! # Invariants
//!
//! 1. An entry has one spelling, RFC 8785's. Reading refuses every other.
//! 2. The root is the hash of RFC 6962 over the bytes of the entries, so that any implementation
//!    of that tree can check it.
//! 3. Appending needs the peaks of the tree and nothing else: at most 64 hashes.
//! 4. What is read comes from anywhere: no input panics, nests deeper than 32, or allocates beyond
//!    its length.
//! 5. No salt and no key reaches an error or a `Debug` text; both are wiped when dropped.
//!
//! # What it leaves to you
//!
//! - **Storage**: a record is durable before what it speaks of happens; two writers need a lock,
//!   or they make a fork.
//! - **Checkpoints**: keep them where whoever can write the log cannot. Without one, a rewritten
//!   log looks like any other; see [`Verifier`].
//! - **Signatures**: [`Note`] takes what your signer makes.
//! - **What goes in**: an entry is for good. Put nothing personal into `actor`, `kind` or facts.
//!
//! Reading order: `hash`, `tree`, `proof`; `json`, `entry`, `record`; `log`, `verify`;
//! `checkpoint`, `note`, `proof_text`; `erasable`.

#![forbid(unsafe_code)]

mod checkpoint;
mod entry;
mod erasable;
mod hash;
mod json;
mod log;
mod note;
mod proof;
mod proof_text;
mod record;
mod tree;
mod verify;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use entry::{Draft, Entry, EntryError, UnixMillis};
pub use erasable::{Commitment, Opening, Pseudonym, PseudonymKey, Salt};
pub use hash::{Hash, HashTextError};
pub use json::{Integer, JsonError, Object, Value};
pub use log::{AppendError, Log};
pub use note::{MAX_NOTE, MAX_SIGNATURES, Note, NoteError, NoteKey};
pub use proof::{Consistency, ConsistencyProver, Disproof, Inclusion, InclusionProver, ProofError};
pub use proof_text::{ProofFile, ProofFileError};
pub use record::{Fault, LineError, MAX_LINE, Record, RecordRef};
pub use tree::Tree;
pub use verify::{Tampering, Verifier};

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;
