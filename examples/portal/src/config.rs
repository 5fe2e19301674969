//! What an operator decides: a file, the environment over it, and strict defaults under it.
//!
//! A key of the file is `section.name`; the environment variable `PORTAL__SECTION__NAME` takes
//! its place. A secret may stand in a file of its own, named by `name_file` or
//! `PORTAL__SECTION__NAME_FILE`. Whatever is unknown or makes no sense is an error that names it,
//! and nothing starts.

mod cookies;
mod duo;
mod fault;
mod keys;
mod print;
mod tls;
mod values;

use std::ffi::OsString;
use std::fmt;
use std::net::SocketAddr;
use std::num::NonZero;
use std::path::{Path, PathBuf};

use tracing::level_filters::LevelFilter;
use upheld_cookies::policy::Jurisdiction;
use upheld_duo::FailMode;
use upheld_second_factor::{Policy, Throttle};
use upheld_totp::{Digits, Window};
use zeroize::Zeroizing;

pub use fault::{ConfigError, Fault, Origin};
pub use keys::{KEYS, Key, Kind};
pub use print::{Shown, starting_file};

use crate::closures;
use crate::duo::{DuoSettings, NotAsked};
use crate::password::{PasswordCost, PasswordSettings};
use crate::proxies::TrustedProxies;
use crate::site::PublicUrl;
use values::{Scalar, Set, Values};

/// A configuration that was checked.
#[derive(Debug)]
#[non_exhaustive]
pub struct Config {
    /// Where people find the portal.
    pub public_url: PublicUrl,
    /// Where it listens.
    pub listen: SocketAddr,
    /// The files of the certificate and of its key, if the portal ends TLS itself.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Where operators ask how it is.
    pub metrics_listen: Option<SocketAddr>,
    /// Whose word about visitors' addresses counts.
    pub trusted_proxies: TrustedProxies,
    /// How many connections are open at a time.
    pub max_connections: NonZero<u16>,
    /// What everything is kept in.
    pub database: DatabaseChoice,
    /// Whose rows are meant.
    pub tenant: String,
    /// How many connections to the database.
    pub pool: NonZero<u16>,
    /// The file of the keys.
    pub key_file: PathBuf,
    /// Where e-mails are put.
    pub mail_directory: PathBuf,
    /// The rules for second factors.
    pub second_factor: Policy,
    /// Whether a code by e-mail counts.
    pub email_codes: bool,
    /// How many days a browser may be remembered, from 1 to 30.
    pub remembered_browser_days: Option<NonZero<u8>>,
    /// Duo, if people may confirm with it.
    pub duo: Option<DuoSettings>,
    /// How many days somebody who closes their account can change their mind.
    pub closing_days: u8,
    /// Whose law about cookies applies; `None` is the strictest.
    pub jurisdiction: Option<Jurisdiction>,
    /// How passwords are hashed.
    pub password: PasswordSettings,
    /// What is logged.
    pub log_level: LevelFilter,
    /// How.
    pub log_format: LogFormat,
    values: Values,
}

/// What everything is kept in.
#[derive(Clone)]
#[non_exhaustive]
pub enum DatabaseChoice {
    /// A file of this computer.
    Sqlite(PathBuf),
    /// A `PostgreSQL` server, by its address with the password.
    Postgres(Zeroizing<String>),
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogFormat {
    /// An object on each line.
    Json,
    /// For people.
    Text,
}

impl Config {
    /// Reads a file, if there is one, and the variables of the environment.
    ///
    /// Relative paths are relative to the file.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] lists everything that is wrong.
    pub fn read(
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        let mut values = Values::read(file, variables);
        let mut faults = std::mem::take(&mut values.faults);
        let folder = file.and_then(Path::parent).unwrap_or(Path::new(""));
        let mut reader = Reader { values: &values, faults: &mut faults, folder };
        let read = reader.config();
        match read {
            Some(config) if faults.is_empty() => Ok(Self { values, ..config }),
            _ => Err(ConfigError { faults }),
        }
    }

    /// What is allowed and probably not meant, in a sentence each.
    #[must_use]
    pub fn warnings(&self) -> Vec<&'static str> {
        let mut warnings = Vec::new();
        if self.public_url.is_https() && self.trusted_proxies.is_empty() && self.tls.is_none() {
            warnings.push(
                "server.public_url is https and server.trusted_proxies is empty: if a proxy ends \
                 TLS, all visitors seem to come from it, and one who guesses locks out the rest",
            );
        }
        if self.email_codes {
            warnings.push(
                "second_factor.email_codes is on: whoever reads a person's mail can reset their \
                 password and receive their code",
            );
        }
        if self.duo.as_ref().is_some_and(|duo| duo.fail_mode == FailMode::Open) {
            warnings.push(
                "duo.fail_mode is open: whoever has a password and can cut the line to Duo gets in",
            );
        }
        if self.duo.as_ref().is_some_and(|duo| duo.not_asked == NotAsked::Full) {
            warnings.push(
                "duo.not_asked is full: staff whom Duo lets in without asking act as staff with \
                 the password alone",
            );
        }
        warnings
    }
}

