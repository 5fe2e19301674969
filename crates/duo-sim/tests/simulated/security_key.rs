//! The security key at the prompt: added once, then touched; and what it is not taken for.

use data_encoding::BASE64URL_NOPAD;
use http::{Method, Request, StatusCode};
use serde_json::Value;
use upheld_duo::admin::{AuthLog, Delete, List, UnixMillis, User as Listed, WebauthnCredential};
use upheld_duo::auth::{Preauth, PreauthOutcome, User};
use upheld_duo::{FactorUsed, Params, UnixSeconds};
use upheld_duo_sim::webauthn::{Assertion, Registration};
use upheld_duo_sim::{Config, Person, PhoneOf};

use crate::authenticator::Authenticator;
use crate::prompt::{Browser, begin, factor, sign_in};
use crate::{Duo, HOST, NOW};

const ORIGIN: &str = "https://localhost:9443";

impl Browser<'_> {
    /// What the page would ask the key.
    fn options(&self) -> Value {
        let options = self.page.split("data-options=\"").nth(1).unwrap();
        let options = options.split('"').next().unwrap();
        serde_json::from_str(&options.replace("&#34;", "\"")).unwrap()
    }

    fn challenge(&self) -> String {
        self.options()["challenge"].as_str().unwrap().to_owned()
    }

    fn add(&mut self, key: &Authenticator) {
        let made = key.create(&self.challenge(), ORIGIN, "localhost");
        self.send_made(&made);
    }

    fn send_made(&mut self, made: &Registration) {
        let form = Params::new().with("factor", "add_security_key");
        self.choose(
            form.with("client_data", &BASE64URL_NOPAD.encode(&made.client_data))
                .with("attestation_object", &BASE64URL_NOPAD.encode(&made.attestation_object)),
        );
    }

    fn touch(&mut self, key: &mut Authenticator) {
        let shown = key.get(&self.challenge(), ORIGIN, "localhost");
        self.send_shown(&shown);
    }

    fn send_shown(&mut self, shown: &Assertion) {
        let handle = shown.user_handle.as_ref().map(|handle| BASE64URL_NOPAD.encode(handle));
        let form = Params::new()
            .with("factor", "use_security_key")
            .with("credential_id", &BASE64URL_NOPAD.encode(&shown.credential_id))
            .with("client_data", &BASE64URL_NOPAD.encode(&shown.client_data))
            .with("authenticator_data", &BASE64URL_NOPAD.encode(&shown.authenticator_data))
            .with("signature", &BASE64URL_NOPAD.encode(&shown.signature))
            .with("user_handle", &handle.unwrap_or_default());
        self.choose(form);
    }
}

fn open<'a>(duo: &'a mut Duo, user: &str) -> Browser<'a> {
    let (address, _) = begin(duo, user);
    Browser::open(duo, &address)
}

#[test]
fn a_key_is_added_then_signs_in_and_is_listed() {
    let mut duo = Duo::new();
    let mut key = Authenticator::new(b"yubikey");
    let outcome = sign_in(&mut duo, "security-key", |browser| {
        let options = browser.options();
        assert_eq!(
            (&options["attestation"], &options["rp"]["id"]),
            (&"none".into(), &"localhost".into())
        );
        let handle = options["user"]["id"].as_str().unwrap();
        key.user_handle = Some(BASE64URL_NOPAD.decode(handle.as_bytes()).unwrap());
        browser.add(&key);
        assert!(browser.page.contains("Your security key was added."), "{}", browser.page);
        assert_eq!(browser.options()["allowCredentials"][0]["id"], "eXViaWtleQ");
        browser.touch(&mut key);
    });
    assert_eq!(factor(outcome), FactorUsed::WebauthnSecurityKey);
    let again = sign_in(&mut duo, "security-key", |browser| browser.touch(&mut key));
    assert_eq!(factor(again), FactorUsed::WebauthnSecurityKey);

    let user = duo.manage(&List::<Listed>::user_named("security-key")).unwrap().items.remove(0);
    assert_eq!(user.is_enrolled, Some(true));
    let keys = duo.manage(&List::<WebauthnCredential>::of_user(&user.user_id)).unwrap().items;
    assert_eq!((keys.len(), keys[0].date_added), (1, Some(NOW)));
    let preauth = duo.send(&Preauth::new(User::named("security-key")));
    assert!(
        matches!(preauth, Ok(PreauthOutcome::Challenge(_))),
        "though with no device of its own"
    );
    let log = AuthLog::between(UnixMillis::from(NOW), UnixMillis::from(UnixSeconds(NOW.0 + 1)));
    let events = duo.manage(&log.unwrap()).unwrap().items;
    assert_eq!(events[0].factor, Some(FactorUsed::WebauthnSecurityKey));

    duo.manage(&Delete::webauthn_credential(&keys[0].webauthnkey)).unwrap();
    assert!(duo.manage(&List::<WebauthnCredential>::all()).unwrap().items.is_empty());
    assert!(open(&mut duo, "security-key").page.contains("Add a security key"));
}

