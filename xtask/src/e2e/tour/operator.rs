//! Steps 12 and 13: what whoever runs the portal does, and what nobody should.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::super::phone::Phone;
use super::super::{Outcome, check, say};
use super::desk::Staff;
use super::stage::{Demo, Stage, give_code, shows};
use super::visitor::Visitor;

const LEE: &str = "lee@example.com";
const KIM: &str = "kim@example.com";
const VISITORS: usize = 3;
/// How long a new key is known before it is used, and the old one after it was.
const WAIT: Duration = Duration::from_secs(4);
/// What the command needs to begin.
const START: Duration = Duration::from_millis(500);

/// The audit, new keys while people sign in, a backup that is put back.
pub(super) fn look_after(stage: &Stage<'_>, robin: &Staff<'_>, kim: &Staff<'_>) -> Outcome<()> {
    let demo = &stage.demo;
    say("tour: 12 audit verify, consents verify");
    let audited = demo.ask(&["audit", "verify"])?;
    let head = audited.lines().find_map(|line| line.strip_prefix("head: "));
    let head = head.ok_or_else(|| audited.clone())?.to_owned();
    demo.ask(&["consents", "verify"])?;

    say("tour: 12 keys rotate, while people sign in");
    let (passwords, codes) = rotate_under_load(demo, &kim.phone)?;
    say(&format!("tour: 12 {passwords} passwords and {codes} codes meanwhile, none refused"));
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

/// Makes a new key and seals everything anew, while visitors give their password without a pause,
/// and Kim signs in with codes; how many of each.
fn rotate_under_load(demo: &Demo, phone: &Phone) -> Outcome<(u32, u32)> {
    let (is_over, passwords) = (AtomicBool::new(false), AtomicU32::new(0));
    // One as soon as there is a new key, the other once that is the current one.
    let codes = [(phone.next_code()?, START), (phone.next_code()?, WAIT.saturating_add(START))];
    let codes = thread::scope(|scope| {
        let visit = || -> Result<(), String> {
            while !is_over.load(Ordering::Relaxed) {
                let visitor = Visitor::arrive(demo, LEE);
                visitor.map_err(|error| error.to_string())?;
                passwords.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        };
        let visitors: Vec<_> = (0..VISITORS).map(|_| scope.spawn(visit)).collect();
        let begun = Instant::now();
        let is_over = &is_over;
        let kim = scope.spawn(move || -> Result<u32, String> {
            let mut count: u32 = 0;
            for (code, when) in codes {
                thread::sleep(when.saturating_sub(begun.elapsed()));
                let visitor = Visitor::arrive(demo, KIM);
                let visitor = visitor.and_then(|visitor| visitor.give_code(&code));
                let page = visitor.and_then(|mut visitor| visitor.read("/account"));
                let page = page.map_err(|error| error.to_string())?;
                if !page.contains("Kim Osei") {
                    return Err("a code opened another account".into());
                }
                let is_meanwhile = !is_over.load(Ordering::Relaxed);
                count = count.saturating_add(u32::from(is_meanwhile));
            }
            Ok(count)
        });
        let wait = WAIT.as_secs().to_string();
        let rotated = demo.ask(&["keys", "rotate", "--wait", &wait]);
        is_over.store(true, Ordering::Relaxed);
        for visitor in visitors {
            visitor.join().map_err(|_| "a visitor panicked")??;
        }
        let codes = kim.join().map_err(|_| "Kim panicked")??;
        rotated.map(|_| codes)
    })?;
    let passwords = passwords.into_inner();
    check(passwords > 0 && codes > 0, "nobody signed in meanwhile")?;
    Ok((passwords, codes))
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
