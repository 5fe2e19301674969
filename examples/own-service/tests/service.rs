//! The guide's service, driven as a browser would: what is promised holds, and the guide quotes it.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests may panic"
)]

use std::cell::Cell;

use axum::Router;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, HeaderValue, SET_COOKIE};
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use own_service::{Service, router};
use tempfile::TempDir;
use tower::ServiceExt;
use upheld_second_factor::{AccountId, Credential, CredentialId, Kind, Policy, Registry};
use upheld_store::Tenant;
use upheld_store::keys::{KeyRing, SharedKeys};
use upheld_store::second_factor::SecondFactors;
use upheld_store::sql::{Database, Settings};
use upheld_totp::{KeyUri, Parameters, Secret, Totp, UnixSeconds};

/// 2026-06-01, noon: a Monday.
const START: u64 = 1_780_315_200;

thread_local! {
    /// The clock of a test: everything that asks for the time is on its thread.
    static NOW: Cell<u64> = const { Cell::new(START) };
}

fn now() -> UnixSeconds {
    UnixSeconds(NOW.get())
}

fn wait(seconds: u64) {
    NOW.set(NOW.get() + seconds);
}

struct Answer {
    status: StatusCode,
    cookies: Vec<String>,
    text: String,
}

/// A browser that keeps what is set.
struct Browser {
    service: Router,
    cookies: Vec<String>,
    _folder: TempDir,
}

impl Browser {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("service.db");
        let keys = KeyRing::generate(&mut rand::rngs::SysRng).unwrap();
        enrol(&file, &keys).await;
        let check = |name: &str, password: &str| match (name, password) {
            ("alice", "right") => Some(AccountId(42)),
            ("lee", "right") => Some(AccountId(43)),
            _ => None,
        };
        let service = Service::open(&file, keys, check, now).await.unwrap();
        Self { service: router(service).unwrap(), cookies: Vec::new(), _folder: folder }
    }

    async fn send(&mut self, method: &str, path: &str, form: &str, site: &str) -> Answer {
        let request = Request::builder().method(method).uri(path).header(HOST, "localhost");
        let cookies = HeaderValue::from_bytes(self.cookies.join("; ").as_bytes()).unwrap();
        let request = request.header(COOKIE, cookies);
        let request = request.header("sec-fetch-site", site);
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = request.body(Body::from(form.to_owned())).unwrap();
        let response = self.service.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let set = response.headers().get_all(SET_COOKIE).iter();
        let cookies: Vec<String> =
            set.map(|set| set.to_str().unwrap().split(';').next().unwrap().to_owned()).collect();
        for cookie in &cookies {
            let name = cookie.split('=').next().unwrap();
            self.cookies.retain(|kept| kept.split('=').next() != Some(name));
            self.cookies.push(cookie.clone());
        }
        let text = response.into_body().collect().await.unwrap().to_bytes();
        Answer { status, cookies, text: String::from_utf8(text.to_vec()).unwrap() }
    }

    async fn post(&mut self, path: &str, form: &str) -> Answer {
        self.send("POST", path, form, "same-origin").await
    }
}

fn app() -> Totp {
    Totp::new(&Secret::from_bytes(&[7; 20]).unwrap(), Parameters::default())
}

/// Gives the account 42 an app of which the test knows the secret.
async fn enrol(file: &std::path::Path, keys: &KeyRing) {
    let (settings, tenant) = (Settings::sqlite(file), Tenant::new("northside").unwrap());
    let database = Database::open(&settings, tenant).await.unwrap();
    SecondFactors::migrate(&database).await.unwrap();
    let keys = SharedKeys::new(KeyRing::parse(&keys.to_text()).unwrap());
    let store = SecondFactors::new(database, keys);
    let secret = Secret::from_bytes(&[7; 20]).unwrap();
    let kind = Kind::Totp { secret, parameters: Parameters::default() };
    let now = UnixSeconds(START - 300);
    let confirmed =
        Credential::confirmed(CredentialId(1), kind, &app().code_at(now), &Policy::default(), now);
    let _ = store.add(AccountId(42), &confirmed.unwrap(), now).await.unwrap();
}

