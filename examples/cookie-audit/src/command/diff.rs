//! `cookie-audit diff`

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use serde_json::{Value, json};
use upheld_cookies::PublicSuffixes;
use upheld_cookies::audit::{Change, Declared, Observer, Phase, Timeline, difference};
use upheld_cookies::catalogue::Catalogue;
use upheld_cookies::policy::{Lifetime, Policy, PurposeKind};

use crate::args::scan::{Diff, DiffFormat};
use crate::recording::observe;
use crate::report::clean;
use crate::{FINDINGS, output, policy_file};

pub(crate) fn run(args: &Diff) -> Result<ExitCode> {
    let policies = [policy(&args.left)?, policy(&args.right)?];
    let hosts = policies.iter().flatten().flat_map(|policy| policy.site().hosts.clone());
    let hosts: Vec<_> = hosts.collect();
    let read = |path: &Path, policy: &Option<Policy>| -> Result<Vec<Declared>> {
        if let Some(policy) = policy {
            return Ok(policy.declared());
        }
        let mut observer = Observer::new(PublicSuffixes, hosts.clone());
        observe(path, Timeline::always(Phase::BeforeChoice), &mut observer)?;
        Ok(observer.into_inventory().declared())
    };
    let [left, right] = &policies;
    let catalogue = Catalogue::well_known();
    let changes = difference(&read(&args.left, left)?, &read(&args.right, right)?);
    for change in &changes {
        let text = match args.format {
            DiffFormat::Text => text(change),
            DiffFormat::Json => value(change).to_string(),
            DiffFormat::Toml => match change {
                Change::Added(added) => item(&catalogue, added)?,
                _ => continue,
            },
        };
        output::line(text.as_bytes())?;
    }
    Ok(if changes.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(FINDINGS) })
}

/// The policy in a file; `None` if it is a recording.
fn policy(path: &Path) -> Result<Option<Policy>> {
    let is_recording = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("har"));
    if is_recording { Ok(None) } else { policy_file::read(path).map(Some) }
}

fn text(change: &Change) -> String {
    let one = |sign: char, one: &Declared| {
        let Declared { kind, domain, .. } = one;
        let domain = if domain.is_empty() { "-" } else { domain };
        let lifetime = lifetime(one.lifetime);
        format!("{sign} {:<14} {}  {domain}  {lifetime}", kind.as_str(), clean(&one.name))
    };
    match change {
        Change::Added(added) => one('+', added),
        Change::Removed(removed) => one('-', removed),
        Change::Lifetime { left, right } => {
            format!("{}, was {}", one('~', right), lifetime(left.lifetime))
        }
        _ => String::new(),
    }
}

fn lifetime(lifetime: Option<Lifetime>) -> String {
    lifetime.map_or_else(|| "-".to_owned(), |lifetime| lifetime.to_string())
}

fn value(change: &Change) -> Value {
    let one = |one: &Declared| {
        let lifetime = one.lifetime.map(|lifetime| lifetime.to_string());
        json!({ "kind": one.kind.as_str(), "name": one.name, "domain": one.domain, "lifetime": lifetime })
    };
    match change {
        Change::Added(added) => json!({ "change": "added", "right": one(added) }),
        Change::Removed(removed) => json!({ "change": "removed", "left": one(removed) }),
        Change::Lifetime { left, right } => {
            json!({ "change": "lifetime", "left": one(left), "right": one(right) })
        }
        _ => Value::Null,
    }
}

/// An item for a policy. What it is for, only its owner knows: the file is refused until that is
/// filled in. What the catalogue has of the name is a hint beside it.
fn item(catalogue: &Catalogue, added: &Declared) -> Result<String> {
    let name = serde_json::to_string(&clean(&added.name))?;
    let kind = added.kind.as_str();
    let hint = catalogue.find(added.name.as_bytes(), &added.domain).map(|hint| hint.entry);
    let hint = hint.map_or_else(String::new, |entry| {
        let purpose = entry.purpose.map_or("what for is unclear", PurposeKind::as_str);
        format!("; likely {purpose}, of {}", entry.vendor)
    });
    let mut lines = vec![
        String::new(),
        "[[item]]".to_owned(),
        format!("name = {name}"),
        format!("kind = \"{kind}\""),
        format!("purposes = [] # say what for{hint}"),
        "basis = \"consent\"".to_owned(),
    ];
    let lifetime = match added.lifetime {
        Some(Lifetime::Session) => Some("session".to_owned()),
        Some(Lifetime::UntilDeleted) => Some("until-deleted".to_owned()),
        Some(Lifetime::Seconds(seconds)) => Some(match seconds.checked_div(86_400) {
            Some(days) if seconds.is_multiple_of(86_400) => format!("{days}d"),
            _ => format!("{seconds}s"),
        }),
        _ => None,
    };
    if let Some(lifetime) = lifetime {
        lines.push(format!("lifetime = \"{lifetime}\""));
    }
    if !added.domain.is_empty() {
        lines.push(format!("domains = [\"{}\"]", added.domain));
    }
    Ok(lines.join("\n"))
}
