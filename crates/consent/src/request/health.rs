//! The gate before health data: Schedule 3, Part 2, of the Data Protection Act 2018.

use serde::{Deserialize, Serialize};

use super::Name;
use crate::Date;

/// Whether the controller is a health professional. One that is not asks one, before health data is
/// withheld and before it is disclosed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ControllerStatus {
    /// It is, as the Act defines them in section 204.
    HealthProfessional,
    /// It is not: a company that runs clinics, a platform, an insurer.
    Other,
}

/// What the appropriate health professional thinks of disclosure: whether it would be likely to
/// cause serious harm to the health of the person or of somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "what the caller writes down")]
pub struct Opinion {
    /// Who gave it: the professional who is, or was last, responsible for the care in question.
    pub by: Name,
    /// When.
    pub given: Date,
    /// What they think.
    pub finding: Finding,
    /// Whether it would be reasonable, in all the circumstances, to ask them again.
    pub ask_again: bool,
}

/// The outcome of the serious harm test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Finding {
    /// Disclosure would be likely to cause serious harm.
    SeriousHarm,
    /// It would not.
    NoSeriousHarm,
}

/// Why an opinion cannot be relied on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpinionFault {
    /// It says the opposite.
    #[error("the opinion finds the opposite")]
    Opposite,
    /// It is too old.
    #[error(
        "the opinion of {given} is older than the six months ending with {relied_on}; the first day that would do is {first}"
    )]
    Stale {
        /// When it was given.
        given: Date,
        /// When it is relied on.
        relied_on: Date,
        /// The first day of the six months.
        first: Date,
    },
    /// It is of the future.
    #[error("the opinion of {given} is later than {relied_on}, when it is relied on")]
    Future {
        /// When it was given.
        given: Date,
        /// When it is relied on.
        relied_on: Date,
    },
    /// The professional should be asked again.
    #[error("it would be reasonable to ask the health professional again")]
    AskAgain,
}

impl Opinion {
    /// Whether it can be relied on, on `relied_on`, for `finding`.
    ///
    /// ```
    /// use upheld_consent::Date;
    /// use upheld_consent::request::{Finding, Name, Opinion};
    ///
    /// let opinion = Opinion {
    ///     by: Name::new("Dr Okafor")?,
    ///     given: Date::new(2026, 1, 15)?,
    ///     finding: Finding::SeriousHarm,
    ///     ask_again: false,
    /// };
    /// assert!(opinion.check(Finding::SeriousHarm, Date::new(2026, 7, 14)?).is_ok());
    /// assert!(opinion.check(Finding::SeriousHarm, Date::new(2026, 7, 15)?).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`OpinionFault`].
    ///
    /// # Source
    ///
    /// Data Protection Act 2018, Schedule 3, paragraphs 5(3), (4) and 6(2) to (4): the six months
    /// end with the day on which the opinion is relied on.
    //= DPA 2018, Schedule 3, paragraph 5: no older than the six months ending with the day of reliance
    //= DPA 2018, Schedule 3, paragraph 6: the same before health data is disclosed
    pub fn check(&self, finding: Finding, relied_on: Date) -> Result<(), OpinionFault> {
        let given = self.given;
        if self.finding != finding {
            return Err(OpinionFault::Opposite);
        }
        if given > relied_on {
            return Err(OpinionFault::Future { given, relied_on });
        }
        let first = relied_on.minus_months(6).and_then(|day| day.plus_days(1)).unwrap_or(Date::MIN);
        if given < first {
            return Err(OpinionFault::Stale { given, relied_on, first });
        }
        if self.ask_again { Err(OpinionFault::AskAgain) } else { Ok(()) }
    }
}
