//! Where a clinic's data are: a file, or a database of its own on the server that
//! `PORTAL_TEST_POSTGRES` names, as `cargo xtask e2e portal-postgres` sets it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio_postgres::{Client, NoTls, Row};
use upheld_store::sql::Settings;

/// A database for one clinic, looked into from behind the portal's back.
pub(crate) enum Ground {
    File(PathBuf),
    Server(String),
}

impl Ground {
    pub(crate) fn new(folder: &Path) -> Self {
        let Some(server) = std::env::var_os("PORTAL_TEST_POSTGRES") else {
            return Self::File(folder.join("portal.db"));
        };
        let server = server.into_string().unwrap();
        let name = folder.file_name().unwrap().to_string_lossy().to_lowercase();
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        ask(&server, &format!("CREATE DATABASE clinic_{name}"));
        Self::Server(format!("{server} dbname=clinic_{name}"))
    }

    pub(crate) fn settings(&self) -> Settings {
        match self {
            Self::File(file) => Settings::sqlite(file),
            Self::Server(address) => Settings::postgres(address).unwrap(),
        }
    }

    /// The first number in the answer.
    pub(crate) fn number(&self, sql: &str) -> i64 {
        match self {
            Self::File(file) => {
                let database = rusqlite::Connection::open(file).unwrap();
                database.query_row(sql, [], |row| row.get(0)).unwrap()
            }
            Self::Server(address) => {
                let sql = format!("SELECT CAST(({sql}) AS bigint)");
                ask(address, &sql)[0].get(0)
            }
        }
    }

    /// The bytes in the first column.
    pub(crate) fn blobs(&self, sql: &str) -> Vec<Vec<u8>> {
        match self {
            Self::File(file) => {
                let database = rusqlite::Connection::open(file).unwrap();
                let mut query = database.prepare(sql).unwrap();
                query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
            }
            Self::Server(address) => ask(address, sql).iter().map(|row| row.get(0)).collect(),
        }
    }

    pub(crate) fn change(&self, sql: &str) {
        match self {
            Self::File(file) => {
                rusqlite::Connection::open(file).unwrap().execute(sql, []).unwrap();
            }
            Self::Server(address) => drop(ask(address, sql)),
        }
    }

    /// Keeps everybody else from writing.
    pub(crate) fn hold(&self) -> Held {
        match self {
            Self::File(file) => {
                let database = rusqlite::Connection::open(file).unwrap();
                database.busy_timeout(Duration::from_secs(10)).unwrap();
                database.execute_batch("BEGIN IMMEDIATE").unwrap();
                Held::File(database)
            }
            Self::Server(address) => {
                let runtime = Runtime::new().unwrap();
                let client = runtime.block_on(async {
                    let (client, connection) =
                        tokio_postgres::connect(address, NoTls).await.unwrap();
                    tokio::spawn(connection);
                    let sql = "BEGIN; LOCK TABLE people, second_factor_failures, credentials";
                    client.batch_execute(sql).await.unwrap();
                    client
                });
                Held::Server { _client: client, _runtime: runtime }
            }
        }
    }

    /// All there is: the bytes of the files, or every row of every table as text.
    pub(crate) fn dump(&self) -> Vec<u8> {
        match self {
            Self::File(file) => {
                let files = std::fs::read_dir(file.parent().unwrap()).unwrap();
                let files = files.map(|file| file.unwrap().path()).filter(|path| path.is_file());
                files.flat_map(|file| std::fs::read(file).unwrap()).collect()
            }
            Self::Server(address) => {
                let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'";
                let rows = ask(address, tables).into_iter().flat_map(|table| {
                    let table: String = table.get(0);
                    ask(address, &format!("SELECT row_to_json({table})::text FROM {table}"))
                });
                rows.flat_map(|row| row.get::<_, String>(0).into_bytes()).collect()
            }
        }
    }
}

/// Sixteen times a byte, given by its two digits, as the database writes it.
pub(crate) fn name_of(byte: &str) -> String {
    let digits = byte.repeat(16);
    match std::env::var_os("PORTAL_TEST_POSTGRES") {
        None => format!("X'{digits}'"),
        Some(_) => format!("decode('{digits}', 'hex')"),
    }
}

/// A database that is held until this is dropped.
pub(crate) enum Held {
    File(#[expect(dead_code, reason = "its drop lets go")] rusqlite::Connection),
    Server { _client: Client, _runtime: Runtime },
}

fn ask(address: &str, sql: &str) -> Vec<Row> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(address, NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        let rows = client.query(sql, &[]).await.unwrap();
        drop(client);
        connection.await.unwrap().unwrap();
        rows
    })
}
