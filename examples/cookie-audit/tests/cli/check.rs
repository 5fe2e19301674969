//! `check`: a policy against the law, before anything is recorded.

use std::fs;
use std::path::{Path, PathBuf};

use crate::run;

fn clinic() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/cookies/tests/policies/clinic.toml")
}

fn check(text: &str, more: &[&str]) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.toml");
    fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap();
    let args = [&["check", path, "--now", "2026-11-27T12:00:00Z"], more].concat();
    let done = run(&args, b"");
    let named = |text: &str| text.replace(path, "policy.toml");
    (done.code, named(done.text()), named(&done.stderr))
}

#[test]
fn a_clean_policy() {
    let text = fs::read_to_string(clinic()).unwrap();
    let (status, out, err) = check(&text, &[]);
    assert_eq!((status, &*err), (0, ""), "{out}");
}

#[test]
fn findings_have_places_and_an_exit_status() {
    let text = fs::read_to_string(clinic()).unwrap();
    let broken = text.replace("Data Protection Act 2018", "Data Protection Act 1998");
    let (status, out, _) = check(&broken, &[]);
    assert_eq!(status, 0, "a warning is no error");
    assert!(out.contains("policy.toml:5:2: warning[CL24]"), "{out}");
    let (status, ..) = check(&broken, &["--fail-on", "warning"]);
    assert_eq!(status, 1);
    let (status, out, _) = check(&broken, &["--format", "sarif"]);
    assert_eq!(status, 0);
    let sarif: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "CL24");

    let (status, out, _) = check(&text, &["--gpc-file", "/nowhere/gpc.json"]);
    assert!(status == 1 && out.contains("CL17"), "{out}");
}

#[test]
fn a_wrong_policy_is_told_line_by_line() {
    let (status, out, err) = check("schema = 1\n[site]\nhosts = []\nname = 3\n", &[]);
    assert_eq!((status, &*out), (2, ""));
    assert!(err.contains("policy.toml:4:8: invalid type"), "{err}");
    let (status, _, err) = check(
        "schema = 2\n[site]\nhosts = ['a b']\njurisdictions = ['uk']\nupdated = '2026-01-01'\n",
        &[],
    );
    assert_eq!(status, 2);
    assert!(err.contains("policy.toml:1:10: ") && err.contains("policy.toml:3:10: "), "{err}");
}

#[test]
fn the_law_is_explained() {
    let done = run(&["explain", "cl08"], b"");
    let out = done.text();
    assert!(out.starts_with("CL08 (error): "), "{out}");
    assert!(out.contains("  wrong  basis = \"legitimate-interest\"\n"), "{out}");
    let all = run(&["explain"], b"");
    assert_eq!(all.text().lines().filter(|line| line.starts_with("CL")).count(), 25);
}
