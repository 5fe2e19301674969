//! What is owed after an answer, and for as long as it is: to recipients, and to the data.

use super::{Act, Context, Done, Event, Name, Notified, Rejection, Request};
use crate::Date;

/// Somebody who is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Duty {
    /// Of that answer, counted from 0, and of those after it.
    since: usize,
    result: Option<Notified>,
}

/// Why data must not be disposed of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RequestHold {
    /// Somebody has asked for it: to erase it, to keep it from them, is an offence under section
    /// 173 of the Data Protection Act 2018.
    Requested,
    /// It is restricted, and is stored and nothing else: Article 18(2).
    Restricted,
}

impl Request {
    /// Why the person's data must not be disposed of now, if that is so.
    ///
    /// A job that deletes what is older than its years asks every request of the person first.
    //= DPA 2018 §173: what a person has asked for is not erased to keep it from them
    #[must_use]
    pub fn hold(&self) -> Option<RequestHold> {
        if self.ask().needs_search() && self.stage().is_open() {
            return Some(RequestHold::Requested);
        }
        self.is_restricted().then_some(RequestHold::Restricted)
    }

    /// Whether a restriction that was granted is in force. It is until it is lifted, also while the
    /// request is taken up again and when it is taken back.
    #[must_use]
    pub const fn is_restricted(&self) -> bool {
        self.restricted.is_some()
    }

    /// Who has to be told of what was done, and what came of it.
    pub fn notifications(&self) -> impl Iterator<Item = (&Name, Option<&Notified>)> {
        self.duties.iter().map(|(name, duty)| (name, duty.result.as_ref()))
    }

    /// What was done of which `recipient` is to be told, the first first.
    pub(crate) fn owed_to(&self, recipient: &Name) -> Vec<&Done> {
        let Some(duty) = self.duties.get(recipient) else { return Vec::new() };
        let answers = self.answers.iter().skip(duty.since);
        let done = answers.filter_map(|answer| answer.response.outcome.done());
        done.filter(|done| done.recipients().contains(&recipient)).collect()
    }

    /// Somebody is to be told of the last answer: again, if they were told of an earlier one.
    pub(super) fn owe(&mut self, recipient: &Name) {
        let last = self.answers.len().saturating_sub(1);
        let duty = self.duties.entry(recipient.clone());
        let duty = duty.or_insert(Duty { since: last, result: None });
        if duty.result.take().is_some() {
            duty.since = last;
        }
    }

    pub(super) fn tell(&mut self, recipient: &Name, result: &Notified) {
        if let Some(duty) = self.duties.get_mut(recipient) {
            duty.result = Some(result.clone());
        }
    }

    pub(super) fn notify(
        &self,
        act: Act,
        recipient: Name,
        result: Notified,
    ) -> Result<Event, Rejection> {
        match self.duties.get(&recipient) {
            None => Err(Rejection::Unknown { name: recipient }),
            Some(Duty { result: Some(Notified::Told), .. }) => Err(Rejection::Already { act }),
            Some(_) => Ok(Event::RecipientNotified { recipient, result }),
        }
    }

    //= UK GDPR, Article 18(3): the person is told before a restriction is lifted
    pub(super) fn lift(
        &self,
        act: Act,
        informed: Date,
        context: &Context<'_>,
    ) -> Result<Event, Rejection> {
        let Some(granted) = self.restricted else { return Err(Rejection::NotRestricted) };
        if context.at < informed {
            return Err(Rejection::Order { act, at: context.at, after: informed });
        }
        if informed < granted {
            return Err(Rejection::Order { act, at: informed, after: granted });
        }
        Ok(Event::RestrictionLifted { informed })
    }

    /// Whether every duty that followed from what was done is done.
    pub(super) fn check_discharged(&self) -> Result<(), Rejection> {
        let open = self.notifications().filter(|(_, result)| result.is_none());
        let names: Vec<Name> = open.map(|(name, _)| name.clone()).collect();
        if !names.is_empty() {
            return Err(Rejection::Unfinished { names });
        }
        if self.is_restricted() { Err(Rejection::Restricted) } else { Ok(()) }
    }
}
