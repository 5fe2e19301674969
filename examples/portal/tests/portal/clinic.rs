//! A portal in this process, the person whose account it has, and their phone.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use portal::{Clock, Directory, Listener, Portal, PublicUrl, Role, Settings};
use rand::rngs::SysRng;
use tempfile::TempDir;
use tokio::sync::oneshot;
use totp_rs::{Builder, Secret, Totp};
use upheld_store::Tenant;
use upheld_store::keys::{KeyRing, SharedKeys};
use upheld_store::sql::Database;
use upheld_totp::UnixSeconds;

use crate::browser::{Browser, Page};
use crate::ground::{Ground, Held};

pub(crate) const EMAIL: &str = "alex@example.com";
/// Somebody else with an account, and the same password.
pub(crate) const OTHER_EMAIL: &str = "sam@example.com";
pub(crate) const STAFF: (&str, &str) = ("robin@example.com", "Robin Hale");
pub(crate) const SECOND_STAFF: (&str, &str) = ("kim@example.com", "Kim Osei");
pub(crate) const NAME: &str = "Alex Morgan";
pub(crate) const PASSWORD: &str = "Correct-Horse-7391-Battery";
/// The first second of a step.
const START: u64 = 1_790_000_010;
/// 30 November 2026, 12:00 UTC: after the day of the declaration of cookies. The same of it.
pub(crate) const DECLARED: u64 = 1_796_040_000;

/// How a portal's settings differ from the strict ones.
type Adjust = Arc<dyn Fn(Settings) -> Settings + Send + Sync>;

/// A portal with two patients and two members of staff, of whom most tests need one.
pub(crate) struct Clinic {
    adjust: Adjust,
    keys: SharedKeys,
    folder: TempDir,
    ground: Ground,
    now: Arc<AtomicU64>,
    server: Option<Server>,
    pub(crate) address: SocketAddr,
    /// The second port.
    pub(crate) operations: SocketAddr,
}

struct Server {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

/// An authenticator app that somebody else wrote.
pub(crate) struct Phone(Totp);

impl Phone {
    /// Types in the key that the page shows.
    pub(crate) fn with_key_of(page: &Page) -> Self {
        let key = page.between("id=\"manual-key\" class=\"key\">", "<").unwrap();
        let groups: Vec<_> = key.split(' ').collect();
        assert!(groups.len() == 8 && groups.iter().all(|group| group.len() == 4), "{key}");
        let secret = Secret::try_from_base32(groups.concat()).unwrap();
        Self(Builder::new().with_secret(secret).with_account_name(EMAIL).build().unwrap())
    }

    pub(crate) fn code_at(&self, second: u64) -> String {
        self.0.generate(second).to_string()
    }

    /// A code that is none of those around `second`.
    pub(crate) fn wrong_code_at(&self, second: u64) -> String {
        let right: Vec<_> = (0..7).map(|step| self.code_at(second + 30 * step - 90)).collect();
        let mut codes = (0..100).map(|number| format!("{:06}", number * 7919));
        codes.find(|code| !right.contains(code)).unwrap()
    }
}

impl Clinic {
    pub(crate) fn open() -> Self {
        Self::with_settings(|settings| settings)
    }

    /// A portal with other settings than the strict ones.
    pub(crate) fn with_settings(
        adjust: impl Fn(Settings) -> Settings + Send + Sync + 'static,
    ) -> Self {
        Self::at(START, adjust)
    }

    /// The same with its clock at `now`.
    pub(crate) fn at(
        now: u64,
        adjust: impl Fn(Settings) -> Settings + Send + Sync + 'static,
    ) -> Self {
        let adjust: Adjust = Arc::new(adjust);
        let folder = tempfile::tempdir().unwrap();
        let ground = Ground::new(folder.path());
        let now = Arc::new(AtomicU64::new(now));
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let keys = SharedKeys::new(KeyRing::generate(&mut SysRng).unwrap());
        let mut clinic =
            Self { adjust, keys, folder, ground, now, server: None, address: any, operations: any };
        clinic.start(true);
        clinic
    }

    /// A portal whose person has an app, and nobody signed in.
    pub(crate) fn enrolled() -> (Self, Phone) {
        Self::enrolled_with_settings(|settings| settings)
    }

    pub(crate) fn enrolled_with_settings(adjust: fn(Settings) -> Settings) -> (Self, Phone) {
        let clinic = Self::with_settings(adjust);
        let phone = clinic.enrol();
        (clinic, phone)
    }

    /// Gives the person an app, and signs them out.
    pub(crate) fn enrol(&self) -> Phone {
        let mut browser = self.browser();
        browser.show_password(PASSWORD).assert_redirects_to("/account/security");
        let phone = browser.enrol(self);
        browser.sign_out();
        self.step_on(60);
        phone
    }

