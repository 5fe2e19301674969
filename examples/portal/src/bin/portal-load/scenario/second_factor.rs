//! The second step of signing in alone: the form with the code, of people who owe one.

use std::rc::Rc;

use portal::seeding::{Awaited, Seeded};
use tokio::task::JoinError;
use upheld_totp::{Code, Parameters, Totp};

use super::{Oddity, Run, Target, closed_loop, now};
use crate::connection::{Answer, Connection};
use crate::request;
use crate::tally::Kind;

pub(crate) const PATH: &str = "/login/second-factor";
pub(crate) const SESSION: &str = "__Host-session";
/// The steps before and after the current one whose codes a wrong code must not be.
const AROUND: u64 = 3;

/// Sends one right code of each person.
pub(crate) async fn right_codes(target: &Target, people: Vec<Seeded>) -> Result<Run, JoinError> {
    let host = target.host.clone();
    closed_loop(
        target,
        Rc::new(people),
        async move |connection: &mut Connection, seeded: &Seeded| {
            let code = Totp::new(&seeded.secret, Parameters::default()).code_at(now());
            submit(connection, &host, seeded, &code).await
        },
    )
    .await
}

/// Sends wrong codes: `each` of everybody, one person after the other.
pub(crate) async fn wrong_codes(
    target: &Target,
    people: &Rc<Vec<Seeded>>,
    each: usize,
) -> Result<Run, JoinError> {
    wrong_codes_of(target, people, people.len(), each).await
}

/// Sends wrong codes: `each` of the first `count` people.
pub(crate) async fn wrong_codes_of(
    target: &Target,
    people: &Rc<Vec<Seeded>>,
    count: usize,
    each: usize,
) -> Result<Run, JoinError> {
    let jobs: Vec<usize> = (0..each).flat_map(|_| 0..count).collect();
    let (host, people) = (target.host.clone(), Rc::clone(people));
    closed_loop(target, Rc::new(jobs), async move |connection: &mut Connection, at: &usize| {
        let seeded = people.get(*at).ok_or_else(|| Oddity::missing("somebody"))?;
        let code = wrong_code(&Totp::new(&seeded.secret, Parameters::default()));
        submit(connection, &host, seeded, &code).await
    })
    .await
}

async fn submit(
    connection: &mut Connection,
    host: &str,
    seeded: &Seeded,
    code: &Code,
) -> Result<Kind, Oddity> {
    let awaited = seeded.awaited.first().ok_or_else(|| Oddity::missing("a pending login"))?;
    let answer = connection.ask(&form(host, awaited, code)).await?;
    judge(&answer)
}

/// The form with the code, as a browser sends it.
pub(crate) fn form(host: &str, awaited: &Awaited, code: &Code) -> Vec<u8> {
    let body = format!("form_token={}&code={}", awaited.form_token, code.to_text().expose());
    request::post(host, PATH, &awaited.cookie, &body)
}

/// What the answer to a code says.
pub(crate) fn judge(answer: &Answer<'_>) -> Result<Kind, Oddity> {
    match (answer.status, answer.header("location")) {
        (303, Some("/account")) if answer.cookie(SESSION).is_some() => Ok(Kind::Accepted),
        // The pending login is gone: somebody else signed in from it.
        (303, Some("/login")) | (422, _) => Ok(Kind::Refused),
        (503, _) => Ok(Kind::Busy),
        _ => Err(Oddity::status(answer)),
    }
}

/// A code that no step near now has.
pub(crate) fn wrong_code(totp: &Totp) -> Code {
    let step = totp.step_at(now()).0;
    let near = step.saturating_sub(AROUND)..=step.saturating_add(AROUND);
    let near: Vec<Code> = near.map(|step| totp.code(upheld_totp::Step(step))).collect();
    let mut far = step.saturating_add(1_000_000);
    loop {
        let code = totp.code(upheld_totp::Step(far));
        if !near.contains(&code) {
            return code;
        }
        far = far.saturating_add(1);
    }
}
