//! What must outlast whoever asked.

use std::task::{Context, Waker};

use super::{Harness, START, Trial, Violation, is_passed, later};
use crate::{Budget, Outcome, Reason, Registry};

pub(super) async fn counts_what_was_abandoned<H: Harness>(
    trial: &mut Trial<'_, H>,
) -> Result<(), Violation> {
    let rounds = trial.extent.rounds.div_ceil(4);
    trial.law("an attempt stays counted though nobody finishes it", rounds);
    for round in 0..rounds {
        let (account, app) = trial.enrolled(round).await?;
        let guard = trial.guard(round);
        let abandoned = trial.answer(round, guard.charge_code(account, START).await)?;
        trial.expect(round, matches!(abandoned, Outcome::Passed(_)), || "it was refused".into())?;
        drop(abandoned);
        let count = trial.answer(round, guard.store().failures(account, Budget::Code).await)?.count;
        trial.expect(round, count == 1, || format!("{count} failures after one attempt"))?;

        // Whoever asked hangs up at once. The store may have begun or not; it must not half do it.
        {
            let mut hung_up = Box::pin(guard.charge_code(account, START));
            let _either = hung_up.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready();
        }
        let right = guard.verify_code(account, &app.code_at(START), START).await;
        trial.expect(round, is_passed(&trial.answer(round, right)?), || {
            "a request that hung up kept the next one from getting in".into()
        })?;
    }
    Ok(())
}

//= NIST SP 800-63B §5.2.2: no more than 100 consecutive failed attempts on an account
pub(super) async fn disables_at_the_cap_until_unlocked<H: Harness>(
    trial: &mut Trial<'_, H>,
) -> Result<(), Violation> {
    trial.law("after a hundred failures in a row nothing is evaluated until unlocked", 1);
    let (account, app) = trial.enrolled(0).await?;
    let guard = trial.guard(0);
    let mut now = START;
    for attempt in 1..=100 {
        let outcome = trial.answer(0, guard.charge_code(account, now).await)?;
        trial.expect(0, matches!(outcome, Outcome::Passed(_)), || {
            format!("attempt {attempt}, after its wait, was refused")
        })?;
        now = later(now, 901);
    }
    let now = later(now, 1_000_000);
    let refused = trial.answer(0, guard.verify_code(account, &app.code_at(now), now).await)?;
    let is_disabled = matches!(&refused, Outcome::Refused(it) if it.reason() == Reason::Disabled);
    trial.expect(0, is_disabled, || "the hundred and first attempt was evaluated".into())?;

    trial.answer(0, guard.store().unlock(account, Budget::Code).await)?;
    let unlocked = guard.verify_code(account, &app.code_at(now), now).await;
    trial.expect(0, is_passed(&trial.answer(0, unlocked)?), || "it stayed disabled".into())
}

pub(super) async fn remembers_over_a_restart<H: Harness>(
    trial: &mut Trial<'_, H>,
) -> Result<(), Violation> {
    trial.law("a restart forgets no used code and no failure", 1);
    let (account, app) = trial.enrolled(0).await?;
    let (locked, locked_app) = trial.enrolled(0).await?;
    let codes = trial.recovery(account, 0).await?;
    let guard = trial.guard(0);
    let code = app.code_at(START);
    let first = guard.verify_code(account, &code, START).await;
    trial.expect(0, is_passed(&trial.answer(0, first)?), || "a fresh code was refused".into())?;
    for code in codes.iter().take(2) {
        let used = guard.verify_recovery_code(account, code, START).await;
        trial.expect(0, is_passed(&trial.answer(0, used)?), || "a code was refused".into())?;
    }
    for _ in 0..5 {
        drop(trial.answer(0, guard.charge_code(locked, START).await)?);
    }
    drop(guard);
    trial.harness.restart().await;

    let guard = trial.guard(0);
    let replayed = guard.verify_code(account, &code, START).await;
    trial
        .expect(0, !is_passed(&trial.answer(0, replayed)?), || "a used code was accepted".into())?;
    for code in codes.iter().take(2) {
        let used = guard.verify_recovery_code(account, code, START).await;
        trial.expect(0, !is_passed(&trial.answer(0, used)?), || {
            "a used recovery code was accepted".into()
        })?;
    }
    let left = trial.answer(0, guard.store().unused_recovery_codes(account).await)?;
    trial.expect(0, left == 8, || format!("{left} unused recovery codes, not 8"))?;
    let failures = trial.answer(0, guard.store().failures(locked, Budget::Code).await)?;
    trial.expect(0, failures.count == 5, || format!("{} failures, not 5", failures.count))?;
    let early = guard.verify_code(locked, &locked_app.code_at(START), START).await;
    trial.expect(0, !is_passed(&trial.answer(0, early)?), || "a lock was forgotten".into())?;
    let now = later(START, 60);
    let fresh = guard.verify_code(account, &app.code_at(now), now).await;
    trial.expect(0, is_passed(&trial.answer(0, fresh)?), || "a fresh code was refused".into())
}
