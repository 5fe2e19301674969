//! `scan` and `diff`.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::run;

const POLICY: &str = r#"schema = 1

[site]
hosts = ["clinic.example"]
jurisdictions = ["uk", "eea"]
updated = "2026-11-23"

[[item]]
name = "__Host-session"
kind = "http-cookie"
purposes = ["authentication"]
basis = "strictly-necessary"
lifetime = "session"

[[item]]
name = "visits"
kind = "http-cookie"
purposes = ["statistics"]
lifetime = "30d"
"#;

const SESSION: &str = "__Host-session=s3cret; Path=/; Secure; HttpOnly";

/// A folder that is gone when the test is over.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.write("policy.toml", POLICY);
        folder
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A recording whose entries are a second apart, each with one cookie.
    fn recording(&self, name: &str, cookies: &[&str]) -> String {
        let entries = cookies.iter().enumerate().map(|(second, cookie)| {
            let cookie = serde_json::json!(cookie);
            format!(
                r#"{{"startedDateTime":"2026-11-27T12:00:{second:02}Z","request":{{"url":"https://clinic.example/?q=s3cret",
                "headers":[]}},"response":{{"status":200,"headers":[{{"name":"Set-Cookie","value":{cookie}}}]}}}}"#
            )
        });
        let entries: Vec<String> = entries.collect();
        self.write(
            name,
            &format!(r#"{{"log":{{"version":"1.2","entries":[{}]}}}}"#, entries.join(",")),
        )
    }

    fn scan(&self, args: &[&str]) -> super::Done {
        let policy = self.path("policy.toml");
        let fixed = ["scan", "--policy", policy.to_str().unwrap(), "--now", "2026-11-27T13:00:00Z"];
        run(&[&fixed, args].concat(), b"")
    }
}

