//! The guide's service, driven as a browser would: what is promised holds, and the guide quotes it.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, SET_COOKIE};
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
use upheld_totp::{Parameters, Secret, Totp, UnixSeconds};

/// 2026-06-01, noon: a Monday.
const START: u64 = 1_780_315_200;
static NOW: AtomicU64 = AtomicU64::new(START);

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
        let clock = || UnixSeconds(NOW.load(Ordering::SeqCst));
        let service = Service::open(&file, keys, check, clock).await.unwrap();
        Self { service: router(service).unwrap(), cookies: Vec::new(), _folder: folder }
    }

    async fn send(&mut self, method: &str, path: &str, form: &str, site: &str) -> Answer {
        let request = Request::builder().method(method).uri(path).header(HOST, "localhost");
        let request = request.header(COOKIE, self.cookies.join("; "));
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

#[tokio::test]
async fn who_has_no_app_is_shown_a_secret_and_gets_no_session_by_it() {
    let mut browser = Browser::new().await;
    assert_eq!(browser.post("/sign-in/enrol", "").await.status, StatusCode::UNAUTHORIZED);
    let half = browser.post("/sign-in", "name=lee&password=right").await;
    assert_eq!(half.status, StatusCode::OK);
    let picture = browser.post("/sign-in/enrol", "").await;
    assert!(picture.text.starts_with("<svg "));
    let wrong = browser.post("/sign-in/enrol/confirm", "code=000000").await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert_eq!(browser.post("/requests/access", "").await.status, StatusCode::UNAUTHORIZED);
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
