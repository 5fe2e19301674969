//! The declaration of cookies as a notice: what people are told before they choose about cookies,
//! for consents to refer to.
//!
//! Its version is the day of the declaration, `updated`, as a number: 20261127. Whoever changes a
//! word of an optional purpose in the program's own changes that day, or the portal does not start.
//! Those that are published at the desk have two digits behind it, to tell several of a day apart.

use upheld_consent::{
    DataCategory, IdentifierError, LawfulBasis, Means, Necessity, Notice, NoticeDraft, NoticeError,
    NoticeId, Purpose, PurposeDraft, PurposeId, PurposeKind, Recipient, RecipientId, RecipientRole,
    Scope, StoragePeriod, UnixMillis, WithdrawalRoute,
};
use upheld_cookies::policy::{
    self, DataKind, Item, Lifetime, Policy, PurposeKind as CookieKind, Vendor, VendorRole,
};
use upheld_cookies::publish::BannerConfig;

use crate::language::{Language, phrase};
use crate::notice::{Notices, controller, no_notice};

pub(crate) const NAME: &str = "cookies";
/// What stands before the name of a purpose in records: the privacy notice has purposes as well.
const PREFIX: &str = "cookies-";
const DAY_MILLIS: u64 = 24 * 60 * 60 * 1000;
/// The shortest that a month is, so that a time in months is never shorter than in days.
const MONTH_SECONDS: u64 = 28 * 24 * 60 * 60;

/// The purposes about which people can choose.
pub(crate) fn optional(policy: &Policy) -> Vec<&policy::Purpose> {
    let categories = BannerConfig::of(policy).categories.into_iter();
    let ids = categories.filter(|category| !category.required).map(|category| category.id);
    ids.filter_map(|id| policy.purpose(&id)).collect()
}

/// What a consent to a purpose of the declaration is called.
pub(crate) fn scope(purpose: &str) -> Result<Scope, IdentifierError> {
    Ok(Scope::of(PurposeId::parse(&format!("{PREFIX}{purpose}"))?))
}

/// Which version of the notice a declaration is by its day.
pub(crate) fn version(policy: &Policy) -> u32 {
    let day = policy.site().updated.to_string();
    let digits = day.bytes().filter(u8::is_ascii_digit);
    digits.fold(0, |number, digit| {
        number.saturating_mul(10).saturating_add(u32::from(digit.saturating_sub(b'0')))
    })
}

/// The notice in each language; none where there is nothing to choose.
pub(crate) fn write(policy: &Policy, version: u32) -> Result<Option<Notices>, NoticeError> {
    let [english, german] = Language::ALL;
    let write = |language| write_in(policy, version, language);
    Ok(write(english)?.zip(write(german)?).map(|notices| Notices(notices.into())))
}

fn write_in(
    policy: &Policy,
    version: u32,
    language: Language,
) -> Result<Option<Notice>, NoticeError> {
    let optional = optional(policy);
    if optional.is_empty() {
        return Ok(None);
    }
    let purposes = optional.iter().map(|purpose| write_purpose(policy, purpose, language));
    let vendors = policy.vendors().iter();
    let vendors = vendors.filter(|vendor| optional.iter().any(|it| serves(policy, vendor, it)));
    let how = phrase("In the portal, under “Cookie preferences” at the foot of every page.");
    let days = u64::try_from(policy.site().updated.as_days()).unwrap_or_default();
    let draft = NoticeDraft {
        id: NoticeId::parse(NAME).map_err(|_| NoticeError::Number)?,
        version,
        language: language.tag().into(),
        effective_from: UnixMillis::new(days.saturating_mul(DAY_MILLIS)).unwrap_or_default(),
        controller: controller(),
        recipients: vendors.map(recipient).collect::<Result<_, _>>()?,
        purposes: purposes.collect::<Result<_, _>>()?,
        given_by: vec![Means::Web],
        withdrawal: vec![WithdrawalRoute {
            means: Means::Web,
            how: language.say(how).into_owned(),
        }],
        stored_in: vec!["GB".into()],
        refresh_months: months(policy.consent().valid_for),
    };
    Notice::new(draft).map(Some)
}

fn write_purpose(
    policy: &Policy,
    purpose: &policy::Purpose,
    language: Language,
) -> Result<Purpose, NoticeError> {
    let items: Vec<&Item> = items(policy, purpose).collect();
    let mut data: Vec<_> =
        items.iter().flat_map(|item| &item.data).copied().map(category).collect();
    data.sort_unstable();
    data.dedup();
    if data.is_empty() {
        data.push(DataCategory::CookieIdentifier);
    }
    let vendors = policy.vendors().iter().filter(|vendor| serves(policy, vendor, purpose));
    let recipients = vendors.map(recipient_id).collect::<Result<_, _>>()?;
    let [name, description] = [&purpose.name, &purpose.description].map(|it| language.say(it));
    let draft = PurposeDraft {
        id: scope(&purpose.id).map_err(|_| NoticeError::Number)?.purpose,
        kind: kind(purpose.kind),
        description: format!("{name}. {description}"),
        basis: LawfulBasis::Consent,
        condition: None,
        data,
        recipients,
        storage: storage(&items, language),
        necessity: Necessity::Optional,
    };
    Purpose::new(draft).map_err(no_notice)
}

