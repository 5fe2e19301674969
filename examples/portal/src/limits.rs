//! What is limited at this moment: whose codes wait or are blocked, and how many waits run that
//! nobody can be named for.

use std::fmt;

use upheld_second_factor::{AccountId, Budget, Chance, Decision, Failures};
use upheld_totp::Digits;

use crate::attempts::{self, Waits};
use crate::clock::Moment;
use crate::id::PersonId;
use crate::language::phrase;
use crate::people::{self, Contact};
use crate::records::{Records, RecordsError};

/// How many accounts a page lists.
const PAGE: usize = 50;
/// How many of those with failures are read at once.
const STRETCH: u32 = 200;
/// How many a page reads at most, to find those that wait. The rest is on the next page, which may
/// be empty and lead on.
const MAX_READ: usize = 2000;

/// Whether codes of a person are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lock {
    Open,
    /// After failures, until then.
    Until(Moment),
    /// Until somebody unlocks it.
    Disabled,
}

impl Lock {
    /// How an attempt would be decided about now.
    pub(crate) fn of(
        records: &Records,
        (budget, failures): (Budget, Failures),
        now: Moment,
    ) -> Self {
        let policy = records.guard.policy();
        let (throttle, chance) = match budget {
            Budget::Code => (policy.throttle, policy.chance_of_totp(Digits::Six)),
            Budget::Recovery => (policy.throttle, Chance::NONE),
            Budget::Delivery => (policy.deliveries, Chance::NONE),
        };
        match throttle.charge(failures, chance, now.into()) {
            Decision::Charge(_) => Self::Open,
            Decision::Throttled { until } => Self::Until(until.into()),
            Decision::Disabled => Self::Disabled,
        }
    }
}

/// Something that a person has to wait with, or that is blocked.
#[derive(Debug)]
pub(crate) struct Limited {
    pub(crate) person: PersonId,
    /// None when there is no such account any more.
    pub(crate) contact: Option<Contact>,
    budget: Budget,
    pub(crate) failures: u32,
    pub(crate) lock: Lock,
}

impl Limited {
    /// What is limited, to be translated.
    pub(crate) const fn what(&self) -> &'static str {
        match self.budget {
            Budget::Code => phrase("Codes"),
            Budget::Recovery => phrase("Recovery codes"),
            Budget::Delivery => phrase("Messages with codes"),
        }
    }
}

/// Where a page begins: after this account and what it failed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place(PersonId, Budget);

impl Place {
    /// Reads what `Display` writes; `None` for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (person, budget) = text.split_once('.')?;
        let budget = Budget::ALL.into_iter().find(|it| name(*it) == budget)?;
        Some(Self(PersonId::parse(person)?, budget))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(person, budget) = self;
        write!(f, "{person}.{}", name(*budget))
    }
}

/// A budget in addresses.
const fn name(budget: Budget) -> &'static str {
    match budget {
        Budget::Code => "code",
        Budget::Recovery => "recovery",
        Budget::Delivery => "delivery",
    }
}

/// Some of what is limited.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) rows: Vec<Limited>,
    /// Where the next page begins; none after the last one.
    pub(crate) next: Option<Place>,
    /// Whatever waits beside: passwords, links, forms, Duo. Their names are not kept.
    pub(crate) unnamed: Waits,
}

/// Lists what is limited, from after a place on.
pub(crate) async fn page(
    records: &Records,
    mut after: Option<Place>,
    now: Moment,
) -> Result<Page, RecordsError> {
    let unnamed = attempts::waits(&records.database, now).await?;
    let (mut rows, mut read) = (Vec::new(), 0_usize);
    loop {
        let from = after.map(|Place(person, budget)| (AccountId::from(person), budget));
        let failed = records.guard.store().failed(from, STRETCH).await?;
        for one in &failed {
            let person = PersonId::from(one.account);
            let lock = Lock::of(records, (one.budget, one.failures), now);
            after = Some(Place(person, one.budget));
            if lock == Lock::Open {
                continue;
            }
            let contact = people::contact(&records.database, person).await?;
            let (budget, failures) = (one.budget, one.failures.count);
            rows.push(Limited { person, contact, budget, failures, lock });
            if rows.len() >= PAGE {
                return Ok(Page { rows, next: after, unnamed });
            }
        }
        read = read.saturating_add(failed.len());
        if failed.len() < usize::try_from(STRETCH).unwrap_or(usize::MAX) {
            return Ok(Page { rows, next: None, unnamed });
        }
        if read >= MAX_READ {
            return Ok(Page { rows, next: after, unnamed });
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use upheld_second_factor::Budget;

    use super::Place;
    use crate::id::PersonId;

    #[test]
    fn a_place_survives_its_text_and_nothing_else_is_one() {
        let person = PersonId::generate().unwrap();
        for budget in Budget::ALL {
            let place = Place(person, budget);
            assert_eq!(Place::parse(&place.to_string()), Some(place));
        }
        for other in ["", ".", "code", &format!("{person}"), &format!("{person}.other")] {
            assert_eq!(Place::parse(other), None, "{other}");
        }
    }
}
