//! Visits of a real browser, recorded and audited.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output};
use std::thread;

use serde_json::{Value, json};

use super::super::npm::Packages;
use super::super::{Outcome, check};
use super::ORACLE;

const RECORDER: &str = include_str!("record.mjs");
const POLICY: &str = include_str!("visit.toml");

/// The page: what it does before anybody chose, after Accept, and after Withdraw.
const PAGE: &str = r#"<!doctype html><title>Visit</title><h1>Visit</h1>
<button id="accept">Accept</button><button id="withdraw">Withdraw</button>
<img alt="" src="http://127.0.0.1:PORT/pixel.gif?visitor=0123456789abcdef01234567">
<script>
document.cookie = "scripted=1; path=/";
accept.onclick = async () => {
  navigator.sendBeacon("/told", "accepted");
  await fetch("/accept");
  await fetch("/accepted");
};
withdraw.onclick = async () => {
  await fetch("/withdraw", { method: "POST" });
  await fetch("/last");
};
</script>"#;

const PIXEL: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x01D\0;";

/// What the audit must say of the visit: rule and subject.
const EXPECTED: [(&str, &str); 9] = [
    // Set with the first page, for a year; declared for 30 days, and with consent.
    ("CL01", "early"),
    ("CL04", "early"),
    // Still sent with the last request, though the person took it back: the removal names another
    // path than that under which it was set.
    ("CL14", "early"),
    ("CL14", "visits"),
    ("CL15", "visits"),
    // A script sets it, and nobody says so.
    ("CL02", "scripted"),
    // A beacon of the page's own.
    ("CL02", "localhost/told"),
    ("CL07", "follows"),
    ("CL22", "127.0.0.1/*"),
];

pub(super) fn audit_real_visits(packages: &Packages, audit: &Path) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let (har, policy) = (folder.path().join("visit.har"), folder.path().join("visit.toml"));
    fs::write(&policy, POLICY)?;
    let port = serve()?;
    let url = format!("http://localhost:{port}/");
    let recorded = packages.node(RECORDER)?.arg(&url).arg(&har).output()?;
    let pressed: Value = serde_json::from_slice(&recorded.stdout).map_err(|_| {
        format!("nothing was recorded: {}", String::from_utf8_lossy(&recorded.stderr))
    })?;
    let moment = |name: &str| pressed.get(name).and_then(Value::as_str).unwrap_or_default();

    let scan = |format: &str| -> Outcome<Output> {
        let mut command = Command::new(audit);
        command.arg("scan").arg(&har).arg("--policy").arg(&policy);
        command.args(["--consent-at", moment("accepted")]);
        command.args(["--withdrawn-at", moment("withdrawn"), "--format", format]);
        Ok(command.output()?)
    };
    let output = scan("json")?;
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    check(output.status.code() == Some(1), &format!("the scan ended otherwise: {complaint}"))?;
    let document: Value = serde_json::from_slice(&output.stdout)?;
    let findings = document.get("findings").and_then(Value::as_array).ok_or("no findings")?;
    let text = |finding: &Value, key| {
        finding.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let found = findings.iter().map(|finding| (text(finding, "code"), text(finding, "subject")));
    // Ports are part of no name.
    let found: BTreeSet<(String, String)> = found.collect();
    let mut expected: BTreeSet<(String, String)> = EXPECTED
        .iter()
        .map(|(code, subject)| ((*code).to_owned(), (*subject).to_owned()))
        .collect();
    expected.insert(("CL03".to_owned(), "gone".to_owned()));
    let (missing, more) = (expected.difference(&found), found.difference(&expected));
    let differences: Vec<_> = missing.chain(more).collect();
    check(differences.is_empty(), &format!("not as expected: {differences:?}\n{document:#}"))?;
    let printed = String::from_utf8_lossy(&output.stdout).contains("s3cret");
    check(!printed, "the report has the value of a cookie")?;

    let sarif: Value = serde_json::from_slice(&scan("sarif")?.stdout)?;
    let answers = packages.ask(ORACLE, &[json!({ "ask": "sarif", "document": sarif })])?;
    let verdict = answers.first().and_then(|answer| answer.get("answer")).ok_or("no answer")?;
    check(verdict.get("valid") == Some(&json!(true)), &format!("invalid SARIF: {verdict}"))?;
    check_difference(audit, &policy, &har)?;
    refuse_sanitized(audit, &policy, &har)
}

