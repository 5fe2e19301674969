//! IAB Tech Lab, Vendor Device Storage and Operational Disclosures, version 1.1 (January 2026).

use proptest::prelude::*;
use upheld_cookies::policy::{Policy, PurposeKind};
use upheld_cookies::publish::device_storage::{DeviceStorage, DeviceStorageError, Flaw, Storage};

use super::{CLINIC, clinic};

/// The first example of the specification, with the third item's missing members taken away and its
/// time left as it is: it is in milliseconds.
const EXAMPLE: &str = r#"{
  "disclosures": [
    { "identifier": "retarget-adtech123", "type": "cookie", "maxAgeSeconds": 2592000000,
      "cookieRefresh": false, "domains": ["retarget.adtech123.com"],
      "purposes": [1,3,4,5,6], "specialPurposes": [1] },
    { "identifier": "id", "type": "web", "maxAgeSeconds": null, "cookieRefresh": false,
      "domains": ["tracking.adtech123.com"], "purposes": [1,3,4,5,6,7,8,9,10] }
  ],
  "domains": [
    { "domain": "retarget.adtech123.com", "use": "Retargeting and conversion tracking" },
    { "domain": "static.adtech123.com", "use": "Static CSS and JavaScript" }
  ]
}"#;

#[test]
fn the_example_of_the_specification() {
    let document = DeviceStorage::parse(EXAMPLE.as_bytes()).unwrap();
    let [cookie, web] = &*document.disclosures else { panic!("two") };
    assert_eq!((cookie.storage, web.storage), (Storage::Cookie, Storage::Web));
    assert_eq!((cookie.max_age_seconds, web.max_age_seconds), (Some(2_592_000_000), None));
    assert_eq!(document.domains[1].purpose.as_deref(), Some("Static CSS and JavaScript"));
    let faults: Vec<String> = document.faults().iter().map(ToString::to_string).collect();
    assert_eq!(
        faults,
        [
            "disclosures[0].maxAgeSeconds: looks like milliseconds: as seconds it is longer than the \
          400 days that are kept"
        ]
    );
    let again = DeviceStorage::parse(document.to_json().as_bytes()).unwrap();
    assert_eq!(again, document);
}

#[test]
fn every_flaw_is_found() {
    let flaws = |members: &str| -> Vec<Flaw> {
        let text = format!("{{\"disclosures\":[{{{members}}}],\"domains\":[]}}");
        let document = DeviceStorage::parse(text.as_bytes()).unwrap();
        document.faults().iter().map(|fault| fault.flaw).collect()
    };
    let cookie =
        |more: &str| format!("\"identifier\":\"a\",\"type\":\"cookie\",\"purposes\":[1],{more}");
    let good = "\"maxAgeSeconds\":0,\"cookieRefresh\":true,\"domains\":[\"*\"]";
    assert_eq!(flaws(&cookie(good)), []);
    //= TCF Vendor Device Storage 1.1, disclosures: a wildcard begins or ends an identifier, and is not all of it
    for (name, flaw) in [("*", Flaw::Identifier), ("", Flaw::Identifier), ("a*b", Flaw::Wildcard)] {
        let members = cookie(good).replace("\"a\"", &format!("\"{name}\""));
        assert_eq!(flaws(&members), [flaw], "{name}");
    }
    //= TCF Vendor Device Storage 1.1, disclosures: cookies have a time, 0 for a session; other storage has null
    for (age, flaw) in [
        ("null", Flaw::NoMaxAge),
        ("-1", Flaw::Negative),
        ("34560001", Flaw::Capped),
        ("31536000000", Flaw::Milliseconds),
        ("9000000000000", Flaw::Excessive),
    ] {
        assert_eq!(flaws(&cookie(&good.replace(":0,", &format!(":{age},")))), [flaw], "{age}");
    }
    let web = cookie(good).replace("cookie\",", "web\",");
    assert_eq!(flaws(&web), [Flaw::MaxAge]);
    assert_eq!(flaws(&cookie("\"maxAgeSeconds\":1,\"domain\":\"a.example\"")), [Flaw::NoRefresh]);
    //= TCF Vendor Device Storage 1.1, disclosures: `domain` and `domains` are not used together
    let both = format!("{good},\"domain\":\"a.example\"");
    assert_eq!(flaws(&cookie(&both)), [Flaw::BothDomains]);
    assert_eq!(flaws(&cookie("\"maxAgeSeconds\":1,\"cookieRefresh\":false")), [Flaw::NoDomain]);
    let scheme = good.replace("\"*\"", "\"https://a.example\"");
    assert_eq!(flaws(&cookie(&scheme)), [Flaw::Domain]);
    let purposes = format!("{good},\"specialPurposes\":[4]");
    assert_eq!(flaws(&cookie(&purposes)), [Flaw::Purpose]);
}

