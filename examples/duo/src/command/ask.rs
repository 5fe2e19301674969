//! `duo push` and `duo phone`: the person is asked, and answers.

use std::ops::ControlFlow;
use std::time::Duration;

use anyhow::{Result, bail};
use upheld_duo::StatusMessage;
use upheld_duo::auth::{
    Capability, DeviceChoice, DeviceId, Factor, PreauthChallenge, Progress, PushInfo, PushText,
    StartAuth, Target, Txid, choose,
};
use upheld_duo_reqwest::SendError;

use super::preauth;
use crate::args::{Ask, Push};
use crate::connection::Duo;
use crate::output;
use crate::report::Report;

/// How the person is asked.
pub(crate) enum Way {
    Push(PushText),
    Phone,
}

/// Duo gives up after a minute; the rest is for the network.
const PATIENCE: Duration = Duration::from_secs(90);

pub(crate) fn push_text(args: &Push) -> Result<PushText> {
    let mut text = PushText::default();
    if let Some(kind) = &args.kind {
        text = text.of_kind(kind);
    }
    if let Some(name) = &args.display_name {
        text = text.with_display_username(name);
    }
    if !args.info.is_empty() {
        let lines = args.info.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        text = text.with_info(PushInfo::from_lines(lines)?);
    }
    Ok(text)
}

pub(crate) async fn run(duo: &Duo, way: &Way, args: &Ask) -> Result<Report> {
    let challenge = match preauth::challenge(duo, &args.on.person).await? {
        ControlFlow::Continue(challenge) => challenge,
        ControlFlow::Break(report) => return Ok(report),
    };
    let wanted = match way {
        Way::Push(_) => Capability::Push,
        Way::Phone => Capability::Phone,
    };
    let target = match target(&challenge, &wanted, args.on.device.as_deref())? {
        ControlFlow::Continue(target) => target,
        ControlFlow::Break(report) => return Ok(report),
    };
    let factor = match (way, challenge.verified_push) {
        (Way::Phone, _) => Factor::Phone(target),
        (Way::Push(text), None) => Factor::Push(target, text.clone()),
        (Way::Push(text), Some(verified)) => {
            let code = StatusMessage::new(verified.code.expose());
            output::say(&format!("enter {code} in Duo Mobile"));
            Factor::Push(target, text.clone().verified_by(verified.txid))
        }
    };
    let txid = duo.send(&StartAuth(preauth::auth(&args.on.person, factor))).await?;
    if args.no_wait {
        return Ok(Report::started(txid.as_str()));
    }
    follow(duo, &txid).await
}

/// Waits for the answer, and says how it goes.
pub(crate) async fn follow(duo: &Duo, txid: &Txid) -> Result<Report> {
    let tell = |progress: &Progress| {
        let held = if progress.is_delayed { ", held back by Duo" } else { "" };
        output::say(&format!("{}{held}: {}", progress.status, progress.message));
    };
    let within = duo.patience(PATIENCE);
    let outcome = duo.client.follow(&duo.application, txid, within, tell).await;
    if outcome == Err(SendError::Timeout) {
        let txid = output::plain(txid.as_str());
        output::say(&format!("no answer yet; `duo status {txid}` goes on"));
    }
    Ok(Report::of_auth(&outcome?, Some(txid.as_str())))
}

/// On which device to ask: the one that was named, or the only one that can.
pub(crate) fn target(
    challenge: &PreauthChallenge,
    wanted: &Capability,
    named: Option<&str>,
) -> Result<ControlFlow<Report, Target>> {
    let describe =
        |id: &str, name: &str| format!("\n  {}  {}", output::plain(id), output::plain(name));
    match named {
        Some("auto") => return Ok(ControlFlow::Continue(Target::Any)),
        Some(id) => {
            let is_theirs = challenge.devices.iter().any(|device| device.id.as_str() == id);
            if is_theirs {
                return Ok(ControlFlow::Continue(Target::Device(DeviceId::new(id))));
            }
            bail!("--device names none of their devices; `duo preauth` lists them");
        }
        None => {}
    }
    Ok(match choose(&challenge.devices, wanted, None) {
        DeviceChoice::Use(device) => ControlFlow::Continue(Target::Device(device.id.clone())),
        DeviceChoice::Ask(devices) => {
            let lines =
                devices.iter().map(|device| describe(device.id.as_str(), &device.display_name));
            bail!(
                "several devices can; choose one by --device, or auto for the first:{}",
                lines.collect::<String>()
            );
        }
        DeviceChoice::Unable => {
            ControlFlow::Break(Report::refused(&format!("they have no device that can {wanted}")))
        }
    })
}
