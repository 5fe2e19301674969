//! `otp new`

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use upheld_migrate_otp::Credential;
use upheld_migrate_otp::qr::QrCode;
use upheld_totp::{Counter, Factor, KeyUri, Label, Secret};
use zeroize::Zeroizing;

use crate::args::{New, Qr, Show};
use crate::{describe, output};

/// Large enough to be photographed from a screen, small enough for one.
const PIXELS_PER_MODULE: u8 = 8;

pub(crate) fn run(args: &New) -> Result<ExitCode> {
    let Show { json, show_secret } = args.show;
    // With JSON, what is drawn must not stand in between.
    let qr = args.qr.unwrap_or(if json { Qr::None } else { Qr::Ansi });
    check(args, qr)?;
    let uri = KeyUri {
        label: Label::new(Some(&args.issuer), &args.account)
            .context("--issuer and --account cannot be a label")?,
        secret: Secret::generate_from_os(args.algorithm)?,
        algorithm: args.algorithm,
        digits: args.digits,
        factor: match args.counter {
            Some(counter) => Factor::Hotp { counter: Counter(counter) },
            None => Factor::Totp { period: args.period.unwrap_or_default() },
        },
    };
    let text = uri.to_text();
    let code = QrCode::of_uri(&uri)?;
    let title = format!("QR code of {} for {}", args.account, args.issuer);
    match (qr, &args.out) {
        (Qr::Ansi | Qr::None, Some(path)) => {
            output::new_file(path, Zeroizing::new(format!("{}\n", text.expose())).as_bytes())?;
        }
        (Qr::Svg, Some(path)) => output::new_file(path, code.to_svg(&title).expose().as_bytes())?,
        (Qr::Svg, None) => output::raw(code.to_svg(&title).expose().as_bytes())?,
        (Qr::Png, Some(path)) => output::new_file(path, code.to_png(PIXELS_PER_MODULE)?.expose())?,
        (Qr::Png, None) => bail!("--qr png needs --out FILE"),
        (Qr::None, None) if !json => output::line(text.expose())?,
        (Qr::None | Qr::Ansi, None) => {}
    }
    if qr == Qr::Ansi {
        output::raw(code.to_terminal().expose().as_bytes())?;
    }
    let credential = Credential::Otp(uri);
    if json {
        output::json(&Value::Object(describe::parameters(&credential, show_secret)))?;
    } else if show_secret && (qr != Qr::None || args.out.is_some()) {
        output::line(text.expose())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Refuses what would lose the secret, or mix two results on standard output.
fn check(args: &New, qr: Qr) -> Result<()> {
    let Show { json, show_secret } = args.show;
    if json && qr == Qr::None && args.out.is_none() && !show_secret {
        bail!("nothing would hold the new secret; add --show-secret, or --out FILE");
    }
    if (json || show_secret) && qr == Qr::Svg && args.out.is_none() {
        bail!("the image and the text would both go to standard output; add --out FILE");
    }
    if json && qr == Qr::Ansi {
        bail!("the QR code and the JSON would both go to standard output; leave one out");
    }
    Ok(())
}
