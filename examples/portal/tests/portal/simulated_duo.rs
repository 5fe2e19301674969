//! Duo's side of a test: the simulator in this process, and the people at its prompt and phones.

use std::net::{Ipv4Addr, SocketAddr};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::http::{Request, header};
use form_urlencoded::{Serializer, parse};
use portal::{DuoKeys, DuoSettings, NotAsked, Settings};
use tokio::sync::oneshot;
use upheld_duo::{ApiHost, BreakerPolicy, FailMode, SecretText};
use upheld_duo_reqwest::Roots;
use upheld_duo_sim::{
    Answer, Asked, Config, Decision, DevCa, Fault, FaultAt, Handle, Keys, Options, Person, PhoneOf,
    Server, Simulator, Transport,
};

use crate::browser::{Browser, Page};
use crate::clinic::{Clinic, EMAIL, OTHER_EMAIL, PASSWORD, SECOND_STAFF, STAFF};

/// A bypass code of everybody's.
pub(crate) const BYPASS_CODE: &str = "123456789";

/// The simulator, until it is dropped.
pub(crate) struct Duo {
    handle: Handle,
    address: SocketAddr,
    roots: Roots,
    authority_pem: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What a person does at Duo's page.
#[derive(Clone, Copy, Debug)]
pub(crate) enum AtPrompt {
    Passcode,
    Cancel,
    /// Nothing: Duo sends the browser back at once, or turns it away.
    Nothing,
}

/// Everybody in the clinic, with a phone each.
pub(crate) fn people() -> Vec<Person> {
    let person = |name: &str| Person {
        name: name.to_owned(),
        phones: vec![PhoneOf { name: "Blue phone".into(), ..PhoneOf::default() }],
        bypass_codes: vec![BYPASS_CODE.into()],
        ..Person::default()
    };
    [EMAIL, OTHER_EMAIL, STAFF.0, SECOND_STAFF.0].map(person).into()
}

/// The same with one person changed.
pub(crate) fn people_with(email: &str, change: impl Fn(&mut Person)) -> Vec<Person> {
    let mut people = people();
    people.iter_mut().filter(|person| person.name == email).for_each(change);
    people
}

/// A portal with Duo, and Duo. Nobody has added it yet.
pub(crate) fn open(
    users: Vec<Person>,
    adjust: impl Fn(DuoSettings) -> DuoSettings + Send + Sync + 'static,
) -> (Clinic, Duo) {
    open_with(users, move |duo, settings| Settings { duo: Some(adjust(duo)), ..settings })
}

/// The same with all of the settings to decide about.
pub(crate) fn open_with(
    users: Vec<Person>,
    adjust: impl Fn(DuoSettings, Settings) -> Settings + Send + Sync + 'static,
) -> (Clinic, Duo) {
    let duo = Duo::start(Config { users, ..Config::default() });
    let settings = duo.settings();
    // Duo goes by the clock of this computer.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let clinic = Clinic::at(now, move |strict| adjust(settings.clone(), strict));
    (clinic, duo)
}

/// A portal whose person has nothing but Duo.
pub(crate) fn enrolled() -> (Clinic, Duo) {
    enrolled_with(people(), |settings| settings)
}

pub(crate) fn enrolled_with(
    users: Vec<Person>,
    adjust: impl Fn(DuoSettings) -> DuoSettings + Send + Sync + 'static,
) -> (Clinic, Duo) {
    let (clinic, duo) = open(users, adjust);
    clinic.add_duo(EMAIL);
    (clinic, duo)
}

impl Duo {
    pub(crate) fn start(config: Config) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let (ready, is_ready) = std::sync::mpsc::channel();
        let ca = DevCa::generate().unwrap();
        let authority_pem = ca.authority_pem().to_owned();
        let serve = async move {
            let server = Server::start(Options {
                config,
                listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
                control: None,
                transport: Transport::Tls(Box::new(ca)),
                seed: 7,
            });
            let server = server.await.unwrap();
            let roots = Roots::Given(server.authority().into_iter().collect());
            ready.send((server.handle().clone(), server.address(), roots)).unwrap();
            drop(stopped.await);
            server.stop().await;
        };
        let thread = thread::spawn(|| tokio::runtime::Runtime::new().unwrap().block_on(serve));
        let (handle, address, roots) = is_ready.recv().unwrap();
        let (stop, thread) = (Some(stop), Some(thread));
        Self { handle, address, roots, authority_pem, stop, thread }
    }

    pub(crate) fn host(&self) -> String {
        format!("localhost:{}", self.address.port())
    }

    /// The certificate to believe, as a file.
    pub(crate) fn authority_pem(&self) -> String {
        self.authority_pem.clone()
    }

    pub(crate) fn settings(&self) -> DuoSettings {
        let keys = Config::default();
        let pair = |keys: Keys| DuoKeys::new(&keys.key, SecretText::new(keys.secret)).unwrap();
        DuoSettings {
            api_host: ApiHost::parse(&self.host()).unwrap(),
            prompt: pair(keys.prompt),
            phones: Some(pair(keys.auth)),
            roots: self.roots.clone(),
            fail_mode: FailMode::Closed,
            not_asked: NotAsked::Limited,
            // What a fault does is to be seen at each call; what many do has tests of its own.
            breaker: BreakerPolicy { failures: u8::MAX, ..BreakerPolicy::default() },
        }
    }

