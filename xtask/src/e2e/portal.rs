//! The portal, from the first password to the second sign-in, as a person goes through it.
//!
//! The phone is `totp-rs`, the scanner `rqrr`: neither has any code of this project.

mod intake;

use std::process::Command;
use std::thread;
use std::time::Duration;

use totp_rs::Totp;

use super::phone::{seconds_now, start_of, step_now};
use super::program::{self, Program};
use super::screen::{self, Album};
use super::webdriver::{Browser, Driver};
use super::{Outcome, check, paper, say};

/// Where the portal is and who may sign in.
struct Account {
    address: String,
    user: String,
    password: String,
}

/// Signs in, enrols, signs in with the code, changes the name; and lets nobody in twice.
pub(super) fn first_sign_in() -> Outcome<()> {
    program::require_browser()?;
    let binary = program::build("portal")?;
    let target = program::target_of(&binary)?;
    let album = Album::in_folder(target.join("e2e"))?;
    let temporary = tempfile::tempdir()?;

    let mut command = Command::new(&binary);
    command.args(["demo", "--listen", "127.0.0.1:0", "--log", "warn"]);
    let mut portal = Program::start(command.env("TMPDIR", temporary.path()))?;
    let account = Account {
        address: portal.read_after("address: ")?,
        user: portal.read_after("user: ")?,
        password: portal.read_after("password: ")?,
    };
    let driver = Driver::start()?;

    let browser = driver.open()?;
    say("portal: a wrong password, then the right one");
    show_password(&browser, &account, &album)?;
    say("portal: adding an authenticator app by its QR code");
    let (phone, confirmed_in) = enrol(&browser, &account, &album)?;
    say("portal: saving the recovery codes");
    let recovery_code = save_recovery_codes(&browser, &album)?;
    say("portal: signing out, and in again with a code");
    sign_out(&browser, &account)?;
    let code = phone.generate(start_of(confirmed_in.saturating_add(1))).to_string();
    sign_in_with_code(&browser, &account, &code, &album)?;
    say("portal: changing the name");
    change_name(&browser, &album)?;

    say("portal: the same code in another browser");
    let thief = driver.open()?;
    replay(&thief, &account, &code)?;
    say("portal: waiting for the next code");
    let next = confirmed_in.saturating_add(2);
    // It is good one step early.
    while step_now()? < next.saturating_sub(1) {
        thread::sleep(Duration::from_millis(200));
    }
    give_code(&thief, &phone.generate(start_of(next)).to_string())?;
    thief.expect_heading("Your profile")?;

    say("portal: signing in with a recovery code");
    let other = driver.open()?;
    use_recovery_code(&other, &account, &recovery_code, &album)?;
    say("portal: every other page");
    look_around(&other, &account, &recovery_code, &album)?;

    say("portal: asking about data without an account");
    let stranger = driver.open()?;
    let asked = intake::ask_without_account(&stranger, &account, &album)?;
    say("portal: a complaint without an account");
    let complained = intake::complain_without_account(&stranger, &account, &album)?;

    say("portal: the pages of staff");
    let staff = driver.open()?;
    look_at_staff(&staff, &account, &asked, &album)?;
    intake::acknowledge(&staff, &account, &complained, &album)?;

    drop((browser, thief, other, stranger, staff));
    check(portal.terminate()?.success(), "the portal did not end well")?;
    let is_empty = temporary.path().read_dir()?.next().is_none();
    check(is_empty, "the portal left something behind")?;
    say("portal: passed; pictures are in target/e2e");
    Ok(())
}

fn show_password(browser: &Browser<'_>, account: &Account, album: &Album) -> Outcome<()> {
    browser.go_to(&account.address)?;
    browser.expect_heading("Sign in")?;
    album.keep(browser, "1-sign-in")?;
    check_cookies(browser, "__Host-form")?;

    give_password(browser, account, "not the password")?;
    let problem = browser.find(".summary a")?.text()?;
    check(problem.contains("not right"), &problem)?;
    check(browser.title()?.starts_with("Error: "), "the title does not tell of the error")?;
    let focus = browser.evaluate("return document.activeElement.className")?;
    check(focus == "summary", &format!("the summary has no focus, {focus} has"))?;
    album.keep(browser, "2-wrong-password")?;

    give_password(browser, account, &account.password)?;
    browser.expect_heading("Security")?;
    check_cookies(browser, "__Host-session")?;
    album.keep(browser, "3-no-second-factor")
}

