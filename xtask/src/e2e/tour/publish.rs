//! A declaration of cookies, published at the desk.

use serde_json::json;

use super::super::{Outcome, say};
use super::desk::Staff;
use super::stage::{Stage, shows};

/// What the demonstration declares.
const OWN: &str = concat!(
    include_str!("../../../../examples/portal/cookies/cookies.toml"),
    include_str!("../../../../examples/portal/cookies/advertising.toml")
);
const BEFORE: &str = "Keeps you signed in until";
const AFTER: &str = "Lets you stay signed in until";

/// Publishes better words, for which nobody is asked again, and reads the versions.
pub(super) fn publish(stage: &Stage<'_>, robin: &Staff<'_>) -> Outcome<()> {
    say("tour: 11 a declaration of cookies is examined and published");
    let browser = &robin.browser;
    stage.visit(browser, "/staff/publishing", "Publishing")?;
    let text = json!(OWN.replace(BEFORE, AFTER));
    browser.evaluate(&format!("document.querySelector('#declaration').value = {text}"))?;
    browser.find("form[action='/staff/publishing/check'] button")?.click()?;
    shows(browser, "main", "Nobody is asked again.")?;
    stage.look(browser)?;
    let button = "form[action='/staff/publishing/publish'] button";
    stage.press_confirmed(browser, &robin.phone, button)?;
    shows(browser, ".notice.good", "The declaration was published.")?;
    stage.look(browser)?;
    stage.visit(browser, "/staff/publishing/versions", "Versions of the declaration")?;
    shows(browser, "main", AFTER)?;
    browser.find("details summary")?.click()?;
    stage.visit(browser, "/cookies", "Cookies and similar technologies")?;
    shows(browser, "main", AFTER)?;
    stage.visit(browser, "/cookies/versions/0", "Cookies and similar technologies")?;
    shows(browser, "main", BEFORE)
}
