//! Signing in to the portal with Duo, as people do it: the portal's pages, the simulator's prompt,
//! and the page of phones, each in a browser.

use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use upheld_store::Tenant;
use upheld_store::sql::{Database, DatabaseError, Settings};

use super::program::{self, Program};
use super::screen::Album;
use super::webdriver::{Browser, Driver};
use super::{Outcome, check, say};

/// Who confirms with Duo in the demonstration.
const JO: &str = "jo@example.com";
/// Who has a security key instead of a phone.
const LEE: &str = "lee@example.com";
/// Who does not use Duo yet.
const ALEX: &str = "alex@example.com";
const REFUSED: &str = "This answer of Duo belongs to no sign-in here";
const PATIENCE: Duration = Duration::from_secs(20);

/// The demonstration, with Duo beside it.
struct Demo {
    portal: Program,
    folder: tempfile::TempDir,
    address: String,
    password: String,
    phones: String,
}

/// Pushes approved and denied, a security key, an outage, and answers that are somebody else's.
pub(super) fn signs_in_with_duo() -> Outcome<()> {
    program::require_browser()?;
    let binary = program::build("portal")?;
    let target = program::target_of(&binary)?;
    let album = Album::in_folder(target.join("e2e"))?;
    let demo = Demo::start(&binary)?;
    let driver = Driver::start()?;

    let (browser, phones) = (driver.open()?, driver.open()?);
    say("portal-duo: a push, approved");
    demo.show_password(&browser, JO)?;
    browser.expect_heading("Confirm with Duo")?;
    album.keep(&browser, "duo-1-confirm")?;
    demo.push(&browser, &phones, "Approve", &album)?;
    browser.expect_heading("Your profile")?;
    browser.go_to(&format!("{}/account/security", demo.address))?;
    browser.expect_heading("Security")?;
    album.keep(&browser, "duo-4-security")?;
    demo.sign_out(&browser)?;
    say("portal-duo: a push, denied");
    demo.show_password(&browser, JO)?;
    demo.push(&browser, &phones, "Deny", &album)?;
    browser.expect_heading("Confirm with Duo")?;
    let problem = browser.find(".summary a")?.text()?;
    check(problem == "You were not signed in", &problem)?;
    album.keep(&browser, "duo-5-denied")?;
    demo.expect_nobody(&browser)?;

    say("portal-duo: a security key at Duo's page");
    let with_key = driver.open_with_scripts()?;
    let key = with_key.plug_in("ctap2")?;
    demo.go_to_prompt(&with_key, LEE)?;
    with_key.find_text("button", "Add a security key")?.click()?;
    with_key.find_text("button", "Use your security key")?.click()?;
    with_key.expect_heading("Your profile")?;
    say("portal-duo: the same key confirms a change");
    with_key.go_to(&format!("{}/account/security/duo", demo.address))?;
    with_key.expect_heading("Confirm that it is you")?;
    album.keep(&with_key, "duo-6-confirm-change")?;
    with_key.find("form[action='/reauth/duo'] button")?.click()?;
    with_key.find_text("button", "Use your security key")?.click()?;
    with_key.expect_heading("Duo")?;
    album.keep(&with_key, "duo-7-account")?;
    demo.sign_out(&with_key)?;
    key.pull_out()?;

    come_back_wrongly(&demo, &driver, &album)?;

    say("portal-duo: Duo is down");
    demo.fault(503)?;
    let down = driver.open()?;
    demo.show_password(&down, JO)?;
    down.expect_heading("Confirm with Duo")?;
    down.find("form[action='/login/duo'] button")?.click()?;
    down.find(".summary a")?;
    album.keep(&down, "duo-10-down")?;
    down.find("a[href='/login/duo/here']")?.click()?;
    let problem = down.find(".summary a")?.text()?;
    check(problem == "Duo cannot be used at this moment", &problem)?;
    demo.expect_nobody(&down)?;

    drop((browser, phones, with_key, down));
    demo.end()?;
    say("portal-duo: passed; pictures are in target/e2e");
    Ok(())
}