/// Returns the phone, and the step whose code confirmed it.
fn enrol(browser: &Browser<'_>, account: &Account, album: &Album) -> Outcome<(Totp, u64)> {
    browser.find("form[action='/account/security/totp'] button")?.click()?;
    browser.expect_heading("Add an authenticator app")?;
    album.keep(browser, "4-add-app")?;
    let page = browser.url()?;

    let scanned = screen::read_qr(&browser.find(".qr-frame svg")?.screenshot()?)?;
    let phone = Totp::from_url(&scanned)?;
    let key = browser.find("#manual-key")?.text()?.replace(' ', "");
    let typed = totp_rs::Secret::try_from_base32(&key)?;
    let same = totp_rs::Builder::new().with_secret(typed).with_account_name(&*account.user);
    let now = seconds_now()?;
    let typed_code = same.build()?.generate(now).to_string();
    check(phone.generate(now).to_string() == typed_code, "the QR code and the key differ")?;
    check(phone.issuer() == Some("Northside Clinic"), "the QR code names another issuer")?;

    let step = step_now()?;
    give_code(browser, &phone.generate(start_of(step)).to_string())?;
    browser.expect_heading("Save your recovery codes")?;
    let codes = browser.url()?;
    browser.go_to(&page)?;
    browser.expect_heading("Page not found")?;
    album.keep(browser, "5-key-is-gone")?;
    browser.go_to(&codes)?;
    Ok((phone, step))
}

/// Says that the codes are saved, and returns one.
fn save_recovery_codes(browser: &Browser<'_>, album: &Album) -> Outcome<String> {
    browser.expect_heading("Save your recovery codes")?;
    let code = browser.find("#recovery-codes code")?.text()?;
    album.keep(browser, "6-recovery-codes")?;
    paper::check_recovery_codes(browser)?;
    browser.find("#saved")?.click()?;
    browser.find("form:has(#saved) button")?.click()?;
    browser.expect_heading("Security")?;
    let notice = browser.find(".notice.good h2")?.text()?;
    check(notice == "Your authenticator app is on", &notice)?;
    album.keep(browser, "6-app-is-on")?;
    Ok(code)
}

fn use_recovery_code(
    browser: &Browser<'_>,
    account: &Account,
    code: &str,
    album: &Album,
) -> Outcome<()> {
    browser.go_to(&account.address)?;
    give_password(browser, account, &account.password)?;
    browser.expect_heading("Enter your code")?;
    browser.find("a[href='/login/recovery']")?.click()?;
    browser.expect_heading("Use a recovery code")?;
    album.keep(browser, "10-recovery-code")?;
    // In lower case and with spaces, as people copy from paper.
    browser.find("#recovery_code")?.fill(&code.to_lowercase().replace('-', " "))?;
    browser.find("form[action='/login/recovery'] button")?.click()?;
    browser.expect_heading("Your profile")?;
    check_cookies(browser, "__Host-session")
}

