//! How long data is kept, what keeps it longer, and what is due to go.
//!
//! A [`Schedule`] has a rule for each category of data, and for purposes where they differ. A
//! [`Hold`] stops what the schedule says. Together they judge an [`Item`]: due, not yet, held, or,
//! because a day is missing or no rule covers it, somebody's to look at. What is not known is never
//! due.
//!
//! ```
//! use upheld_consent::retention::{Action, Basis, Hold, Item, Keep, Period, Retention, Rule};
//! use upheld_consent::retention::{Schedule, Trigger, Verdict};
//! use upheld_consent::{DataCategory, Date, RequestKind};
//!
//! let schedule = Schedule::new(vec![Rule {
//!     name: "letters".into(),
//!     category: DataCategory::Correspondence,
//!     purpose: None,
//!     keep: Keep::For(Trigger::LastContact, Period::years(2)),
//!     basis: Basis::Policy,
//!     action: Action::Delete,
//! }])?;
//! let letter = Item::new("letter-9", "patient-7", DataCategory::Correspondence)
//!     .with_event(Trigger::LastContact, Date::parse("2024-02-29")?);
//!
//! let retention = Retention::new(&schedule, &[]);
//! let last = Date::parse("2026-02-28")?;
//! assert_eq!(retention.judge(&letter, last), Verdict::NotYet { until: last });
//! let today = Date::parse("2026-03-01")?;
//! assert!(matches!(retention.judge(&letter, today), Verdict::Due(_)));
//!
//! // The person asks for a copy: nothing of theirs goes before they are answered.
//! let received = Date::parse("2026-02-20")?;
//! let holds = [Hold::of_request(RequestKind::Access, "DSR-1", "patient-7", received)];
//! let holds: Vec<Hold> = holds.into_iter().flatten().collect();
//! let retention = Retention::new(&schedule, &holds);
//! assert!(matches!(retention.judge(&letter, today), Verdict::Held { .. }));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod hold;
mod judge;
mod period;

use std::collections::BTreeMap;

pub use self::hold::{Hold, HoldKind, HoldScope};
pub use self::judge::{Due, Erasure, Retention, Verdict};
pub use self::period::Period;
use crate::word::words;
use crate::{DataCategory, Date, Provision, PurposeId};

/// What a period is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Trigger {
    /// The data was collected.
    Collected,
    /// The person was last in contact.
    LastContact,
    /// A course of treatment ended, or the person was discharged.
    TreatmentEnded,
    /// The person was born.
    Birth,
    /// The person died.
    Death,
    /// A contract ended.
    ContractEnded,
    /// The account was closed.
    AccountClosed,
    /// Consent was withdrawn.
    ConsentWithdrawn,
    /// A request was closed.
    RequestClosed,
}

words!(Trigger:
    Collected = "collected",
    LastContact = "last-contact",
    TreatmentEnded = "treatment-ended",
    Birth = "birth",
    Death = "death",
    ContractEnded = "contract-ended",
    AccountClosed = "account-closed",
    ConsentWithdrawn = "consent-withdrawn",
    RequestClosed = "request-closed",
);

/// What is done when the time is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Action {
    /// It is deleted.
    Delete,
    /// What says whose it is is deleted.
    Anonymise,
    /// Somebody looks at it and decides.
    Review,
}

words!(Action: Delete = "delete", Anonymise = "anonymise", Review = "review");

/// How long something is kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "one period, or which of several")]
pub enum Keep {
    /// For a period from one event.
    For(Trigger, Period),
    /// Until the last of several periods is over. All of their events must be known.
    Longest(Vec<(Trigger, Period)>),
    /// Until the first of several periods is over. An event that has not happened counts for
    /// nothing, as long as one has.
    Shortest(Vec<(Trigger, Period)>),
}

impl Keep {
    /// Health records of adults: eight years after they were last treated.
    ///
    /// # Source
    ///
    /// NHS England, Records Management Code of Practice 2021, retention schedule; so are the others.
    #[must_use]
    pub const fn adult_health_record() -> Self {
        Self::For(Trigger::TreatmentEnded, Period::years(8))
    }

    /// Health records of children: to the 25th birthday, or to the 26th of who was 17 when the
    /// treatment ended; and no shorter than those of adults.
    #[must_use]
    pub fn child_health_record(birth: Date, treatment_ended: Date) -> Self {
        let seventeen = Period::years(17).after(birth);
        let eighteen = Period::years(18).after(birth);
        let was_seventeen = seventeen.is_some_and(|day| day <= treatment_ended)
            && eighteen.is_some_and(|day| treatment_ended < day);
        let age = if was_seventeen { 26 } else { 25 };
        Self::Longest(vec![
            (Trigger::Birth, Period::years(age)),
            (Trigger::TreatmentEnded, Period::years(8)),
        ])
    }

    /// Records of a general practice: ten years after death.
    #[must_use]
    pub const fn general_practice_record() -> Self {
        Self::For(Trigger::Death, Period::years(10))
    }

