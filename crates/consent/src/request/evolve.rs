//! What an event makes of a request.

use super::{
    Act, Answer, Choice, Clock, Done, ErasureScope, Event, Next, Proof, Receipt, Recorded, Request,
    Response, Search, Stage, State, transition,
};
use crate::{Awaited, Date};

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
            proof: Proof::default(),
            fee: None,
            search: Search::default(),
            scope: ErasureScope::DataAlone,
            answers: Vec::new(),
            is_answered: false,
            duties: std::collections::BTreeMap::new(),
            restricted: None,
            complaints: Vec::new(),
        }
    }

    fn take(&mut self, event: &Event, at: Date) {
        match event {
            Event::IdentityRequested { .. } => self.proof.is_doubted = true,
            Event::IdentityConfirmed { .. } => self.proof.is_identified = true,
            Event::AuthorityReceived { .. } => self.proof.is_authorised = true,
            Event::FeeCharged(fee) => self.fee = Some(fee.clone()),
            Event::AccountDeletionRequired { why } => {
                self.scope =
                    ErasureScope::RequiresAccountDeletion { why: why.clone(), chosen: None };
            }
            Event::Chosen(choice) => self.choose(choice),
            Event::Responded(response) | Event::Lapsed(response) => self.answer_with(response, at),
            Event::NotificationOwed { recipient } => self.owe(recipient),
            Event::RecipientNotified { recipient, result } => self.tell(recipient, result),
            Event::RestrictionLifted { .. } => self.restricted = None,
            Event::Complained { complaint } => self.complaints.push(complaint.clone()),
            Event::Reopened { .. } => {
                self.reopen(at);
                self.search.take(event);
            }
            other => self.search.take(other),
        }
        self.clock.take(event, at);
    }

    fn answer_with(&mut self, response: &Response, at: Date) {
        if let Some(Done::Restriction(_)) = response.outcome.done() {
            self.restricted = Some(at);
        }
        self.answers.push(Answer { at, response: response.clone() });
        self.is_answered = true;
    }

    /// What is new is a request of that day. What was shown is not asked for again; and what was
    /// done stays done, with the duties that follow from it: a restriction is in force until it is
    /// lifted, and each recipient is told.
    fn reopen(&mut self, at: Date) {
        if self.clock.fee == Awaited::Outstanding {
            self.fee = None;
        }
        if self.chosen() != Some(&Choice::DeleteAccount) {
            // They may choose again.
            self.scope = ErasureScope::DataAlone;
        }
        self.clock = Clock::starting(at);
        self.is_answered = false;
    }

    /// What the person chose, where erasing the data takes their account.
    pub(super) const fn chosen(&self) -> Option<&Choice> {
        match &self.scope {
            ErasureScope::RequiresAccountDeletion { chosen, .. } => chosen.as_ref(),
            ErasureScope::DataAlone => None,
        }
    }

    fn choose(&mut self, choice: &Choice) {
        if let ErasureScope::RequiresAccountDeletion { chosen, .. } = &mut self.scope {
            *chosen = Some(choice.clone());
        }
    }
}