    /// Pulls the plug.
    pub(crate) fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop.send(()).unwrap();
            self.thread.take().unwrap().join().unwrap();
        }
    }

    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut Simulator) -> T) -> T {
        self.handle.with(|simulator, _| work(simulator))
    }

    pub(crate) fn fault(&self, path: &str, times: u32, fault: Fault) {
        self.with(|simulator| simulator.fault(FaultAt { path: path.into(), times, fault }));
    }

    /// The next passcode of a person's Duo Mobile.
    pub(crate) fn press(&self, email: &str) -> String {
        self.handle.with(|simulator, now| simulator.press(email, now)).unwrap()
    }

    /// The time there, in seconds.
    pub(crate) fn now(&self) -> i64 {
        self.handle.with(|_, now| now.0.try_into().unwrap())
    }

    /// Answers a push or a call, and tells whether that ended it.
    pub(crate) fn decide(&self, txid: &str, decision: Decision, code: Option<&str>) -> bool {
        self.handle.with(|simulator, now| simulator.decide(txid, decision, code, now))
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.with(|simulator| simulator.asked())
    }

    /// Waits for a push or a call that is not over.
    pub(crate) fn await_ringing(&self) -> Asked {
        let give_up = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(asked) = self.asked().into_iter().find(|asked| !asked.is_over) {
                return asked;
            }
            assert!(Instant::now() < give_up, "no phone rings");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Goes to where the portal sent the browser, and back again: the path and query there.
    pub(crate) fn visit(&self, address: &str, email: &str, what: AtPrompt) -> Option<String> {
        let mut next = self.follow("GET", address, "")?;
        if next.contains("/frame/prompt") {
            let sid = next.split_once("sid=").unwrap().1.to_owned();
            let mut body = Serializer::new(String::new());
            body.append_pair("sid", &sid);
            match what {
                AtPrompt::Passcode => {
                    let code = self.press(email);
                    body.append_pair("factor", "passcode").append_pair("passcode", &code);
                }
                AtPrompt::Cancel => drop(body.append_pair("factor", "cancel")),
                AtPrompt::Nothing => return None,
            }
            next = self.follow("POST", "/frame/prompt", &body.finish())?;
        }
        let at = next.find("/duo/callback?").unwrap();
        next.get(at..).map(str::to_owned)
    }

    /// Where a request to Duo leads, if anywhere.
    fn follow(&self, method: &str, address: &str, body: &str) -> Option<String> {
        let origin = format!("https://{}", self.host());
        let path = address.strip_prefix(&origin).unwrap_or(address);
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, self.host())
            .body(body.as_bytes().to_vec())
            .unwrap();
        let answer = self.handle.with(|simulator, now| simulator.respond(&request, now));
        let reply = match answer {
            Answer::Reply(reply) => Some(reply),
            _ => None,
        };
        let reply = reply.unwrap();
        let location = reply.headers().get(header::LOCATION)?;
        Some(location.to_str().unwrap().to_owned())
    }
}

impl Drop for Duo {
    fn drop(&mut self) {
        if !thread::panicking() {
            self.stop();
        }
    }
}

/// What people do.
impl Browser {
    /// As far as the page that offers Duo.
    pub(crate) fn await_duo(&mut self, email: &str) {
        self.show_password_of(email, PASSWORD).assert_redirects_to("/login/second-factor");
        self.get("/login/second-factor").assert_redirects_to("/login/duo");
        self.get("/login/duo").assert_shows(200, "Confirm with Duo");
    }

    /// Sends the form that leads to Duo's page, and returns the address there.
    pub(crate) fn go_to_prompt(&mut self, form: &str) -> String {
        let page = self.post(form, &[]);
        assert_eq!(page.status, 303, "{}", page.body);
        page.header("location").unwrap().to_owned()
    }

    /// Comes back from Duo's page, as browsers do: by a page that leads there once more.
    pub(crate) fn come_back(&mut self, callback: &str) -> Page {
        let page = self.get(callback);
        page.assert_shows(200, "Back from Duo");
        let address = page.between("content=\"0;url=", "\"").unwrap().replace("&#38;", "&");
        assert_eq!(address, format!("{callback}&from=here"));
        self.get(&address)
    }

    /// Signs in at Duo's page with a passcode.
    pub(crate) fn sign_in_at_prompt(&mut self, duo: &Duo, email: &str) -> Page {
        self.await_duo(email);
        let address = self.go_to_prompt("/login/duo");
        let callback = duo.visit(&address, email, AtPrompt::Passcode).unwrap();
        self.come_back(&callback)
    }

    /// The page with the phones.
    pub(crate) fn look_at_phones(&mut self) -> Page {
        let page = self.get("/login/duo/here");
        page.assert_shows(200, "Choose how to confirm");
        page
    }

    /// Asks the first phone on that page.
    pub(crate) fn ask_phone(&mut self, way: &str) -> Page {
        let page = self.look_at_phones();
        let device = page.between("value=\"push ", "\"").unwrap().to_owned();
        self.post("/login/duo/ask", &[("way", &format!("{way} {device}"))])
    }

    /// Looks again until the phone has answered.
    pub(crate) fn await_answer(&mut self) -> Page {
        let give_up = Instant::now() + Duration::from_secs(20);
        loop {
            let page = self.get("/login/duo/wait");
            if page.status != 200 {
                return page;
            }
            assert!(Instant::now() < give_up, "the phone was not answered");
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Clinic {
    /// How often the audit says this.
    pub(crate) fn audited(&self, action: &str) -> i64 {
        let quoted = action.replace('\'', "''");
        self.query(&format!("SELECT count(*) FROM audit_events WHERE action LIKE '{quoted}'"))
    }

    pub(crate) fn sessions(&self) -> i64 {
        self.query("SELECT count(*) FROM sessions")
    }
}

/// A query's value.
pub(crate) fn value_of(callback: &str, name: &str) -> String {
    let (_, query) = callback.split_once('?').unwrap();
    let mut pairs = parse(query.as_bytes());
    pairs.find(|(known, _)| known == name).unwrap().1.into_owned()
}
