//! `cookie-audit render`

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use upheld_cookies::Day;
use upheld_cookies::policy::Policy;
use upheld_cookies::publish::device_storage::DeviceStorage;
use upheld_cookies::publish::{BannerConfig, PolicyPage, gpc_file};

use crate::args::publish::{Artefact, Render};
use crate::{STALE, moment, output, policy_file};

pub(crate) fn run(args: &Render) -> Result<ExitCode> {
    let policy = policy_file::read(&args.policy)?;
    let text = made(&policy, args)?;
    match &args.output {
        None => output::text(&text)?,
        Some(path) if args.check => return check(path, &text),
        Some(path) => write(path, &text)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn made(policy: &Policy, args: &Render) -> Result<String> {
    let page = PolicyPage::new(policy, Day::of(moment::or_now(args.now)?));
    let banner = || BannerConfig::of(policy);
    let is_of_vendor = args.format == Artefact::DeviceStorage;
    ensure!(is_of_vendor || args.vendor.is_none(), "--vendor is for --format device-storage");
    Ok(match args.format {
        Artefact::Html => page.html_page(),
        Artefact::Fragment => page.html_fragment(),
        Artefact::Markdown => page.markdown(),
        Artefact::Json => page.json(),
        Artefact::DeviceStorage => {
            let storage = DeviceStorage::of(policy, args.vendor.as_deref());
            storage.context("the policy has no vendor of that id")?.to_json()
        }
        Artefact::Gpc => gpc_file(policy).context(
            "the policy does not say that the site heeds GPC; add gpc_file = true to [signals]",
        )?,
        Artefact::Banner => banner().to_json(),
        Artefact::Cookieconsent => banner().to_cookieconsent(),
        Artefact::Klaro => banner().to_klaro(),
    })
}

/// Puts a file in its place as a whole, so that nobody is served a half.
fn write(path: &Path, text: &str) -> Result<()> {
    let name = path.file_name().with_context(|| format!("{} is no file", path.display()))?;
    let mut new = std::ffi::OsString::from(".");
    new.push(name);
    new.push(".new");
    let new = path.with_file_name(new);
    fs::write(&new, text).with_context(|| format!("cannot write {}", new.display()))?;
    fs::rename(&new, path).with_context(|| format!("cannot write {}", path.display()))
}

fn check(path: &Path, text: &str) -> Result<ExitCode> {
    let name = path.display();
    let there = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            output::complain(&format!("{name} is not there"));
            return Ok(ExitCode::from(STALE));
        }
        Err(error) => return Err(error).with_context(|| format!("cannot read {name}")),
    };
    // Version control may write other line ends; nobody is told anything else by those.
    let there = String::from_utf8_lossy(&there).replace("\r\n", "\n");
    if there == text {
        return Ok(ExitCode::SUCCESS);
    }
    let same = there.lines().zip(text.lines()).take_while(|(old, new)| old == new).count();
    let line = same.saturating_add(1);
    output::complain(&format!("{name} is stale from line {line} on; render it again"));
    Ok(ExitCode::from(STALE))
}
