//! A database with people in it, and the settings of a portal on it.

use std::fs::OpenOptions;
use std::io::{Write, stderr};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use portal::seeding::{Seeded, Seeding};
use portal::{Clock, Directory, Portal, PublicUrl, Settings};
use rand::rngs::SysRng;
use tempfile::TempDir;
use upheld_consent::Date;
use upheld_store::Tenant;
use upheld_store::keys::{KeyRing, SharedKeys};
use upheld_store::sql::{self, Database};

use crate::Failure;

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery staple";
/// What stands for a file of its own, where the URL of a database may.
pub(crate) const SQLITE: &str = "sqlite";
const TENANT: &str = "load";

/// Where everything is. The folder is removed when dropped.
#[derive(Debug)]
pub(crate) struct Fixture {
    folder: TempDir,
    /// A server's, or none for a file in the folder.
    url: Option<String>,
    keys: SharedKeys,
    port: u16,
}

impl Fixture {
    /// A fixture for a portal on `port`, in `sqlite` or in an empty database by its URL.
    pub(crate) fn new(database: &str, port: u16) -> Result<Self, Failure> {
        // Not where temporary files may be kept in memory: what is durable should be measured.
        let folder = tempfile::Builder::new().prefix("portal-load-").tempdir_in(target()?)?;
        let keys = KeyRing::generate(&mut SysRng)?;
        let mut file = OpenOptions::new();
        let file = file.write(true).create_new(true).mode(0o600);
        file.open(folder.path().join("portal.keys"))?.write_all(keys.to_text().as_bytes())?;
        let url = (database != SQLITE).then(|| database.to_owned());
        Ok(Self { folder, url, keys: SharedKeys::new(keys), port })
    }

    /// Something in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What the portal is called in requests.
    pub(crate) fn host(&self) -> String {
        format!("localhost:{}", self.port)
    }

    /// The kind of the database: `sqlite` or `postgres`.
    pub(crate) fn store(&self) -> &'static str {
        if self.url.is_some() { "postgres" } else { SQLITE }
    }

    /// Makes the tables, and people.
    pub(crate) async fn seed(&self, people: usize, awaited: usize) -> Result<Vec<Seeded>, Failure> {
        say(&format!("making {people} people"));
        let (portal, database) = self.portal().await?;
        let seeded = portal.seed(Seeding { people, awaited, password: PASSWORD }).await?;
        database.close().await;
        Ok(seeded)
    }

    /// Makes requests of the people, the first of whom is staff from then on.
    pub(crate) async fn seed_requests(&self, requests: usize) -> Result<(), Failure> {
        say(&format!("making {requests} requests"));
        let (portal, database) = self.portal().await?;
        portal.seed_requests(requests).await?;
        database.close().await;
        Ok(())
    }

    /// Places in the queue: at a fifth of it, two, three and four.
    pub(crate) async fn places(&self) -> Result<Vec<String>, Failure> {
        let database = self.open().await?;
        let sql = "SELECT CAST(min(runs_from) AS bigint), CAST(max(runs_from) AS bigint)
                   FROM requests WHERE tenant = $1";
        let rows = database.query(sql, &[]).await?;
        database.close().await;
        let row = rows.first().ok_or("there are no requests")?;
        let (first, last) = (row.integer(0)?, row.integer(1)?);
        let place = |part: i64| {
            let days = last.saturating_sub(first).saturating_mul(part).div_euclid(5);
            let day = Date::new(1970, 1, 1).ok()?;
            let day = day.plus_days(i32::try_from(first.saturating_add(days)).ok()?)?;
            Some(format!("{day}.{}", "8".repeat(32)))
        };
        Ok((1..5).filter_map(place).collect())
    }

    async fn portal(&self) -> Result<(Portal, Database), Failure> {
        let database = self.open().await?;
        let public_url = PublicUrl::parse(&self.public_url())?;
        let mail = Directory::open(&self.path("mail"))?;
        let (records, settings) = ((database.clone(), self.keys.clone()), Settings::at(public_url));
        let portal = Portal::open(records, settings, Clock::system(), Arc::new(mail)).await?;
        Ok((portal, database))
    }

    /// Opens the database beside the portal, or after it.
    pub(crate) async fn open(&self) -> Result<Database, Failure> {
        let settings = match &self.url {
            Some(url) => sql::Settings::postgres(url)?,
            None => sql::Settings::sqlite(self.file()),
        };
        Ok(Database::open(&settings, Tenant::new(TENANT)?).await?)
    }

    /// The same, for a node that listens elsewhere.
    pub(crate) fn environment_on(&self, port: u16) -> Vec<(String, String)> {
        let mut settings = self.environment();
        // What comes later counts.
        settings.push(("PORTAL__SERVER__LISTEN".to_owned(), format!("127.0.0.1:{port}")));
        settings
    }

    /// What the portal is told in its environment.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let text = |path: PathBuf| path.to_string_lossy().into_owned();
        let database = match &self.url {
            Some(url) => ("PORTAL__DATABASE__POSTGRES", url.clone()),
            None => ("PORTAL__DATABASE__SQLITE", text(self.file())),
        };
        let settings = [
            database,
            ("PORTAL__DATABASE__TENANT", TENANT.to_owned()),
            ("PORTAL__SERVER__PUBLIC_URL", self.public_url()),
            ("PORTAL__SERVER__LISTEN", format!("127.0.0.1:{}", self.port)),
            ("PORTAL__SERVER__METRICS_LISTEN", "off".to_owned()),
            ("PORTAL__KEYS__FILE", text(self.path("portal.keys"))),
            ("PORTAL__MAIL__DIRECTORY", text(self.path("mail"))),
            // What is refused is not news here, and writing it is not what is measured.
            ("PORTAL__LOG__LEVEL", "error".to_owned()),
        ];
        settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn public_url(&self) -> String {
        format!("http://{}", self.host())
    }

    fn file(&self) -> PathBuf {
        self.path("portal.db")
    }
}

/// Says beside the report what takes its time.
fn say(what: &str) {
    // Nobody is there to hear of an error.
    drop(writeln!(stderr(), "portal-load: {what}"));
}

/// The folder that this program was built into.
fn target() -> Result<PathBuf, Failure> {
    let program = std::env::current_exe()?;
    Ok(program.parent().map(Path::to_owned).ok_or("this program is in no folder")?)
}
