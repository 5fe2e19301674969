//! Decisions, and who wins when sources disagree.

use std::sync::LazyLock;

use proptest::prelude::*;
use upheld_cookies::policy::{Exemption, Jurisdiction, Policy};
use upheld_cookies::signals::{GpcFile, GpcFileError, Signals};
use upheld_cookies::tcf::{Numbers, Segment, TcModel, TcString, VendorIds};
use upheld_cookies::{
    Choice, CookieId, Decision, Ground, Host, Reason, UnixSeconds, Visit, decide, removals,
};

use crate::declaration::{CLINIC, clinic, clinic_with};

/// 2026-11-24, midnight.
const NOW: UnixSeconds = UnixSeconds(1_795_478_400);
const DAY: i64 = 86_400;

fn parse(text: &str) -> Policy {
    Policy::parse_toml(text).unwrap_or_else(|error| panic!("{error}"))
}

fn on(policy: &Policy, visit: &Visit<'_>, name: &str) -> Decision {
    decide(policy, visit, CookieId { name: name.as_bytes(), domain: "clinic.example" })
}

fn visit(place: &str) -> Visit<'static> {
    Visit::new(Jurisdiction::parse(place), NOW)
}

const ALLOW: Decision = Decision::Allow(Ground::Consent);

const fn deny(reason: Reason) -> Decision {
    Decision::Deny(reason)
}

const fn exempt(exemption: Exemption) -> Decision {
    Decision::Allow(Ground::Exempt(exemption))
}

#[test]
fn before_anybody_chose() {
    let policy = clinic();
    let necessary = exempt(Exemption::StrictlyNecessary);
    let none = deny(Reason::NoConsent);
    let statistics = exempt(Exemption::Statistics);
    let free = Decision::Allow(Ground::NotOptedOut);
    for (place, session, theme, visits, adroll) in [
        ("uk", necessary, exempt(Exemption::Appearance), statistics, none),
        ("eea", necessary, none, none, none),
        ("fr", necessary, none, statistics, none),
        ("de", necessary, none, none, none),
        ("us-ca", necessary, free, free, free),
        ("nowhere that is known", necessary, none, none, none),
    ] {
        let visit = visit(place);
        assert_eq!(on(&policy, &visit, "__Host-session"), session, "{place}");
        assert_eq!(on(&policy, &visit, "theme"), theme, "{place}");
        assert_eq!(on(&policy, &visit, "visits"), visits, "{place}");
        assert_eq!(on(&policy, &visit, "__adroll_fpc"), adroll, "{place}");
        assert_eq!(on(&policy, &visit, "_ga"), Decision::Undeclared, "{place}");
        assert_eq!(on(&policy, &visit, "prefs.sol"), Decision::Undeclared, "no cookie");
    }
}

/// A TC string in which vendor 130 may do all of `purposes`, made yesterday.
fn tc_string(purposes: &[u8]) -> String {
    let spec = "CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.IDKQA4AAgAKAGQAygAAA";
    let mut model = TcModel::from(TcString::parse(spec).unwrap());
    let midnight = u64::try_from(NOW.0 - DAY).unwrap() * 10;
    (model.created, model.updated, model.policy_version) = (midnight, midnight, 5);
    model.cmp_id = 880;
    model.purposes_consent = Numbers::of(purposes);
    model.vendor_consents = VendorIds::of(&[130]);
    model.segments = vec![Segment::DisclosedVendors(VendorIds::of(&[130]))];
    model.encode().unwrap()
}

