//! Judging items by a schedule and its holds.

use core::fmt;
use std::collections::BTreeMap;

use super::{
    Action, Basis, Hold, HoldKind, HoldScope, Item, Keep, LEGAL_OBLIGATION, Rule, Schedule, Trigger,
};
use crate::{Date, Provision};

/// A schedule with the holds of today.
#[derive(Clone, Debug)]
pub struct Retention<'a> {
    schedule: &'a Schedule,
    /// By the person they hold everything of.
    of_people: BTreeMap<&'a str, Vec<&'a Hold>>,
    of_items: BTreeMap<&'a str, Vec<&'a Hold>>,
    /// Of categories, and of everything.
    others: Vec<&'a Hold>,
}

/// What becomes of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "data that is due and kept is kept without a ground"]
#[expect(clippy::exhaustive_enums, reason = "whoever disposes handles each")]
pub enum Verdict<'a> {
    /// Its time is over: see [`Due::action`].
    Due(Due<'a>),
    /// It is kept up to and including this day.
    NotYet {
        /// The last day.
        until: Date,
    },
    /// Its time is over, and something holds it.
    Held {
        /// What would be due.
        due: Due<'a>,
        /// What holds it; never empty.
        holds: Vec<&'a Hold>,
    },
    /// The day that a rule counts from is not known: somebody must find it.
    Undated {
        /// The rule.
        rule: &'a Rule,
        /// The event whose day is missing.
        missing: Trigger,
    },
    /// No rule covers it: somebody must decide how long it is kept (Article 5(1)(e)).
    Unscheduled,
}

/// Something whose time is over.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Due<'a> {
    /// The rule that kept it longest.
    pub rule: &'a Rule,
    /// The event that it was kept from.
    pub trigger: Trigger,
    /// The day of that event.
    pub from: Date,
    /// The last day that it was to be kept.
    pub until: Date,
}

impl Due<'_> {
    /// What is to be done.
    #[must_use]
    pub const fn action(&self) -> Action {
        self.rule.action
    }
}

impl fmt::Display for Due<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, trigger, from, until } = self;
        write!(f, "{}: kept from {} on {from} until {until}", rule.name, trigger.name())?;
        match &rule.basis {
            Basis::Policy => write!(f, ", by policy"),
            Basis::Law(law) => write!(f, ", by {law}"),
        }
    }
}

/// What a request for erasure comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "what the law keeps is not erased, and what it does not keep is"]
#[expect(clippy::exhaustive_enums, reason = "erased, refused, or not now")]
pub enum Erasure<'a> {
    /// Nothing stands against it.
    Erase,
    /// The law keeps it, until a day if that is known: say so in the answer.
    Refused {
        /// Article 17(3)(b) or (e).
        provision: Provision,
        /// The last day that it is kept.
        until: Option<Date>,
    },
    /// Something holds it for now.
    Held {
        /// What; never empty.
        holds: Vec<&'a Hold>,
    },
}

impl<'a> Retention<'a> {
    /// Takes a schedule and the holds that are in force.
    #[must_use]
    pub fn new(schedule: &'a Schedule, holds: &'a [Hold]) -> Self {
        let (mut of_people, mut of_items) = (BTreeMap::new(), BTreeMap::new());
        let mut others = Vec::new();
        for hold in holds {
            let of: &mut Vec<&Hold> = match &hold.scope {
                HoldScope::Person(person) => of_people.entry(person.as_str()).or_default(),
                HoldScope::Item(name) => of_items.entry(name.as_str()).or_default(),
                HoldScope::Category(_) | HoldScope::Everything => &mut others,
            };
            of.push(hold);
        }
        Self { schedule, of_people, of_items, others }
    }

