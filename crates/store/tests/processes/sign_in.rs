//! People sign in: in several processes at once, and in one that is killed.

use std::collections::BTreeMap;
use std::io::stdin;
use std::path::Path;
use std::time::Duration;

use tokio::runtime::Runtime;
use upheld_second_factor::{
    AccountId, Added, Budget, Credential, CredentialId, Guard, Kind, Outcome, Policy, Reason,
    Registry,
};
use upheld_store::second_factor::SecondFactors;
use upheld_totp::{Code, Parameters, Secret, Totp, UnixSeconds};

use super::{Worker, prepare};

/// The start of a step.
const START: u64 = 1_800_000_000;

fn secret() -> Secret {
    Secret::from_bytes(&[7; 20]).unwrap()
}

fn app() -> Totp {
    Totp::new(&secret(), Parameters::default())
}

async fn open(folder: &Path) -> Guard<SecondFactors> {
    let (database, keys) = super::open(folder).await;
    SecondFactors::migrate(&database).await.unwrap();
    Guard::new(SecondFactors::new(database, keys), Policy::default())
}

async fn enrol(guard: &Guard<SecondFactors>, account: AccountId) {
    let kind = Kind::Totp { secret: secret(), parameters: Parameters::default() };
    let credential = Credential::from_parts(CredentialId(1), kind, None);
    let added = guard.store().add(account, &credential, UnixSeconds(START)).await;
    assert_eq!(added.unwrap(), Added::Added);
}

/// Three processes, eight requests each, one code: a thousand times.
pub(crate) fn races() {
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
pub(crate) fn race(folder: &Path) {
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
pub(crate) fn kills() {
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
pub(crate) fn sign_in_until_killed(folder: &Path, from: u64) {
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
