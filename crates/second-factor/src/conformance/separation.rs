//! What must not touch each other.

use super::race::send;
use super::{Harness, START, Trial, Violation, is_passed, later};
use crate::{Budget, Failures, Outcome, Reason, Registry, RequestId};

pub(super) async fn keeps_accounts_and_budgets_apart<H: Harness>(
    trial: &mut Trial<'_, H>,
) -> Result<(), Violation> {
    trial.law("what one account or budget does leaves the others alone", 1);
    let (one, app) = trial.enrolled(0).await?;
    let (other, other_app) = trial.enrolled(0).await?;
    let codes = trial.recovery(one, 0).await?;
    let guard = trial.guard(0);

    let foreign = guard.verify_code(other, &app.code_at(START), START).await;
    trial.expect(0, !is_passed(&trial.answer(0, foreign)?), || {
        "the code of one account let another in".into()
    })?;
    for _ in 0..6 {
        let wrong = guard.verify_code(one, &app.wrong_at(START), START).await;
        trial.expect(0, !is_passed(&trial.answer(0, wrong)?), || {
            "a wrong code was accepted".into()
        })?;
    }
    let locked = guard.verify_code(one, &app.code_at(START), START).await;
    let is_throttled = matches!(&trial.answer(0, locked)?, Outcome::Refused(refused)
        if matches!(refused.reason(), Reason::Throttled { .. }));
    trial.expect(0, is_throttled, || "the sixth attempt was evaluated".into())?;

    let free = guard.verify_code(other, &other_app.code_at(START), START).await;
    trial.expect(0, is_passed(&trial.answer(0, free)?), || "one account locked another".into())?;
    let Some(code) = codes.first() else {
        return Err(trial.violation(0, "no recovery codes were drawn".into()));
    };
    let recovered = guard.verify_recovery_code(one, code, START).await;
    trial.expect(0, is_passed(&trial.answer(0, recovered)?), || {
        "failed codes locked the recovery codes".into()
    })?;
    let failures = trial.answer(0, guard.store().failures(one, Budget::Code).await)?;
    trial.expect(0, failures.count == 5, || {
        format!("a recovery code left {} failures at codes, not 5", failures.count)
    })?;
    let failures = trial.answer(0, guard.store().failures(other, Budget::Code).await)?;
    trial.expect(0, failures == Failures::default(), || {
        "a success did not set the failures back".into()
    })
}

pub(super) async fn binds_a_message_code_to_its_request<H: Harness>(
    trial: &mut Trial<'_, H>,
) -> Result<(), Violation> {
    trial.law("the code of a message is good for its request, until replaced or too old", 1);
    let (account, other) = (trial.account(), trial.account());
    let [first, second] = [(); 2].map(|()| RequestId(trial.draw.number()));
    let code = send(trial, 0, account, first).await?;
    send(trial, 0, account, second).await?;
    send(trial, 0, other, first).await?;
    let guard = trial.guard(0);
    for (whose, request, now, what) in [
        (account, second, START, "another request"),
        (other, first, START, "another account"),
        (account, RequestId(0), START, "no request"),
        (account, first, later(START, 600), "its request, too late"),
    ] {
        let misused = guard.verify_message_code(whose, request, &code, now).await;
        trial.expect(0, !is_passed(&trial.answer(0, misused)?), || {
            format!("a code was accepted for {what}")
        })?;
    }
    let newer = send(trial, 0, account, first).await?;
    let replaced = guard.verify_message_code(account, first, &code, START).await;
    trial.expect(0, code == newer || !is_passed(&trial.answer(0, replaced)?), || {
        "a replaced code was accepted".into()
    })?;
    let now = later(START, 590);
    let in_time = guard.verify_message_code(account, first, &newer, now).await;
    trial.expect(0, is_passed(&trial.answer(0, in_time)?), || "a good code was refused".into())?;
    let again = guard.verify_message_code(account, first, &newer, now).await;
    trial.expect(0, !is_passed(&trial.answer(0, again)?), || "a code was accepted twice".into())
}
