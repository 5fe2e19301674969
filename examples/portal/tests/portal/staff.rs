//! What staff may do, and what takes two of them.

use crate::browser::Browser;
use crate::clinic::{Clinic, EMAIL, NAME, PASSWORD, Phone, SECOND_STAFF, STAFF};

/// A member of staff who may act, and their phone.
fn staff(clinic: &Clinic, email: &str) -> (Browser, Phone) {
    let (mut browser, phone) = clinic.enrol_and_sign_in(email);
    browser.reauthenticate(clinic, &phone);
    (browser, phone)
}

impl Browser {
    /// The path of the page of this person.
    pub(crate) fn path_of_person(&mut self, email: &str) -> String {
        let page = self.get(&format!("/staff?email={email}"));
        page.assert_shows(200, email);
        format!("/staff/people/{}", page.between("href=\"/staff/people/", "\"").unwrap())
    }
}

/// Every page of staff, to everybody else.
#[test]
fn t53_pages_of_staff_are_not_there_for_others() {
    let (clinic, phone) = Clinic::enrolled();
    let mut patient = clinic.browser();
    patient.sign_in(&clinic, &phone);
    patient.reauthenticate(&clinic, &phone);
    assert!(!patient.get("/account").body.contains("/staff"));
    patient.get("/staff").assert_shows(404, "Page not found");
    patient.get("/staff/people/").assert_shows(404, "Page not found");
    let id = "ab".repeat(16);
    patient.get(&format!("/staff/people/{id}")).assert_shows(404, "Page not found");
    for action in ["unlock", "disable", "enable", "reset"] {
        let page = patient.post(&format!("/staff/people/{id}/{action}"), &[]);
        page.assert_shows(404, "Page not found");
    }
    // Nor for staff whose password is all that they have shown.
    let mut half = clinic.browser();
    half.show_password_of(STAFF.0, PASSWORD).assert_redirects_to("/account/security");
    half.get("/staff").assert_shows(403, "Staff sign in with a second factor");
}

#[test]
fn staff_see_who_is_locked_out_and_unlock_them() {
    let (clinic, phone) = Clinic::enrolled();
    let mut patient = clinic.browser();
    patient.await_code();
    for _ in 0..5 {
        patient.show_code(&phone.wrong_code_at(clinic.now())).assert_shows(422, "not accepted");
    }
    clinic.await_mail("Somebody gave your password and then 5 codes that were not right");
    let (mut robin, robins_phone) = clinic.enrol_and_sign_in(STAFF.0);
    let path = robin.path_of_person(EMAIL);
    let asked = robin.post(&format!("{path}/unlock"), &[]);
    assert!(asked.header("location").unwrap().starts_with("/reauth?for=person."));
    robin.reauthenticate(&clinic, &robins_phone);

    // The steps above took more than the first wait; one more wrong code brings the next.
    patient.await_code();
    patient.show_code(&phone.wrong_code_at(clinic.now())).assert_shows(422, "not accepted");
    let page = robin.get(&path);
    page.assert_shows(200, "Codes wait until");
    patient.show_code(&phone.code_at(clinic.now())).assert_shows(422, "not accepted");
    robin.post(&format!("{path}/unlock"), &[]).assert_redirects_to(&path);
    robin.get(&path).assert_shows(200, "Can sign in");
    patient.show_code(&phone.code_at(clinic.now())).assert_redirects_to("/account");
    clinic.await_mail("codes are accepted again");
}

