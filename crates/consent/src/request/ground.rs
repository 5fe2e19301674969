//! Grounds on which a request is refused, or part of the data withheld. None goes without its
//! evidence.

use serde::{Deserialize, Serialize};

use super::{Ask, Burden, Exemption, Opinion, Text};
use crate::Provision;
use crate::provision::Instrument;

/// Why a request is refused, or part of the data withheld.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ground {
    /// Manifestly unfounded: Article 12(5)(b).
    Unfounded(Burden),
    /// Manifestly excessive: Article 12(5)(b).
    Excessive(Burden),
    /// The controller cannot tell who asks: Articles 11(2) and 12(6).
    NotIdentified(Text),
    /// Whoever asks has not shown that they act for the person.
    NotAuthorised(Text),
    /// The fee was charged and not paid: Article 12(5)(a).
    FeeUnpaid(Burden),
    /// Erasure is not owed: Article 17(3).
    KeepingNecessary {
        /// What keeping is necessary for.
        purpose: KeepingPurpose,
        /// The facts.
        because: Text,
    },
    /// None of the cases in which erasure is owed is there: Article 17(1).
    NoCaseForErasure(Text),
    /// The change asked for cannot be made: Article 16.
    Rectification {
        /// Why not.
        refusal: RectificationRefusal,
        /// What the person was offered instead.
        statement: SupplementaryStatement,
    },
    /// None of the cases in which restriction is owed is there: Article 18(1).
    NoCaseForRestriction(Text),
    /// Compelling legitimate grounds override, or the data is needed for legal claims: Article
    /// 21(1). Not against direct marketing.
    CompellingGrounds(Text),
    /// The data is not of the kind that is portable: Article 20(1) and (3).
    NotPortable(Text),
    /// The decision was not significant, or not solely automated: Article 22C(1).
    NotSolelyAutomated(Text),
    /// An exemption of the Data Protection Act 2018.
    Exempt {
        /// Which.
        exemption: Exemption,
        /// The facts, and how disclosure would prejudice what is protected.
        because: Text,
    },
    /// Disclosure would tell about somebody else: Schedule 2, paragraph 16.
    RightsOfOthers(OthersTest),
    /// Handing the data over for machines would harm somebody else: Article 20(4).
    AdverseToOthers(Text),
    /// Disclosure of health data would be likely to cause serious harm: Schedule 3, paragraph 5.
    SeriousHarm {
        /// The opinion of the appropriate health professional; none where the controller is one.
        opinion: Option<Opinion>,
        /// The facts.
        because: Text,
    },
    /// A parent or a court's appointee asks for health data that the person gave in the expectation
    /// that it would not be told them: Schedule 3, paragraph 4.
    ExpectedNotToBeTold(Text),
}

/// What keeping is necessary for: the points of Article 17(3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum KeepingPurpose {
    /// Freedom of expression and information: (a).
    FreedomOfExpression,
    /// A legal obligation, or a task in the public interest: (b). The years for which clinical
    /// records are kept are of this kind.
    LegalObligation,
    /// Public health: (c).
    PublicHealth,
    /// Archiving, research, statistics: (d).
    ArchivingAndResearch,
    /// Legal claims: (e).
    LegalClaims,
}

impl KeepingPurpose {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::FreedomOfExpression,
        Self::LegalObligation,
        Self::PublicHealth,
        Self::ArchivingAndResearch,
        Self::LegalClaims,
    ];
}

/// Why a change is not made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RectificationRefusal {
    /// It would break the law.
    WouldViolateLaw {
        /// Which: the act and its section.
        provision: Text,
        /// How.
        because: Text,
    },
    /// It would make the information incorrect.
    WouldBeInaccurate {
        /// What shows it.
        evidence: Text,
    },
}

/// What somebody whose change was refused is offered: their own words beside the record.
//= UK GDPR, Article 16: incomplete data may be completed by a supplementary statement
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SupplementaryStatement {
    /// It is offered.
    Offered,
    /// They had given one, and it is with the record now.
    Attached(Text),
}

/// What is weighed before something is withheld because it tells about somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "what the caller writes down")]
pub struct OthersTest {
    /// Who it tells about.
    pub other: Other,
    /// Why there is no consent of theirs: sought and refused, or why it was not sought.
    pub consent: Text,
    /// Why it is not reasonable to disclose without: the kind of information, confidence owed.
    pub weighed: Text,
}

/// Somebody else of whom the data tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Other {
    /// A health professional who made the health record, contributed to it, or cared for the
    /// person.
    HealthProfessional,
    /// A social worker or officer of a children's court, of whom it tells in that capacity.
    SocialWorker,
    /// Somebody who teaches, or works in education, of whom it tells in that capacity.
    EducationWorker,
    /// Anybody else.
    Anyone,
}

