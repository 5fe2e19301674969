//! The demonstration under way, and what people do in it again and again.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::super::paper::recovery_codes;
use super::super::phone::Phone;
use super::super::program::Program;
use super::super::screen::{Screen, read_qr, show_on};
use super::super::webdriver::{Browser, Driver};
use super::super::{Outcome, check};
use super::pages::{OK, Pages, README, place};
use super::pictures::{Gallery, Picture};

pub(super) const PATIENCE: Duration = Duration::from_secs(20);
const CONFIRM: &str = "Confirm that it is you";

/// `portal demo`, as it says it is.
pub(super) struct Demo {
    program: PathBuf,
    running: Option<Program>,
    folder: tempfile::TempDir,
    /// Over plain HTTP, where `portal serve` goes on after a kill.
    pub(super) plain: String,
    /// Where the walk goes: over TLS, as long as there is TLS.
    pub(super) address: String,
    pub(super) password: String,
    pub(super) phones: String,
    pub(super) settings: String,
    /// Whether `portal serve` has gone on with what it left behind.
    is_taken_over: bool,
    /// From the start of the process to the line with the address.
    pub(super) start: Duration,
    /// What the processor did for it until then.
    pub(super) worked: Duration,
}

impl Demo {
    pub(super) fn start(program: &Path, more: &[&str]) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let begun = Instant::now();
        let mut command = Command::new(program);
        command.args(["demo", "--listen", "127.0.0.1:0", "--log", "error"]).args(more);
        let mut running = Program::start(command.env("TMPDIR", folder.path()))?;
        let plain = running.read_after("address: ")?;
        let (start, worked) = (begun.elapsed(), running.processor_time()?);
        let password = running.read_after("password: ")?;
        let phones = running.read_after("phones: ")?;
        let secure = running.read_after("over TLS: ")?;
        let address = secure.split(',').next().unwrap_or_default().to_owned();
        let settings = running.read_after("settings: ")?;
        let (program, running) = (program.to_owned(), Some(running));
        let is_taken_over = false;
        Ok(Self {
            program,
            running,
            folder,
            plain,
            address,
            password,
            phones,
            settings,
            is_taken_over,
            start,
            worked,
        })
    }

    /// Another command of the portal, about this one: what it prints.
    pub(super) fn ask(&self, arguments: &[&str]) -> Outcome<String> {
        self.ask_with(arguments, &[])
    }

    /// The same, with variables for settings.
    pub(super) fn ask_with(
        &self,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Outcome<String> {
        let mut command = Command::new(&self.program);
        command.args(arguments).args(["--config", &self.settings]);
        let output = command.envs(variables.iter().copied()).output()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let complaint = String::from_utf8_lossy(&output.stderr);
        check(output.status.success(), &format!("portal {arguments:?}: {said}{complaint}"))?;
        Ok(said)
    }

    /// Pulls Duo's plug as the README says, or puts it in again.
    pub(super) fn plug_duo(&self, is_in: bool) -> Outcome<()> {
        if is_in {
            ureq::post(&format!("{}clear", self.phones)).send_empty()?;
        } else {
            ureq::post(&format!("{}fault", self.phones)).send(pulled_plug(README)?)?;
        }
        Ok(())
    }

    /// Ends it as nobody should, and has `portal serve` go on with what it leaves behind.
    pub(super) fn kill_and_serve(&mut self) -> Outcome<()> {
        self.running.take().ok_or("it has ended already")?.kill()?;
        let mut command = Command::new(&self.program);
        command.args(["serve", "--log", "error", "--config", &self.settings]);
        self.running = Some(Program::start(&mut command)?);
        self.address.clone_from(&self.plain);
        self.is_taken_over = true;
        let begun = Instant::now();
        while ureq::get(&format!("{}/login", self.address)).call().is_err() {
            check(begun.elapsed() < PATIENCE, "the portal is not served again")?;
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    pub(super) fn end(&mut self) -> Outcome<()> {
        let running = self.running.take().ok_or("it has ended already")?;
        check(running.terminate()?.success(), "the portal did not end well")?;
        let is_left = self.folder.path().read_dir()?.next().is_some();
        // Nobody but the demonstration itself removes its folder.
        check(is_left == self.is_taken_over, "the folder is there, or is not, against expectation")
    }
}

/// Everything that the steps of the story share.
pub(super) struct Stage<'a> {
    pub(super) driver: &'a Driver,
    pub(super) demo: Demo,
    pub(super) pages: Pages,
    pub(super) gallery: Option<Gallery>,
}

impl<'a> Stage<'a> {
    /// A browser of somebody's own, who has answered the question about cookies.
    pub(super) fn open(&self) -> Outcome<Browser<'a>> {
        let browser = self.driver.open_with_scripts()?;
        self.visit(&browser, "/login", "Sign in")?;
        browser.find(".question button[value=reject]")?.click()?;
        self.pages.see(&browser, "Sign in")?;
        Ok(browser)
    }

    pub(super) fn go_to(&self, browser: &Browser<'_>, path: &str) -> Outcome<()> {
        browser.go_to(&format!("{}{path}", self.demo.address))
    }

    pub(super) fn visit(&self, browser: &Browser<'_>, path: &str, heading: &str) -> Outcome<()> {
        self.go_to(browser, path)?;
        self.pages.see(browser, heading)
    }

    pub(super) fn see(&self, browser: &Browser<'_>, heading: &str) -> Outcome<()> {
        self.pages.see(browser, heading)
    }

    /// Judges whatever page there is, which is no error.
    pub(super) fn look(&self, browser: &Browser<'_>) -> Outcome<()> {
        let heading = heading(browser)?;
        let (path, status) = place(browser)?;
        check(status == OK, &format!("{path} was answered by {status}, {heading}"))?;
        self.pages.see(browser, &heading)
    }

    /// Takes a picture, if pictures are asked for.
    pub(super) fn picture(&self, browser: &Browser<'_>, picture: Picture) -> Outcome<()> {
        self.gallery.as_ref().map_or(Ok(()), |gallery| gallery.take(browser, picture))
    }

    pub(super) fn give_password(&self, browser: &Browser<'_>, email: &str) -> Outcome<()> {
        self.visit(browser, "/login", "Sign in")?;
        browser.find("#email")?.fill(email)?;
        browser.find("#password")?.fill(&self.demo.password)?;
        browser.find("form[action='/login'] button")?.click()
    }

    /// Signs somebody in by password and app.
    pub(super) fn sign_in(&self, browser: &Browser<'_>, email: &str, phone: &Phone) -> Outcome<()> {
        self.give_password(browser, email)?;
        self.see(browser, "Enter your code")?;
        give_code(browser, &phone.next_code()?)?;
        self.see(browser, "Your profile")
    }

    pub(super) fn sign_out(&self, browser: &Browser<'_>) -> Outcome<()> {
        browser.find("form[action='/logout'] button")?.click()?;
        self.see(browser, "Sign in")
    }

    /// Adds an app by the QR code, up to the page with the recovery codes.
    pub(super) fn enrol(&self, browser: &Browser<'_>, picture: Option<Picture>) -> Outcome<Phone> {
        self.visit(browser, "/account/security", "Security")?;
        browser.find("form[action='/account/security/totp'] button")?.click()?;
        self.see(browser, "Add an authenticator app")?;
        if let Some(picture) = picture {
            self.picture(browser, picture)?;
        }
        let phone = Phone::scan(&scan(browser)?)?;
        give_code(browser, &phone.next_code()?)?;
        self.see(browser, "Save your recovery codes")?;
        Ok(phone)
    }

    /// Staff, who need a second factor before anything else.
    pub(super) fn open_desk(&self, email: &str) -> Outcome<(Browser<'a>, Phone)> {
        let browser = self.open()?;
        self.give_password(&browser, email)?;
        self.see(&browser, "Security")?;
        let phone = self.enrol(&browser, None)?;
        keep_recovery_codes(&browser)?;
        self.see(&browser, "Security")?;
        Ok((browser, phone))
    }

    /// Presses a button; where the portal asks to confirm first, does that and presses again.
    pub(super) fn press_confirmed(
        &self,
        browser: &Browser<'_>,
        phone: &Phone,
        css: &str,
    ) -> Outcome<()> {
        browser.find(css)?.click()?;
        if heading(browser)? == CONFIRM {
            self.confirm(browser, phone)?;
            browser.find(css)?.click()?;
        }
        Ok(())
    }

    /// Gives a code where the portal asks to confirm, if it does.
    pub(super) fn confirm(&self, browser: &Browser<'_>, phone: &Phone) -> Outcome<()> {
        if heading(browser)? != CONFIRM {
            return Ok(());
        }
        self.see(browser, CONFIRM)?;
        browser.find("#code")?.fill(&phone.next_code()?)?;
        browser.find("form:has(#code) button")?.click()
    }

    /// The newest e-mail to somebody with this subject, once it is there.
    pub(super) fn letter(
        &self,
        browser: &Browser<'_>,
        recipient: &str,
        subject: &str,
    ) -> Outcome<String> {
        let script = "return [...document.querySelectorAll('pre.letter')].map((letter) => letter.textContent)";
        let begun = Instant::now();
        loop {
            self.visit(browser, "/dev/outbox", "Sent e-mails")?;
            let letters = browser.evaluate(script)?;
            let mut letters = letters.as_array().into_iter().flatten().filter_map(Value::as_str);
            let is_it = |letter: &&str| {
                letter.contains(&format!("\nTo: {recipient}\n"))
                    && letter.contains(&format!("\nSubject: {subject}\n"))
            };
            if let Some(letter) = letters.find(is_it) {
                return Ok(letter.to_owned());
            }
            let missing = format!("no letter {subject:?} to {recipient}");
            check(begun.elapsed() < PATIENCE, &missing)?;
            thread::sleep(Duration::from_millis(300));
        }
    }

    /// Nobody is signed in there.
    pub(super) fn expect_nobody(&self, browser: &Browser<'_>) -> Outcome<()> {
        self.visit(browser, "/account", "Sign in")
    }
}