/// One asks, another agrees; nobody both, and nobody for themselves.
#[test]
fn a_second_factor_is_removed_by_two_members_of_staff() {
    let (clinic, phone) = Clinic::enrolled();
    let mut patient = clinic.browser();
    patient.sign_in(&clinic, &phone);
    let (mut robin, _) = staff(&clinic, STAFF.0);
    let (mut kim, _) = staff(&clinic, SECOND_STAFF.0);
    let path = robin.path_of_person(EMAIL);
    robin.get(&path).assert_shows(200, "Ask for its removal");
    robin.post(&format!("{path}/reset"), &[]).assert_redirects_to(&path);
    clinic.await_mail("Robin Hale of the clinic asked to remove the second factor");
    let page = robin.get(&path);
    page.assert_shows(200, "You have asked yourself");
    let withdraw = page.between("/reset/", "/withdraw").unwrap().to_owned();
    let confirm = format!("{path}/reset/{withdraw}/confirm");
    robin.post(&confirm, &[]).assert_shows(422, "That cannot be done");
    assert!(patient.is_signed_in());

    // Another request of the same person does not bring another name to confirm under.
    robin.post(&format!("{path}/reset"), &[]).assert_shows(422, "That cannot be done");
    kim.get(&path).assert_shows(200, "Robin Hale has asked for it");
    kim.post(&confirm, &[]).assert_redirects_to(&path);
    kim.get(&path).assert_shows(200, "<dd id=\"factors\">none</dd>");
    kim.post(&confirm, &[]).assert_shows(422, "That cannot be done");
    clinic.await_mail("Two members of the clinic's staff have removed the second factor");

    assert!(!patient.is_signed_in());
    patient.show_password(PASSWORD).assert_redirects_to("/account/security");
    patient.get("/account").assert_shows(200, "Your account has no second factor");
}

#[test]
fn nobody_decides_about_themselves_and_a_request_ends_after_a_day() {
    let (clinic, _) = Clinic::enrolled();
    let (mut robin, robins_phone) = staff(&clinic, STAFF.0);
    let (mut kim, kims_phone) = staff(&clinic, SECOND_STAFF.0);
    let own = robin.path_of_person(STAFF.0);
    robin.get(&own).assert_shows(200, "This is your own account");
    for action in ["unlock", "disable", "enable", "reset"] {
        robin.post(&format!("{own}/{action}"), &[]).assert_shows(422, "That cannot be done");
    }
    // Kim asks for Robin's; Robin cannot agree.
    let robins = kim.path_of_person(STAFF.0);
    kim.get(&robins).assert_shows(200, "Ask for its removal");
    kim.post(&format!("{robins}/reset"), &[]).assert_redirects_to(&robins);
    let page = kim.get(&robins);
    let reset = page.between("/reset/", "/withdraw").unwrap().to_owned();
    let confirm = format!("{robins}/reset/{reset}/confirm");
    robin.post(&confirm, &[]).assert_shows(422, "That cannot be done");
    kim.post(&format!("{robins}/reset/{reset}/withdraw"), &[]).assert_redirects_to(&robins);
    kim.get(&robins).assert_shows(200, "Ask for its removal");

    // A day later the request for the patient is void.
    let path = robin.path_of_person(EMAIL);
    robin.get(&path).assert_shows(200, "Ask for its removal");
    robin.post(&format!("{path}/reset"), &[]).assert_redirects_to(&path);
    let page = robin.get(&path);
    let reset = page.between("/reset/", "/withdraw").unwrap().to_owned();
    clinic.step_on(24 * 60 * 60);
    for (browser, email, phone) in
        [(&mut kim, SECOND_STAFF.0, &kims_phone), (&mut robin, STAFF.0, &robins_phone)]
    {
        clinic.step_on(60);
        browser.show_password_of(email, PASSWORD).assert_redirects_to("/login/second-factor");
        browser.get("/login/second-factor").assert_shows(200, "Enter your code");
        browser.show_code(&phone.code_at(clinic.now())).assert_redirects_to("/account");
        browser.reauthenticate(&clinic, phone);
        browser.get(&path).assert_shows(200, "Ask for its removal");
    }
    kim.post(&format!("{path}/reset/{reset}/confirm"), &[]).assert_shows(422, "cannot be done");
    assert_eq!(clinic.count_mail("second factor reset"), 0);
}

