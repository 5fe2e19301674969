//! Reading `policy.toml` and its JSON, and everything that can be wrong with them.

use proptest::prelude::*;
use upheld_cookies::Day;
use upheld_cookies::policy::{
    Basis, DataKind, DomainPattern, Exemption, Fault, ItemKind, Jurisdiction, Lifetime, MAX_POLICY,
    NamePattern, Policy, PurposeKind, Status,
};

pub(crate) const CLINIC: &str = include_str!("../policies/clinic.toml");

pub(crate) fn clinic() -> Policy {
    Policy::parse_toml(CLINIC).unwrap_or_else(|error| panic!("{error}"))
}

/// The clinic's policy with a part replaced that it has.
pub(crate) fn clinic_with(part: &str, replacement: &str) -> String {
    assert!(CLINIC.contains(part), "{part}");
    CLINIC.replacen(part, replacement, 1)
}

fn to_json(toml: &str) -> String {
    serde_json::to_string_pretty(&toml::from_str::<toml::Table>(toml).unwrap()).unwrap()
}

/// The problems as `line:column path: fault`.
fn problems(text: &str) -> Vec<String> {
    let error = Policy::parse_toml(text).unwrap_err();
    let one = |problem: &upheld_cookies::policy::Problem| {
        let place = problem.place;
        format!("{}:{} {}: {}", place.line, place.column, problem.path, problem.fault)
    };
    error.problems().iter().map(one).collect()
}

#[test]
fn the_clinic() {
    let policy = clinic();
    assert_eq!((policy.items().len(), policy.vendors().len(), policy.opt_outs().len()), (9, 1, 2));
    let purposes: Vec<&str> = policy.purposes().iter().map(|purpose| &*purpose.id).collect();
    let expected = [
        "ad-measurement",
        "appearance",
        "authentication",
        "record-choice",
        "retargeting",
        "statistics",
    ];
    assert_eq!(purposes, expected);
    assert_eq!(policy.purpose("retargeting").unwrap().kind, PurposeKind::Advertising);

    let pixel = policy.find_cookie(b"__adroll_fpc", "www.clinic.example").unwrap();
    assert_eq!(policy.vendor_of(pixel).unwrap().gvl, Some(130));
    assert_eq!(pixel.lifetime, Some(Lifetime::Seconds(365 * 86_400)));
    assert!(pixel.data.contains(&DataKind::IpAddress));
    assert_eq!(
        CLINIC.lines().nth(usize::try_from(pixel.place.line).unwrap() - 1),
        Some("[[item]]")
    );

    let flash = policy.items().last().unwrap();
    let since = Day::parse("2020-12-31").ok();
    assert_eq!((flash.kind, flash.status), (ItemKind::FlashLso, Status::Retired { since }));
}

#[test]
fn json_means_the_same() {
    let toml = clinic();
    let json = Policy::parse_json(&to_json(CLINIC)).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(json.fingerprint(), toml.fingerprint());
    for (one, other) in json.items().iter().zip(toml.items()) {
        let mut one = one.clone();
        one.place = other.place;
        assert_eq!(one, *other);
    }
}

#[test]
fn a_basis_falls_back_to_the_wider_jurisdiction() {
    let policy = clinic();
    let visits = policy.find_cookie(b"visits", "clinic.example").unwrap();
    let claimed = |word: &str| visits.claimed_basis(Jurisdiction::parse(word));
    assert_eq!(claimed("uk"), Basis::Exempt(Exemption::Statistics));
    assert_eq!(claimed("de"), Basis::Consent);
    assert_eq!(claimed("us-ca"), Basis::OptOut);
    assert_eq!(visits.claimed_basis(None), Basis::Consent);
}

//= Directive 2002/58/EC, Article 5(3): transmission alone, and what is strictly necessary, need no consent
//= PECR, Schedule A1 paragraph 5: statistics to improve the service need no consent
//= PECR, Schedule A1 paragraphs 6 and 7: appearance and emergency assistance need no consent
#[test]
fn a_ground_that_the_law_does_not_know_is_none() {
    let table = [
        // what is claimed, and whether consent is needed in the UK, the EEA, France, California and
        // an unknown place
        ("transmission", [false, false, false, false, false]),
        ("strictly-necessary", [false, false, false, false, false]),
        ("statistics", [false, true, false, false, true]),
        ("appearance", [false, true, true, false, true]),
        ("emergency", [false, true, true, false, true]),
        ("legitimate-interest", [true, true, true, false, true]),
        ("opt-out", [true, true, true, false, true]),
        ("consent", [true, true, true, true, true]),
    ];
    for (word, needed) in table {
        let text = clinic_with("basis = \"strictly-necessary\"", &format!("basis = \"{word}\""));
        let policy = Policy::parse_toml(&text).unwrap();
        let basis = policy.items()[0].basis;
        let places = ["uk", "eea", "fr", "us-ca"].map(Jurisdiction::parse);
        let found = places.into_iter().chain([None]);
        let found: Vec<bool> =
            found.map(|place| basis.effective(place) == Basis::Consent).collect();
        assert_eq!(found, needed, "{word}");
    }
}

