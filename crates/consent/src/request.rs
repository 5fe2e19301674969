//! Requests under the UK GDPR, from receipt to the last duty that follows from the answer.
//!
//! [`decide`] says what comes of a [`Command`], or why nothing does; [`Request::apply`] takes what
//! happened. Store the [`Recorded`] events in order, and nothing else: the request is what
//! [`Request::replay`] makes of them, and its deadline what [`Request::due`] derives.
//!
//! ```
//! use upheld_consent::request::{
//!     Ask, Channel, Command, Context, ControllerStatus, Identity, Name, Receipt, Request, Requester,
//!     Stage, decide,
//! };
//! use upheld_consent::{Calendar, Date, Division};
//!
//! let (by, calendar) = (Name::new("front desk")?, Calendar::of(Division::Scotland));
//! let today = Date::new(2026, 6, 2)?;
//! let context = Context {
//!     at: Date::new(2026, 6, 1)?,
//!     today,
//!     by: &by,
//!     calendar: &calendar,
//!     controller: ControllerStatus::HealthProfessional,
//! };
//! let receipt = Receipt {
//!     ask: Ask::Access,
//!     channel: Channel::Email,
//!     requester: Requester::Subject,
//!     identity: Identity::Unproven,
//! };
//! let events = decide(None, Command::Receive(receipt), &context)?;
//! let request = Request::replay(&events)?;
//! assert_eq!(request.stage(), Stage::Received);
//!
//! // Nobody takes it up before it is known who asks.
//! let rejection = decide(Some(&request), Command::Accept, &context).unwrap_err();
//! assert_eq!(rejection.to_string(), "it is not known who asks: ask for proof of identity first");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The law of other countries has deadlines in this crate, and no requests.

use std::collections::BTreeMap;

use crate::{Awaited, Calendar, Clarification, Date, DeadlineError, Due, Extension, Facts};
use crate::{Regime, RequestKind, Step, deadline, explain};

mod command;
mod complaint;
mod decide;
mod element;
mod event;
mod evolve;
mod exemption;
mod facts;
mod ground;
mod health;
mod item;
mod rejection;
mod respond;
mod response;
mod stage;
mod state;
mod table;
mod text;

pub use command::Command;
pub use complaint::{
    Complaint, ComplaintAct, ComplaintCommand, ComplaintEvent, ComplaintOutcome,
    ComplaintRejection, ComplaintStage, complaint_transition, decide_complaint,
};
pub use decide::{Context, decide};
pub use element::Element;
pub use event::{Event, Recorded, UnknownVersion, Version};
pub use evolve::OutOfPlace;
pub use exemption::Exemption;
pub use facts::{Ask, Burden, Channel, Choice, ErasureScope, ExtensionGround, Fee, FeeGround};
pub use facts::{Identity, Notified, Receipt, Requester, SearchPlan, SearchResult};
pub use ground::SupplementaryStatement;
pub use ground::{Ground, KeepingPurpose, Other, OthersTest, RectificationRefusal};
pub use health::{ControllerStatus, Finding, Opinion, OpinionFault};
pub use item::{Clearance, Item, ItemFault, Record, Verdict};
pub use rejection::Rejection;
pub use response::{AccessAnswer, CopyForm, Done, ErasureAnswer, Outcome, PortabilityAnswer};
pub use response::{RectificationAnswer, ResidualCopies, Response, RestrictionAnswer};
pub use response::{RestrictionCase, ReviewAnswer, Sent};
pub use stage::{Act, Next, Stage, transition};
pub use table::{diagram, table};
pub use text::{Name, Text, TextError};

use state::State;

/// A request, as the events so far have made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    receipt: Receipt,
    received: Date,
    latest: Date,
    state: State,
    clock: Clock,
    is_identified: bool,
    is_authorised: bool,
    fee: Option<Fee>,
    search: Search,
    scope: ErasureScope,
    answer: Option<Answer>,
    notifications: BTreeMap<Name, Option<Notified>>,
    restriction_lifted: Option<Date>,
    complaints: Vec<Name>,
}

/// What starts, stops and lengthens the time.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Clock {
    start: Date,
    identity: Awaited,
    authority: Awaited,
    fee: Awaited,
    clarifications: Vec<Clarification>,
    extension: Option<(Date, ExtensionGround, Text)>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Search {
    plans: Vec<SearchPlan>,
    sources: BTreeMap<Name, Option<SearchResult>>,
    processors: BTreeMap<Name, Option<SearchResult>>,
    items: BTreeMap<Name, (Item, Option<Verdict>)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Answer {
    at: Date,
    response: Response,
}

/// Why data must not be disposed of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Hold {
    /// Somebody has asked for it: to erase it, to keep it from them, is an offence under section
    /// 173 of the Data Protection Act 2018.
    Requested,
    /// It is restricted, and is stored and nothing else: Article 18(2).
    Restricted,
}

