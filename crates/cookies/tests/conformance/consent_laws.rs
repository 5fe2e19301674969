//! What holds for every consent string, and for hostile ones.

use proptest::prelude::*;
use upheld_cookies::UnixSeconds;
use upheld_cookies::additional_consent::{AdditionalConsent, AdditionalConsentError};
use upheld_cookies::gpp::{FieldError, Gpp, GppError, Padding, Section, SectionId, UsSection};
use upheld_cookies::tcf::{
    EncodeError, MAX_TC_STRING, Numbers, PublisherTc, Restriction, Segment, TcError, TcFault,
    TcModel, TcString, VendorIds,
};
use upheld_cookies::us_privacy::{UsPrivacy, UsPrivacyError};

/// 2026-11-24, in tenths of a second.
const TODAY: u64 = 17_954_784_000;
const NOW: UnixSeconds = UnixSeconds(1_795_500_000);

fn model() -> TcModel {
    TcModel {
        created: TODAY,
        updated: TODAY,
        cmp_id: 880,
        cmp_version: 1,
        consent_screen: 1,
        language: "EN".to_owned(),
        vendor_list_version: 143,
        policy_version: 5,
        is_service_specific: true,
        uses_non_standard_texts: false,
        special_feature_opt_ins: Numbers::default(),
        purposes_consent: Numbers::of(&[1, 2, 3, 4, 7]),
        purposes_interest: Numbers::of(&[2, 7]),
        purpose_one_treatment: false,
        publisher_country: "GB".to_owned(),
        vendor_consents: VendorIds::of(&[130, 755]),
        vendor_interests: VendorIds::of(&[755]),
        restrictions: Vec::new(),
        segments: vec![Segment::DisclosedVendors(VendorIds::of(&[130, 755]))],
    }
}

fn vendor_ids() -> impl Strategy<Value = VendorIds> {
    let range =
        (1_u16..800, 0_u16..40).prop_map(|(start, more)| start..=start.saturating_add(more));
    (prop::collection::vec(range, 0..12), 0_u16..900)
        .prop_map(|(ranges, max)| VendorIds::of_ranges(ranges).up_to(max))
}

fn numbers(most: u8) -> impl Strategy<Value = Numbers> {
    prop::collection::vec(1..=most.max(1), 0..if most == 0 { 1 } else { 9 })
        .prop_map(|list| Numbers::of(&list))
}

fn models() -> impl Strategy<Value = TcModel> {
    let restriction = (1_u16..=24, 0_u16..4, vendor_ids()).prop_map(|(purpose, kind, vendors)| {
        Restriction { purpose, kind, vendors: VendorIds::of_ranges(vendors.ranges().to_vec()) }
    });
    let publisher = (0_u16..=63).prop_flat_map(|custom| {
        let most = u8::try_from(custom).unwrap();
        (numbers(24), numbers(24), numbers(most), numbers(most)).prop_map(move |(a, b, c, d)| {
            let own = |numbers| if custom == 0 { Numbers::default() } else { numbers };
            Segment::PublisherTc(PublisherTc {
                purposes_consent: a,
                purposes_interest: b,
                custom_purposes: custom,
                custom_consent: own(c),
                custom_interest: own(d),
            })
        })
    });
    let segments = (
        prop::option::of(vendor_ids().prop_map(Segment::DisclosedVendors)),
        prop::option::of(vendor_ids().prop_map(Segment::AllowedVendors)),
        prop::option::of(publisher),
    );
    let heads = (0_u64..1 << 36, 0_u64..1 << 36, 0_u16..4096, "[A-Z]{2}", "[A-Z]{2}");
    let sets = (numbers(12), numbers(24), numbers(24), vendor_ids(), vendor_ids());
    let restrictions = prop::collection::vec(restriction, 0..4);
    (heads, sets, restrictions, segments, any::<[bool; 3]>()).prop_map(
        |(heads, sets, restrictions, segments, [specific, texts, one])| TcModel {
            created: heads.0,
            updated: heads.1,
            cmp_id: heads.2,
            cmp_version: heads.2 / 2,
            consent_screen: heads.2 % 64,
            language: heads.3,
            vendor_list_version: 4095_u16.saturating_sub(heads.2),
            policy_version: heads.2 % 64,
            is_service_specific: specific,
            uses_non_standard_texts: texts,
            special_feature_opt_ins: sets.0,
            purposes_consent: sets.1,
            purposes_interest: sets.2,
            purpose_one_treatment: one,
            publisher_country: heads.4,
            vendor_consents: sets.3,
            vendor_interests: sets.4,
            restrictions,
            segments: [segments.0, segments.1, segments.2].into_iter().flatten().collect(),
        },
    )
}

