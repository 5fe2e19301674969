//! Looking into a SQLite database from outside of the portal.

use std::fs::{File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use portal::audit::{self, Verdict};
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};
use upheld_store::Tenant;
use upheld_store::sql::{Database, Settings};

use super::key_file::PRIVATE;
use super::open;
use super::outcome::{Exit, Failure};

/// What was found in a database.
#[derive(Debug)]
pub(crate) struct Examined {
    /// What SQLite says is wrong.
    pub(crate) damage: Vec<String>,
    /// The version of each component's tables.
    pub(crate) versions: Vec<(String, i64)>,
    /// How many people there are.
    pub(crate) people: i64,
    pub(crate) audit: Verdict,
}

impl Examined {
    pub(crate) fn is_good(&self) -> bool {
        self.damage.is_empty() && matches!(self.audit, Verdict::Intact { .. })
    }

    pub(crate) fn to_text(&self) -> String {
        let mut lines: Vec<_> = self.damage.iter().map(|it| format!("DAMAGED: {it}\n")).collect();
        let versions = self.versions.iter().map(|(name, version)| format!("{name} {version}"));
        let versions: Vec<_> = versions.collect();
        lines.push(format!("versions: {}\npeople: {}\n", versions.join(", "), self.people));
        lines.push(match self.audit {
            Verdict::Intact { head, unsealed } => {
                format!("audit: intact, {unsealed} events not sealed yet\nhead: {head}\n")
            }
            Verdict::Broken { seq, fault } => format!("audit: BROKEN at event {seq}: {fault}\n"),
            _ => String::new(),
        });
        lines.concat()
    }

    pub(crate) fn to_json(&self) -> Value {
        let versions: serde_json::Map<_, _> =
            self.versions.iter().map(|(name, version)| (name.clone(), json!(version))).collect();
        let (head, first_bad) = match self.audit {
            Verdict::Intact { head, .. } => (Some(head.to_string()), None),
            Verdict::Broken { seq, .. } => (None, Some(seq)),
            _ => (None, None),
        };
        json!({
            "damage": self.damage,
            "versions": versions,
            "people": self.people,
            "audit_head": head,
            "audit_first_bad": first_bad,
        })
    }
}

/// Copies a database that is in use to a file that is not there, as of one moment.
pub(crate) fn copy(database: &Path, copy: &Path) -> Result<(), Failure> {
    let copied = connect(database).and_then(|connection| {
        connection.busy_timeout(std::time::Duration::from_secs(10))?;
        let name = copy.to_string_lossy();
        connection.execute("VACUUM INTO ?", [name])
    });
    copied.map_err(failed)?;
    let private =
        File::open(copy).and_then(|copy| copy.set_permissions(Permissions::from_mode(PRIVATE)));
    private.map_err(Failure::of_system)
}

/// Looks into a database that nobody uses.
pub(crate) async fn database(file: &Path, tenant: &Tenant) -> Result<Examined, Failure> {
    let (damage, versions, people) = look(file, tenant).map_err(failed)?;
    let database = Database::open(&Settings::sqlite(file), tenant.clone()).await;
    let database = database.map_err(open::not_open)?;
    let verdict = audit::verify(&database, None).await;
    database.close().await;
    Ok(Examined { damage, versions, people, audit: verdict.map_err(open::of_database)? })
}

/// Empties these tables, and leaves one file behind.
pub(crate) fn forget(file: &Path, tables: &[&str]) -> Result<(), Failure> {
    let forgotten = connect(file).and_then(|connection| {
        connection.pragma_update(None, "secure_delete", true)?;
        for table in tables {
            connection.execute(&format!("DELETE FROM {table}"), [])?;
        }
        connection.pragma_update_and_check(None, "journal_mode", "delete", |_| Ok(()))
    });
    forgotten.map_err(failed)
}

/// What SQLite says is wrong with a database, in use or not.
pub(crate) fn damage(file: &Path) -> rusqlite::Result<Vec<String>> {
    let connection = connect(file)?;
    let mut found = Vec::new();
    connection.pragma_query(None, "integrity_check", |row| {
        found.push(row.get::<_, String>(0)?);
        Ok(())
    })?;
    found.retain(|line| line != "ok");
    connection.pragma_query(None, "foreign_key_check", |row| {
        found.push(format!("a row of {} refers to one that is missing", row.get::<_, String>(0)?));
        Ok(())
    })?;
    Ok(found)
}

type Looked = (Vec<String>, Vec<(String, i64)>, i64);

fn look(file: &Path, tenant: &Tenant) -> rusqlite::Result<Looked> {
    let connection = connect(file)?;
    let mut versions = connection.prepare(
        "SELECT component, max(version) FROM schema_migrations GROUP BY component ORDER BY 1",
    )?;
    let versions = versions.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let versions = versions.collect::<rusqlite::Result<_>>()?;
    let people = "SELECT count(*) FROM people WHERE tenant = ?";
    let people = connection.query_row(people, [tenant.as_str()], |row| row.get(0))?;
    Ok((damage(file)?, versions, people))
}

fn connect(file: &Path) -> rusqlite::Result<Connection> {
    // Never makes one.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(file, flags)
}

/// SQLite refused something of a file that is looked into.
#[derive(Debug, thiserror::Error)]
#[error("the database cannot be read: {0}")]
struct Unreadable(#[from] rusqlite::Error);

fn failed(error: rusqlite::Error) -> Failure {
    Exit::Failed.because(Unreadable(error))
}