//= GPC, The Sec-GPC Header Field: any other value is no signal
//= CCPA Regulations §7025(b): the signal is a valid request to opt out of sale and sharing
//= GDPR, Article 7(3): what is withdrawn is no longer consented to
#[test]
fn who_wins() {
    let explicit = clinic_with("gpc = \"wins\"", "gpc = \"explicit-choice-wins\"\ntcf = true");
    let (strict, explicit) = (clinic(), parse(&explicit));
    let all = ["retargeting", "statistics", "appearance", "ad-measurement"];
    let (agreed, refused) = ("agreed", "refused");
    let full = tc_string(&[1, 2, 3, 4]);
    let little = tc_string(&[1]);
    // place, own record, signals; then __adroll_fpc and visits under both policies.
    let free = Decision::Allow(Ground::NotOptedOut);
    let statistics = exempt(Exemption::Statistics);
    let tcf = Decision::Allow(Ground::Tcf);
    let dnt = deny(Reason::Dnt);
    let gpc = deny(Reason::Gpc);
    let out = deny(Reason::OptedOut);
    let no = deny(Reason::Refused);
    let none = deny(Reason::NoConsent);
    let against = deny(Reason::Tcf);
    let table: &[(&str, &str, &str, [Decision; 4])] = &[
        ("uk", agreed, "", [ALLOW, ALLOW, statistics, statistics]),
        ("uk", refused, "", [no, no, no, no]),
        ("uk", "", "gpc", [gpc, gpc, statistics, statistics]),
        ("uk", agreed, "gpc", [gpc, gpc, statistics, statistics]),
        ("uk", "agreed despite gpc", "gpc", [gpc, ALLOW, statistics, statistics]),
        ("uk", "", "dnt", [none, none, dnt, dnt]),
        ("uk", agreed, "dnt", [ALLOW, ALLOW, dnt, dnt]),
        ("eea", "", "tc full", [none, tcf, none, none]),
        ("eea", agreed, "tc full", [ALLOW, ALLOW, ALLOW, ALLOW]),
        ("eea", agreed, "tc little", [ALLOW, against, ALLOW, ALLOW]),
        ("eea", agreed, "tc broken", [ALLOW, against, ALLOW, ALLOW]),
        ("eea", refused, "tc full", [no, no, no, no]),
        ("eea", "", "tc full gpc", [gpc, gpc, none, none]),
        ("us-ca", "", "", [free, free, free, free]),
        ("us-ca", refused, "", [no, no, no, no]),
        ("us-ca", "", "gpc", [gpc, gpc, free, free]),
        ("us-ca", "", "gpp out", [out, out, free, free]),
        ("us-ca", "", "gpp broken", [out, out, free, free]),
        ("us-ca", agreed, "usp out", [out, out, free, free]),
        ("us-ca", "agreed despite gpc", "gpc usp out", [out.min_of(gpc), out, free, free]),
        ("us-ca", "", "dnt", [dnt, dnt, dnt, dnt]),
        ("", agreed, "", [ALLOW, ALLOW, ALLOW, ALLOW]),
        ("", agreed, "gpc", [gpc, gpc, ALLOW, ALLOW]),
        ("", "agreed long ago", "", [deny(Reason::Expired); 4]),
        ("", "agreed tomorrow", "", [deny(Reason::Expired); 4]),
        ("uk", "agreed to another policy", "", [no, no, no, no]),
    ];
    for (place, record, sent, expected) in table {
        let decisions = [&strict, &explicit].map(|policy| {
            let at = match *record {
                "agreed long ago" => UnixSeconds(NOW.0 - 182 * DAY),
                "agreed tomorrow" => UnixSeconds(NOW.0 + 2 * DAY),
                _ => UnixSeconds(NOW.0 - DAY),
            };
            let choice = match *record {
                "" => Choice::undecided(),
                "refused" => Choice::made(policy, &[], at),
                "agreed despite gpc" => Choice::made(policy, &all, at).despite_gpc(),
                "agreed to another policy" => {
                    let other = clinic_with("lifetime = \"365d\"", "lifetime = \"30d\"");
                    Choice::made(&parse(&other), &all, at)
                }
                _ => Choice::made(policy, &all, at),
            };
            let mut signals = Signals::none();
            if sent.contains("gpc") {
                signals = signals.with_sec_gpc([&b"0"[..], b"1"]);
            }
            if sent.contains("dnt") {
                signals = signals.with_dnt(b"1");
            }
            if sent.contains("usp out") {
                signals = signals.with_us_privacy("1YYN");
            }
            signals = match *sent {
                "tc full" | "tc full gpc" => signals.with_tc_string(&full, NOW),
                "tc little" => signals.with_tc_string(&little, NOW),
                "tc broken" => signals.with_tc_string("C", NOW),
                // usnat of version 1, SaleOptOut 1.
                "gpp out" => signals.with_gpp("DBABLA~BVVVVVVVVWA.QA", NOW),
                "gpp broken" => signals.with_gpp("DBABLA", NOW),
                _ => signals,
            };
            let visit = visit(place).with_choice(choice).with_signals(signals);
            ["__adroll_fpc", "visits"].map(|name| on(policy, &visit, name))
        });
        let [[adroll, visits], [adroll_explicit, visits_explicit]] = decisions;
        let found = [adroll, adroll_explicit, visits, visits_explicit];
        assert_eq!(found, *expected, "{place}, {record}, {sent}");
    }
}

