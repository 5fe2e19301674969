//! What every request passes: whom it is for, where it comes from, how big it is.

use std::io::{Read, Write};
use std::net::TcpStream;

use portal::{Access, Route, routes};

use crate::browser::{Browser, Page};
use crate::clinic::{Clinic, NAME, OTHER_EMAIL, PASSWORD, STAFF};
use crate::intakes::{STRANGER, link_in, send};

const HEADERS: [(&str, &str); 8] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cache-control", "no-store"),
    (
        "permissions-policy",
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// A visitor for each kind of route, with a form in hand.
struct Visitors {
    clinic: Clinic,
    stranger: Browser,
    half: Browser,
    whole: Browser,
    fresh: Browser,
    staff: Browser,
    link: String,
    /// That which confirms a request.
    to_confirm: String,
}

impl Visitors {
    fn new() -> Self {
        let (clinic, phone) = Clinic::enrolled();
        let (mut staff, staff_phone) = clinic.enrol_and_sign_in(STAFF.0);
        staff.reauthenticate(&clinic, &staff_phone);
        clinic.change(&format!(
            "UPDATE people SET duty = 'privacy lead' WHERE email = '{}'",
            STAFF.0
        ));
        staff.get("/staff").assert_shows(200, "People");
        let mut fresh = clinic.browser();
        fresh.sign_in(&clinic, &phone);
        fresh.reauthenticate(&clinic, &phone);
        fresh.get("/account").assert_shows(200, NAME);
        clinic.step_on(30);
        let mut whole = clinic.browser();
        whole.sign_in(&clinic, &phone);
        whole.get("/account").assert_shows(200, NAME);
        let mut half = clinic.browser();
        half.await_code();
        let mut stranger = clinic.browser();
        stranger.get("/login").assert_shows(200, "Sign in");
        let link = clinic.reset_link(OTHER_EMAIL);
        send(&mut clinic.browser(), "access", STRANGER).assert_shows(200, "Look at your e-mail");
        let to_confirm = link_in(&clinic, "confirm");
        Self { clinic, stranger, half, whole, fresh, staff, link, to_confirm }
    }

    fn of(&self, access: Access) -> Browser {
        match access {
            Access::PendingLogin => self.half.clone(),
            Access::Session => self.whole.clone(),
            Access::FreshSession => self.fresh.clone(),
            Access::Staff
            | Access::Desk
            | Access::FreshStaff
            | Access::FreshLead
            | Access::Oversight => self.staff.clone(),
            Access::Link => {
                let mut browser = self.stranger.clone();
                browser.get(&self.link).assert_shows(200, "Choose a new password");
                browser
            }
            _ => self.stranger.clone(),
        }
    }

    fn path_of(&self, route: &Route) -> String {
        let path = route.path.replace("/password/reset/{link}", &self.link);
        let path = path.replace("/privacy/request/confirm/{link}", &self.to_confirm);
        let id = "ab".repeat(16);
        let parts = path.split('/').map(|part| if part.starts_with('{') { &*id } else { part });
        parts.collect::<Vec<_>>().join("/")
    }
}

fn forms() -> impl Iterator<Item = &'static Route> {
    routes().iter().filter(|route| route.method == "POST")
}

const FIELDS: [(&str, &str); 6] = [
    ("word", "close"),
    ("saved", "yes"),
    ("display_name", "Mallory"),
    ("code", "123456"),
    ("email", "alex@example.com"),
    ("password", PASSWORD),
];

/// Forms without their token, with another's, and from other sites, at every route.
#[test]
fn t30_no_form_works_without_its_token_or_from_elsewhere() {
    let visitors = Visitors::new();
    let clinic = &visitors.clinic;
    let mut another = clinic.browser();
    another.get("/login").assert_shows(200, "Sign in");
    let token_of_a_stranger = another.form_token;
    assert_eq!(forms().count(), 54);
    for route in forms() {
        let path = visitors.path_of(route);
        // Every page has the form that changes the language, also those that know of no visitor.
        let has_token = path != "/language";
        for token in ["", "0", &token_of_a_stranger, &"f".repeat(64), &"f".repeat(1000)] {
            if !has_token {
                break;
            }
            let mut browser = visitors.of(route.access);
            browser.form_token = token.into();
            browser.post(&path, &FIELDS).assert_shows(403, "This form has expired");
        }
        let own_origin = clinic.origin();
        for headers in [
            [("sec-fetch-site", "cross-site"), ("x", "")],
            [("sec-fetch-site", "same-site"), ("x", "")],
            [("sec-fetch-site", ""), ("x", "")],
            [("sec-fetch-site", "cross-site"), ("origin", &*own_origin)],
            [("origin", "http://evil.example"), ("x", "")],
            [("origin", "null"), ("x", "")],
            [("origin", &*own_origin.replace("http:", "https:")), ("x", "")],
        ] {
            let page = visitors.of(route.access).post_with(&path, &FIELDS, &headers);
            page.assert_shows(403, "another website");
        }
        for kind in ["text/plain", "application/json", "multipart/form-data; boundary=x", ""] {
            let mut browser = visitors.of(route.access);
            let page = browser.post_with(&path, &FIELDS, &[("content-type", kind)]);
            page.assert_shows(415, "not a form of the portal");
        }
    }
    let mut whole = visitors.of(Access::Session);
    whole.get("/account").assert_shows(200, NAME);
    let mut half = visitors.of(Access::PendingLogin);
    half.get("/login/second-factor").assert_shows(200, "Enter your code");
}