    /// Signs a person in who has no app yet, with one.
    pub(crate) fn enrol_and_sign_in(&self, email: &str) -> (Browser, Phone) {
        let mut browser = self.browser();
        browser.show_password_of(email, PASSWORD).assert_redirects_to("/account/security");
        let phone = browser.enrol(self);
        browser.sign_out();
        self.step_on(60);
        browser.show_password_of(email, PASSWORD).assert_redirects_to("/login/second-factor");
        browser.get("/login/second-factor").assert_shows(200, "Enter your code");
        browser.show_code(&phone.code_at(self.now())).assert_redirects_to("/account");
        (browser, phone)
    }

    /// The path of the link in the e-mail to somebody who forgot the password.
    pub(crate) fn reset_link(&self, email: &str) -> String {
        let mut browser = self.browser();
        browser.get("/password/forgot").assert_shows(200, "Forgotten password");
        let before = self.count_mail("password reset asked");
        let asked = browser.post("/password/forgot", &[("email", email)]);
        asked.assert_shows(200, "Look at your e-mail");
        self.await_count("password reset asked", before + 1);
        let mail = self.await_mail("/password/reset/");
        let (_, rest) = mail.split_once("/password/reset/").unwrap();
        format!("/password/reset/{}", rest.lines().next().unwrap())
    }

