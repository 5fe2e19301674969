//! `duo preauth`, and what begins every other sign-in.

use std::ops::ControlFlow;

use anyhow::Result;
use upheld_duo::auth::{Auth, Factor, Preauth, PreauthChallenge, PreauthOutcome, User};

use crate::args::Person;
use crate::connection::Duo;
use crate::report::Report;

pub(crate) async fn run(duo: &Duo, person: &Person) -> Result<Report> {
    Ok(match duo.before(&question(person)).await? {
        ControlFlow::Continue(outcome) => Report::of_preauth(&outcome),
        ControlFlow::Break(report) => report,
    })
}

/// What the person can be asked with; the report, if they need not or must not be.
pub(crate) async fn challenge(
    duo: &Duo,
    person: &Person,
) -> Result<ControlFlow<Report, PreauthChallenge>> {
    Ok(match duo.before(&question(person)).await? {
        ControlFlow::Continue(PreauthOutcome::Challenge(challenge)) => {
            ControlFlow::Continue(challenge)
        }
        ControlFlow::Continue(outcome) => ControlFlow::Break(Report::of_preauth(&outcome)),
        ControlFlow::Break(report) => ControlFlow::Break(report),
    })
}

pub(crate) fn auth(person: &Person, factor: Factor) -> Auth {
    let auth = Auth::new(User::named(&person.user), factor);
    match person.address {
        Some(address) => auth.from_address(address),
        None => auth,
    }
}

/// A terminal can always show a code to type, so that Verified Duo Push is possible.
fn question(person: &Person) -> Preauth {
    let preauth = Preauth::new(User::named(&person.user)).with_verified_push();
    match person.address {
        Some(address) => preauth.from_address(address),
        None => preauth,
    }
}