/// Looks at the pages that no other step comes by.
fn look_around(browser: &Browser<'_>, account: &Account, used: &str, album: &Album) -> Outcome<()> {
    let visit = |path: &str, heading: &str, name: &str| {
        browser.go_to(&format!("{}{path}", account.address))?;
        browser.expect_heading(heading)?;
        album.keep(browser, name)
    };
    visit("/account/security", "Security", "11-security")?;
    visit("/account/security/totp", "Confirm that it is you", "12-confirm")?;
    browser.find("#recovery_code")?.fill(used)?;
    browser.find("form:has(#recovery_code) button")?.click()?;
    let problem = browser.find(".summary a")?.text()?;
    check(problem.contains("not accepted"), &problem)?;
    album.keep(browser, "13-confirm-refused")?;
    browser.go_to(&format!("{}/account/security", account.address))?;
    browser.find(".list a[href^='/account/security/devices/']")?.click()?;
    browser.expect_heading("Authenticator app")?;
    album.keep(browser, "14-device")?;
    visit("/account/data", "What we hold", "28-what-we-hold")?;
    visit("/account/consents", "Your consents", "29-consents")?;
    visit("/requests", "Your requests", "30-requests")?;
    visit("/dev/outbox", "Sent e-mails", "15-outbox")?;
    sign_out(browser, account)?;
    visit("/password/forgot", "Forgotten password", "16-forgotten")?;
    browser.find("#email")?.fill(&account.user)?;
    browser.find("form[action='/password/forgot'] button")?.click()?;
    browser.expect_heading("Look at your e-mail")?;
    album.keep(browser, "17-look-at-your-mail")
}

/// The pages of staff, and those for which a second factor was shown just now.
fn look_at_staff(
    browser: &Browser<'_>,
    account: &Account,
    asked: &str,
    album: &Album,
) -> Outcome<()> {
    let visit = |path: &str, heading: &str, name: &str| {
        browser.go_to(&format!("{}{path}", account.address))?;
        browser.expect_heading(heading)?;
        album.keep(browser, name)
    };
    let password = account.password.clone();
    let robin =
        Account { address: account.address.clone(), user: "robin@example.com".into(), password };
    browser.go_to(&robin.address)?;
    give_password(browser, &robin, &robin.password)?;
    // Else the form, still on its way, replaces the page that is visited next.
    browser.expect_heading("Security")?;
    visit("/staff", "Staff sign in with a second factor", "18-staff-need-a-second-factor")?;
    browser.go_to(&format!("{}/account/security", robin.address))?;
    browser.find("form[action='/account/security/totp'] button")?.click()?;
    browser.expect_heading("Add an authenticator app")?;
    let key = browser.find("#manual-key")?.text()?.replace(' ', "");
    let secret = totp_rs::Secret::try_from_base32(&key)?;
    let phone = totp_rs::Builder::new().with_secret(secret).with_account_name(&*robin.user);
    give_code(browser, &phone.build()?.generate(seconds_now()?).to_string())?;
    browser.expect_heading("Save your recovery codes")?;

    visit("/staff", "People", "19-staff")?;
    browser.find(".list a[href^='/staff/people/']")?.click()?;
    browser.find("form[action$='/reset'] button")?.click()?;
    browser.find("form[action$='/withdraw'] button")?;
    album.keep(browser, "20-staff-person")?;
    visit("/staff/requests", "Requests", "26-desk")?;
    browser.find("th a[href^='/staff/requests/']")?.click()?;
    browser.find("form[action^='/staff/requests/']")?;
    album.keep(browser, "27-desk-request")?;
    write_letter(browser, account, asked)?;
    visit("/staff/limits", "Limits", "28-limits")?;
    visit("/staff/audit", "Audit", "29-audit")?;
    browser.find("form[action='/staff/audit/verify'] button")?.click()?;
    browser.find("#verified")?;
    album.keep(browser, "30-audit-verified")?;
    visit("/staff/publishing", "Publishing", "31-publishing")?;
    visit("/account/security/password", "Change your password", "21-change-password")?;
    visit("/account/close", "Close your account", "22-close")?;
    visit("/account/security/totp", "Add an authenticator app", "23-name-device")?;
    visit("/account/data/export", "A copy of your data", "25-copy-of-data")?;
    visit("/account/security/recovery-codes", "Recovery codes", "24-recovery-codes")
}

/// Asks whoever sent the form who they are, and looks at the letter on paper.
fn write_letter(browser: &Browser<'_>, account: &Account, asked: &str) -> Outcome<()> {
    browser.go_to(&format!("{}/staff/requests/{asked}", account.address))?;
    browser.expect_heading("A copy of my data")?;
    let form = "form[action$='/request-identity']";
    browser.find(&format!("details:has({form}) summary"))?.click()?;
    browser.find("#request-identity-words")?.fill("We do not know this address.")?;
    browser.find(&format!("{form} button"))?.click()?;
    browser.expect_heading("The letter")?;
    paper::check_letter(browser, ".letter", "We do not know")?;
    browser.find(&format!("{form} button"))?.click()?;
    browser.expect_heading("A copy of my data")?;
    // On the page of the request it is folded, on the screen.
    paper::check_letter(browser, "details .letter", "We do not know")
}