/// Which of two reasons is given first.
trait First {
    fn min_of(self, other: Self) -> Self;
}

impl First for Decision {
    fn min_of(self, other: Self) -> Self {
        match (self, other) {
            (Self::Deny(one), Self::Deny(two)) => Self::Deny(one.min(two)),
            _ => other,
        }
    }
}

#[test]
fn other_values_of_the_signals_are_none() {
    for value in [&b""[..], b"0", b"1 ", b"true", b"1, 1", b"11"] {
        let signals = Signals::none().with_sec_gpc([value]).with_dnt(value);
        assert!(!signals.gpc() && !signals.dnt(), "{value:?}");
    }
    let gpp = Signals::none().with_gpp("DBABLA~BVQqAAAAAgA.YA", NOW);
    assert!(gpp.gpc() && gpp.opted_out());
}

#[test]
fn two_strings_that_differ_count_for_neither() {
    let policy = parse(&clinic_with("gpc = \"wins\"", "gpc = \"wins\"\ntcf = true"));
    let (full, little) = (tc_string(&[1, 2, 3, 4]), tc_string(&[1]));
    let of = |strings: [&str; 2]| {
        let [one, other] = strings.map(ToOwned::to_owned);
        let signals = Signals::none().with_tc_string(&one, NOW).with_tc_string(&other, NOW);
        on(&policy, &visit("uk").with_signals(signals), "__adroll_fpc")
    };
    assert_eq!(of([&full, &full]), Decision::Allow(Ground::Tcf));
    // Whoever can add a cookie for the host could else choose which one counts.
    assert_eq!(of([&little, &full]), deny(Reason::Tcf));
    assert_eq!(of([&full, &little]), deny(Reason::Tcf));
    assert_eq!(of(["C", &full]), deny(Reason::Tcf));
}

#[test]
fn an_exception_that_does_not_cover_it_is_none() {
    for (part, replacement) in [
        ("purposes = [\"authentication\"]", "purposes = [\"authentication\", \"statistics\"]"),
        ("purposes = [\"authentication\"]", "purposes = [\"advertising\"]"),
        ("data = [\"account-id\"]", "sold_or_shared = true"),
    ] {
        let policy = parse(&clinic_with(part, replacement));
        let found = on(&policy, &visit("uk"), "__Host-session");
        assert_eq!(found, deny(Reason::NoConsent), "{replacement}");
        let found = on(&policy, &visit("us-ca"), "__Host-session");
        assert_eq!(found, Decision::Allow(Ground::NotOptedOut), "{replacement}");
    }
    let policy = parse(&clinic_with("lifetime = \"session\"", "retired = \"2026-01-01\""));
    assert_eq!(on(&policy, &visit("uk"), "__Host-session"), deny(Reason::Retired));
}