/// What the README has sent to the phones of the demonstration, so that Duo is out of reach.
fn pulled_plug(readme: &str) -> Outcome<&str> {
    let (_, command) = readme.split_once("Pull Duo's plug (`curl -d").ok_or("no plug to pull")?;
    let mut parts = command.splitn(3, '\'');
    match (parts.next().map(str::trim), parts.next(), parts.next()) {
        (Some(""), Some(fault), Some(rest)) if rest.starts_with(" …/fault`") => Ok(fault),
        _ => Err("the README pulls Duo's plug in another way".into()),
    }
}

/// What the QR code says, from as near as a phone is held to it.
fn scan(browser: &Browser<'_>) -> Outcome<String> {
    let near = Screen { width: 800, height: 1000, scale: 3.0, is_phone: false };
    show_on(browser, Some(near), "light")?;
    let code = read_qr(&browser.find(".qr-frame svg")?.screenshot()?);
    show_on(browser, None, "light")?;
    code
}

/// The heading of the page that a form leads to, once that is there to stay.
pub(super) fn heading(browser: &Browser<'_>) -> Outcome<String> {
    const SCRIPT: &str = "return document.readyState === 'complete'
        && [document.URL, document.querySelector('h1').innerText.trim()]";
    let begun = Instant::now();
    let mut before = Value::Null;
    loop {
        // The page may be replaced while it is asked.
        let now = browser.evaluate(SCRIPT).unwrap_or_default();
        if let (Some([_, heading]), true) = (now.as_array().map(Vec::as_slice), now == before) {
            return Ok(heading.as_str().unwrap_or_default().to_owned());
        }
        check(begun.elapsed() < PATIENCE, "the page does not come to rest")?;
        before = now;
        thread::sleep(Duration::from_millis(100));
    }
}

