//! `portal doctor`: what is wrong, or about to be.

use std::error::Error;
use std::fs::File;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use portal::audit::{self, Verdict};
use portal::config::{Config, DatabaseChoice};
use portal::{Clock, behind, check_duo, sealed_tables, verify_log};
use serde_json::json;
use upheld_store::keys::SharedKeys;
use upheld_store::rotation;
use upheld_store::sql::Database;

use super::outcome::{Failure, Output};
use super::place::Place;
use super::{examine, key_file, open};

/// How far two clocks may be apart: more, and codes are refused.
const MAX_SKEW_SECONDS: u64 = 5;
/// After how long a key should be changed.
const MAX_KEY_AGE: Duration = Duration::from_hours(366 * 24);
/// How long an e-mail may wait before somebody should look.
const MAX_MAIL_SECONDS: i64 = 15 * 60;

/// What was looked into, and how it is.
#[derive(Debug)]
struct Check {
    name: &'static str,
    state: State,
    what: What,
}

/// A sentence, or an error that is one.
type What = Box<dyn Error + Send + Sync>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Good,
    Warning,
    Bad,
}

impl State {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Warning => "warning",
            Self::Bad => "BAD",
        }
    }
}

fn good(name: &'static str, what: impl Into<What>) -> Check {
    Check { name, state: State::Good, what: what.into() }
}

fn warning(name: &'static str, what: impl Into<What>) -> Check {
    Check { name, state: State::Warning, what: what.into() }
}

fn bad(name: &'static str, what: impl Into<What>) -> Check {
    Check { name, state: State::Bad, what: what.into() }
}

/// Looks into everything, and changes nothing.
pub(crate) async fn run(place: &Place) -> Result<Output, Failure> {
    let config = place.read()?;
    let mut checks = Vec::new();
    for line in config.warnings() {
        checks.push(warning("configuration", line));
    }
    checks.extend(check_config_file(place, &config));
    let keys = key_file::read(&config.key_file).map(SharedKeys::new);
    checks.push(match &keys {
        Ok(keys) => good("key file", format!("{} keys", keys.ring().ids().count())),
        Err(failure) => bad("key file", failure.why.to_string()),
    });
    checks.extend(check_key_age(&config.key_file));
    checks.push(check_mail_folder(&config.mail_directory));
    if let Some(settings) = &config.duo {
        let found = check_duo(settings.clone(), &config.public_url, &Clock::system()).await;
        checks.extend(found.into_iter().map(|found| {
            if found.is_good { good("Duo", found.what) } else { bad("Duo", found.what) }
        }));
    }
    if let DatabaseChoice::Sqlite(file) = &config.database {
        checks.extend(check_file(file));
    }
    match open::database(&config).await {
        Ok(database) => {
            checks.extend(check_database(&database, &config, keys.as_ref().ok()).await);
            database.close().await;
        }
        Err(failure) => checks.push(bad("database", failure.why)),
    }
    let line =
        |check: &Check| format!("{:8} {}: {}\n", check.state.as_str(), check.name, check.what);
    let lines: Vec<_> = checks.iter().map(line).collect();
    let values: Vec<_> = checks
        .iter()
        .map(|it| json!({ "check": it.name, "state": it.state.as_str().to_lowercase(), "what": it.what.to_string() }))
        .collect();
    let is_bad = checks.iter().any(|check| check.state == State::Bad);
    Ok(Output { is_bad, ..Output::new(lines.concat(), json!(values)) })
}

/// A configuration with a password in it is nobody else's to read.
fn check_config_file(place: &Place, config: &Config) -> Option<Check> {
    let file = place.file()?;
    let metadata = file.metadata().ok()?;
    let is_open = metadata.permissions().mode() & 0o077 != 0;
    let secret = config.secrets_in_file().into_iter().next()?;
    let shown = file.display();
    Some(if is_open {
        bad(
            "configuration",
            format!("{shown} has {secret} in it, and others may read it; chmod 600"),
        )
    } else {
        good("configuration", format!("{shown} can be read by its owner alone"))
    })
}

fn check_key_age(file: &Path) -> Option<Check> {
    let age = File::open(file).ok()?.metadata().ok()?.modified().ok()?.elapsed().ok()?;
    let days = age.as_secs() / (24 * 60 * 60);
    Some(if age > MAX_KEY_AGE {
        warning(
            "key age",
            format!("the key file was last changed {days} days ago; portal keys rotate"),
        )
    } else {
        good("key age", format!("the key file was last changed {days} days ago"))
    })
}

fn check_mail_folder(folder: &Path) -> Check {
    match tempfile::tempfile_in(folder) {
        Ok(_) => good("e-mail", format!("{} can be written to", folder.display())),
        Err(error) => bad("e-mail", format!("{} cannot be written to: {error}", folder.display())),
    }
}

/// The file, and the log beside it, hold everything there is.
fn check_file(file: &Path) -> Vec<Check> {
    let mut checks = Vec::new();
    for suffix in ["", "-wal"] {
        let mut path = file.as_os_str().to_owned();
        path.push(suffix);
        let path = PathBuf::from(path);
        let Ok(metadata) = path.metadata() else { continue };
        let shown = path.display();
        let is_open = metadata.permissions().mode() & 0o077 != 0;
        checks.push(if is_open {
            bad("permissions", format!("{shown} can be read or written by others; chmod 600"))
        } else {
            good("permissions", format!("{shown} can be read by its owner alone"))
        });
    }
    if file.exists() {
        checks.push(match examine::damage(file) {
            Ok(damage) if damage.is_empty() => good("integrity", "the database is whole"),
            Ok(damage) => bad("integrity", damage.join("; ")),
            Err(error) => bad("integrity", error),
        });
    }
    checks
}

