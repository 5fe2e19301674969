//! `render` and `import`: what is published, and what others published.

use std::fs;
use std::path::Path;

use crate::run;

const CLINIC: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates/cookies/tests/policies/clinic.toml");

fn render(format: &str, more: &[&str]) -> crate::Done {
    let args = ["render", CLINIC, "--format", format, "--now", "2026-11-27T12:00:00Z"];
    run(&[&args[..], more].concat(), b"")
}

#[test]
fn every_format_is_written() {
    for (format, start) in [
        ("html", "<!doctype html>\n"),
        ("fragment", "<div class=\"cookie-policy\""),
        ("markdown", "# Cookies and similar technologies\n"),
        ("json", "{\n  \"schema\": 1,"),
        ("device-storage", "{\n  \"disclosures\": ["),
        ("gpc", "{\n  \"gpc\": true,"),
        ("banner", "{\n  \"version\": 1,"),
        ("cookieconsent", "var cookieConsentConfig = {"),
        ("klaro", "var klaroConfig = {"),
    ] {
        let done = render(format, &[]);
        assert_eq!((done.code, &*done.stderr), (0, ""), "{format}");
        assert!(done.text().starts_with(start), "{format}: {}", done.text());
        assert!(done.text().ends_with('\n') && !done.text().ends_with("\n\n"), "{format}");
    }
}

#[test]
fn a_stale_file_is_status_four() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cookies.html");
    let file = path.to_str().unwrap();
    let check = |now: &str| {
        run(&["render", CLINIC, "--format", "html", "--output", file, "--check", "--now", now], b"")
    };
    let missing = check("2026-11-27T12:00:00Z");
    assert!(missing.code == 4 && missing.stderr.contains("is not there"), "{}", missing.stderr);

    assert_eq!(render("html", &["--output", file]).code, 0);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left there");
    // Until an opt-out lapses, and whatever line ends version control writes.
    assert_eq!(check("2027-05-20T12:00:00Z").code, 0);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace('\n', "\r\n")).unwrap();
    assert_eq!(check("2026-11-27T12:00:00Z").code, 0);
    let lapsed = check("2027-05-21T12:00:00Z");
    assert!(lapsed.code == 4 && lapsed.stderr.contains("stale from line"), "{}", lapsed.stderr);
    fs::write(&path, text.replace("1 year", "1 day")).unwrap();
    assert_eq!(check("2026-11-27T12:00:00Z").code, 4);
}

#[test]
fn wrong_questions() {
    assert_eq!(render("html", &["--check"]).code, 2);
    assert_eq!(render("pdf", &[]).code, 2);
    assert_eq!(render("html", &["--vendor", "nextroll"]).code, 2);
    assert_eq!(render("device-storage", &["--vendor", "nobody"]).code, 2);
    assert_eq!(render("html", &["--output", "/nowhere/cookies.html"]).code, 2);
}

#[test]
fn a_vendors_disclosure_begins_a_declaration() {
    let folder = tempfile::tempdir().unwrap();
    let storage = folder.path().join("storage.json");
    let out = render("device-storage", &["--vendor", "nextroll"]);
    fs::write(&storage, out.text()).unwrap();
    let import =
        |path: &Path| run(&["import", path.to_str().unwrap(), "--vendor", "nextroll"], b"");
    let done = import(&storage);
    assert_eq!((done.code, &*done.stderr), (0, ""));
    assert_eq!(done.text().matches("[[item]]").count(), 2);

    // Milliseconds, as in the example of the specification itself.
    fs::write(&storage, out.text().replace("31536000", "31536000000")).unwrap();
    let done = import(&storage);
    assert!(done.code == 1 && done.stderr.contains("looks like milliseconds"), "{}", done.stderr);
    fs::write(&storage, "{").unwrap();
    let done = import(&storage);
    assert!(done.code == 2 && done.stderr.contains("line 1, column 1"), "{}", done.stderr);
}
