//! The rules of the law on declarations: each found where it is broken, and nothing in a clean one.

use upheld_cookies::lint::{
    Code, Family, Finding, Severity, lint_gpc_file, lint_policy, lint_removal,
};
use upheld_cookies::policy::{Jurisdiction, Policy};
use upheld_cookies::{Day, UnixSeconds};

use crate::declaration::{clinic, clinic_with};

fn today() -> Day {
    Day::parse("2026-11-27").unwrap()
}

fn findings(text: &str) -> Vec<Finding> {
    let policy = Policy::parse_toml(text).unwrap_or_else(|error| panic!("{error}"));
    lint_policy(&policy, today())
}

#[test]
fn appearance_that_serves_others_as_well() {
    //= PECR, Schedule A1 paragraph 6: the sole purpose is the appearance or the functions
    let text = "schema = 1\nsite = { hosts = ['a.example'], jurisdictions = ['uk'], updated = \
                '2026-01-01' }\nvendor = [{ id = 'v', name = 'V' }]\nitem = [{ name = 'look', kind = \
                'http-cookie', purposes = ['appearance'], basis = 'appearance', lifetime = '1d', \
                vendor = 'v', objection = '/object' }]";
    let policy = Policy::parse_toml(text).unwrap();
    let found = lint_policy(&policy, Day::parse("2026-11-27").unwrap());
    let found = found.iter().filter(|found| found.code == Code::ConditionsOfException);
    let messages: Vec<&str> = found.map(|found| &*found.message).collect();
    let [message] = messages[..] else { panic!("{messages:?}") };
    assert!(message.contains("another purpose"), "{message}");
}

#[test]
fn the_clinic_has_nothing_to_find() {
    assert_eq!(lint_policy(&clinic(), today()), []);
}

