//! Second factors on a server, asked by many at once: in one process, and in two.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use tokio::runtime::Runtime;
use upheld_second_factor::conformance::{self, Extent, Harness, Work};
use upheld_second_factor::{
    AccountId, Added, Credential, CredentialId, Guard, Kind, Outcome as Verdict, Policy, Registry,
};
use upheld_store::keys::{KeyId, KeyRing, SharedKeys};
use upheld_store::rotation::{self, SECOND_FACTOR_TABLES};
use upheld_store::second_factor::SecondFactors;
use upheld_totp::{Parameters, Secret, Totp, UnixSeconds};

use super::cluster::{Cluster, Ground};
use super::open;
use crate::e2e::{Outcome, check, say};

/// The start of a step.
pub(super) const START: u64 = 1_800_000_000;
const ROUNDS: u64 = 1000;
const PARALLEL: usize = 8;
const WORKERS: usize = 2;

/// The conformance kit, with a pool of connections to each of four nodes.
pub(super) fn conform(runtime: &Runtime, primary: &Cluster<'_>) -> Outcome<()> {
    runtime.block_on(async {
        let mut nodes = Nodes { address: primary.address(), keys: keys()?, stores: Vec::new() };
        nodes.restart().await;
        let extent = Extent { seed: 5, rounds: 1000 };
        let report = conformance::check(&mut nodes, extent).await?;
        say(&report.to_string());
        check(report.laws.len() == 13, "laws were left out")
    })
}

struct Nodes {
    address: String,
    keys: SharedKeys,
    stores: Vec<SecondFactors>,
}

impl Harness for Nodes {
    type Store = SecondFactors;

    #[expect(clippy::expect_used, reason = "the kit asks for no other node")]
    fn store(&self, node: usize) -> SecondFactors {
        self.stores.get(node).expect("one of four nodes").clone()
    }

    #[expect(clippy::expect_used, reason = "what panics here has found a fault")]
    async fn together<T: Send + 'static>(&self, work: Vec<Work<T>>) -> Vec<T> {
        let tasks: Vec<_> = work.into_iter().map(tokio::spawn).collect();
        let mut done = Vec::new();
        for task in tasks {
            done.push(task.await.expect("no task panics"));
        }
        done
    }

    #[expect(clippy::expect_used, reason = "the server is there")]
    async fn restart(&mut self) {
        for store in self.stores.drain(..) {
            store.database().clone().close().await;
        }
        for _ in 0..4 {
            let store = second_factors(&self.address, self.keys.clone()).await;
            self.stores.push(store.expect("a store on the server"));
        }
    }
}

pub(super) async fn second_factors(address: &str, keys: SharedKeys) -> Outcome<SecondFactors> {
    let database = open(address).await?;
    SecondFactors::migrate(&database).await?;
    Ok(SecondFactors::new(database, keys))
}

pub(super) fn keys() -> Outcome<SharedKeys> {
    Ok(SharedKeys::new(KeyRing::generate(&mut rand::rngs::SysRng)?))
}

pub(super) fn app() -> Outcome<(Secret, Totp)> {
    let secret = Secret::from_bytes(&[7; 20])?;
    let totp = Totp::new(&secret, Parameters::default());
    Ok((secret, totp))
}

pub(super) async fn enrol(guard: &Guard<SecondFactors>, account: AccountId) -> Outcome<()> {
    let kind = Kind::Totp { secret: app()?.0, parameters: Parameters::default() };
    let credential = Credential::from_parts(CredentialId(1), kind, None);
    let added = guard.store().add(account, &credential, UnixSeconds(START)).await?;
    check(added == Added::Added, "a new credential was not added")
}

