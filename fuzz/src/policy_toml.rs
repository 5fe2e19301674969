//! Policy files: read, linted, decided by.

use upheld_cookies::lint::lint_policy;
use upheld_cookies::policy::Policy;
use upheld_cookies::signals::Signals;
use upheld_cookies::{Choice, Day, UnixSeconds, Visit, decide_item};

/// 2026-11-24.
const NOW: UnixSeconds = UnixSeconds(1_795_478_400);

/// Reads the input as TOML and as JSON. What is wrong stands within the text; what can be read is
/// linted, and refusing or sending GPC allows nothing that was not allowed.
pub fn policy_toml(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let lines = text.matches('\n').count() + 2;
    for read in [Policy::parse_toml(text), Policy::parse_json(text)] {
        match read {
            Ok(policy) => check(&policy),
            Err(error) => {
                assert!(!error.problems().is_empty());
                for problem in error.problems() {
                    let line = usize::try_from(problem.place.line).expect("a line");
                    assert!((1..=lines).contains(&line), "{problem}");
                    assert!(
                        !problem.to_string().contains('\u{1B}'),
                        "an escape reaches a terminal"
                    );
                }
            }
        }
    }
}

fn check(policy: &Policy) {
    assert_eq!(policy.amendments_since(policy), []);
    let findings = lint_policy(policy, Day::of(NOW));
    assert!(findings.iter().all(|finding| !finding.message.is_empty()));
    let ids: Vec<&str> = policy.purposes().iter().map(|purpose| &*purpose.id).collect();
    let agreed = Choice::made(policy, &ids, NOW);
    let places = policy.site().jurisdictions.iter().map(|place| Some(*place)).chain([None]);
    for place in places {
        let visit = Visit::new(place, NOW).with_choice(agreed);
        let refused = visit.with_choice(Choice::made(policy, &[], NOW));
        let opposed = visit.with_signals(Signals::none().with_sec_gpc([&b"1"[..]]).with_dnt(b"1"));
        for item in policy.items() {
            let is_allowed = decide_item(policy, &visit, item).is_allowed();
            for less in [&refused, &opposed] {
                assert!(is_allowed || !decide_item(policy, less, item).is_allowed());
            }
        }
    }
}
