//! What an answer must show before it is one.

use std::collections::BTreeSet;

use super::{
    Choice, Context, Done, Event, Ground, Item, ItemFault, Name, Other, Outcome, Rejection,
    Request, Response, Stage, Verdict,
};
use crate::Provision;

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

    /// Nothing is told to somebody unknown; that nothing is held answers a request for data; and
    /// access and portability are granted, or nothing is said to be held, after a search alone. So
    /// is data kept back for what stands in it.
    fn check_search(&self, outcome: &Outcome) -> Result<(), Rejection> {
        let is_refusal = matches!(outcome, Outcome::Refused(_));
        if !is_refusal {
            self.check_requester()?;
        }
        let is_nothing = matches!(outcome, Outcome::NothingHeld { .. });
        if is_nothing && !self.ask().needs_search() {
            return Err(Rejection::WrongAnswer { ask: self.ask() });
        }
        if !self.ask().needs_search() || (is_refusal && !self.turns_on_data(outcome)) {
            return Ok(());
        }
        if self.stage() != Stage::Reviewing || !self.search.is_made() {
            return Err(Rejection::NotSearched);
        }
        if is_nothing && !self.search.items.is_empty() {
            return Err(Rejection::SomethingHeld);
        }
        Ok(())
    }

    /// Whether a refusal turns on what stands in the data. Whoever is refused because of how they
    /// ask, or for want of proof, is refused unread.
    fn turns_on_data(&self, outcome: &Outcome) -> bool {
        let stated = outcome.refused();
        let is_read = !self.search.items.is_empty();
        stated.iter().any(Ground::is_about_items)
            || (is_read && !stated.iter().any(Ground::is_about_request))
    }

    /// Each item has a verdict that holds on the day of the answer. The answer states the ground of
    /// each, and none about data that was not found.
    fn check_items(&self, outcome: &Outcome, context: &Context<'_>) -> Result<(), Rejection> {
        let stated = outcome.refused();
        let is_refusal = matches!(outcome, Outcome::Refused(_));
        if is_refusal && !self.turns_on_data(outcome) {
            return Ok(());
        }
        let items = &self.search.items;
        let open = items.iter().filter(|(_, (_, verdict))| verdict.is_none());
        let names: Vec<Name> = open.map(|(name, _)| name.clone()).collect();
        if !names.is_empty() {
            return Err(Rejection::Unfinished { names });
        }
        let mut kept_back: BTreeSet<Provision> = BTreeSet::new();
        for (name, (_, verdict)) in items {
            let Some(verdict) = verdict else { continue };
            self.check_verdict(name, verdict, context)?;
            if is_refusal && !matches!(verdict, Verdict::Withhold(_)) {
                return Err(Rejection::Disclosed { name: name.clone() });
            }
            kept_back.extend(verdict.ground().map(Ground::provision));
        }
        self.check_stated(stated, &kept_back)?;
        self.check_others(stated)
    }

    /// The answer speaks of nobody whom no verdict keeps back: who may be, and in which record, was
    /// seen verdict by verdict.
    //= DPA 2018, Schedule 2, paragraph 17: it is reasonable to name who made a health record
    fn check_others(&self, stated: &[Ground]) -> Result<(), Rejection> {
        if !self.ask().needs_search() {
            return Ok(());
        }
        let kept_back: Vec<(&Item, Other)> = self.search.kept_back_for_others().collect();
        for ground in stated {
            let Some(other) = ground.other() else { continue };
            if kept_back.iter().any(|(_, of)| *of == other) {
                continue;
            }
            let theirs = kept_back.iter().find(|(item, _)| item.is_record_of(other));
            return Err(match theirs {
                Some((item, _)) => ItemFault::ProfessionalHidden { item: item.name.clone() }.into(),
                None => Rejection::NotSo { provision: ground.provision() },
            });
        }
        Ok(())
    }

    /// The answer states each ground on which data is kept back; and none about data on which
    /// nothing is.
    fn check_stated(
        &self,
        stated: &[Ground],
        kept_back: &BTreeSet<Provision>,
    ) -> Result<(), Rejection> {
        let said: BTreeSet<Provision> = stated.iter().map(Ground::provision).collect();
        let unsaid: Vec<Provision> = kept_back.difference(&said).copied().collect();
        if !unsaid.is_empty() {
            return Err(Rejection::WithheldUnsaid { provisions: unsaid });
        }
        let about_data = stated.iter().filter(|ground| ground.is_about_items());
        let mut baseless = about_data.map(Ground::provision).filter(|by| !kept_back.contains(by));
        match baseless.next() {
            Some(provision) if self.ask().needs_search() => Err(Rejection::NotSo { provision }),
            _ => Ok(()),
        }
    }

    pub(super) fn check_verdict(
        &self,
        name: &Name,
        verdict: &Verdict,
        context: &Context<'_>,
    ) -> Result<(), Rejection> {
        let Some((item, _)) = self.search.items.get(name) else {
            return Err(Rejection::Unknown { name: name.clone() });
        };
        if let Some(ground) = verdict.ground() {
            self.check_ground(ground)?;
        }
        Ok(verdict.check(item, context.controller, context.at)?)
    }

    fn check_done(&self, done: &Done) -> Result<(), Rejection> {
        if !done.answers(self.ask()) {
            return Err(Rejection::WrongAnswer { ask: self.ask() });
        }
        if let Done::Erasure(answer) = done
            && answer.account_deleted
            && self.chosen() != Some(&Choice::DeleteAccount)
        {
            return Err(Rejection::AccountNotChosen);
        }
        Ok(())
    }
}
