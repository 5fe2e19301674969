//! The portal's question about cookies in a real browser without scripts, and the audit of what the
//! browser recorded against the portal's own declaration.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::cookies::FILES;
use super::npm::Packages;
use super::program::{self, Program};
use super::{Outcome, check, say};

const WALK: &str = include_str!("portal_cookies/walk.mjs");
const DECLARED: &str = concat!(
    include_str!("../../../examples/portal/cookies/cookies.toml"),
    include_str!("../../../examples/portal/cookies/advertising.toml"),
);

/// Rejects, accepts, withdraws, and finds nothing that is not declared.
pub(super) fn are_asked_about() -> Outcome<()> {
    program::require_browser()?;
    let portal = program::build("portal")?;
    let audit = program::build("cookie-audit")?;
    let target = program::target_of(&portal)?;
    let packages = Packages::install(target, "cookies", FILES)?;
    let folder = target.join("e2e").join("portal-cookies");
    fs::create_dir_all(&folder)?;

    let mut command = Command::new(&portal);
    command.args(["demo", "--listen", "127.0.0.1:0", "--log", "warn"]);
    let mut portal = Program::start(&mut command)?;
    let address = portal.read_after("address: ")?;
    let password = portal.read_after("password: ")?;
    say("portal-cookies: rejecting, accepting, withdrawing, Global Privacy Control, accessibility");
    let mut walk = packages.node(WALK)?;
    let walked = walk.arg(&address).arg(&password).arg(&folder).output()?;
    let complaint = String::from_utf8_lossy(&walked.stderr).into_owned();
    let walked: Value = serde_json::from_slice(&walked.stdout).map_err(|_| complaint)?;
    check(walked.get("wrong") == Some(&json!([])), &format!("not as expected: {walked:#}"))?;
    let left = |phase: &str| walked.pointer(&format!("/cookies/{phase}")).cloned();
    check(
        left("refused") == Some(json!(["__Host-consent", "__Host-form"]))
            && left("accepted") == left("refused"),
        &format!("other cookies are left: {walked:#}"),
    )?;
    let judged = walked.get("judged").and_then(Value::as_array).map_or(0, Vec::len);
    check(judged == 18, &format!("axe-core judged {judged} pages"))?;
    say("portal-cookies: the audit of what was recorded");
    let moment = |name: &str| {
        walked.pointer(&format!("/moments/{name}")).and_then(Value::as_str).unwrap_or_default()
    };
    audit_recordings(&audit, &folder, (moment("accepted"), moment("withdrawn")))?;
    check(portal.terminate()?.success(), "the portal did not end well")?;
    say("portal-cookies: passed; pictures and recordings are in target/e2e/portal-cookies");
    Ok(())
}

fn audit_recordings(
    audit: &Path,
    folder: &Path,
    (accepted, withdrawn): (&str, &str),
) -> Outcome<()> {
    let policy = folder.join("cookies.toml");
    // The portal itself replaces the hosts by its own.
    fs::write(&policy, DECLARED.replace("\"northside.example\"", "\"localhost\""))?;
    let scan = |files: &[&str], more: &[&str]| -> Outcome<()> {
        let mut command = Command::new(audit);
        command.arg("scan").args(files.iter().map(|name| folder.join(name)));
        command.arg("--policy").arg(&policy).args(more).args(["--fail-on", "warning"]);
        let output = command.output()?;
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        say(said.trim_end());
        check(output.status.success(), &format!("the audit of {files:?} found something"))
    };
    // Notes say what a short walk did not come across.
    // Nothing was chosen in these, and nothing that needs a choice may show in any.
    for name in ["first.har", "signal.har", "german.har", "judged.har"] {
        scan(&[name], &[])?;
    }
    let refused = folder.join("refused.har");
    let refused = refused.to_string_lossy();
    scan(
        &["accepted.har"],
        &["--refused", &refused, "--consent-at", accepted, "--withdrawn-at", withdrawn],
    )
}
