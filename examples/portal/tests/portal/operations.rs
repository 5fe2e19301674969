//! The second port, and what connects it with the first.

use std::collections::BTreeMap;

use crate::browser::{Browser, Page};
use crate::clinic::{Clinic, EMAIL, PASSWORD};

fn second_port(clinic: &Clinic) -> Browser {
    Browser::of(&format!("http://{}", clinic.operations))
}

/// Reads the lines that are no comments: the text before the last space, and the number.
fn numbers(page: &Page) -> BTreeMap<String, f64> {
    assert_eq!(page.status, 200);
    let kind = page.header("content-type").unwrap();
    assert_eq!(kind, "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert!(page.body.ends_with("# EOF\n"));
    let lines = page.body.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, number) = line.rsplit_once(' ').unwrap();
            (name.to_owned(), number.parse().unwrap())
        })
        .collect()
}

#[test]
fn the_second_port_says_that_the_portal_is_well() {
    let clinic = Clinic::open();
    let mut operator = second_port(&clinic);
    operator.get("/healthz").assert_shows(200, "alive");
    operator.get("/readyz").assert_shows(200, "ready");
    assert_eq!(operator.get("/login").status, 404);
    let mut visitor = clinic.browser();
    for path in ["/healthz", "/readyz", "/metrics"] {
        visitor.get(path).assert_shows(404, "Page not found");
    }
}

#[test]
fn passwords_and_answers_are_counted() {
    let clinic = Clinic::open();
    let mut operator = second_port(&clinic);
    let before = numbers(&operator.get("/metrics"));
    // One hash was made at the start, and four for the people.
    assert_eq!(before["password_hash_seconds_count"].to_bits(), 5.0_f64.to_bits());
    assert_eq!(before["hash_queue_depth"].to_bits(), 0.0_f64.to_bits());
    let version = format!("build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"));
    assert!(before.contains_key(&version), "{before:?}");

    let mut browser = clinic.browser();
    browser.show_password("Wrong-Password-8642").assert_shows(422, "is not right");
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    let page = operator.get("/metrics");
    let after = numbers(&page);
    assert_eq!(after["password_hash_seconds_count"].to_bits(), 7.0_f64.to_bits());
    assert_eq!(after["hash_queue_depth"].to_bits(), 0.0_f64.to_bits());
    assert!(after["http_requests_total{class=\"3xx\"}"] >= 1.0);
    assert!(after["http_requests_total{class=\"4xx\"}"] >= 1.0);
    // T42: nobody is named.
    assert!(!page.body.contains(EMAIL) && !page.body.contains("127.0.0.1"));
}

#[test]
fn every_answer_has_a_name_of_its_own() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    let mut name = |path: &str| {
        let page = browser.get(path);
        page.header("x-request-id").unwrap().to_owned()
    };
    let (one, other) = (name("/login"), name("/nowhere"));
    assert!(one.len() == 16 && one.bytes().all(|byte| byte.is_ascii_hexdigit()), "{one}");
    assert_ne!(one, other);
}
