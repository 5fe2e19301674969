//! A security key at the prompt: both ceremonies, by a browser's own authenticator.

use serde_json::Value;

use super::command_line;
use super::simulator::Simulator;
use crate::e2e::program::{self, Program};
use crate::e2e::screen::Album;
use crate::e2e::webdriver::{Browser, Driver};
use crate::e2e::{Outcome, check, say};

/// One for each protocol that keys speak.
const PEOPLE: &str = r#"
[[users]]
name = "security-key"
adds_security_key = true

[[users]]
name = "u2f-token"
adds_security_key = true
"#;

/// Adds a key, signs in with it; and lets neither another key nor a copy in.
pub(in crate::e2e) fn signs_in() -> Outcome<()> {
    program::require_browser()?;
    let simulator = Simulator::start(PEOPLE)?;
    let duo = command_line::build()?;
    let album = Album::in_folder(program::target_of(&duo)?.join("e2e"))?;
    let driver = Driver::start()?;
    let browser = driver.open_with_scripts()?;
    let login = |user: &str| -> Outcome<Program> {
        let login = ["universal", "login", user];
        let mut login = command_line::start(&duo, &simulator, &simulator.prompt, &login)?;
        let address = login.read_after("https://")?;
        browser.go_to(&format!("https://{address}"))?;
        Ok(login)
    };

    for (user, protocol) in [("security-key", "ctap2"), ("u2f-token", "ctap1/u2f")] {
        say(&format!("duo: a security key that speaks {protocol}"));
        let key = browser.plug_in(protocol)?;
        let first = login(user)?;
        press(&browser, "Add a security key")?;
        album.keep(&browser, &format!("duo-{user}-added"))?;
        press(&browser, "Use your security key")?;
        expect_key(first)?;
        let second = login(user)?;
        press(&browser, "Use your security key")?;
        expect_key(second)?;

        say("duo: a copy of it");
        let [credential] = &*key.credentials()? else { return Err("not one credential".into()) };
        let copied = {
            let mut copied = credential.clone();
            let members = copied.as_object_mut().ok_or("no credential")?;
            members.insert("signCount".into(), 1.into());
            // U2F keys do not tell it.
            members.insert("rpId".into(), "localhost".into());
            copied
        };
        key.pull_out()?;
        let copy = browser.plug_in(protocol)?;
        copy.copy(&copied)?;
        let third = login(user)?;
        press(&browser, "Use your security key")?;
        let message = browser.find("p[role=status]")?.text()?;
        check(message.contains("the counter shows 2; it was"), &message)?;
        album.keep(&browser, &format!("duo-{user}-copied"))?;
        copy.pull_out()?;
        say("duo: giving up");
        press(&browser, "Cancel")?;
        expect_refusal(third)?;
    }
    drop(browser);
    simulator.terminate()
}

/// Presses the button that says so, once it is there.
fn press(browser: &Browser<'_>, label: &str) -> Outcome<()> {
    browser.find_text("button", label)?.click()
}

fn expect_key(mut login: Program) -> Outcome<()> {
    let answer = login.read_rest()?;
    let outcome: Value = serde_json::from_str(&answer).map_err(|_| answer.clone())?;
    let factor = outcome.get("factor").and_then(Value::as_str);
    check(factor == Some("WebAuthn Security Key"), &answer)?;
    check(login.wait()?.success(), "not let in")
}

fn expect_refusal(mut login: Program) -> Outcome<()> {
    let answer = login.read_rest()?;
    check(answer.contains("denied"), &answer)?;
    check(login.wait()?.code() == Some(1), "a cancelled login must end with 1")
}
