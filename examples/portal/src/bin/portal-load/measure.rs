//! A run from end to end: people, a portal, load, and a look at what is left.

use std::fs;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use portal::seeding::Seeded;
use serde_json::json;
use tokio::time::sleep;

use crate::Failure;
use crate::ceiling;
use crate::fixture::{Fixture, PASSWORD, SQLITE};
use crate::invariants::{self, FREE_ATTEMPTS, Law, Ledger};
use crate::options::{Desk, Load, Peer, Portal, Scenario};
use crate::process;
use crate::report::Report;
use crate::scenario::crash::Crash;
use crate::scenario::{Run, Target, desk, login, overload, peer, race, second_factor};
use crate::server::{Server, free_port};
use crate::soak;
use crate::tally::{Kind, Tally};

/// How long the machine's hashing is measured before a run that is held against it.
const CEILING: Duration = Duration::from_secs(3);
/// How many times what can be hashed is asked for.
const OVERLOAD: f64 = 5.0;
/// Codes of each person beyond those that are evaluated, and of how many people.
const BEYOND: (u16, usize) = (2, 200);

/// Measures one scenario.
pub(crate) async fn measure(scenario: Scenario) -> Result<Report, Failure> {
    match scenario {
        Scenario::SecondFactor(options) => second_factor(&options).await,
        Scenario::WrongCodes(options) => wrong_codes(&options).await,
        Scenario::Race(options) => race(&options).await,
        Scenario::Login(options) => login(&options).await,
        Scenario::Crash(options) => crash(&options).await,
        Scenario::Overload(options) => overload(&options).await,
        Scenario::Desk(options) => desk(&options).await,
        Scenario::Soak(options) => soak::soak(&options).await,
        Scenario::Peer(options) => peer(&options).await,
    }
}

async fn second_factor(options: &Portal) -> Result<Report, Failure> {
    let people = per_second(options, second_factors(options));
    let (stage, people) = Stage::set("second-factor", options, people, 1).await?;
    let meter = stage.meter();
    let run = second_factor::right_codes(&stage.target, people).await?;
    let mut report = stage.report(&run, &meter);
    let ledger = stage.close().await?;
    report.laws = invariants::always(&ledger, &run);
    Ok(report)
}

async fn wrong_codes(options: &Portal) -> Result<Report, Failure> {
    let people = per_second(options, 1_500);
    let (stage, people) = Stage::set("wrong-codes", options, people, 1).await?;
    let people = Rc::new(people);
    let meter = stage.meter();
    let each = usize::from(FREE_ATTEMPTS);
    let run = second_factor::wrong_codes(&stage.target, &people, each).await?;
    let mut report = stage.report(&run, &meter);
    let (each, of) = BEYOND;
    let some = people.len().min(of);
    let each = usize::from(FREE_ATTEMPTS.saturating_add(each));
    let beyond = second_factor::wrong_codes_of(&stage.target, &people, some, each).await?;
    let ledger = stage.close().await?;
    let sent = run.tally.total().saturating_add(beyond.tally.total());
    let elapsed = run.elapsed.saturating_add(beyond.elapsed);
    let free = run.tally.total();
    report.laws = invariants::of_wrong_codes(&ledger, (free, sent), elapsed);
    Ok(report)
}

async fn race(options: &Portal) -> Result<Report, Failure> {
    let connections = usize::from(options.load.connections);
    let people = per_second(options, 100);
    // Half of all come from the same sign-in as another, as from a second tab.
    let awaited = connections.div_ceil(2);
    let (stage, people) = Stage::set("race", options, people, awaited).await?;
    let meter = stage.meter();
    let (run, sessions) = race::run(&stage.target, &Rc::new(people)).await?;
    let mut report = stage.report(&run, &meter);
    report.note("rounds", sessions.len());
    let ledger = stage.close().await?;
    report.laws = invariants::always(&ledger, &run);
    report.laws.extend(invariants::of_race(&ledger, &sessions));
    Ok(report)
}

async fn login(options: &Portal) -> Result<Report, Failure> {
    let people = per_second(options, 500);
    let ceiling = ceiling::measure(CEILING).ok_or("nothing could be hashed")?;
    let (stage, people) = Stage::set("login", options, people, 0).await?;
    let meter = stage.meter();
    let run = login::run(&stage.target, people, PASSWORD).await?;
    let mut report = stage.report(&run, &meter);
    report.note("ceiling_per_second", ceiling);
    let ledger = stage.close().await?;
    report.laws = invariants::always(&ledger, &run);
    Ok(report)
}

