//! SQLite shared by processes, and by one that is killed.
//!
//! The program starts itself again as a worker, so it has a `main` of its own and reports as the
//! standard harness does.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests may panic, and report on the standard output"
)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Lines, Write, stdin};
use std::panic::catch_unwind;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};
use std::time::Duration;

use tokio::runtime::Runtime;
use upheld_second_factor::{
    AccountId, Added, Budget, Credential, CredentialId, Guard, Kind, Outcome, Policy, Reason,
    Registry,
};
use upheld_store::Tenant;
use upheld_store::keys::{KeyRing, SharedKeys};
use upheld_store::second_factor::SecondFactors;
use upheld_store::sql::{Database, Settings};
use upheld_totp::{Code, Parameters, Secret, Totp, UnixSeconds};

const TESTS: [(&str, fn()); 2] = [
    ("t02_of_requests_in_three_processes_with_one_code_one_is_accepted", races),
    ("t07_t11_t60_a_process_that_is_killed_loses_nothing_it_answered", kills),
];

/// The start of a step.
const START: u64 = 1_800_000_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["racer", folder] => race(Path::new(folder)),
        ["victim", folder, from] => sign_in_until_killed(Path::new(folder), from.parse().unwrap()),
        _ => return report(&arguments),
    }
    ExitCode::SUCCESS
}

/// Runs what the arguments ask for and reports as the standard harness does.
fn report(arguments: &[String]) -> ExitCode {
    if arguments.iter().any(|argument| argument == "--list") {
        for (name, _) in TESTS {
            println!("{name}: test");
        }
        return ExitCode::SUCCESS;
    }
    let filters: Vec<&String> = arguments.iter().filter(|it| !it.starts_with('-')).collect();
    let is_wanted =
        |name: &str| filters.is_empty() || filters.iter().any(|filter| name.contains(*filter));
    let (mut passed, mut failed) = (0, 0);
    for (name, test) in TESTS.into_iter().filter(|(name, _)| is_wanted(name)) {
        let holds = catch_unwind(test).is_ok();
        println!("test {name} ... {}", if holds { "ok" } else { "FAILED" });
        if holds { passed += 1 } else { failed += 1 }
    }
    let verdict = if failed == 0 { "ok" } else { "FAILED" };
    let filtered = TESTS.len() - passed - failed;
    println!(
        "\ntest result: {verdict}. {passed} passed; {failed} failed; 0 ignored; 0 measured; \
         {filtered} filtered out\n"
    );
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn secret() -> Secret {
    Secret::from_bytes(&[7; 20]).unwrap()
}

fn app() -> Totp {
    Totp::new(&secret(), Parameters::default())
}

async fn open(folder: &Path) -> Guard<SecondFactors> {
    let settings = Settings::sqlite(folder.join("clinic.db"));
    let database = Database::open(&settings, Tenant::new("clinic").unwrap()).await.unwrap();
    SecondFactors::migrate(&database).await.unwrap();
    let keys = std::fs::read_to_string(folder.join("keys")).unwrap();
    let keys = SharedKeys::new(KeyRing::parse(&keys).unwrap());
    Guard::new(SecondFactors::new(database, keys), Policy::default())
}

/// A folder with a key ring and an empty database.
fn prepare() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let ring = KeyRing::generate(&mut rand::rngs::SysRng).unwrap();
    std::fs::write(folder.path().join("keys"), ring.to_text().as_bytes()).unwrap();
    folder
}

async fn enrol(guard: &Guard<SecondFactors>, account: AccountId) {
    let kind = Kind::Totp { secret: secret(), parameters: Parameters::default() };
    let credential = Credential::from_parts(CredentialId(1), kind, None);
    let added = guard.store().add(account, &credential, UnixSeconds(START)).await;
    assert_eq!(added.unwrap(), Added::Added);
}

/// A worker: this program, started again.
struct Worker {
    process: Child,
    to: ChildStdin,
    from: Lines<BufReader<ChildStdout>>,
}

impl Worker {
    fn start(arguments: &[&str]) -> Self {
        let program = std::env::current_exe().expect("this program is a file");
        let process = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut process = process.expect("this program starts again");
        let to = process.stdin.take().expect("piped");
        let from = BufReader::new(process.stdout.take().expect("piped")).lines();
        Self { process, to, from }
    }

    fn say(&mut self, line: &str) {
        self.to.write_all(line.as_bytes()).expect("the worker listens");
    }

    fn hear(&mut self) -> Option<String> {
        self.from.next().map(|line| line.expect("the worker writes text"))
    }
}

/// Three processes, eight requests each, one code: a thousand times.
fn races() {
    const ROUNDS: u64 = 1000;
    let folder = prepare();
    let path = folder.path().to_str().unwrap();
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let guard = open(folder.path()).await;
        enrol(&guard, AccountId(1)).await;
        guard.store().database().clone().close().await;
    });
    let mut workers: Vec<Worker> = (0..3).map(|_| Worker::start(&["racer", path])).collect();
    for round in 0..ROUNDS {
        for worker in &mut workers {
            worker.say(&format!("{round}\n"));
        }
        let heard = workers.iter_mut().map(|worker| worker.hear().expect("an answer"));
        let accepted: Vec<u32> = heard.map(|line| line.parse().expect("a number")).collect();
        assert_eq!(accepted.iter().sum::<u32>(), 1, "round {round}: {accepted:?}");
    }
    for mut worker in workers {
        drop(worker.to);
        assert!(worker.process.wait().unwrap().success(), "a worker failed");
    }
}