/// The same forms from here, so that the test above cannot pass for another reason.
#[test]
fn t30_forms_with_their_token_from_here_work() {
    let visitors = Visitors::new();
    let clinic = &visitors.clinic;
    let own_origin = clinic.origin();
    for headers in [
        vec![("sec-fetch-site", "same-origin")],
        vec![("sec-fetch-site", "same-origin"), ("origin", "null")],
        vec![("origin", &*own_origin)],
        vec![],
    ] {
        let mut whole = visitors.of(Access::Session);
        let renamed = whole.post_with("/account", &[("display_name", "Alex")], &headers);
        renamed.assert_redirects_to("/account?saved");
    }
}

/// Methods that are not a route's own, named openly or in an override header.
#[test]
fn t30_only_posts_change_anything() {
    let visitors = Visitors::new();
    let clinic = &visitors.clinic;
    let mut browser = visitors.of(Access::Session);
    browser.get("/account?display_name=Mallory&_method=POST").assert_shows(200, NAME);
    browser.get("/logout").assert_shows(405, "cannot be used that way");
    browser.get("/account/security/sessions/end-others").assert_shows(405, "cannot be used");
    let cookies = browser.cookie_header();
    for method in ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "FOO"] {
        let answer = raw(
            clinic,
            &format!(
                "{method} /account HTTP/1.1\r\nHost: {}\r\nCookie: {cookies}\r\n\
                 X-HTTP-Method-Override: POST\r\nConnection: close\r\n\r\n",
                clinic.address
            ),
        );
        let status: u16 = answer.split(' ').nth(1).unwrap().parse().unwrap();
        assert!((400..500).contains(&status), "{method}: {answer}");
    }
    browser.get("/account").assert_shows(200, NAME);
}

/// Requests for other hosts.
#[test]
fn t37_requests_for_other_hosts_are_misdirected() {
    let clinic = Clinic::open();
    let port = clinic.address.port();
    let get = |target: &str, hosts: &[&str]| {
        let hosts: Vec<_> = hosts.iter().map(|host| format!("Host: {host}\r\n")).collect();
        let hosts = hosts.concat();
        raw(&clinic, &format!("GET {target} HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n"))
    };
    for host in ["localhost", "LOCALHOST", "127.0.0.1", "[::1]"] {
        let answer = get("/login", &[&format!("{host}:{port}")]);
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
    let own = format!("localhost:{port}");
    let others = ["localhost", "127.0.0.1", "localhost:1", "", "evil.example", "evil.example:80"];
    let lookalikes = [
        format!("localhost.evil.example:{port}"),
        format!("evil.example:{port}"),
        format!("localhost:{port}@evil.example"),
        format!("user@localhost:{port}"),
        format!("localhost:0{port}"),
    ];
    for host in others.into_iter().chain(lookalikes.iter().map(|host| &**host)) {
        let answer = get("/login", &[host]);
        assert!(answer.starts_with("HTTP/1.1 421 "), "{host}: {answer}");
        assert!(!answer.contains("set-cookie"), "{answer}");
    }
    let absolute = get("http://evil.example/login", &[&own]);
    assert!(absolute.starts_with("HTTP/1.1 421 "), "{absolute}");
    let absolute = get(&format!("http://{own}/login"), &[&own]);
    assert!(absolute.starts_with("HTTP/1.1 200 "), "{absolute}");
    for none_or_two in [&[][..], &[&*own, "evil.example"], &["evil.example", &*own]] {
        let answer = get("/login", none_or_two);
        assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
}

/// Framing, sniffing, caching: the same headers on every answer, good or bad.
#[test]
fn t49_every_answer_has_the_headers() {
    let visitors = Visitors::new();
    let clinic = &visitors.clinic;
    let mut browser = visitors.of(Access::Session);
    // First, because the walk signs out.
    let mut pages: Vec<Page> = vec![
        browser.get("/nowhere"),
        browser.post_with("/account", &[], &[("sec-fetch-site", "cross-site")]),
        browser.post("/account", &[("display_name", &"x".repeat(70_000))]),
    ];
    for route in routes().iter().filter(|route| !route.path.starts_with("/assets")) {
        let mut browser = visitors.of(route.access);
        pages.push(browser.get(&visitors.path_of(route)));
        pages.push(browser.post(&visitors.path_of(route), &[]));
    }
    let statuses: std::collections::BTreeSet<_> = pages.iter().map(|page| page.status).collect();
    assert_eq!(statuses.into_iter().collect::<Vec<_>>(), [200, 303, 403, 404, 405, 413, 422]);
    for page in pages {
        for (name, value) in HEADERS {
            assert_eq!(page.all(name).collect::<Vec<_>>(), [value], "{name} of {page:?}");
        }
    }
    let answer = raw(clinic, "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 421 ") && answer.contains("frame-ancestors 'none'"));
}

/// Pages are not kept; the style sheet may be.
#[test]
fn t46_pages_are_stored_nowhere() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    for asset in ["/assets/portal.css", "/assets/icon.svg"] {
        let page = browser.get(asset);
        assert_eq!((page.status, page.header("cache-control")), (200, Some("max-age=600")));
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    }
    assert_eq!(browser.get("/login").header("cache-control"), Some("no-store"));
}

