//! `catalogue`: what a name is likely to be.

use std::fs;

use serde_json::{Value, json};

use crate::run;

#[test]
fn a_known_name_and_an_unknown_one() {
    let done = run(&["catalogue", "_ga_1X2Y3Z"], b"");
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(done.text().starts_with("_ga_1X2Y3Z: _ga_*, Google, "), "{}", done.text());
    assert!(done.text().contains(", statistics, "), "{}", done.text());

    let done = run(&["catalogue", "_ga", "un\u{1B}known", "--format", "json"], b"");
    let lines = done.json_lines();
    assert_eq!((done.code, lines.len()), (1, 2));
    assert_eq!(lines[0]["hint"]["entry"]["vendor"], "Google");
    assert_eq!(lines[0]["hint"]["exact"], true);
    assert_eq!(lines[1], json!({ "name": "un\u{1B}known", "hint": Value::Null }));
    let done = run(&["catalogue", "un\u{1B}known"], b"");
    assert_eq!(done.text(), "un\u{FFFD}known: not in the catalogue\n");
}

#[test]
fn a_domain_tells_short_names_apart() {
    assert_eq!(run(&["catalogue", "fr"], b"").code, 1);
    let done = run(&["catalogue", "fr", "--domain", "www.Facebook.com"], b"");
    assert_eq!(done.code, 0);
    assert!(done.text().contains("Meta"), "{}", done.text());
}

#[test]
fn without_a_name_it_lists_all() {
    let done = run(&["catalogue"], b"");
    assert_eq!(done.code, 0);
    assert!(done.text().lines().count() >= 300);
    assert_eq!(
        run(&["catalogue", "--format", "json"], b"").json_lines().len(),
        done.text().lines().count()
    );
}

/// The columns and the members are those of the Open Cookie Database.
#[test]
fn a_database_of_the_users_is_a_hint_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("open-cookie-database.csv");
    let header = "ID,Platform,Category,Cookie / Data Key name,Domain,Description,Retention period,\
                  Data Controller,User Privacy & GDPR Rights Portals,Wildcard match";
    let row = "1,Example,Marketing,exa_,,\"Follows, and counts\",13 months,Example,,1";
    fs::write(&csv, format!("{header}\n{row}\n")).unwrap();
    let done = run(&["catalogue", "exa_7", "--import", csv.to_str().unwrap()], b"");
    assert_eq!(done.code, 0, "{}", done.stderr);
    let expected = "exa_7: exa_*, Example, any kind, advertising, 390 days\n    \
                    Follows, and counts\n";
    assert_eq!(done.text(), expected);

    let json = folder.path().join("open-cookie-database.json");
    let record = json!({ "category": "Functional", "cookie": "exb", "description": "d" });
    fs::write(&json, json!({ "Example": [record] }).to_string()).unwrap();
    let args = ["catalogue", "exb", "--format", "json", "--import", json.to_str().unwrap()];
    let hint = &run(&args, b"").json_lines()[0]["hint"];
    // "Functional" may be anything, so it is no purpose.
    assert_eq!(
        (&hint["entry"]["purpose"], &hint["entry"]["source"]),
        (&Value::Null, &json!("open-cookie-database"))
    );

    fs::write(&csv, "a,b\n1,2\n").unwrap();
    let done = run(&["catalogue", "exa_7", "--import", csv.to_str().unwrap()], b"");
    assert_eq!(done.code, 2);
    assert!(
        done.stderr.contains("is no Open Cookie Database: line 2: missing field"),
        "{}",
        done.stderr
    );
}
