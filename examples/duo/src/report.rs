//! What came of a run: for people, for programs, and as an exit status.

use serde_json::{Value, json};
use upheld_duo::auth::{AuthOutcome, PreauthOutcome, Status};
use upheld_duo::universal::PromptOutcome;
use upheld_duo::{FailCause, FailedOpen, Failure, StatusMessage};
use upheld_duo_reqwest::SendError;

use crate::moment;
use crate::output::plain;

/// What came of a run.
#[must_use = "it says whether the person may go in"]
pub(crate) struct Report {
    pub(crate) ending: Ending,
    pub(crate) text: String,
    pub(crate) json: Value,
}

/// How a run ended. Of a command about a person only `Allowed` is the status 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// A command that is about nobody was carried out.
    Done,
    /// The person may go in.
    Allowed,
    /// The person may not.
    Denied,
    /// The person may go in, because Duo is out of reach and the fail mode is open.
    FailedOpen,
    /// Nothing is decided yet.
    Undecided,
}

impl Ending {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done | Self::Allowed => 0,
            Self::Denied => 1,
            Self::FailedOpen => 4,
            Self::Undecided => 5,
        }
    }
}

impl Report {
    /// Something was carried out.
    pub(crate) fn done(text: impl Into<String>, json: Value) -> Self {
        Self { ending: Ending::Done, text: text.into(), json }
    }

    /// The person is not let in, for a reason that is not Duo's.
    pub(crate) fn refused(why: &str) -> Self {
        let json = json!({ "outcome": "denied", "message": why });
        Self { ending: Ending::Denied, text: format!("denied: {why}"), json }
    }

    /// The person is being asked, and nobody waits for the answer.
    pub(crate) fn started(txid: &str) -> Self {
        let json = json!({ "outcome": "started", "txid": txid });
        Self { ending: Ending::Undecided, text: plain(txid), json }
    }

    /// The person has not answered yet.
    pub(crate) fn waiting(status: &Status, message: &StatusMessage) -> Self {
        let text = format!("waiting: {}", said(message, status));
        let json = json!({
            "outcome": "waiting", "status": status, "message": message.to_string(),
        });
        Self { ending: Ending::Undecided, text, json }
    }

    pub(crate) fn failed_open(open: FailedOpen) -> Self {
        let cause = open.cause();
        let name = match cause {
            FailCause::Unreachable => "unreachable",
            FailCause::Timeout => "timeout",
            FailCause::Unavailable { .. } => "unavailable",
            FailCause::RateLimited => "rate_limited",
            _ => "other",
        };
        let text = format!("failed open, without a second factor: {cause}");
        let json = json!({
            "outcome": "failed_open", "second_factor": false,
            "cause": name, "message": cause.to_string(),
        });
        Self { ending: Ending::FailedOpen, text, json }
    }

    /// What Duo says about a person before it asks them.
    pub(crate) fn of_preauth(outcome: &PreauthOutcome) -> Self {
        match outcome {
            PreauthOutcome::Allowed(message) => {
                let text = format!("allowed, without a second factor: {message}");
                let json = json!({
                    "outcome": "allowed", "second_factor": false, "message": message.to_string(),
                });
                Self { ending: Ending::Allowed, text, json }
            }
            PreauthOutcome::Denied(message) => Self::refused(&message.to_string()),
            PreauthOutcome::Enroll { portal_url, message } => {
                let address = plain(portal_url.expose());
                let text = format!("denied: {message}\nenrol within five minutes at {address}");
                let json = json!({
                    "outcome": "enroll", "message": message.to_string(), "portal_url": address,
                });
                Self { ending: Ending::Denied, text, json }
            }
            PreauthOutcome::Challenge(challenge) => {
                let mut text = format!("a second factor is wanted: {}", challenge.message);
                let mut devices = Vec::new();
                for device in &challenge.devices {
                    let able: Vec<_> =
                        device.capabilities.iter().map(ToString::to_string).collect();
                    let columns = [
                        device.id.as_str(),
                        device.kind.as_str(),
                        &able.join(","),
                        &device.display_name,
                    ];
                    text.push('\n');
                    text.push_str(&row(&columns));
                    devices.push(json!({
                        "device": device.id, "type": device.kind, "name": device.name,
                        "display_name": device.display_name, "number": device.number,
                        "capabilities": device.capabilities, "sms_nextcode": device.next_sms_code,
                    }));
                }
                let json = json!({
                    "outcome": "challenge", "message": challenge.message.to_string(),
                    "devices": devices, "verified_push": challenge.verified_push.is_some(),
                });
                Self { ending: Ending::Undecided, text, json }
            }
        }
    }