/// T45: a new key, everything sealed anew in small steps while people sign in, the old key dropped.
pub(super) fn rotate(runtime: &Runtime, primary: &Cluster<'_>) -> Outcome<()> {
    const PEOPLE: u64 = 40;
    let address = primary.address().replace("dbname=postgres", "dbname=rotation");
    primary.query("CREATE DATABASE rotation")?;
    runtime.block_on(async {
        let keys = keys()?;
        let guard = Guard::new(second_factors(&address, keys.clone()).await?, Policy::default());
        let database = guard.store().database();
        for person in 0..PEOPLE {
            enrol(&guard, AccountId(person.into())).await?;
        }
        keys.replace(keys.ring().with_new_key(&mut rand::rngs::SysRng)?);
        for turn in 0..PEOPLE {
            let resealed = rotation::reseal(database, &keys, &SECOND_FACTOR_TABLES, 3).await?;
            check(resealed.refused.is_empty(), "a row does not open")?;
            let now = UnixSeconds(START.saturating_add(turn.saturating_mul(30)));
            let person = AccountId(turn.into());
            let outcome = guard.verify_code(person, &app()?.1.code_at(now), now).await?;
            check(matches!(outcome, Verdict::Passed(_)), "somebody was refused")?;
        }
        let uses = rotation::uses(database, &SECOND_FACTOR_TABLES).await?;
        check(uses == [(KeyId(2), PEOPLE)].into(), &format!("{uses:?}"))?;
        keys.replace(keys.ring().without_key(KeyId(1), 0)?);
        let now = UnixSeconds(START.saturating_add(6000));
        let outcome = guard.verify_code(AccountId(0), &app()?.1.code_at(now), now).await?;
        check(matches!(outcome, Verdict::Passed(_)), "somebody was refused without the old key")
    })
}

/// Two processes, eight requests each, one code: a thousand times.
pub(super) fn race(runtime: &Runtime, ground: &Ground, primary: &Cluster<'_>) -> Outcome<()> {
    let folder = ground.folder().join("race");
    std::fs::create_dir(&folder)?;
    let keys = keys()?;
    std::fs::write(folder.join("keys"), keys.ring().to_text().as_bytes())?;
    std::fs::write(folder.join("address"), primary.address())?;
    runtime.block_on(async {
        let guard = guard_in(&folder).await?;
        enrol(&guard, AccountId(1 << 64)).await
    })?;
    let mut workers: Vec<Worker> =
        (0..WORKERS).map(|_| Worker::start(&folder)).collect::<Outcome<_>>()?;
    for round in 0..ROUNDS {
        for worker in &mut workers {
            writeln!(worker.to, "{round}")?;
        }
        let mut accepted = 0_u32;
        for worker in &mut workers {
            accepted = accepted.saturating_add(worker.hear()?);
        }
        check(accepted == 1, &format!("round {round}: {accepted} were accepted"))?;
    }
    for mut worker in workers {
        drop(worker.to);
        check(worker.process.wait()?.success(), "a worker failed")?;
    }
    Ok(())
}

/// A worker: this program, started again.
struct Worker {
    process: Child,
    to: ChildStdin,
    from: BufReader<std::process::ChildStdout>,
}

impl Worker {
    fn start(folder: &Path) -> Outcome<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("e2e-racer")
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let to = process.stdin.take().ok_or("no standard input")?;
        let from = BufReader::new(process.stdout.take().ok_or("no standard output")?);
        Ok(Self { process, to, from })
    }

    fn hear(&mut self) -> Outcome<u32> {
        let mut line = String::new();
        self.from.read_line(&mut line)?;
        Ok(line.trim().parse().map_err(|_| "a worker ended")?)
    }
}

/// What a worker does: it submits the code of each round it is told of, eight times at once.
pub(crate) fn run_racer(folder: &Path) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let guard = runtime.block_on(guard_in(folder))?;
    let (_, app) = app()?;
    for line in std::io::stdin().lines() {
        let round: u64 = line?.trim().parse()?;
        // Far enough apart for every lock to end.
        let now = UnixSeconds(START.saturating_add(round.saturating_mul(1200)));
        let accepted = runtime.block_on(async {
            let requests: Vec<_> = (0..PARALLEL)
                .map(|_| {
                    let (guard, code) = (guard.clone(), app.code_at(now));
                    tokio::spawn(
                        async move { guard.verify_code(AccountId(1 << 64), &code, now).await },
                    )
                })
                .collect();
            let mut accepted = 0_u32;
            for request in requests {
                if let Verdict::Passed(_) = request.await?? {
                    accepted = accepted.saturating_add(1);
                }
            }
            Ok::<_, Box<dyn std::error::Error>>(accepted)
        })?;
        writeln!(std::io::stdout(), "{accepted}")?;
    }
    Ok(())
}

async fn guard_in(folder: &Path) -> Outcome<Guard<SecondFactors>> {
    let ring = KeyRing::parse(&std::fs::read_to_string(folder.join("keys"))?)?;
    let address = std::fs::read_to_string(folder.join("address"))?;
    let store = second_factors(&address, SharedKeys::new(ring)).await?;
    Ok(Guard::new(store, Policy::default()))
}