#[test]
fn everything_that_is_wrong_is_told_with_its_place() {
    let text = r#"schema = 2

[site]
hosts = ["https://clinic.example"]
jurisdictions = ["uk", "mars"]
updated = "2026-02-30"

[consent]
cookie = "consent"
valid_for = "half a year"

[[vendor]]
id = "Next Roll"
name = "NextRoll"
domains = ["*."]

[[item]]
name = "*"
kind = "http-cokie"
purposes = ["statistic"]
basis = { uk = "legit", xx = "consent" }
lifetime = "1 year"
vendor = "nextroll"
paths = ["a"]

[[item]]
name = "a*"
kind = "beacon"
purposes = []
opt_out = "nai"
objection = "javascript:alert(1)"
"#;
    let address = "an address begins with https:// or /, and has no blanks";
    let kinds = "did you mean http-cookie?";
    let duration = "is no duration; write a number with s, m, h, d, w or y, as in 182d";
    let host = "is no host; write clinic.example, or *.clinic.example for all below it";
    let bases = "it is one of consent, transmission, strictly-necessary, statistics, appearance, \
                 emergency, opt-out, legitimate-interest";
    let expected = [
        "1:10 schema: schema 2 is not known; this is version 1".to_owned(),
        format!("4:10 site.hosts[0]: `https://clinic.example` {host}"),
        "5:24 site.jurisdictions[1]: `mars` is no jurisdiction; it is one of uk, eea".to_owned(),
        "6:11 site.updated: the calendar has no such day".to_owned(),
        "9:10 consent.cookie: the consent cookie's name begins with __Host- and is a token"
            .to_owned(),
        format!("10:13 consent.valid_for: `half a year` {duration}"),
        "13:6 vendor[0].id: an id has letters a to z, digits and hyphens, 64 at most".to_owned(),
        format!("15:12 vendor[0].domains[0]: `*.` {host}"),
        "18:8 item[0].name: a name has at most one * and something besides, and no control \
         characters"
            .to_owned(),
        format!("19:8 item[0].kind: `http-cokie` is no kind; {kinds}"),
        "20:13 item[0].purposes[0]: there is no purpose `statistic`; did you mean statistics?"
            .to_owned(),
        format!("21:16 item[0].basis.uk: `legit` is no basis; {bases}"),
        "21:30 item[0].basis.xx: `xx` is no jurisdiction; it is one of uk, eea".to_owned(),
        format!("22:12 item[0].lifetime: `1 year` {duration}, or session, or until-deleted"),
        "23:10 item[0].vendor: there is no vendor `nextroll`; it is one of Next Roll".to_owned(),
        "24:10 item[0].paths[0]: a path begins with / and has no ; and no control character"
            .to_owned(),
        "29:1 item[1].purposes: at least one purpose is needed".to_owned(),
        "30:11 item[1].opt_out: there is no way to opt out `nai`; the file has none".to_owned(),
        format!("31:13 item[1].objection: {address}"),
    ];
    let found = problems(text);
    for (index, expected) in expected.iter().enumerate() {
        let found = found.get(index).map_or("nothing", |found| found);
        assert!(found.starts_with(expected), "{found}\n{expected}");
    }
    assert_eq!(found.len(), expected.len());
}

