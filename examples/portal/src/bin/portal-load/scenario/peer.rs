//! Another verifier behind HTTP: a form with the name of a device and a code of it.

use std::rc::Rc;

use tokio::task::JoinError;
use upheld_totp::{Parameters, Secret, Totp};

use super::{Oddity, Run, Target, closed_loop, now};
use crate::connection::Connection;
use crate::request;
use crate::tally::Kind;

/// A device that the other verifier knows.
#[derive(Debug)]
pub(crate) struct Device {
    name: String,
    secret: Secret,
}

impl Device {
    /// Reads a name and a secret in base32 with a space between them.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let (name, secret) = line.split_once(' ')?;
        Some(Self { name: name.to_owned(), secret: Secret::from_base32(secret).ok()? })
    }
}

/// Sends one right code of each device. The verifier answers 200 to a right one, else 403.
pub(crate) async fn run(
    target: &Target,
    path: &str,
    devices: Vec<Device>,
) -> Result<Run, JoinError> {
    let (host, path) = (target.host.clone(), path.to_owned());
    closed_loop(
        target,
        Rc::new(devices),
        async move |connection: &mut Connection, device: &Device| {
            let code = Totp::new(&device.secret, Parameters::default()).code_at(now());
            let body = format!("device={}&code={}", device.name, code.to_text().expose());
            let answer = connection.ask(&request::post(&host, &path, "", &body)).await?;
            match answer.status {
                200 => Ok(Kind::Accepted),
                403 => Ok(Kind::Refused),
                503 => Ok(Kind::Busy),
                _ => Err(Oddity::status(&answer)),
            }
        },
    )
    .await
}
