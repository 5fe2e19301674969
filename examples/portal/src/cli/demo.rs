//! `portal demo`: a portal for trying out, which leaves nothing behind.

use std::fs;
use std::io::{self, Write, stdout};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use portal::config::LogFormat;
use portal::{
    Clock, Directory, DuoKeys, DuoSettings, Identity, ListenError, Listener, NotAsked, Portal,
    PublicUrl, RememberedDays, Role, Settings, generate_password,
};
use rand::TryRng;
use rand::rngs::SysRng;
use tracing::level_filters::LevelFilter;
use upheld_duo::{ApiHost, BreakerPolicy, FailMode, SecretText};
use upheld_duo_reqwest::Roots;
use upheld_duo_sim::{Config, DevCa, Keys, Person, PhoneOf, Server};
use upheld_store::Tenant;
use upheld_store::keys::{KeyRing, SharedKeys};
use upheld_store::sql::{self, Database};

use super::outcome::{Exit, Failure};
use super::{log, stop};

const EMAIL: &str = "alex@example.com";
/// Who confirms with Duo from the beginning.
const DUO_EMAIL: &str = "jo@example.com";
/// The same, with a security key instead of a phone.
const KEY_EMAIL: &str = "lee@example.com";
/// Everybody there is, with one password for all.
const PEOPLE: [(&str, &str, Role); 6] = [
    (EMAIL, "Alex Morgan", Role::Patient),
    (DUO_EMAIL, "Jo Ellis", Role::Patient),
    (KEY_EMAIL, "Lee Park", Role::Patient),
    ("robin@example.com", "Robin Hale", Role::PrivacyLead),
    ("kim@example.com", "Kim Osei", Role::Staff),
    ("ash@example.com", "Ash Bell", Role::Auditor),
];
/// Who has asked for what, with which words, how many days ago.
const REQUESTS: [(&str, &str, &str, u16); 3] = [
    (DUO_EMAIL, "access", "All letters since 2024, please.", 26),
    (KEY_EMAIL, "erasure", "", 4),
    (DUO_EMAIL, "rectification", "My street is Mill Lane, not Hill Lane.", 0),
];

#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Where to listen: an address of this computer and a port, 0 for any that is free.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where to listen as well, over TLS with a certificate of its own making.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen_tls: SocketAddr,
    /// What to write to the standard error: off, error, warn, info, debug or trace.
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    log: LevelFilter,
    /// How to write it: json or text.
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = log::parse_format)]
    log_format: LogFormat,
}

/// Serves until a signal comes, and removes the database.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    log::start(options.log, options.log_format);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(Failure::of_system)?;
    // Only this user may look into it. Removed when dropped, and before this function returns.
    let folder =
        tempfile::Builder::new().prefix("portal-demo-").tempdir().map_err(Failure::of_system)?;
    let served = runtime.block_on(serve(options, folder.path()));
    drop(runtime);
    let removed = folder.close().map_err(Failure::of_system);
    served.and(removed)
}

async fn serve(options: &Options, folder: &Path) -> Result<(), Failure> {
    // Before anything else, so that no signal finds the database there and nobody to remove it.
    let stop = stop::signals().map_err(Failure::of_system)?;
    let listener = Listener::bind(options.listen).await.map_err(not_listening)?;
    let ca = DevCa::generate().map_err(|error| Exit::Failed.because(error))?;
    let authority = folder.join("authority.pem");
    fs::write(&authority, ca.authority_pem()).map_err(Failure::of_system)?;
    let (chain, key) = ca.identity();
    let identity = Identity::new(chain, key).map_err(|error| Exit::Failed.because(error))?;
    let secure = Listener::bind_locally_with_tls(options.listen_tls, identity).await;
    let secure = secure.map_err(not_listening)?;
    let duo = simulate_duo(ca).await?;
    let portal = open(folder, &listener, &duo).await?;
    let password = generate_password().map_err(|error| Exit::Failed.because(error))?;
    for (email, name, role) in PEOPLE {
        let added = portal.add_person((email, name), &password, role).await;
        added.map_err(|error| Exit::Failed.because(error))?;
    }
    for (email, kind, words, days_ago) in REQUESTS {
        let added = portal.add_request(email, (kind, words), days_ago).await;
        added.map_err(|error| Exit::Failed.because(error))?;
    }
    for email in [DUO_EMAIL, KEY_EMAIL] {
        portal.add_duo(email).await.map_err(|error| Exit::Failed.because(error))?;
    }
    let places = Places {
        address: listener.url(),
        secure: secure.url(),
        phones: phones_of(&duo),
        authority: &authority,
    };
    announce(&places, &password).map_err(Failure::of_system)?;
    let served = portal.serve_all(vec![listener, secure], stop).await;
    duo.stop().await;
    served.map_err(|error| Exit::Failed.because(error))
}