#[test]
fn json_has_places_too() {
    let text = "{\n \"schema\": 1,\n \"site\": {\"hosts\": [\"a.example\", \"b c\"],\n  \
                \"jurisdictions\": [\"uk\"], \"updated\": \"2026-01-01\"},\n \"item\": [{\"name\": \
                \"a\\\"{\", \"kind\": \"beacon\",\n   \"purposes\": [\"social\"], \"basis\": \
                {\"uk\": \"no\"}}]\n}";
    let error = Policy::parse_json(text).unwrap_err();
    let found: Vec<String> = error.problems().iter().map(ToString::to_string).collect();
    assert!(
        found[0].starts_with("line 3, column 34: site.hosts[1]: `b c` is no host"),
        "{found:?}"
    );
    assert!(found[1].starts_with("line 6, column 44: item[0].basis.uk: `no`"), "{found:?}");
    assert_eq!(found.len(), 2);

    let error = Policy::parse_json("{\"schema\": 1,\n \"sight\": 3}").unwrap_err();
    let problem = &error.problems()[0];
    assert_eq!(problem.place.line, 2);
    let message = problem.fault.to_string();
    assert!(message.starts_with("unknown field `sight`") && !message.contains("line"), "{message}");
}

#[test]
fn unknown_keys_and_broken_toml() {
    let found = problems(&clinic_with("lifetime = \"365d\"", "lifetme = \"365d\""));
    assert!(found[0].contains("unknown field `lifetme`"), "{found:?}");
    let line = CLINIC.lines().position(|line| line == "lifetime = \"365d\"").unwrap() + 1;
    assert!(found[0].starts_with(&format!("{line}:1 ")), "{found:?}");

    let found = problems("schema = 1\n[site\n");
    assert!(found[0].starts_with("2:"), "{found:?}");
    let found = problems("schema = 1\n");
    assert!(found[0].contains("missing field `site`"), "{found:?}");
}

#[test]
fn one_name_stands_once() {
    let text = clinic_with("name = \"theme\"", "name = \"visits\"");
    let found = problems(&text);
    assert!(found[0].contains("there is another item `visits`, in line"), "{found:?}");
    let text = clinic_with("id = \"youradchoices\"", "id = \"nextroll\"");
    assert!(problems(&text)[0].contains("another way to opt out `nextroll`"));
}

#[test]
fn a_policy_has_its_limits() {
    let text = format!("schema = 1 #{}", "x".repeat(MAX_POLICY));
    let error = Policy::parse_toml(&text).unwrap_err();
    let limit = MAX_POLICY;
    assert_eq!(error.problems()[0].fault, Fault::TooMuch { what: "bytes", limit });
    let error = Policy::parse_json(&"[".repeat(100_000)).unwrap_err();
    assert_eq!(error.problems().len(), 1);
    assert!(Policy::parse_toml(&format!("a = {}", "[".repeat(100_000))).is_err());
}

/// Places are those of a plain count, in lines and columns of characters.
#[test]
fn places_count_characters() {
    let padding = "é".repeat(300);
    let text = format!(
        "schema = 1 # {padding}\n\nlanguage = '{padding}'\nsite = {{ hosts = \
                        ['a.example'], jurisdictions = ['uk'], updated = 'x' }}\n"
    );
    let error = Policy::parse_toml(&text).unwrap_err();
    let places: Vec<_> =
        error.problems().iter().map(|one| (one.place.line, one.place.column)).collect();
    assert_eq!(places, [(3, 12), (4, 67)]);
}

#[test]
fn the_nearest_declaration_counts() {
    let item = |name: &str, more: &str| {
        format!(
            "[[item]]\nname = \"{name}\"\nkind = \"js-cookie\"\npurposes = [\"social\"]\n{more}\n"
        )
    };
    let text = clinic_with(
        "[[item]]",
        &format!(
            "{}{}{}{}[[item]]",
            item("_ga*", ""),
            item("_ga_*", ""),
            item("_ga_x", "domains = [\"other.example\"]"),
            item("_ga_y", ""),
        ),
    );
    let policy = Policy::parse_toml(&text).unwrap();
    let find = |name: &str, domain| {
        policy.find_cookie(name.as_bytes(), domain).map(|item| item.name.as_str())
    };
    assert_eq!(find("_ga_y", "clinic.example"), Some("_ga_y"));
    assert_eq!(find("_ga_x", "clinic.example"), Some("_ga_*"));
    assert_eq!(find("_ga_x", "other.example"), Some("_ga_x"));
    assert_eq!(find("_gat", "clinic.example"), Some("_ga*"));
    assert_eq!(find("_gat", "elsewhere.example"), None);
    assert_eq!(find("d.adroll.com/x", "d.adroll.com"), None, "a beacon is no cookie");
    let beacon = policy.find_item(b"d.adroll.com/x", "d.adroll.com", &[ItemKind::Beacon]);
    assert!(beacon.is_some());
}

