//! Steps 2 to 5: cookies, joining, a second factor, and whoever tries to get in without it.

use std::thread;
use std::time::Duration;

use serde_json::json;

use super::super::phone::Phone;
use super::super::webdriver::Browser;
use super::super::{Outcome, check, paper, say};
use super::pictures::Picture;
use super::stage::{Stage, count, give_code, keep_recovery_codes, shows};

pub(super) const ALEX: &str = "alex@example.com";
const SAM: &str = "sam@example.com";
const ADVERTISER: &str = "__Host-demo-ad";
const REFUSED: &str = "not accepted";
/// After five wrong codes: what is refused then was not looked at.
const FIRST_WAIT: Duration = Duration::from_secs(33);

/// Refuses what can be refused, and is asked no more; a signal refuses without being asked.
pub(super) fn refuse_cookies(stage: &Stage<'_>) -> Outcome<()> {
    say("tour: 2 rejecting cookies: no advertisement, no cookie of an advertiser");
    let browser = stage.driver.open_with_scripts()?;
    stage.visit(&browser, "/login", "Sign in")?;
    shows(&browser, ".question", "May we use cookies that you can refuse?")?;
    stage.picture(&browser, Picture::of_desk("cookies", 720))?;
    browser.find(".question button[value=reject]")?.click()?;
    stage.see(&browser, "Sign in")?;
    check(count(&browser, ".question, .advert")? == 0, "a refusal is asked about again")?;
    check_no_advertiser(&browser)?;
    stage.visit(&browser, "/cookies/preferences", "Cookie preferences")?;
    shows(&browser, "main", "You chose on")?;
    for path in ["/cookies", "/cookies/opt-out"] {
        stage.go_to(&browser, path)?;
        stage.look(&browser)?;
    }

    say("tour: 2 Global Privacy Control answers instead of the person");
    let private = stage.driver.open_with_scripts()?;
    private.devtools("Network.enable", &json!({}))?;
    let signal = json!({ "headers": { "Sec-GPC": "1" } });
    private.devtools("Network.setExtraHTTPHeaders", &signal)?;
    stage.visit(&private, "/login", "Sign in")?;
    check(count(&private, ".question, .advert")? == 0, "what the signal answered is asked")?;
    shows(&private, "footer", "sends Global Privacy Control, and it is honoured here")?;
    stage.visit(&private, "/cookies/preferences", "Cookie preferences")?;
    shows(&private, "main", "Global Privacy Control is on")?;
    check_no_advertiser(&private)
}

fn check_no_advertiser(browser: &Browser<'_>) -> Outcome<()> {
    let is_there = browser.cookies()?.iter().any(|cookie| cookie["name"] == ADVERTISER);
    check(!is_there, "the advertiser's cookie is there")
}

/// The clinic adds somebody, who signs in with the password that it hands over.
pub(super) fn join(stage: &Stage<'_>) -> Outcome<()> {
    say("tour: 3 joining: the clinic adds somebody, who signs in");
    let name = ["user", "add", SAM, "--name", "Sam Rivers", "--generate"];
    let said = stage.demo.ask(&name)?;
    let password = said.lines().find_map(|line| line.strip_prefix("password: "));
    let browser = stage.open()?;
    browser.find("#email")?.fill(SAM)?;
    browser.find("#password")?.fill(password.ok_or("no password was made up")?)?;
    browser.find("form[action='/login'] button")?.click()?;
    stage.see(&browser, "Security")?;
    shows(&browser, "main .notice", "Your account has no second factor")?;
    stage.visit(&browser, "/account", "Your profile")?;
    shows(&browser, "#name", "Sam Rivers")
}

/// Alex, with an app and recovery codes, signed in by them.
pub(super) struct Alex<'a> {
    pub(super) browser: Browser<'a>,
    pub(super) phone: Phone,
}

/// Adds an app by its QR code, and signs in anew with it.
pub(super) fn begin<'a>(stage: &Stage<'a>) -> Outcome<Alex<'a>> {
    say("tour: 3 adding an app by its QR code, saving the recovery codes");
    let browser = stage.open()?;
    stage.give_password(&browser, ALEX)?;
    stage.see(&browser, "Security")?;
    let phone = stage.enrol(&browser, Some(Picture::of_desk("qr-code", 900)))?;
    paper::check_recovery_codes(&browser)?;
    let codes = keep_recovery_codes(&browser)?;
    check(codes.len() == 10, &format!("{} recovery codes", codes.len()))?;
    stage.see(&browser, "Security")?;
    shows(&browser, ".notice.good h2", "Your authenticator app is on")?;

    say("tour: 4 signing out, and in again with a code");
    stage.sign_out(&browser)?;
    stage.sign_in(&browser, ALEX, &phone)?;
    shows(&browser, "#name", "Alex Morgan")?;

    say("tour: 4 the same code in a second browser, and a recovery code twice");
    let thief = stage.open()?;
    stage.give_password(&thief, ALEX)?;
    stage.see(&thief, "Enter your code")?;
    give_code(&thief, &phone.last_code())?;
    shows(&thief, ".summary", REFUSED)?;
    stage.expect_nobody(&thief)?;
    let code = codes.first().ok_or("no recovery code")?;
    for is_unused in [true, false] {
        let other = stage.open()?;
        stage.give_password(&other, ALEX)?;
        stage.see(&other, "Enter your code")?;
        stage.visit(&other, "/login/email", "Get a code by e-mail")?;
        stage.visit(&other, "/login/recovery", "Use a recovery code")?;
        // In lower case and with spaces, as people copy from paper.
        other.find("#recovery_code")?.fill(&code.to_lowercase().replace('-', " "))?;
        other.find("form[action='/login/recovery'] button")?.click()?;
        if is_unused {
            stage.see(&other, "Your profile")?;
        } else {
            shows(&other, ".summary", REFUSED)?;
        }
    }
    Ok(Alex { browser, phone })
}

/// Five wrong codes, after which the right one has to wait, and its owner hears of it.
pub(super) fn guess(stage: &Stage<'_>, alex: &Alex<'_>) -> Outcome<()> {
    say("tour: 5 five wrong codes: the right one has to wait, and an e-mail tells of it");
    let thief = stage.open()?;
    stage.give_password(&thief, ALEX)?;
    for _ in 0..5 {
        stage.see(&thief, "Enter your code")?;
        give_code(&thief, &alex.phone.wrong_code()?)?;
        shows(&thief, ".summary", REFUSED)?;
    }
    let right = alex.phone.next_code()?;
    give_code(&thief, &right)?;
    shows(&thief, ".summary", REFUSED)?;
    stage.expect_nobody(&thief)?;
    let letter = stage.letter(&alex.browser, ALEX, "Somebody may know your password")?;
    check(letter.contains("codes that were not right"), &letter)?;
    thread::sleep(FIRST_WAIT);
    stage.sign_in(&thief, ALEX, &alex.phone)?;
    stage.sign_out(&thief)
}
