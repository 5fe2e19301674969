//! What is kept of traffic.

use upheld_cookies::audit::{
    AuditFinding, MAX_OBSERVATIONS, Mark, Observation, Observer, Phase, Timeline,
};
use upheld_cookies::har::{Har, UnixMillis};
use upheld_cookies::lint::Finding;
use upheld_cookies::policy::{ItemKind, Lifetime, Policy};
use upheld_cookies::{PublicSuffixes, TopLevelDomains};

use super::{GIF, clinic, findings, get, observe, recording};

const SITE: &str = "schema = 1\n[site]\nhosts = [\"clinic.example\"]\njurisdictions = [\"eea\"]\n\
                    updated = \"2026-11-23\"\n";

fn names(observations: &[&Observation]) -> Vec<String> {
    let name = |one: &&Observation| format!("{} {} {}", one.kind.as_str(), one.name, one.domain);
    observations.iter().map(name).collect()
}

#[test]
fn a_cookie_is_one_by_name_and_site() {
    let exchanges = [
        get("https://www.clinic.example/").setting(&[
            "a=1",
            "a=2; Domain=clinic.example",
            "b=1; Max-Age=60",
        ]),
        get("https://www.clinic.example/").with("a=2; b=1; js=1").setting(&["b=1; Max-Age=30"]),
        get("https://a.tracker.co.uk/").setting(&["a=1; Domain=tracker.co.uk"]),
        get("https://a.other.co.uk/").setting(&["a=1; Domain=co.uk"]),
        get("data:text/html,hello").setting(&["a=1"]),
    ];
    let inventory = observe(&clinic(), &[(Timeline::always(Phase::Accepted), &exchanges)]);
    let all: Vec<&Observation> = inventory.observations().collect();
    assert_eq!(
        names(&all),
        [
            "http-cookie a clinic.example",
            "http-cookie b www.clinic.example",
            "js-cookie js www.clinic.example",
            "http-cookie a tracker.co.uk",
        ]
    );
    assert_eq!(all[1].lifetime, Some(Lifetime::Seconds(60)));
    assert_eq!([all[0].is_third_party, all[3].is_third_party], [false, true]);
    let third_parties: Vec<&str> = inventory.third_parties().map(|(domain, _)| domain).collect();
    assert_eq!(third_parties, ["other.co.uk", "tracker.co.uk"]);
}

#[test]
fn without_hosts_the_site_is_that_of_the_first_entry() {
    let text = recording(&[
        get("https://shop.example/"),
        get("https://cdn.shop.example/"),
        get("https://t.example/"),
    ]);
    let mut observer = Observer::new(TopLevelDomains, Vec::new());
    for entry in Har::new(text.as_bytes()) {
        observer.see(&entry.unwrap()).unwrap();
    }
    let inventory = observer.into_inventory();
    assert_eq!(
        inventory.third_parties().map(|(domain, _)| domain).collect::<Vec<_>>(),
        ["t.example"]
    );
}