#[test]
fn a_fingerprint_changes_with_what_is_material() {
    let before = clinic().fingerprint();
    let after = |part, replacement| {
        Policy::parse_toml(&clinic_with(part, replacement)).unwrap().fingerprint()
    };
    for (part, replacement) in [
        ("updated = \"2026-11-23\"", "updated = \"2026-11-24\""),
        ("language = \"en\"", "language = \"cy\""),
        ("Keeps you signed in until", "You stay signed in until"),
        ("name = \"AdRoll advertising\"", "name = \"Advertising by AdRoll\""),
        ("valid_until = \"2027-05-20\"", "valid_until = \"2027-06-20\""),
        ("# What the example clinic", "\n\n# What the clinic"),
        ("data = [\"ip-address\", \"cookie-id\"", "data = [\"cookie-id\", \"ip-address\""),
    ] {
        assert_eq!(after(part, replacement), before, "{part}");
    }
    for (part, replacement) in [
        ("lifetime = \"365d\"", "lifetime = \"366d\""),
        ("purposes = [\"statistics\"]", "purposes = [\"statistics\", \"personalisation\"]"),
        ("data = [\"preference\"]", "data = [\"preference\", \"ip-address\"]"),
        ("name = \"theme\"", "name = \"colours\""),
        ("gvl = 130", "gvl = 131"),
        ("kind = \"advertising\"", "kind = \"social\""),
        ("recipients = [\"nextroll\"]", "recipients = [\"nextroll\", \"its partners\"]"),
        ("fr = \"statistics\"", "fr = \"consent\""),
    ] {
        assert_ne!(after(part, replacement), before, "{part}");
    }
}

#[test]
fn lifetimes() {
    for (text, seconds, shown) in [
        ("90s", 90, "90 seconds"),
        ("1m", 60, "1 minute"),
        ("36h", 129_600, "36 hours"),
        ("2w", 1_209_600, "14 days"),
        ("2y", 63_072_000, "2 years"),
        ("0s", 0, "0 seconds"),
    ] {
        let read = Lifetime::parse(text).unwrap();
        assert_eq!((read, &*read.to_string()), (Lifetime::Seconds(seconds), shown));
    }
    for text in ["", "d", "1", "1 d", "-1d", "1.5d", "1D", "99999999999999999999s", "９d"] {
        assert_eq!(Lifetime::parse(text), None, "{text}");
    }
}

#[test]
fn domains() {
    let matches = |pattern, host| DomainPattern::parse(pattern).unwrap().matches(host);
    assert!(matches("*.adroll.com", "adroll.com") && matches("*.ADROLL.com", "d.adroll.com"));
    assert!(!matches("*.adroll.com", "badroll.com") && !matches("adroll.com", "d.adroll.com"));
    for text in ["", "*", "*.", "a b", "*.127.0.0.1", "a/*"] {
        assert_eq!(DomainPattern::parse(text), None, "{text}");
    }
}

proptest! {
    /// A pattern fits what its own star was replaced by, and its parts do not overlap.
    #[test]
    fn patterns(before in "[a-z]{0,4}", between in "[a-z]{0,4}", after in "[a-z]{0,4}") {
        let text = format!("{before}*{after}");
        let Some(pattern) = NamePattern::parse(&text) else {
            prop_assert!(before.is_empty() && after.is_empty());
            return Ok(());
        };
        let name = format!("{before}{between}{after}");
        prop_assert!(pattern.matches(name.as_bytes()));
        prop_assert!(!pattern.matches(&name.as_bytes()[..pattern.fixed() - 1]));
    }

    /// Days survive being written and read.
    #[test]
    fn days(number in -134_774..2_932_896_i32) {
        let day = Day::from_days(number);
        prop_assert_eq!(day.as_days(), number);
        prop_assert_eq!(Day::parse(&day.to_string()), Ok(day));
    }

    /// No text makes the readers panic, and what both can read means the same.
    #[test]
    fn hostile_text(cut in 0..CLINIC.len(), byte in any::<char>()) {
        let cut = (0..=cut).rev().find(|at| CLINIC.is_char_boundary(*at)).unwrap();
        let (before, after) = CLINIC.split_at(cut);
        let mut rest = after.chars();
        rest.next();
        for text in [before.to_owned(), format!("{before}{byte}{}", rest.as_str())] {
            if let Err(error) = Policy::parse_toml(&text) {
                let lines = u32::try_from(text.lines().count() + 1).unwrap();
                prop_assert!(!error.problems().is_empty());
                prop_assert!(error.problems().iter().all(|problem| problem.place.line <= lines));
            }
            let _outcome = Policy::parse_json(&text);
        }
    }
}
