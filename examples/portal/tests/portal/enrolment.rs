//! Adding an app: when it counts, and when its key is shown.

use crate::clinic::{Clinic, EMAIL, PASSWORD, Phone};

/// Enrolling over an app that is in use, with a session alone: a second factor comes first, and
/// the old app goes on working beside the new.
#[test]
fn t27_a_second_app_needs_a_code_of_the_first_and_replaces_nothing() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    browser.sign_in(&clinic, &phone);
    browser.get("/account/security").assert_shows(200, "Your authenticator app is on");
    let add = "/reauth?for=add-device";
    browser.get("/account/security/totp").assert_redirects_to(add);
    browser.post("/account/security/totp", &[]).assert_redirects_to(add);
    assert_eq!(clinic.query("SELECT count(*) FROM pending_enrolments"), 0);

    // The code that opened the session proves nothing more, and neither does the password.
    browser.get(add).assert_shows(200, "Confirm that it is you");
    let used = phone.code_at(clinic.now());
    let fields = [("for", "add-device"), ("code", &*used), ("password", PASSWORD)];
    browser.post("/reauth", &fields).assert_shows(422, "That code was not accepted");
    clinic.step_on(30);
    let fields = [("for", "add-device"), ("code", &*phone.code_at(clinic.now()))];
    browser.post("/reauth", &fields).assert_redirects_to("/account/security/totp");
    browser.get("/account/security/totp").assert_shows(200, "What do you call the device?");
    let started = browser.post("/account/security/totp", &[("name", "Tablet <i>")]);
    let path = started.header("location").unwrap().to_owned();
    let tablet = Phone::with_key_of(&browser.get(&path));

    // Until it is confirmed the old app is the only one.
    let mut other = clinic.browser();
    other.await_code();
    other.show_code(&tablet.code_at(clinic.now())).assert_shows(422, "not accepted");
    let code = tablet.code_at(clinic.now());
    let page = browser.post(&path, &[("code", &code)]);
    page.assert_confirmed();
    browser.get("/account/security").assert_shows(200, "Tablet &#60;i&#62;");
    browser.sign_out();

    for app in [&phone, &tablet] {
        clinic.step_on(60);
        browser.sign_in(&clinic, app);
        browser.sign_out();
    }
    assert_eq!(clinic.count_mail("device added"), 2);
}

/// Two tabs: the later key replaces the earlier.
#[test]
fn t27_of_two_keys_the_later_counts() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    let (first_page, first_path) = browser.begin_enrolment();
    let (second_page, second_path) = browser.begin_enrolment();
    assert_ne!(first_path, second_path);
    let (first, second) = (Phone::with_key_of(&first_page), Phone::with_key_of(&second_page));
    let now = clinic.now();

    browser.get(&first_path).assert_shows(404, "Page not found");
    browser.post(&first_path, &[("code", &first.code_at(now))]).assert_shows(404, "Page not found");
    let mixed = browser.post(&second_path, &[("code", &first.code_at(now))]);
    mixed.assert_shows(422, "does not belong to this key");
    let confirmed = browser.post(&second_path, &[("code", &second.code_at(now))]);
    confirmed.assert_confirmed();
}

/// Confirmed twice at once: one app, one session.
#[test]
fn t27_a_key_is_confirmed_once() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    let (page, path) = browser.begin_enrolment();
    let code = Phone::with_key_of(&page).code_at(clinic.now());
    let statuses: Vec<_> = std::thread::scope(|scope| {
        let confirm = || {
            let mut browser = browser.clone();
            browser.post(&path, &[("code", &code)]);
            browser
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(confirm)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap().is_signed_in()).collect()
    });
    assert_eq!(statuses.iter().filter(|it| **it).count(), 1, "{statuses:?}");
    assert_eq!(clinic.query("SELECT count(*) FROM devices"), 1);
    assert_eq!(clinic.query("SELECT count(*) FROM sessions"), 1);
}