impl Ground {
    /// The provision that it rests on.
    #[must_use]
    pub const fn provision(&self) -> Provision {
        use Instrument::{Dpa2018Schedule, Ico, UkGdpr};
        let (instrument, clause) = match self {
            Self::Unfounded(_) | Self::Excessive(_) => (UkGdpr, "12(5)(b)"),
            Self::FeeUnpaid(_) => (UkGdpr, "12(5)(a)"),
            Self::NotIdentified(_) => (UkGdpr, "12(6)"),
            Self::NotAuthorised(_) => (Ico, "right of access: requests made for others"),
            Self::KeepingNecessary { purpose, .. } => match purpose {
                KeepingPurpose::FreedomOfExpression => (UkGdpr, "17(3)(a)"),
                KeepingPurpose::LegalObligation => (UkGdpr, "17(3)(b)"),
                KeepingPurpose::PublicHealth => (UkGdpr, "17(3)(c)"),
                KeepingPurpose::ArchivingAndResearch => (UkGdpr, "17(3)(d)"),
                KeepingPurpose::LegalClaims => (UkGdpr, "17(3)(e)"),
            },
            Self::NoCaseForErasure(_) => (UkGdpr, "17(1)"),
            Self::Rectification { .. } => (UkGdpr, "16"),
            Self::NoCaseForRestriction(_) => (UkGdpr, "18(1)"),
            Self::CompellingGrounds(_) => (UkGdpr, "21(1)"),
            Self::NotPortable(_) => (UkGdpr, "20(1)"),
            Self::NotSolelyAutomated(_) => (UkGdpr, "22C(1)"),
            Self::Exempt { exemption, .. } => return exemption.provision(),
            Self::RightsOfOthers(_) => (Dpa2018Schedule, "2 para 16"),
            Self::AdverseToOthers(_) => (UkGdpr, "20(4)"),
            Self::SeriousHarm { .. } => (Dpa2018Schedule, "3 para 5"),
            Self::ExpectedNotToBeTold(_) => (Dpa2018Schedule, "3 para 4"),
        };
        Provision::new(instrument, clause)
    }

    /// Whether it stands against those alone who ask for somebody else.
    #[must_use]
    pub const fn is_against_others(&self) -> bool {
        match self {
            Self::ExpectedNotToBeTold(_) => true,
            Self::Exempt { exemption, .. } => exemption.is_against_others(),
            _ => false,
        }
    }

    /// Who it keeps something back for.
    pub(super) fn other(&self) -> Option<Other> {
        match self {
            Self::RightsOfOthers(test) => Some(test.other),
            _ => None,
        }
    }

    /// Whether the person may put their own words beside the record instead.
    pub(super) const fn offers_statement(&self) -> bool {
        matches!(self, Self::Rectification { .. })
    }

    /// Whether it is about what stands in the data, so that the data is read before it is relied on.
    #[must_use]
    pub const fn is_about_items(&self) -> bool {
        matches!(
            self,
            Self::RightsOfOthers(_)
                | Self::AdverseToOthers(_)
                | Self::SeriousHarm { .. }
                | Self::ExpectedNotToBeTold(_)
        )
    }

    /// Whether it is about the request itself, whatever stands in the data.
    #[must_use]
    pub const fn is_about_request(&self) -> bool {
        matches!(
            self,
            Self::Unfounded(_)
                | Self::Excessive(_)
                | Self::NotIdentified(_)
                | Self::NotAuthorised(_)
                | Self::FeeUnpaid(_)
                | Self::NotPortable(_)
        )
    }

    /// Whether it can stand against such a request.
    #[must_use]
    pub const fn limits(&self, ask: Ask) -> bool {
        match self {
            // Article 12(5) and (6) speak of Articles 15 to 22D; consent is withdrawn under 7(3).
            //= UK GDPR, Article 21(3): nothing overrides an objection to direct marketing
            Self::Unfounded(_)
            | Self::Excessive(_)
            | Self::FeeUnpaid(_)
            | Self::NotIdentified(_) => !ask.is_absolute(),
            // Whoever acts for another without authority is not the person whose right it is.
            Self::NotAuthorised(_) => true,
            Self::KeepingNecessary { .. } | Self::NoCaseForErasure(_) => {
                matches!(ask, Ask::Erasure)
            }
            Self::Rectification { .. } => matches!(ask, Ask::Rectification),
            Self::NoCaseForRestriction(_) => matches!(ask, Ask::Restriction),
            //= UK GDPR, Article 21(3): nothing overrides an objection to direct marketing
            Self::CompellingGrounds(_) => matches!(ask, Ask::Objection),
            Self::NotPortable(_) | Self::AdverseToOthers(_) => matches!(ask, Ask::Portability),
            Self::NotSolelyAutomated(_) => matches!(ask, Ask::DecisionReview),
            Self::Exempt { exemption, .. } => exemption.limits(ask),
            Self::RightsOfOthers(_) | Self::SeriousHarm { .. } => matches!(ask, Ask::Access),
            Self::ExpectedNotToBeTold(_) => matches!(ask, Ask::Access | Ask::Portability),
        }
    }

    /// The facts that were recorded for it.
    #[must_use]
    pub fn because(&self) -> &str {
        match self {
            Self::Unfounded(burden) | Self::Excessive(burden) | Self::FeeUnpaid(burden) => {
                burden.shown_by.as_str()
            }
            Self::NotIdentified(text)
            | Self::NotAuthorised(text)
            | Self::NoCaseForErasure(text)
            | Self::NoCaseForRestriction(text)
            | Self::CompellingGrounds(text)
            | Self::NotPortable(text)
            | Self::NotSolelyAutomated(text)
            | Self::AdverseToOthers(text)
            | Self::ExpectedNotToBeTold(text) => text.as_str(),
            Self::KeepingNecessary { because, .. }
            | Self::Exempt { because, .. }
            | Self::SeriousHarm { because, .. } => because.as_str(),
            Self::Rectification { refusal, .. } => match refusal {
                RectificationRefusal::WouldViolateLaw { because, .. } => because.as_str(),
                RectificationRefusal::WouldBeInaccurate { evidence } => evidence.as_str(),
            },
            Self::RightsOfOthers(test) => test.weighed.as_str(),
        }
    }
}
