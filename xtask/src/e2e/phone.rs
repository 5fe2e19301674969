//! A phone with an authenticator app, which is `totp-rs` and has no code of this project.

use std::cell::Cell;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use totp_rs::Totp;

use super::Outcome;

const STEP_SECONDS: u64 = 30;

/// An app with one account in it.
pub(super) struct Phone {
    totp: Totp,
    /// The last step whose code was entered somewhere.
    used: Cell<u64>,
}

impl Phone {
    /// With what a QR code says.
    pub(super) fn scan(text: &str) -> Outcome<Self> {
        Ok(Self { totp: Totp::from_url(text)?, used: Cell::new(0) })
    }

    /// With a key typed by hand.
    pub(super) fn type_in(key: &str, account: &str) -> Outcome<Self> {
        let secret = totp_rs::Secret::try_from_base32(key.replace(' ', ""))?;
        let totp = totp_rs::Builder::new().with_secret(secret).with_account_name(account);
        Ok(Self { totp: totp.build()?, used: Cell::new(0) })
    }

    /// The first code that was not entered yet. It is good one step early; before that, waits.
    pub(super) fn next_code(&self) -> Outcome<String> {
        let step = loop {
            let now = step_now()?;
            let next = self.used.get().saturating_add(1).max(now);
            if next <= now.saturating_add(1) {
                break next;
            }
            thread::sleep(Duration::from_millis(200));
        };
        self.used.set(step);
        Ok(self.totp.generate(start_of(step)).to_string())
    }

    /// The code that was entered last.
    pub(super) fn last_code(&self) -> String {
        self.totp.generate(start_of(self.used.get())).to_string()
    }

    /// A code of no step near now.
    pub(super) fn wrong_code(&self) -> Outcome<String> {
        let now = step_now()?;
        let near = now.saturating_sub(3)..=now.saturating_add(3);
        let near: Vec<String> =
            near.map(|step| self.totp.generate(start_of(step)).to_string()).collect();
        let wrong = (0..10).map(|number| format!("{number:06}")).find(|code| !near.contains(code));
        Ok(wrong.ok_or("every code is near")?)
    }
}

pub(super) fn seconds_now() -> Outcome<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())
}

pub(super) fn step_now() -> Outcome<u64> {
    seconds_now()?.checked_div(STEP_SECONDS).ok_or("a step of no length".into())
}

pub(super) const fn start_of(step: u64) -> u64 {
    step.saturating_mul(STEP_SECONDS)
}
