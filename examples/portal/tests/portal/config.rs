//! The configuration, as operators write it and get it wrong.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use portal::NotAsked;
use portal::config::{
    Config, ConfigError, DatabaseChoice, Fault, KEYS, Kind, LogFormat, Origin, starting_file,
};
use tempfile::TempDir;
use tracing::level_filters::LevelFilter;
use upheld_duo::FailMode;

const LEAST: &str = "[server]\npublic_url = \"https://portal.example\"\n\
                     trusted_proxies = [\"10.0.0.0/8\"]\n[database]\nsqlite = \"portal.db\"\n";

struct Place(TempDir);

impl Place {
    fn with(text: &str) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.write("portal.toml", text);
        place
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::read(Some(&self.path("portal.toml")), environment(variables))
    }
}

fn environment(variables: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    variables.iter().map(|(name, value)| (name.into(), value.into())).collect()
}

fn error_of(text: &str, variables: &[(&str, &str)]) -> String {
    Place::with(text).read(variables).unwrap_err().to_string()
}

fn server_of(config: &Config) -> &str {
    match &config.database {
        DatabaseChoice::Postgres(url) => url,
        _ => "",
    }
}

#[test]
fn what_is_not_set_is_strict() {
    let place = Place::with(LEAST);
    let config = place.read(&[("HOME", "/home/x"), ("PORTAL_X", "of somebody else")]).unwrap();
    assert_eq!(config.public_url.to_string(), "https://portal.example");
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.metrics_listen.unwrap().to_string(), "127.0.0.1:9464");
    assert!(
        matches!(&config.database, DatabaseChoice::Sqlite(file) if *file == place.path("portal.db"))
    );
    assert_eq!(config.key_file, place.path("portal.keys"));
    assert_eq!(config.mail_directory, place.path("mail"));
    let throttle = config.second_factor.throttle;
    assert_eq!(throttle, upheld_second_factor::Throttle::default());
    assert_eq!(<(u8, u8)>::from(config.second_factor.window), (1, 1));
    assert!(config.second_factor.guess_probability_per_day() <= 3e-4);
    assert_eq!((config.email_codes, config.remembered_browser_days), (false, None));
    assert_eq!((config.password.cost.memory_kib(), config.password.cost.passes()), (19_456, 2));
    assert_eq!(config.password.queue.get(), 64);
    assert_eq!((config.log_level, config.log_format), (LevelFilter::INFO, LogFormat::Json));
    assert!(config.warnings().is_empty());
}

#[test]
fn the_environment_has_the_last_word() {
    let place = Place::with(&format!("{LEAST}[password]\nqueue = 7\n"));
    let config = place
        .read(&[
            ("PORTAL__SERVER__PUBLIC_URL", "http://localhost:8080"),
            ("PORTAL__SERVER__TRUSTED_PROXIES", " 192.0.2.1 , 2001:db8::/32,"),
            ("PORTAL__SERVER__METRICS_LISTEN", "off"),
            ("PORTAL__PASSWORD__QUEUE", "8"),
            ("PORTAL__SECOND_FACTOR__EMAIL_CODES", "true"),
            ("PORTAL__SECOND_FACTOR__WINDOW_AHEAD", "0"),
            ("PORTAL__SECOND_FACTOR__REMEMBERED_BROWSER_DAYS", "30"),
            ("PORTAL__LOG__FORMAT", "text"),
        ])
        .unwrap();
    assert_eq!(config.public_url.to_string(), "http://localhost:8080");
    assert!(config.trusted_proxies.includes("192.0.2.1".parse().unwrap()));
    assert_eq!((config.password.queue.get(), config.metrics_listen), (8, None));
    assert!(config.email_codes && config.warnings().len() == 1);
    assert_eq!(<(u8, u8)>::from(config.second_factor.window), (1, 0));
    assert_eq!(config.remembered_browser_days.unwrap().get(), 30);
    assert_eq!(config.log_format, LogFormat::Text);
}

#[test]
fn the_environment_is_enough() {
    let config = Config::read(
        None,
        environment(&[
            ("PORTAL__SERVER__PUBLIC_URL", "https://portal.example"),
            ("PORTAL__DATABASE__SQLITE", "/srv/portal.db"),
        ]),
    );
    let config = config.unwrap();
    assert!(
        matches!(config.database, DatabaseChoice::Sqlite(file) if file == Path::new("/srv/portal.db"))
    );
    assert_eq!(config.key_file, Path::new("portal.keys"));
}

