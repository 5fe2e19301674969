//! `portal demo`: a portal for trying out, which leaves nothing behind.

use std::fs;
use std::io::{self, Write, stdout};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use portal::config::{Config, LogFormat};
use portal::{
    Clock, Directory, Identity, ListenError, Listener, Portal, Role, Settings, generate_password,
};
use rand::TryRng;
use rand::rngs::SysRng;
use tracing::level_filters::LevelFilter;
use upheld_duo_sim::{DevCa, Person, PhoneOf, Server};
use upheld_store::keys::{KeyRing, SharedKeys};

use super::outcome::{Exit, Failure};
use super::{key_file, log, open, serve, stop};

const EMAIL: &str = "alex@example.com";
/// Who confirms with Duo from the beginning.
const DUO_EMAIL: &str = "jo@example.com";
/// The same, with a security key instead of a phone.
const KEY_EMAIL: &str = "lee@example.com";
/// Everybody there is, with one password for all, and what to know of them.
const PEOPLE: [(&str, &str, Role, &str); 6] = [
    (EMAIL, "Alex Morgan", Role::Patient, "patient, without a second factor yet"),
    (DUO_EMAIL, "Jo Ellis", Role::Patient, "patient, confirms with Duo on a phone"),
    (KEY_EMAIL, "Lee Park", Role::Patient, "patient, confirms with Duo by a security key"),
    ("robin@example.com", "Robin Hale", Role::PrivacyLead, "staff, leads privacy"),
    ("kim@example.com", "Kim Osei", Role::Staff, "staff"),
    ("ash@example.com", "Ash Bell", Role::Auditor, "auditor, reads and changes nothing"),
];
/// Who has asked for what, with which words, how many days ago.
const REQUESTS: [(&str, &str, &str, u16); 3] = [
    (DUO_EMAIL, "access", "All letters since 2024, please.", 26),
    (KEY_EMAIL, "erasure", "", 4),
    (DUO_EMAIL, "rectification", "My street is Mill Lane, not Hill Lane.", 0),
];

/// The certificate of whoever vouches for the portal over TLS and for Duo.
const AUTHORITY: &str = "authority.pem";

#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Where to listen: an address of this computer and a port, 0 for any that is free.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where to listen as well, over TLS with a certificate of its own making.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen_tls: SocketAddr,
    /// How many days somebody who closes their account can change their mind: up to 60.
    ///
    /// With 0 the account is erased at once, which is quicker to look at.
    #[arg(long, value_name = "DAYS", default_value_t = 14, value_parser = clap::value_parser!(u8).range(..=60))]
    closing_days: u8,
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
    let (served, folder) = runtime.block_on(async {
        // Before anything else, so that no signal finds the folder there and nobody to remove it.
        let stop = stop::signals().map_err(Failure::of_system)?;
        // Only this user may look into it.
        let folder = tempfile::Builder::new().prefix("portal-demo-").tempdir();
        let folder = folder.map_err(Failure::of_system)?;
        Ok::<_, Failure>((serve(options, folder.path(), stop).await, folder))
    })?;
    // What is still under way could write to the folder.
    drop(runtime);
    let removed = folder.close().map_err(Failure::of_system);
    served.and(removed)
}

async fn serve(
    options: &Options,
    folder: &Path,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Failure> {
    let listener = Listener::bind(options.listen).await.map_err(not_listening)?;
    let ca = DevCa::generate().map_err(|error| Exit::Failed.because(error))?;
    let authority = folder.join(AUTHORITY);
    fs::write(&authority, ca.authority_pem()).map_err(Failure::of_system)?;
    let (chain, key) = ca.identity();
    let identity = Identity::new(chain, key).map_err(|error| Exit::Failed.because(error))?;
    let secure = Listener::bind_locally_with_tls(options.listen_tls, identity).await;
    let secure = secure.map_err(not_listening)?;
    let duo = simulate_duo(ca).await?;
    let file = folder.join("portal.toml");
    let text = settings(&listener, &duo, options.closing_days);
    key_file::create_private(&file, text.as_bytes())?;
    let portal = open(&file).await?;
    let password = generate_password().map_err(|error| Exit::Failed.because(error))?;
    for (email, name, role, _) in PEOPLE {
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
        settings: &file,
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
        config: upheld_duo_sim::Config {
            users: people.into(),
            ..upheld_duo_sim::Config::default()
        },
        listen: any,
        control: Some(any),
        transport: upheld_duo_sim::Transport::Tls(Box::new(ca)),
        seed: SysRng.try_next_u64().map_err(|error| Exit::Failed.because(error))?,
    });
    started.await.map_err(|error| Exit::Failed.because(error))
}

