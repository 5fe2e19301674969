//! Declarations that are made to take time.

use upheld_cookies::policy::{Fault, Policy};

/// Without limits of their own, these would take minutes: every name that is wrong is compared with
/// every one that is right, and every place is counted from the beginning of the file.
#[test]
fn a_hostile_policy_takes_no_time() {
    let site = "schema = 1\nsite = { hosts = ['a.example'], jurisdictions = ['uk'], updated = \
                '2026-01-01' }\n";
    let mut text = site.to_owned();
    for number in 0..4000 {
        let vendor = format!("[[vendor]]\nid = 'vendor-{number}'\nname = 'V'\n");
        text.push_str(&vendor);
    }
    let wrong = vec!["'vendor-x'"; 60_000].join(",");
    let item = format!("[[item]]\nname = 'a'\nkind = 'beacon'\npurposes = [{wrong}]\n");
    text.push_str(&item);
    for number in 0..1000 {
        let item = format!("[[item]]\nname = 'b{number}'\nkind = 'beacon'\nvendor = 'x'\n");
        text.push_str(&item);
    }
    let error = Policy::parse_toml(&text).unwrap_err();
    assert_eq!(error.problems().len(), 64);
    let longest = error.to_string().lines().map(str::len).max();
    assert!(longest < Some(2000), "{longest:?}");

    let items = "[[item]]\nname='a'\nkind='beacon'\n".repeat(20_000);
    let error = Policy::parse_toml(&format!("{site}{items}")).unwrap_err();
    let [problem] = error.problems() else { panic!("{error}") };
    assert_eq!(problem.fault, Fault::TooMuch { what: "items", limit: 4096 });
}

/// Found by fuzzing: a key is decoded before it is repeated in the message.
#[test]
fn no_escape_of_a_key_reaches_a_terminal() {
    for read in
        [Policy::parse_json(r#"{"a\u001B\n[31m": 2}"#), Policy::parse_toml("\"a\\u001B\\n\" = 2")]
    {
        let message = read.expect_err("an unknown key").to_string();
        assert!(!message.contains(char::is_control), "{message:?}");
    }
}
