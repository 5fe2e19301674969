//! What comes on paper: codes and letters, and nothing around them.

use serde_json::{Value, json};

use super::super::webdriver::Browser;
use super::super::{Outcome, check};

/// What is for the screen alone.
const AROUND: [&str; 8] =
    [".skip", ".bar", "footer", "form", "button", ".languages", "p.after", ".screen-only"];

/// On paper there are the ten codes and whose they are.
pub(super) fn check_recovery_codes(browser: &Browser<'_>) -> Outcome<()> {
    let shown = on_paper(browser)?;
    check(shown.contains("Northside Clinic, account alex@example.com"), &shown)?;
    let codes = "return [...document.querySelectorAll('#recovery-codes code')].map((code) => code.textContent)";
    let codes = browser.evaluate(codes)?;
    let codes: Vec<_> = codes.as_array().into_iter().flatten().collect();
    let are_there = codes.iter().filter_map(|code| code.as_str()).all(|code| shown.contains(code));
    check(codes.len() == 10 && are_there, &shown)?;
    check(!shown.contains("Download") && !shown.contains("Sign out"), &shown)
}

/// On paper there is the letter.
pub(super) fn check_letter(browser: &Browser<'_>, words: &str) -> Outcome<()> {
    let shown = on_paper(browser)?;
    check(shown.contains(words), &shown)?;
    check(!shown.contains("Sign out") && !shown.contains("Cookie policy"), &shown)
}

/// The text of the page as it is printed. Nothing that is for the screen may be there, and nothing
/// may have a background or be wider than the paper.
fn on_paper(browser: &Browser<'_>) -> Outcome<String> {
    // A4 with margins of 2 cm, in CSS pixels.
    let paper = json!({ "width": 643, "height": 971, "deviceScaleFactor": 1, "mobile": false });
    browser.devtools("Emulation.setDeviceMetricsOverride", &paper)?;
    browser.devtools("Emulation.setEmulatedMedia", &json!({ "media": "print" }))?;
    let script = format!(
        "const shown = (element) => element.checkVisibility();
         return {{
           text: document.body.innerText,
           around: {}.filter((css) => [...document.querySelectorAll(css)].some(shown)),
           coloured: [...document.querySelectorAll('main *')].filter(shown).filter((element) => {{
             const colour = getComputedStyle(element).backgroundColor;
             return colour !== 'rgba(0, 0, 0, 0)' && colour !== 'rgb(255, 255, 255)';
           }}).map((element) => element.className),
           too_wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
         }};",
        json!(AROUND)
    );
    let seen = browser.evaluate(&script)?;
    browser.devtools("Emulation.setEmulatedMedia", &json!({ "media": "" }))?;
    browser.devtools("Emulation.clearDeviceMetricsOverride", &json!({}))?;
    let is = |name: &str, expected: Value| seen.get(name) == Some(&expected);
    let is_clean = is("around", json!([])) && is("coloured", json!([])) && is("too_wide", json!(0));
    check(is_clean, &format!("on paper: {seen:#}"))?;
    Ok(seen.get("text").and_then(Value::as_str).unwrap_or_default().to_owned())
}