impl Request {
    /// Where it stands.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        self.state.stage()
    }

    /// What is asked for.
    #[must_use]
    pub const fn ask(&self) -> Ask {
        self.receipt.ask
    }

    /// The right that it exercises.
    #[must_use]
    pub const fn kind(&self) -> RequestKind {
        self.receipt.ask.kind()
    }

    /// What came.
    #[must_use]
    pub const fn receipt(&self) -> &Receipt {
        &self.receipt
    }

    /// When it came.
    #[must_use]
    pub const fn received(&self) -> Date {
        self.received
    }

    /// The facts from which its deadline follows.
    #[must_use]
    pub fn facts(&self) -> Facts<'_> {
        let clock = &self.clock;
        let extension = match clock.extension {
            Some((at, ..)) => Extension::Notified(at),
            None => Extension::None,
        };
        self.facts_before_extension().with_extension(extension)
    }

    fn facts_before_extension(&self) -> Facts<'_> {
        let clock = &self.clock;
        Facts::new(self.kind(), clock.start)
            .with_identity(clock.identity)
            .with_authority(clock.authority)
            .with_fee(clock.fee)
            .with_clarifications(&clock.clarifications)
    }

    /// When it is due, by the working days of `calendar`; `None` once nothing is owed.
    ///
    /// # Errors
    ///
    /// Those of [`deadline`]: in the main, days that the calendar does not know.
    pub fn due(&self, calendar: &Calendar) -> Result<Option<Due>, DeadlineError> {
        if !self.stage().is_open() {
            return Ok(None);
        }
        deadline(&self.facts(), Regime::Uk, calendar).map(Some)
    }

    /// How its deadline comes about; empty once nothing is owed.
    ///
    /// # Errors
    ///
    /// Those of [`Self::due`].
    pub fn explain(&self, calendar: &Calendar) -> Result<Vec<Step>, DeadlineError> {
        if !self.stage().is_open() {
            return Ok(Vec::new());
        }
        explain(&self.facts(), Regime::Uk, calendar).map(|(_, steps)| steps)
    }

    /// Why the person's data must not be disposed of now, if that is so.
    ///
    /// A job that deletes what is older than its years asks every request of the person first.
    //= DPA 2018 §173: what a person has asked for is not erased to keep it from them
    #[must_use]
    pub fn hold(&self) -> Option<Hold> {
        if self.ask().needs_search() && self.stage().is_open() {
            return Some(Hold::Requested);
        }
        self.is_restricted().then_some(Hold::Restricted)
    }

    /// Whether a restriction that was granted is in force.
    #[must_use]
    pub fn is_restricted(&self) -> bool {
        let done = self.response().and_then(|response| response.outcome.done());
        matches!(done, Some(Done::Restriction(_))) && self.restriction_lifted.is_none()
    }

    /// How far an erasure reaches.
    #[must_use]
    pub const fn erasure_scope(&self) -> &ErasureScope {
        &self.scope
    }

    /// The reasons for which it was extended, and when the person was told.
    #[must_use]
    pub fn extension(&self) -> Option<(Date, ExtensionGround, &Text)> {
        self.clock.extension.as_ref().map(|(at, ground, reasons)| (*at, *ground, reasons))
    }

    /// The fee that was charged.
    #[must_use]
    pub const fn fee(&self) -> Option<&Fee> {
        self.fee.as_ref()
    }

    /// Where it was looked for, plan by plan.
    #[must_use]
    pub fn plans(&self) -> &[SearchPlan] {
        &self.search.plans
    }

    /// Where it is looked for, and what came of each source.
    pub fn sources(&self) -> impl Iterator<Item = (&Name, Option<&SearchResult>)> {
        self.search.sources.iter().map(|(name, result)| (name, result.as_ref()))
    }

    /// Who was told to look for it as well, and what came of that.
    pub fn processors(&self) -> impl Iterator<Item = (&Name, Option<&SearchResult>)> {
        self.search.processors.iter().map(|(name, result)| (name, result.as_ref()))
    }

    /// What was found, and what becomes of it.
    pub fn items(&self) -> impl Iterator<Item = (&Item, Option<&Verdict>)> {
        self.search.items.values().map(|(item, verdict)| (item, verdict.as_ref()))
    }

    /// The answer.
    #[must_use]
    pub fn response(&self) -> Option<&Response> {
        self.answer.as_ref().map(|answer| &answer.response)
    }

    /// When it was answered.
    #[must_use]
    pub fn responded(&self) -> Option<Date> {
        self.answer.as_ref().map(|answer| answer.at)
    }

    /// Who has to be told of what was done, and what came of it.
    pub fn notifications(&self) -> impl Iterator<Item = (&Name, Option<&Notified>)> {
        self.notifications.iter().map(|(name, result)| (name, result.as_ref()))
    }

    /// The complaints about it.
    #[must_use]
    pub fn complaints(&self) -> &[Name] {
        &self.complaints
    }
}