/// Callbacks with a state that is made up, too old, used before, of another browser; and with the
/// code of another person.
fn come_back_wrongly(demo: &Demo, driver: &Driver, album: &Album) -> Outcome<()> {
    say("portal-duo: another's state, another's code");
    let (jo, alex, thief) =
        (driver.open_with_scripts()?, driver.open_with_scripts()?, driver.open()?);
    demo.show_password(&thief, JO)?;
    thief.expect_heading("Confirm with Duo")?;
    let made_up = format!("{}/duo/callback?state={}&duo_code=abc", demo.address, "A".repeat(43));
    thief.go_to(&made_up)?;
    thief.expect_heading(REFUSED)?;
    album.keep(&thief, "duo-8-callback-refused")?;

    demo.go_to_prompt(&jo, JO)?;
    let jos = demo.pass_and_stop(&jo, JO)?;
    thief.go_to(&jos)?;
    thief.expect_heading(REFUSED)?;
    demo.expect_nobody(&thief)?;

    // The other person adds Duo to their account, and their code goes into this sign-in.
    demo.show_password(&alex, ALEX)?;
    alex.expect_heading("Security")?;
    alex.go_to(&format!("{}/account/security/duo", demo.address))?;
    alex.expect_heading("Add Duo")?;
    album.keep(&alex, "duo-9-add")?;
    alex.find("form[action='/account/security/duo'] button")?.click()?;
    let alexs = demo.pass_and_stop(&alex, ALEX)?;
    let mixed = jos.replace(part(&jos, "duo_code")?, part(&alexs, "duo_code")?);
    jo.go_to(&mixed)?;
    jo.expect_heading("Confirm with Duo")?;
    let problem = jo.find(".summary a")?.text()?;
    check(problem == "You were not signed in", &problem)?;
    demo.expect_nobody(&jo)?;

    say("portal-duo: an answer that comes too late, and one that comes twice");
    demo.go_to_prompt(&jo, JO)?;
    let late = demo.pass_and_stop(&jo, JO)?;
    demo.let_prompts_expire()?;
    jo.go_to(&late)?;
    jo.expect_heading(REFUSED)?;
    demo.go_to_prompt(&jo, JO)?;
    let good = demo.pass_and_stop(&jo, JO)?;
    jo.go_to(&good)?;
    jo.expect_heading("Your profile")?;
    jo.go_to(&good)?;
    jo.expect_heading(REFUSED)
}

