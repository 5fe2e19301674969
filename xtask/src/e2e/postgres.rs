//! `upheld-store` on a real server: its laws, and what becomes of it when the server is
//! restarted, killed, or lost to a standby.

mod attack;
pub(crate) mod cluster;
mod failover;
#[path = "../../../crates/store/tests/sql/laws.rs"]
mod laws;
#[path = "../../../crates/store/tests/sql/migrations.rs"]
mod migrations;
mod outage;
mod records;
#[path = "../../../crates/store/tests/sql/versions.rs"]
mod versions;

use upheld_store::Tenant;
use upheld_store::sql::{Database, OpenError, PostgresSettings, Settings};

use super::{Outcome, check, say};
pub(crate) use attack::run_racer;
use cluster::Ground;
pub(crate) use records::run_writer;

/// Runs everything that needs a server.
pub(super) fn keeps_everything() -> Outcome<()> {
    let ground = Ground::new()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let primary = ground.primary()?;

    say("postgres: the laws of the SQL layer");
    runtime.block_on(async {
        let database = open(&primary.address()).await?;
        migrations::all(&database).await?;
        database.migrate("laws", laws::TABLES).await?;
        check(laws::all(&database).await? == 13, "laws were left out")
    })?;
    say("postgres: every version of the tables");
    for version in 0..=versions::VERSIONS.len() {
        primary.query(&format!("CREATE DATABASE version_{version}"))?;
        let address =
            primary.address().replace("dbname=postgres", &format!("dbname=version_{version}"));
        runtime
            .block_on(async { versions::upgrades_from(&open(&address).await?, version).await })?;
    }
    say("postgres: few connections, slow statements, a restart");
    outage::overload(&runtime, &primary)?;
    outage::restart(&runtime, &primary)?;
    say("postgres: the laws of second factors");
    attack::conform(&runtime, &primary)?;
    say("postgres: keys are changed while people sign in");
    attack::rotate(&runtime, &primary)?;
    say("postgres: two processes and one code");
    attack::race(&runtime, &ground, &primary)?;
    say("postgres: the primary is lost, and its standby takes over");
    failover::keeps_what_was_answered(&runtime, &ground, &primary)?;
    say("postgres: passed");
    Ok(())
}

/// Runs what the log and its records need a server for.
pub(super) fn keeps_records() -> Outcome<()> {
    let ground = Ground::new()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let primary = ground.primary()?;
    say("records: the laws of the log and its records");
    records::conform(&runtime, &primary)?;
    say("records: two processes and one log");
    records::race(&runtime, &ground, &primary)?;
    say("records: the server is killed during ten thousand appends");
    records::outage(&runtime, &primary)?;
    say("records: passed");
    Ok(())
}

async fn open(address: &str) -> Result<Database, OpenError> {
    open_with(address, 16).await
}

async fn open_with(address: &str, connections: u32) -> Result<Database, OpenError> {
    let settings = PostgresSettings::parse(address)?.with_connections(connections);
    Database::open(&Settings::Postgres(settings), clinic()).await
}

#[expect(clippy::expect_used, reason = "it is a name")]
fn clinic() -> Tenant {
    Tenant::new("clinic").expect("a good name")
}
