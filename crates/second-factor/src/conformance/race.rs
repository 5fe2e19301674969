//! Many requests at once.

use upheld_totp::{Code, Digits, UnixSeconds};

use super::{Harness, START, Trial, Violation, Work, count_passed, later};
use crate::out_of_band::Challenge;
use crate::store::{Consumed, Store, Use};
use crate::{AccountId, Candidate, Outcome, RecoveryCode, Registry, RequestId};

/// How many requests race in a round.
fn crowd(round: u32) -> u32 {
    [2, 3, 4, 8, 16, 32, 64]
        .get(usize::try_from(round % 7).unwrap_or_default())
        .copied()
        .unwrap_or(2)
}

//= RFC 6238 §5.2: a code is accepted at most once
pub(super) async fn accepts_one_of_many<H: Harness>(
    trial: &mut Trial<'_, H>,
) -> Result<(), Violation> {
    trial.law("of many requests with one code, exactly one is accepted", trial.extent.rounds);
    let (account, app) = trial.enrolled(0).await?;
    for round in 0..trial.extent.rounds {
        // Far enough apart for the losers' locks to end.
        let now = later(START, u64::from(round).saturating_mul(1200));
        let mut work: Vec<Work<_>> = Vec::new();
        for request in 0..crowd(round) {
            let (guard, code) = (trial.guard(request), app.code_at(now));
            work.push(Box::pin(async move { guard.verify_code(account, &code, now).await }));
        }
        let mut outcomes = Vec::new();
        for outcome in trial.harness.together(work).await {
            outcomes.push(trial.answer(round, outcome)?);
        }
        let accepted = count_passed(&outcomes);
        trial.expect(round, accepted == 1, || {
            format!("{} requests with one code, {accepted} accepted", outcomes.len())
        })?;
    }
    Ok(())
}

pub(super) async fn consumes_once<H: Harness>(trial: &mut Trial<'_, H>) -> Result<(), Violation> {
    trial.law("a moving factor is consumed by exactly one of many calls", trial.extent.rounds);
    let (account, app) = trial.enrolled(0).await?;
    for round in 0..trial.extent.rounds {
        let what = Use::MovingFactor { credential: app.id, value: u64::from(round) };
        let mut work: Vec<Work<_>> = Vec::new();
        for request in 0..crowd(round) {
            let guard = trial.guard(request);
            work.push(Box::pin(async move { guard.store().consume(account, what, START).await }));
        }
        let mut consumed = 0_u32;
        for answer in trial.harness.together(work).await {
            if trial.answer(round, answer)? == Consumed::Consumed {
                consumed = consumed.saturating_add(1);
            }
        }
        trial.expect(round, consumed == 1, || format!("consumed {consumed} times"))?;
    }
    Ok(())
}

//= RFC 4226 §7.3: attempts are limited, and the limit holds across sessions
pub(super) async fn evaluates_no_more_than_the_budget<H: Harness>(
    trial: &mut Trial<'_, H>,
) -> Result<(), Violation> {
    trial.law("of many guesses at once, exactly the free ones are evaluated", trial.extent.rounds);
    for round in 0..trial.extent.rounds {
        let (account, _) = trial.enrolled(round).await?;
        let mut work: Vec<Work<_>> = Vec::new();
        for request in 0..crowd(round) {
            let guard = trial.guard(request);
            work.push(Box::pin(async move { guard.charge_code(account, START).await }));
        }
        let mut outcomes = Vec::new();
        for outcome in trial.harness.together(work).await {
            outcomes.push(trial.answer(round, outcome)?);
        }
        let (evaluated, free) = (count_passed(&outcomes), outcomes.len().min(5));
        trial.expect(round, evaluated == free, || {
            format!("{} guesses at once, {evaluated} evaluated, not {free}", outcomes.len())
        })?;
    }
    Ok(())
}