fn codes(done: &super::Done) -> Vec<String> {
    let document: Value = serde_json::from_slice(&done.stdout).unwrap();
    let findings = document["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_visit_in_phases() {
    let folder = Folder::new();
    let visit = folder.recording("visit.har", &[SESSION, "visits=s3cret; Max-Age=2592000"]);
    let done = folder.scan(&[&visit]);
    assert_eq!(done.code, 1, "{}", done.stderr);
    let policy = folder.path("policy.toml").display().to_string();
    let expected = format!(
        "{policy}:15:1: error[CL01]: `visits` is set before a choice, and needs consent in uk, eea\n    \
         seen in {visit}, entry 2: https://clinic.example/\n\n\
         1 error, 0 warnings, 0 notes in 1 recording with 2 entries; `cookie-audit explain CODE` says more\n"
    );
    assert_eq!(done.text(), expected);
    // The same after the choice.
    let clean = folder.scan(&[&visit, "--consent-at", "2026-11-27T12:00:01Z"]);
    assert_eq!((clean.code, clean.text()), (0, "no findings in 1 recording with 2 entries\n"));
    let refused =
        ["--consent-at", "2026-11-27T12:00:01Z", "--choice", "refused", "--format", "json"];
    assert_eq!(codes(&folder.scan(&[&[&*visit], &refused[..]].concat())), ["CL14"]);
    // A recording to each phase.
    let (first, accepted) = (
        folder.recording("1.har", &[SESSION]),
        folder.recording("2.har", &["visits=1; Max-Age=60"]),
    );
    assert_eq!(folder.scan(&[&first, "--accepted", &accepted]).code, 0);
    assert_eq!(folder.scan(&[&first, "--withdrawn", &accepted]).code, 1);
}

#[test]
fn what_fails_is_what_was_asked_to() {
    let folder = Folder::new();
    let visit = folder.recording("visit.har", &[SESSION]);
    let args = |fail_on| ["--accepted", &*visit, "--fail-on", fail_on];
    let status = |fail_on| folder.scan(&args(fail_on)).code;
    // What was declared and never seen is a note.
    assert_eq!([status("error"), status("warning"), status("note"), status("never")], [0, 0, 1, 0]);
}

#[test]
fn every_format_has_the_finding_and_no_value() {
    let folder = Folder::new();
    let visit = folder.recording("a visit.har", &["visits=s3cret; Max-Age=60", "odd<&>=s3cret"]);
    for format in ["text", "json", "sarif", "junit", "github"] {
        let done = folder.scan(&[&visit, "--format", format]);
        let text = done.text();
        assert_eq!(done.code, 1, "{format}");
        assert!(
            text.contains("CL01") && text.contains("CL02") && !text.contains("s3cret"),
            "{text}"
        );
    }
    let github = folder.scan(&[&visit, "--format", "github"]);
    let is_annotation = |line: &str| {
        line.starts_with("::error file=") && line.contains(",line=15,col=1,title=CL01::")
    };
    assert!(github.text().lines().any(is_annotation), "{}", github.text());
    let sarif: Value =
        serde_json::from_slice(&folder.scan(&[&visit, "--format", "sarif"]).stdout).unwrap();
    let result = &sarif["runs"][0]["results"][1];
    assert_eq!((&result["ruleId"], &result["level"]), (&"CL01".into(), &"error".into()));
    let undeclared = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert!(undeclared["artifactLocation"]["uri"].as_str().unwrap().ends_with("/a%20visit.har"));
    let junit = folder.scan(&[&visit, "--format", "junit"]);
    assert!(
        junit.text().contains("tests=\"3\" failures=\"2\"")
            && junit.text().contains("odd&lt;&amp;&gt;")
    );
}

#[test]
fn without_a_policy_it_lists() {
    let folder = Folder::new();
    let visit = folder.recording("visit.har", &[SESSION, "visits=1; Max-Age=86400"]);
    let done = run(&["scan", &visit], b"");
    assert_eq!(done.code, 0, "{}", done.stderr);
    let expected = "http-cookie    __Host-session  clinic.example  session  before a choice\n\
                    http-cookie    visits  clinic.example  1 day  before a choice\n";
    assert_eq!(done.text(), expected);
    let json: Value =
        serde_json::from_slice(&run(&["scan", &visit, "--format", "json"], b"").stdout).unwrap();
    assert_eq!(json["observations"][1]["seconds"], 86_400);
    assert_eq!(run(&["scan", &visit, "--format", "sarif"], b"").code, 2);
}

#[test]
fn what_says_nothing_is_status_three() {
    let folder = Folder::new();
    let empty = folder.write("empty.har", r#"{"log":{"entries":[]}}"#);
    let cut = folder.write("cut.har", r#"{"log":{"entries":[{"request""#);
    let page = folder.write("page.har", "<!DOCTYPE html>");
    for file in [&empty, &cut, &page] {
        let done = folder.scan(&[file]);
        assert_eq!((done.code, done.stdout.len()), (3, 0), "{}", done.stderr);
        assert!(
            done.stderr.starts_with(&format!(
                "cookie-audit: {}",
                if file == &empty { "CL25" } else { file }
            ))
        );
    }
    let visit = folder.recording("visit.har", &[SESSION]);
    assert_eq!(folder.scan(&[&visit, "--consent-page", "page_9"]).code, 3);
    // The policy has a session that needs no consent, and there is not even that.
    let without = folder.write(
        "without.har",
        r#"{"log":{"entries":[{"request":{"url":"https://clinic.example/","headers":[{"name":"a","value":"b"}]}}]}}"#,
    );
    assert_eq!(folder.scan(&[&without]).code, 3);
    assert_eq!(folder.scan(&[&without, "--allow-empty"]).code, 0);
}

#[test]
fn wrong_usage_and_a_wrong_policy_are_status_two() {
    let folder = Folder::new();
    let visit = folder.recording("visit.har", &[SESSION]);
    assert_eq!(folder.scan(&[]).code, 2);
    assert_eq!(folder.scan(&["/no/such.har"]).code, 2);
    assert_eq!(folder.scan(&[&visit, "--withdrawn-at", "2026-11-27T12:00:01Z"]).code, 2);
    folder.write("policy.toml", &POLICY.replace("statistics", "statistic"));
    let done = folder.scan(&[&visit]);
    assert_eq!(done.code, 2);
    assert!(
        done.stderr.contains("policy.toml:18:") && done.stderr.contains("did you mean statistics?"),
        "{}",
        done.stderr
    );
}

#[test]
fn flash_cookies_in_a_folder() {
    let folder = Folder::new();
    let file = b"\x00\xBF\x00\x00\x00\x15TCSO\x00\x04\x00\x00\x00\x00\x00\x05prefs\x00\x00\x00\x00";
    let path = folder.path("flash/#SharedObjects/ABCD1234/clinic.example/player.swf/prefs.sol");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, file).unwrap();
    fs::write(path.with_file_name("broken.SOL"), b"no").unwrap();
    let flash = folder.path("flash");
    let done = folder.scan(&[
        "--flash",
        flash.to_str().unwrap(),
        "--format",
        "json",
        "--fail-on",
        "warning",
    ]);
    assert_eq!((done.code, codes(&done)), (1, vec!["CL23".to_owned()]), "{}", done.stderr);
    assert!(done.stderr.contains("broken.SOL: no Flash cookie"));
}

#[test]
fn differences() {
    let folder = Folder::new();
    let policy = folder.path("policy.toml").display().to_string();
    let visit = folder.recording("visit.har", &["visits=1; Max-Age=86400", "odd=1; Max-Age=90"]);
    let done = run(&["diff", &policy, &visit], b"");
    assert_eq!(done.code, 1, "{}", done.stderr);
    let expected = "- http-cookie    __Host-session  -  session\n\
                    + http-cookie    odd  clinic.example  90 seconds\n\
                    ~ http-cookie    visits  clinic.example  1 day, was 30 days\n";
    assert_eq!(done.text(), expected);
    assert_eq!(run(&["diff", &visit, &visit], b"").code, 0);
    assert_eq!(run(&["diff", &policy, &policy], b"").text(), "");

    // What only the recording has, for the policy: refused until somebody says what it is for.
    let added = run(&["diff", &policy, &visit, "--format", "toml"], b"");
    let merged = format!("{POLICY}{}", added.text());
    folder.write("policy.toml", &merged);
    assert!(folder.scan(&[&visit]).stderr.contains("at least one purpose is needed"));
    folder.write("policy.toml", &merged.replace("purposes = []", "purposes = [\"statistics\"]"));
    assert_eq!(folder.scan(&["--accepted", &visit]).code, 0);
    let known = folder.recording("known.har", &["_ga=1; Max-Age=90"]);
    let added = run(&["diff", &policy, &known, "--format", "toml"], b"");
    let hint = "purposes = [] # say what for; likely statistics, of Google\n";
    assert!(added.text().contains(hint), "{}", added.text());
    let lines = run(&["diff", &policy, &visit, "--format", "json"], b"").json_lines();
    assert_eq!(lines.len(), 2);
    assert!(Path::new(&policy).exists());
}

#[test]
fn what_a_recording_says_reaches_no_terminal_as_it_is() {
    let folder = Folder::new();
    let entry = |url: &str| {
        let cookies = r#"[{"name":"Set-Cookie","value":"a\u009b2J=1"}]"#;
        format!(
            r#"{{"request":{{"url":"{url}","headers":[]}},"response":{{"status":200,"headers":{cookies}}}}}"#
        )
    };
    let entries = [
        entry("https://clinic.example/"),
        entry(r"https://other.example/\u001b[2J\u001b]0;title\u0007"),
    ];
    let har = format!(r#"{{"log":{{"entries":[{}]}}}}"#, entries.join(","));
    let har = folder.write("hostile.har", &har);
    let policy = folder.path("policy.toml");
    for args in [
        vec!["scan", &har],
        vec!["scan", &har, "--policy", policy.to_str().unwrap()],
        vec!["scan", &har, "--policy", policy.to_str().unwrap(), "--format", "github"],
    ] {
        let done = run(&args, b"");
        let shown = format!("{}{}", done.text(), done.stderr);
        assert!(shown.contains("other.example"), "{shown}");
        let is_odd = |letter: char| letter.is_control() && letter != '\n';
        assert!(!shown.contains(is_odd), "{shown:?}");
    }
}

#[test]
fn a_policy_without_an_end_is_refused() {
    let done = run(&["check", "/dev/zero"], b"");
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("longer than a policy may be"), "{}", done.stderr);
}