    /// Waits until so many e-mails of this kind were written and all were sent.
    pub(crate) fn await_count(&self, kind: &str, count: i64) {
        let give_up = Instant::now() + Duration::from_secs(20);
        let unsent = "SELECT count(*) FROM outbox WHERE next_try IS NOT NULL";
        while self.count_mail(kind) < count || self.query(unsent) > 0 {
            assert!(Instant::now() < give_up, "no {kind:?} was written and sent");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Stops the server and starts another on the same database.
    pub(crate) fn restart(&mut self) {
        self.stop();
        self.start(false);
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::of(&self.origin())
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn now(&self) -> u64 {
        self.now.load(Ordering::SeqCst)
    }

    pub(crate) fn step_on(&self, seconds: u64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(crate) fn step_back(&self, seconds: u64) {
        self.now.fetch_sub(seconds, Ordering::SeqCst);
    }

    /// The folder with the e-mails that were sent.
    pub(crate) fn mail(&self) -> PathBuf {
        self.folder.path().join("mail")
    }

    /// Every byte of the database that is on the disk.
    pub(crate) fn bytes_on_disk(&self) -> Vec<u8> {
        self.ground.dump()
    }

    /// The newest e-mail with this in it, once it is sent.
    pub(crate) fn await_mail(&self, text: &str) -> String {
        let give_up = Instant::now() + Duration::from_secs(20);
        loop {
            let messages = Directory::open(&self.mail()).unwrap().read().unwrap();
            if let Some(message) = messages.into_iter().find(|message| message.contains(text)) {
                return message;
            }
            assert!(Instant::now() < give_up, "no e-mail with {text:?} was sent");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// How many e-mails of this kind were ever written.
    pub(crate) fn count_mail(&self, kind: &str) -> i64 {
        self.query(&format!("SELECT count(*) FROM outbox WHERE kind = '{kind}'"))
    }

    /// The wrong codes in a row that are counted for any person.
    pub(crate) fn failures(&self) -> i64 {
        self.query("SELECT coalesce(max(failures), 0) FROM second_factor_failures WHERE budget = 1")
    }

    /// Asks the database what the portal would not tell.
    pub(crate) fn query(&self, sql: &str) -> i64 {
        self.ground.number(sql)
    }

    /// Asks the database for bytes.
    pub(crate) fn query_blobs(&self, sql: &str) -> Vec<Vec<u8>> {
        self.ground.blobs(sql)
    }

    /// Changes the database behind the portal's back.
    pub(crate) fn change(&self, sql: &str) {
        self.ground.change(sql);
    }

    /// Keeps the portal from writing, until what this returns is dropped.
    pub(crate) fn hold_database(&self) -> Held {
        self.ground.hold()
    }

    /// A portal in which somebody has a hardware token.
    pub(crate) fn with_token(email: &str, name: &str, secret: &[u8]) -> Self {
        let clinic = Self::open();
        let secret = upheld_totp::Secret::from_bytes(secret).unwrap();
        clinic.operate(async |portal| portal.add_token(email, name, secret).await.unwrap());
        clinic
    }

    /// Lets a person confirm with Duo.
    pub(crate) fn add_duo(&self, email: &str) {
        self.operate(async |portal| portal.add_duo(email).await.unwrap());
    }

    /// Does what an operator does, with a portal on the same database.
    pub(crate) fn operate(&self, work: impl AsyncFnOnce(&Portal)) {
        let opened = async {
            let tenant = Tenant::new("northside").unwrap();
            let settings = self.ground.settings();
            let database = Database::open(&settings, tenant).await.unwrap();
            let url = PublicUrl::parse("http://localhost:1").unwrap();
            let now = Arc::clone(&self.now);
            let clock = Clock::new(move || UnixSeconds(now.load(Ordering::SeqCst)));
            let transport = Arc::new(Directory::open(&self.mail()).unwrap());
            let records = (database.clone(), self.keys.clone());
            let portal = Portal::open(records, Settings::at(url), clock, transport).await.unwrap();
            work(&portal).await;
            database.close().await;
        };
        tokio::runtime::Runtime::new().unwrap().block_on(opened);
    }

    fn start(&mut self, is_new: bool) {
        let (stop, stopped) = oneshot::channel::<()>();
        let (ready, is_ready) = std::sync::mpsc::channel();
        let (database, mail) = (self.ground.settings(), self.mail());
        let (now, adjust) = (Arc::clone(&self.now), Arc::clone(&self.adjust));
        let keys = self.keys.clone();
        let clock = Clock::new(move || UnixSeconds(now.load(Ordering::SeqCst)));
        let serve = async move {
            let tenant = Tenant::new("northside").unwrap();
            let database = Database::open(&database, tenant).await.unwrap();
            let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
            let listener = Listener::bind(any).await.unwrap();
            let settings = adjust(Settings::at(PublicUrl::parse(&listener.url()).unwrap()));
            let transport = Arc::new(Directory::open(&mail).unwrap());
            let portal = Portal::open((database, keys), settings, clock, transport).await.unwrap();
            if is_new {
                portal.add_person((EMAIL, NAME), PASSWORD, Role::Patient).await.unwrap();
                let other = (OTHER_EMAIL, "Sam Reed");
                portal.add_person(other, PASSWORD, Role::Patient).await.unwrap();
                for (email, name) in [STAFF, SECOND_STAFF] {
                    portal.add_person((email, name), PASSWORD, Role::Staff).await.unwrap();
                }
            }
            let second = Listener::bind_for_operations(any).await.unwrap();
            ready.send((listener.address(), second.address())).unwrap();
            tokio::spawn(portal.operations().serve(second, std::future::pending()));
            portal.serve(listener, async { drop(stopped.await) }).await.unwrap();
        };
        let thread = thread::spawn(|| tokio::runtime::Runtime::new().unwrap().block_on(serve));
        (self.address, self.operations) = is_ready.recv().unwrap();
        self.server = Some(Server { stop, thread });
    }

    fn stop(&mut self) {
        let Server { stop, thread } = self.server.take().unwrap();
        stop.send(()).unwrap();
        thread.join().unwrap();
    }
}

impl Drop for Clinic {
    fn drop(&mut self) {
        if !thread::panicking() {
            self.stop();
        }
    }
}

/// What people do.
impl Browser {
    pub(crate) fn show_password(&mut self, password: &str) -> Page {
        self.show_password_of(EMAIL, password)
    }

    pub(crate) fn show_password_of(&mut self, email: &str, password: &str) -> Page {
        self.get("/login").assert_shows(200, "Sign in");
        self.post("/login", &[("email", email), ("password", password)])
    }

    /// As far as the code.
    pub(crate) fn await_code(&mut self) {
        self.show_password(PASSWORD).assert_redirects_to("/login/second-factor");
        self.get("/login/second-factor").assert_shows(200, "Enter your code");
    }

    pub(crate) fn show_code(&mut self, code: &str) -> Page {
        self.post("/login/second-factor", &[("code", code)])
    }

    pub(crate) fn sign_in(&mut self, clinic: &Clinic, phone: &Phone) {
        self.await_code();
        self.show_code(&phone.code_at(clinic.now())).assert_redirects_to("/account");
    }

    /// Begins adding an app, and returns the page with its key and the path of that page.
    pub(crate) fn begin_enrolment(&mut self) -> (Page, String) {
        self.get("/account/security").assert_shows(200, "Your account has no second factor");
        let started = self.post("/account/security/totp", &[]);
        assert_eq!(started.status, 303);
        let path = started.header("location").unwrap().to_owned();
        assert!(path.starts_with("/account/security/totp/"), "{path}");
        let page = self.get(&path);
        page.assert_shows(200, "Scan this QR code");
        (page, path)
    }

    pub(crate) fn enrol(&mut self, clinic: &Clinic) -> Phone {
        let (page, path) = self.begin_enrolment();
        let phone = Phone::with_key_of(&page);
        let confirmed = self.post(&path, &[("code", &phone.code_at(clinic.now()))]);
        confirmed.assert_confirmed();
        self.get("/account/security").assert_shows(200, "Your authenticator app is on");
        phone
    }

    /// Proves once more to be there, with the code of the step that begins now.
    pub(crate) fn reauthenticate(&mut self, clinic: &Clinic, phone: &Phone) {
        clinic.step_on(30);
        self.get("/reauth").assert_shows(200, "Confirm that it is you");
        let confirmed = self.post("/reauth", &[("code", &phone.code_at(clinic.now()))]);
        confirmed.assert_redirects_to("/account/security");
    }

    pub(crate) fn sign_out(&mut self) -> Page {
        self.get("/account").assert_shows(200, "Your profile");
        let signed_out = self.post("/logout", &[]);
        signed_out.assert_redirects_to("/login");
        signed_out
    }

    pub(crate) fn is_signed_in(&mut self) -> bool {
        match self.get("/account") {
            page if page.status == 200 => true,
            page => {
                page.assert_redirects_to("/login");
                false
            }
        }
    }
}
