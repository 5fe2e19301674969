//! The clinic's privacy notice: what it uses data for, and what it asks people to agree to.
//!
//! There is one in each language that people may choose, each published under its own hash: a
//! consent refers to the very words that were shown. Whoever changes a text here counts
//! [`VERSION`] up, or the portal does not start.

use upheld_consent::{
    Address, CataloguePurpose, Channel, Controller, DataCategory, IdentifierError, LawfulBasis,
    Means, Necessity, Notice, NoticeDraft, NoticeError, NoticeId, NoticeRef, Purpose, PurposeDraft,
    PurposeError, PurposeId, PurposeKind, Scope, SpecialCategoryCondition, StoragePeriod,
    UnixMillis, WithdrawalRoute,
};
use upheld_store::consent::{Consents, Published};
use upheld_store::ledger::LedgerError;

use crate::CLINIC;
use crate::language::{Language, phrase};

/// Which version of the notice this program shows.
const VERSION: u32 = 1;
/// 1 June 2026, 00:00 UTC.
const EFFECTIVE_FROM: u64 = 1_780_272_000_000;
const REFRESH_MONTHS: u16 = 24;

/// What the clinic does without asking, in its own words.
const UNASKED: [(CataloguePurpose, &str); 6] = [
    (CataloguePurpose::PresentSite, phrase("We show you this portal and what is on it.")),
    (
        CataloguePurpose::FulfilRequests,
        phrase("We give you the information, the products and the services that you ask for."),
    ),
    (
        CataloguePurpose::SubscriptionNotices,
        phrase("We tell you about your subscription: when it ends and how to renew it."),
    ),
    (
        CataloguePurpose::ContractAndBilling,
        phrase("We carry out our contract with you, send bills and collect them."),
    ),
    (
        CataloguePurpose::AnnounceChanges,
        phrase("We tell you when this portal changes, or what we offer on it."),
    ),
    (
        CataloguePurpose::InteractiveFeatures,
        phrase("You take part in features where others see what you write."),
    ),
];

/// What an account needs beside the purposes of the catalogue.
struct Own {
    name: &'static str,
    kind: PurposeKind,
    description: &'static str,
    basis: LawfulBasis,
    data: &'static [DataCategory],
    storage: StoragePeriod,
}

const OWN: [Own; 2] = [
    Own {
        name: "account-security",
        kind: PurposeKind::Security,
        description: phrase("We keep your account safe, and make sure that it is you."),
        basis: LawfulBasis::LegitimateInterests,
        data: &[DataCategory::EmailAddress, DataCategory::Authentication, DataCategory::Device],
        storage: StoragePeriod::Months(12),
    },
    Own {
        name: "accountability",
        kind: PurposeKind::LegalCompliance,
        description: phrase("We keep what you decided and asked for, to show that we did it."),
        basis: LawfulBasis::LegalObligation,
        data: &[DataCategory::Preference, DataCategory::Correspondence],
        storage: StoragePeriod::Months(72),
    },
];

impl Own {
    fn purpose(self, language: Language) -> Result<Purpose, NoticeError> {
        let draft = PurposeDraft {
            id: PurposeId::parse(self.name).map_err(|_| NoticeError::Number)?,
            kind: self.kind,
            description: language.say(self.description).into_owned(),
            basis: self.basis,
            condition: None,
            data: self.data.to_vec(),
            recipients: Vec::new(),
            storage: self.storage,
            necessity: Necessity::RequiredForService,
        };
        Purpose::new(draft).map_err(no_notice)
    }
}

/// What a purpose of the notice is, to be translated.
pub(crate) fn description(id: &PurposeId) -> Option<&'static str> {
    let unasked = UNASKED.iter().map(|(purpose, description)| (purpose.name(), *description));
    let own = OWN.iter().map(|own| (own.name, own.description));
    let asked = Topic::ALL.iter().map(|topic| (topic.name(), topic.description()));
    let mut all = unasked.chain(own).chain(asked);
    all.find(|(name, _)| *name == id.as_str()).map(|(_, description)| description)
}

