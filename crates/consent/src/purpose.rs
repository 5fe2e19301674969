//! What data is used for, on what basis, and for how long.

mod advice;
mod kind;

use serde::{Deserialize, Serialize};

use crate::text::{TextError, check};
use crate::word::words;
use crate::{DataCategory, LawfulBasis, PurposeId, RecipientId, SpecialCategoryCondition};

pub use advice::Advice;
pub use kind::PurposeKind;

const DESCRIPTION: usize = 2_000;
/// Longer than any schedule keeps anything: a century.
const MONTHS: u16 = 1_200;

/// Whether somebody must agree to a purpose to be served at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "they must or they need not")]
pub enum Necessity {
    /// The service is the same without it.
    Optional,
    /// There is no service without it. Consent to it is hardly free: see
    /// [`Advice::ConditionalConsent`].
    RequiredForService,
}

words!(Necessity: Optional = "optional", RequiredForService = "required-for-service");

/// How long data is kept for a purpose.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "Article 13(2)(a): a period, or what decides it")]
pub enum StoragePeriod {
    /// So many months, 1 to 1200.
    Months(u16),
    /// Until something, said in words: "eight years after the last treatment".
    Until(String),
}

/// What a [`Purpose`] is made of.
///
/// | field | must |
/// |---|---|
/// | `description` | be for people, 1 to 2000 bytes |
/// | `data` | name something |
/// | `condition` | be there when `data` is special, and only then |
/// | `recipients` | be named by the notice |
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "to be filled in by whoever has a purpose")]
pub struct PurposeDraft {
    /// Its name in records.
    pub id: PurposeId,
    /// What kind of thing it is.
    pub kind: PurposeKind,
    /// What it is, for the person.
    pub description: String,
    /// Why it may be done.
    pub basis: LawfulBasis,
    /// Why it may be done with special categories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<SpecialCategoryCondition>,
    /// What is used.
    pub data: Vec<DataCategory>,
    /// Who is given it.
    #[serde(default)]
    pub recipients: Vec<RecipientId>,
    /// How long it is kept.
    pub storage: StoragePeriod,
    /// Whether there is a service without it.
    pub necessity: Necessity,
}

/// A specified, explicit purpose (Art 5(1)(b)).
///
/// ```
/// use upheld_consent::{DataCategory, LawfulBasis, Necessity, Purpose, PurposeDraft, PurposeId};
/// use upheld_consent::{PurposeError, PurposeKind, SpecialCategoryCondition, StoragePeriod};
///
/// let draft = PurposeDraft {
///     id: PurposeId::parse("reminders")?,
///     kind: PurposeKind::Communication,
///     description: "We remind you of your appointments.".into(),
///     basis: LawfulBasis::Consent,
///     condition: None,
///     data: vec![DataCategory::TelephoneNumber, DataCategory::HealthRecord],
///     recipients: vec![],
///     storage: StoragePeriod::Months(24),
///     necessity: Necessity::Optional,
/// };
/// let missing = PurposeError::ConditionMissing { category: DataCategory::HealthRecord };
/// assert_eq!(Purpose::new(draft.clone()), Err(missing));
///
/// let condition = Some(SpecialCategoryCondition::ExplicitConsent);
/// let purpose = Purpose::new(PurposeDraft { condition, ..draft })?;
/// assert!(purpose.needs_explicit_consent());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "PurposeDraft", into = "PurposeDraft")]
pub struct Purpose(PurposeDraft);