fn sign_out(browser: &Browser<'_>, account: &Account) -> Outcome<()> {
    browser.go_to(&format!("{}/account", account.address))?;
    browser.expect_heading("Your profile")?;
    browser.find("form[action='/logout'] button")?.click()?;
    browser.expect_heading("Sign in")?;
    browser.go_back()?;
    browser.expect_heading("Sign in")
}

fn sign_in_with_code(
    browser: &Browser<'_>,
    account: &Account,
    code: &str,
    album: &Album,
) -> Outcome<()> {
    give_password(browser, account, &account.password)?;
    browser.expect_heading("Enter your code")?;
    check_cookies(browser, "__Host-login")?;
    album.keep(browser, "7-code")?;
    browser.go_to(&format!("{}/account", account.address))?;
    browser.expect_heading("Sign in")?;
    browser.go_back()?;
    browser.expect_heading("Enter your code")?;

    let wrong = if code == "000000" { "111111" } else { "000000" };
    give_code(browser, wrong)?;
    let problem = browser.find(".summary a")?.text()?;
    check(problem.contains("not accepted"), &problem)?;
    album.keep(browser, "8-wrong-code")?;

    give_code(browser, code)?;
    browser.expect_heading("Your profile")?;
    check_cookies(browser, "__Host-session")
}

fn change_name(browser: &Browser<'_>, album: &Album) -> Outcome<()> {
    let name = "Zoë <b>O'Neill</b>";
    browser.find("#display_name")?.fill(name)?;
    browser.find("form[action='/account'] button")?.click()?;
    browser.find(".notice.good")?;
    let shown = browser.find("#name")?.text()?;
    check(shown == name, &format!("{name} was saved and {shown} is shown"))?;
    album.keep(browser, "9-profile")
}

fn replay(thief: &Browser<'_>, account: &Account, code: &str) -> Outcome<()> {
    thief.go_to(&account.address)?;
    give_password(thief, account, &account.password)?;
    thief.expect_heading("Enter your code")?;
    give_code(thief, code)?;
    let problem = thief.find(".summary a")?.text()?;
    check(problem.contains("not accepted"), &problem)?;
    thief.go_to(&format!("{}/account", account.address))?;
    thief.expect_heading("Sign in")?;
    thief.go_to(&format!("{}/login/second-factor", account.address))?;
    thief.expect_heading("Enter your code")
}

fn give_password(browser: &Browser<'_>, account: &Account, password: &str) -> Outcome<()> {
    browser.expect_heading("Sign in")?;
    browser.find("#email")?.fill(&account.user)?;
    browser.find("#password")?.fill(password)?;
    browser.find("form[action='/login'] button")?.click()
}

fn give_code(browser: &Browser<'_>, code: &str) -> Outcome<()> {
    browser.find("#code")?.fill(code)?;
    browser.find("main form button")?.click()
}

/// The browser kept this cookie of plain HTTP on localhost, out of reach of scripts.
fn check_cookies(browser: &Browser<'_>, name: &str) -> Outcome<()> {
    let cookies = browser.cookies()?;
    for cookie in &cookies {
        let is_protected = cookie["httpOnly"] == true && cookie["secure"] == true;
        check(is_protected, "a cookie without protection")?;
    }
    // Beside the one by which the browser is known again, which opens nothing.
    let mut others = cookies.iter().filter(|cookie| cookie["name"] != "__Host-browser");
    let (Some(cookie), None) = (others.next(), others.next()) else {
        return Err(format!("{} cookies", cookies.len()).into());
    };
    check(cookie["name"] == name, &format!("{} instead of {name}", cookie["name"]))?;
    check(browser.evaluate("return document.cookie")? == "", "a script could read the cookie")
}
