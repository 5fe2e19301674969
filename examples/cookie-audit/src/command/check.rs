//! `cookie-audit check`

use std::fs::{self, File};
use std::io::Read;
use std::process::ExitCode;

use anyhow::{Context, Result};
use upheld_cookies::Day;
use upheld_cookies::lint::{lint_gpc_file, lint_policy};

use crate::args::Check;
use crate::report::{Report, Reported};
use crate::{FINDINGS, moment, policy_file};

/// The most of a `gpc.json` that is read.
const LONGEST_GPC_FILE: u64 = 1 << 20;

pub(crate) fn run(args: &Check) -> Result<ExitCode> {
    let policy = policy_file::read(&args.policy)?;
    let today = Day::of(moment::or_now(args.now)?);
    let mut findings = lint_policy(&policy, today);
    if let Some(path) = &args.gpc_file {
        let name = path.display();
        // A file that is not there is a finding and no mistake of the user's.
        let bytes = match fs::exists(path) {
            Ok(true) => {
                let file = File::open(path).with_context(|| format!("cannot read {name}"))?;
                let mut bytes = Vec::new();
                let read = file.take(LONGEST_GPC_FILE).read_to_end(&mut bytes);
                read.with_context(|| format!("cannot read {name}"))?;
                Some(bytes)
            }
            _ => None,
        };
        findings.extend(lint_gpc_file(&policy, bytes.as_deref()));
    }
    let items = policy.items().len();
    let report = Report {
        policy: args.policy.clone(),
        findings: findings.into_iter().map(Reported::from).collect(),
        scope: format!("{items} item{}", if items == 1 { "" } else { "s" }),
        fail_on: args.fail_on,
    };
    let fails = report.write(args.format)?;
    Ok(if fails { ExitCode::from(FINDINGS) } else { ExitCode::SUCCESS })
}
