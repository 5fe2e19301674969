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
use crate::intakes::FORM;
use crate::program::{Office, Serving};
use crate::publishing::{MEASURING, publish};
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

    /// A message with this in it, once either node has sent it.
    fn await_letter(&self, text: &str) -> String {
        let found = std::cell::RefCell::new(None);
        self.wait_until("sent", |nodes| {
            let paths = MAIL.into_iter().flat_map(|folder| {
                let files = std::fs::read_dir(nodes.office.path(folder)).unwrap();
                files.map(|file| file.unwrap().path())
            });
            let sent = paths.filter(|path| path.extension().is_some_and(|it| it == "eml"));
            let mut letters = sent.map(|path| std::fs::read_to_string(path).unwrap());
            *found.borrow_mut() = letters.find(|letter| letter.contains(text));
            found.borrow().is_some()
        });
        found.into_inner().unwrap()
    }

    /// Sends the form for requests to each address, at both nodes at the same time.
    fn send_forms(&self, emails: &[String]) -> Vec<u16> {
        let browsers = emails.iter().enumerate().map(|(number, email)| {
            let mut browser = visit(&self.serving[number % 2]);
            browser.get(FORM).assert_shows(200, "Ask about your data");
            (browser, email)
        });
        let mut browsers: Vec<_> = browsers.collect();
        let mut statuses: Vec<_> = thread::scope(|scope| {
            let sending: Vec<_> = browsers
                .iter_mut()
                .map(|(browser, email)| {
                    let fields = [
                        ("ask", "access"),
                        ("name", "Jo"),
                        ("email", email.as_str()),
                        ("words", ""),
                    ];
                    scope.spawn(move || browser.post(FORM, &fields).status)
                })
                .collect();
            sending.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        statuses.sort_unstable();
        statuses
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

/// The form for requests without a login, and the link that confirms one, at both nodes at once.
#[test]
fn t20_the_limits_of_the_form_and_its_link_hold_at_two_nodes() {
    let mut nodes = Nodes::start();
    let waiting = "SELECT count(*) FROM intakes WHERE confirmed_at IS NULL";
    let addresses = |word: &str, count: usize| -> Vec<String> {
        (0..count).map(|number| format!("{word}-{number}@example.org")).collect()
    };
    // A network sends ten, then it waits.
    let statuses = nodes.send_forms(&addresses("network", 24));
    assert_eq!(statuses, [vec![200; 10], vec![422; 14]].concat());
    assert_eq!(nodes.count(waiting), 10);

    // An address gets three letters, and nobody is told that there were more.
    nodes.ground.change("DELETE FROM attempts");
    let statuses = nodes.send_forms(&vec!["one@example.org".to_owned(); 9]);
    assert_eq!(statuses, [200; 9]);
    assert_eq!(nodes.count(waiting), 13);

    // A thousand wait in all.
    nodes.ground.change("DELETE FROM attempts");
    let drawn = match &nodes.ground {
        Ground::File(_) => "randomblob(16)",
        Ground::Server(_) => "decode(md5(CAST(n AS text)), 'hex')",
    };
    nodes.ground.change(&format!(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 985)
         INSERT INTO intakes (tenant, id, person, ask, language, address_hash, token_hash,
                              received_at, expires_at)
         SELECT (SELECT tenant FROM people), {drawn}, {drawn}, 'access', 'de', {drawn}, {drawn},
                {now}, {now} + 3600 FROM numbers",
        now = now()
    ));
    let statuses = nodes.send_forms(&addresses("all", 8));
    assert_eq!(statuses, [200, 200, 422, 422, 422, 422, 422, 422]);
    assert_eq!(nodes.count(waiting), 1000);
    // Whoever runs it is told.
    for node in &mut nodes.serving {
        let line = node.line_with("as many forms wait as may, and more are refused");
        assert_eq!((&line["level"], &line["most"]), (&"WARN".into(), &1000.into()));
    }

    let letter = nodes.await_letter("/privacy/request/confirm/");
    let link = letter.lines().find(|line| line.contains("/confirm/")).unwrap();
    let link = link.strip_prefix("http://localhost:8080").unwrap();
    let mut browsers: Vec<_> = (0..8).map(|number| visit(&nodes.serving[number % 2])).collect();
    for browser in &mut browsers {
        browser.get(link).assert_shows(200, "Confirm the request");
    }
    let statuses: Vec<_> = thread::scope(|scope| {
        let clicks: Vec<_> = browsers
            .iter_mut()
            .map(|browser| scope.spawn(move || browser.post(link, &[]).status))
            .collect();
        clicks.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 404).count(), 7, "{statuses:?}");
    assert_eq!(nodes.count("SELECT count(*) FROM requests"), 1);
    nodes.stop();
}

/// What is published at one node is in force at the other within seconds, without a restart, and a
/// choice that was made at either before counts at neither.
#[test]
fn t61_a_declaration_that_one_node_publishes_is_in_force_at_both() {
    const QUESTION: &str = "May we use cookies that you can refuse?";
    let nodes = Nodes::start();
    nodes.ground.change("UPDATE people SET role = 'staff', duty = 'privacy lead'");
    let mut lead = visit(&nodes.serving[0]);
    assert_eq!(sign_in(&mut lead, PASSWORD), 303);
    let (page, path) = lead.begin_enrolment();
    let phone = Phone::with_key_of(&page);
    lead.post(&path, &[("code", &phone.code_at(now()))]).assert_confirmed();
    lead.get("/account").assert_shows(200, "Your profile");
    lead.post("/logout", &[]).assert_redirects_to("/login");
    assert_eq!(sign_in(&mut lead, PASSWORD), 303);
    lead.get("/login/second-factor").assert_shows(200, "Enter your code");
    lead.show_code(&phone.code_at(now() + 30)).assert_redirects_to("/account");
    nodes.ground.change(&format!("UPDATE sessions SET reauthenticated_at = {}", now()));
    lead.get("/staff/publishing").assert_shows(200, "Publish another declaration");

    let mut browsers = [visit(&nodes.serving[0]), visit(&nodes.serving[1])];
    for browser in &mut browsers {
        assert!(!browser.get("/cookies").body.contains(QUESTION));
    }
    let own = include_str!("../../cookies/cookies.toml");
    let first = format!("{own}{MEASURING}");
    publish(&mut lead, &first);
    let [here, there] = &mut browsers;
    // Here with the very next request.
    here.get("/cookies").assert_shows(200, QUESTION);
    let published = Instant::now();
    while !there.get("/cookies").body.contains(QUESTION) {
        assert!(published.elapsed() < Duration::from_secs(20), "the other node does not follow");
        thread::sleep(Duration::from_millis(50));
    }
    for browser in [&mut *here, &mut *there] {
        browser.get("/cookies/preferences").assert_shows(200, "Measuring");
        let saved = browser.post("/cookies/preferences", &[("choice", "accept")]);
        saved.assert_redirects_to("/cookies/preferences?saved");
    }
    // A choice goes by the declaration, at whichever node.
    let mut moved = nodes.across(here, 1);
    assert!(!moved.get("/cookies").body.contains(QUESTION));
    moved.get("/cookies/preferences").assert_shows(200, "<p class=\"state\">On</p>");

    // Published at the other node, which the lead goes on at.
    let mut lead = nodes.across(&lead, 1);
    lead.get("/staff/publishing").assert_shows(200, "version 1, since");
    publish(&mut lead, &first.replace("measur", "gaug").replace("_measure", "_gauge"));
    there.get("/cookies").assert_shows(200, QUESTION);
    nodes.wait_until("in force at the first node", |nodes| {
        nodes.across(here, 0).get("/cookies").body.contains(QUESTION)
    });
    let page = here.get("/cookies/preferences");
    page.assert_shows(200, "You have not chosen yet.");
    assert!(!page.body.contains("<p class=\"state\">On</p>"));
    assert_eq!(nodes.count("SELECT max(number) FROM declarations"), 2);
    nodes.stop();
}