#[test]
fn when_to_ask() {
    let policy = clinic();
    let ago = |days: i64| UnixSeconds(NOW.0 - days * DAY);
    let ask = |choice: Choice| choice.should_ask(&policy, NOW);
    assert!(ask(Choice::undecided()) && ask(Choice::unknown()));
    assert!(!ask(Choice::made(&policy, &["statistics"], ago(181))));
    assert!(ask(Choice::made(&policy, &["statistics"], ago(182))));
    assert!(!ask(Choice::made(&policy, &[], ago(181))));
    let reworded = parse(&clinic_with("Keeps you signed in", "Leaves you signed in"));
    assert!(!Choice::made(&policy, &[], NOW).should_ask(&reworded, NOW));
    let longer = parse(&clinic_with("lifetime = \"365d\"", "lifetime = \"366d\""));
    assert!(Choice::made(&policy, &[], NOW).should_ask(&longer, NOW));
}

#[test]
fn removals_hit_every_variant() {
    let text = clinic_with(
        "purposes = [\"statistics\"]",
        "purposes = [\"statistics\"]\n\
                            paths = [\"/\", \"/staff\"]\npartitioned = true",
    );
    let policy = parse(&text);
    let host = Host::parse("www.clinic.example").unwrap();
    let refused = visit("uk").with_choice(Choice::made(&policy, &[], NOW));
    let fields = |cookies: &[&[u8]]| removals(&policy, &refused, &host, cookies.iter().copied());

    let found = fields(&[b"__Host-session=1; visits=2; _ga=3", b"visits=4"]);
    let expected: Vec<String> = ["/", "/staff"]
        .iter()
        .flat_map(|path| {
            ["", "; Secure; Partitioned"].iter().flat_map(move |partition| {
                ["", "; Domain=clinic.example", "; Domain=www.clinic.example"].iter().map(
                    move |domain| format!("visits=; Path={path}; Max-Age=0{partition}{domain}"),
                )
            })
        })
        .collect();
    assert_eq!(found, expected);
    assert!(fields(&[b"__Host-session=1; _ga; ; =x"]).is_empty());
    assert!(
        fields(&[b"visits\r\nx=1; vis its=2; visits(=3"]).is_empty(),
        "no token, no header field"
    );
    let agreed = visit("uk").with_choice(Choice::made(&policy, &["statistics"], NOW));
    assert!(removals(&policy, &agreed, &host, [&b"visits=1"[..]]).is_empty());
}

/// The jar of this crate, which follows RFC 6265bis, forgets what is removed.
#[test]
fn a_user_agent_forgets_what_is_removed() {
    use upheld_cookies::{Jar, PublicSuffixes, Request, RequestUrl};
    let text = CLINIC.replacen("name = \"theme\"", "name = \"__Host-theme\"", 1);
    let text = text.replacen("lifetime = \"365d\"", "lifetime = \"365d\"\npaths = [\"/\"]", 1);
    let policy = parse(&text);
    let url = RequestUrl::parse("https://www.clinic.example/staff/").unwrap();
    let request = Request::new(&url, NOW);
    for set in [
        "visits=1; Path=/",
        "visits=1; Path=/; Domain=clinic.example",
        "visits=1; Path=/; Domain=www.clinic.example; Secure",
        "__Host-theme=dark; Path=/; Secure",
        "__ar_v4=1; Path=/; Domain=.clinic.example; Max-Age=9999",
    ] {
        let mut jar = Jar::new(PublicSuffixes);
        let _received = jar.receive(set.as_bytes(), &request);
        let sent = jar.cookie_header(&request);
        assert!(!sent.is_empty(), "{set}");
        let visit = visit("eea");
        for field in removals(&policy, &visit, url.host(), [&*sent]) {
            let _received = jar.receive(field.as_bytes(), &request);
        }
        assert!(jar.cookie_header(&request).is_empty(), "{set}");
    }
}