//= CJEU C-673/17 Planet49, paragraph 81: how long it works, and whether third parties have access
//= WP 194, section 3: what can be exempt, and that advertising, social tracking and statistics are not
//= WP 194, section 3: what serves several purposes is exempt only if each of them is
//= PECR, Schedule A1 paragraphs 5 and 6: a simple means of objecting, free of charge
//= PECR, Schedule A1 paragraph 5: not shared but with those who help
//= CNIL, délibération 2020-091: thirteen months on the device, twenty-five months of data
//= CNIL, délibération 2020-092: a refusal is remembered for as long as a consent
//= TCF Policies, chapter II: people are asked again at least every thirteen months
//= EDPB Cookie Banner Taskforce, section 1: refusing on the first layer, of the same weight, nothing ticked
//= GDPR, Article 7(3): as easy to withdraw as to give
//= AdRoll Help Centre, Privacy Policy Requirements: data, use and opt-out, linked from every page, in 30 days
#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn one_change_one_finding() {
    let visits = "basis = { default = \"consent\", uk = \"statistics\", fr = \"statistics\", us = \
                  \"opt-out\" }\nlifetime = \"365d\"";
    let adroll = "basis = { default = \"consent\", us = \"opt-out\" }\nlifetime = \"365d\"";
    let with_basis = |basis: &str| format!("basis = {basis}\nlifetime = \"365d\"");
    let table = [
        (
            "lifetime = \"session\"\n",
            String::new(),
            "CL05 __Host-session: it does not say how long it stays",
        ),
        (
            "domains = [\"*.clinic.example\"]\ndata = [\"cookie-id\", \"ip",
            "domains = [\"elsewhere.example\"]\ndata = [\"cookie-id\", \"ip".to_owned(),
            "",
        ),
        (
            "lifetime = \"session\"\n",
            "lifetime = \"session\"\ndomains = [\"*.elsewhere.example\"]\n".to_owned(),
            "CL06 __Host-session: *.elsewhere.example is no host of the site, and no vendor is named",
        ),
        (
            adroll,
            with_basis("{ default = \"consent\", uk = \"strictly-necessary\" }"),
            "CL07 __adroll_fpc: strictly-necessary does not cover retargeting",
        ),
        (
            visits,
            with_basis("{ default = \"consent\", eea = \"statistics\" }"),
            "CL07 visits: the law there has no exception for statistics",
        ),
        (
            adroll,
            with_basis("{ default = \"consent\", eea = \"legitimate-interest\" }"),
            "CL08 __adroll_fpc: legitimate interest is no ground for access to a device; consent is",
        ),
        (
            "purposes = [\"authentication\"]",
            "purposes = [\"authentication\", \"statistics\"]".to_owned(),
            "CL09 __Host-session: strictly-necessary does not cover its other purpose, statistics",
        ),
        (
            "aggregate_only = true\n",
            String::new(),
            "CL10 visits: statistics are exempt as numbers about all; say aggregate_only if it is so",
        ),
        (
            "retention = \"730d\"",
            "retention = \"800d\"".to_owned(),
            "CL11 visits: its data must be kept no longer than 25 months, and the file must say so",
        ),
        (visits, visits.replace("365d", "400d"), "CL11 visits: it stays longer than 13 months"),
        (
            "valid_for = \"182d\"",
            "valid_for = \"2y\"".to_owned(),
            "CL12 -: consent is relied on for more than 13 months",
        ),
        (
            "ask_again_after = \"182d\"",
            "ask_again_after = \"1d\"".to_owned(),
            "CL13 -: people who refused are asked again within 6 months",
        ),
        (
            "data = [\"account-id\"]",
            "sold_or_shared = true".to_owned(),
            "CL16 __Host-session: it is sold or shared and claims an exception, so that Global \
             Privacy Control does not stop it",
        ),
        (
            "valid_until = \"2027-05-20\"\n\n[[vendor]]",
            "valid_until = \"2026-11-26\"\n\n[[vendor]]".to_owned(),
            "CL18 youradchoices: it was relied on until 2026-11-26",
        ),
        (
            "url = \"https://youradchoices.com/\"",
            "url = \"https://optout.networkadvertising.org/?c=1\"".to_owned(),
            "CL18 youradchoices: this page closed on 2025-09-15; point to Global Privacy Control",
        ),
        (
            "linked_from_every_page = true\n",
            String::new(),
            "CL19 nextroll: every page with its pixel must link to the policy",
        ),
        ("opt_outs = [\"nextroll\", \"youradchoices\"]", "opt_outs = []".to_owned(), ""),
        (
            "reject = \"first-layer\"",
            "reject = \"later-layer\"".to_owned(),
            "CL20 -: refusing takes another click than accepting",
        ),
        (
            "equal_weight = true",
            "equal_weight = true\npreselected = [\"statistics\"]".to_owned(),
            "CL20 -: purposes are ticked before anybody chose",
        ),
        (
            "withdrawal = \"every-page\"",
            "withdrawal = \"on-request\"".to_owned(),
            "CL21 -: who withdraws has to write; put a link on every page",
        ),
        (
            "status = \"retired\"\nretired = \"2020-12-31\"\n",
            String::new(),
            "CL23 prefs.sol: no browser has run Flash since 2021; mark it retired",
        ),
        (
            "\"Data Protection Act 2018\"",
            "\"Data Protection Act, 1998\"".to_owned(),
            "CL24 -: `Data Protection Act, 1998` was replaced by the UK GDPR and the Data Protection \
             Act 2018",
        ),
    ];
    for (part, replacement, expected) in table {
        let found = findings(&clinic_with(part, &replacement));
        let told: Vec<String> = found
            .iter()
            .map(|finding| {
                let subject = finding.subject.as_deref().unwrap_or("-");
                format!("{} {subject}: {}", finding.code.as_str(), finding.message)
            })
            .collect();
        let expected: Vec<&str> = [expected].into_iter().filter(|text| !text.is_empty()).collect();
        assert_eq!(told, expected, "{replacement}");
        assert!(found.iter().all(|finding| finding.place.is_some()));
    }
}

