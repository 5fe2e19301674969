//! The desk: refusing with a ground, the queue, and what takes two.

use serde_json::Value;

use super::super::phone::Phone;
use super::super::webdriver::Browser;
use super::super::{Outcome, check, paper, say};
use super::duo::JO;
use super::pictures::Picture;
use super::stage::{Stage, count, heading, shows};

/// How the reason for a refusal begins: letters are broken into lines.
pub(super) const WHY: &str = "Nobody of this name";

/// A member of staff, signed in with a second factor.
pub(super) struct Staff<'a> {
    pub(super) browser: Browser<'a>,
    pub(super) phone: Phone,
}

impl<'a> Staff<'a> {
    pub(super) fn open(stage: &Stage<'a>, email: &str) -> Outcome<Self> {
        let (browser, phone) = stage.open_desk(email)?;
        Ok(Self { browser, phone })
    }

    /// Takes a request for correction up, and refuses it because the change would be incorrect.
    pub(super) fn refuse_correction(&self, stage: &Stage<'_>, id: &str) -> Outcome<()> {
        let browser = &self.browser;
        stage.visit(browser, "/staff/requests", "Requests")?;
        browser.find(&format!("a[href='/staff/requests/{id}']"))?.click()?;
        shows(browser, "main", "alexandra@example.com")?;
        self.act(stage, "accept", &[])?;
        stage.look(browser)?;
        let because = format!("{WHY} has that address: mail to it comes back.");
        self.act(stage, "refuse", &[("ground", "inaccurate"), ("because", &because)])?;
        stage.see(browser, "The letter")?;
        shows(browser, "pre.letter", WHY)?;
        paper::check_letter(browser, ".letter", WHY)?;
        stage.picture(browser, Picture::of_desk("letter", 900))?;
        stage.press_confirmed(browser, &self.phone, "main form button")?;
        shows(browser, ".notice.good", "It was done and written down")?;
        stage.look(browser)
    }

    /// Opens the form of an act, fills it in and sends it.
    fn act(&self, stage: &Stage<'_>, slug: &str, fields: &[(&str, &str)]) -> Outcome<()> {
        let browser = &self.browser;
        let form = format!("form[action$='/{slug}']");
        let fill = || {
            if count(browser, &format!("details[open] {form}"))? == 0 {
                browser.find(&format!("details:has({form}) summary"))?.click()?;
            }
            for (name, value) in fields {
                let field = format!("#{slug}-{name}");
                if count(browser, &format!("select{field}"))? > 0 {
                    browser.find(&format!("{field} option[value='{value}']"))?.click()?;
                } else {
                    browser.find(&field)?.fill(value)?;
                }
            }
            browser.find(&format!("{form} button"))?.click()
        };
        let page = browser.url()?;
        fill()?;
        if heading(browser)? == "Confirm that it is you" {
            stage.confirm(browser, &self.phone)?;
            heading(browser)?;
            if browser.url()? != page {
                browser.go_to(&page)?;
            }
            fill()?;
        }
        Ok(())
    }
}

/// The queue says how many days are left, and why.
pub(super) fn read_queue(stage: &Stage<'_>, robin: &Staff<'_>) -> Outcome<()> {
    say("tour: 11 the queue, and how a day comes about");
    let browser = &robin.browser;
    stage.visit(browser, "/staff/requests", "Requests")?;
    shows(browser, ".rows", "days left")?;
    browser.find("#kind option[value=access]")?.click()?;
    browser.find(".filters button")?.click()?;
    stage.see(browser, "Requests")?;
    check(count(browser, ".rows tbody tr")? == 1, "the filter shows others as well")?;
    browser.find(".rows tbody a")?.click()?;
    shows(browser, "main", "All letters since 2024, please.")?;
    shows(browser, "main ol", "UK GDPR Art 12A(1)")?;
    stage.look(browser)?;
    stage.picture(browser, Picture::of_desk("request", 900))
}

/// Goes to every page of the desk that its navigation leads to.
pub(super) fn look_through(stage: &Stage<'_>, robin: &Staff<'_>) -> Outcome<()> {
    let browser = &robin.browser;
    stage.visit(browser, "/staff/requests", "Requests")?;
    let script =
        "return [...document.querySelectorAll('nav.within a')].map((link) => link.pathname)";
    let paths = browser.evaluate(script)?;
    for path in paths.as_array().into_iter().flatten().filter_map(Value::as_str) {
        stage.go_to(browser, path)?;
        stage.look(browser)?;
    }
    Ok(())
}

/// One asks for the removal of a second factor, another agrees; the person hears of both.
pub(super) fn reset_by_two(stage: &Stage<'_>, robin: &Staff<'_>, kim: &Staff<'_>) -> Outcome<()> {
    say("tour: 11 a second factor is removed by two members of staff");
    stage.visit(&robin.browser, "/staff", "People")?;
    robin.browser.find_text("a", "Open Jo Ellis")?.click()?;
    stage.see(&robin.browser, "Jo Ellis")?;
    stage.press_confirmed(&robin.browser, &robin.phone, "form[action$='/reset'] button")?;
    shows(&robin.browser, "main", "You have asked yourself: somebody else has to agree.")?;
    check(count(&robin.browser, "form[action$='/confirm']")? == 0, "one is enough")?;
    stage.letter(&robin.browser, JO, "The removal of your second factor was asked for")?;

    stage.visit(&kim.browser, "/staff", "People")?;
    kim.browser.find_text("a", "Open Jo Ellis")?.click()?;
    shows(&kim.browser, "main", "Robin Hale has asked for it")?;
    stage.press_confirmed(&kim.browser, &kim.phone, "form[action$='/confirm'] button")?;
    shows(&kim.browser, "#factors", "none")?;
    stage.letter(&kim.browser, JO, "Your second factor was removed")?;
    Ok(())
}

/// An auditor reads, and nothing can be done from there.
pub(super) fn audit(stage: &Stage<'_>) -> Outcome<()> {
    say("tour: 11 an auditor reads, and can do nothing");
    let ash = Staff::open(stage, "ash@example.com")?;
    stage.visit(&ash.browser, "/staff/requests", "Requests")?;
    ash.browser.find(".rows tbody a")?.click()?;
    shows(&ash.browser, "main", "Nothing, by you.")?;
    check(count(&ash.browser, "main form")? == 0, "an auditor could act")
}
