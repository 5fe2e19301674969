//! Why data may be used at all: Article 6(1), and Article 9(2) for the special categories.

use crate::provision::{Instrument, Provision};
use crate::term::{Term, dpv, eu_gdpr};
use crate::word::words;

/// A lawful basis of Article 6(1) of the UK GDPR.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "what rests on one basis does not rest on another")]
pub enum LawfulBasis {
    /// The person consented: (a).
    Consent,
    /// A contract with the person needs it: (b).
    Contract,
    /// The law requires it: (c).
    LegalObligation,
    /// A life depends on it: (d).
    VitalInterests,
    /// A task in the public interest: (e).
    PublicTask,
    /// An interest that Annex 1 recognises: (ea).
    RecognisedLegitimateInterest,
    /// An interest that the person's rights do not outweigh: (f).
    LegitimateInterests,
}

words!(LawfulBasis:
    Consent = "consent",
    Contract = "contract",
    LegalObligation = "legal-obligation",
    VitalInterests = "vital-interests",
    PublicTask = "public-task",
    RecognisedLegitimateInterest = "recognised-legitimate-interest",
    LegitimateInterests = "legitimate-interests",
);

impl LawfulBasis {
    /// Where the law has it.
    #[must_use]
    pub const fn provision(self) -> Provision {
        let clause = match self {
            Self::Consent => "6(1)(a)",
            Self::Contract => "6(1)(b)",
            Self::LegalObligation => "6(1)(c)",
            Self::VitalInterests => "6(1)(d)",
            Self::PublicTask => "6(1)(e)",
            Self::RecognisedLegitimateInterest => "6(1)(ea)",
            Self::LegitimateInterests => "6(1)(f)",
        };
        Provision::new(Instrument::UkGdpr, clause)
    }

    /// The term of the Data Privacy Vocabulary. It numbers the Union's articles; the one that only
    /// the United Kingdom has is the general term for legitimate interests.
    #[must_use]
    pub const fn dpv(self) -> Term {
        match self {
            Self::Consent => eu_gdpr("A6-1-a"),
            Self::Contract => eu_gdpr("A6-1-b"),
            Self::LegalObligation => eu_gdpr("A6-1-c"),
            Self::VitalInterests => eu_gdpr("A6-1-d"),
            Self::PublicTask => eu_gdpr("A6-1-e"),
            Self::RecognisedLegitimateInterest => dpv("LegitimateInterest"),
            Self::LegitimateInterests => eu_gdpr("A6-1-f"),
        }
    }

    /// Whether a person may ask for the data in a form that machines read.
    //= UK GDPR, Article 20(1)(a): portability is for data used by consent or for a contract
    #[must_use]
    pub const fn allows_portability(self) -> bool {
        matches!(self, Self::Consent | Self::Contract)
    }

    /// Whether a person may object. To direct marketing they always may, whatever the basis.
    //= UK GDPR, Article 21(1): objection is to a public task or to legitimate interests, recognised or not
    #[must_use]
    pub const fn allows_objection(self) -> bool {
        matches!(
            self,
            Self::PublicTask | Self::RecognisedLegitimateInterest | Self::LegitimateInterests
        )
    }
}

/// A condition of Article 9(2) of the UK GDPR, without which special categories are not used.
///
/// Under (b), (g), (h), (i) and (j) the Data Protection Act 2018 asks for more: section 10 and
/// Schedule 1. That is judgement, and left to you.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the paragraph has ten")]
pub enum SpecialCategoryCondition {
    /// The person consented explicitly: (a).
    ExplicitConsent,
    /// Employment, social security and social protection: (b).
    Employment,
    /// A life depends on it, and the person cannot consent: (c).
    VitalInterests,
    /// Members of a body with political, philosophical, religious or trade-union aims: (d).
    NonProfitBody,
    /// The person made it public: (e).
    MadePublic,
    /// Legal claims, and courts: (f).
    LegalClaims,
    /// Substantial public interest: (g).
    SubstantialPublicInterest,
    /// Health or social care under professional secrecy: (h).
    Care,
    /// Public health: (i).
    PublicHealth,
    /// Archiving, research and statistics: (j).
    Research,
}

words!(SpecialCategoryCondition:
    ExplicitConsent = "explicit-consent",
    Employment = "employment",
    VitalInterests = "vital-interests",
    NonProfitBody = "non-profit-body",
    MadePublic = "made-public",
    LegalClaims = "legal-claims",
    SubstantialPublicInterest = "substantial-public-interest",
    Care = "care",
    PublicHealth = "public-health",
    Research = "research",
);

impl SpecialCategoryCondition {
    /// Where the law has it.
    #[must_use]
    pub const fn provision(self) -> Provision {
        let clause = match self {
            Self::ExplicitConsent => "9(2)(a)",
            Self::Employment => "9(2)(b)",
            Self::VitalInterests => "9(2)(c)",
            Self::NonProfitBody => "9(2)(d)",
            Self::MadePublic => "9(2)(e)",
            Self::LegalClaims => "9(2)(f)",
            Self::SubstantialPublicInterest => "9(2)(g)",
            Self::Care => "9(2)(h)",
            Self::PublicHealth => "9(2)(i)",
            Self::Research => "9(2)(j)",
        };
        Provision::new(Instrument::UkGdpr, clause)
    }

    /// The term of the Data Privacy Vocabulary.
    #[must_use]
    pub const fn dpv(self) -> Term {
        eu_gdpr(match self {
            Self::ExplicitConsent => "A9-2-a",
            Self::Employment => "A9-2-b",
            Self::VitalInterests => "A9-2-c",
            Self::NonProfitBody => "A9-2-d",
            Self::MadePublic => "A9-2-e",
            Self::LegalClaims => "A9-2-f",
            Self::SubstantialPublicInterest => "A9-2-g",
            Self::Care => "A9-2-h",
            Self::PublicHealth => "A9-2-i",
            Self::Research => "A9-2-j",
        })
    }
}
