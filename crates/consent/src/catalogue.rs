//! The purposes that a clinic's privacy policy names, ready to be put into a notice.

use crate::word::words;
use crate::{DataCategory as Data, LawfulBasis, Necessity, PurposeId, PurposeKind};
use crate::{Purpose, PurposeDraft, PurposeError, StoragePeriod};

/// A purpose of the policy.
///
/// Six stand as they are. Two are open: the policy says "as we describe" and "with your consent",
/// and a purpose is only one when it says which (Art 5(1)(b)). Those take a description.
///
/// ```
/// use upheld_consent::{CataloguePurpose, LawfulBasis, PurposeId};
///
/// let billing = CataloguePurpose::ContractAndBilling.purpose()?;
/// assert_eq!(billing.basis(), LawfulBasis::Contract);
///
/// assert!(CataloguePurpose::WithConsent.purpose().is_err());
/// let id = PurposeId::parse("newsletter")?;
/// let newsletter = CataloguePurpose::WithConsent.describe(id, "We send you our newsletter.")?;
/// assert!(newsletter.needs_consent());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the policy has eight")]
pub enum CataloguePurpose {
    /// Showing the site.
    PresentSite,
    /// Giving what was asked for.
    FulfilRequests,
    /// Telling about a subscription: that it ends, that it can be renewed.
    SubscriptionNotices,
    /// Carrying out and enforcing contracts, billing and collecting.
    ContractAndBilling,
    /// Telling about changes to the site or to what is offered on it.
    AnnounceChanges,
    /// Features in which people take part.
    InteractiveFeatures,
    /// What was described when the person gave the data. Open.
    AsDescribed,
    /// Anything to which the person consents. Open.
    WithConsent,
}

words!(CataloguePurpose:
    PresentSite = "present-site",
    FulfilRequests = "fulfil-requests",
    SubscriptionNotices = "subscription-notices",
    ContractAndBilling = "contract-and-billing",
    AnnounceChanges = "announce-changes",
    InteractiveFeatures = "interactive-features",
    AsDescribed = "as-described",
    WithConsent = "with-consent",
);

impl CataloguePurpose {
    /// The purpose, under the [name](Self::name) it has here.
    ///
    /// # Errors
    ///
    /// [`NotSpecified`] when it is open: [`describe`](Self::describe) it.
    pub fn purpose(self) -> Result<Purpose, NotSpecified> {
        let open = NotSpecified { purpose: self };
        let description = self.description().ok_or(open)?;
        let id = PurposeId::parse(self.name()).map_err(|_| open)?;
        self.describe(id, description).map_err(|_| open)
    }

    /// The purpose under a name and a description of your own.
    ///
    /// # Errors
    ///
    /// [`PurposeError::Text`] when the description is blank, too long, or has control characters.
    pub fn describe(self, id: PurposeId, description: &str) -> Result<Purpose, PurposeError> {
        Purpose::new(PurposeDraft {
            id,
            kind: self.kind(),
            description: description.into(),
            basis: self.basis(),
            condition: None,
            data: self.data().to_vec(),
            recipients: Vec::new(),
            storage: self.storage(),
            necessity: self.necessity(),
        })
    }

    /// What it is, for the person; `None` when it is open.
    #[must_use]
    pub const fn description(self) -> Option<&'static str> {
        match self {
            Self::PresentSite => Some("We show you our site and what is on it."),
            Self::FulfilRequests => {
                Some("We give you the information, products and services that you ask for.")
            }
            Self::SubscriptionNotices => {
                Some("We tell you about your subscription: when it ends and how to renew it.")
            }
            Self::ContractAndBilling => {
                Some("We carry out and enforce our contract with you, send bills and collect them.")
            }
            Self::AnnounceChanges => {
                Some("We tell you when our site changes, or what we offer on it.")
            }
            Self::InteractiveFeatures => {
                Some("You take part in features where others see what you write.")
            }
            Self::AsDescribed | Self::WithConsent => None,
        }
    }

    /// What kind of thing it is.
    #[must_use]
    pub const fn kind(self) -> PurposeKind {
        match self {
            Self::PresentSite => PurposeKind::Presentation,
            Self::FulfilRequests => PurposeKind::RequestedService,
            Self::SubscriptionNotices | Self::AnnounceChanges => PurposeKind::Communication,
            Self::ContractAndBilling => PurposeKind::Contract,
            Self::InteractiveFeatures => PurposeKind::Interaction,
            Self::AsDescribed | Self::WithConsent => PurposeKind::Other,
        }
    }

    /// The basis that it rests on unless you know better.
    #[must_use]
    pub const fn basis(self) -> LawfulBasis {
        match self {
            Self::PresentSite | Self::AnnounceChanges => LawfulBasis::LegitimateInterests,
            Self::FulfilRequests
            | Self::SubscriptionNotices
            | Self::ContractAndBilling
            | Self::InteractiveFeatures => LawfulBasis::Contract,
            // Whoever does not know what it is cannot know another basis for it.
            Self::AsDescribed | Self::WithConsent => LawfulBasis::Consent,
        }
    }

    /// What it uses.
    #[must_use]
    pub const fn data(self) -> &'static [Data] {
        match self {
            Self::PresentSite => &[Data::IpAddress, Data::Device, Data::BrowsingActivity],
            Self::FulfilRequests => {
                &[Data::Name, Data::EmailAddress, Data::TelephoneNumber, Data::Correspondence]
            }
            Self::ContractAndBilling => &[
                Data::Name,
                Data::PostalAddress,
                Data::EmailAddress,
                Data::Transaction,
                Data::Payment,
            ],
            Self::InteractiveFeatures => &[Data::Username, Data::InteractiveContent],
            Self::SubscriptionNotices
            | Self::AnnounceChanges
            | Self::AsDescribed
            | Self::WithConsent => &[Data::Name, Data::EmailAddress],
        }
    }

    fn storage(self) -> StoragePeriod {
        match self {
            Self::PresentSite => StoragePeriod::Months(3),
            Self::FulfilRequests => StoragePeriod::Months(24),
            // The Limitation Act 1980 gives six years to sue over a contract; one more for the
            // claim to arrive.
            Self::ContractAndBilling => StoragePeriod::Months(84),
            Self::SubscriptionNotices | Self::AnnounceChanges | Self::InteractiveFeatures => {
                StoragePeriod::Until("the account is closed".into())
            }
            Self::AsDescribed | Self::WithConsent => {
                StoragePeriod::Until("the consent is withdrawn".into())
            }
        }
    }

    const fn necessity(self) -> Necessity {
        match self {
            Self::PresentSite
            | Self::FulfilRequests
            | Self::SubscriptionNotices
            | Self::ContractAndBilling => Necessity::RequiredForService,
            Self::AnnounceChanges
            | Self::InteractiveFeatures
            | Self::AsDescribed
            | Self::WithConsent => Necessity::Optional,
        }
    }
}

/// The policy leaves open what the purpose is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} names no purpose by itself; describe it", purpose.name())]
pub struct NotSpecified {
    /// Which.
    pub(crate) purpose: CataloguePurpose,
}
