//! Categories, bases and purposes: what the policy names, and what the law asks of it.

use std::collections::BTreeSet;

use upheld_consent::{
    Advice, CataloguePurpose, DataCategory, DataGroup, IdentifierError, LawfulBasis, Necessity,
    Purpose, PurposeDraft, PurposeError, PurposeId, PurposeKind, RecipientId,
    SpecialCategoryCondition, StoragePeriod, TextError,
};

fn draft() -> PurposeDraft {
    PurposeDraft {
        id: PurposeId::parse("newsletter").unwrap(),
        kind: PurposeKind::DirectMarketing,
        description: "We send you our newsletter.".into(),
        basis: LawfulBasis::Consent,
        condition: None,
        data: vec![DataCategory::Name, DataCategory::EmailAddress],
        recipients: vec![],
        storage: StoragePeriod::Months(24),
        necessity: Necessity::Optional,
    }
}

#[test]
fn every_group_has_categories() {
    let in_group = |group| DataCategory::ALL.iter().filter(|it| it.group() == group).count();
    assert_eq!(DataGroup::ALL.iter().map(|&group| in_group(group)).collect::<Vec<_>>(), [6, 11, 5]);
}

#[test]
fn words_are_distinct_and_read_back() {
    let words: BTreeSet<&str> = DataCategory::ALL.iter().map(|it| it.name()).collect();
    assert_eq!(words.len(), DataCategory::ALL.len());
    for &category in DataCategory::ALL {
        assert_eq!(DataCategory::parse(category.name()), Some(category));
        let json = serde_json::to_string(&category).unwrap();
        assert_eq!(serde_json::from_str::<DataCategory>(&json).unwrap(), category);
    }
    assert_eq!(DataCategory::parse("Name"), None);
    assert!(serde_json::from_str::<LawfulBasis>("\"implied\"").is_err());
}

//= UK GDPR, Article 9(1): special categories are not used but under a condition of 9(2)
#[test]
fn special_categories_need_a_condition_and_nothing_else_has_one() {
    let health = vec![DataCategory::HealthRecord, DataCategory::Name];
    let missing = PurposeError::ConditionMissing { category: DataCategory::HealthRecord };
    let with =
        |condition| Purpose::new(PurposeDraft { condition, data: health.clone(), ..draft() });
    assert_eq!(with(None), Err(missing));
    for &condition in SpecialCategoryCondition::ALL {
        let purpose = with(Some(condition)).unwrap();
        let is_explicit = condition == SpecialCategoryCondition::ExplicitConsent;
        assert_eq!(purpose.needs_explicit_consent(), is_explicit);
        let surplus = PurposeDraft { condition: Some(condition), ..draft() };
        assert_eq!(Purpose::new(surplus), Err(PurposeError::NothingSpecial { condition }));
    }
}

//= UK GDPR, Article 9(2)(a): consent to the use of special categories is explicit
#[test]
fn consent_is_needed_for_either_reason() {
    let needs = |basis, condition: Option<_>| {
        let data =
            if condition.is_some() { DataCategory::HealthRecord } else { DataCategory::Name };
        let draft = PurposeDraft { basis, condition, data: vec![data], ..draft() };
        Purpose::new(draft).unwrap().needs_consent()
    };
    let explicit = Some(SpecialCategoryCondition::ExplicitConsent);
    assert!(needs(LawfulBasis::Consent, None) && needs(LawfulBasis::Contract, explicit));
    assert!(!needs(LawfulBasis::Contract, Some(SpecialCategoryCondition::Care)));
}

#[test]
fn drafts_that_say_too_little_are_no_purposes() {
    let refused = |draft| Purpose::new(draft).unwrap_err();
    assert_eq!(refused(PurposeDraft { data: vec![], ..draft() }), PurposeError::NoData);
    let blank = PurposeDraft { description: " ".into(), ..draft() };
    let field = "the description of a purpose";
    assert_eq!(refused(blank), TextError::Blank { field }.into());
    let long = PurposeDraft { description: "x".repeat(2_001), ..draft() };
    assert_eq!(refused(long), TextError::Long { field, length: 2_001, most: 2_000 }.into());
    let bell = PurposeDraft { description: "We\u{7} ring.".into(), ..draft() };
    assert_eq!(refused(bell), TextError::Control { field, at: 2 }.into());
    for months in [0, 1_201] {
        let storage = StoragePeriod::Months(months);
        assert_eq!(refused(PurposeDraft { storage, ..draft() }), PurposeError::Storage { months });
    }
}

