//! `duo sms`: passcodes by text message.

use std::ops::ControlFlow;

use anyhow::Result;
use upheld_duo::auth::{Capability, Factor};

use super::{ask, preauth};
use crate::args::On;
use crate::connection::Duo;
use crate::report::Report;

pub(crate) async fn run(duo: &Duo, on: &On) -> Result<Report> {
    let challenge = match preauth::challenge(duo, &on.person).await? {
        ControlFlow::Continue(challenge) => challenge,
        ControlFlow::Break(report) => return Ok(report),
    };
    let target = match ask::target(&challenge, &Capability::Sms, on.device.as_deref())? {
        ControlFlow::Continue(target) => target,
        ControlFlow::Break(report) => return Ok(report),
    };
    let outcome = duo.send(&preauth::auth(&on.person, Factor::Sms(target))).await?;
    Ok(Report::of_auth(&outcome, None))
}