proptest! {
    /// Reading undoes writing, and what is written is written the same again.
    #[test]
    fn a_model_survives(model in models()) {
        let written = model.encode().unwrap();
        let read = TcModel::from(TcString::parse(&written).unwrap());
        prop_assert_eq!(&read, &model);
        prop_assert_eq!(read.encode(), Ok(written));
    }

    /// Changed and cut anywhere, a string is read or refused, and what is read can be written.
    #[test]
    fn mutations(model in models(), at in any::<prop::sample::Index>(), byte in "[A-Za-z_.~]", cut in any::<bool>()) {
        let mut text = model.encode().unwrap().into_bytes();
        let place = at.index(text.len());
        if cut { text.truncate(place) } else { text[place] = byte.as_bytes()[0] }
        let text = String::from_utf8(text).unwrap();
        let Ok(tc) = TcString::parse(&text) else { return Ok(()) };
        let _faults = tc.faults(NOW);
        let model = TcModel::from(tc);
        let written = model.encode().unwrap();
        prop_assert_eq!(TcModel::from(TcString::parse(&written).unwrap()), model);
    }

    /// A set contains what its ranges say, in both forms.
    #[test]
    fn vendors(vendors in vendor_ids(), vendor in 0_u16..900) {
        let model = TcModel { vendor_consents: vendors.clone(), ..model() };
        let written = model.encode().unwrap();
        let read = TcString::parse(&written).unwrap().vendor_consents();
        let expected = vendors.ranges().iter().any(|range| range.contains(&vendor));
        prop_assert_eq!(read.contains(vendor), expected);
        prop_assert_eq!(vendors.contains(vendor), expected);
        prop_assert_eq!(read.ranges().collect::<Vec<_>>(), vendors.ranges());
    }

    /// Withdrawing a purpose or a vendor never allows more.
    #[test]
    fn withdrawal(model in models(), purpose in 1_u8..12, vendor in 1_u16..800, other in 1_u8..12) {
        let allows = |model: &TcModel| {
            let text = model.encode().unwrap();
            TcString::parse(&text).unwrap().allows(purpose, vendor)
        };
        let kept: Vec<u8> = model.purposes_consent.iter().filter(|number| *number != other).collect();
        let less = TcModel { purposes_consent: Numbers::of(&kept), ..model.clone() };
        prop_assert!(!allows(&less) || allows(&model));
        let none = TcModel { vendor_consents: VendorIds::default(), ..model };
        prop_assert!(!allows(&none));
    }

    #[test]
    fn headers(ids in prop::collection::btree_set(1_u16..200, 0..40)) {
        let sections: Vec<(u16, &str)> = ids.into_iter().map(|id| (id, "1---")).collect();
        for padding in [Padding::Shortest, Padding::Bytes] {
            let written = Gpp::write(&sections, padding).unwrap();
            let read = Gpp::parse(&written).unwrap();
            prop_assert_eq!(read.sections().collect::<Vec<_>>(), sections.clone());
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(DBA|C)?[A-Za-z0-9_~.-]{0,60}") {
        if let Ok(gpp) = Gpp::parse(&text) {
            for (id, section) in gpp.sections() {
                let _read = Section::parse(id, section).is_ok();
            }
            let _signal = gpp.gpc();
        }
        let _read = TcString::parse(&text).is_ok();
    }

    #[test]
    fn additional_consent_survives(consented in prop::collection::vec(1_u32..5000, 0..9),
            disclosed in prop::option::of(prop::collection::vec(1_u32..5000, 0..9))) {
        let string = AdditionalConsent { consented, disclosed };
        prop_assert_eq!(AdditionalConsent::parse(&string.to_text()), Ok(string));
    }
}

//= IAB TCF, Policies: what can be read is not always valid
#[test]
fn faults() {
    let faults = |model: &TcModel| TcString::parse(&model.encode().unwrap()).unwrap().faults(NOW);
    assert_eq!(faults(&model()), []);
    let old = NOW.0.unsigned_abs() - 400 * 86_400;
    let day = |seconds: u64| seconds / 86_400 * 864_000;
    let cases = [
        (TcModel { is_service_specific: false, ..model() }, TcFault::NotServiceSpecific),
        (TcModel { policy_version: 2, ..model() }, TcFault::PolicyVersion { version: 2 }),
        (TcModel { cmp_id: 0, ..model() }, TcFault::NoPlatform),
        (
            TcModel { purposes_interest: Numbers::of(&[4]), ..model() },
            TcFault::InterestNeedsConsent,
        ),
        (TcModel { segments: Vec::new(), ..model() }, TcFault::NoDisclosedVendors),
        (
            TcModel { created: TODAY + 8_640_000, updated: TODAY + 8_640_000, ..model() },
            TcFault::InFuture,
        ),
        (TcModel { created: day(old), updated: day(old), ..model() }, TcFault::TooOld),
        (TcModel { created: TODAY - 864_000, ..model() }, TcFault::Moments),
        (
            TcModel {
                restrictions: vec![Restriction {
                    purpose: 2,
                    kind: 3,
                    vendors: VendorIds::of(&[1]),
                }],
                ..model()
            },
            TcFault::Restriction,
        ),
    ];
    for (model, fault) in cases {
        assert_eq!(faults(&model), [fault]);
    }
    // The specification's own example: it decodes, and its policy version has ended.
    let example = "CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.IDKQA4AAgAKAGQAygAAA.YAAAAAAAAAAA";
    let found = TcString::parse(example).unwrap().faults(UnixSeconds(1_750_000_000));
    assert!(found.contains(&TcFault::PolicyVersion { version: 2 }), "{found:?}");
}

#[test]
fn consent_and_restrictions() {
    let allows = |model: &TcModel, purpose, vendor| {
        TcString::parse(&model.encode().unwrap()).unwrap().allows(purpose, vendor)
    };
    assert!(allows(&model(), 1, 130));
    assert!(!allows(&model(), 1, 131) && !allows(&model(), 5, 130) && !allows(&model(), 0, 0));
    let undisclosed =
        TcModel { segments: vec![Segment::DisclosedVendors(VendorIds::of(&[755]))], ..model() };
    assert!(!allows(&undisclosed, 1, 130));
    for (kind, allowed) in [(0, false), (1, true), (2, false)] {
        let restriction = Restriction { purpose: 2, kind, vendors: VendorIds::of(&[130]) };
        let model = TcModel { restrictions: vec![restriction], ..model() };
        assert_eq!((allows(&model, 2, 130), allows(&model, 2, 755)), (allowed, true));
    }
}

#[test]
fn errors_say_what_and_where() {
    let core = "COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA";
    let cases = [
        ("", TcError::Truncated { segment: 0, bits: 0, needed: 6 }),
        ("BOEFEAyOEFEAyAHABDENAI4AAAB9vABAASA", TcError::VersionOne),
        ("DBABMA", TcError::Version { version: 3 }),
        (&"C".repeat(MAX_TC_STRING + 1), TcError::TooLong { length: MAX_TC_STRING + 1 }),
        (&format!("{core}."), TcError::Truncated { segment: 1, bits: 0, needed: 3 }),
        (&format!("{core}.*"), TcError::Character { at: core.len() + 1 }),
        (&format!("{core}.gAAA"), TcError::SegmentType { segment: 1, kind: 4 }),
        (&format!("{core}.IAAA.IAAA"), TcError::RepeatedSegment { segment: 2 }),
        (&core.replace("EN", "__"), TcError::Letters { at: 108 }),
        (core.get(..30).unwrap(), TcError::Truncated { segment: 0, bits: 180, needed: 207 }),
    ];
    for (text, expected) in cases {
        match TcString::parse(text) {
            Err(TcError::Truncated { segment, bits, .. }) if matches!(expected, TcError::Truncated { segment: s, bits: b, .. } if (s, b) == (segment, bits)) =>
                {}
            other => assert_eq!(other.map(|_| ()), Err(expected), "{text}"),
        }
    }
    let gpp = [
        ("DBACOeA~~1YNN", GppError::Count { named: 3, found: 2 }),
        ("DBACNY~~1YNN", GppError::Empty { id: 2 }),
        ("DBABMA", GppError::Count { named: 1, found: 0 }),
        ("DBABMA~x~y", GppError::Count { named: 1, found: 2 }),
        ("CBABMA~x", GppError::Header { kind: 2, version: 1 }),
        ("DBAB", GppError::Truncated { bits: 24, needed: 25 }),
        ("D*", GppError::Character { at: 1 }),
    ];
    for (text, expected) in gpp {
        assert_eq!(Gpp::parse(text), Err(expected), "{text}");
    }
    let encode = [
        (TcModel { cmp_id: 4096, ..model() }, "cmp_id is 4096; at most 4095 can be written"),
        (
            TcModel { language: "en".to_owned(), ..model() },
            "language must be two capital letters A-Z",
        ),
    ];
    for (model, expected) in encode {
        assert_eq!(model.encode().unwrap_err().to_string(), expected);
    }
    let twice = vec![Segment::AllowedVendors(VendorIds::default()); 2];
    let twice = TcModel { segments: twice, ..model() };
    assert_eq!(twice.encode(), Err(EncodeError::RepeatedSegment));
}

//= IAB, US Privacy String: four characters
#[test]
fn us_privacy() {
    for text in ["1YNN", "1---", "1YYY", "1NY-"] {
        assert_eq!(UsPrivacy::parse(text).unwrap().to_text(), text);
    }
    assert_eq!(UsPrivacy::parse("1ynn").unwrap().to_text(), "1YNN");
    for (text, error) in [
        ("", UsPrivacyError::Length { length: 0 }),
        ("1YNNN", UsPrivacyError::Length { length: 5 }),
        ("2YNN", UsPrivacyError::Version),
        ("1YXN", UsPrivacyError::Answer { at: 2 }),
    ] {
        assert_eq!(UsPrivacy::parse(text), Err(error));
    }
}

#[test]
fn additional_consent() {
    assert_eq!(AdditionalConsent::parse("1~1.35.41").unwrap().to_text(), "1~1.35.41");
    assert!(AdditionalConsent::parse("2~~dv.").unwrap().consented.is_empty());
    for (text, error) in [
        ("3~1", AdditionalConsentError::Version),
        ("1~1~dv.2", AdditionalConsentError::Disclosed),
        ("2~1", AdditionalConsentError::Disclosed),
        ("2~1~dx.2", AdditionalConsentError::Disclosed),
        ("2~~dv2", AdditionalConsentError::Disclosed),
        ("2~1.x~dv.2", AdditionalConsentError::Number { at: 4 }),
        ("2~1~dv.2.", AdditionalConsentError::Number { at: 9 }),
        ("1~01", AdditionalConsentError::Number { at: 2 }),
        ("1~4294967296", AdditionalConsentError::Number { at: 2 }),
    ] {
        assert_eq!(AdditionalConsent::parse(text), Err(error), "{text}");
    }
    let huge = format!("1~{}", "1.".repeat(70_000));
    assert_eq!(AdditionalConsent::parse(&huge), Err(AdditionalConsentError::TooMany));
}

#[test]
fn sections_of_the_united_states() {
    let mut section = UsSection::new(SectionId::UsCa).unwrap();
    assert!(!section.opted_out());
    section.set("SaleOptOut", &[1]).unwrap();
    assert!(section.opted_out());
    assert_eq!(section.set("NoSuchField", &[1]), Err(FieldError::Name));
    assert_eq!(section.set("SaleOptOut", &[1, 1]), Err(FieldError::Count { expected: 1 }));
    assert_eq!(section.set("SaleOptOut", &[4]), Err(FieldError::Value));
    assert_eq!(section.set_sensitive_data(Some(&[0; 8])), Err(FieldError::Name));
    section.set_gpc(Some(true)).unwrap();
    let text = section.write(Padding::Shortest);
    assert!(text.split('.').next_back() == Some("Y"));
    assert!(UsSection::new(SectionId::TcfEuV2).is_err());
    assert!(Section::parse(8, "BAAAAAAAAAA.AA").is_err(), "a segment of another type");
    assert!(Section::parse(8, "BAAAAAAAAAA.QA.QA").is_err(), "a third segment");
    assert!(Section::parse(8, "BAAA").is_err(), "cut off");
    assert!(Section::parse(8, "_AAAAAAAAAA").is_err(), "another version");
    assert_eq!(Gpp::parse("DBABLA~BVQqAAAAAgA.YA").unwrap().gpc(), Some(true));
}