#[test]
fn the_clinics_vendor() {
    let document = DeviceStorage::of(&clinic(), Some("nextroll")).unwrap();
    let names: Vec<&str> = document.disclosures.iter().map(|one| &*one.identifier).collect();
    // The beacon is no storage.
    assert_eq!(names, ["__adroll_fpc", "__ar_v4"]);
    assert!(document.faults().is_empty(), "{:?}", document.faults());
    assert!(document.disclosures[0].needs_consent());
    assert_eq!(document.disclosures[1].purposes, [1, 2, 3, 4, 7]);
    assert_eq!(document.domains[0].domain, "*.adroll.com");
    assert_eq!(DeviceStorage::of(&clinic(), Some("nobody")), None);
}

#[test]
fn what_is_exempt_has_no_first_purpose() {
    //= TCF Vendor Device Storage 1.1, disclosures: purpose 1 is there if and only if consent is needed
    let document = DeviceStorage::of(&clinic(), None).unwrap();
    let find = |name: &str| {
        document.disclosures.iter().find(|one| one.identifier == name).unwrap().clone()
    };
    let session = find("__Host-session");
    assert!(!session.needs_consent());
    assert_eq!((session.max_age_seconds, session.opt_out), (Some(0), false));
    let choice = find("__Host-consent");
    assert_eq!((choice.special_purposes, choice.opt_out), (vec![3], true));
    // Exempt in the United Kingdom, and not by the directive that the framework is for.
    assert!(find("visits").needs_consent());
    assert!(document.faults().is_empty(), "{:?}", document.faults());
}

#[test]
fn items_can_be_read_as_a_declaration() {
    let document = DeviceStorage::parse(EXAMPLE.as_bytes()).unwrap();
    let text = format!("{CLINIC}\n{}", document.to_items("nextroll"));
    let policy = Policy::parse_toml(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let item = policy.items().iter().find(|item| item.name.as_str() == "retarget-adtech123");
    let kinds: Vec<PurposeKind> =
        policy.purposes_of(item.unwrap()).map(|purpose| purpose.kind).collect();
    let expected = [PurposeKind::Security, PurposeKind::Personalisation, PurposeKind::Advertising];
    assert_eq!(kinds, expected);
}

#[test]
fn errors_have_places() {
    let error = DeviceStorage::parse(b"{\n \"disclosures\": [{}]}").unwrap_err();
    let DeviceStorageError::Form { line, message, .. } = error else { panic!("{error}") };
    assert_eq!((line, &*message), (2, "missing field `identifier`"));
    let huge = vec![b' '; upheld_cookies::publish::device_storage::MAX_DEVICE_STORAGE + 1];
    assert!(matches!(DeviceStorage::parse(&huge), Err(DeviceStorageError::TooLong { .. })));
    let deep = "[".repeat(100_000);
    assert!(DeviceStorage::parse(deep.as_bytes()).is_err());
}

proptest! {
    /// Items of any document are items of a declaration, or are none and say so.
    #[test]
    fn items_are_toml(name in "\\PC{0,12}", description in "(\\PC|[\"\\\\\n\u{7F}\u{1}]){0,12}", age in any::<i64>()) {
        let text = serde_json::json!({ "disclosures": [{
            "identifier": name, "type": "cookie", "maxAgeSeconds": age, "purposes": [1, 9],
            "domains": ["a.example"], "description": description,
        }]}).to_string();
        let document = DeviceStorage::parse(text.as_bytes()).unwrap();
        prop_assert_eq!(&DeviceStorage::parse(document.to_json().as_bytes()).unwrap(), &document);
        let items = document.to_items("nextroll");
        prop_assert!(Policy::parse_toml(&format!("{CLINIC}\n{items}")).is_ok(), "{items}");
    }
}
