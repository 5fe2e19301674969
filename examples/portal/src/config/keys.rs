//! Every setting there is: the one list that the reader, `init`, `config print` and the README
//! go by.

/// A setting.
#[derive(Debug)]
#[non_exhaustive]
pub struct Key {
    /// The table it stands in.
    pub section: &'static str,
    /// Its name there.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What it is unless set, as TOML. None for what has to be set, or is off.
    pub default: Option<&'static str>,
    /// Whether it must not be shown. It can then be kept in a file of its own.
    pub is_secret: bool,
    /// What it is for, in lines of a file with comments.
    pub about: &'static [&'static str],
}

/// What a setting takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A text.
    Text,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// Texts; in an environment variable with commas between them.
    List,
}

impl Key {
    /// `section.name`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }

    /// The environment variable that sets it.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("PORTAL__{}__{}", self.section, self.name).to_uppercase()
    }
}

const fn key(section: &'static str, name: &'static str, about: &'static [&'static str]) -> Key {
    Key { section, name, kind: Kind::Text, default: None, is_secret: false, about }
}

impl Key {
    const fn or(self, default: &'static str) -> Self {
        Self { default: Some(default), ..self }
    }

    const fn of(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    const fn secret(self) -> Self {
        Self { is_secret: true, ..self }
    }
}

/// Lists every setting there is, in the order of the file.
pub const KEYS: [&Key; 37] = [
    &PUBLIC_URL,
    &LISTEN,
    &TLS_CERTIFICATE,
    &TLS_KEY,
    &METRICS_LISTEN,
    &TRUSTED_PROXIES,
    &MAX_CONNECTIONS,
    &SQLITE,
    &POSTGRES,
    &TENANT,
    &POOL,
    &KEY_FILE,
    &MAIL_DIRECTORY,
    &WINDOW_BEHIND,
    &WINDOW_AHEAD,
    &FREE_ATTEMPTS,
    &FIRST_WAIT,
    &LONGEST_WAIT,
    &FAILURE_CAP,
    &EMAIL_CODES,
    &REMEMBERED_DAYS,
    &DUO_HOST,
    &DUO_CLIENT_ID,
    &DUO_CLIENT_SECRET,
    &DUO_INTEGRATION_KEY,
    &DUO_SECRET_KEY,
    &DUO_FAIL_MODE,
    &DUO_NOT_ASKED,
    &DUO_CA_FILE,
    &CLOSING_DAYS,
    &JURISDICTION,
    &HASH_MEMORY,
    &HASH_PASSES,
    &HASH_THREADS,
    &HASH_QUEUE,
    &LOG_LEVEL,
    &LOG_FORMAT,
];

pub(super) const PUBLIC_URL: Key = key(
    "server",
    "public_url",
    &[
        "Where people find the portal. All links begin with it; requests for other hosts are",
        "refused. Must be https, unless it is of this computer alone (http://localhost:8080).",
    ],
);
pub(super) const LISTEN: Key = key(
    "server",
    "listen",
    &[
        "Where the portal listens: with a certificate over TLS, else over plain HTTP for a proxy that",
        "ends it. Without one, connections from beyond this computer are taken from trusted_proxies.",
    ],
)
.or("\"127.0.0.1:8080\"");
pub(super) const TLS_CERTIFICATE: Key = key(
    "server",
    "tls_certificate",
    &[
        "A PEM file with the site's certificate and those that vouch for it. The portal then ends TLS",
        "itself, 1.2 and 1.3. The file is read anew when it changes.",
    ],
);
pub(super) const TLS_KEY: Key =
    key("server", "tls_key", &["The PEM file with the private key of the certificate."]);
pub(super) const METRICS_LISTEN: Key = key(
    "server",
    "metrics_listen",
    &["Where /metrics, /healthz and /readyz are, for operators alone; \"off\" for nowhere."],
)
.or("\"127.0.0.1:9464\"");
pub(super) const TRUSTED_PROXIES: Key = key(
    "server",
    "trusted_proxies",
    &[
        "Addresses and networks of proxies whose X-Forwarded-For is believed. Behind a proxy that",
        "is not listed, all visitors count as one when guessing is limited.",
    ],
)
.of(Kind::List)
.or("[]");
pub(super) const MAX_CONNECTIONS: Key =
    key("server", "max_connections", &["How many connections are open at a time."])
        .of(Kind::Integer)
        .or("512");
pub(super) const SQLITE: Key = key(
    "database",
    "sqlite",
    &["A file for SQLite, on a local disk. Relative paths are relative to this file."],
);
pub(super) const POSTGRES: Key = key(
    "database",
    "postgres",
    &["Instead of sqlite: postgres://user:password@host/database, on this computer or a socket."],
)
.secret();
pub(super) const TENANT: Key =
    key("database", "tenant", &["Whose rows are meant, where several portals share a database."])
        .or("\"clinic\"");
pub(super) const POOL: Key =
    key("database", "connections", &["How many connections to PostgreSQL, or readers of SQLite."])
        .of(Kind::Integer)
        .or("8");
pub(super) const KEY_FILE: Key = key(
    "keys",
    "file",
    &[
        "The keys that encrypt authenticator secrets, readable by the portal's user alone. Keep a",
        "copy apart from the backups of the database: each is useless without the other.",
    ],
)
.or("\"portal.keys\"");
pub(super) const MAIL_DIRECTORY: Key =
    key("mail", "directory", &["Where e-mails are put, one file each, for a mailer to send."])
        .or("\"mail\"");
pub(super) const WINDOW_BEHIND: Key = key(
    "second_factor",
    "window_behind",
    &["How many steps of 30 seconds a phone's clock may be slow: 0 to 10. 0 is the strictest."],
)
.of(Kind::Integer)
.or("1");
pub(super) const WINDOW_AHEAD: Key =
    key("second_factor", "window_ahead", &["How many it may be fast: 0 to 10."])
        .of(Kind::Integer)
        .or("1");
pub(super) const FREE_ATTEMPTS: Key = key(
    "second_factor",
    "free_attempts",
    &["How many failures in a row come before the first wait: 1 to 10."],
)
.of(Kind::Integer)
.or("5");
pub(super) const FIRST_WAIT: Key = key(
    "second_factor",
    "first_wait_seconds",
    &["The first wait; each further one is twice as long."],
)
.of(Kind::Integer)
.or("32");
pub(super) const LONGEST_WAIT: Key =
    key("second_factor", "longest_wait_seconds", &["The longest wait, up to a day."])
        .of(Kind::Integer)
        .or("900");
pub(super) const FAILURE_CAP: Key = key(
    "second_factor",
    "max_failures",
    &["After so many failures in a row an operator must unlock the account: 1 to 100."],
)
.of(Kind::Integer)
.or("100");
pub(super) const EMAIL_CODES: Key = key(
    "second_factor",
    "email_codes",
    &["Whether a code by e-mail counts. Whoever reads the mail can reset the password, too."],
)
.of(Kind::Boolean)
.or("false");
pub(super) const REMEMBERED_DAYS: Key = key(
    "second_factor",
    "remembered_browser_days",
    &["How long a browser may skip the second factor, if its owner asks: up to 30; 0 is never."],
)
.of(Kind::Integer)
.or("0");
pub(super) const DUO_HOST: Key = key(
    "duo",
    "api_host",
    &["The account at Duo: api-XXXXXXXX.duosecurity.com. Without it there is no Duo."],
);
pub(super) const DUO_CLIENT_ID: Key = key(
    "duo",
    "client_id",
    &["Of an application of the type Web SDK: people confirm on Duo's own page."],
);
pub(super) const DUO_CLIENT_SECRET: Key =
    key("duo", "client_secret", &["Its secret, of 40 characters."]).secret();
pub(super) const DUO_INTEGRATION_KEY: Key = key(
    "duo",
    "integration_key",
    &["Of one of the type Auth API, to ask phones and take passcodes on pages of the portal, too."],
);
pub(super) const DUO_SECRET_KEY: Key =
    key("duo", "secret_key", &["Its secret, of 40 characters."]).secret();
pub(super) const DUO_FAIL_MODE: Key = key(
    "duo",
    "fail_mode",
    &[
        "While Duo is out of reach: closed, nobody gets in by it; open, whoever has nothing but Duo",
        "gets in with the password alone. Never staff. Whoever can cut the line to Duo gets in, too.",
    ],
)
.or("\"closed\"");
pub(super) const DUO_NOT_ASKED: Key = key(
    "duo",
    "not_asked",
    &[
        "People whom Duo lets in without asking (bypass mode, trusted networks): refuse; limited, they",
        "get in but cannot act as staff or change what protects an account; full, it counts.",
    ],
)
.or("\"limited\"");
pub(super) const DUO_CA_FILE: Key = key(
    "duo",
    "ca_file",
    &["Certificates in PEM to believe instead of the system's: of a simulator, or a proxy."],
);
pub(super) const CLOSING_DAYS: Key = key(
    "account",
    "closing_days",
    &["How long somebody who closes their account can change their mind: up to 60; 0 is not at all."],
)
.of(Kind::Integer)
.or("14");
pub(super) const JURISDICTION: Key = key(
    "cookies",
    "jurisdiction",
    &[
        "Whose law about cookies applies to visitors: uk, eea, or strictest where you do not know",
        "where they are.",
    ],
)
.or("\"strictest\"");
pub(super) const HASH_MEMORY: Key =
    key("password", "memory_kib", &["The memory of one Argon2id hash, in KiB."])
        .of(Kind::Integer)
        .or("19456");
pub(super) const HASH_PASSES: Key = key(
    "password",
    "passes",
    &["How often it is gone over. Passwords are hashed anew when their owners next sign in."],
)
.of(Kind::Integer)
.or("2");
pub(super) const HASH_THREADS: Key =
    key("password", "threads", &["How many hashes are made at a time; 0 for one on each core."])
        .of(Kind::Integer)
        .or("0");
pub(super) const HASH_QUEUE: Key = key(
    "password",
    "queue",
    &["How many requests may hash or wait to; the next is answered with 503."],
)
.of(Kind::Integer)
.or("64");
pub(super) const LOG_LEVEL: Key =
    key("log", "level", &["off, error, warn, info, debug or trace, to the standard error."])
        .or("\"info\"");
pub(super) const LOG_FORMAT: Key =
    key("log", "format", &["json, one object a line, or text."]).or("\"json\"");
