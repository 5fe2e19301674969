//! The catalogue: every entry can be found, and the import takes what it is given.

use std::collections::BTreeSet;

use upheld_cookies::catalogue::{Catalogue, ImportError, Source};
use upheld_cookies::policy::{Lifetime, PurposeKind};

/// The header of the database's file, and rows with its oddities: a quoted comma, a prefix, a
/// misspelled retention, a domain with words, a short prefix, two categories for one name.
const CSV: &str =
    "ID,Platform,Category,Cookie / Data Key name,Domain,Description,Retention period,\
Data Controller,User Privacy & GDPR Rights Portals,Wildcard match
1,Google Analytics,Analytics,_ga,,\"Counts, and tells apart\",2 years,Google,https://a.example,0
2,Example,Marketing,exa_,ads.example (3rd party),Prefix,13 months,Example,,1
3,Example,Functional,_s,shop.example,Short,seesion,Example,,1
4,One,Marketing,token,,One,1 day,One,,0
5,Two,Security,token,,Two,awin,Two,,0
";

#[test]
fn our_own() {
    let catalogue = Catalogue::well_known();
    assert!(catalogue.entries().len() >= 300, "{}", catalogue.entries().len());
    let mut vendors = BTreeSet::new();
    for entry in catalogue.entries() {
        let name = entry.name.as_str().replace('*', "x9");
        let domain = entry.domain.as_ref().map_or("clinic.example", |domain| domain.domain());
        let hint = catalogue.find(name.as_bytes(), domain).unwrap();
        assert!(hint.entry.name.matches(name.as_bytes()), "{name}");
        assert!(!hint.is_ambiguous, "{name}");
        assert!(entry.description.ends_with('.') && entry.purpose.is_some(), "{name}");
        assert!(entry.lifetime.is_some() || entry.lifetime_text.is_empty(), "{name}");
        assert!(entry.domain.is_some() || entry.name.fixed() >= 3, "{name} is too short");
        vendors.insert(&*entry.vendor);
    }
    for vendor in
        ["NextRoll", "Google", "Meta", "Microsoft", "Cloudflare", "Stripe", "Django", "Laravel"]
    {
        assert!(vendors.contains(vendor), "{vendor}");
    }
}

#[test]
fn the_nearest_entry() {
    let catalogue = Catalogue::well_known();
    let name = |name: &str, domain: &str| {
        catalogue.find(name.as_bytes(), domain).map(|hint| hint.entry.name.as_str().to_owned())
    };
    assert_eq!(name("_ga", "a.example").as_deref(), Some("_ga"));
    assert_eq!(name("_ga_X", "a.example").as_deref(), Some("_ga_*"));
    assert_eq!(name("_gat_UA-1", "a.example").as_deref(), Some("_gat_*"));
    assert_eq!(name("__cf_bm", "a.example").as_deref(), Some("__cf_bm"));
    assert_eq!(name("fr", "www.facebook.com").as_deref(), Some("fr"));
    assert_eq!(name("fr", "a.example"), None);
    assert_eq!(name("unheard_of", "a.example"), None);
    assert_eq!(catalogue.find(b"\xFF", "a.example"), None);
}

#[test]
fn an_import_is_a_hint() {
    let catalogue = Catalogue::default().with_open_cookie_database_csv(CSV.as_bytes()).unwrap();
    assert_eq!(catalogue.entries().len(), 5);
    let ga = catalogue.find(b"_ga", "clinic.example").unwrap();
    assert_eq!(ga.entry.lifetime, Some(Lifetime::Seconds(63_072_000)));
    assert_eq!(ga.entry.description, "Counts, and tells apart");
    let ex = catalogue.find(b"exa_1", "x.ads.example").unwrap();
    assert!(ex.is_of_domain && !ex.is_exact);
    assert!(!catalogue.find(b"exa_1", "clinic.example").unwrap().is_of_domain);
    let short = catalogue.find(b"_s1", "shop.example").unwrap();
    assert_eq!((short.entry.purpose, short.entry.lifetime), (None, Some(Lifetime::Session)));
    assert_eq!(catalogue.find(b"_s1", "clinic.example"), None, "too short to tell");
    let token = catalogue.find(b"token", "clinic.example").unwrap();
    assert!(token.is_ambiguous);

    let both = Catalogue::well_known().with_open_cookie_database_csv(CSV.as_bytes()).unwrap();
    let ga = both.find(b"_ga", "clinic.example").unwrap();
    assert_eq!(ga.entry.source, Source::Upheld);
}

#[test]
fn its_json_is_read_as_well() {
    let json = r#"{"Example": [{"id": "1", "category": "Marketing", "cookie": "exa_", "domain": "",
        "description": "d", "retentionPeriod": "Persistent", "dataController": "Example",
        "privacyLink": "", "wildcardMatch": "1"}]}"#;
    let catalogue = Catalogue::default().with_open_cookie_database_json(json.as_bytes()).unwrap();
    let hint = catalogue.find(b"exa_1", "clinic.example").unwrap();
    assert_eq!(hint.entry.purpose, Some(PurposeKind::Advertising));
    assert_eq!(hint.entry.lifetime, Some(Lifetime::UntilDeleted));
}

#[test]
fn what_is_no_database() {
    let csv = |text: &str| Catalogue::default().with_open_cookie_database_csv(text.as_bytes());
    let error = csv("a,b\n1,2\n").unwrap_err();
    assert!(error.to_string().contains("missing field"), "{error}");
    let error = csv(&format!("{CSV}6,Example\n")).unwrap_err();
    assert_eq!(error.to_string(), "line 7: the row has 2 fields; the first has 10");
    let json = Catalogue::default().with_open_cookie_database_json(b"{\n\"a\": 3}").unwrap_err();
    assert!(matches!(json, ImportError::Json { line: 2, .. }));
    let large = vec![b' '; (16 << 20) + 1];
    let error = Catalogue::default().with_open_cookie_database_csv(&large).unwrap_err();
    assert_eq!(error, ImportError::TooLarge);
}
