//! What the log tells.

use serde_json::{Value, json};

use super::{Asking, Kind, Stage, User};

/// Something that happened.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) txid: String,
    pub(crate) at: u64,
    pub(crate) user_id: String,
    pub(crate) username: String,
    pub(crate) factor: &'static str,
    pub(crate) result: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) device: String,
}

impl Event {
    pub(crate) fn of_asking(txid: &str, asking: &Asking, user: &User, now: u64) -> Self {
        let (result, reason) = match (asking.stage, &asking.kind) {
            (Stage::Bypassed, Kind::Remembered) => ("success", "remembered_device"),
            (Stage::Bypassed, _) => ("success", "bypass_user"),
            (Stage::Approved, Kind::Passcode(_)) => ("success", "valid_passcode"),
            (Stage::Approved, _) => ("success", "user_approved"),
            (Stage::Fraud, _) => ("fraud", "user_marked_fraud"),
            (Stage::LockedOut, _) => ("denied", "locked_out"),
            (Stage::TimedOut, Kind::Call) => ("denied", "call_timed_out"),
            (Stage::TimedOut, _) => ("denied", "no_response"),
            (_, Kind::Passcode(_)) => ("denied", "invalid_passcode"),
            (_, Kind::NotAsked | Kind::Remembered) => ("denied", "user_disabled"),
            (_, Kind::SecurityKey) => ("denied", "error"),
            (_, Kind::Call) => ("denied", "no_keys_pressed"),
            (_, Kind::Push { .. }) => ("denied", "user_cancelled"),
        };
        Self {
            txid: txid.to_owned(),
            at: now,
            user_id: user.id.clone(),
            username: user.name.clone(),
            factor: asking.kind.factor(),
            result,
            reason,
            device: asking.phone_id.clone(),
        }
    }

    /// An entry of the log, version 2.
    pub(crate) fn to_json(&self, application: &str) -> Value {
        json!({
            "txid": self.txid,
            "timestamp": self.at,
            "event_type": "authentication",
            "factor": self.factor,
            "result": self.result,
            "reason": self.reason,
            "user": { "key": self.user_id, "name": self.username, "groups": [] },
            "application": { "key": application, "name": "Simulated application" },
            "auth_device": { "ip": null, "key": self.device, "name": self.device },
            "access_device": { "ip": "192.0.2.7", "hostname": null, "browser": "Chrome" },
        })
    }
}
