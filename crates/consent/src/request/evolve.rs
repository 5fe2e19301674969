//! What an event makes of a request.

use super::{
    Act, Answer, Choice, Clock, ErasureScope, Event, Next, Receipt, Recorded, Request, Search,
    Stage, State, transition,
};
use crate::{Awaited, Clarification, Date};

/// An event that cannot have happened where the request stood: the record is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("event {index}: {act} where the request {}", stood(.stage.as_ref()))]
pub struct OutOfPlace {
    /// Which event, counted from 0.
    index: usize,
    /// What it says was done.
    act: Act,
    /// Where the request stood; nowhere if it had not been received.
    stage: Option<Stage>,
}

fn stood(stage: Option<&Stage>) -> String {
    match stage {
        Some(stage) => format!("was {stage}"),
        None => "had not been received".into(),
    }
}

impl Request {
    /// Makes a request of its events, in the order in which they were recorded.
    ///
    /// # Errors
    ///
    /// [`OutOfPlace`], also when there are no events at all.
    pub fn replay<'a>(events: impl IntoIterator<Item = &'a Recorded>) -> Result<Self, OutOfPlace> {
        let mut events = events.into_iter();
        let nothing = OutOfPlace { index: 0, act: Act::Receive, stage: None };
        let mut request = match events.next() {
            Some(Recorded { at, event: Event::Received(receipt), .. }) => {
                Self::begin(receipt.clone(), *at)
            }
            Some(other) => return Err(OutOfPlace { act: other.event.act(), ..nothing }),
            None => return Err(nothing),
        };
        for (index, event) in (1..).zip(events) {
            request = request
                .apply(event)
                .map_err(|out_of_place| OutOfPlace { index, ..out_of_place })?;
        }
        Ok(request)
    }

    /// Applies an event.
    ///
    /// # Errors
    ///
    /// [`OutOfPlace`] when it cannot have happened where the request stands. The evidence that was
    /// asked for when it was decided is not asked for again.
    pub fn apply(mut self, recorded: &Recorded) -> Result<Self, OutOfPlace> {
        let (at, act) = (recorded.at, recorded.event.act());
        let stage = self.stage();
        let next = match (transition(Some(stage), act), self.state.asked()) {
            (Some(Next::Stay), _) => None,
            (Some(Next::To(next)), _) => Some(next),
            (Some(Next::Back), Some(asked)) => Some(asked.from),
            (Some(Next::Back), None) | (None, _) => {
                return Err(OutOfPlace { index: 0, act, stage: Some(stage) });
            }
        };
        self.take(&recorded.event, at);
        self.latest = self.latest.max(at);
        if let Some(next) = next {
            self.state = State::enter(next, at, stage);
        }
        Ok(self)
    }

    fn begin(receipt: Receipt, received: Date) -> Self {
        Self {
            receipt,
            received,
            latest: received,
            state: State::Received,
            clock: Clock::starting(received),
            is_identified: false,
            is_authorised: false,
            fee: None,
            search: Search::default(),
            scope: ErasureScope::DataAlone,
            answer: None,
            notifications: std::collections::BTreeMap::new(),
            restriction_lifted: None,
            complaints: Vec::new(),
        }
    }

    fn take(&mut self, event: &Event, at: Date) {
        match event {
            Event::IdentityConfirmed { .. } => self.is_identified = true,
            Event::AuthorityReceived { .. } => self.is_authorised = true,
            Event::FeeCharged(fee) => self.fee = Some(fee.clone()),
            Event::AccountDeletionRequired { why } => {
                self.scope =
                    ErasureScope::RequiresAccountDeletion { why: why.clone(), chosen: None };
            }
            Event::Chosen(choice) => self.choose(choice),
            Event::Responded(response) | Event::Lapsed(response) => {
                self.answer = Some(Answer { at, response: response.clone() });
            }
            Event::NotificationOwed { recipient } => {
                self.notifications.entry(recipient.clone()).or_default();
            }
            Event::RecipientNotified { recipient, result } => {
                self.notifications.insert(recipient.clone(), Some(result.clone()));
            }
            Event::RestrictionLifted { .. } => self.restriction_lifted = Some(at),
            Event::Complained { complaint } => self.complaints.push(complaint.clone()),
            // What is new is a request of that day; what was asked for and shown is not again.
            Event::Reopened { .. } => {
                self.clock = Clock::starting(at);
                self.answer = None;
                self.restriction_lifted = None;
            }
            other => self.search.take(other),
        }
        self.clock.take(event, at);
    }

    fn choose(&mut self, choice: &Choice) {
        if let ErasureScope::RequiresAccountDeletion { chosen, .. } = &mut self.scope {
            *chosen = Some(choice.clone());
        }
    }
}

impl Search {
    fn take(&mut self, event: &Event) {
        match event {
            Event::CollectionBegun(plan) => {
                self.plans.push(plan.clone());
                self.sources.extend(plan.sources.iter().map(|source| (source.clone(), None)));
            }
            Event::ItemFound(item) => {
                self.items.insert(item.name.clone(), (item.clone(), None));
            }
            Event::SourceFinished { source, result } => {
                self.sources.insert(source.clone(), Some(result.clone()));
            }
            Event::ProcessorInstructed { processor } => {
                self.processors.insert(processor.clone(), None);
            }
            Event::ProcessorFinished { processor, result } => {
                self.processors.insert(processor.clone(), Some(result.clone()));
            }
            Event::Reviewed { item, verdict } => {
                if let Some((_, reviewed)) = self.items.get_mut(item) {
                    *reviewed = Some(verdict.clone());
                }
            }
            _ => {}
        }
    }
}

impl Clock {
    const fn starting(start: Date) -> Self {
        let none = Awaited::NotAsked;
        Self {
            start,
            identity: none,
            authority: none,
            fee: none,
            clarifications: Vec::new(),
            extension: None,
        }
    }

    fn take(&mut self, event: &Event, at: Date) {
        match event {
            Event::IdentityRequested { .. } => self.identity = Awaited::Outstanding,
            Event::IdentityConfirmed { .. } => self.identity = Awaited::Received(at),
            Event::AuthorityRequested => self.authority = Awaited::Outstanding,
            Event::AuthorityReceived { .. } => self.authority = Awaited::Received(at),
            Event::FeeCharged(_) => self.fee = Awaited::Outstanding,
            Event::FeePaid => self.fee = Awaited::Received(at),
            // A fee that is given up was never a reason to wait.
            Event::FeeWaived { .. } => self.fee = Awaited::NotAsked,
            Event::ClarificationAsked { .. } => {
                self.clarifications.push(Clarification { asked: at, answered: None });
            }
            Event::Clarified { .. } => self.answer(Some(at)),
            Event::WentOnUnclarified { paused_until, .. } => self.answer(*paused_until),
            Event::Extended { ground, reasons } => {
                self.extension = Some((at, *ground, reasons.clone()));
            }
            _ => {}
        }
    }

    /// Ends the pause that is open on that day, or undoes it.
    fn answer(&mut self, until: Option<Date>) {
        let open = self.clarifications.iter().rposition(|pause| pause.answered.is_none());
        match (open, until) {
            (Some(open), None) => {
                self.clarifications.remove(open);
            }
            (Some(open), Some(until)) => {
                if let Some(pause) = self.clarifications.get_mut(open) {
                    pause.answered = Some(until.max(pause.asked));
                }
            }
            (None, _) => {}
        }
    }
}
