//! What happens in the wrong order.

use upheld_totp::Step;

use super::{Harness, START, Trial, Violation, Work, is_passed, later};
use crate::store::{Consumed, Removed, Store, Use};
use crate::{Added, Credential, Kind, Outcome, Registry};

//= RFC 6238 §5.2: a code is accepted at most once
pub(super) async fn never_goes_back<H: Harness>(trial: &mut Trial<'_, H>) -> Result<(), Violation> {
    let rounds = trial.extent.rounds.div_ceil(4);
    trial.law("the last used step only rises, in whatever order requests end", rounds);
    for round in 0..rounds {
        let (account, app) = trial.enrolled(round).await?;
        let mut steps: Vec<u64> = (1..=16).collect();
        trial.draw.shuffle(&mut steps);
        let mut work: Vec<Work<_>> = Vec::new();
        for (request, &value) in (0_u32..).zip(&steps) {
            let (guard, what) =
                (trial.guard(request), Use::MovingFactor { credential: app.id, value });
            work.push(Box::pin(async move { guard.store().consume(account, what, START).await }));
        }
        for answer in trial.harness.together(work).await {
            // Which of them win depends on the order; that the highest does, does not.
            let _either: Consumed = trial.answer(round, answer)?;
        }
        let known = trial.answer(round, trial.harness.store(2).credentials(account).await)?;
        trial.expect(round, known == [(app.id, Some(16))], || {
            format!("steps 1 to 16 were consumed, and what is stored is {known:?}")
        })?;
        for value in [0, 1, 15, 16] {
            let what = Use::MovingFactor { credential: app.id, value };
            let again = trial.guard(1).store().consume(account, what, START).await;
            trial.expect(round, trial.answer(round, again)? == Consumed::TooLate, || {
                format!("step {value} was consumed after step 16")
            })?;
        }
        clock_set_back(trial, round).await?;
    }
    Ok(())
}

/// A code that was accepted, and every earlier one, stays refused when the clock goes back.
async fn clock_set_back<H: Harness>(trial: &mut Trial<'_, H>, round: u32) -> Result<(), Violation> {
    let (account, app) = trial.enrolled(round).await?;
    let guard = trial.guard(round);
    let now = later(START, 60);
    let first = guard.verify_code(account, &app.code_at(now), now).await;
    trial.expect(round, is_passed(&trial.answer(round, first)?), || {
        "a fresh code was refused".into()
    })?;
    for back in [0, 30, 60] {
        let earlier = later(START, 60_u64.saturating_sub(back));
        for code in [app.code_at(now), app.code_at(earlier)] {
            let again = guard.verify_code(account, &code, earlier).await;
            trial.expect(round, !is_passed(&trial.answer(round, again)?), || {
                format!("a used code was accepted {back} s before it was used")
            })?;
        }
        let unlocked = guard.store().unlock(account, crate::Budget::Code).await;
        trial.answer(round, unlocked)?;
    }
    Ok(())
}

pub(super) async fn refuses_what_was_removed<H: Harness>(
    trial: &mut Trial<'_, H>,
) -> Result<(), Violation> {
    trial.law("a credential that was removed lets nobody in, not even an attempt under way", 1);
    let (account, app) = trial.enrolled(0).await?;
    let guard = trial.guard(0);
    let used = app.totp.code(Step(START.0 / 30));
    let first = guard.verify_code(account, &used, START).await;
    trial.expect(0, is_passed(&trial.answer(0, first)?), || "a fresh code was refused".into())?;

    let same =
        Kind::Totp { secret: trial.draw.secret(), parameters: upheld_totp::Parameters::default() };
    let again =
        guard.store().add(account, &Credential::from_parts(app.id, same, None), START).await;
    trial.expect(0, trial.answer(0, again)? == Added::Exists, || {
        "a second credential of the same name replaced the first".into()
    })?;

    let now = later(START, 60);
    let charged = trial.answer(0, guard.charge_code(account, now).await)?;
    let removed = guard.store().remove(account, app.id).await;
    trial.expect(0, trial.answer(0, removed)? == Removed::Removed, || {
        "nothing was removed".into()
    })?;
    let Outcome::Passed(attempt) = charged else {
        return Err(trial.violation(0, "an attempt was not charged".into()));
    };
    let Outcome::Passed(candidate) = attempt.check(&app.code_at(now), now) else {
        return Err(trial.violation(0, "a fresh code was not found".into()));
    };
    let late = guard.consume(candidate, now).await;
    trial.expect(0, !is_passed(&trial.answer(0, late)?), || "it let somebody in".into())?;
    let removed = guard.store().remove(account, app.id).await;
    trial.expect(0, trial.answer(0, removed)? == Removed::Unknown, || "it was removed twice".into())
}
