//! `duo passcode`: what the person reads off a phone, a message, a token or a list.

use std::ops::ControlFlow;

use anyhow::{Context, Result};
use upheld_duo::auth::{Factor, Passcode};
use zeroize::Zeroizing;

use super::preauth;
use crate::args::PasscodeOf;
use crate::connection::Duo;
use crate::input;
use crate::report::Report;

pub(crate) async fn run(duo: &Duo, args: &PasscodeOf) -> Result<Report> {
    let typed = match &args.code {
        Some(code) => input::secret(code.expose())?,
        None => match input::variable("DUO_PASSCODE")? {
            Some(code) => code,
            None => Zeroizing::new(rpassword::prompt_password("Passcode: ").context(
                "there is no terminal to ask for the passcode on: write - for standard input, or \
                 set DUO_PASSCODE",
            )?),
        },
    };
    let passcode = Passcode::parse(&typed)?;
    if let ControlFlow::Break(report) = preauth::challenge(duo, &args.person).await? {
        return Ok(report);
    }
    let outcome = duo.send(&preauth::auth(&args.person, Factor::Passcode(passcode))).await?;
    Ok(Report::of_auth(&outcome, None))
}
