//! Every page that somebody comes to is judged, and at the end none may be missing.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use super::super::npm::Packages;
use super::super::screen::{Screen, show_on};
use super::super::webdriver::Browser;
use super::super::{Outcome, check};

/// The portal's own test holds this list against its routes.
pub(super) const README: &str = include_str!("../../../../examples/portal/README.md");

/// What is no page of the portal, or one that leads to another at once.
const NO_PAGES: [&str; 7] = [
    "/",
    "/.well-known/gpc.json",
    "/account/consents/receipts/{format}",
    "/assets/icon.svg",
    "/assets/portal.css",
    "/dev/advert.svg",
    // `portal-duo` comes by.
    "/duo/callback",
];

/// WCAG 2.2 at levels A and AA. A page that looks again by itself has to have a link to where it
/// stands still, which is judged as well.
const RULES: &str = "{
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
  rules: { 'meta-refresh': { enabled: !document.querySelector('main a[href$=\"?still\"]') } },
}";

/// The width of a small phone, which is also a desk of 1280 at 400 %: WCAG 2.2 §1.4.10.
const SMALL: u32 = 320;

/// RFC 9110 §15.3.1.
pub(super) const OK: u64 = 200;

/// The routes with pages, and what was seen of them.
pub(in super::super) struct Pages {
    axe: String,
    routes: Vec<&'static str>,
    /// Routes, headings, and whether that was the page itself and no error in its place.
    seen: RefCell<BTreeSet<(String, String, bool)>>,
}

impl Pages {
    pub(in super::super) fn new(packages: &Packages) -> Outcome<Self> {
        let axe = fs::read_to_string(packages.file("node_modules/axe-core/axe.min.js"))?;
        let path = |line: &'static str| line.strip_prefix("| `GET ")?.split('`').next();
        let routes = README.lines().filter_map(path).filter(|path| !NO_PAGES.contains(path));
        Ok(Self { axe, routes: routes.collect(), seen: RefCell::default() })
    }

    /// Waits for the page with this heading, and judges it unless it was seen before: on a small
    /// dark phone and on a desk, by axe-core; and nothing may be wider than the phone.
    pub(in super::super) fn see(&self, browser: &Browser<'_>, heading: &str) -> Outcome<()> {
        browser.expect_heading(heading)?;
        let (path, status) = place(browser)?;
        if !self.note(&path, heading, status) {
            return Ok(());
        }
        let name = format!("{path}, {heading}");
        show_on(browser, Some(Screen::of_phone(SMALL, 1.0)), "dark")?;
        let width = browser.evaluate("return document.documentElement.scrollWidth")?;
        check(width == json!(SMALL), &format!("{name} is {width} pixels wide on a small phone"))?;
        self.judge(browser, &format!("{name}, small and dark"))?;
        show_on(browser, None, "light")?;
        self.judge(browser, &name)
    }

    /// Writes down that somebody came by; whether nobody had before.
    fn note(&self, path: &str, heading: &str, status: u64) -> bool {
        let route = self.routes.iter().find(|route| fits(route, path));
        let route = route.map_or_else(|| format!("{path} (no route)"), ToString::to_string);
        self.seen.borrow_mut().insert((route, heading.to_owned(), status == OK))
    }

    /// Fails unless every page there is was seen.
    pub(in super::super) fn check_complete(&self) -> Outcome<usize> {
        let seen = self.seen.borrow();
        let is_seen =
            |route: &&&str| seen.iter().any(|(other, _, is_page)| *is_page && other == **route);
        let missing: Vec<_> = self.routes.iter().filter(|route| !is_seen(route)).collect();
        check(missing.is_empty(), &format!("nobody came by {missing:?}"))?;
        Ok(seen.len())
    }

    fn judge(&self, browser: &Browser<'_>, name: &str) -> Outcome<()> {
        let script = format!(
            "{};
            return axe.run(document, {RULES}).then(({{ passes, violations }}) => ({{
              passes: passes.length,
              found: violations.map(({{ id, nodes }}) => `${{id}} at ${{nodes[0].target}}`),
            }}));",
            self.axe
        );
        let judged = browser.evaluate(&script)?;
        let looked = judged.get("passes").and_then(Value::as_u64).unwrap_or_default() > 0;
        let found = judged.get("found");
        check(looked && found == Some(&json!([])), &format!("axe-core of {name}: {judged}"))
    }
}

/// Where the browser is: the path, and the status by which it was answered.
pub(super) fn place(browser: &Browser<'_>) -> Outcome<(String, u64)> {
    let script = "return [location.pathname,
        performance.getEntriesByType('navigation')[0].responseStatus]";
    match browser.evaluate(script)?.as_array().map(Vec::as_slice) {
        Some([Value::String(path), status]) => {
            Ok((path.clone(), status.as_u64().ok_or("no status")?))
        }
        _ => Err("the browser does not know where it is".into()),
    }
}

fn fits(route: &str, path: &str) -> bool {
    let (mut routes, mut paths) = (route.split('/'), path.split('/'));
    loop {
        match (routes.next(), paths.next()) {
            (None, None) => return true,
            (Some(route), Some(path)) if route == path || route.starts_with('{') => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Pages, RefCell};

    #[test]
    fn an_error_page_is_not_come_by() {
        let routes = vec!["/staff/limits", "/staff/people/{person}"];
        let pages = Pages { axe: String::new(), routes, seen: RefCell::default() };
        assert!(pages.note("/staff/people/7", "Jo Ellis", 200));
        for (heading, status) in [("Page not found", 404), ("Something went wrong", 500)] {
            assert!(pages.note("/staff/limits", heading, status));
            let missing = pages.check_complete().map_err(|error| error.to_string());
            assert_eq!(missing, Err("nobody came by [\"/staff/limits\"]".to_owned()));
        }
        // One that answers a form in the page's place, under the page's heading.
        assert!(pages.note("/staff/limits", "Limits", 422));
        assert!(pages.check_complete().is_err());
        assert!(pages.note("/staff/limits", "Limits", 200));
        assert!(!pages.note("/staff/limits", "Limits", 200));
        assert_eq!(pages.check_complete().ok(), Some(5));
    }
}