    /// Judges an item.
    pub fn judge(&self, item: &Item, today: Date) -> Verdict<'a> {
        let mut last: Option<Due<'a>> = None;
        for rule in self.rules(item) {
            let due = match end(rule, item) {
                Ok(due) => due,
                Err(missing) => return Verdict::Undated { rule, missing },
            };
            if last.as_ref().is_none_or(|last| last.until < due.until) {
                last = Some(due);
            }
        }
        let Some(due) = last else { return Verdict::Unscheduled };
        if today <= due.until {
            return Verdict::NotYet { until: due.until };
        }
        let holds = self.holds(item);
        if holds.is_empty() { Verdict::Due(due) } else { Verdict::Held { due, holds } }
    }

    /// What is due for disposal today, and why.
    pub fn due_for_disposal<'i>(
        &self,
        items: impl IntoIterator<Item = &'i Item>,
        today: Date,
    ) -> impl Iterator<Item = (&'i Item, Due<'a>)> {
        items.into_iter().filter_map(move |item| match self.judge(item, today) {
            Verdict::Due(due) => Some((item, due)),
            _ => None,
        })
    }

    /// Says what a request to erase an item comes to: earlier than the schedule says, unless a law
    /// or a hold keeps it. A restriction is no reason: whoever asked for it asks for this now.
    pub fn erase_on_request(&self, item: &Item, today: Date) -> Erasure<'a> {
        let keeps = |hold: &&Hold| hold.kind != HoldKind::Restriction;
        let holds: Vec<&Hold> = self.holds(item).into_iter().filter(keeps).collect();
        //= UK GDPR, Article 17(3): not what a legal obligation or a claim needs
        if let Some(claim) = holds.iter().find(|hold| hold.kind == HoldKind::LegalClaim) {
            return Erasure::Refused { provision: claim.kind.provision(), until: None };
        }
        let by_law = |rule: &&Rule| matches!(rule.basis, Basis::Law(_));
        let mut until = None;
        for rule in self.rules(item).filter(by_law) {
            match end(rule, item) {
                Ok(due) => until = until.max(Some(due.until)),
                Err(_) => {
                    return Erasure::Refused { provision: LEGAL_OBLIGATION, until: None };
                }
            }
        }
        if until.is_some_and(|until| today <= until) {
            return Erasure::Refused { provision: LEGAL_OBLIGATION, until };
        }
        if holds.is_empty() { Erasure::Erase } else { Erasure::Held { holds } }
    }

    fn rules<'i>(&self, item: &'i Item) -> impl Iterator<Item = &'a Rule> + use<'a, 'i> {
        self.schedule.covering(item)
    }

    fn holds(&self, item: &Item) -> Vec<&'a Hold> {
        let of_person = self.of_people.get(item.person.as_str());
        let of_item = self.of_items.get(item.name.as_str());
        let particular = of_person.into_iter().chain(of_item).flatten();
        let general = self.others.iter().filter(|hold| hold.scope.covers(item));
        particular.chain(general).copied().collect()
    }
}

/// When a rule has kept an item long enough, or what is not known.
fn end<'a>(rule: &'a Rule, item: &Item) -> Result<Due<'a>, Trigger> {
    let term = |(trigger, period): &(Trigger, super::Period)| {
        let from = item.events.get(trigger).copied().ok_or(*trigger)?;
        // A period that ends after the calendar does is not over.
        let until = period.after(from).unwrap_or(Date::MAX);
        Ok(Due { rule, trigger: *trigger, from, until })
    };
    match &rule.keep {
        Keep::For(trigger, period) => term(&(*trigger, *period)),
        Keep::Longest(terms) => {
            let ends: Vec<Due<'a>> = terms.iter().map(term).collect::<Result<_, _>>()?;
            ends.into_iter().max_by_key(|due| due.until).ok_or(Trigger::Collected)
        }
        Keep::Shortest(terms) => {
            let ends = terms.iter().filter_map(|it| term(it).ok());
            let first = terms.first().map_or(Trigger::Collected, |(trigger, _)| *trigger);
            ends.min_by_key(|due| due.until).ok_or(first)
        }
    }
}