#[test]
fn what_is_named_twice_is_named_once() {
    let id = |text| RecipientId::parse(text).unwrap();
    let data = vec![DataCategory::Name, DataCategory::EmailAddress, DataCategory::Name];
    let recipients = vec![id("b"), id("a"), id("b")];
    let purpose = Purpose::new(PurposeDraft { data, recipients, ..draft() }).unwrap();
    assert_eq!(purpose.data(), [DataCategory::Name, DataCategory::EmailAddress]);
    assert_eq!(purpose.recipients(), [id("a"), id("b")]);
}

#[test]
fn purposes_are_checked_when_read() {
    let purpose = Purpose::new(draft()).unwrap();
    let json = serde_json::to_string(&purpose).unwrap();
    assert_eq!(serde_json::from_str::<Purpose>(&json).unwrap(), purpose);
    let without = json.replace(r#"["name","email-address"]"#, "[]");
    let said = serde_json::from_str::<Purpose>(&without).unwrap_err().to_string();
    assert!(said.contains("names the data"), "{said}");
    let unknown = json.replace("\"basis\"", "\"base\"");
    assert!(serde_json::from_str::<Purpose>(&unknown).is_err());
}

#[test]
fn advice() {
    let on = |draft| Purpose::new(draft).unwrap().advice();
    assert_eq!(on(draft()), []);
    let condition = Some(SpecialCategoryCondition::ExplicitConsent);
    let care = PurposeDraft {
        kind: PurposeKind::Care,
        condition,
        data: vec![DataCategory::Name, DataCategory::HealthRecord],
        necessity: Necessity::RequiredForService,
        ..draft()
    };
    assert_eq!(on(care), [Advice::ConsentForCare, Advice::ConditionalConsent]);
    let targeted = PurposeDraft {
        kind: PurposeKind::TargetedAdvertising,
        basis: LawfulBasis::LegitimateInterests,
        data: vec![DataCategory::CookieIdentifier],
        ..draft()
    };
    assert_eq!(on(targeted), [Advice::PersonalAllTheSame, Advice::TargetedWithoutConsent]);
    assert_eq!(Advice::ConditionalConsent.provision().to_string(), "UK GDPR Art 7(4)");
}

/// The eight of a clinic's privacy policy; the two that it leaves open take a description.
#[test]
fn the_catalogue() {
    let open = [CataloguePurpose::AsDescribed, CataloguePurpose::WithConsent];
    assert_eq!(CataloguePurpose::ALL.len(), 8);
    for &entry in CataloguePurpose::ALL {
        let found = entry.purpose();
        assert_eq!(found.is_err(), open.contains(&entry));
        if let Ok(purpose) = found {
            assert_eq!(purpose.id().as_str(), entry.name());
            assert!(!purpose.needs_consent(), "{}", entry.name());
        }
        let id = PurposeId::parse("mine").unwrap();
        let mine = entry.describe(id, "Mine.").unwrap();
        assert_eq!((mine.id().as_str(), mine.description()), ("mine", "Mine."));
        assert_eq!(mine.needs_consent(), open.contains(&entry));
    }
}

//= UK GDPR, Article 20(1)(a): portability is for data used by consent or for a contract
//= UK GDPR, Article 21(1): objection is to a public task or to legitimate interests, recognised or not
#[test]
fn rights_follow_the_basis() {
    use LawfulBasis as Basis;
    let portable: Vec<_> = Basis::ALL.iter().filter(|it| it.allows_portability()).collect();
    assert_eq!(portable, [&Basis::Consent, &Basis::Contract]);
    let objectionable: Vec<_> = Basis::ALL.iter().filter(|it| it.allows_objection()).collect();
    let three =
        [&Basis::PublicTask, &Basis::RecognisedLegitimateInterest, &Basis::LegitimateInterests];
    assert_eq!(objectionable, three);
}

#[test]
fn identifiers() {
    for good in ["a", "0", "a-b_c.d", &"x".repeat(64)] {
        assert_eq!(PurposeId::parse(good).unwrap().as_str(), good);
    }
    let refused = |text: &str| PurposeId::parse(text).unwrap_err();
    assert_eq!(refused(""), IdentifierError::Length { length: 0 });
    assert_eq!(refused(&"x".repeat(65)), IdentifierError::Length { length: 65 });
    for (bad, at) in [("-a", 0), ("aB", 1), ("a b", 1), ("aé", 1), ("a\n", 1)] {
        assert_eq!(refused(bad), IdentifierError::Character { at });
    }
}