/// A disabled account: nothing that was open or begun goes on, and nothing new begins.
#[test]
fn t33_a_disabled_account_is_closed_everywhere_at_once() {
    let (clinic, phone) = Clinic::enrolled();
    let mut open = clinic.browser();
    open.sign_in(&clinic, &phone);
    let mut half = clinic.browser();
    half.await_code();
    let link = clinic.reset_link(EMAIL);
    let (mut robin, _) = staff(&clinic, STAFF.0);
    let path = robin.path_of_person(EMAIL);
    robin.get(&path).assert_shows(200, "Disable the account");
    robin.post(&format!("{path}/disable"), &[]).assert_redirects_to(&path);
    robin.get(&path).assert_shows(200, "<dd id=\"state\">Disabled");

    assert!(!open.is_signed_in());
    // T35: what was begun before is not finished.
    half.show_code(&phone.code_at(clinic.now())).assert_redirects_to("/login");
    half.get(&link).assert_shows(404, "This link no longer works");
    half.show_password(PASSWORD).assert_shows(422, "is not right");
    let persons = "IN (SELECT id FROM people WHERE state = 'disabled')";
    for table in ["sessions", "pending_logins", "password_resets", "browsers"] {
        let left = format!("SELECT count(*) FROM {table} WHERE person {persons}");
        assert_eq!(clinic.query(&left), 0, "{table}");
    }
    // Others are not touched, and it is not for ever.
    robin.get(&path).assert_shows(200, "Enable the account");
    robin.post(&format!("{path}/enable"), &[]).assert_redirects_to(&path);
    clinic.step_on(30);
    open.sign_in(&clinic, &phone);
    open.get("/account").assert_shows(200, NAME);
    clinic.await_mail("The clinic has disabled your account");
}

/// What was begun before the account was disabled, and before its codes were blocked.
#[test]
fn t35_a_sign_in_under_way_ends_with_the_account() {
    let (clinic, phone) = Clinic::enrolled();
    let (mut robin, _) = staff(&clinic, STAFF.0);
    let mut half = clinic.browser();
    half.await_code();
    let mut back = half.clone();
    let path = robin.path_of_person(EMAIL);
    robin.get(&path).assert_shows(200, "Disable the account");
    robin.post(&format!("{path}/disable"), &[]).assert_redirects_to(&path);
    half.show_code(&phone.code_at(clinic.now())).assert_redirects_to("/login");
    // Nor once it is enabled again: what was begun is gone, not asleep.
    robin.get(&path).assert_shows(200, "Enable the account");
    robin.post(&format!("{path}/enable"), &[]).assert_redirects_to(&path);
    back.show_code(&phone.code_at(clinic.now())).assert_redirects_to("/login");
    assert!(!back.is_signed_in());
    back.sign_in(&clinic, &phone);
}

/// Text of others is text on the pages of staff.
#[test]
fn t47_names_are_text_to_staff_as_well() {
    let (clinic, phone) = Clinic::enrolled();
    let mut patient = clinic.browser();
    patient.sign_in(&clinic, &phone);
    patient.get("/account").assert_shows(200, NAME);
    let hostile = "<script>alert(1)</script>";
    patient.post("/account", &[("display_name", hostile)]).assert_redirects_to("/account?saved");
    let (mut robin, _) = staff(&clinic, STAFF.0);
    let path = robin.path_of_person(EMAIL);
    for page in [robin.get("/staff"), robin.get(&path), robin.get("/staff?email=%3Cscript%3E")] {
        assert!(!page.body.contains("<script>"), "{}", page.body);
        assert_eq!(page.status, 200);
    }
}

/// The table keeps the duty beside the role; whoever audits changes nothing for others.
#[test]
fn t53_an_auditor_helps_nobody_in_and_a_privacy_lead_does() {
    let clinic = Clinic::open();
    clinic.change("UPDATE people SET duty = 'privacy lead' WHERE email = 'robin@example.com'");
    clinic.change("UPDATE people SET duty = 'auditor' WHERE email = 'kim@example.com'");
    let (mut robin, _) = staff(&clinic, STAFF.0);
    let path = robin.path_of_person(EMAIL);
    let (mut kim, _) = staff(&clinic, SECOND_STAFF.0);
    kim.get("/staff").assert_shows(404, "Page not found");
    kim.get(&path).assert_shows(404, "Page not found");
    for action in ["unlock", "disable", "enable", "reset"] {
        kim.post(&format!("{path}/{action}"), &[]).assert_shows(404, "Page not found");
    }
    robin.post(&format!("{path}/disable"), &[]).assert_redirects_to(&path);
}
