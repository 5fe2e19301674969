//! Somebody without an account, who asks about their data all the same.

use super::super::{Outcome, say};
use super::desk::Staff;
use super::stage::{Stage, shows};

const STRANGER: &str = "pat@example.org";

/// A form, a link that confirms it, a link to follow it; and the desk has it in its queue.
pub(super) fn ask_without_account(stage: &Stage<'_>, robin: &Staff<'_>) -> Outcome<()> {
    say("tour: 11 somebody without an account asks about their data");
    let browser = stage.open()?;
    stage.visit(&browser, "/privacy/request", "Ask about your data")?;
    browser.find("#ask-access")?.click()?;
    browser.find("#name")?.fill("Pat Public")?;
    browser.find("#email")?.fill(STRANGER)?;
    browser.find("#words")?.fill("Anything from the walk-in clinic.")?;
    browser.find("form[action='/privacy/request'] button")?.click()?;
    stage.see(&browser, "Look at your e-mail")?;
    let letter = stage.letter(&browser, STRANGER, "Confirm your request about your data")?;
    stage.visit(&browser, &path_in(&letter, "confirm")?, "Confirm your request")?;
    browser.find("form[action^='/privacy/request/confirm/'] button")?.click()?;
    stage.see(&browser, "We have your request")?;
    let letter = stage.letter(&browser, STRANGER, "We have your request")?;
    stage.visit(&browser, &path_in(&letter, "state")?, "Your request")?;
    let reference = browser.find("dl code")?.text()?;
    stage.go_to(&robin.browser, &format!("/staff/requests/{reference}"))?;
    shows(&robin.browser, "main", "Anything from the walk-in clinic.")
}

/// The path of the link of this kind in a letter.
fn path_in(letter: &str, what: &str) -> Outcome<String> {
    let start = format!("/privacy/request/{what}/");
    let (_, rest) = letter.split_once(&start).ok_or_else(|| format!("no link in {letter}"))?;
    let token = rest.split_whitespace().next().unwrap_or_default();
    Ok(format!("{start}{token}"))
}