impl Purpose {
    /// Checks a draft. Data and recipients are put in order; what is named twice is named once.
    ///
    /// # Errors
    ///
    /// [`PurposeError`].
    pub fn new(mut draft: PurposeDraft) -> Result<Self, PurposeError> {
        check("the description of a purpose", &draft.description, DESCRIPTION)?;
        match &draft.storage {
            StoragePeriod::Months(1..=MONTHS) => {}
            StoragePeriod::Months(months) => {
                return Err(PurposeError::Storage { months: *months });
            }
            StoragePeriod::Until(text) => check("how long data is kept", text, DESCRIPTION)?,
        }
        draft.data.sort_unstable();
        draft.data.dedup();
        draft.recipients.sort_unstable();
        draft.recipients.dedup();
        if draft.data.is_empty() {
            return Err(PurposeError::NoData);
        }
        //= UK GDPR, Article 9(1): special categories are not used but under a condition of 9(2)
        let special = draft.data.iter().copied().find(|category| category.is_special());
        match (special, draft.condition) {
            (Some(category), None) => Err(PurposeError::ConditionMissing { category }),
            (None, Some(condition)) => Err(PurposeError::NothingSpecial { condition }),
            (Some(_), Some(_)) | (None, None) => Ok(Self(draft)),
        }
    }

    /// Its name in records.
    #[must_use]
    pub const fn id(&self) -> &PurposeId {
        &self.0.id
    }

    /// What kind of thing it is.
    #[must_use]
    pub const fn kind(&self) -> PurposeKind {
        self.0.kind
    }

    /// What it is, for the person.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.0.description
    }

    /// Why it may be done.
    #[must_use]
    pub const fn basis(&self) -> LawfulBasis {
        self.0.basis
    }

    /// Why it may be done with special categories; there if and only if one is used.
    #[must_use]
    pub const fn condition(&self) -> Option<SpecialCategoryCondition> {
        self.0.condition
    }

    /// What is used, in order, each once; never empty.
    #[must_use]
    pub fn data(&self) -> &[DataCategory] {
        &self.0.data
    }

    /// Who is given it, in order, each once.
    #[must_use]
    pub fn recipients(&self) -> &[RecipientId] {
        &self.0.recipients
    }

    /// How long data is kept for it.
    #[must_use]
    pub const fn storage(&self) -> &StoragePeriod {
        &self.0.storage
    }

    /// Whether there is a service without it.
    #[must_use]
    pub const fn necessity(&self) -> Necessity {
        self.0.necessity
    }

    /// Whether nothing may be done before the person has consented.
    #[must_use]
    pub fn needs_consent(&self) -> bool {
        self.0.basis == LawfulBasis::Consent || self.needs_explicit_consent()
    }

    /// Whether that consent must be explicit.
    //= UK GDPR, Article 9(2)(a): consent to the use of special categories is explicit
    #[must_use]
    pub fn needs_explicit_consent(&self) -> bool {
        self.0.condition == Some(SpecialCategoryCondition::ExplicitConsent)
    }

    /// What a privacy officer would want to hear about it.
    #[must_use]
    pub fn advice(&self) -> Vec<Advice> {
        advice::on(self)
    }

    /// The draft again, to change it.
    #[must_use]
    pub fn into_draft(self) -> PurposeDraft {
        self.0
    }
}

impl TryFrom<PurposeDraft> for Purpose {
    type Error = PurposeError;

    fn try_from(draft: PurposeDraft) -> Result<Self, PurposeError> {
        Self::new(draft)
    }
}

impl From<Purpose> for PurposeDraft {
    fn from(purpose: Purpose) -> Self {
        purpose.0
    }
}

/// Why a draft is no purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PurposeError {
    /// A text is blank, too long, or has control characters.
    #[error(transparent)]
    Text(#[from] TextError),
    /// Kept for no time, or for ever.
    #[error("kept for {months} months; it must be 1 to {MONTHS}")]
    Storage {
        /// What was said.
        months: u16,
    },
    /// Nothing is used.
    #[error("a purpose names the data that it uses")]
    NoData,
    /// Special, and no condition.
    #[error("{} is special: name a condition of Article 9(2)", category.name())]
    ConditionMissing {
        /// The first that is special.
        category: DataCategory,
    },
    /// A condition, and nothing special.
    #[error("{} is a condition for special categories, and none is used", condition.name())]
    NothingSpecial {
        /// The condition.
        condition: SpecialCategoryCondition,
    },
}