//= NIST SP 800-63B §5.1.2.2: a look-up secret is used once
pub(super) async fn accepts_each_recovery_code_once<H: Harness>(
    trial: &mut Trial<'_, H>,
) -> Result<(), Violation> {
    let rounds = trial.extent.rounds.div_ceil(4);
    trial.law("each recovery code is accepted once, two at a time and in any order", rounds);
    for round in 0..rounds {
        let account = trial.account();
        let mut codes = trial.recovery(account, round).await?;
        trial.draw.shuffle(&mut codes);
        let mut now = START;
        for pair in codes.chunks(2) {
            let twice: Vec<_> = pair.iter().chain(pair).collect();
            let accepted = submit(trial, round, now, account, &twice).await?;
            trial.expect(round, accepted == pair.len(), || {
                format!("two recovery codes, twice each at once: {accepted} accepted")
            })?;
            now = later(now, 1200);
        }
        let left = trial.harness.store(1).unused_recovery_codes(account).await;
        let left = trial.answer(round, left)?;
        trial.expect(round, left == 0, || format!("all were used, and {left} are left"))?;
    }
    Ok(())
}

/// Finds each of the codes first and consumes them all at once then.
async fn submit<H: Harness>(
    trial: &Trial<'_, H>,
    round: u32,
    now: UnixSeconds,
    account: AccountId,
    codes: &[&RecoveryCode],
) -> Result<usize, Violation> {
    let mut candidates = Vec::new();
    for code in codes {
        let charged = trial.guard(0).charge_recovery_code(account, now).await;
        if let Outcome::Passed(attempt) = trial.answer(round, charged)?
            && let Outcome::Passed(candidate) = attempt.check(code)
        {
            candidates.push(candidate);
        }
    }
    consume_together(trial, round, now, candidates).await
}

pub(super) async fn accepts_a_message_code_once<H: Harness>(
    trial: &mut Trial<'_, H>,
) -> Result<(), Violation> {
    let rounds = trial.extent.rounds.div_ceil(4);
    trial.law("of many requests with the code of a message, exactly one is accepted", rounds);
    for round in 0..rounds {
        let account = trial.account();
        let request = RequestId(trial.draw.number());
        let code = send(trial, round, account, request).await?;
        let mut candidates = Vec::new();
        for node in 0..4 {
            let charged = trial.guard(node).charge_message_code(account, request, START).await;
            if let Outcome::Passed(attempt) = trial.answer(round, charged)?
                && let Outcome::Passed(candidate) = attempt.check(&code, START)
            {
                candidates.push(candidate);
            }
        }
        let accepted = consume_together(trial, round, START, candidates).await?;
        trial.expect(round, accepted == 1, || format!("{accepted} of 4 accepted"))?;
    }
    Ok(())
}

async fn consume_together<H: Harness>(
    trial: &Trial<'_, H>,
    round: u32,
    now: UnixSeconds,
    candidates: Vec<Candidate>,
) -> Result<usize, Violation> {
    let mut work: Vec<Work<_>> = Vec::new();
    for (node, candidate) in (0_u32..).zip(candidates) {
        let guard = trial.guard(node);
        work.push(Box::pin(async move { guard.consume(candidate, now).await }));
    }
    let mut outcomes = Vec::new();
    for outcome in trial.harness.together(work).await {
        outcomes.push(trial.answer(round, outcome)?);
    }
    Ok(count_passed(&outcomes))
}

/// Keeps a challenge as if its message had been sent, and returns its code.
pub(super) async fn send<H: Harness>(
    trial: &mut Trial<'_, H>,
    round: u32,
    account: AccountId,
    request: RequestId,
) -> Result<Code, Violation> {
    let end = later(START, 600);
    let drawn = Challenge::generate(account, request, Digits::Six, end, &mut trial.draw);
    let Ok((challenge, code)) = drawn;
    let kept = trial.harness.store(0).keep_challenge(account, &challenge).await;
    trial.answer(round, kept)?;
    Ok(code)
}