/// What the clinic asks people to agree to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    News,
    Surveys,
    Research,
}

impl Topic {
    pub(crate) const ALL: [Self; 3] = [Self::News, Self::Surveys, Self::Research];

    /// Its name in records.
    const fn name(self) -> &'static str {
        match self {
            Self::News => "news",
            Self::Surveys => "surveys",
            Self::Research => "research",
        }
    }

    pub(crate) fn id(self) -> Result<PurposeId, IdentifierError> {
        PurposeId::parse(self.name())
    }

    pub(crate) const fn heading(self) -> &'static str {
        match self {
            Self::News => phrase("News and offers"),
            Self::Surveys => phrase("Surveys"),
            Self::Research => phrase("Research"),
        }
    }

    pub(crate) const fn description(self) -> &'static str {
        match self {
            Self::News => phrase("We tell you what is new at the clinic and what we offer."),
            Self::Surveys => {
                phrase("We ask you how satisfied you were, and use your answers to do better.")
            }
            Self::Research => {
                phrase("We use your health record to find out which treatments work well.")
            }
        }
    }

    fn purpose(self, language: Language) -> Result<Purpose, NoticeError> {
        let open = match self {
            Self::Surveys => CataloguePurpose::AsDescribed,
            Self::News | Self::Research => CataloguePurpose::WithConsent,
        };
        let id = self.id().map_err(|_| NoticeError::Number)?;
        let described = open.describe(id, &language.say(self.description()));
        let draft = described.map_err(no_notice)?.into_draft();
        Purpose::new(match self {
            Self::News => PurposeDraft {
                kind: PurposeKind::DirectMarketing,
                data: vec![
                    DataCategory::Name,
                    DataCategory::EmailAddress,
                    DataCategory::TelephoneNumber,
                    DataCategory::PostalAddress,
                ],
                ..draft
            },
            Self::Surveys => PurposeDraft {
                kind: PurposeKind::Improvement,
                data: vec![
                    DataCategory::Name,
                    DataCategory::EmailAddress,
                    DataCategory::SurveyResponse,
                ],
                ..draft
            },
            Self::Research => PurposeDraft {
                kind: PurposeKind::Research,
                condition: Some(SpecialCategoryCondition::ExplicitConsent),
                data: vec![DataCategory::HealthRecord],
                ..draft
            },
        })
        .map_err(no_notice)
    }
}

pub(crate) fn no_notice(error: PurposeError) -> NoticeError {
    tracing::error!(%error, "a purpose of the notice is none");
    match error {
        PurposeError::Text(error) => NoticeError::Text(error),
        _ => NoticeError::Number,
    }
}

/// One question: a topic, by one channel.
#[derive(Debug)]
pub(crate) struct Question {
    /// Its name in addresses.
    pub(crate) name: &'static str,
    pub(crate) topic: Topic,
    pub(crate) channel: Option<Channel>,
    /// What the person says by the button.
    pub(crate) statement: &'static str,
}

/// Every question, in the order in which they are asked.
pub(crate) const QUESTIONS: [Question; 6] = [
    Question {
        name: "news-by-email",
        topic: Topic::News,
        channel: Some(Channel::Email),
        statement: phrase("I want news and offers of the clinic by e-mail."),
    },
    Question {
        name: "news-by-text",
        topic: Topic::News,
        channel: Some(Channel::Sms),
        statement: phrase("I want news and offers of the clinic by text message."),
    },
    Question {
        name: "news-by-call",
        topic: Topic::News,
        channel: Some(Channel::LiveCall),
        statement: phrase("I want to be called about news and offers of the clinic."),
    },
    Question {
        name: "news-by-post",
        topic: Topic::News,
        channel: Some(Channel::Post),
        statement: phrase("I want news and offers of the clinic by letter."),
    },
    Question {
        name: "surveys-by-email",
        topic: Topic::Surveys,
        channel: Some(Channel::Email),
        statement: phrase("I want to be asked by e-mail how satisfied I was."),
    },
    Question {
        name: "research",
        topic: Topic::Research,
        channel: None,
        statement: phrase("I agree that the clinic uses my health record for research."),
    },
];

