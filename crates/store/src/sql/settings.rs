//! Which database is used, and how.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{ConfigConnectImpl, Connect};
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Config, NoTls, Socket};

use crate::sql::OpenError;

/// Which database is used, and how.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Settings {
    /// A file of this machine.
    Sqlite(SqliteSettings),
    /// A server.
    Postgres(PostgresSettings),
}

impl Settings {
    /// SQLite in `file`, which is made if it is not there.
    pub fn sqlite(file: impl Into<PathBuf>) -> Self {
        Self::Sqlite(SqliteSettings::new(file))
    }

    /// PostgreSQL at `url`: see [`PostgresSettings::parse`].
    ///
    /// # Errors
    ///
    /// [`OpenError::Url`]
    pub fn postgres(url: &str) -> Result<Self, OpenError> {
        PostgresSettings::parse(url).map(Self::Postgres)
    }
}

/// A file of this machine, used through SQLite. Several processes may use one.
#[derive(Clone, Debug)]
pub struct SqliteSettings {
    file: PathBuf,
    readers: u32,
}

impl SqliteSettings {
    /// Takes `file`, which is made if it is not there, readable by its owner alone.
    pub fn new(file: impl Into<PathBuf>) -> Self {
        Self { file: file.into(), readers: 4 }
    }

    /// Sets how many queries may read at once: 4 unless said otherwise, at least 1.
    #[must_use]
    pub fn with_readers(self, readers: u32) -> Self {
        Self { readers: readers.max(1), ..self }
    }

    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    pub(crate) fn readers(&self) -> u32 {
        self.readers
    }
}

/// A server of PostgreSQL. Several processes may use one.
///
/// ```
/// use upheld_store::sql::PostgresSettings;
///
/// let settings = PostgresSettings::parse("postgres://clinic@localhost/clinic")?;
/// let _more = settings.with_connections(32);
/// # Ok::<(), upheld_store::sql::OpenError>(())
/// ```
#[derive(Clone)]
pub struct PostgresSettings {
    config: Box<Config>,
    connections: u32,
    tls: Option<Arc<dyn Connect>>,
}

/// What a session of ours never takes longer for: a statement, a lock, a pause in a transaction.
const LIMITS: &str = "-c statement_timeout=5s -c idle_in_transaction_session_timeout=10s";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

impl PostgresSettings {
    /// Reads a URL (`postgres://user@host/database`) or a list of `key=value`, as libpq does.
    ///
    /// With several hosts the one that can write is taken, also after a failover.
    ///
    /// # Errors
    ///
    /// [`OpenError::Url`] when it is neither; the text is not repeated, since it may hold a
    /// password.
    pub fn parse(url: &str) -> Result<Self, OpenError> {
        let mut config: Config = url.parse().map_err(|_| OpenError::Url)?;
        let options = match config.get_options() {
            Some(options) => format!("{LIMITS} {options}"),
            None => LIMITS.into(),
        };
        config.options(options);
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(ANSWER_TIMEOUT);
        }
        Ok(Self { config: Box::new(config), connections: 16, tls: None })
    }

    /// Sets how many connections there are at most: 16 unless said otherwise, at least 1.
    #[must_use]
    pub fn with_connections(self, connections: u32) -> Self {
        Self { connections: connections.max(1), ..self }
    }

    /// Encrypts with `connector`, which checks the server's certificate. Servers on other machines
    /// need it.
    #[must_use]
    pub fn with_tls<T>(self, connector: T) -> Self
    where
        T: MakeTlsConnect<Socket> + Clone + Sync + Send + 'static,
        T::Stream: Sync + Send,
        T::TlsConnect: Sync + Send,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        let mut config = self.config;
        config.ssl_mode(SslMode::Require);
        Self { config, tls: Some(Arc::new(ConfigConnectImpl { tls: connector })), ..self }
    }

    pub(crate) fn connections(&self) -> u32 {
        self.connections
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// How to connect: without encryption on this machine alone.
    pub(crate) fn connect(&self) -> Result<Arc<dyn Connect>, OpenError> {
        match &self.tls {
            Some(tls) => Ok(Arc::clone(tls)),
            None if is_local(&self.config) => Ok(Arc::new(ConfigConnectImpl { tls: NoTls })),
            None => Err(OpenError::Unencrypted),
        }
    }
}

impl fmt::Debug for PostgresSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresSettings")
            .field("hosts", &self.config.get_hosts())
            .field("database", &self.config.get_dbname())
            .field("connections", &self.connections)
            .field("is_encrypted", &self.tls.is_some())
            .finish_non_exhaustive()
    }
}

/// Whether every address is one of this machine. A numeric address goes before the name.
fn is_local(config: &Config) -> bool {
    let addresses = config.get_hostaddrs();
    if !addresses.is_empty() {
        return addresses.iter().all(IpAddr::is_loopback);
    }
    config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    })
}

#[cfg(test)]
mod tests {
    use super::PostgresSettings;
    use crate::sql::OpenError;

    #[test]
    fn only_this_machine_is_spoken_to_without_encryption() {
        let connect = |url| PostgresSettings::parse(url).unwrap().connect().map(drop);
        for local in [
            "postgres://a@localhost/b",
            "postgres://a@127.0.0.1:5433,[::1]/b",
            "host=/run/postgresql user=a",
            "host=db.example hostaddr=127.0.0.1 user=a",
        ] {
            assert_eq!(connect(local), Ok(()), "{local}");
        }
        for remote in [
            "postgres://a@db.example/b",
            "postgres://a@10.0.0.1/b",
            "postgres://a@localhost,db.example/b",
            "postgres://a@localhost.example/b",
            "host=localhost hostaddr=10.0.0.1 user=a",
        ] {
            assert_eq!(connect(remote), Err(OpenError::Unencrypted), "{remote}");
        }
    }

    #[test]
    fn t42_a_password_is_not_shown() {
        let settings = PostgresSettings::parse("postgres://a:JBSWY3DP@localhost/b").unwrap();
        assert!(!format!("{settings:?}").contains("JBSWY3DP"));
        let refused = PostgresSettings::parse("postgres://a:JBSWY3DP@localhost:x/b").unwrap_err();
        assert_eq!(refused, OpenError::Url);
    }
}
