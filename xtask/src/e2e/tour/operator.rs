//! Steps 12 and 13: what whoever runs the portal does, and what nobody should.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

use serde_json::Value;

use super::super::{Outcome, check, say};
use super::desk::Staff;
use super::stage::{Demo, Stage, give_code, shows};

const LEE: &str = "lee@example.com";
const KIM: &str = "kim@example.com";
const VISITORS: usize = 3;

/// The audit, new keys while people sign in, a backup that is put back.
pub(super) fn look_after(stage: &Stage<'_>, robin: &Staff<'_>) -> Outcome<()> {
    let demo = &stage.demo;
    say("tour: 12 audit verify, consents verify");
    let audited = demo.ask(&["audit", "verify"])?;
    let head = audited.lines().find_map(|line| line.strip_prefix("head: "));
    let head = head.ok_or_else(|| audited.clone())?.to_owned();
    demo.ask(&["consents", "verify"])?;

    say("tour: 12 keys rotate, while people sign in");
    let rotated = rotate_under_load(demo)?;
    say(&format!("tour: 12 {rotated} sign-ins meanwhile, none failed"));
    let keys: Value = serde_json::from_str(&demo.ask(&["keys", "status", "--json"])?)?;
    let rows = |at: &str| keys.pointer(at).and_then(Value::as_u64);
    let is_moved = rows("/keys/0/rows") == Some(0) && rows("/keys/1/rows") > Some(0);
    check(is_moved, &format!("{keys:#}"))?;
    demo.ask(&["keys", "retire", &rows("/keys/0/id").unwrap_or_default().to_string()])?;
    // Whoever was signed in still is, and the app that was added before still counts.
    stage.visit(&robin.browser, "/staff", "People")?;
    let again = stage.open()?;
    stage.sign_in(&again, "robin@example.com", &robin.phone)?;
    stage.sign_out(&again)?;

    say("tour: 12 a backup, verified and put back elsewhere");
    let elsewhere = tempfile::tempdir()?;
    let backup = elsewhere.path().join("portal.backup");
    let backup = backup.to_string_lossy();
    demo.ask(&["backup", "create", &backup])?;
    demo.ask(&["backup", "verify", &backup])?;
    let database = elsewhere.path().join("restored.db");
    let database = database.to_string_lossy();
    let there = [("PORTAL__DATABASE__SQLITE", &*database)];
    demo.ask_with(&["backup", "restore", &backup], &there)?;
    let people = demo.ask_with(&["user", "list"], &there)?;
    check(people == demo.ask(&["user", "list"])?, &people)?;
    let audited = demo.ask_with(&["audit", "verify", "--expect", &head], &there)?;
    check(audited.starts_with("intact"), &audited)
}

/// Makes a new key and seals everything anew, while visitors sign in without a pause; how often.
fn rotate_under_load(demo: &Demo) -> Outcome<u32> {
    let (is_over, count) = (AtomicBool::new(false), AtomicU32::new(0));
    thread::scope(|scope| {
        let visit = || -> Result<(), String> {
            while !is_over.load(Ordering::Relaxed) {
                sign_in_over_http(demo, LEE).map_err(|error| error.to_string())?;
                count.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        };
        let visitors: Vec<_> = (0..VISITORS).map(|_| scope.spawn(visit)).collect();
        let rotated = demo.ask(&["keys", "rotate", "--wait", "4"]);
        is_over.store(true, Ordering::Relaxed);
        for visitor in visitors {
            visitor.join().map_err(|_| "a visitor panicked")??;
        }
        rotated
    })?;
    let count = count.into_inner();
    check(count > 0, "nobody signed in meanwhile")?;
    Ok(count)
}

/// A password up to the page of the second factor, without a browser.
fn sign_in_over_http(demo: &Demo, email: &str) -> Outcome<()> {
    let agent = ureq::Agent::config_builder().max_redirects(0).build().new_agent();
    let url = format!("{}/login", demo.plain);
    let mut page = agent.get(&url).call()?;
    let cookies = page.headers().get_all("set-cookie").iter();
    let cookies = cookies.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
    let cookies: Vec<String> = cookies.map(str::to_owned).collect();
    let text = page.body_mut().read_to_string()?;
    let (_, rest) = text.split_once("name=\"form_token\" value=\"").ok_or("no form")?;
    let token = rest.split('"').next().unwrap_or_default();
    let form = [("form_token", token), ("email", email), ("password", &demo.password)];
    let answer = agent.post(&url).header("cookie", cookies.join("; ")).send_form(form)?;
    let location = answer.headers().get("location").and_then(|location| location.to_str().ok());
    let seen = format!("{} to {location:?}", answer.status());
    check(location == Some("/login/second-factor"), &seen)
}

/// Killed and served again: failures and used codes are still known, and whoever was signed in is.
pub(super) fn kill(stage: &mut Stage<'_>, robin: &Staff<'_>, kim: &Staff<'_>) -> Outcome<()> {
    say("tour: 13 kill -9, and portal serve on what is left");
    let thief = stage.open()?;
    stage.give_password(&thief, KIM)?;
    for _ in 0..2 {
        stage.see(&thief, "Enter your code")?;
        give_code(&thief, &kim.phone.wrong_code()?)?;
        shows(&thief, ".summary", "not accepted")?;
    }
    let fresh = stage.open()?;
    stage.sign_in(&fresh, "robin@example.com", &robin.phone)?;
    stage.demo.kill_and_serve()?;
    stage.visit(&fresh, "/account", "Your profile")?;
    stage.visit(&robin.browser, "/staff", "People")?;
    robin.browser.find_text("a", "Open Kim Osei")?.click()?;
    stage.see(&robin.browser, "Kim Osei")?;
    shows(&robin.browser, "dl dt:nth-of-type(3) + dd", "2")?;
    let other = stage.driver.open_with_scripts()?;
    stage.give_password(&other, "robin@example.com")?;
    stage.see(&other, "Enter your code")?;
    give_code(&other, &robin.phone.last_code())?;
    shows(&other, ".summary", "not accepted")?;
    stage.expect_nobody(&other)?;
    let audited = stage.demo.ask(&["audit", "verify"])?;
    check(audited.starts_with("intact"), &audited)
}

/// The same among a thousand sign-ins, and the database is asked what became of each.
pub(super) fn kill_among_a_thousand(program: &Path) -> Outcome<()> {
    say("tour: 13 kill -9 among a thousand sign-ins: nobody twice, no failure lost");
    let mut load = Command::new(program.with_file_name("portal-load"));
    let load = load.args(["crash", "--people", "1000", "--seconds", "120"]).output()?;
    let said = String::from_utf8_lossy(&load.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&load.stderr);
    check(load.status.success(), &format!("{said}{complaint}"))?;
    for line in said.lines().filter(|line| line.contains(": holds")) {
        say(&format!("tour: 13 {line}"));
    }
    Ok(())
}