    /// Mental health records: twenty years after the last treatment, or ten after death if that is
    /// sooner.
    #[must_use]
    pub fn mental_health_record() -> Self {
        Self::Shortest(vec![
            (Trigger::TreatmentEnded, Period::years(20)),
            (Trigger::Death, Period::years(10)),
        ])
    }

    /// Maternity records: 25 years after the end of the treatment.
    #[must_use]
    pub const fn maternity_record() -> Self {
        Self::For(Trigger::TreatmentEnded, Period::years(25))
    }

    fn terms(&self) -> Vec<(Trigger, Period)> {
        match self {
            Self::For(trigger, period) => vec![(*trigger, *period)],
            Self::Longest(terms) | Self::Shortest(terms) => terms.clone(),
        }
    }
}

/// Who says how long.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the controller or the law")]
pub enum Basis {
    /// The controller. On request it goes earlier.
    Policy,
    /// A law, named here. Until then a request for erasure is refused (Article 17(3)(b)).
    Law(String),
}

/// How long data of a category is kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "to be filled in by whoever has a schedule")]
pub struct Rule {
    /// What reasons call it; unique in its schedule.
    pub name: String,
    /// Of what.
    pub category: DataCategory,
    /// For what: for this purpose alone, or for any.
    pub purpose: Option<PurposeId>,
    /// How long.
    pub keep: Keep,
    /// Who says so.
    pub basis: Basis,
    /// What happens then.
    pub action: Action,
}

/// Rules, by category and purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    rules: Vec<Rule>,
}

impl Schedule {
    /// Checks rules. Several may cover one item: it is kept as long as any says.
    ///
    /// # Errors
    ///
    /// [`ScheduleError`]
    pub fn new(rules: Vec<Rule>) -> Result<Self, ScheduleError> {
        for (number, rule) in rules.iter().enumerate() {
            let earlier = rules.iter().take(number);
            if rule.name.trim().is_empty() || earlier.clone().any(|it| it.name == rule.name) {
                return Err(ScheduleError::Name { rule: number });
            }
            let covers_same =
                |it: &Rule| it.category == rule.category && it.purpose == rule.purpose;
            if let Some(first) = rules.iter().take(number).position(covers_same) {
                return Err(ScheduleError::Covered { rule: number, first });
            }
            let terms = rule.keep.terms();
            if terms.is_empty() || terms.iter().any(|(_, period)| period.is_zero()) {
                return Err(ScheduleError::Nothing { rule: number });
            }
        }
        Ok(Self { rules })
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    fn covering<'a, 'i>(&'a self, item: &'i Item) -> impl Iterator<Item = &'a Rule> + use<'a, 'i> {
        let applies = move |rule: &&'a Rule| {
            let purpose = rule.purpose.as_ref();
            rule.category == item.category
                && purpose.is_none_or(|purpose| item.purposes.contains(purpose))
        };
        self.rules.iter().filter(applies)
    }
}

/// Why rules are no schedule. They are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScheduleError {
    /// A name that is blank, or that an earlier rule has.
    #[error("rule {rule}: the name is blank, or an earlier rule's")]
    Name {
        /// Which.
        rule: usize,
    },
    /// Two rules for the same.
    #[error("rule {rule} covers the category and purpose that rule {first} covers")]
    Covered {
        /// The later one.
        rule: usize,
        /// The earlier one.
        first: usize,
    },
    /// A rule that keeps nothing.
    #[error("rule {rule} names no period, or one of no length")]
    Nothing {
        /// Which.
        rule: usize,
    },
}

/// Something that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    name: String,
    person: String,
    category: DataCategory,
    purposes: Vec<PurposeId>,
    events: BTreeMap<Trigger, Date>,
}

impl Item {
    /// Something of a category, about a person. Names are the caller's, and opaque.
    #[must_use]
    pub fn new(name: &str, person: &str, category: DataCategory) -> Self {
        let (name, person) = (name.into(), person.into());
        Self { name, person, category, purposes: Vec::new(), events: BTreeMap::new() }
    }

    /// Adds a purpose that it is used for.
    #[must_use]
    pub fn for_purpose(mut self, purpose: PurposeId) -> Self {
        self.purposes.push(purpose);
        self
    }

    /// Says when something happened; the later of two days of one event counts.
    #[must_use]
    pub fn with_event(mut self, event: Trigger, day: Date) -> Self {
        let known = self.events.entry(event).or_insert(day);
        *known = (*known).max(day);
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whom it is about.
    #[must_use]
    pub fn person(&self) -> &str {
        &self.person
    }
}

/// What the law says about keeping and erasing.
const HELD_FOR_REQUEST: Provision = Provision::new(crate::Instrument::Dpa2018, "173(3)");
const LEGAL_OBLIGATION: Provision = Provision::new(crate::Instrument::UkGdpr, "17(3)(b)");
const LEGAL_CLAIMS: Provision = Provision::new(crate::Instrument::UkGdpr, "17(3)(e)");
const RESTRICTED: Provision = Provision::new(crate::Instrument::UkGdpr, "18(2)");
const INQUIRY: Provision = Provision::new(crate::Instrument::Dpa2018, "148");