async fn crash(options: &Portal) -> Result<Report, Failure> {
    let people = options.people.unwrap_or(1_000);
    // One sign-in for each time.
    let (mut stage, people) = Stage::set("crash", options, people, 2).await?;
    let crash = Crash::new(people);
    let victim = stage.nodes.first().ok_or("there is no node")?.process();
    let _run = crash.run(&stage.target, 0, Some(victim)).await?;
    let before = crash.answers();
    stage.restart().await?;
    let meter = stage.meter();
    let run = crash.run(&stage.target, 1, None).await?;
    let mut report = stage.report(&run, &meter);
    report.note("accepted_before", before.accepted);
    report.note("lost", before.lost);
    let ledger = stage.close().await?;
    report.laws = invariants::of_crash(&ledger, before, crash.answers());
    Ok(report)
}

async fn overload(options: &Portal) -> Result<Report, Failure> {
    let people = per_second(options, 2_000);
    let ceiling = ceiling::measure(CEILING).ok_or("nothing could be hashed")?;
    let (stage, people) = Stage::set("overload", options, people, 0).await?;
    let meter = stage.meter();
    let asked = ceiling * OVERLOAD;
    let (run, pages) = overload::run(&stage.target, Rc::new(people), PASSWORD, asked).await?;
    let mut report = stage.report(&run, &meter);
    report.note("ceiling_per_second", ceiling);
    report.note("asked_per_second", asked);
    report.note("pages", pages.tally.to_json(pages.elapsed));
    let ledger = stage.close().await?;
    let signed_in = Run { tally: Tally::default(), ..run };
    report.laws = invariants::always(&ledger, &signed_in);
    Ok(report)
}

async fn desk(options: &Desk) -> Result<Report, Failure> {
    let portal = &options.portal;
    let people = portal.people.unwrap_or(200);
    let (stage, people) = Stage::set("desk", portal, people, 0).await?;
    stage.fixture.seed_requests(options.requests).await?;
    let staff = people.iter().find(|one| one.email == "person-0@example.com");
    let staff = staff.ok_or("there is nobody to read the queue")?;
    let places = stage.fixture.places().await?;
    let meter = stage.meter();
    let run = desk::run(&stage.target, staff, PASSWORD, &places).await?;
    let mut report = stage.report(&run, &meter);
    report.note("requests", options.requests);
    let pages = run.tally.count(Kind::Page).saturating_add(run.tally.count(Kind::Case));
    let other = run.tally.total().saturating_sub(pages);
    let _ledger = stage.close().await?;
    let seen = format!("{other} are not, {pages} are");
    report.laws.push(Law::new(
        "every answer is a page of the queue or of a request",
        other == 0,
        seen,
    ));
    Ok(report)
}

async fn peer(options: &Peer) -> Result<Report, Failure> {
    let rest = options.url.strip_prefix("http://").ok_or("the URL must begin with http://")?;
    let (host, path) = rest.split_once('/').ok_or("the URL must have a path")?;
    let mut addresses = host.to_socket_addrs()?;
    let address = addresses.find(SocketAddr::is_ipv4).ok_or("the host has no IPv4 address")?;
    let devices = fs::read_to_string(&options.devices)?;
    let devices: Option<Vec<_>> = devices.lines().map(peer::Device::parse).collect();
    let devices = devices.ok_or("each line of the devices must have a name and a secret")?;
    let target = target(vec![address], host.to_owned(), options.load);
    let meter = process::processor_time(std::process::id()).unwrap_or_default();
    let run = peer::run(&target, &format!("/{path}"), devices).await?;
    let mut report = Report::default();
    report.note("scenario", "peer");
    report.note("elapsed_seconds", run.elapsed.as_secs_f64());
    report.note("answers", run.tally.to_json(run.elapsed));
    let spent = process::processor_time(std::process::id()).unwrap_or_default();
    let each = microseconds(spent.saturating_sub(meter), &run);
    report.note("client", json!({"microseconds_per_request": each}));
    let odd = run.tally.count(Kind::Odd);
    report.laws.push(Law::new(
        "every answer is one of a verifier",
        odd == 0,
        format!("{odd} are not"),
    ));
    Ok(report)
}

/// More than can be served in a second, for nobody signs in twice; but a server takes its time to
/// make them, a row after the other, and serves fewer of them.
fn second_factors(options: &Portal) -> usize {
    if options.database == SQLITE { 8_000 } else { 2_000 }
}

/// As many people as asked for, or enough for that many sign-ins in each second.
fn per_second(options: &Portal, rate: usize) -> usize {
    options.people.unwrap_or_else(|| rate.saturating_mul(usize::from(options.load.seconds)))
}

fn target(nodes: Vec<SocketAddr>, host: String, load: Load) -> Target {
    let duration = Duration::from_secs(load.seconds.into());
    Target { nodes, host, connections: load.connections.into(), duration }
}

