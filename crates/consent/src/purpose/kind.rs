//! Kinds of purposes, by which others understand ours.

use crate::term::{Term, dpv};
use crate::word::words;

/// A kind of purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PurposeKind {
    /// Making and showing pages.
    Presentation,
    /// What the person asked for.
    RequestedService,
    /// Care of patients.
    Care,
    /// Telling people what they need to know about a service they use.
    Communication,
    /// Carrying out a contract.
    Contract,
    /// Billing and collection.
    Payment,
    /// Features by which people see and answer each other.
    Interaction,
    /// Searching.
    Search,
    /// Keeping it safe, and knowing who is there.
    Security,
    /// Making it better, by what is seen of its use.
    Improvement,
    /// Fitting it to the person.
    Personalisation,
    /// Marketing to the person: letters, messages, calls.
    DirectMarketing,
    /// Advertisements chosen by what is known of the person.
    TargetedAdvertising,
    /// Research.
    Research,
    /// What the law demands.
    LegalCompliance,
    /// Something else, which the description specifies.
    Other,
}

words!(PurposeKind:
    Presentation = "presentation",
    RequestedService = "requested-service",
    Care = "care",
    Communication = "communication",
    Contract = "contract",
    Payment = "payment",
    Interaction = "interaction",
    Search = "search",
    Security = "security",
    Improvement = "improvement",
    Personalisation = "personalisation",
    DirectMarketing = "direct-marketing",
    TargetedAdvertising = "targeted-advertising",
    Research = "research",
    LegalCompliance = "legal-compliance",
    Other = "other",
);

impl PurposeKind {
    /// Whether it is direct marketing, to which a person may object without giving a reason.
    #[must_use]
    pub const fn is_marketing(self) -> bool {
        matches!(self, Self::DirectMarketing | Self::TargetedAdvertising)
    }

    /// The closest term of the Data Privacy Vocabulary, version 2.3.
    #[must_use]
    pub const fn dpv(self) -> Term {
        dpv(match self {
            Self::Presentation => "TechnicalServiceProvision",
            Self::RequestedService => "RequestedServiceProvision",
            Self::Care | Self::Interaction => "ServiceProvision",
            Self::Communication => "CommunicationManagement",
            Self::Contract => "FulfilmentOfContractualObligation",
            Self::Payment => "PaymentManagement",
            Self::Search => "SearchFunctionalities",
            Self::Security => "EnforceSecurity",
            Self::Improvement => "ServiceOptimisation",
            Self::Personalisation => "ServicePersonalisation",
            Self::DirectMarketing => "DirectMarketing",
            Self::TargetedAdvertising => "TargetedAdvertising",
            Self::Research => "ScientificResearch",
            Self::LegalCompliance => "LegalCompliance",
            Self::Other => "Purpose",
        })
    }

    /// The closest data use of fideslang, version 3.1.
    #[must_use]
    pub const fn fideslang(self) -> &'static str {
        match self {
            Self::Presentation | Self::RequestedService | Self::Care => "essential.service",
            Self::Communication => "essential.service.notifications",
            Self::Contract => "essential.service.operations",
            Self::Payment => "essential.service.payment_processing",
            Self::Interaction | Self::Search => "functional.service",
            Self::Security => "essential.service.security",
            Self::Improvement => "functional.service.improve",
            Self::Personalisation => "personalize",
            Self::DirectMarketing => "marketing.communications",
            Self::TargetedAdvertising => "marketing.advertising.third_party.targeted",
            Self::Research => "analytics",
            Self::LegalCompliance => "essential.legal_obligation",
            Self::Other => "operations",
        }
    }
}
