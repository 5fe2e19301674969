//! Steps 7 to 10: what somebody can do about their data.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::super::webdriver::Browser;
use super::super::{Outcome, check, paper, program, say};
use super::arrival::{ALEX, Alex};
use super::desk::{Staff, WHY};
use super::pictures::Picture;
use super::stage::{PATIENCE, Stage, count, shows};

/// The name is the person's to change; the address is not, and staff say why.
pub(super) fn correct(stage: &Stage<'_>, alex: &Alex<'_>, robin: &Staff<'_>) -> Outcome<()> {
    say("tour: 7 correcting the own name");
    let browser = &alex.browser;
    stage.visit(browser, "/account", "Your profile")?;
    browser.find("#display_name")?.fill("Alexandra Morgan")?;
    browser.find("form[action='/account'] button")?.click()?;
    shows(browser, ".notice.good", "Your name was saved")?;
    shows(browser, "#name", "Alexandra Morgan")?;

    say("tour: 7 asking for another address, which staff refuse with a ground");
    browser.find("#email")?.fill("alexandra@example.com")?;
    browser.find("form[action='/account/correct'] button")?.click()?;
    shows(browser, "main", "alexandra@example.com")?;
    let address = browser.url()?;
    let id = address.rsplit('/').next().unwrap_or_default();
    let id = id.split('?').next().unwrap_or_default().to_owned();
    robin.refuse_correction(stage, &id)?;
    stage.go_to(browser, &format!("/requests/{id}"))?;
    shows(browser, "main", WHY)?;
    stage.look(browser)?;
    paper::check_letter(browser, ".letter", WHY)?;
    stage.visit(browser, "/requests", "Your requests")
}

/// A copy of everything: asked for, confirmed, fetched once, and whole.
pub(super) fn export(stage: &Stage<'_>, alex: &Alex<'_>) -> Outcome<()> {
    say("tour: 8 a copy of everything, unpacked and checked by other programs");
    let browser = &alex.browser;
    stage.visit(browser, "/account/data", "What we hold")?;
    browser.find("a[href='/account/data/export']")?.click()?;
    stage.see(browser, "A copy of your data")?;
    stage.press_confirmed(browser, &alex.phone, "form[action='/account/data/export'] button")?;
    shows(browser, ".notice.good", "Your copy is ready")?;
    let folder = tempfile::tempdir()?;
    let downloads = json!({ "behavior": "allow", "downloadPath": folder.path() });
    browser.devtools("Browser.setDownloadBehavior", &downloads)?;
    let take = "form[action='/account/data/export/download'] button";
    stage.press_confirmed(browser, &alex.phone, take)?;
    let archive = await_file(folder.path())?;
    let unpacked = folder.path().join("unpacked");
    run(Command::new("unzip").arg("-q").arg(&archive).arg("-d").arg(&unpacked))?;
    let mut sums = Command::new("sha256sum");
    run(sums.args(["--check", "--strict", "--quiet", "SHA256SUMS"]).current_dir(&unpacked))?;
    let mut grep = Command::new("grep");
    run(grep.args(["-rlF", "Alexandra Morgan", "--include=*.json"]).arg(&unpacked))?;
    stage.visit(browser, "/account/data/export", "A copy of your data")?;
    check(count(browser, take)? == 0, "the copy can be taken twice")
}

