//! What comes on paper: codes and letters, and nothing around them.

use serde_json::{Value, json};

use super::screen::{Screen, show_in, show_on};
use super::webdriver::Browser;
use super::{Outcome, check};

/// A4 with margins of 2 cm, in CSS pixels.
const A4: Screen = Screen { width: 643, height: 971, scale: 1.0, is_phone: false };

/// What is for the screen alone.
const AROUND: [&str; 9] = [
    ".skip",
    ".bar",
    ".within",
    "footer",
    "form",
    "button",
    ".languages",
    "p.after",
    ".screen-only",
];
const CODES: &str = "#recovery-codes code";

/// The recovery codes that a page shows.
pub(super) fn recovery_codes(browser: &Browser<'_>) -> Outcome<Vec<String>> {
    let script =
        format!("return [...document.querySelectorAll('{CODES}')].map((code) => code.textContent)");
    let codes = browser.evaluate(&script)?;
    let codes = codes.as_array().into_iter().flatten().filter_map(Value::as_str);
    Ok(codes.map(str::to_owned).collect())
}

/// On paper there are the ten codes and whose they are.
pub(super) fn check_recovery_codes(browser: &Browser<'_>) -> Outcome<()> {
    let shown = on_paper(browser, CODES)?;
    check(shown.contains("Northside Clinic, account alex@example.com"), &shown)?;
    let codes = recovery_codes(browser)?;
    let are_there = codes.iter().all(|code| shown.contains(code));
    check(codes.len() == 10 && are_there, &shown)?;
    check(!shown.contains("Download") && !shown.contains("Sign out"), &shown)
}

/// On paper there is the letter that `selector` finds, with these words.
pub(super) fn check_letter(browser: &Browser<'_>, selector: &str, words: &str) -> Outcome<()> {
    let shown = on_paper(browser, selector)?;
    check(shown.contains(words), &shown)?;
    check(!shown.contains("Sign out") && !shown.contains("Cookie policy"), &shown)
}

/// The text of the page as it is printed, with what `selector` finds. Nothing that is for the screen
/// may be there, and nothing may have a background or be wider than the paper.
fn on_paper(browser: &Browser<'_>, selector: &str) -> Outcome<String> {
    show_in(browser, Some(A4), &json!({ "media": "print" }))?;
    let script = format!(
        "const shown = (element) => element.checkVisibility();
         return {{
           text: document.body.innerText,
           there: [...document.querySelectorAll({})].some(shown),
           around: {}.filter((css) => [...document.querySelectorAll(css)].some(shown)),
           coloured: [...document.querySelectorAll('main *')].filter(shown).filter((element) => {{
             const colour = getComputedStyle(element).backgroundColor;
             return colour !== 'rgba(0, 0, 0, 0)' && colour !== 'rgb(255, 255, 255)';
           }}).map((element) => element.className),
           too_wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
         }};",
        json!(selector),
        json!(AROUND)
    );
    let seen = browser.evaluate(&script)?;
    show_on(browser, None, "light")?;
    let is = |name: &str, expected: Value| seen.get(name) == Some(&expected);
    let is_clean = is("around", json!([])) && is("coloured", json!([])) && is("too_wide", json!(0));
    check(is("there", json!(true)) && is_clean, &format!("{selector} on paper: {seen:#}"))?;
    Ok(seen.get("text").and_then(Value::as_str).unwrap_or_default().to_owned())
}