impl Demo {
    fn start(binary: &std::path::Path) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let mut command = Command::new(binary);
        command.args(["demo", "--listen", "127.0.0.1:0", "--log", "warn"]);
        let mut portal = Program::start(command.env("TMPDIR", folder.path()))?;
        let address = portal.read_after("address: ")?;
        let password = portal.read_after("password: ")?;
        let phones = portal.read_after("phones: ")?;
        Ok(Self { portal, folder, address, password, phones })
    }

    fn show_password(&self, browser: &Browser<'_>, email: &str) -> Outcome<()> {
        browser.go_to(&format!("{}/login", self.address))?;
        browser.expect_heading("Sign in")?;
        browser.find("#email")?.fill(email)?;
        browser.find("#password")?.fill(&self.password)?;
        browser.find("form[action='/login'] button")?.click()
    }

    /// Has a push sent from a page of the portal, and answers it on the page of phones.
    fn push(
        &self,
        browser: &Browser<'_>,
        phones: &Browser<'_>,
        answer: &str,
        album: &Album,
    ) -> Outcome<()> {
        browser.find("a[href='/login/duo/here']")?.click()?;
        browser.expect_heading("Choose how to confirm")?;
        album.keep(browser, "duo-2-devices")?;
        browser.find("button[value^='push ']")?.click()?;
        browser.expect_heading("Answer on your phone")?;
        album.keep(browser, "duo-3-waiting")?;
        let start = Instant::now();
        loop {
            phones.go_to(&self.phones)?;
            if phones.evaluate("return document.querySelector('.ringing') !== null")? == true {
                break;
            }
            check(start.elapsed() < PATIENCE, "no phone rings")?;
            thread::sleep(Duration::from_millis(100));
        }
        phones.find_text("button", answer)?.click()
    }

    fn go_to_prompt(&self, browser: &Browser<'_>, email: &str) -> Outcome<()> {
        self.show_password(browser, email)?;
        browser.expect_heading("Confirm with Duo")?;
        browser.find("form[action='/login/duo'] button")?.click()?;
        browser.expect_heading(&format!("Is it you, {email}?"))
    }

    /// Confirms at the prompt with a passcode, and comes back without the cookies, which changes
    /// nothing: the address of the answer, which still counts for whoever has them.
    fn pass_and_stop(&self, browser: &Browser<'_>, email: &str) -> Outcome<String> {
        browser.expect_heading(&format!("Is it you, {email}?"))?;
        let answer = ureq::post(&format!("{}press", self.phones))
            .send_form([("username", email)])?
            .body_mut()
            .read_json::<Value>()?;
        let passcode =
            answer.get("passcode").and_then(Value::as_str).ok_or("no passcode")?.to_owned();
        // Cookies are shared by the ports of a host. Without them nobody waits for the answer.
        let cookies = browser.cookies()?;
        browser.devtools("Network.clearBrowserCookies", &json!({}))?;
        browser.find("#passcode")?.fill(&passcode)?;
        browser.find("button[value='passcode']")?.click()?;
        let start = Instant::now();
        let address = loop {
            let address = browser.url()?;
            if address.contains("/duo/callback?") && address.ends_with("&from=here") {
                break address;
            }
            check(start.elapsed() < PATIENCE, &address)?;
            thread::sleep(Duration::from_millis(50));
        };
        browser.expect_heading(REFUSED)?;
        for cookie in cookies {
            let cookie = json!({
                "url": "https://localhost/",
                "name": cookie.get("name"),
                "value": cookie.get("value"),
                "sameSite": cookie.get("sameSite"),
                "path": "/",
                "secure": true,
                "httpOnly": true,
            });
            browser.devtools("Network.setCookie", &cookie)?;
        }
        Ok(address)
    }

    /// Five minutes pass for whoever is at the prompt.
    fn let_prompts_expire(&self) -> Outcome<()> {
        let mut folders = self.folder.path().read_dir()?;
        let folder = folders.next().ok_or("the demonstration has no folder")??.path();
        let expire = async {
            let settings = Settings::sqlite(folder.join("portal.db"));
            let database = Database::open(&settings, Tenant::new("demo")?).await?;
            let expired = database.transact(|transaction| {
                let sql = "UPDATE duo_prompts SET expires_at = 1 WHERE tenant = $1";
                transaction.execute(sql, &[])
            });
            let count: Result<u64, DatabaseError> = expired.await;
            let count = count?;
            database.close().await;
            check(count > 0, "nobody is at the prompt")
        };
        tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(expire)
    }

    /// Every call to Duo from now on.
    fn fault(&self, status: u16) -> Outcome<()> {
        let fault =
            json!({ "path": "/", "times": 1000, "fault": { "kind": "status", "status": status } });
        ureq::post(&format!("{}fault", self.phones)).send_json(fault)?;
        Ok(())
    }

    fn sign_out(&self, browser: &Browser<'_>) -> Outcome<()> {
        browser.go_to(&format!("{}/account", self.address))?;
        browser.expect_heading("Your profile")?;
        browser.find("form[action='/logout'] button")?.click()?;
        browser.expect_heading("Sign in")
    }

    fn expect_nobody(&self, browser: &Browser<'_>) -> Outcome<()> {
        browser.go_to(&format!("{}/account", self.address))?;
        browser.expect_heading("Sign in")
    }

    fn end(self) -> Outcome<()> {
        check(self.portal.terminate()?.success(), "the portal did not end well")?;
        let is_empty = self.folder.path().read_dir()?.next().is_none();
        check(is_empty, "the portal left something behind")
    }
}

/// A value of a query.
fn part<'a>(address: &'a str, name: &str) -> Outcome<&'a str> {
    let (_, rest) = address.split_once(&format!("{name}=")).ok_or("no such part")?;
    Ok(rest.split('&').next().unwrap_or(rest))
}
