//! The primary is killed at work, and its synchronous standby takes over.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tokio::time::sleep;
use upheld_second_factor::{
    AccountId, Budget, Guard, Outcome as Verdict, Policy, Reason, Registry,
};
use upheld_store::second_factor::SecondFactors;
use upheld_totp::{Code, UnixSeconds};

use super::attack::{START, app, enrol, keys, second_factors};
use super::cluster::{Cluster, Ground, wait_until};
use crate::e2e::{Outcome, check, say};

/// Half of them sign in, with a new code each time; the others fail.
const ACCOUNTS: u64 = 16;
/// How many codes are accepted before the server is killed.
const ENOUGH: usize = 200;
/// The accounts of other tests come before.
const FIRST: u128 = 2 << 64;

/// What one account was answered before the server was gone.
#[derive(Default)]
struct Heard {
    accepted: Vec<u64>,
    failures: u32,
}

/// Whatever the primary answered, the standby knows: no code is accepted again, and no failure is
/// forgotten. The same store goes on by itself.
//= RFC 6238 §5.2: a code is accepted at most once, also by the server that takes over
pub(super) fn keeps_what_was_answered(
    runtime: &Runtime,
    ground: &Ground,
    primary: &Cluster<'_>,
) -> Outcome<()> {
    let standby = ground.standby(primary)?;
    let address = primary.address_with(&standby);
    let guard = runtime.block_on(async {
        let guard = Guard::new(second_factors(&address, keys()?).await?, Policy::default());
        for account in 0..ACCOUNTS {
            enrol(&guard, account_of(account)).await?;
        }
        Ok::<_, Box<dyn std::error::Error>>(guard)
    })?;
    let stop = Arc::new(AtomicBool::new(false));
    let under_way = Arc::new(AtomicUsize::new(0));
    let people: Vec<_> = (0..ACCOUNTS)
        .map(|account| {
            runtime.spawn(work(guard.clone(), account, Arc::clone(&stop), Arc::clone(&under_way)))
        })
        .collect();
    wait_until("enough people signed in", || Ok(under_way.load(Ordering::SeqCst) >= ENOUGH))?;
    primary.kill()?;
    stop.store(true, Ordering::SeqCst);
    standby.promote()?;
    let mut heard = Vec::new();
    for person in people {
        heard.push(runtime.block_on(person)??);
    }
    let (accepted, failures) = runtime.block_on(judge(&guard, &heard))?;
    check(
        accepted >= ENOUGH && failures > 8,
        &format!("{accepted} accepted, {failures} failures"),
    )?;
    say(&format!(
        "postgres: {accepted} codes accepted before the failover, none after; \
         {failures} failures, none forgotten"
    ));
    Ok(())
}

fn account_of(account: u64) -> AccountId {
    AccountId(FIRST.saturating_add(account.into()))
}

const fn signs_in(account: u64) -> bool {
    account < ACCOUNTS / 2
}

async fn work(
    guard: Guard<SecondFactors>,
    account: u64,
    stop: Arc<AtomicBool>,
    accepted: Arc<AtomicUsize>,
) -> Result<Heard, String> {
    let (_, app) = app().map_err(|error| error.to_string())?;
    let mut heard = Heard::default();
    for turn in 1_u64.. {
        let now = UnixSeconds(START.saturating_add(turn.saturating_mul(30)));
        let wrong = Code::parse("000000").map_err(|error| error.to_string())?;
        let code = if signs_in(account) { app.code_at(now) } else { wrong };
        match guard.verify_code(account_of(account), &code, now).await {
            Ok(Verdict::Passed(_)) => {
                heard.accepted.push(now.0);
                accepted.fetch_add(1, Ordering::SeqCst);
            }
            Ok(Verdict::Refused(refused)) if signs_in(account) => {
                return Err(format!("a new code was refused: {:?}", refused.reason()));
            }
            Ok(Verdict::Refused(refused)) => {
                heard.failures = heard.failures.max(refused.failures());
            }
            // The server is gone: what it was asked last, it may have done or not.
            Err(_) => break,
        }
        if stop.load(Ordering::SeqCst) {
            break;
        }
    }
    Ok(heard)
}

async fn judge(guard: &Guard<SecondFactors>, heard: &[Heard]) -> Outcome<(usize, u32)> {
    let (_, app) = app()?;
    let (mut accepted, mut failures) = (0_usize, 0_u32);
    for (account, heard) in (0..).zip(heard) {
        let id = account_of(account);
        recovered(guard, id).await?;
        let kept = guard.store().failures(id, Budget::Code).await?;
        check(
            signs_in(account) || kept.count >= heard.failures,
            &format!("{} failures, {} kept", heard.failures, kept.count),
        )?;
        failures = failures.saturating_add(heard.failures);
        for &at in heard.accepted.iter().rev().take(3) {
            guard.store().unlock(id, Budget::Code).await?;
            let now = UnixSeconds(at);
            let again = guard.verify_code(id, &app.code_at(now), now).await?;
            let Verdict::Refused(refused) = again else {
                return Err("a code was accepted again".into());
            };
            check(refused.reason() == Reason::Replayed, &format!("{:?}", refused.reason()))?;
        }
        accepted = accepted.saturating_add(heard.accepted.len());
    }
    Ok((accepted, failures))
}

/// Waits until the store has found the server that took over.
async fn recovered(guard: &Guard<SecondFactors>, account: AccountId) -> Outcome<()> {
    let since = Instant::now();
    while guard.store().failures(account, Budget::Code).await.is_err() {
        check(since.elapsed() < Duration::from_mins(1), "it did not recover by itself")?;
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}
