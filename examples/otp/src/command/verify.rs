//! `otp verify`

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use upheld_migrate_otp::Credential;
use upheld_migrate_otp::steam::SteamCode;
use upheld_totp::{Code, Factor, KeyUri, Match, Window};

use crate::args::Verify;
use crate::{REJECTED, input, moment, output};

/// How many codes ahead of the expected one a counter-based token may be.
const LOOK_AHEAD: u8 = 10;

pub(crate) fn run(args: &Verify) -> Result<ExitCode> {
    let (uri, code) = match args.uri_and_code.as_slice() {
        [uri, code] => (Some(uri.as_str()), code),
        [code] => (None, code),
        _ => bail!("a URI and a code are wanted"),
    };
    if uri.is_none() && code.contains("://") {
        bail!("the code is missing; write it after the URI");
    }
    let credential = input::credential(uri, &args.file)?;
    let accepted = match &credential {
        Credential::Steam(account) => {
            let code = SteamCode::parse(code).context("the code is no Steam Guard code")?;
            let now = args.at.map_or_else(moment::now, Ok)?;
            step(account.guard().find(&code, now, window(args)?, None))
        }
        Credential::Otp(uri) => {
            let code = Code::parse(code).context("the code is no code")?;
            match uri.factor {
                Factor::Totp { .. } => by_time(args, uri, &code)?,
                Factor::Hotp { .. } => by_counter(args, uri, &code)?,
            }
        }
        _ => bail!("codes of this type cannot be verified"),
    };
    if args.json {
        let result = if accepted.is_some() { "accepted" } else { "rejected" };
        let mut value = json!({ "result": result });
        if let (Value::Object(map), Some(found)) = (&mut value, &accepted) {
            map.extend(found.json.clone());
        }
        output::json(&value)?;
    } else {
        output::line(accepted.as_ref().map_or("rejected", |found| &found.text))?;
    }
    Ok(if accepted.is_some() { ExitCode::SUCCESS } else { ExitCode::from(REJECTED) })
}

/// What to say of an accepted code, and to store.
struct Found {
    text: String,
    json: serde_json::Map<String, Value>,
}

fn by_time(args: &Verify, uri: &KeyUri, code: &Code) -> Result<Option<Found>> {
    let totp = uri.totp().context("the credential is not time-based")?;
    let now = args.at.map_or_else(moment::now, Ok)?;
    Ok(step(totp.find(code, now, window(args)?, None)))
}

fn window(args: &Verify) -> Result<Window> {
    let Some((behind, ahead)) = args.window else { return Ok(Window::default()) };
    Window::new(behind, ahead).context("--window is too wide")
}

fn step(found: Match) -> Option<Found> {
    let Match::Unused { step, offset } = found else { return None };
    Some(Found {
        text: format!("accepted: step {}, offset {offset}", step.0),
        json: [("step".into(), json!(step.0)), ("offset".into(), json!(offset))]
            .into_iter()
            .collect(),
    })
}

fn by_counter(args: &Verify, uri: &KeyUri, code: &Code) -> Result<Option<Found>> {
    let (Some(hotp), Factor::Hotp { counter }) = (uri.hotp(), uri.factor) else {
        bail!("the credential is not counter-based");
    };
    if args.at.is_some() {
        bail!("--at is for time-based credentials; this one is counter-based");
    }
    let (behind, ahead) = args.window.unwrap_or((0, LOOK_AHEAD));
    if behind != 0 {
        bail!("--window must start with 0: codes before the counter have been used");
    }
    Ok(hotp.find(code, counter, ahead).map(|found| {
        let next = found.next().map(|next| next.0);
        let text = next.map_or_else(|| "none left".to_owned(), |next| next.to_string());
        Found {
            text: format!("accepted: counter {}, next counter {text}", found.0),
            json: [("counter".into(), json!(found.0)), ("next_counter".into(), json!(next))]
                .into_iter()
                .collect(),
        }
    }))
}
