//! What was found, and what becomes of it in the answer.

use serde::{Deserialize, Serialize};

use super::{ControllerStatus, Finding, Ground, Name, Opinion, OpinionFault, Other, Text};
use crate::Date;

/// Something that was found: a document, a record, a recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "what the caller writes down")]
pub struct Item {
    /// What it is called; unique within the request.
    pub name: Name,
    /// Where it was found.
    pub source: Name,
    /// What kind of record it is.
    pub record: Record,
    /// Whether it tells about the person's health. A health record does, whatever is said here.
    pub health_data: bool,
}

impl Item {
    /// Whether it holds health data: a health record is nothing else, and another record may.
    ///
    /// ```
    /// use upheld_consent::request::{Item, Name, Record};
    ///
    /// let (name, source) = (Name::new("note 1")?, Name::new("records")?);
    /// let item = Item { name, source, record: Record::Health, health_data: false };
    /// assert!(item.holds_health_data());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    //= DPA 2018 §205: a health record consists of data concerning health
    #[must_use]
    pub const fn holds_health_data(&self) -> bool {
        self.health_data || matches!(self.record, Record::Health)
    }

    /// Whether somebody is named in such a record, whatever they want.
    //= DPA 2018, Schedule 2, paragraph 17: it is reasonable to name who made a health record
    pub(super) fn is_record_of(&self, other: Other) -> bool {
        is_their_record(other, self.record)
    }
}

/// The kind of a record, as far as the law makes a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Record {
    /// Made by or for a health professional in connection with care: section 205.
    Health,
    /// Any other.
    Other,
}

/// What becomes of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verdict {
    /// It is disclosed.
    Disclose(Clearance),
    /// It is disclosed without what the ground covers.
    Redact {
        /// Why something is taken out.
        ground: Ground,
        /// Why the rest may be disclosed.
        rest: Clearance,
    },
    /// It is not disclosed.
    Withhold(Ground),
}

/// Why an item may be disclosed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Clearance {
    /// It holds no health data, or the controller is a health professional.
    Ordinary,
    /// The appropriate health professional finds that it would do no serious harm.
    NoSeriousHarm(Opinion),
    /// The person has seen it already or knows it, as that shows.
    AlreadyKnown(Text),
}

/// Why an item cannot be treated so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ItemFault {
    /// Health data is withheld or disclosed without asking anybody.
    #[error(
        "the item holds health data: a controller that is no health professional needs the opinion of one"
    )]
    OpinionNeeded {
        /// Which item.
        item: Name,
    },
    /// The opinion cannot be relied on.
    #[error("{fault}")]
    Opinion {
        /// Which item.
        item: Name,
        /// Why not.
        fault: OpinionFault,
    },
    /// A professional is hidden in the record that they made.
    #[error(
        "it is reasonable by law to name the professional in the record (DPA 2018 Sch 2 para 17)"
    )]
    ProfessionalHidden {
        /// Which item.
        item: Name,
    },
    /// The ground is one for health data, and the item holds none.
    #[error("the item holds no health data, which the ground is about")]
    NoHealthData {
        /// Which item.
        item: Name,
    },
}

impl ItemFault {
    /// Which item.
    #[must_use]
    pub const fn item(&self) -> &Name {
        match self {
            Self::OpinionNeeded { item }
            | Self::Opinion { item, .. }
            | Self::ProfessionalHidden { item }
            | Self::NoHealthData { item } => item,
        }
    }
}

impl Verdict {
    /// The ground, if something is kept back.
    #[must_use]
    pub const fn ground(&self) -> Option<&Ground> {
        match self {
            Self::Disclose(_) => None,
            Self::Redact { ground, .. } | Self::Withhold(ground) => Some(ground),
        }
    }

    const fn clearance(&self) -> Option<&Clearance> {
        match self {
            Self::Disclose(clearance) | Self::Redact { rest: clearance, .. } => Some(clearance),
            Self::Withhold(_) => None,
        }
    }

    /// Whether `item` may be treated so by `controller`, with the answer going out on `at`.
    pub(super) fn check(
        &self,
        item: &Item,
        controller: ControllerStatus,
        at: Date,
    ) -> Result<(), ItemFault> {
        let name = || item.name.clone();
        let opinion = |opinion: &Opinion, finding| {
            opinion.check(finding, at).map_err(|fault| ItemFault::Opinion { item: name(), fault })
        };
        match self.ground() {
            //= DPA 2018, Schedule 2, paragraph 17: it is reasonable to name who made a health record
            Some(Ground::RightsOfOthers(test)) if is_their_record(test.other, item.record) => {
                return Err(ItemFault::ProfessionalHidden { item: name() });
            }
            Some(Ground::SeriousHarm { .. } | Ground::ExpectedNotToBeTold(_))
                if !item.holds_health_data() =>
            {
                return Err(ItemFault::NoHealthData { item: name() });
            }
            //= DPA 2018, Schedule 3, paragraph 5: who is no health professional asks one before withholding
            Some(Ground::SeriousHarm { opinion: given, .. }) => match given {
                Some(given) => opinion(given, Finding::SeriousHarm)?,
                None if controller == ControllerStatus::Other => {
                    return Err(ItemFault::OpinionNeeded { item: name() });
                }
                None => {}
            },
            _ => {}
        }
        match self.clearance() {
            //= DPA 2018, Schedule 3, paragraph 6: and before disclosing what the person has not seen
            Some(Clearance::Ordinary)
                if item.holds_health_data() && controller == ControllerStatus::Other =>
            {
                Err(ItemFault::OpinionNeeded { item: name() })
            }
            Some(Clearance::NoSeriousHarm(given)) => opinion(given, Finding::NoSeriousHarm),
            _ => Ok(()),
        }
    }
}

/// A health professional is named in a health record; who works in social work or education is
/// named wherever they did so in that capacity.
fn is_their_record(other: Other, record: Record) -> bool {
    match other {
        Other::HealthProfessional => record == Record::Health,
        Other::SocialWorker | Other::EducationWorker => true,
        Other::Anyone => false,
    }
}