fn phones_of(duo: &Server) -> String {
    let port = duo.control_address().map_or(0, |address| address.port());
    format!("http://localhost:{port}/")
}

/// What an operator would have written, so that every other command works on this portal, too.
fn settings(listener: &Listener, duo: &Server, closing_days: u8) -> String {
    let keys = upheld_duo_sim::Config::default();
    format!(
        "[server]\n\
         public_url = \"{}\"\n\
         listen = \"{}\"\n\
         metrics_listen = \"off\"\n\n\
         [database]\n\
         sqlite = \"portal.db\"\n\
         tenant = \"demo\"\n\n\
         [second_factor]\n\
         email_codes = true\n\
         remembered_browser_days = 30\n\n\
         [duo]\n\
         api_host = \"localhost:{}\"\n\
         client_id = \"{}\"\n\
         client_secret = \"{}\"\n\
         integration_key = \"{}\"\n\
         secret_key = \"{}\"\n\
         ca_file = \"{AUTHORITY}\"\n\n\
         [account]\n\
         closing_days = {closing_days}\n\n\
         [log]\n\
         format = \"text\"\n",
        listener.url(),
        listener.address(),
        duo.address().port(),
        keys.prompt.key,
        keys.prompt.secret,
        keys.auth.key,
        keys.auth.secret,
    )
}

/// A portal with these settings, a key and everything else in the folder of the file.
async fn open(file: &Path) -> Result<Portal, Failure> {
    // Whatever the environment says is about another portal.
    let config = Config::read(Some(file), []).map_err(|error| Exit::Failed.because(error))?;
    let keys = KeyRing::generate(&mut SysRng).map_err(|error| Exit::Failed.because(error))?;
    key_file::create(&config.key_file, &keys)?;
    let keys = SharedKeys::new(keys);
    tokio::spawn(serve::follow(config.key_file.clone(), keys.clone()));
    let outbox = Directory::open(&config.mail_directory).map_err(Failure::of_system)?;
    let settings = Settings { demonstration_advert: true, ..open::settings(&config) };
    let records = (open::new_database(&config).await?, keys);
    let portal = Portal::open(records, settings, Clock::system(), Arc::new(outbox.clone())).await;
    Ok(portal.map_err(|error| Exit::Failed.because(error))?.showing_outbox(outbox))
}

/// Where everything is.
struct Places<'a> {
    address: String,
    secure: String,
    phones: String,
    authority: &'a Path,
    settings: &'a Path,
}

fn announce(places: &Places<'_>, password: &str) -> io::Result<()> {
    let Places { address: url, secure, phones, authority, settings } = places;
    let (authority, settings) = (authority.display(), settings.display());
    let people = PEOPLE.map(|(email, _, _, about)| format!("  {email:<18} {about}")).join("\n");
    let mut out = stdout().lock();
    write!(
        out,
        "The portal is ready. It keeps everything in a folder that is removed at the end.\n\
         \n\
         address: {url}\n\
         user: {EMAIL}\n\
         password: {password}\n\
         phones: {phones}\n\
         over TLS: {secure}, certified by {authority}\n\
         settings: {settings}\n\
         \n\
         The people, all with this password:\n\
         {people}\n\
         \n\
         Next: open the address in Chromium, Chrome, Edge or Firefox and sign in; in Safari, the one\n\
         over TLS. The portal asks you to add an authenticator app: scan the QR code with it, or type\n\
         the key. Then sign out and in again. Duo is simulated: answer on the page of phones. For\n\
         pages over TLS, Duo's among them, your browser warns of the certificate: go on, or have it\n\
         trust the file above while you try things out.\n\
         Staff answer three requests at {url}/staff/requests, and {url}/dev/outbox\n\
         shows the e-mails. Every other command works on this portal too: portal audit verify\n\
         --config with the file of settings, for example. Ctrl-C ends the portal.\n"
    )?;
    out.flush()
}

fn not_listening(error: ListenError) -> Failure {
    let failure = serve::not_listening(error);
    let advice = "--listen 127.0.0.1:0 takes any free port; --listen 127.0.0.1:8081 another";
    failure.exit.because(format!("{}\n  {advice}", failure.why))
}