async fn check_database(
    database: &Database,
    config: &Config,
    keys: Option<&SharedKeys>,
) -> Vec<Check> {
    let missing = match behind(database).await {
        Ok(missing) => missing,
        Err(error) => return vec![bad("database", error)],
    };
    if let Some(component) = missing.first() {
        let what = format!("the tables of {component} are of another version; portal migrate");
        return vec![bad("migrations", what)];
    }
    let mut checks = vec![good("migrations", "all tables are up to date")];
    checks.push(check_clock(database, config).await);
    checks.extend(check_keys(database, keys).await);
    checks.push(match audit::verify(database, None).await {
        Ok(Verdict::Intact { head, unsealed }) => {
            good("audit", format!("intact, {unsealed} events not sealed yet, head {head}"))
        }
        Ok(Verdict::Broken { seq, fault }) => {
            bad("audit", format!("broken at event {seq}: {fault}"))
        }
        Ok(_) => bad("audit", "of a form that this program does not know"),
        Err(error) => bad("audit", error),
    });
    checks.extend(check_consents(database, keys).await);
    checks.push(check_outbox(database).await);
    if config.duo.is_none() {
        checks.extend(check_without_duo(database).await);
    }
    checks
}

/// Against the server's clock, or against what was last written.
async fn check_clock(database: &Database, config: &Config) -> Check {
    let now = now();
    if let DatabaseChoice::Sqlite(_) = config.database {
        let sql = "SELECT max(at) FROM audit_events WHERE tenant = $1";
        let last = database.query(sql, &[]).await;
        let last =
            last.and_then(|rows| rows.first().map_or(Ok(None), |row| row.optional_integer(0)));
        return match last {
            Ok(Some(last)) if last > now.saturating_add(60) => {
                let ahead = last.saturating_sub(now);
                bad("clock", format!("the last event is {ahead} seconds in the future"))
            }
            Ok(_) => good("clock", "no event is in the future"),
            Err(error) => bad("clock", error),
        };
    }
    let sql = "SELECT CAST(extract(epoch FROM now()) AS bigint) WHERE $1 = $1";
    match database
        .query(sql, &[])
        .await
        .and_then(|rows| rows.first().map_or(Ok(None), |row| row.optional_integer(0)))
    {
        Ok(Some(theirs)) if theirs.abs_diff(now) > MAX_SKEW_SECONDS => {
            let apart = theirs.abs_diff(now);
            bad("clock", format!("{apart} seconds apart from the database's; check NTP"))
        }
        Ok(_) => good("clock", "that of the database agrees"),
        Err(error) => bad("clock", error),
    }
}

async fn check_keys(database: &Database, keys: Option<&SharedKeys>) -> Vec<Check> {
    let Some(ring) = keys.map(SharedKeys::ring) else { return Vec::new() };
    let uses = match rotation::uses(database, &sealed_tables()).await {
        Ok(uses) => uses,
        Err(error) => return vec![bad("keys", error)],
    };
    let mut checks = Vec::new();
    for (id, rows) in &uses {
        if !ring.ids().any(|known| known == *id) {
            checks.push(bad("keys", format!("{rows} rows need key {id}, which is not there")));
        } else if *id != ring.current() {
            let what = format!("{rows} rows are under key {id}; portal keys rotate --resume");
            checks.push(warning("keys", what));
        }
    }
    for id in ring.ids().filter(|id| *id != ring.current() && !uses.contains_key(id)) {
        let what = format!("nothing needs key {id}; portal keys retire {id}");
        checks.push(warning("keys", what));
    }
    if checks.is_empty() {
        checks.push(good("keys", "everything is under the current key"));
    }
    checks
}

/// Consents and requests are what was logged of them.
async fn check_consents(database: &Database, keys: Option<&SharedKeys>) -> Option<Check> {
    Some(match verify_log(database, keys?.clone(), Vec::new()).await {
        Ok(verified) => good("consents", format!("intact, {} entries", verified.tree.size())),
        Err(error) => bad("consents", format!("the log of consents: {error}")),
    })
}

/// People who have nothing but Duo cannot sign in where there is none.
async fn check_without_duo(database: &Database) -> Option<Check> {
    let sql = "SELECT count(*) FROM duo_accounts WHERE tenant = $1 AND NOT EXISTS
                   (SELECT 1 FROM credentials WHERE credentials.tenant = $1 AND account = person)";
    let rows = database.query(sql, &[]).await;
    match rows.and_then(|rows| rows.first().map_or(Ok(0), |row| row.integer(0))) {
        Ok(0) => None,
        Ok(count) => {
            let what = format!("{count} people have nothing but Duo, and duo.api_host is not set");
            Some(bad("Duo", what))
        }
        Err(error) => Some(bad("Duo", error)),
    }
}

async fn check_outbox(database: &Database) -> Check {
    let sql = "SELECT count(*) FROM outbox
               WHERE tenant = $1 AND next_try IS NOT NULL AND created_at < $2";
    let before = now().saturating_sub(MAX_MAIL_SECONDS);
    let rows = database.query(sql, &[before.into()]).await;
    match rows.and_then(|rows| rows.first().map_or(Ok(0), |row| row.integer(0))) {
        Ok(0) => good("outbox", "no e-mail waits for long"),
        Ok(count) => warning("outbox", format!("{count} e-mails wait for more than 15 minutes")),
        Err(error) => bad("outbox", error),
    }
}

fn now() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX)
}