/// `diff` has a sign for everything that differs.
fn check_difference(audit: &Path, policy: &Path, har: &Path) -> Outcome<()> {
    let output = Command::new(audit).arg("diff").arg(policy).arg(har).output()?;
    let text = String::from_utf8(output.stdout)?;
    check(output.status.code() == Some(1), &format!("diff ended otherwise: {text}"))?;
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let (sign, name) = (words.next().unwrap_or_default(), words.nth(1).unwrap_or_default());
        lines.push(format!("{sign}{name}"));
    }
    lines.sort();
    let expected = ["+localhost/told", "+scripted", "-gone", "~early"];
    check(lines == expected, &format!("diff says {text}"))
}

/// The same visit as Chrome would export it unless asked: without any cookie.
fn refuse_sanitized(audit: &Path, policy: &Path, har: &Path) -> Outcome<()> {
    let mut recording: Value = serde_json::from_str(&fs::read_to_string(har)?)?;
    *recording.pointer_mut("/log/creator/name").ok_or("no creator")? = json!("WebInspector");
    let entries = recording.pointer_mut("/log/entries").and_then(Value::as_array_mut);
    for entry in entries.ok_or("no entries")? {
        for message in ["request", "response"] {
            let message = entry.get_mut(message).ok_or("no message")?;
            let headers = message.get_mut("headers").and_then(Value::as_array_mut);
            headers.ok_or("no headers")?.retain(|header| {
                let name = header.get("name").and_then(Value::as_str).unwrap_or_default();
                !["cookie", "set-cookie"].contains(&&*name.to_ascii_lowercase())
            });
            message["cookies"] = json!([]);
        }
    }
    let sanitized = har.with_file_name("sanitized.har");
    fs::write(&sanitized, recording.to_string())?;
    let output =
        Command::new(audit).arg("scan").arg(&sanitized).arg("--policy").arg(policy).output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let is_refused = output.status.code() == Some(3) && said.contains("CL25");
    check(is_refused, &format!("a recording without cookies was taken: {said}"))
}

/// Serves the page for as long as this program runs; returns the port.
fn serve() -> Outcome<u16> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A browser that goes away is no fault of ours.
            thread::spawn(move || drop(answer(stream, port)));
        }
    });
    Ok(port)
}

fn answer(mut stream: TcpStream, port: u16) -> Outcome<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().ok_or("no request")??;
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let path = request.split(' ').nth(1).unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default();
    let year = 365_u32.saturating_mul(86_400);
    let month = 30_u32.saturating_mul(86_400);
    let (status, kind, cookies, body) = match path {
        "/" => {
            let session =
                "__Host-session=s3cret; Path=/; Secure; HttpOnly; SameSite=Lax".to_owned();
            let early = format!("early=s3cret; Path=/; Max-Age={year}");
            let page = PAGE.replace("PORT", &port.to_string()).into_bytes();
            ("200 OK", "text/html", vec![session, early], page)
        }
        "/pixel.gif" => {
            let follows = format!("follows=s3cret; Max-Age={year}; SameSite=None; Secure");
            ("200 OK", "image/gif", vec![follows], PIXEL.to_vec())
        }
        "/accept" => {
            let visits = format!("visits=s3cret; Path=/; Max-Age={month}");
            ("200 OK", "text/plain", vec![visits], Vec::new())
        }
        "/withdraw" => {
            let visits = "visits=; Path=/staff; Max-Age=0".to_owned();
            ("200 OK", "text/plain", vec![visits], Vec::new())
        }
        "/told" => ("204 No Content", "text/plain", Vec::new(), Vec::new()),
        "/accepted" | "/last" => ("200 OK", "text/plain", Vec::new(), b"ok".to_vec()),
        _ => ("404 Not Found", "text/plain", Vec::new(), b"no".to_vec()),
    };
    let cookies: Vec<String> =
        cookies.iter().map(|cookie| format!("Set-Cookie: {cookie}\r\n")).collect();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n{}\r\n",
        body.len(),
        cookies.concat()
    );
    stream.write_all(head.as_bytes())?;
    Ok(stream.write_all(&body)?)
}
