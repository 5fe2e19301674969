//! What somebody without an account asks or complains about, in a browser, and what the desk does.

use std::thread;
use std::time::Duration;

use super::super::webdriver::Browser;
use super::super::{Outcome, check};
use super::{Account, Album};

/// Asks about data without signing in: the form, the link that confirms, the link to follow it.
/// Returns the reference of the request.
pub(super) fn ask_without_account(
    browser: &Browser<'_>,
    account: &Account,
    album: &Album,
) -> Outcome<String> {
    browser.go_to(&format!("{}/privacy/request", account.address))?;
    browser.expect_heading("Ask about your data")?;
    album.keep(browser, "31-ask")?;
    browser.find("#ask-access")?.click()?;
    browser.find("#name")?.fill("Jo Public")?;
    browser.find("#email")?.fill("jo.public@example.org")?;
    browser.find("form[action='/privacy/request'] button")?.click()?;
    browser.expect_heading("Look at your e-mail")?;
    browser.go_to(&link_in_mail(browser, account, ("Confirm your request", "confirm"))?)?;
    browser.expect_heading("Confirm your request")?;
    album.keep(browser, "32-ask-confirm")?;
    browser.find("form[action^='/privacy/request/confirm/'] button")?.click()?;
    browser.expect_heading("We have your request")?;
    browser.go_to(&link_in_mail(browser, account, ("We have your request", "state"))?)?;
    browser.expect_heading("Your request")?;
    album.keep(browser, "33-ask-state")?;
    browser.find("dd code")?.text()
}

/// Complains by the same form, which has to be told what about. Returns the reference.
pub(super) fn complain_without_account(
    browser: &Browser<'_>,
    account: &Account,
    album: &Album,
) -> Outcome<String> {
    browser.go_to(&format!("{}/privacy/request?ask=complaint", account.address))?;
    browser.expect_heading("Ask about your data")?;
    browser.find("#ask-complaint:checked")?;
    browser.find("#name")?.fill("Jo Public")?;
    browser.find("#email")?.fill("jo.public@example.org")?;
    browser.find("form[action='/privacy/request'] button")?.click()?;
    browser.find(".summary a[href='#words']")?;
    album.keep(browser, "34-complaint-of-nothing")?;
    browser.find("#words")?.fill("My letters went to my neighbour.")?;
    browser.find("form[action='/privacy/request'] button")?.click()?;
    browser.expect_heading("Look at your e-mail")?;
    browser.go_to(&link_in_mail(browser, account, ("Confirm your complaint", "confirm"))?)?;
    browser.expect_heading("Confirm your complaint")?;
    browser.find("form[action^='/privacy/request/confirm/'] button")?.click()?;
    browser.expect_heading("We have your complaint")?;
    browser.go_to(&link_in_mail(browser, account, ("We have your complaint", "state"))?)?;
    browser.expect_heading("Your complaint")?;
    album.keep(browser, "35-complaint-state")?;
    browser.find("dd code")?.text()
}

/// Acknowledges the complaint at the desk, by the letter that is on the page before.
pub(super) fn acknowledge(
    browser: &Browser<'_>,
    account: &Account,
    complained: &str,
    album: &Album,
) -> Outcome<()> {
    browser.go_to(&format!("{}/staff/requests/{complained}", account.address))?;
    browser.expect_heading("Complaint")?;
    album.keep(browser, "36-desk-complaint")?;
    let form = "form[action$='/acknowledge']";
    browser.find(&format!("details:has({form}) summary"))?.click()?;
    browser.find(&format!("{form} button"))?.click()?;
    browser.expect_heading("The letter")?;
    browser.find(&format!("{form} button"))?.click()?;
    browser.expect_heading("Complaint")?;
    let stage = browser.find("#stage")?.text()?;
    check(stage == "Acknowledged", &format!("the complaint is {stage}"))
}

/// The address of this kind after the first mention of this subject.
fn link_in_mail(
    browser: &Browser<'_>,
    account: &Account,
    (subject, what): (&str, &str),
) -> Outcome<String> {
    let start = format!("/privacy/request/{what}/");
    for _ in 0..100 {
        browser.go_to(&format!("{}/dev/outbox", account.address))?;
        let mails = browser.find("main")?.text()?;
        let mail = mails.split_once(subject).map(|(_, mail)| mail);
        if let Some((_, rest)) = mail.and_then(|mail| mail.split_once(&start)) {
            let token: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
            return Ok(format!("{}{start}{token}", account.address));
        }
        thread::sleep(Duration::from_millis(100));
    }
    Err(format!("no e-mail has a link to {what}").into())
}