fn microseconds(spent: Duration, run: &Run) -> f64 {
    let requests = f64::from(run.tally.total().max(1));
    (spent.as_secs_f64() * 1e7 / requests).round() / 10.0
}

/// A portal with people in its database, at one or more nodes.
struct Stage {
    name: &'static str,
    program: PathBuf,
    fixture: Fixture,
    nodes: Vec<Server>,
    target: Target,
}

/// Processor time of server and client when the load began.
struct Meter {
    server: Duration,
    client: Duration,
}

impl Stage {
    async fn set(
        name: &'static str,
        options: &Portal,
        people: usize,
        awaited: usize,
    ) -> Result<(Self, Vec<Seeded>), Failure> {
        let portal = match &options.program {
            Some(portal) => portal.clone(),
            None => beside("portal")?,
        };
        let port = free_port()?;
        let fixture = Fixture::new(&options.database, port)?;
        // Started on nothing first: how long that takes is a figure of its own.
        let host = fixture.host();
        let cold = Server::start(&portal, &fixture.environment(), port, &host).await?;
        let (cold_start, idle_kib) = (cold.start, cold.idle_kib);
        cold.stop()?;
        let people = fixture.seed(people, awaited).await?;
        let mut nodes = Vec::new();
        for number in 0..options.nodes {
            let port = if number == 0 { port } else { free_port()? };
            let settings = fixture.environment_on(port);
            let mut node = Server::start(&portal, &settings, port, &host).await?;
            (node.start, node.idle_kib) = (cold_start, idle_kib);
            nodes.push(node);
        }
        let addresses = nodes.iter().map(|node| node.address).collect();
        let target = target(addresses, host, options.load);
        Ok((Self { name, program: portal, fixture, nodes, target }, people))
    }

    /// Starts the first node again, where it was before.
    async fn restart(&mut self) -> Result<(), Failure> {
        let first = self.nodes.first_mut().ok_or("there is no node")?;
        let port = first.address.port();
        let settings = self.fixture.environment_on(port);
        *first = Server::start(&self.program, &settings, port, &self.target.host).await?;
        Ok(())
    }

    fn meter(&self) -> Meter {
        let client = process::processor_time(std::process::id()).unwrap_or_default();
        Meter { server: self.nodes.iter().map(Server::processor_time).sum(), client }
    }

    fn report(&self, run: &Run, before: &Meter) -> Report {
        let after = self.meter();
        let mut report = Report::default();
        report.note("scenario", self.name);
        report.note("store", self.fixture.store());
        report.note("nodes", self.nodes.len());
        report.note("connections", self.target.connections);
        report.note("elapsed_seconds", run.elapsed.as_secs_f64());
        report.note("begun", run.begun);
        report.note("answers", run.tally.to_json(run.elapsed));
        let server = microseconds(after.server.saturating_sub(before.server), run);
        let first = self.nodes.first();
        let client = microseconds(after.client.saturating_sub(before.client), run);
        report.note(
            "server",
            json!({
                "microseconds_per_request": server,
                "cold_start_ms": first.map(|node| node.start.as_secs_f64() * 1000.0),
                "idle_kib": first.and_then(|node| node.idle_kib),
                "loaded_kib": first.and_then(Server::resident_kib),
            }),
        );
        report.note("client", json!({"microseconds_per_request": client}));
        report
    }

    /// Stops the portal and counts what is in its database.
    async fn close(self) -> Result<Ledger, Failure> {
        self.nodes.into_iter().try_for_each(Server::stop)?;
        let database = self.fixture.open().await?;
        let ledger = Ledger::read(&database).await;
        database.close().await;
        // The folder is removed once everything is closed.
        sleep(Duration::ZERO).await;
        ledger
    }
}

/// A program that was built into the same folder as this one.
pub(crate) fn beside(name: &str) -> Result<PathBuf, Failure> {
    let program = std::env::current_exe()?.with_file_name(name);
    if program.exists() {
        Ok(program)
    } else {
        Err(format!(
            "{} is missing: cargo build -p portal --bins, with the profile of this program",
            program.display()
        )
        .into())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::{Scenario, per_second, second_factors};
    use crate::options::Options;

    #[test]
    fn fewer_people_are_made_on_a_server() {
        let people = |more: &[&str]| {
            let arguments = ["portal-load", "second-factor", "--seconds", "5"];
            match Options::parse_from([&arguments[..], more].concat()).scenario {
                Scenario::SecondFactor(options) => per_second(&options, second_factors(&options)),
                _ => 0,
            }
        };
        assert_eq!(people(&[]), 40_000);
        assert_eq!(people(&["--database", "postgres://localhost/empty"]), 10_000);
        assert_eq!(people(&["--database", "postgres://localhost/empty", "--people", "7"]), 7);
    }
}