    /// What the person answered.
    pub(crate) fn of_auth(outcome: &AuthOutcome, txid: Option<&str>) -> Self {
        let (ending, name, status, message) = match outcome {
            AuthOutcome::Allowed(allowed) => {
                (Ending::Allowed, "allowed", &allowed.status, &allowed.message)
            }
            AuthOutcome::Denied(denied) => {
                (Ending::Denied, "denied", &denied.status, &denied.message)
            }
            AuthOutcome::PasscodesSent(message) => {
                (Ending::Undecided, "passcodes_sent", &Status::Sent, message)
            }
        };
        let json = json!({
            "outcome": name, "second_factor": *status == Status::Allow, "status": status,
            "message": message.to_string(), "txid": txid,
        });
        let text = format!("{}: {}", name.replace('_', " "), said(message, status));
        Self { ending, text, json }
    }

    /// What came of the Universal Prompt.
    pub(crate) fn of_prompt(outcome: &PromptOutcome) -> Self {
        match outcome {
            PromptOutcome::Allowed(who) => {
                let shown = who.factor.was_shown();
                let how = if shown { "by" } else { "without a second factor, by" };
                let name = plain(&who.username);
                let text = format!("allowed: {name}, {how} {} ({})", who.factor, who.reason);
                let json = json!({
                    "outcome": "allowed", "second_factor": shown, "username": who.username,
                    "factor": who.factor, "reason": who.reason, "txid": who.txid,
                    "authenticated": who.authenticated, "message": who.message.to_string(),
                });
                Self { ending: Ending::Allowed, text, json }
            }
            PromptOutcome::Denied(denied) => {
                let text = format!("denied: {}", said(&denied.message, &denied.status));
                let json = json!({
                    "outcome": "denied", "status": denied.status, "reason": denied.reason,
                    "message": denied.message.to_string(),
                });
                Self { ending: Ending::Denied, text, json }
            }
        }
    }

    /// What there is, a line to each.
    pub(crate) fn list<T: serde::Serialize>(
        items: &[T],
        columns: impl Fn(&T) -> Vec<String>,
    ) -> anyhow::Result<Self> {
        let rows: Vec<_> = items.iter().map(|item| row(&columns(item))).collect();
        Ok(Self::done(rows.join("\n"), serde_json::to_value(items)?))
    }
}

/// Why there is no report.
pub(crate) fn failed(error: &SendError) -> Value {
    let failure = match error.failure() {
        Failure::Unreachable => "unreachable",
        Failure::Broken => "broken",
        Failure::Timeout => "timeout",
        Failure::Unavailable { .. } => "unavailable",
        Failure::RateLimited => "rate_limited",
        Failure::Clock => "clock",
        _ => "other",
    };
    json!({ "outcome": "failed", "failure": failure, "message": error.to_string() })
}

/// The message for the person, or else the status.
fn said(message: &StatusMessage, status: &Status) -> String {
    let message = message.to_string();
    if message.is_empty() { status.to_string() } else { message }
}

/// Columns with tabs between them, for `cut` and `awk`.
fn row<S: AsRef<str>>(columns: &[S]) -> String {
    columns.iter().map(|column| plain(column.as_ref())).collect::<Vec<_>>().join("\t")
}

/// A moment, or nothing.
pub(crate) fn moment_or_dash(moment: Option<upheld_duo::UnixSeconds>) -> String {
    moment.map_or_else(|| "-".to_owned(), moment::text)
}
