//! When a person's request about their data must be answered, and how: as the law says, and to the
//! day.
//!
//! Start with [`deadline`], or [`explain`] for the way to it. [`complaint_deadline`] is for
//! complaints. [`request`] holds whole requests and complaints, from receipt to the last duty.
//! [`retention`] says what is due to go, [`redaction`] takes out of a text what others have a right
//! to, and [`export`] bundles an answer.
//!
//! # Invariants
//!
//! 1. A deadline is derived from [`Facts`] whenever it is asked for, and never stored.
//! 2. What is not known is an error: days beyond the published bank holidays, facts in an order
//!    that cannot be, facts to which the law gives no effect.
//! 3. Nothing here reads a clock. Deadlines allocate nothing; their explanation does.
//!
//! # What it leaves to you
//!
//! - **Judgement**: whether a doubt about identity is reasonable, a request is complex, or further
//!   information is needed. The crate computes what follows.
//! - **The hour**: a day ends at midnight where the controller is.
//! - **Legal advice**: this is none. The law is that of [`LAW_AS_OF`].

#![forbid(unsafe_code)]

mod basis;
mod calendar;
mod catalogue;
mod category;
mod consent;
mod date;
mod deadline;
pub mod drp;
pub mod export;
mod facts;
mod icalendar;
mod identifier;
mod kind;
mod length;
pub mod letter;
mod markup;
mod moment;
mod notice;
pub mod opendsr;
mod party;
mod provision;
mod purpose;
mod receipt;
pub mod redaction;
mod regulator;
pub mod request;
pub mod retention;
mod rfc3339;
mod term;
mod text;
mod word;

pub use basis::{LawfulBasis, SpecialCategoryCondition};
pub use calendar::{Calendar, CalendarError, Division, OutsideCoverage};
pub use catalogue::{CataloguePurpose, NotSpecified};
pub use category::{DataCategory, DataGroup};
pub use consent::{Affirmation, Capacity, Change, Channel, Circumstances, Command, ConsentKind};
pub use consent::{ConsentEvent, ConsentRecord, Contact, Decision, EventError, Grant};
pub use consent::{Ground, Guardian, GuardianCheck, Happening, Invalidity, Method, Obligation};
pub use consent::{Processing, Reason, RecordId, RecordIdError, Rejection, ReplayError, Scope};
pub use consent::{SoftOptIn, SoftOptInGap, State, Status, Subscriber, TpsScreening};
pub use consent::{SuppressionError, SuppressionList};
pub use date::{Date, DateError, Weekday};
pub use deadline::{ComplaintDeadline, Deadline, DeadlineError, Due, Event, Fact, Regime, Step};
pub use deadline::{Waiting, complaint_deadline, deadline, explain};
pub use facts::{Awaited, Clarification, Extension, Facts};
pub use icalendar::to_icalendar;
pub use identifier::{IdentifierError, NoticeId, PurposeId, RecipientId};
pub use kind::RequestKind;
pub use notice::WithdrawalRoute;
pub use notice::{Means, Notice, NoticeChange, NoticeDraft, NoticeError, NoticeHash, NoticeRef};
pub use party::{Address, Controller, Recipient, RecipientRole};
pub use provision::{Instrument, LAW_AS_OF, Provision};
pub use purpose::StoragePeriod;
pub use purpose::{Advice, Necessity, Purpose, PurposeDraft, PurposeError, PurposeKind};
pub use receipt::{Dossier, DossierError, Receipt, ReceiptError};
pub use rfc3339::{Moment, MomentError};
pub use term::{Term, Vocabulary};
pub use text::TextError;

pub use upheld_ledger::UnixMillis;

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;