#[tokio::test]
async fn a_session_takes_a_password_and_a_code_and_a_code_works_once() {
    let mut browser = Browser::new().await;
    let code = format!("code={}", app().code_at(UnixSeconds(START)).to_text().expose());
    assert_eq!(browser.post("/requests/access", "").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(browser.post("/sign-in/code", &code).await.status, StatusCode::UNAUTHORIZED);
    let wrong = browser.post("/sign-in", "name=alice&password=wrong").await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);

    let half = browser.post("/sign-in", "name=alice&password=right").await;
    assert_eq!(half.status, StatusCode::OK);
    assert_eq!(browser.post("/requests/access", "").await.status, StatusCode::UNAUTHORIZED);
    // The token of half a sign-in, under the name of a session.
    let disguised = half.cookies[0].replace("__Host-pending", "__Host-session");
    browser.cookies.push(disguised);
    assert_eq!(browser.post("/requests/access", "").await.status, StatusCode::UNAUTHORIZED);
    browser.cookies.pop();
    assert_eq!(browser.post("/sign-in/enrol", "").await.status, StatusCode::CONFLICT);
    assert_eq!(browser.post("/sign-in/code", "code=000000").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(browser.post("/sign-in/code", &code).await.status, StatusCode::OK);

    // UK GDPR Art 12A(1): one month, and 1 July 2026 is a Wednesday.
    let asked = browser.post("/requests/access", "").await;
    assert_eq!(asked.text, "You will have an answer by 2026-07-01.");
    let stopped = browser.post("/marketing/stop", "").await;
    assert_eq!(stopped.text, "No more marketing, by any channel.");

    let again = browser.post("/sign-in", "name=alice&password=right").await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(browser.post("/sign-in/code", &code).await.status, StatusCode::UNAUTHORIZED);
}

/// Photographs the picture, five pixels to a module, and keeps what is in it.
fn scan(svg: &str) -> Totp {
    let between = |text: &str, before: &str, after: &str| {
        text.split_once(before).unwrap().1.split_once(after).unwrap().0.to_owned()
    };
    let side: usize = between(svg, "viewBox=\"0 0 ", " ").parse().unwrap();
    let drawn = between(svg.split_once("d=\"").unwrap().1, "d=\"", "\"");
    let mut dark = vec![vec![false; side]; side];
    for run in drawn.split_terminator('z') {
        let (place, shape) = run.strip_prefix('M').unwrap().split_once('h').unwrap();
        let (x, y) = place.split_once(' ').unwrap();
        let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
        let width: usize = shape.split_once('v').unwrap().0.parse().unwrap();
        dark[y][x..x + width].fill(true);
    }
    let pixel = |x: usize, y: usize| if dark[y / 5][x / 5] { 0 } else { 255 };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(side * 5, side * 5, pixel);
    let (_, text) = image.detect_grids()[0].decode().unwrap();
    KeyUri::parse(&text).unwrap().uri.totp().unwrap()
}

fn code(app: &Totp) -> String {
    format!("code={}", app.code_at(now()).to_text().expose())
}

#[tokio::test]
async fn an_app_counts_once_it_has_shown_its_code_and_that_code_is_used_up() {
    let mut browser = Browser::new().await;
    let confirm = "/sign-in/enrol/confirm";
    assert_eq!(browser.post("/sign-in/enrol", "").await.status, StatusCode::UNAUTHORIZED);
    let half = browser.post("/sign-in", "name=lee&password=right").await;
    assert_eq!(half.status, StatusCode::OK);
    let first = scan(&browser.post("/sign-in/enrol", "").await.text);
    // A wrong code costs the picture; so does another picture.
    assert_eq!(browser.post(confirm, "code=000000").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(browser.post(confirm, &code(&first)).await.status, StatusCode::UNAUTHORIZED);
    let phone = scan(&browser.post("/sign-in/enrol", "").await.text);
    let shown = code(&phone);
    assert_eq!(browser.post(confirm, &shown).await.status, StatusCode::OK);
    assert_eq!(browser.post("/requests/access", "").await.status, StatusCode::UNAUTHORIZED);

    assert_eq!(browser.post("/sign-in/code", &shown).await.status, StatusCode::UNAUTHORIZED);
    wait(30);
    assert_eq!(browser.post("/sign-in/code", &code(&phone)).await.status, StatusCode::OK);
    assert_eq!(browser.post("/requests/access", "").await.status, StatusCode::OK);
    wait(12 * 60 * 60 - 1);
    assert_eq!(browser.post("/requests/access", "").await.status, StatusCode::OK);
    wait(1);
    assert_eq!(browser.post("/requests/access", "").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn of_two_pictures_one_becomes_an_app() {
    let mut browser = Browser::new().await;
    let _half = browser.post("/sign-in", "name=lee&password=right").await;
    let mut phones = Vec::new();
    for _ in 0..2 {
        phones.push(scan(&browser.post("/sign-in/enrol", "").await.text));
    }
    let last = phones.pop().unwrap();
    let confirm = "/sign-in/enrol/confirm";
    assert_eq!(browser.post(confirm, &code(&last)).await.status, StatusCode::OK);
    assert_eq!(browser.post("/sign-in/enrol", "").await.status, StatusCode::CONFLICT);
    assert_eq!(browser.post(confirm, &code(&phones[0])).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn half_a_sign_in_lasts_five_minutes_and_a_picture_ten() {
    let mut browser = Browser::new().await;
    let _half = browser.post("/sign-in", "name=lee&password=right").await;
    let phone = scan(&browser.post("/sign-in/enrol", "").await.text);
    wait(300);
    let confirm = "/sign-in/enrol/confirm";
    assert_eq!(browser.post(confirm, &code(&phone)).await.status, StatusCode::UNAUTHORIZED);
    let _half = browser.post("/sign-in", "name=lee&password=right").await;
    wait(299);
    assert_eq!(browser.post(confirm, &code(&phone)).await.status, StatusCode::OK);

    NOW.set(START);
    let mut late = Browser::new().await;
    let _half = late.post("/sign-in", "name=lee&password=right").await;
    let phone = scan(&late.post("/sign-in/enrol", "").await.text);
    wait(600);
    let _half = late.post("/sign-in", "name=lee&password=right").await;
    assert_eq!(late.post(confirm, &code(&phone)).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_cookie_of_another_site_hides_no_other() {
    let mut browser = Browser::new().await;
    browser.cookies.push("greeting=Zo\u{eb}".to_owned());
    let _half = browser.post("/sign-in", "name=lee&password=right").await;
    assert_eq!(browser.post("/sign-in/enrol", "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn no_advertising_cookie_leaves_before_somebody_agreed_or_after_they_refused() {
    let mut browser = Browser::new().await;
    let first = browser.send("GET", "/", "", "none").await;
    assert_eq!((first.text.as_str(), first.cookies), ("Cookies?", vec![]));

    let agreed = browser.post("/cookies", "advertising=on").await;
    assert_eq!(agreed.status, StatusCode::OK);
    let then = browser.send("GET", "/", "", "none").await;
    assert_eq!(then.cookies, ["advert=campaign-7"]);

    let refused = browser.post("/cookies", "").await;
    assert!(refused.cookies.contains(&"advert=".to_owned()), "{:?}", refused.cookies);
    let last = browser.send("GET", "/", "", "none").await;
    assert_eq!(last.text, "Welcome back");
    assert!(!last.cookies.contains(&"advert=campaign-7".to_owned()), "{:?}", last.cookies);
}

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let mut browser = Browser::new().await;
    let form = "name=alice&password=right";
    for site in ["cross-site", "same-site"] {
        let answer = browser.send("POST", "/sign-in", form, site).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{site}");
    }
}

#[test]
fn the_guide_quotes_the_sources() {
    let guide = include_str!("../README.md");
    let sources = [
        include_str!("../src/cookies.rs"),
        include_str!("../src/enrolment.rs"),
        include_str!("../src/lib.rs"),
        include_str!("../src/marketing.rs"),
        include_str!("../src/requests.rs"),
        include_str!("../src/sign_in.rs"),
        include_str!("../src/yours.rs"),
        include_str!("../cookies.toml"),
    ];
    let mut quoted = 0;
    for block in guide.split("```").skip(1).step_by(2) {
        let (language, excerpt) = block.split_once('\n').unwrap();
        if language.starts_with("rust") || language == "toml" {
            quoted += 1;
            let found = sources.iter().any(|source| source.contains(excerpt));
            assert!(found, "no longer in the sources:\n{excerpt}");
        }
    }
    assert_eq!(quoted, 6);
}