#[test]
fn unknown_settings_are_named() {
    let unknown = |text: &str, variables: &[(&str, &str)], names: &[&str]| {
        let error = error_of(&format!("{LEAST}{text}"), variables);
        assert!(error.contains("there is no such setting"), "{error}");
        for name in names {
            assert!(error.contains(name), "no {name} in {error}");
        }
    };
    unknown("sqlit = \"x\"\n", &[], &["database.sqlit:", "[database] has sqlite, postgres"]);
    unknown("[sever]\nlisten = 1\n", &[], &["sever:", "the tables are server, database"]);
    unknown("[server.tls]\nx = 1\n", &[], &["server.tls"]);
    unknown("[keys]\nfile_file = \"x\"\n", &[], &["keys.file_file"]);
    for variable in [
        "PORTAL__SERVER__LISTN",
        "PORTAL__SERVER",
        "PORTAL__",
        "PORTAL__SERVER__PUBLIC_URL__X",
        "PORTAL__server__listen",
        "PORTAL__SERVER__LISTEN_FILE",
    ] {
        unknown("", &[(variable, "x")], &[variable]);
    }
    let error = error_of(&format!("x = 1\n{LEAST}"), &[]);
    assert!(error.contains("- x: there is no such setting"), "{error}");
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let text = "[server]\nlisten = \"0.0.0.0:8080\"\nmax_connections = 0\n[database]\n\
                connections = \"many\"\n[log]\nlevel = \"loud\"\nformat = \"xml\"\n[password]\n\
                memory_kib = 1024\n[second_factor]\nwindow_behind = 11\nmax_failures = 101\n\
                email_codes = 1\nfirst_wait_seconds = 90\nlongest_wait_seconds = 60\n";
    let place = Place::with(text);
    let error = place.read(&[("PORTAL__DATABASE__TENANT", "North Side")]).unwrap_err();
    let said = error.to_string();
    for expected in [
        "server.public_url is not set; say where people find the portal, in the file or as \
         PORTAL__SERVER__PUBLIC_URL",
        "server.listen can be reached by other computers",
        "server.max_connections: it must be 1 to 65535",
        "database.connections: a whole number is wanted",
        "database.sqlite is not set; set it or database.postgres",
        "PORTAL__DATABASE__TENANT: it must have 1 to 63 of a-z, 0-9 and -",
        "log.level: use off, error, warn, info, debug or trace",
        "log.format: use json or text",
        "password.memory_kib: 1024 KiB and 2 passes are too cheap",
        "second_factor.window_behind: it must be 0 to 10",
        "second_factor.max_failures: it must be 1 to 100",
        "second_factor.email_codes: true or false is wanted",
    ] {
        assert!(said.contains(expected), "no {expected:?} in {said}");
    }
    assert_eq!(error.faults.len(), 12, "{said}");
    let text = text.replace("max_failures = 101", "").replace("window_behind = 11", "");
    let error = error_of(&text, &[]);
    assert!(error.contains("second_factor.longest_wait_seconds: waits of 90 to 60"), "{error}");
}

#[test]
fn urls_proxies_and_databases_are_checked() {
    let check = |variable: &str, value: &str, expected: &str| {
        let error = error_of(LEAST, &[(variable, value)]);
        assert!(error.contains(&format!("{variable}: {expected}")), "{error}");
    };
    check("PORTAL__SERVER__PUBLIC_URL", "http://portal.example", "it must begin with https://");
    check("PORTAL__SERVER__TRUSTED_PROXIES", "0.0.0.0/0", "0.0.0.0/0 would let anyone");
    check("PORTAL__SERVER__LISTEN", "8080", "it must be an address and a port");
    check("PORTAL__KEYS__FILE", "", "it must be the path of a file");
    let two = error_of(LEAST, &[("PORTAL__DATABASE__POSTGRES", "postgres://u:pa55@h/d")]);
    assert!(two.contains("database.sqlite and database.postgres are both set"), "{two}");
}

