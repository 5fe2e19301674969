//! What one version of a policy changes about another; the law is that of the fingerprint.

use proptest::prelude::*;
use upheld_cookies::policy::{Amendment, Edit, Policy};

use crate::declaration::{CLINIC, clinic, clinic_with};

fn since(before: &Policy, text: &str) -> Vec<String> {
    let after = Policy::parse_toml(text).unwrap_or_else(|error| panic!("{error}"));
    assert_lawful(before, &after);
    after.amendments_since(before).iter().map(shown).collect()
}

fn shown(amendment: &Amendment) -> String {
    format!("{}{amendment}", if amendment.asks_again { "! " } else { "" })
}

/// Who agreed is asked again by an amendment exactly if the fingerprint says so, and there is an
/// amendment to every difference.
fn assert_lawful(before: &Policy, after: &Policy) {
    for (before, after) in [(before, after), (after, before)] {
        let amendments = after.amendments_since(before);
        let is_asked = amendments.iter().any(|it| it.asks_again && it.table != "consent");
        assert_eq!(is_asked, before.fingerprint() != after.fingerprint(), "{amendments:?}");
    }
    assert_eq!(after.amendments_since(after), []);
}

#[test]
fn each_amendment_says_what_changed_and_who_is_asked_for_it() {
    let before = clinic();
    for (part, replacement, expected) in [
        (
            "updated = \"2026-11-23\"",
            "updated = \"2026-11-24\"",
            "site: updated: 2026-11-23 → 2026-11-24",
        ),
        (
            "name = \"AdRoll advertising\"",
            "name = \"Advertising\"",
            "purpose retargeting: name: AdRoll advertising → Advertising",
        ),
        (
            "role = \"controller\"",
            "role = \"processor\"",
            "! vendor nextroll: role: controller → processor",
        ),
        ("gvl = 130", "gvl = 131", "! vendor nextroll: gvl: 130 → 131"),
        ("valid_for = \"182d\"", "valid_for = \"90d\"", "consent: valid_for: 182 days → 90 days"),
        (
            "gpc = \"wins\"",
            "gpc = \"explicit-choice-wins\"",
            "signals: gpc: wins → explicit-choice-wins",
        ),
        ("equal_weight = true", "equal_weight = false", "banner: equal_weight: true → false"),
        (
            "data = [\"preference\"]",
            "data = [\"preference\", \"ip-address\"]",
            "! item theme: data: preference → ip-address, preference",
        ),
        (
            "valid_until = \"2027-05-20\"",
            "valid_until = \"2027-06-20\"",
            "opt_out nextroll: valid_until: 2027-05-20 → 2027-06-20",
        ),
    ] {
        assert_eq!(since(&before, &clinic_with(part, replacement)), [expected], "{part}");
    }
    // A choice that is kept under another name is not found.
    let renamed = CLINIC.replace("\"__Host-consent\"", "\"__Host-choice\"");
    let amendments = since(&before, &renamed);
    assert!(amendments.contains(&"! consent: cookie: __Host-consent → __Host-choice".to_owned()));
}

#[test]
fn what_is_new_gone_or_retired() {
    let before = clinic();
    let item = "\n[[vendor]]\nid = \"acme\"\nname = \"Acme\"\nrole = \"processor\"\n[[item]]\n\
                name = \"_acme\"\nkind = \"js-cookie\"\nvendor = \"acme\"\n\
                purposes = [\"personalisation\"]\nlifetime = \"1d\"\n";
    let text = format!("{CLINIC}{item}");
    let added = ["! purpose personalisation: added", "! vendor acme: added", "! item _acme: added"];
    assert_eq!(since(&before, &text), added);
    let after = Policy::parse_toml(&text).unwrap();
    let removed: Vec<Edit> =
        before.amendments_since(&after).into_iter().map(|one| one.edit).collect();
    assert_eq!(removed, [Edit::Removed, Edit::Removed, Edit::Removed]);
    // What is not in use was agreed to by nobody: neither it nor its end asks anybody again.
    let retired = text.replace("name = \"_acme\"\n", "name = \"_acme\"\nstatus = \"retired\"\n");
    assert_eq!(since(&after, &retired), ["! item _acme: status: live → retired"]);
    let retired = Policy::parse_toml(&retired).unwrap();
    let amendments = before.amendments_since(&retired);
    let asking: Vec<_> = amendments.iter().filter(|it| it.asks_again).map(shown).collect();
    assert_eq!(asking, ["! purpose personalisation: removed", "! vendor acme: removed"]);
    let longer = text
        .replace("status = \"retired\"\n", "")
        .replace("lifetime = \"1d\"\n", "lifetime = \"2d\"\nstatus = \"retired\"\n");
    let longer = Policy::parse_toml(&longer).unwrap();
    let asking = longer.amendments_since(&retired).into_iter().filter(|it| it.asks_again).count();
    assert_eq!(asking, 0);
}

/// One file in another order is the same.
#[test]
fn order_is_no_amendment() {
    let (head, items) = CLINIC.split_once("[[item]]").unwrap();
    let mut items: Vec<&str> = items.split("[[item]]").collect();
    items.reverse();
    let text = format!("{head}[[item]]{}\n", items.join("\n[[item]]"));
    assert_eq!(since(&clinic(), &text), Vec::<String>::new());
}

/// Choices that are out there were made under these.
#[test]
fn fingerprints_are_what_they_were() {
    assert_eq!(clinic().fingerprint().to_string(), "cb7f4c9b41ef4138");
}

proptest! {
    /// Any small damage that leaves a policy.
    #[test]
    fn an_amendment_asks_again_exactly_if_the_fingerprint_changed(
        cut in 0..CLINIC.len(),
        replacement in prop_oneof![Just(""), Just("x"), Just("1"), Just("\n"), Just("[[item]]\n")],
    ) {
        let Some((before, after)) = CLINIC.get(..cut).zip(CLINIC.get(cut + 1..)) else {
            return Ok(());
        };
        let text = format!("{before}{replacement}{after}");
        if let Ok(after) = Policy::parse_toml(&text) {
            assert_lawful(&clinic(), &after);
        }
    }
}
