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

use crate::{Awaited, Calendar, Date, DeadlineError, Due, Extension, Facts};
use crate::{Regime, RequestKind, Step, deadline, explain};

mod clock;
mod command;
mod complaint;
mod decide;
mod duty;
mod element;
mod event;
mod evolve;
mod exemption;
mod facts;
mod ground;
mod health;
mod item;
mod proof;
mod rejection;
mod respond;
mod response;
mod search;
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
pub use duty::RequestHold;
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
pub use text::{Name, Text};

pub use crate::TextError;

use clock::Clock;
use duty::Duty;
use proof::Proof;
use search::Search;
use state::State;

/// A request, as the events so far have made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    receipt: Receipt,
    received: Date,
    latest: Date,
    state: State,
    clock: Clock,
    proof: Proof,
    fee: Option<Fee>,
    search: Search,
    scope: ErasureScope,
    /// The answers, the last one last: a request that is taken up again has one for each time.
    answers: Vec<Answer>,
    is_answered: bool,
    duties: BTreeMap<Name, Duty>,
    /// Since when a restriction that was granted is in force.
    restricted: Option<Date>,
    complaints: Vec<Name>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Answer {
    at: Date,
    response: Response,
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

    /// The day from which its clock runs, as far as is known: the latest of the day on which it came,
    /// or came up again, and of those on which came what the person was asked for. What came unasked
    /// moves nothing.
    //= UK GDPR, Article 12A(2): the clock runs from the latest of receipt, identity and fee
    #[must_use]
    pub fn runs_from(&self) -> Date {
        let awaited = [self.clock.identity, self.clock.authority, self.clock.fee];
        let came = awaited.into_iter().filter_map(|awaited| match awaited {
            Awaited::Received(at) => Some(at),
            Awaited::NotAsked | Awaited::Outstanding => None,
        });
        came.fold(self.clock.start, Date::max)
    }

    /// The facts from which its deadline follows.
    #[must_use]
    pub fn facts(&self) -> Facts<'_> {
        let extension = match self.clock.extension {
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

    /// The facts that have effect. An extension counts for nothing if its notice came too late,
    /// which may show afterwards: an answer that is noted late ends a pause earlier than was
    /// thought.
    //= UK GDPR, Article 12A(4)(a): a notice that is given late extends nothing
    fn effective(&self, calendar: &Calendar) -> Facts<'_> {
        let facts = self.facts();
        match deadline(&facts, Regime::Uk, calendar) {
            Err(DeadlineError::ExtensionTooLate { .. }) => self.facts_before_extension(),
            _ => facts,
        }
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
        deadline(&self.effective(calendar), Regime::Uk, calendar).map(Some)
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
        explain(&self.effective(calendar), Regime::Uk, calendar).map(|(_, steps)| steps)
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

    /// The answer; none once it is taken up again.
    #[must_use]
    pub fn response(&self) -> Option<&Response> {
        self.answer().map(|answer| &answer.response)
    }

    /// When it was answered; never, once it is taken up again.
    #[must_use]
    pub fn responded(&self) -> Option<Date> {
        self.answer().map(|answer| answer.at)
    }

    /// Each answer, with its day: the last, and those before it was taken up again.
    pub fn answers(&self) -> impl Iterator<Item = (Date, &Response)> {
        self.answers.iter().map(|answer| (answer.at, &answer.response))
    }

    fn answer(&self) -> Option<&Answer> {
        self.answers.last().filter(|_| self.is_answered)
    }

    /// The complaints about it.
    #[must_use]
    pub fn complaints(&self) -> &[Name] {
        &self.complaints
    }
}