#[test]
fn gpc_json() {
    let parse = |text: &str| GpcFile::parse(text.as_bytes());
    let file = parse(r#"{"gpc": true, "lastUpdate": "2026-11-23", "more": [1]}"#).unwrap();
    assert_eq!(GpcFile::parse(file.to_json().as_bytes()), Ok(file));
    assert_eq!(parse(r#"{"gpc": "true"}"#), Err(GpcFileError::Form));
    assert_eq!(parse("[]"), Err(GpcFileError::Form));
    assert_eq!(parse(r#"{"gpc": true, "lastUpdate": "soon"}"#), Err(GpcFileError::Date));
}

static STRICT: LazyLock<Policy> = LazyLock::new(clinic);
static EXPLICIT: LazyLock<Policy> = LazyLock::new(|| {
    parse(&clinic_with("gpc = \"wins\"", "gpc = \"explicit-choice-wins\"\ntcf = true"))
});

fn any_place() -> impl Strategy<Value = Option<Jurisdiction>> {
    prop_oneof![Just("uk"), Just("eea"), Just("fr"), Just("us-ca"), Just("us"), Just("")]
        .prop_map(Jurisdiction::parse)
}

proptest! {
    /// Taking back consent to anything, or sending any signal against, never allows more.
    #[test]
    fn withdrawing_never_allows_more(
        place in any_place(),
        granted in prop::collection::vec(0..6_usize, 0..6),
        withdrawn in 0..6_usize,
        despite in any::<bool>(),
        signals in prop::array::uniform5(any::<bool>()),
        added in 0..5_usize,
        explicit in any::<bool>(),
        age in 0..200_i64,
    ) {
        let policy = if explicit { &*EXPLICIT } else { &*STRICT };
        let (full, little) = (tc_string(&[1, 2, 3, 4, 7]), tc_string(&[1]));
        let ids: Vec<&str> = policy.purposes().iter().map(|purpose| &*purpose.id).collect();
        let named = |places: &[usize]| -> Vec<&str> {
            places.iter().filter_map(|place| ids.get(*place).copied()).collect()
        };
        let choice = |granted: &[usize]| {
            let made = Choice::made(policy, &named(granted), UnixSeconds(NOW.0 - age * DAY));
            if despite { made.despite_gpc() } else { made }
        };
        let of = |on: &[bool]| {
            let mut signals = Signals::none();
            if on.first() == Some(&true) { signals = signals.with_sec_gpc([&b"1"[..]]); }
            if on.get(1) == Some(&true) { signals = signals.with_dnt(b"1"); }
            if on.get(2) == Some(&true) { signals = signals.with_us_privacy("1YYN"); }
            if on.get(3) == Some(&true) { signals = signals.with_gpp("DBABLA", NOW); }
            let tc = if on.get(4) == Some(&true) { &little } else { &full };
            signals.with_tc_string(tc, NOW)
        };
        let before = Visit::new(place, NOW).with_choice(choice(&granted)).with_signals(of(&signals));
        let fewer: Vec<usize> = granted.iter().copied().filter(|one| *one != withdrawn).collect();
        let mut louder = signals;
        if let Some(signal) = louder.get_mut(added) { *signal = true; }
        let after = [
            before.with_choice(choice(&fewer)),
            before.with_choice(Choice::unknown()),
            before.with_signals(of(&louder)),
            before.with_choice(choice(&fewer)).with_signals(of(&louder)),
        ];
        for item in policy.items() {
            let was = upheld_cookies::decide_item(policy, &before, item).is_allowed();
            for after in &after {
                let is = upheld_cookies::decide_item(policy, after, item).is_allowed();
                prop_assert!(was || !is, "{}", item.name);
            }
        }
    }

    /// Where the law is not known, nothing is allowed that is not allowed wherever it is, without
    /// consent.
    #[test]
    fn an_unknown_place_is_the_strictest(granted in any::<bool>()) {
        let policy = &*STRICT;
        let agreed: &[&str] = if granted { &["statistics", "retargeting"] } else { &[] };
        let choice = Choice::made(policy, agreed, NOW);
        let at = |place| Visit::new(place, NOW).with_choice(choice);
        for item in policy.items() {
            let unknown = upheld_cookies::decide_item(policy, &at(None), item).is_allowed();
            for place in ["uk", "eea", "fr", "de", "us", "us-ca"] {
                let place = Jurisdiction::parse(place);
                let there = upheld_cookies::decide_item(policy, &at(place), item).is_allowed();
                prop_assert!(there || !unknown);
            }
        }
    }
}
