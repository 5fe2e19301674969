//! What protects an account: the pages that no step of the story comes by.

use super::super::{Outcome, check, say};
use super::arrival::{ALEX, Alex};
use super::stage::{Stage, heading, shows};

/// Looks at every page of security, and chooses a new password by a link that works once.
pub(super) fn look_around(stage: &Stage<'_>, alex: &Alex<'_>) -> Outcome<()> {
    say("tour: the pages that no step comes by");
    let browser = &alex.browser;
    stage.visit(browser, "/account/security", "Security")?;
    browser.find(".list a[href^='/account/security/devices/']")?.click()?;
    stage.see(browser, "Authenticator app")?;
    stage.visit(browser, "/reauth", "Confirm that it is you")?;
    for (path, heading) in [
        ("/account/security/password", "Change your password"),
        ("/account/security/totp", "Add an authenticator app"),
        ("/account/security/recovery-codes", "Recovery codes"),
        ("/account/security/duo", "Add Duo"),
    ] {
        stage.go_to(browser, path)?;
        stage.confirm(browser, &alex.phone)?;
        stage.see(browser, heading)?;
    }
    stage.go_to(browser, "/account/security/recovery-codes")?;
    browser.find("form[action='/account/security/recovery-codes'] button")?.click()?;
    stage.see(browser, "Save your recovery codes")?;
    stage.visit(browser, "/nothing", "Page not found")?;

    let forgetful = stage.open()?;
    stage.visit(&forgetful, "/password/forgot", "Forgotten password")?;
    forgetful.find("#email")?.fill(ALEX)?;
    forgetful.find("form[action='/password/forgot'] button")?.click()?;
    stage.see(&forgetful, "Look at your e-mail")?;
    let letter = stage.letter(&forgetful, ALEX, "Choose a new password")?;
    let link = letter.split_whitespace().find(|word| word.contains("/password/reset/"));
    let (_, link) = link.and_then(|link| link.split_once("/password/")).ok_or(&*letter)?;
    stage.visit(&forgetful, &format!("/password/{link}"), "Choose a new password")?;
    for field in ["#new_password", "#repeated_password"] {
        // The same again: whoever reads on need not learn another.
        forgetful.find(field)?.fill(&stage.demo.password)?;
    }
    forgetful.find("form[action^='/password/reset/'] button")?.click()?;
    stage.look(&forgetful)?;
    stage.expect_nobody(&forgetful)?;
    stage.go_to(&forgetful, &format!("/password/{link}"))?;
    let shown = heading(&forgetful)?;
    check(shown != "Choose a new password", "the link works twice")?;
    // A new password signs out everywhere.
    stage.sign_in(browser, ALEX, &alex.phone)?;
    shows(browser, "#name", "Alexandra Morgan")
}
