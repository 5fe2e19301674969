//! What starts, stops and lengthens the time.

use super::{Event, ExtensionGround, Text};
use crate::{Awaited, Clarification, Date};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    pub(super) start: Date,
    pub(super) identity: Awaited,
    pub(super) authority: Awaited,
    pub(super) fee: Awaited,
    pub(super) clarifications: Vec<Clarification>,
    pub(super) extension: Option<(Date, ExtensionGround, Text)>,
}

impl Clock {
    pub(super) const fn starting(start: Date) -> Self {
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

    pub(super) fn take(&mut self, event: &Event, at: Date) {
        match event {
            Event::IdentityRequested { .. } => self.identity = Awaited::Outstanding,
            // What came without having been asked for was no reason to wait.
            Event::IdentityConfirmed { .. } => arrive(&mut self.identity, at),
            Event::AuthorityRequested => self.authority = Awaited::Outstanding,
            Event::AuthorityReceived { .. } => arrive(&mut self.authority, at),
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

fn arrive(awaited: &mut Awaited, at: Date) {
    if *awaited == Awaited::Outstanding {
        *awaited = Awaited::Received(at);
    }
}