fn items<'p>(
    policy: &'p Policy,
    purpose: &'p policy::Purpose,
) -> impl Iterator<Item = &'p Item> + use<'p> {
    policy.items().iter().filter(|item| item.purposes.contains(&purpose.id))
}

/// Whether a vendor does anything for a purpose.
fn serves(policy: &Policy, vendor: &Vendor, purpose: &policy::Purpose) -> bool {
    items(policy, purpose).any(|item| item.vendor.as_ref() == Some(&vendor.id))
}

fn recipient_id(vendor: &Vendor) -> Result<RecipientId, NoticeError> {
    RecipientId::parse(&vendor.id).map_err(|_| NoticeError::Number)
}

fn recipient(vendor: &Vendor) -> Result<Recipient, NoticeError> {
    Ok(Recipient {
        id: recipient_id(vendor)?,
        name: vendor.name.clone(),
        role: match vendor.role {
            VendorRole::Processor => RecipientRole::Processor,
            _ => RecipientRole::Controller,
        },
        // Of one without an address of its own, the clinic tells.
        contact: vendor.privacy.clone().unwrap_or_else(|| controller().email),
    })
}

/// For how long any of it is kept.
fn storage(items: &[&Item], language: Language) -> StoragePeriod {
    let kept = items.iter().filter_map(|item| item.lifetime.max(item.retention)).max();
    match kept {
        Some(Lifetime::UntilDeleted) => {
            StoragePeriod::Until(language.say(phrase("until you delete it")).into_owned())
        }
        kept => StoragePeriod::Months(months(kept.and_then(Lifetime::as_seconds).unwrap_or(0))),
    }
}

/// In months, at least one, and ten years at most, as notices count.
fn months(seconds: u64) -> u16 {
    u16::try_from(seconds.div_ceil(MONTH_SECONDS).clamp(1, 120)).unwrap_or(120)
}

const fn kind(kind: CookieKind) -> PurposeKind {
    match kind {
        CookieKind::Statistics => PurposeKind::Improvement,
        CookieKind::Personalisation => PurposeKind::Personalisation,
        CookieKind::Advertising | CookieKind::AdMeasurement => PurposeKind::TargetedAdvertising,
        CookieKind::Social => PurposeKind::Interaction,
        CookieKind::Media | CookieKind::Appearance => PurposeKind::Presentation,
        CookieKind::Security => PurposeKind::Security,
        CookieKind::Authentication | CookieKind::UserInput => PurposeKind::RequestedService,
        _ => PurposeKind::Other,
    }
}

const fn category(data: DataKind) -> DataCategory {
    match data {
        DataKind::IpAddress => DataCategory::IpAddress,
        DataKind::CookieId => DataCategory::CookieIdentifier,
        DataKind::AccountId => DataCategory::Username,
        DataKind::WebActivity | DataKind::Profile => DataCategory::BrowsingActivity,
        DataKind::UserProvided => DataCategory::InteractiveContent,
        DataKind::PrivacyChoice | DataKind::Preference => DataCategory::Preference,
        DataKind::SecurityToken => DataCategory::Authentication,
        _ => DataCategory::Device,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use upheld_consent::{DataCategory, PurposeKind, StoragePeriod};
    use upheld_cookies::policy::Policy;

    use super::{scope, version, write};
    use crate::cookies::tests::declared;
    use crate::language::Language;

    #[test]
    fn the_notice_says_what_the_declaration_says() {
        let policy = declared(true);
        let notices = write(&policy, version(&policy)).unwrap().unwrap();
        let notice = notices.in_language(Language::English);
        let content = notice.content();
        assert_eq!((content.id.as_str(), content.version), ("cookies", 20_261_127));
        assert_eq!(version(&policy), 20_261_127);
        // 27 November 2026, 00:00 UTC.
        assert_eq!(content.effective_from.get(), 1_795_737_600_000);
        let purpose = notice.purpose(&scope("demonstration-advertising").unwrap().purpose).unwrap();
        let draft = purpose.clone().into_draft();
        assert_eq!(draft.kind, PurposeKind::TargetedAdvertising);
        assert!(draft.description.starts_with("Advertising, for demonstration. An advertiser"));
        assert_eq!(draft.storage, StoragePeriod::Months(2));
        for data in [DataCategory::IpAddress, DataCategory::CookieIdentifier] {
            assert!(draft.data.contains(&data));
        }
        let recipient = content.recipients.first().unwrap();
        assert_eq!(recipient.name, "Example Adverts");
        assert_eq!(draft.recipients.first(), Some(&recipient.id));
        assert_eq!(content.purposes.len(), 1);
        let german = notices.in_language(Language::German);
        assert_ne!(german.hash(), notice.hash());
        assert_eq!(german.content().version, content.version);
    }

    #[test]
    fn where_there_is_nothing_to_choose_there_is_no_notice() {
        assert!(write(&declared(false), 1).unwrap().is_none());
    }

    #[test]
    fn a_policy_of_a_day_has_its_number() {
        let text = "schema = 1\n[site]\nhosts = ['a.example']\njurisdictions = ['uk']\n\
                    updated = '2027-01-02'\n";
        assert_eq!(version(&Policy::parse_toml(text).unwrap()), 20_270_102);
    }
}
