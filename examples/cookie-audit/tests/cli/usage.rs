//! Arguments, help and explanations.

use super::run;

#[test]
fn wrong_usage_is_status_two() {
    for args in [
        &[][..],
        &["set-cookie"],
        &["set-cookie", "--url", "clinic.example"],
        &["set-cookie", "--url", "https://clinic.example", "--now", "yesterday"],
        &["jar", "--set-url", "https://clinic.example"],
        &["explain", "SC99"],
    ] {
        let done = run(args, b"");
        assert_eq!(done.code, 2, "{args:?}");
        assert!(done.stdout.is_empty() && !done.stderr.is_empty(), "{args:?}");
    }
    assert_eq!(run(&["--help"], b"").code, 0);
}

#[test]
fn every_code_is_explained() {
    let list = run(&["explain"], b"");
    assert_eq!((list.code, list.text().lines().count()), (0, 54));
    for line in list.text().lines() {
        let code = line.split(' ').next().unwrap();
        let done = run(&["explain", code], b"");
        assert_eq!(done.code, 0);
        assert!(done.text().starts_with(code) && done.text().contains("\nSource: "), "{code}");
    }
}

#[test]
fn an_explanation_has_an_example_of_each_side() {
    let done = run(&["explain", "sc09"], b"");
    assert!(done.text().contains("wrong  Set-Cookie: a=1; SameSite=None\n"), "{}", done.text());
    assert!(done.text().contains("right  Set-Cookie: a=1; SameSite=None; Secure\n"));
}
