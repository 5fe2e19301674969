//! Tab, Enter, Space and the arrows, and at every stop the focus can be seen.

use serde_json::{Value, json};

use super::super::phone::Phone;
use super::super::webdriver::Browser;
use super::super::{Outcome, check, say};
use super::stage::{Stage, count, heading, shows};

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const SPACE: &str = " ";
const DOWN: &str = "\u{e015}";
/// More stops than any page has.
const MAX_STOPS: usize = 80;

/// What has the focus: whether it is the one that is looked for, and what there is to see of it.
/// WCAG 2.2 §2.4.7 and §2.4.11: it is shown, and nothing covers it.
const FOCUS: &str = "
  const element = document.activeElement;
  const place = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const middle = document.elementFromPoint(place.x + place.width / 2, place.y + place.height / 2);
  return {
    what: `${element.tagName} ${element.id || element.name || element.textContent.trim()}`,
    is: element.matches(wanted),
    ring: element.matches(':focus-visible') && style.outlineStyle === 'solid' && parseFloat(style.outlineWidth),
    size: Math.min(place.width, place.height),
    bare: middle === element || element.contains(middle) || middle?.contains(element),
  };";

/// Does without a mouse what the story does with one.
pub(super) fn walk(stage: &Stage<'_>) -> Outcome<()> {
    let keys = Keys { stage, browser: stage.driver.open_with_scripts()? };
    keys.choose_cookies()?;
    let phone = keys.add_app()?;
    keys.sign_in("alex@example.com", &phone)?;
    keys.use_account()?;
    keys.sign_out()?;

    let desk = Keys { stage, browser: stage.driver.open_with_scripts()? };
    desk.work_at_the_desk()
}

struct Keys<'a> {
    stage: &'a Stage<'a>,
    browser: Browser<'a>,
}