/// A worker that submits the code of each round eight times at once.
fn race(folder: &Path) {
    let runtime = Runtime::new().unwrap();
    let guard = runtime.block_on(open(folder));
    for line in stdin().lines() {
        let round: u64 = line.unwrap().parse().unwrap();
        // Far enough apart for every lock to end.
        let now = UnixSeconds(START + round * 1200);
        let accepted = runtime.block_on(async {
            let mut requests = Vec::new();
            for _ in 0..8 {
                let (guard, code) = (guard.clone(), app().code_at(now));
                requests.push(tokio::spawn(async move {
                    guard.verify_code(AccountId(1), &code, now).await.unwrap()
                }));
            }
            let mut accepted = 0;
            for request in requests {
                if let Outcome::Passed(_) = request.await.unwrap() {
                    accepted += 1;
                }
            }
            accepted
        });
        println!("{accepted}");
    }
}

/// Twenty times: a process signs people in and fails at others until it is killed; whatever it
/// had answered holds.
fn kills() {
    const KILLS: u64 = 20;
    const ACCOUNTS: u128 = 8;
    let folder = prepare();
    let path = folder.path().to_str().unwrap();
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let guard = open(folder.path()).await;
        for account in 0..2 * ACCOUNTS {
            enrol(&guard, AccountId(account)).await;
        }
        guard.store().database().clone().close().await;
    });
    let (mut now, mut answered) = (START, 0);
    for kill in 0..KILLS {
        let mut victim = Worker::start(&["victim", path, &now.to_string()]);
        let (mut accepted, mut failures) = (BTreeMap::new(), BTreeMap::new());
        let mut killed = false;
        while let Some(line) = victim.hear() {
            let words: Vec<&str> = line.split(' ').collect();
            let [what, account, value] = words[..] else { break };
            let (account, value): (u128, u64) = (account.parse().unwrap(), value.parse().unwrap());
            match what {
                "accepted" => drop(accepted.insert(account, value)),
                _ => drop(failures.insert(account, value)),
            }
            answered += 1;
            now = now.max(if what == "accepted" { value } else { now });
            if !killed && answered % 97 == 40 {
                std::thread::sleep(Duration::from_millis(kill % 7));
                // SIGKILL: nothing of the process runs any more.
                victim.process.kill().unwrap();
                killed = true;
            }
        }
        assert!(killed && !victim.process.wait().unwrap().success(), "it ended by itself");
        runtime.block_on(check(folder.path(), &accepted, &failures));
        now += 10_000;
    }
    assert!(answered > 500, "{answered} answers in all");
}

/// Signs the first half of the people in, each with a new code every time, and fails at the rest.
fn sign_in_until_killed(folder: &Path, from: u64) {
    let runtime = Runtime::new().unwrap();
    let guard = runtime.block_on(open(folder));
    runtime.block_on(async {
        for turn in 0.. {
            let now = UnixSeconds(from + 1000 + turn * 30);
            let mut requests = Vec::new();
            for account in 0..16 {
                let guard = guard.clone();
                requests.push(tokio::spawn(async move {
                    let account = AccountId(account);
                    if account.0 < 8 {
                        let code = app().code_at(now);
                        let outcome = guard.verify_code(account, &code, now).await.unwrap();
                        let Outcome::Passed(_) = outcome else { panic!("{outcome:?}") };
                        println!("accepted {} {}", account.0, now.0);
                    } else {
                        let wrong = Code::parse("000000").unwrap();
                        let outcome = guard.verify_code(account, &wrong, now).await.unwrap();
                        let Outcome::Refused(refused) = outcome else { panic!("{outcome:?}") };
                        if refused.reason() == Reason::Wrong {
                            println!("failed {} {}", account.0, refused.failures());
                        }
                    }
                }));
            }
            for request in requests {
                request.await.unwrap();
            }
        }
    });
}

async fn check(folder: &Path, accepted: &BTreeMap<u128, u64>, failures: &BTreeMap<u128, u64>) {
    let guard = open(folder).await;
    for (&account, &at) in accepted {
        let now = UnixSeconds(at);
        let again = guard.verify_code(AccountId(account), &app().code_at(now), now).await.unwrap();
        let Outcome::Refused(refused) = again else { panic!("{account}: accepted twice, {at}") };
        assert_eq!(refused.reason(), Reason::Replayed, "{account} at {at}");
        guard.store().unlock(AccountId(account), Budget::Code).await.unwrap();
    }
    for (&account, &count) in failures {
        let kept = guard.store().failures(AccountId(account), Budget::Code).await.unwrap();
        assert!(u64::from(kept.count) >= count, "{account}: {count} failures, {kept:?} kept");
        guard.store().unlock(AccountId(account), Budget::Code).await.unwrap();
    }
    let sound =
        guard.store().database().query("SELECT $1, * FROM pragma_integrity_check", &[]).await;
    assert_eq!(sound.unwrap().first().unwrap().text(1).unwrap(), "ok");
    guard.store().database().clone().close().await;
}