#[test]
fn a_challenge_is_answered_once_and_only_on_its_page() {
    let mut duo = Duo::new();
    let mut key = Authenticator::new(b"key");
    let mut browser = open(&mut duo, "security-key");
    let old = key.create(&browser.challenge(), ORIGIN, "localhost");
    browser.reload();
    browser.send_made(&old);
    assert!(browser.page.contains("not added: the client data answer another challenge."));
    browser.add(&key);
    let shown = key.get(&browser.challenge(), ORIGIN, "localhost");
    let sid = browser.value("sid");
    browser.send_shown(&shown);
    browser.callback();

    let mut browser = open(&mut duo, "security-key");
    browser.send_shown(&shown);
    assert!(browser.page.contains("not accepted: the client data answer another challenge."));
    browser.go(Method::POST, "/frame/prompt", &format!("sid={sid}&factor=use_security_key"));
    assert!(browser.page.contains("no longer good"));
}

#[test]
fn keys_are_nobody_elses_and_copies_are_found() {
    let key =
        |name: &str| Person { name: name.into(), adds_security_key: true, ..Person::default() };
    let users = vec![key("alice"), key("bob")];
    let mut duo = Duo::with(Config { users, lockout: 3, ..Config::default() });
    let mut hers = Authenticator::new(b"hers");
    open(&mut duo, "alice").add(&hers);
    let mut browser = open(&mut duo, "bob");
    browser.add(&hers);
    assert!(browser.page.contains("not added: it has been added before."));
    let mut his = Authenticator::new(b"his");
    browser.add(&his);
    browser.touch(&mut hers);
    assert!(browser.page.contains("not accepted: it is not one of yours."));
    browser.touch(&mut his);
    browser.callback();

    // A copy does not know how often the key was used.
    let mut browser = open(&mut duo, "bob");
    his.counter = 0;
    for _ in 0..2 {
        his.counter = 0;
        browser.touch(&mut his);
        assert!(browser.page.contains("the counter shows 1; it was 1 before."));
    }
    his.counter = 0;
    browser.touch(&mut his);
    assert!(browser.page.contains("Your account has been locked out."), "{}", browser.page);
}

#[test]
fn only_who_has_nothing_else_begins_with_a_key() {
    let phones = vec![PhoneOf::default()];
    let person =
        Person { name: "alice".into(), adds_security_key: true, phones, ..Person::default() };
    let mut duo = Duo::with(Config { users: vec![person], ..Config::default() });
    let mut browser = open(&mut duo, "alice");
    assert!(!browser.page.contains("security-key"));
    let form = Params::new().with("factor", "add_security_key");
    browser.choose(form);
    assert!(browser.page.contains("not added"));
    assert!(open(&mut Duo::new(), "unenrolled").page.contains("You are not enrolled."));
}

#[test]
fn fields_that_are_none_are_told() {
    let mut duo = Duo::new();
    let mut browser = open(&mut duo, "security-key");
    browser.choose(Params::new().with("factor", "add_security_key"));
    assert!(browser.page.contains("missing or are not base64url"));
    let form = Params::new().with("factor", "add_security_key");
    browser.choose(form.with("client_data", "e30=").with("attestation_object", "oA"));
    assert!(browser.page.contains("missing or are not base64url"));
}

#[test]
fn the_page_runs_its_own_script_and_no_other() {
    let mut duo = Duo::new();
    let (address, _) = begin(&duo, "security-key");
    let at = Browser::open(&mut duo, &address).at;
    let mut get = |path: &str, host: &str| {
        duo.exchange(&Request::get(path).header("host", host).body(Vec::new()).unwrap())
    };
    let page = get(&at, HOST);
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("script-src 'self'") && !policy.contains("script-src 'self' "));
    let script = get("/frame/security-key.js", HOST);
    assert_eq!(script.status(), StatusCode::OK);
    assert_eq!(script.headers()["content-type"], "text/javascript; charset=utf-8");
    // Under an address, browsers have no keys to offer.
    let page = String::from_utf8(get(&at, "127.0.0.1:9443").into_body()).unwrap();
    assert!(!page.contains("data-options"));
}
