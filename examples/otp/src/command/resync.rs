//! `otp resync`

use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use serde_json::json;
use upheld_migrate_otp::Credential;
use upheld_totp::{Code, Factor};

use crate::args::Resync;
use crate::{REJECTED, input, output};

/// How many counters from the expected one on are searched.
const WINDOW: u16 = 1_000;

pub(crate) fn run(args: &Resync) -> Result<ExitCode> {
    let (uri, codes) = match args.uri_and_codes.as_slice() {
        [uri, codes @ ..] if uri == "-" || uri.contains("://") => (Some(uri.as_str()), codes),
        codes => (None, codes),
    };
    let credential = input::credential(uri, &args.file)?;
    let parsed = codes.iter().zip(1_usize..).map(|(code, number)| {
        Code::parse(code).with_context(|| format!("code {number} is no code"))
    });
    let codes = parsed.collect::<Result<Vec<_>>>()?;
    let [first, second, more @ ..] = codes.as_slice() else {
        bail!("two codes or more are wanted, as the token shows them one after another");
    };
    let Credential::Otp(uri) = &credential else { bail!("the credential has no counter") };
    let (Some(hotp), Factor::Hotp { counter }) = (uri.hotp(), uri.factor) else {
        bail!(
            "time-based credentials need no counter; set the clocks, or widen --window of verify"
        );
    };
    ensure!(more.len() < 63, "at most 64 codes can be compared");
    let last = hotp.resynchronize((first, second), more, counter, WINDOW);
    let next = last.map(|last| last.next().map(|next| next.0));
    if args.json {
        let result = if last.is_some() { "found" } else { "not found" };
        output::json(&json!({
            "result": result,
            "counter": last.map(|last| last.0),
            "next_counter": next.flatten(),
        }))?;
    } else {
        output::line(&match (last, next.flatten()) {
            (Some(last), Some(next)) => format!("found: counter {}, next counter {next}", last.0),
            (Some(last), None) => format!("found: counter {}, none left", last.0),
            (None, _) => format!("not found within {WINDOW} counters"),
        })?;
    }
    Ok(if last.is_some() { ExitCode::SUCCESS } else { ExitCode::from(REJECTED) })
}