pub(super) fn give_code(browser: &Browser<'_>, code: &str) -> Outcome<()> {
    browser.find("#code")?.fill(code)?;
    browser.find("main form:has(#code) button")?.click()
}

/// Says that the codes are saved; returns them.
pub(super) fn keep_recovery_codes(browser: &Browser<'_>) -> Outcome<Vec<String>> {
    let codes = recovery_codes(browser)?;
    browser.find("#saved")?.click()?;
    browser.find("form:has(#saved) button")?.click()?;
    Ok(codes)
}

/// The page says so, as a person sees it.
pub(super) fn shows(browser: &Browser<'_>, css: &str, text: &str) -> Outcome<()> {
    let begun = Instant::now();
    loop {
        let shown = browser.find(css).and_then(|element| element.text());
        match shown {
            Ok(shown) if shown.contains(text) => return Ok(()),
            _ if begun.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(50)),
            Ok(shown) => {
                return Err(format!("{css} says {shown:?}, without {text:?}").into());
            }
            Err(error) => return Err(error),
        }
    }
}

/// How many elements a selector finds at this moment.
pub(super) fn count(browser: &Browser<'_>, css: &str) -> Outcome<u64> {
    let script = format!("return document.querySelectorAll({}).length", json!(css));
    Ok(browser.evaluate(&script)?.as_u64().ok_or("no number")?)
}