#[test]
fn phases_by_moment_by_page_and_by_file() {
    let page = |entry| get("https://clinic.example/").saying(entry).setting(&["a=1"]);
    let exchanges =
        [page(r#""pageref":"p1","#), page(r#""pageref":"p2","#), page(r#""pageref":"p2","#)];
    let seen = |timeline| {
        let inventory = observe(&clinic(), &[(timeline, &exchanges)]);
        let first = inventory.observations().next().unwrap();
        first.phases().map(|phase| first.first(phase).unwrap().entry).collect::<Vec<_>>()
    };
    let begin = || Timeline::always(Phase::BeforeChoice);
    let moment = Mark::Moment(UnixMillis::parse(b"2026-11-27T12:00:02Z").unwrap());
    assert_eq!(seen(begin()), [1]);
    assert_eq!(seen(begin().then(moment.clone(), Phase::Accepted)), [1, 3]);
    assert_eq!(seen(begin().then(Mark::Page("p2".to_owned()), Phase::Refused)), [1, 2]);
    let both =
        begin().then(Mark::Page("p2".to_owned()), Phase::Accepted).then(moment, Phase::Withdrawn);
    assert_eq!(seen(both), [1, 2, 3]);

    let mut observer = Observer::new(PublicSuffixes, Vec::new());
    observer.begin_recording("a.har", begin().then(Mark::Page("p9".to_owned()), Phase::Accepted));
    for entry in Har::new(recording(&exchanges).as_bytes()) {
        observer.see(&entry.unwrap()).unwrap();
    }
    assert_eq!(observer.missed_marks().collect::<Vec<_>>(), [&Mark::Page("p9".to_owned())]);
}

#[test]
fn which_requests_are_beacons() {
    let kind = |exchange| {
        let inventory = observe(&clinic(), &[(Timeline::always(Phase::Accepted), &[exchange])]);
        inventory.observations().next().map(|one| one.kind)
    };
    let beacon = Some(ItemKind::Beacon);
    // A spacer of the site's own tells nobody anything.
    assert_eq!(kind(get("https://clinic.example/spacer.gif").containing(GIF)), None);
    assert_eq!(
        kind(get("https://clinic.example/c.gif?visitor=0123456789abcdef").containing(GIF)),
        beacon
    );
    assert_eq!(kind(get("https://t.example/c.gif").containing(GIF)), beacon);
    let png = r#"{"size":150,"mimeType":"image/png","encoding":"base64","text":"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"}"#;
    assert_eq!(kind(get("https://t.example/c.png").containing(png)), beacon);
    let large =
        r#"{"size":9000,"mimeType":"image/gif","encoding":"base64","text":"R0lGODlhIAAgAA=="}"#;
    assert_eq!(kind(get("https://t.example/logo.gif").containing(large)), None);
    let empty = get("https://t.example/collect?a=0123456789abcdefghij")
        .containing(r#"{"size":0,"mimeType":""}"#);
    assert_eq!(kind(empty), beacon);
    assert_eq!(kind(get("https://www.facebook.com/tr?id=1")), beacon);
    assert_eq!(kind(get("https://www.facebook.com/clinic")), None);
    assert_eq!(
        kind(get("https://mailer.example/track/open.php?u=1").containing(GIF)),
        Some(ItemKind::EmailPixel)
    );
    let script = r#"{"size":9,"mimeType":"application/javascript"}"#;
    assert_eq!(kind(get("https://t.example/t.js").containing(script)), Some(ItemKind::Script));
    assert_eq!(kind(get("https://clinic.example/t.js").containing(script)), None);
}

#[test]
fn values_and_queries_are_not_kept() {
    let exchanges = [
        get("https://clinic.example/?token=hunter2")
            .with("a=hunter2")
            .setting(&["b=hunter2", "b=hunter2; Max-Age=0"]),
        get("https://clinic.example/x?token=hunter2").saying(r#""_resourceType":"ping","#),
    ];
    let inventory = observe(&clinic(), &[(Timeline::always(Phase::Accepted), &exchanges)]);
    assert_eq!(inventory.observations().len(), 3);
    assert!(!format!("{inventory:?}").contains("hunter2"));
}

#[test]
fn a_hostile_recording_fills_no_memory() {
    let mut observer = Observer::new(TopLevelDomains, Vec::new());
    observer.begin_recording("hostile.har", Timeline::always(Phase::BeforeChoice));
    let mut outcome = Ok(());
    for entry in 0..60 {
        let names: Vec<String> = (0..1000).map(|name| format!("c{entry}_{name}=1")).collect();
        let text = format!(
            r#"{{"log":{{"entries":[{{"request":{{"url":"https://a.example/","headers":[{{"name":"cookie","value":"{}"}}]}}}}]}}}}"#,
            names.join("; ")
        );
        for entry in Har::new(text.as_bytes()) {
            outcome = outcome.and(observer.see(&entry.unwrap()));
        }
    }
    assert!(outcome.is_err());
    assert_eq!(observer.into_inventory().observations().len(), MAX_OBSERVATIONS);
}

#[test]
fn what_is_kept_of_a_request_is_limited() {
    let url: &str = Box::leak(format!("https://clinic.example/{}", "x".repeat(5000)).into());
    let name: &str = Box::leak(format!("{}=1; a=1; a=2; a=3", "n".repeat(5000)).into());
    let exchanges = [get(url).with(name), get(url).with(name)];
    let inventory = observe(&clinic(), &[(Timeline::always(Phase::Withdrawn), &exchanges)]);
    assert_eq!(inventory.observations().len(), 2);
    for seen in inventory.observations() {
        assert!(seen.name.len() <= 1024 && seen.first(Phase::Withdrawn).unwrap().url.len() <= 1024);
    }
}

/// Patterns with `*` fix how a name begins and how it ends, whatever is between.
#[test]
fn of_a_long_name_the_beginning_and_the_end_are_kept() {
    let item = "[[item]]\nname = \"clinic.example/*/seen.gif\"\nkind = \"beacon\"\n\
                purposes = [\"statistics\"]\n";
    let policy = Policy::parse_toml(&format!("{SITE}{item}")).unwrap();
    let path = "x".repeat(5000);
    let url = format!("https://clinic.example/{path}/seen.gif?v=0123456789abcdefghij");
    let url: &str = Box::leak(url.into());
    let exchanges = [get(url).containing(GIF)];
    let found = findings(&policy, &[(Timeline::always(Phase::Accepted), &exchanges)]);
    assert_eq!(found, []);
}

/// A policy declares more than can be told by how it looks.
#[test]
fn what_is_declared_is_seen_however_it_looks() {
    let item = |name: &str, kind: &str| {
        format!("[[item]]\nname = \"{name}\"\nkind = \"{kind}\"\npurposes = [\"statistics\"]\n")
    };
    let items = [
        item("clinic.example/seen/*", "beacon"),
        item("clinic.example/count.js", "script"),
        item("clinic.example/never.gif", "beacon"),
        item("visits", "http-cookie"),
    ];
    let policy = Policy::parse_toml(&format!("{SITE}{}", items.concat())).unwrap();
    let large = r#"{"size":9000,"mimeType":"image/png"}"#;
    let script = r#"{"size":900,"mimeType":"application/javascript"}"#;
    let exchanges = [
        get("https://clinic.example/seen/today.png?v=1").containing(large).setting(&["visits=1"]),
        get("https://clinic.example/count.js").containing(script),
        get("https://clinic.example/other.png").containing(large),
        get("https://clinic.example/visits"),
    ];
    let before = findings(&policy, &[(Timeline::always(Phase::BeforeChoice), &exchanges)]);
    let said = |found: &[AuditFinding]| {
        let words = found.iter().map(|found| {
            let Finding { code, subject, .. } = &found.finding;
            format!("{} {}", code.as_str(), subject.as_deref().unwrap_or("-"))
        });
        words.collect::<Vec<_>>()
    };
    assert_eq!(
        said(&before),
        ["CL01 visits", "CL22 clinic.example/seen/*", "CL22 clinic.example/count.js"]
    );
    let after = findings(&policy, &[(Timeline::always(Phase::Accepted), &exchanges)]);
    assert_eq!(said(&after), ["CL03 clinic.example/never.gif"]);
}
