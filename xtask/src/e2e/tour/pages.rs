//! Every page that somebody comes to is judged, and at the end none may be missing.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use super::super::npm::Packages;
use super::super::webdriver::Browser;
use super::super::{Outcome, check};

/// The portal's own test holds this list against its routes.
const README: &str = include_str!("../../../../examples/portal/README.md");

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

/// The routes with pages, and what was seen of them.
pub(in super::super) struct Pages {
    axe: String,
    routes: Vec<&'static str>,
    /// Routes and headings.
    seen: RefCell<BTreeSet<(String, String)>>,
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
        let url = browser.url()?;
        let path = url.splitn(4, '/').nth(3).unwrap_or_default();
        let path = format!("/{}", path.split(['?', '#']).next().unwrap_or_default());
        let route = self.routes.iter().find(|route| fits(route, &path));
        let route = route.map_or_else(|| format!("{path} (no route)"), ToString::to_string);
        if !self.seen.borrow_mut().insert((route, heading.to_owned())) {
            return Ok(());
        }
        let name = format!("{path}, {heading}");
        show_as(browser, Some(SMALL), "dark")?;
        let width = browser.evaluate("return document.documentElement.scrollWidth")?;
        check(width == json!(SMALL), &format!("{name} is {width} pixels wide on a small phone"))?;
        self.judge(browser, &format!("{name}, small and dark"))?;
        show_as(browser, None, "light")?;
        self.judge(browser, &name)
    }

    /// Fails unless every page there is was seen.
    pub(in super::super) fn check_complete(&self) -> Outcome<usize> {
        let seen = self.seen.borrow();
        let is_seen = |route: &&&str| seen.iter().any(|(other, _)| other == **route);
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

/// Shows pages as on a phone of this width, or as on a desk again.
pub(super) fn show_as(browser: &Browser<'_>, width: Option<u32>, scheme: &str) -> Outcome<()> {
    match width {
        Some(width) => {
            let phone =
                json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": true });
            browser.devtools("Emulation.setDeviceMetricsOverride", &phone)?;
        }
        None => {
            browser.devtools("Emulation.clearDeviceMetricsOverride", &json!({}))?;
        }
    }
    let scheme = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
    browser.devtools("Emulation.setEmulatedMedia", &scheme).map(drop)
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
