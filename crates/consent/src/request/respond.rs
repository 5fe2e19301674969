//! What an answer must show before it is one.

use std::collections::BTreeSet;

use super::{
    Choice, Context, ControllerStatus, Done, ErasureScope, Event, Finding, Ground, Name, Outcome,
    Rejection, Request, Response, Stage,
};

impl Request {
    /// The events of an answer: that it was given, and who is to be told.
    pub(super) fn respond(
        &self,
        response: Response,
        context: &Context<'_>,
    ) -> Result<Vec<Event>, Rejection> {
        self.check_search(&response.outcome)?;
        self.check_items(&response.outcome, context)?;
        for ground in response.outcome.refused() {
            self.check_ground(ground)?;
            check_opinion(ground, context)?;
        }
        if let Some(done) = response.outcome.done() {
            self.check_done(done)?;
        }
        //= UK GDPR, Article 12(4): a refusal states its reasons, both complaints and the judicial remedy
        let missing = response.missing(self.receipt.channel);
        if !missing.is_empty() {
            return Err(Rejection::Incomplete { missing });
        }
        let recipients: BTreeSet<Name> = response
            .outcome
            .done()
            .map(Done::recipients)
            .unwrap_or_default()
            .into_iter()
            .cloned()
            .collect();
        let mut events = vec![Event::Responded(response)];
        //= UK GDPR, Article 19: each recipient is told, unless it is impossible or disproportionate
        //= UK GDPR, Article 17(2): and whoever has links to or copies of what was made public
        events
            .extend(recipients.into_iter().map(|recipient| Event::NotificationOwed { recipient }));
        Ok(events)
    }

    /// Nothing is told to somebody unknown; and access and portability are granted, or nothing is
    /// said to be held, after a search alone.
    fn check_search(&self, outcome: &Outcome) -> Result<(), Rejection> {
        let is_refusal = matches!(outcome, Outcome::Refused(_));
        if !is_refusal {
            self.check_requester()?;
        }
        if self.ask().needs_search() && self.stage() != Stage::Reviewing && !is_refusal {
            return Err(Rejection::NotSearched);
        }
        let is_nothing = matches!(outcome, Outcome::NothingHeld { .. });
        if is_nothing && !self.search.items.is_empty() {
            return Err(Rejection::SomethingHeld);
        }
        Ok(())
    }

    /// Each item has a verdict that holds on the day of the answer, and the answer says that
    /// something is withheld.
    fn check_items(&self, outcome: &Outcome, context: &Context<'_>) -> Result<(), Rejection> {
        if matches!(outcome, Outcome::Refused(_)) {
            return Ok(());
        }
        let items = &self.search.items;
        let open = items.iter().filter(|(_, (_, verdict))| verdict.is_none());
        let names: Vec<Name> = open.map(|(name, _)| name.clone()).collect();
        if !names.is_empty() {
            return Err(Rejection::Unfinished { names });
        }
        let mut is_withheld = false;
        for (name, (_, verdict)) in items {
            let Some(verdict) = verdict else { continue };
            self.check_verdict(name, verdict, context)?;
            is_withheld |= verdict.ground().is_some();
        }
        if is_withheld && outcome.refused().is_empty() {
            return Err(Rejection::WithheldUnsaid);
        }
        Ok(())
    }

    fn check_done(&self, done: &Done) -> Result<(), Rejection> {
        if !done.answers(self.ask()) {
            return Err(Rejection::WrongAnswer { ask: self.ask() });
        }
        if let Done::Erasure(answer) = done {
            let chosen = match &self.scope {
                ErasureScope::RequiresAccountDeletion { chosen, .. } => chosen.as_ref(),
                ErasureScope::DataAlone => None,
            };
            if answer.account_deleted && chosen != Some(&Choice::DeleteAccount) {
                return Err(Rejection::AccountNotChosen);
            }
        }
        Ok(())
    }
}

/// The gate of Schedule 3 stands before a refusal as a whole as well.
fn check_opinion(ground: &Ground, context: &Context<'_>) -> Result<(), Rejection> {
    match ground {
        Ground::SeriousHarm { opinion: Some(opinion), .. } => {
            Ok(opinion.check(Finding::SeriousHarm, context.at)?)
        }
        Ground::SeriousHarm { opinion: None, .. }
            if context.controller == ControllerStatus::Other =>
        {
            Err(Rejection::OpinionNeeded)
        }
        _ => Ok(()),
    }
}