impl Keys<'_> {
    fn choose_cookies(&self) -> Outcome<()> {
        say("keyboard: the question about cookies, and one choice by Space");
        self.stage.go_to(&self.browser, "/cookies")?;
        self.tab_to(".skip")?;
        self.press(ENTER)?;
        self.tab_to("main a")?;
        self.stage.go_to(&self.browser, "/cookies")?;
        self.follow(".question a[href='/cookies/preferences']", "Cookie preferences")?;
        self.tab_to(".purposes input[type=checkbox]")?;
        self.press(SPACE)?;
        check(count(&self.browser, ".purposes input:checked")? == 1, "Space ticks nothing")?;
        self.tab_to("button[value=save]")?;
        self.press(ENTER)?;
        shows(&self.browser, ".notice.good", "")?;
        check(count(&self.browser, ".question")? == 0, "who chose is asked again")
    }

    fn add_app(&self) -> Outcome<Phone> {
        say("keyboard: signing in, adding an app by its key, keeping the recovery codes");
        let phone = self.add_app_of("alex@example.com")?;
        self.sign_out()?;
        Ok(phone)
    }

    fn sign_in(&self, email: &str, phone: &Phone) -> Outcome<()> {
        say("keyboard: password and second factor");
        self.give_password(email)?;
        self.stage.see(&self.browser, "Enter your code")?;
        self.look_at("#code")?;
        self.press(&phone.next_code()?)?;
        self.press(ENTER)?;
        self.stage.see(&self.browser, "Your profile")
    }

    fn use_account(&self) -> Outcome<()> {
        say("keyboard: the name, a consent, a request");
        self.tab_to("#display_name")?;
        // Whoever comes to a field by Tab has all of it selected.
        self.press("Alex M")?;
        self.press(ENTER)?;
        shows(&self.browser, "#name", "Alex M")?;
        self.follow("nav a[href='/account/consents']", "Your consents")?;
        for (way, next) in [("give", "withdraw"), ("withdraw", "give")] {
            self.tab_to(&format!("form[action$='/surveys-by-email/{way}'] button"))?;
            self.press(SPACE)?;
            self.browser.find(&format!("form[action$='/surveys-by-email/{next}'] button"))?;
        }
        self.follow("main a[href='/requests']", "Your requests")?;
        self.tab_to("input[name=ask]")?;
        self.press(SPACE)?;
        let first = self.chosen()?;
        self.press(DOWN)?;
        self.look_at("input[name=ask]:checked")?;
        check(self.chosen()? != first, "an arrow chooses nothing else")?;
        self.tab_to("#words")?;
        self.press("By the keyboard alone.")?;
        self.press(TAB)?;
        self.press(ENTER)?;
        shows(&self.browser, "pre.letter", "By the keyboard alone.")
    }

    fn work_at_the_desk(&self) -> Outcome<()> {
        say("keyboard: the desk, a request, taking it up");
        self.stage.visit(&self.browser, "/login", "Sign in")?;
        let phone = self.add_app_of("robin@example.com")?;
        self.follow("nav a[href='/staff']", "People")?;
        self.follow("nav.within a[href='/staff/requests']", "Requests")?;
        self.tab_to(".filters #kind")?;
        self.press(DOWN)?;
        self.tab_to(".filters button")?;
        self.press(ENTER)?;
        self.stage.see(&self.browser, "Requests")?;
        self.tab_to(".rows tbody a")?;
        self.press(ENTER)?;
        shows(&self.browser, "#stage", "")?;
        let accept = "details:has(form[action$='/accept'])";
        for _ in 0..2 {
            if count(&self.browser, &format!("{accept}[open]"))? == 0 {
                self.tab_to(&format!("{accept} summary"))?;
                self.press(ENTER)?;
            }
            self.tab_to(&format!("{accept} button"))?;
            let stage = self.browser.find("#stage")?.text()?;
            self.press(ENTER)?;
            if heading(&self.browser)? != "Confirm that it is you" {
                shows(&self.browser, ".notice.good", "It was done and written down")?;
                return check(self.browser.find("#stage")?.text()? != stage, "nothing was done");
            }
            self.tab_to("#code")?;
            self.press(&phone.next_code()?)?;
            self.press(ENTER)?;
            shows(&self.browser, "#stage", &stage)?;
        }
        Err("the act was never carried out".into())
    }

    fn add_app_of(&self, email: &str) -> Outcome<Phone> {
        self.give_password(email)?;
        self.stage.see(&self.browser, "Security")?;
        self.tab_to("form[action='/account/security/totp'] button")?;
        self.press(ENTER)?;
        self.stage.see(&self.browser, "Add an authenticator app")?;
        let phone = Phone::type_in(&self.browser.find("#manual-key")?.text()?, email)?;
        self.tab_to("#code")?;
        self.press(&phone.next_code()?)?;
        self.press(ENTER)?;
        self.stage.see(&self.browser, "Save your recovery codes")?;
        self.tab_to("#saved")?;
        self.press(SPACE)?;
        self.press(TAB)?;
        self.press(ENTER)?;
        self.stage.see(&self.browser, "Security")?;
        Ok(phone)
    }

    fn give_password(&self, email: &str) -> Outcome<()> {
        self.stage.visit(&self.browser, "/login", "Sign in")?;
        self.look_at("#email")?;
        self.press(email)?;
        self.press(TAB)?;
        self.look_at("#password")?;
        self.press(&self.stage.demo.password)?;
        self.press(ENTER)
    }

    fn sign_out(&self) -> Outcome<()> {
        self.tab_to("form[action='/logout'] button")?;
        self.press(ENTER)?;
        self.stage.see(&self.browser, "Sign in")
    }

    /// Goes to a link, and where it leads.
    fn follow(&self, css: &str, heading: &str) -> Outcome<()> {
        self.tab_to(css)?;
        self.press(ENTER)?;
        self.stage.see(&self.browser, heading)
    }

    /// Presses Tab until something has the focus; it can be seen at each stop on the way.
    fn tab_to(&self, css: &str) -> Outcome<()> {
        for _ in 0..MAX_STOPS {
            self.press(TAB)?;
            if self.focus(css)? {
                return Ok(());
            }
        }
        Err(format!("Tab does not come to {css} at {}", self.browser.url()?).into())
    }

    /// That it has the focus, and that it can be seen.
    fn look_at(&self, css: &str) -> Outcome<()> {
        check(self.focus(css)?, &format!("{css} has no focus"))
    }

    /// Whether what `css` selects has the focus, which can be seen wherever it is.
    fn focus(&self, css: &str) -> Outcome<bool> {
        let seen = self.browser.evaluate(&format!("const wanted = {};{FOCUS}", json!(css)))?;
        let number = |name: &str| seen.get(name).and_then(Value::as_f64).unwrap_or_default();
        // Past the last stop the focus leaves the page.
        let is = |name: &str| seen.get(name) == Some(&json!(true));
        let what = seen.get("what").and_then(Value::as_str).unwrap_or_default();
        let is_outside = what.starts_with("BODY");
        let is_shown = number("ring") >= 2.0 && number("size") >= 10.0 && is("bare");
        let place = self.browser.url()?;
        check(is_outside || is_shown, &format!("the focus cannot be seen at {place}: {seen}"))?;
        Ok(is("is"))
    }

    fn chosen(&self) -> Outcome<Value> {
        self.browser.evaluate("return document.querySelector('input[name=ask]:checked').value")
    }

    fn press(&self, keys: &str) -> Outcome<()> {
        self.browser.press(keys)
    }
}
