//! Whether the settings are those that Duo knows: for `portal doctor`.

use std::fmt;

use rand::rngs::SysRng;
use upheld_duo::auth::{Check, Ping};
use upheld_duo::universal::HealthCheck;
use upheld_duo::{ClockOffset, UnixSeconds};

use super::{Duo, DuoSettings};
use crate::clock::Clock;
use crate::site::PublicUrl;

/// How far the clock may be off: Duo takes five minutes.
const MAX_OFFSET_SECONDS: u64 = 60;

/// What was asked of Duo, and whether it was well.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DuoCheck {
    /// Whether it is as it should be.
    pub is_good: bool,
    /// What was found, in a sentence.
    pub what: String,
}

/// Asks Duo for its time, and whether it knows the keys. Asks nobody's phone.
pub async fn check_duo(settings: DuoSettings, url: &PublicUrl, clock: &Clock) -> Vec<DuoCheck> {
    let host = settings.api_host.clone();
    let duo = match Duo::open(settings, url) {
        Ok(duo) => duo,
        Err(error) => return vec![bad(format!("the settings cannot be used: {error}"))],
    };
    let prompt = duo.prompt.application();
    let time = match duo.send(prompt, &Ping).await {
        Ok(time) => time,
        Err(error) => return vec![bad(format!("{host} gives no answer: {error}"))],
    };
    let ours = UnixSeconds(upheld_totp::UnixSeconds::from(clock.now()).0);
    let offset = ClockOffset::between(ours, time).as_seconds();
    let mut checks = vec![if offset.unsigned_abs() > MAX_OFFSET_SECONDS {
        bad(format!("the clock is {offset} seconds behind that of {host}; check NTP"))
    } else {
        good(format!("{host} answers, and its clock agrees"))
    }];
    if let Ok(health) = HealthCheck::new(&mut SysRng) {
        let known = duo.send(prompt, &health).await.map(drop);
        checks.push(keys("duo.client_id", known));
    }
    if let Some(phones) = &duo.phones {
        let known = duo.send(phones, &Check).await.map(drop);
        checks.push(keys("duo.integration_key", known));
    }
    checks
}

fn keys(name: &str, known: Result<(), impl fmt::Display>) -> DuoCheck {
    match known {
        Ok(()) => good(format!("{name} and its secret are those of an application")),
        Err(error) => bad(format!("{name} or its secret: {error}")),
    }
}

fn good(what: String) -> DuoCheck {
    DuoCheck { is_good: true, what }
}

fn bad(what: String) -> DuoCheck {
    DuoCheck { is_good: false, what }
}