#[test]
fn secrets_come_from_files_and_are_shown_nowhere() {
    let text = LEAST.replace("sqlite = \"portal.db\"", "postgres_file = \"database.url\"");
    let place = Place::with(&text);
    place.write("database.url", "postgres://portal:s3cret@localhost/portal\n");
    let config = place.read(&[]).unwrap();
    assert_eq!(server_of(&config), "postgres://portal:s3cret@localhost/portal");
    assert_eq!(config.secrets(), ["database.postgres"]);
    let shown = [
        format!("{config:?}"),
        config.redacted().to_toml(),
        config.redacted().to_json().to_string(),
    ];
    for text in shown {
        assert!(text.contains("[redacted]") && !text.contains("s3cret"), "{text}");
    }

    place.write("other.url", "postgres://portal:0ther@localhost/portal");
    let other = place.path("other.url");
    let config = place.read(&[("PORTAL__DATABASE__POSTGRES_FILE", other.to_str().unwrap())]);
    assert!(server_of(&config.unwrap()).contains("0ther"));

    let both = [
        ("PORTAL__DATABASE__POSTGRES_FILE", other.to_str().unwrap()),
        ("PORTAL__DATABASE__POSTGRES", "postgres://x:s3cret@localhost/x"),
    ];
    let error = place.read(&both).unwrap_err().to_string();
    assert!(error.contains("database.postgres is set already"), "{error}");
    let error = place.read(&[("PORTAL__DATABASE__POSTGRES_FILE", "nowhere")]).unwrap_err();
    let origin = Origin::Environment { variable: "PORTAL__DATABASE__POSTGRES_FILE".into() };
    assert!(
        matches!(&error.faults[..], [Fault::SecretFile { origin: it, .. }, ..] if *it == origin)
    );
}

/// What is wrong is said without the words it was said in.
#[test]
fn t42_errors_quote_nothing() {
    for text in [
        "[database]\npostgres = \"postgres://u:s3cret@h/d\" x\n",
        "[database]\npostgres = \"s3cret\n",
        "[database]\npostgres = s3cret\n",
        "[database]\npostgres = \"s3cret\"\n",
        "[database]\npostgres = [\"s3cret\"]\n",
        "[database]\npostgres_file = 5\npostgres = \"s3cret\"\n",
        "[log]\nlevel = \"s3cret\"\nformat = \"s3cret\"\n",
        "[server]\npublic_url = \"https://u:s3cret@h\"\nlisten = \"s3cret\"\n",
    ] {
        let error = Place::with(text).read(&[]).unwrap_err();
        let said = format!("{error} {error:?}");
        assert!(!said.contains("s3cret"), "{said}");
    }
    let error = error_of("[server]\n\nlisten = \"a\" b\n", &[]);
    assert!(error.contains("portal.toml, line 3: "), "{error}");
    let missing = Config::read(Some(Path::new("/nowhere/portal.toml")), []).unwrap_err();
    assert!(missing.to_string().contains("/nowhere/portal.toml cannot be read"), "{missing}");
}

#[test]
fn files_that_are_no_configuration_are_refused() {
    for text in ["\0", "{}", "= 1", "[", "\u{feff}[", &"[a]\n".repeat(3), &"a.".repeat(10_000)] {
        assert!(Place::with(text).read(&[]).is_err());
    }
    let place = Place::with("");
    std::fs::write(place.path("portal.toml"), [0xff, 0xfe]).unwrap();
    assert!(place.read(&[]).unwrap_err().to_string().contains("cannot be read"));
    place.write("portal.toml", &"#\n".repeat(600_000));
    assert!(place.read(&[]).unwrap_err().to_string().contains("at most 1048576 are read"));
}

/// The file that `init` writes has every setting, at its default, and can be read.
#[test]
fn the_starting_file_is_complete_and_says_what_is_so_anyway() {
    let text = starting_file(&[
        ("server.public_url", "https://portal.example"),
        ("database.sqlite", "portal.db"),
    ]);
    assert_eq!(KEYS.len(), 37);
    let place = Place::with(&text);
    let as_written = place.read(&[]).unwrap().redacted().to_json();
    // All defaults, no longer commented out.
    let uncommented: Vec<_> = text
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(rest) if !rest.starts_with(' ') && !rest.contains('…') => rest,
            _ => line,
        })
        .collect();
    place.write("portal.toml", &uncommented.join("\n"));
    assert_eq!(place.read(&[]).unwrap().redacted().to_json(), as_written);
    for key in KEYS {
        assert!(text.contains(&format!("{} = ", key.name)) || key.is_secret, "{}", key.path());
        assert!(!key.about.is_empty() && key.about.iter().all(|line| line.len() <= 98));
        let default: toml::Table =
            format!("x = {}", key.default.unwrap_or("\"\"")).parse().unwrap();
        let fits = match key.kind {
            Kind::Text => default["x"].is_str(),
            Kind::Integer => default["x"].is_integer(),
            Kind::Boolean => default["x"].is_bool(),
            Kind::List => default["x"].is_array(),
            _ => false,
        };
        assert!(fits, "{}", key.path());
    }
}