/// Bodies, heads and field counts beyond any form's.
#[test]
fn t58_what_is_too_large_is_refused() {
    let visitors = Visitors::new();
    let clinic = &visitors.clinic;
    for route in forms() {
        let mut browser = visitors.of(route.access);
        let kib = if route.path.starts_with("/staff/requests/") { 257 } else { 65 };
        let long = "x".repeat(kib * 1024);
        let page = browser.post(&visitors.path_of(route), &[("display_name", &long)]);
        page.assert_shows(413, "too much text");
    }
    let mut browser = visitors.of(Access::Session);
    let many: Vec<_> = (0..70).map(|number| (number.to_string(), String::new())).collect();
    let many: Vec<_> = many.iter().map(|(name, value)| (&**name, &**value)).collect();
    browser.post("/account", &many).assert_shows(415, "not a form");
    let twice = [("display_name", "Alex"), ("display_name", "Mallory")];
    browser.post("/account", &twice).assert_shows(415, "not a form");
    browser.get("/account").assert_shows(200, NAME);

    let head = |headers: &str| {
        let answer = raw(
            clinic,
            &format!("GET /login HTTP/1.1\r\nHost: {}\r\n{headers}\r\n", clinic.address),
        );
        answer.split(' ').nth(1).map(str::to_owned)
    };
    assert_eq!(head(&format!("X: {}\r\n", "x".repeat(40_000))).as_deref(), Some("431"));
    assert_eq!(head(&"X: x\r\n".repeat(100)).as_deref(), Some("431"));
    let cookies = format!("Cookie: {}\r\nConnection: close\r\n", "a=b; ".repeat(2000));
    assert_eq!(head(&cookies).as_deref(), Some("200"));
}

/// Bytes that are no HTTP, and forms that are no text.
#[test]
fn t58_malformed_requests_are_refused() {
    let visitors = Visitors::new();
    let clinic = &visitors.clinic;
    for nonsense in
        ["\r\n\r\n\0\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\u{7f}ELF\r\n\r\n"]
    {
        let answer = raw(clinic, nonsense);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{nonsense:?}: {answer}");
    }
    let mut browser = visitors.of(Access::Session);
    browser.form_token = "%ff%fe\0".into();
    let page = browser.post("/account", &[("display_name", "Alex")]);
    page.assert_shows(403, "This form has expired");
}

/// A request that never ends is given up.
#[test]
fn t58_slow_bodies_are_given_up() {
    let visitors = Visitors::new();
    let clinic = &visitors.clinic;
    let browser = visitors.of(Access::Session);
    let answer = raw(
        clinic,
        &format!(
            "POST /account HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nContent-Length: 100\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\nform_token=",
            clinic.address,
            browser.cookie_header()
        ),
    );
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

/// Sends these bytes and reads until the other side is done.
fn raw(clinic: &Clinic, request: &str) -> String {
    let mut connection = TcpStream::connect(clinic.address).unwrap();
    connection.set_read_timeout(Some(std::time::Duration::from_secs(30))).unwrap();
    connection.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    // The server may hang up while there is more to read for it.
    drop(connection.read_to_end(&mut answer));
    String::from_utf8(answer).unwrap()
}