impl fmt::Debug for DatabaseChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(file) => f.debug_tuple("Sqlite").field(file).finish(),
            Self::Postgres(_) => f.write_str("Postgres([redacted])"),
        }
    }
}

/// Turns values into what they mean, and goes on after a fault to find the others.
struct Reader<'a> {
    values: &'a Values,
    faults: &'a mut Vec<Fault>,
    folder: &'a Path,
}

impl Reader<'_> {
    fn config(&mut self) -> Option<Config> {
        let public_url = self.public_url();
        let listen = self.text(&keys::LISTEN, parse_address);
        let tls = self.tls();
        let metrics_listen = self.text(&keys::METRICS_LISTEN, |text| match text {
            "off" => Ok(None),
            text => parse_address(text).map(Some),
        });
        let trusted_proxies = self.trusted_proxies();
        let max_connections =
            self.number(&keys::MAX_CONNECTIONS, 1, u16::MAX).and_then(NonZero::new);
        let database = self.database();
        let tenant = self.text(&keys::TENANT, parse_tenant);
        let pool = self.number(&keys::POOL, 1, 256).and_then(NonZero::new);
        let key_file = self.path(&keys::KEY_FILE);
        let mail_directory = self.path(&keys::MAIL_DIRECTORY);
        let second_factor = self.policy();
        let email_codes = self.boolean(&keys::EMAIL_CODES);
        let remembered_browser_days = self.number(&keys::REMEMBERED_DAYS, 0, 30).map(NonZero::new);
        let duo = self.duo();
        let closing_days = self.number(&keys::CLOSING_DAYS, 0, closures::MAX_DAYS);
        let jurisdiction = self.text(&keys::JURISDICTION, cookies::parse_jurisdiction);
        let password = self.password();
        let log_level = self.text(&keys::LOG_LEVEL, |text| {
            text.parse().map_err(|_| "use off, error, warn, info, debug or trace".to_owned())
        });
        let log_format = self.text(&keys::LOG_FORMAT, parse_format);
        if let (Some(listen), Some(proxies)) = (&listen, &trusted_proxies)
            && !listen.ip().is_loopback()
            && proxies.is_empty()
            && tls.is_none()
        {
            self.faults.push(Fault::Together(
                "server.listen can be reached by other computers over plain HTTP; set \
                 server.tls_certificate, name the proxy that ends TLS in server.trusted_proxies, or \
                 use 127.0.0.1 or [::1]",
            ));
        }
        Some(Config {
            public_url: public_url?,
            listen: listen?,
            tls,
            metrics_listen: metrics_listen?,
            trusted_proxies: trusted_proxies?,
            max_connections: max_connections?,
            database: database?,
            tenant: tenant?,
            pool: pool?,
            key_file: key_file?,
            mail_directory: mail_directory?,
            second_factor: second_factor?,
            email_codes,
            remembered_browser_days: remembered_browser_days?,
            duo: duo.ok()?,
            closing_days: closing_days?,
            jurisdiction: jurisdiction?,
            password: password?,
            log_level: log_level?,
            log_format: log_format?,
            values: Values::default(),
        })
    }

    fn public_url(&mut self) -> Option<PublicUrl> {
        let url = self.text(&keys::PUBLIC_URL, |text| {
            PublicUrl::parse(text).map_err(|error| error.to_string())
        });
        if url.is_none() && self.values.of(&keys::PUBLIC_URL).is_none() {
            self.missing(&keys::PUBLIC_URL, "say where people find the portal");
        }
        url
    }

    fn trusted_proxies(&mut self) -> Option<TrustedProxies> {
        let Some(Set { origin, value: Scalar::List(items), .. }) =
            self.values.of(&keys::TRUSTED_PROXIES)
        else {
            return Some(TrustedProxies::default());
        };
        let parsed = TrustedProxies::parse(items.iter().map(String::as_str));
        self.note(origin, parsed.map_err(|error| error.to_string()))
    }

    fn database(&mut self) -> Option<DatabaseChoice> {
        match (self.values.of(&keys::SQLITE), self.values.of(&keys::POSTGRES)) {
            (Some(_), None) => self.path(&keys::SQLITE).map(DatabaseChoice::Sqlite),
            (None, Some(_)) => self.text(&keys::POSTGRES, parse_postgres),
            (Some(_), Some(_)) => {
                let two = "database.sqlite and database.postgres are both set; keep one of them";
                self.faults.push(Fault::Together(two));
                None
            }
            (None, None) => {
                self.missing(&keys::SQLITE, "set it or database.postgres");
                None
            }
        }
    }

    fn policy(&mut self) -> Option<Policy> {
        let behind = self.number(&keys::WINDOW_BEHIND, 0, 10);
        let ahead = self.number(&keys::WINDOW_AHEAD, 0, 10);
        let free = self.number(&keys::FREE_ATTEMPTS, 1, 10);
        let first = self.number(&keys::FIRST_WAIT, 1, Throttle::MAX_WAIT_SECONDS);
        let longest = self.number(&keys::LONGEST_WAIT, 1, Throttle::MAX_WAIT_SECONDS);
        let cap = self.number(&keys::FAILURE_CAP, 1, Throttle::MAX_CAP);
        let (free, first, longest, cap) = (free?, first?, longest?, cap?);
        let window = Window::new(behind?, ahead?).ok()?;
        let throttle = Throttle::default()
            .with_free_attempts(free)
            .and_then(|throttle| throttle.with_cap(cap))
            .and_then(|throttle| throttle.with_waits(first, longest));
        let origin = self.origin_of(&keys::LONGEST_WAIT);
        let throttle = self.note(&origin, throttle.map_err(|error| error.to_string()))?;
        // Messages lie about in mailboxes: their codes are longer.
        let message_digits = Digits::Eight;
        Some(Policy { window, throttle, message_digits, ..Policy::default() })
    }

    fn password(&mut self) -> Option<PasswordSettings> {
        let memory = self.number(&keys::HASH_MEMORY, 0, u32::MAX);
        let passes = self.number(&keys::HASH_PASSES, 0, u32::MAX);
        let threads = self.number(&keys::HASH_THREADS, 0, 1024);
        let queue = self.number(&keys::HASH_QUEUE, 1, u16::MAX);
        let cost = PasswordCost::new(memory?, passes?).map_err(|error| error.to_string());
        let origin = self.origin_of(&keys::HASH_MEMORY);
        let cost = self.note(&origin, cost)?;
        let threads = NonZero::new(threads?).unwrap_or(PasswordSettings::default().threads);
        Some(PasswordSettings { cost, threads, queue: NonZero::new(queue?)? })
    }

    fn text<T>(
        &mut self,
        key: &'static Key,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let set = self.values.of(key);
        let text = match (set.map(|set| &set.value), key.default) {
            (Some(Scalar::Text(text)), _) => text.as_str(),
            (_, Some(default)) => default.trim_matches('"'),
            (_, None) => return None,
        };
        let origin = self.origin_of(key);
        self.note(&origin, parse(text))
    }

    fn path(&mut self, key: &'static Key) -> Option<PathBuf> {
        let folder = self.folder.to_owned();
        self.text(key, |text| match text {
            "" => Err("it must be the path of a file".to_owned()),
            path => Ok(folder.join(path)),
        })
    }

    fn boolean(&self, key: &'static Key) -> bool {
        match self.values.of(key).map(|set| &set.value) {
            Some(Scalar::Boolean(is)) => *is,
            _ => key.default == Some("true"),
        }
    }

    fn number<T: TryFrom<i64> + Copy + Into<i64>>(
        &mut self,
        key: &'static Key,
        least: T,
        most: T,
    ) -> Option<T> {
        let number = match (self.values.of(key).map(|set| &set.value), key.default) {
            (Some(Scalar::Integer(number)), _) => *number,
            (_, default) => default?.parse().ok()?,
        };
        let (least, most) = (least.into(), most.into());
        let in_range = if (least..=most).contains(&number) {
            T::try_from(number).map_err(|_| String::new())
        } else {
            Err(format!("it must be {least} to {most}"))
        };
        let origin = self.origin_of(key);
        self.note(&origin, in_range)
    }

    fn origin_of(&self, key: &Key) -> Origin {
        let default = || Origin::File { key: key.path() };
        self.values.of(key).map_or_else(default, |set| set.origin.clone())
    }

    fn missing(&mut self, key: &Key, advice: &str) {
        let advice = format!("{advice}, in the file or as {}", key.variable());
        self.faults.push(Fault::Missing { key: key.path(), advice });
    }

    fn note<T>(&mut self, origin: &Origin, parsed: Result<T, String>) -> Option<T> {
        parsed.map_err(|why| self.faults.push(Fault::Invalid { origin: origin.clone(), why })).ok()
    }
}

fn parse_address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "it must be an address and a port, such as 127.0.0.1:8080".to_owned())
}

fn parse_tenant(text: &str) -> Result<String, String> {
    let is_of_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if (1..=63).contains(&text.len()) && text.bytes().all(is_of_name) {
        return Ok(text.to_owned());
    }
    Err("it must have 1 to 63 of a-z, 0-9 and -".to_owned())
}

fn parse_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "json" => Ok(LogFormat::Json),
        "text" => Ok(LogFormat::Text),
        _ => Err("use json or text".to_owned()),
    }
}

fn parse_postgres(text: &str) -> Result<DatabaseChoice, String> {
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        return Ok(DatabaseChoice::Postgres(Zeroizing::new(text.to_owned())));
    }
    Err("it must begin with postgres://".to_owned())
}
