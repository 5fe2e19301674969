//! Two processes on one database: what one has used up, opened or ended, is so for the other.
//!
//! On a file, and with `cargo xtask e2e portal-postgres` on a server.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::browser::Browser;
use crate::clinic::Phone;
use crate::exports::make_copy;
use crate::ground::Ground;
use crate::program::{Office, Serving};
use crate::upkeep::{EMAIL, PASSWORD, add, sign_in, visit};

/// The folders of the nodes with the e-mails that they sent.
const MAIL: [&str; 2] = ["mail-of-one", "mail-of-two"];

struct Nodes {
    office: Office,
    ground: Ground,
    serving: [Serving; 2],
}

impl Nodes {
    fn start() -> Self {
        let office = Office::configured();
        let ground = Ground::new(&office.path("."));
        if let Ground::Server(address) = &ground {
            office.write(
                "portal.toml",
                &format!(
                    "[server]\npublic_url = \"http://localhost:8080\"\nlisten = \"127.0.0.1:0\"\n\
                     metrics_listen = \"127.0.0.1:0\"\n[database]\npostgres = \"{}\"\n",
                    url_of(address)
                ),
            );
        }
        office.run(&["migrate"]).assert_done();
        add(&office, EMAIL);
        let serving = MAIL.map(|folder| {
            let mut command = office.command(&["serve", "--log", "info"]);
            command.env("PORTAL__MAIL__DIRECTORY", folder);
            command.env("PORTAL__ACCOUNT__CLOSING_DAYS", "0");
            Serving::start(command)
        });
        Self { office, ground, serving }
    }

    fn count(&self, sql: &str) -> i64 {
        self.ground.number(sql)
    }

    fn audited(&self, action: &str) -> i64 {
        self.count(&format!("SELECT count(*) FROM audit_events WHERE action = '{action}'"))
    }

    #[track_caller]
    fn wait_until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let give_up = Instant::now() + Duration::from_mins(1);
        while !holds(self) {
            assert!(Instant::now() < give_up, "never {what}");
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// The names of the messages that either node has sent, each as often as it was.
    fn sent(&self) -> Vec<String> {
        let folders = MAIL.into_iter().map(|folder| std::fs::read_dir(self.office.path(folder)));
        let files = folders.flat_map(|folder| folder.unwrap().map(|file| file.unwrap().path()));
        let sent = files.filter(|path| path.extension().is_some_and(|it| it == "eml"));
        sent.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect()
    }

    /// Sends what the browser has to the other node.
    fn across(&self, browser: &Browser, node: usize) -> Browser {
        let mut other = visit(&self.serving[node]);
        other.cookies.clone_from(&browser.cookies);
        other.form_token.clone_from(&browser.form_token);
        other
    }

    fn stop(self) {
        for serving in self.serving {
            assert_eq!(serving.stop(), 0);
        }
    }
}

/// `host=/folder port=1 user=a dbname=b` as an address that begins with `postgres://`.
fn url_of(address: &str) -> String {
    let of = |name: &str| {
        let mut pairs = address.split_whitespace().filter_map(|pair| pair.split_once('='));
        pairs.rfind(|(known, _)| *known == name).unwrap().1
    };
    let host = of("host").replace('/', "%2F");
    format!("postgres://{}@{host}:{}/{}", of("user"), of("port"), of("dbname"))
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// One code, in eight browsers at two nodes at the same time; then what was opened at one, seen and
/// ended at the other.
#[test]
fn t02_of_one_code_at_two_nodes_one_opens_a_session() {
    let nodes = Nodes::start();
    let mut browser = visit(&nodes.serving[0]);
    assert_eq!(sign_in(&mut browser, PASSWORD), 303);
    let (page, path) = browser.begin_enrolment();
    let phone = Phone::with_key_of(&page);
    // What one node shows the other confirms.
    let mut other = nodes.across(&browser, 1);
    other.get(&path).assert_shows(200, "Scan this QR code");
    let confirmed = other.post(&path, &[("code", &phone.code_at(now()))]);
    confirmed.assert_confirmed();

    let mut browsers: Vec<_> = (0..8).map(|number| visit(&nodes.serving[number % 2])).collect();
    for browser in &mut browsers {
        assert_eq!(sign_in(browser, PASSWORD), 303);
        browser.get("/login/second-factor").assert_shows(200, "Enter your code");
    }
    // The code of the next step: the one of this step confirmed the app.
    let code = phone.code_at(now() + 30);
    let code = code.as_str();
    let statuses: Vec<u16> = thread::scope(|scope| {
        let threads: Vec<_> = browsers
            .iter_mut()
            .map(|browser| scope.spawn(move || browser.show_code(code).status))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let accepted: Vec<_> = (0..8).filter(|number| statuses[*number] == 303).collect();
    assert_eq!(accepted.len(), 1, "{statuses:?}");
    assert_eq!(nodes.audited("signed in with a second factor"), 1);

    let (home, away) = (accepted[0] % 2, 1 - accepted[0] % 2);
    let mut abroad = nodes.across(&browsers[accepted[0]], away);
    abroad.get("/account").assert_shows(200, "Your profile");
    abroad.post("/logout", &[]).assert_redirects_to("/login");
    assert!(!browsers[accepted[0]].is_signed_in());
    assert!(!nodes.across(&browsers[accepted[0]], home).is_signed_in());
    nodes.stop();
}

/// Jobs of several people, asked for at both nodes; and letters about them.
#[test]
fn t55_jobs_are_done_and_letters_sent_once_by_two_nodes() {
    let nodes = Nodes::start();
    let emails: Vec<_> = (0..6).map(|number| format!("person-{number}@example.com")).collect();
    for email in &emails {
        add(&nodes.office, email);
    }
    thread::scope(|scope| {
        for (number, email) in emails.iter().enumerate() {
            let mut browser = visit(&nodes.serving[number % 2]);
            scope.spawn(move || {
                let shown = browser.show_password_of(email, PASSWORD);
                shown.assert_redirects_to("/account/security");
                make_copy(&mut browser);
            });
        }
    });
    assert_eq!(nodes.audited("copy of data ready"), 6);
    assert_eq!(nodes.count("SELECT count(*) FROM exports WHERE tries = 1"), 6);

    let is_sent =
        |nodes: &Nodes| nodes.count("SELECT count(*) FROM outbox WHERE next_try IS NOT NULL") == 0;
    nodes.wait_until("sent", is_sent);
    let mut closing = visit(&nodes.serving[0]);
    closing.show_password_of(&emails[0], PASSWORD).assert_redirects_to("/account/security");
    closing.get("/account/close").assert_shows(200, "Close your account");
    closing.post("/account/close", &[("word", "close")]).assert_redirects_to("/login");
    nodes.wait_until("erased", |nodes| {
        nodes.count("SELECT count(*) FROM people WHERE email = 'person-0@example.com'") == 0
    });
    assert_eq!(nodes.audited("account erased"), 1);

    nodes.wait_until("sent", is_sent);
    let sent = nodes.sent();
    let distinct: BTreeSet<_> = sent.iter().collect();
    // Six copies, a closure that was asked for, whose letter is not erased before it is sent, and
    // an erasure.
    assert_eq!(sent.len(), 8, "{sent:?}");
    assert_eq!(distinct.len(), sent.len(), "{sent:?}");
    nodes.stop();
}