/// What `config print` writes is a configuration that means the same.
#[test]
fn the_printed_configuration_can_be_read_back() {
    let place = Place::with(LEAST);
    let config = place.read(&[("PORTAL__PASSWORD__QUEUE", "9")]).unwrap();
    let printed = config.redacted().to_toml();
    assert!(printed.contains("queue = 9 # PORTAL__PASSWORD__QUEUE"), "{printed}");
    assert!(printed.contains("public_url = \"https://portal.example\" # file"), "{printed}");
    assert!(printed.contains("window_ahead = 1 # default"), "{printed}");
    let again = Place::with(&printed).read(&[]).unwrap();
    assert_eq!(again.redacted().to_json(), config.redacted().to_json());
}

const DUO: &str = "[duo]\napi_host = \"API-1234abcd.duosecurity.com\"\n\
                   client_id = \"DIWJ8X6AEYOR5OMC6TQ1\"\nclient_secret_file = \"secret\"\n";
const DUO_SECRET: &str = "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep";

#[test]
fn duo_is_closed_and_limited_unless_said_otherwise() {
    let place = Place::with(LEAST);
    assert!(place.read(&[]).unwrap().duo.is_none());
    place.write("portal.toml", &format!("{LEAST}{DUO}"));
    place.write("secret", &format!("{DUO_SECRET}\n"));
    let config = place.read(&[]).unwrap();
    let duo = config.duo.as_ref().unwrap();
    assert_eq!(duo.api_host.authority(), "api-1234abcd.duosecurity.com");
    assert_eq!((duo.fail_mode, duo.not_asked), (FailMode::Closed, NotAsked::Limited));
    assert!(duo.phones.is_none() && config.warnings().is_empty());
    let printed = config.redacted().to_toml();
    assert!(printed.contains("client_secret = \"[redacted]\""), "{printed}");
    assert!(!printed.contains(DUO_SECRET) && !format!("{config:?}").contains(DUO_SECRET));

    let more = [
        ("PORTAL__DUO__INTEGRATION_KEY", "DIXXXXXXXXXXXXXXXXXX"),
        ("PORTAL__DUO__SECRET_KEY", DUO_SECRET),
        ("PORTAL__DUO__FAIL_MODE", "open"),
        ("PORTAL__DUO__NOT_ASKED", "full"),
    ];
    let config = place.read(&more).unwrap();
    assert!(config.duo.as_ref().unwrap().phones.is_some());
    assert_eq!(config.warnings().len(), 2);
}

#[test]
fn settings_of_duo_that_make_no_sense_are_refused_with_the_reason() {
    let place = Place::with(&format!("{LEAST}{DUO}"));
    place.write("secret", DUO_SECRET);
    place.write("empty.pem", "");
    for (variable, value, why) in [
        ("API_HOST", "https://api-1234abcd.duosecurity.com/", "no scheme"),
        ("CLIENT_ID", "DIWJ8X6AEYOR5OMC6TQ", "20 letters and digits"),
        ("CLIENT_SECRET", "short", "their secrets 40"),
        ("FAIL_MODE", "maybe", "use closed or open"),
        ("NOT_ASKED", "yes", "use refuse, limited or full"),
        ("INTEGRATION_KEY", "DIXXXXXXXXXXXXXXXXXX", "duo.secret_key"),
        ("SECRET_KEY", DUO_SECRET, "duo.integration_key"),
        ("CA_FILE", "nowhere.pem", "cannot be read"),
        ("CA_FILE", "empty.pem", "no certificates in PEM"),
        ("APIHOST", "x", "PORTAL__DUO__APIHOST"),
    ] {
        let error = place.read(&[(&format!("PORTAL__DUO__{variable}"), value)]).unwrap_err();
        let error = error.to_string();
        assert!(error.contains(why), "{variable}: {error}");
        assert!(!error.contains(DUO_SECRET), "{error}");
    }
    let without = Place::with(LEAST);
    let error = without.read(&[("PORTAL__DUO__CLIENT_SECRET", DUO_SECRET)]).unwrap_err();
    assert!(error.to_string().contains("duo.api_host"), "{error}");
}