#[test]
fn the_statements_that_adroll_asks_for() {
    let text = clinic_with("data = [\"ip-address\", \"cookie-id\", \"web-activity\"]", "data = []")
        .replace(
            "data = [\"cookie-id\", \"ip-address\", \"web-activity\"]",
            "data = [\"cookie-id\"]",
        )
        .replace("opt_out = \"nextroll\"\n", "")
        .replace("opt_outs = [\"nextroll\", \"youradchoices\"]\n", "");
    let found = findings(&text);
    let told: Vec<&str> = found.iter().map(|finding| &*finding.message).collect();
    let expected =
        ["no item of it says that it collects ip-address", "it has no way to opt out that works"];
    assert_eq!(told, expected);
    // The campaign began 17 days ago; 30 are allowed.
    assert!(found.iter().all(|finding| finding.severity == Severity::Warning));
    let late =
        text.replace("campaign_started = \"2026-11-10\"", "campaign_started = \"2026-10-10\"");
    assert!(findings(&late).iter().all(|finding| finding.severity == Severity::Error));
}

#[test]
fn a_finding_names_its_jurisdiction_once() {
    let text = clinic_with("basis = \"consent\"\ndata", "basis = \"legitimate-interest\"\ndata");
    let [finding] = &findings(&text)[..] else { panic!("{:?}", findings(&text)) };
    assert_eq!(
        (finding.code, finding.jurisdiction),
        (Code::LegitimateInterest, Some(Jurisdiction::Uk))
    );
}

#[test]
fn what_is_put_up_with_until_a_day() {
    let broken = clinic_with("lifetime = \"session\"\n", "");
    let suppress = |until| {
        format!(
            "{broken}\n[[suppress]]\ncode = \"cl05\"\nsubject = \"__Host-session\"\n\
             reason = \"told on the page\"\nuntil = \"{until}\"\n"
        )
    };
    assert_eq!(findings(&broken).len(), 1);
    assert_eq!(findings(&suppress("2026-11-27")), []);
    assert_eq!(findings(&suppress("2026-11-26")).len(), 1);
}

#[test]
fn the_gpc_file() {
    let found = |file: Option<&str>| {
        lint_gpc_file(&clinic(), file.map(str::as_bytes)).map(|finding| finding.code)
    };
    assert_eq!(found(Some(r#"{"gpc": true, "lastUpdate": "2026-11-23"}"#)), None);
    for file in [None, Some("{}"), Some(r#"{"gpc": false}"#), Some("<html>")] {
        assert_eq!(found(file), Some(Code::GpcFile), "{file:?}");
    }
    let silent = Policy::parse_toml(&clinic_with("gpc_file = true\n", "")).unwrap();
    assert_eq!(lint_gpc_file(&silent, None), None);
}

//= RFC 6265bis §5.7: what is replaced has the same name, domain, host-only flag and path
#[test]
fn removals_that_miss() {
    let policy = clinic();
    let now = UnixSeconds(1_795_478_400);
    let found = |header: &str| {
        let found = lint_removal(&policy, "clinic.example", header.as_bytes(), now);
        found.map(|finding| finding.code)
    };
    for header in [
        "visits=; Max-Age=0",
        "visits=; Path=/staff; Max-Age=0",
        "visits=; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "__Host-session=; Path=/; Max-Age=0",
    ] {
        assert_eq!(found(header), Some(Code::RemovalMisses), "{header}");
    }
    for header in [
        "visits=; Path=/; Max-Age=0",
        "visits=1; Path=/staff",
        "__Host-session=; Path=/; Secure; Max-Age=0",
        "other=; Max-Age=0",
    ] {
        assert_eq!(found(header), None, "{header}");
    }
}

#[test]
fn every_rule_is_in_the_catalogue() {
    let codes: Vec<Code> = Code::of(Family::ConsentLaw).collect();
    assert_eq!(codes.len(), 25);
    for (index, code) in codes.into_iter().enumerate() {
        let rule = code.rule();
        assert_eq!(rule.id, format!("CL{:02}", index + 1));
        assert_eq!(Code::parse(&rule.id.to_lowercase()), Some(code));
        assert!(!rule.title.is_empty() && rule.why.ends_with('.') && !rule.wrong.is_empty());
        assert_ne!(rule.wrong, rule.right);
    }
}
