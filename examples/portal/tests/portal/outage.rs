//! The database is there, and does not answer.

use std::time::{Duration, Instant};

use crate::clinic::{Clinic, PASSWORD};

/// Somebody else holds the database for longer than anyone waits.
#[test]
fn t60_while_the_database_is_held_nobody_gets_in_and_nothing_is_lost() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    browser.await_code();
    let code = phone.code_at(clinic.now());
    {
        let _held = clinic.hold_database();
        let start = Instant::now();
        let page = browser.show_code(&code);
        page.assert_shows(503, "The portal is busy");
        assert!(page.header("retry-after").is_some());
        assert!(start.elapsed() < Duration::from_secs(10));
        assert!(page.all("set-cookie").next().is_none());
    }
    // It recovers by itself, and the code was not used up.
    browser.get("/login/second-factor").assert_shows(200, "Enter your code");
    browser.show_code(&code).assert_redirects_to("/account");
    let mut again = clinic.browser();
    again.await_code();
    again.show_code(&code).assert_shows(422, "not accepted");
    again.show_password(PASSWORD).assert_redirects_to("/login/second-factor");
}
