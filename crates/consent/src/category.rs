//! Kinds of personal data, as a clinic's privacy policy divides them.

use crate::term::{Term, pd};
use crate::word::words;

/// How a privacy policy speaks of data: what identifies you, what is about you, what your
/// connection tells.
///
/// All three are personal data: somebody is identifiable by an online identifier as well as by a
/// name (UK GDPR Art 4(1)). A policy that calls the latter two anonymous is wrong; see
/// [`Advice::PersonalAllTheSame`](crate::Advice::PersonalAllTheSame).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the policy has three")]
pub enum DataGroup {
    /// By itself it says who you are.
    IdentifiesYou,
    /// It is about you, and by itself does not say who you are.
    AboutYou,
    /// Your connection, your equipment, and what you do.
    ConnectionAndUsage,
}

words!(DataGroup:
    IdentifiesYou = "identifies-you",
    AboutYou = "about-you",
    ConnectionAndUsage = "connection-and-usage",
);

/// A kind of personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DataCategory {
    /// Name.
    Name,
    /// Postal address.
    PostalAddress,
    /// E-mail address.
    EmailAddress,
    /// Telephone number.
    TelephoneNumber,
    /// Name of the account.
    Username,
    /// Password hashes, second factors and when they were used.
    Authentication,
    /// Day of birth.
    BirthDate,
    /// Company or other employer.
    Employer,
    /// Job title.
    JobTitle,
    /// Letters, e-mails and messages.
    Correspondence,
    /// Answers to surveys.
    SurveyResponse,
    /// Orders and how they were carried out.
    Transaction,
    /// What is needed to pay.
    Payment,
    /// What a person tells about their own trade so that it can be served.
    BusinessActivity,
    /// What a person puts where others see it.
    InteractiveContent,
    /// Settings and choices.
    Preference,
    /// Records of care. Special (Art 9(1)).
    HealthRecord,
    /// Address on the internet.
    IpAddress,
    /// Browser, system, make and settings of the equipment.
    Device,
    /// Cookies and what is stored like them.
    CookieIdentifier,
    /// Pages seen, links followed, messages opened: by logs and by beacons.
    BrowsingActivity,
    /// What a person looked for.
    SearchQuery,
}

words!(DataCategory:
    Name = "name",
    PostalAddress = "postal-address",
    EmailAddress = "email-address",
    TelephoneNumber = "telephone-number",
    Username = "username",
    Authentication = "authentication",
    BirthDate = "birth-date",
    Employer = "employer",
    JobTitle = "job-title",
    Correspondence = "correspondence",
    SurveyResponse = "survey-response",
    Transaction = "transaction",
    Payment = "payment",
    BusinessActivity = "business-activity",
    InteractiveContent = "interactive-content",
    Preference = "preference",
    HealthRecord = "health-record",
    IpAddress = "ip-address",
    Device = "device",
    CookieIdentifier = "cookie-identifier",
    BrowsingActivity = "browsing-activity",
    SearchQuery = "search-query",
);

impl DataCategory {
    /// How a privacy policy speaks of it.
    #[must_use]
    pub const fn group(self) -> DataGroup {
        match self {
            Self::Name
            | Self::PostalAddress
            | Self::EmailAddress
            | Self::TelephoneNumber
            | Self::Username
            | Self::Authentication => DataGroup::IdentifiesYou,
            Self::BirthDate
            | Self::Employer
            | Self::JobTitle
            | Self::Correspondence
            | Self::SurveyResponse
            | Self::Transaction
            | Self::Payment
            | Self::BusinessActivity
            | Self::InteractiveContent
            | Self::Preference
            | Self::HealthRecord => DataGroup::AboutYou,
            Self::IpAddress
            | Self::Device
            | Self::CookieIdentifier
            | Self::BrowsingActivity
            | Self::SearchQuery => DataGroup::ConnectionAndUsage,
        }
    }

    /// Whether it is of the special categories, which need a condition beside the lawful basis.
    //= UK GDPR, Article 9(1): data concerning health is of the special categories
    #[must_use]
    pub const fn is_special(self) -> bool {
        matches!(self, Self::HealthRecord)
    }

    /// The closest term of the Data Privacy Vocabulary, version 2.3.
    #[must_use]
    pub const fn dpv(self) -> Term {
        pd(match self {
            Self::Name => "Name",
            Self::PostalAddress => "PhysicalAddress",
            Self::EmailAddress => "EmailAddress",
            Self::TelephoneNumber => "TelephoneNumber",
            Self::Username => "Username",
            Self::Authentication => "Authenticating",
            Self::BirthDate => "BirthDate",
            Self::Employer => "CurrentEmployment",
            Self::JobTitle => "Job",
            Self::Correspondence => "Communication",
            Self::SurveyResponse => "Opinion",
            Self::Transaction => "Transactional",
            Self::Payment => "FinancialAccount",
            Self::BusinessActivity => "Professional",
            Self::InteractiveContent => "SocialMediaCommunication",
            Self::Preference => "Preference",
            Self::HealthRecord => "HealthRecord",
            Self::IpAddress => "IPAddress",
            Self::Device => "DeviceBased",
            Self::CookieIdentifier => "Identifier",
            Self::BrowsingActivity => "BrowsingBehaviour",
            Self::SearchQuery => "Interest",
        })
    }

    /// The closest data category of fideslang, version 3.1.
    #[must_use]
    pub const fn fideslang(self) -> &'static str {
        match self {
            Self::Name => "user.name",
            Self::PostalAddress => "user.contact.address",
            Self::EmailAddress => "user.contact.email",
            Self::TelephoneNumber => "user.contact.phone_number",
            Self::Username => "user.account.username",
            Self::Authentication => "user.authorization.credentials",
            Self::BirthDate => "user.demographic.date_of_birth",
            Self::Employer => "user.contact.organization",
            Self::JobTitle => "user.job_title",
            Self::Correspondence | Self::SurveyResponse => "user.content.private",
            Self::Transaction => "user.behavior.purchase_history",
            Self::Payment => "user.payment",
            Self::BusinessActivity => "user.workplace",
            Self::InteractiveContent => "user.content.public",
            Self::Preference => "user.account.settings",
            Self::HealthRecord => "user.health_and_medical",
            Self::IpAddress => "user.device.ip_address",
            Self::Device => "user.device",
            Self::CookieIdentifier => "user.device.cookie_id",
            Self::BrowsingActivity => "user.behavior.browsing_history",
            Self::SearchQuery => "user.behavior.search_history",
        }
    }
}
