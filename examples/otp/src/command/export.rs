//! `otp export`

use std::process::ExitCode;

use anyhow::{Result, bail, ensure};
use rand::rngs::SysRng;
use upheld_migrate_otp::qr::QrCode;
use upheld_migrate_otp::{Entry, aegis, google, pskc};
use zeroize::Zeroizing;

use crate::args::{Export, ExportQr, Target};
use crate::command::import;
use crate::{input, output};

pub(crate) fn run(args: &Export) -> Result<ExitCode> {
    ensure!(
        args.qr == ExportQr::None || args.to == Target::Google,
        "--qr is for --to google; other programs read a file"
    );
    let seal = input::pre_shared_key(args.encrypt_with.as_ref())?;
    ensure!(
        seal.is_none() || args.to == Target::Pskc,
        "--encrypt-with is for --to pskc; no other format is encrypted"
    );
    let key = input::pre_shared_key(args.key.key_file.as_ref())?;
    let entries = import::read(&args.sources, key.as_ref())?;
    let text = match (args.to, seal) {
        (Target::Google, _) => return write_google(args, &entries),
        (Target::Aegis, _) => aegis::export(&entries)?,
        (Target::Pskc, None) => pskc::export(&entries)?,
        (Target::Pskc, Some(key)) => {
            pskc::export_encrypted(&entries, &key, &args.key_name, &mut SysRng)?
        }
    };
    write(args, text.expose())
}

fn write_google(args: &Export, entries: &[Entry]) -> Result<ExitCode> {
    let parts = google::export(entries, &mut SysRng)?;
    if args.qr == ExportQr::None {
        let len = parts.iter().fold(0_usize, |sum, part| sum.saturating_add(part.expose().len()));
        let mut uris = Zeroizing::new(String::with_capacity(len.saturating_add(parts.len())));
        for part in &parts {
            uris.extend([part.expose(), "\n"]);
        }
        return write(args, &uris);
    }
    if args.out.is_some() {
        bail!("--qr ansi draws on the terminal; leave out one of --qr and --out");
    }
    for (part, number) in parts.iter().zip(1_usize..) {
        output::line(&format!("part {number} of {}", parts.len()))?;
        output::raw(QrCode::of_text(part.expose())?.to_terminal().expose().as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn write(args: &Export, text: &str) -> Result<ExitCode> {
    match &args.out {
        Some(path) => output::new_file(path, text.as_bytes())?,
        None => output::raw(text.as_bytes())?,
    }
    Ok(ExitCode::SUCCESS)
}
