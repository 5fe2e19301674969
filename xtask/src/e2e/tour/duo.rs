//! Step 6: Duo, while it answers and while it does not.

use std::thread;
use std::time::{Duration, Instant};

use super::super::{Outcome, check, say};
use super::pictures::Picture;
use super::stage::{PATIENCE, Stage, count, shows};

pub(super) const JO: &str = "jo@example.com";

/// A push that is approved on the phone; and with Duo out of reach nobody gets in.
pub(super) fn push_and_pull_the_plug(stage: &Stage<'_>) -> Outcome<()> {
    say("tour: 6 a push, approved on the page of phones");
    let (browser, phones) = (stage.open()?, stage.driver.open_with_scripts()?);
    stage.give_password(&browser, JO)?;
    stage.see(&browser, "Confirm with Duo")?;
    browser.find("a[href='/login/duo/here']")?.click()?;
    stage.see(&browser, "Choose how to confirm")?;
    browser.find("button[value^='push ']")?.click()?;
    browser.expect_heading("Answer on your phone")?;
    let begun = Instant::now();
    loop {
        phones.go_to(&stage.demo.phones)?;
        if phones.evaluate("return document.querySelector('.ringing') !== null")? == true {
            break;
        }
        check(begun.elapsed() < PATIENCE, "no phone rings")?;
        thread::sleep(Duration::from_millis(100));
    }
    // Judged while nobody answers: the page looks again by itself.
    stage.see(&browser, "Answer on your phone")?;
    browser.find("a[href$='?still']")?.click()?;
    shows(&browser, "main", "This page does not look by itself.")?;
    check(count(&browser, "meta[http-equiv]")? == 0, "the page does not stand still")?;
    browser.find_text("a", "Look by itself again")?.click()?;
    stage.picture(&phones, Picture::of_phone("phone", 640))?;
    phones.find_text("button", "Approve")?.click()?;
    stage.see(&browser, "Your profile")?;
    stage.visit(&browser, "/account/security", "Security")?;
    shows(&browser, ".notice.good h2", "Duo is on")?;
    stage.sign_out(&browser)?;

    say("tour: 6 Duo's plug is pulled: closed");
    stage.demo.plug_duo(false)?;
    stage.give_password(&browser, JO)?;
    stage.see(&browser, "Confirm with Duo")?;
    browser.find("form[action='/login/duo'] button")?.click()?;
    shows(&browser, ".summary", "Duo cannot be used at this moment")?;
    stage.go_to(&browser, "/login/duo/here")?;
    shows(&browser, ".summary", "Duo cannot be used at this moment")?;
    stage.expect_nobody(&browser)?;
    stage.demo.plug_duo(true)
}