/// Agrees to something and takes it back, each by one button.
pub(super) fn withdraw(stage: &Stage<'_>, alex: &Alex<'_>) -> Outcome<()> {
    say("tour: 9 agreeing, and taking it back");
    let browser = &alex.browser;
    stage.visit(browser, "/account/consents", "Your consents")?;
    for question in ["surveys-by-email", "news-by-email"] {
        browser.find(&format!("form[action$='/{question}/give'] button"))?.click()?;
        browser.find(&format!("form[action$='/{question}/withdraw'] button"))?;
    }
    browser.find("button[name=language][value=de]")?.click()?;
    stage.see(browser, "Ihre Einwilligungen")?;
    stage.picture(browser, Picture::of_phone("consents-german-dark", 780).dark())?;
    browser.find("button[name=language][value='en-GB']")?.click()?;
    stage.see(browser, "Your consents")?;
    browser.find("form[action$='/news-by-email/withdraw'] button")?.click()?;
    browser.find("form[action$='/news-by-email/give'] button")?;
    shows(browser, "main", "You took it back. We do not do it.")?;
    stage.letter(browser, ALEX, "Your consent was taken back")?;
    stage.visit(browser, "/account/consents/history", "What you have answered")?;
    check(count(browser, "main .list > li")? == 3, "not every answer is in the history")
}

/// Closes the account: it says what is kept, and then nobody of this name is there any more.
pub(super) fn close(stage: &Stage<'_>, alex: &Alex<'_>, robin: &Staff<'_>) -> Outcome<()> {
    say("tour: 10 closing the account: it says what is kept, and the rest is gone");
    let browser = &alex.browser;
    stage.go_to(browser, "/account/close")?;
    stage.confirm(browser, &alex.phone)?;
    stage.see(browser, "Close your account")?;
    shows(browser, "main", "What is kept, and why")?;
    shows(browser, "main", "Your health record, which is not in the portal")?;
    stage.picture(browser, Picture::of_desk("closing", 900))?;
    browser.find("#word")?.fill("close")?;
    browser.find("form[action='/account/close'] button")?.click()?;
    stage.see(browser, "Sign in")?;
    stage.expect_nobody(browser)?;
    stage.letter(browser, ALEX, "Your account was erased")?;
    stage.give_password(browser, ALEX)?;
    shows(browser, ".summary", "not right")?;
    stage.visit(&robin.browser, "/staff", "People")?;
    let listed = robin.browser.find("main")?.text()?;
    check(!listed.contains("Alexandra") && !listed.contains(ALEX), &listed)?;
    let people = stage.demo.ask(&["user", "list"])?;
    check(!people.contains(ALEX) && people.contains("sam@example.com"), &people)
}

fn await_file(folder: &Path) -> Outcome<PathBuf> {
    let begun = Instant::now();
    loop {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|end| end == "zip") {
                return Ok(path);
            }
        }
        check(begun.elapsed() < PATIENCE, "nothing was downloaded")?;
        thread::sleep(Duration::from_millis(100));
    }
}

/// Runs a program of Debian's that must succeed.
fn run(command: &mut Command) -> Outcome<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    program::require(&name, &["--help"], "apt-get install unzip coreutils grep")?;
    let done = command.output()?;
    let said = [done.stdout, done.stderr].concat();
    check(done.status.success(), &format!("{name}: {}", String::from_utf8_lossy(&said)))
}

/// Closes an account while a request of its person is not answered: nothing is erased before.
pub(super) fn close_while_asking(stage: &Stage<'_>, browser: &Browser<'_>) -> Outcome<()> {
    say("tour: 10 a request that is not answered holds the erasure");
    stage.go_to(browser, "/account/close")?;
    if count(browser, "#password")? > 0 {
        stage.see(browser, "Confirm that it is you")?;
        browser.find("#password")?.fill(&stage.demo.password)?;
        browser.find("form:has(#password) button")?.click()?;
    }
    stage.see(browser, "Close your account")?;
    browser.find("#word")?.fill("close")?;
    browser.find("form[action='/account/close'] button")?.click()?;
    stage.see(browser, "Sign in")?;
    stage.expect_nobody(browser)?;
    stage.letter(browser, super::duo::JO, "Your account is not erased yet")?;
    stage.give_password(browser, super::duo::JO)?;
    stage.see(browser, "Your account is being closed")?;
    shows(browser, "main .notice", "Nothing is erased before you are answered")?;
    browser.find("form[action='/account/closing/keep'] button")?.click()?;
    browser.find("form[action='/logout'] button")?;
    Ok(())
}