/// Started and left: nobody is locked out.
#[test]
fn t28_an_unconfirmed_key_plays_no_part_in_signing_in_and_expires() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    let (page, path) = browser.begin_enrolment();
    let phone = Phone::with_key_of(&page);

    let mut other = clinic.browser();
    other.show_password(PASSWORD).assert_redirects_to("/account/security");
    // Another session of the same person does not see the key.
    other.get(&path).assert_shows(404, "Page not found");

    clinic.step_on(10 * 60 - 1);
    browser.get(&path).assert_shows(200, "Scan this QR code");
    clinic.step_on(1);
    browser.get(&path).assert_shows(404, "Page not found");
    let late = browser.post(&path, &[("code", &phone.code_at(clinic.now()))]);
    late.assert_shows(404, "Page not found");
    assert_eq!(clinic.query("SELECT count(*) FROM devices"), 0);

    // It is deleted at the latest with the person's next sign-in.
    clinic.browser().show_password(PASSWORD).assert_redirects_to("/account/security");
    assert_eq!(clinic.query("SELECT count(*) FROM pending_enrolments"), 0);
}

/// Signing out takes the key along.
#[test]
fn t28_an_unconfirmed_key_ends_with_its_session() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    let (_, path) = browser.begin_enrolment();
    browser.sign_out();
    assert_eq!(clinic.query("SELECT count(*) FROM pending_enrolments"), 0);
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    browser.get(&path).assert_shows(404, "Page not found");
}

/// The key after it counts.
#[test]
fn t29_the_key_is_never_shown_again() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    let (page, path) = browser.begin_enrolment();
    let key = page.between("id=\"manual-key\" class=\"key\">", "<").unwrap().to_owned();
    let phone = Phone::with_key_of(&page);
    let code = phone.code_at(clinic.now());
    browser.post(&path, &[("code", &code)]).assert_confirmed();

    for address in [&*path, "/account/security", "/account", "/account/security/totp"] {
        let page = browser.get(address);
        assert!(!page.body.contains(&key) && !page.body.contains("qr-frame"), "{address}");
    }
    browser.get(&path).assert_shows(404, "Page not found");
    browser.post(&path, &[("code", &code)]).assert_shows(404, "Page not found");
}

/// The other sessions of a person end when an app begins to count.
#[test]
fn t32_other_sessions_end_with_the_enrolment() {
    let clinic = Clinic::open();
    let mut thief = clinic.browser();
    thief.show_password(PASSWORD).assert_redirects_to("/account/security");
    assert!(thief.is_signed_in());
    let mut browser = clinic.browser();
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    browser.enrol(&clinic);
    assert!(browser.is_signed_in());
    assert!(!thief.is_signed_in());
}

/// The QR code holds what the manual key says, for this account of this clinic.
#[test]
fn t37_the_issuer_comes_from_the_portal_and_not_from_the_request() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    browser.get("/account/security").assert_shows(200, "Add an authenticator app");
    let forwarded = [
        ("sec-fetch-site", "same-origin"),
        ("x-forwarded-host", "evil.example"),
        ("forwarded", "host=evil.example"),
        ("x-original-host", "evil.example"),
    ];
    let started = browser.post_with("/account/security/totp", &[], &forwarded);
    let path = started.header("location").unwrap().to_owned();
    assert!(path.starts_with("/account/security/totp/"), "{path}");
    let page = browser.get(&path);
    page.assert_shows(200, &format!("<dd>Northside Clinic: {EMAIL}</dd>"));
    assert!(!page.body.contains("evil"));
}

#[test]
fn wrong_codes_leave_the_key_where_it_is() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    let (page, path) = browser.begin_enrolment();
    let phone = Phone::with_key_of(&page);
    let wrong = browser.post(&path, &[("code", &phone.wrong_code_at(clinic.now()))]);
    wrong.assert_shows(422, "does not belong to this key");
    browser.post(&path, &[("code", "abc")]).assert_shows(422, "Enter the 6 digits");
    let code = phone.code_at(clinic.now());
    browser.post(&path, &[("code", &code)]).assert_confirmed();
}

/// The QR code is part of the page, and nothing else is fetched for it.
#[test]
fn t43_the_qr_code_is_made_here() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    let (page, _) = browser.begin_enrolment();
    let frame = page.between("<div class=\"qr-frame\">", "</div>").unwrap().trim();
    assert!(frame.starts_with("<svg ") && frame.ends_with("</svg>"), "{frame}");
    assert!(frame.len() > 1000, "{frame}");
    for fetched in ["<img", "<image", "<object", "<iframe", "<use", "url(", "src=", "otpauth"] {
        assert!(!page.body.contains(fetched), "{fetched}");
    }
    // Even if something were, the browser would not.
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.contains("default-src 'none'") && policy.contains("img-src 'self';"),
        "{policy}"
    );
}