/// Duo, simulated: everybody has a phone there or a security key, and a page shows the phones.
async fn simulate_duo(ca: DevCa) -> Result<Server, Failure> {
    let people = PEOPLE.map(|(email, ..)| Person {
        name: email.to_owned(),
        phones: if email == KEY_EMAIL { Vec::new() } else { vec![PhoneOf::default()] },
        adds_security_key: email == KEY_EMAIL,
        ..Person::default()
    });
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let started = Server::start(upheld_duo_sim::Options {
        config: Config { users: people.into(), ..Config::default() },
        listen: any,
        control: Some(any),
        transport: upheld_duo_sim::Transport::Tls(Box::new(ca)),
        seed: SysRng.try_next_u64().map_err(|error| Exit::Failed.because(error))?,
    });
    started.await.map_err(|error| Exit::Failed.because(error))
}

/// The account of the portal at the simulated Duo.
fn settings_of(duo: &Server) -> Result<DuoSettings, Failure> {
    let keys = Config::default();
    let pair = |keys: Keys| DuoKeys::new(&keys.key, SecretText::new(keys.secret));
    let host = format!("localhost:{}", duo.address().port());
    Ok(DuoSettings {
        api_host: ApiHost::parse(&host).map_err(|error| Exit::Failed.because(error))?,
        prompt: pair(keys.prompt).map_err(|error| Exit::Failed.because(error))?,
        phones: Some(pair(keys.auth).map_err(|error| Exit::Failed.because(error))?),
        roots: Roots::Given(duo.authority().into_iter().collect()),
        fail_mode: FailMode::Closed,
        not_asked: NotAsked::Limited,
        breaker: BreakerPolicy::default(),
    })
}

fn phones_of(duo: &Server) -> String {
    let port = duo.control_address().map_or(0, |address| address.port());
    format!("http://localhost:{port}/")
}

/// A portal with the keys in memory and everything else in `folder`.
async fn open(folder: &Path, listener: &Listener, duo: &Server) -> Result<Portal, Failure> {
    let tenant = Tenant::new("demo").map_err(|error| Exit::Failed.because(error))?;
    let database = Database::open(&sql::Settings::sqlite(folder.join("portal.db")), tenant).await;
    let database = database.map_err(|error| Exit::Failed.because(error))?;
    let keys = KeyRing::generate(&mut SysRng).map_err(|error| Exit::Failed.because(error))?;
    let outbox = Directory::open(&folder.join("mail")).map_err(Failure::of_system)?;
    let url = PublicUrl::parse(&listener.url()).map_err(|error| Exit::Failed.because(error))?;
    let settings = Settings {
        email_codes: true,
        remembered_browsers: RememberedDays::new(RememberedDays::MAX),
        duo: Some(settings_of(duo)?),
        demonstration_advert: true,
        ..Settings::at(url)
    };
    let (records, transport) = ((database, SharedKeys::new(keys)), Arc::new(outbox.clone()));
    let portal = Portal::open(records, settings, Clock::system(), transport).await;
    Ok(portal.map_err(|error| Exit::Failed.because(error))?.showing_outbox(outbox))
}

/// Where everything is.
struct Places<'a> {
    address: String,
    secure: String,
    phones: String,
    authority: &'a Path,
}

fn announce(places: &Places<'_>, password: &str) -> io::Result<()> {
    let Places { address: url, secure, phones, authority } = places;
    let authority = authority.display();
    let mut out = stdout().lock();
    write!(
        out,
        "The portal is ready. Its database has six people in it, and is removed at the end.\n\
         \n\
         address: {url}\n\
         user: {EMAIL}\n\
         password: {password}\n\
         phones: {phones}\n\
         over TLS: {secure}, certified by {authority}\n\
         \n\
         Next: open the address in Chromium, Chrome, Edge or Firefox and sign in; in Safari, the one\n\
         over TLS. The portal asks you to add an authenticator app: scan the QR code with it, or type\n\
         the key. Then sign out and in again. {DUO_EMAIL} confirms with Duo, which is simulated:\n\
         answer on the page of phones; {KEY_EMAIL} with a security key. For pages over TLS, Duo's\n\
         among them, your browser warns of the certificate: go on, or have it trust the file above\n\
         while you try things out.\n\
         robin@example.com and kim@example.com are staff, who answer three requests at\n\
         {url}/staff/requests; Robin leads privacy, and ash@example.com audits. All have the same password;\n\
         {url}/dev/outbox shows the e-mails. Ctrl-C ends the portal.\n"
    )?;
    out.flush()
}

fn not_listening(error: ListenError) -> Failure {
    let failure = super::serve::not_listening(error);
    let advice = "--listen 127.0.0.1:0 takes any free port; --listen 127.0.0.1:8081 another";
    failure.exit.because(format!("{}\n  {advice}", failure.why))
}
