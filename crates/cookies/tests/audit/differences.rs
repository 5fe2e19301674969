//! What differs between policies and recordings.

use upheld_cookies::audit::{Change, Phase, Timeline, difference};
use upheld_cookies::policy::Policy;

use super::{get, observe};

fn policy(items: &[(&str, &str, &str)]) -> Policy {
    let items = items.iter().map(|(name, kind, lifetime)| {
        format!("[[item]]\nname = '{name}'\nkind = '{kind}'\npurposes = ['statistics']\nlifetime = '{lifetime}'\n")
    });
    let items: Vec<String> = items.collect();
    let site = "schema = 1\nsite = { hosts = ['a.example'], jurisdictions = ['eea'], updated = '2026-01-01' }\n";
    Policy::parse_toml(&format!("{site}{}", items.concat())).unwrap()
}

fn words(changes: &[Change]) -> Vec<String> {
    let word = |change: &Change| match change {
        Change::Added(_) => format!("+{}", change.name()),
        Change::Removed(_) => format!("-{}", change.name()),
        _ => format!("~{}", change.name()),
    };
    changes.iter().map(word).collect()
}

#[test]
fn policies() {
    let old =
        policy(&[("a", "http-cookie", "1d"), ("b", "js-cookie", "1d"), ("c*", "beacon", "1d")]);
    let new =
        policy(&[("a", "js-cookie", "2d"), ("c*", "beacon", "1d"), ("d", "local-storage", "1d")]);
    assert_eq!(words(&difference(&old.declared(), &new.declared())), ["~a", "-b", "+d"]);
    assert_eq!(difference(&new.declared(), &new.declared()), []);
}

#[test]
fn a_policy_and_a_recording() {
    let policy = policy(&[
        ("_ga_*", "js-cookie", "1d"),
        ("b", "http-cookie", "1d"),
        ("c_*", "js-cookie", "1d"),
    ]);
    let page =
        get("https://a.example/").with("_ga_1=1; _ga_2=1; odd=1").setting(&["b=1; Max-Age=86460"]);
    let inventory = observe(&policy, &[(Timeline::always(Phase::Accepted), &[page])]);
    let (declared, seen) = (policy.declared(), inventory.declared());
    // A minute is the difference of two clocks.
    assert_eq!(words(&difference(&declared, &seen)), ["-c_*", "+odd"]);
    assert_eq!(words(&difference(&seen, &declared)), ["+c_*", "-odd"]);
}