impl Question {
    pub(crate) fn find(name: &str) -> Option<&'static Self> {
        QUESTIONS.iter().find(|question| question.name == name)
    }

    /// The question that a consent is the answer to.
    pub(crate) fn of(scope: &Scope) -> Option<&'static Self> {
        QUESTIONS.iter().find(|question| question.scope().is_ok_and(|it| it == *scope))
    }

    pub(crate) fn scope(&self) -> Result<Scope, IdentifierError> {
        Ok(Scope { purpose: self.topic.id()?, channel: self.channel, recipient: None })
    }
}

/// What people are told before they are asked, in each language.
#[derive(Clone, Debug)]
pub(crate) struct Notices(pub(crate) [Notice; 2]);

/// Why there is no notice to show.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoticesError {
    #[error(transparent)]
    Notice(#[from] NoticeError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error("version {version} of the notice {id} was published with other words")]
    Changed { id: NoticeId, version: u32 },
}

impl Notices {
    pub(crate) fn write() -> Result<Self, NoticeError> {
        let [english, german] = Language::ALL;
        Ok(Self([write(english)?, write(german)?]))
    }

    /// The one that is shown in a language.
    pub(crate) const fn in_language(&self, language: Language) -> &Notice {
        let [english, german] = &self.0;
        if matches!(language, Language::German) { german } else { english }
    }

    /// The one with this hash, if it is still shown.
    pub(crate) fn with_hash(&self, hash: &str) -> Option<&Notice> {
        self.0.iter().find(|notice| notice.hash().to_string() == hash)
    }

    pub(crate) fn find(&self, reference: &NoticeRef) -> Option<&Notice> {
        self.0.iter().find(|notice| notice.reference() == *reference)
    }

    /// Makes sure that what is shown was published, as it is.
    pub(crate) async fn publish(
        &self,
        consents: &Consents,
        at: UnixMillis,
    ) -> Result<(), NoticesError> {
        for notice in &self.0 {
            if consents.publish(notice, at, "portal").await? == Published::Conflict {
                let NoticeRef { id, version, .. } = notice.reference();
                return Err(NoticesError::Changed { id, version });
            }
        }
        Ok(())
    }
}

/// Who asks. A clinic's own would come from its settings.
pub(crate) fn controller() -> Controller {
    Controller {
        name: CLINIC.into(),
        address: Address {
            street: "1 North Street".into(),
            locality: "Leeds".into(),
            postal_code: "LS1 4AB".into(),
            country: "GB".into(),
        },
        contact: "Privacy desk".into(),
        email: "privacy@northside.example".into(),
        phone: "0113 496 0000".into(),
        policy_url: "https://northside.example/privacy".into(),
    }
}

fn write(language: Language) -> Result<Notice, NoticeError> {
    let unasked = UNASKED.iter().map(|(purpose, description)| {
        let id = PurposeId::parse(purpose.name()).map_err(|_| NoticeError::Number)?;
        purpose.describe(id, &language.say(description)).map_err(no_notice)
    });
    let own = OWN.into_iter().map(|own| own.purpose(language));
    let asked = Topic::ALL.iter().map(|topic| topic.purpose(language));
    let how = phrase("In the portal, under “Privacy”, by the button beside each consent.");
    Notice::new(NoticeDraft {
        id: NoticeId::parse("patient-portal").map_err(|_| NoticeError::Number)?,
        version: VERSION,
        language: language.tag().into(),
        effective_from: UnixMillis::new(EFFECTIVE_FROM).unwrap_or_default(),
        controller: controller(),
        recipients: Vec::new(),
        purposes: unasked.chain(own).chain(asked).collect::<Result<_, _>>()?,
        given_by: vec![Means::Web],
        withdrawal: vec![WithdrawalRoute {
            means: Means::Web,
            how: language.say(how).into_owned(),
        }],
        stored_in: vec!["GB".into()],
        refresh_months: REFRESH_MONTHS,
    })
}
