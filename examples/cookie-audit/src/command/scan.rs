//! `cookie-audit scan`

use std::process::ExitCode;

use anyhow::Result;
use serde_json::{Value, json};
use upheld_cookies::audit::{Inventory, Observation, Observer, Phase, audit};
use upheld_cookies::policy::{Basis, ItemKind, Policy};
use upheld_cookies::{Day, PublicSuffixes};

use crate::args::scan::Scan;
use crate::recording::{Extent, Unusable, observe, observe_flash};
use crate::report::{Format, Report, Reported, clean};
use crate::{BAD_USAGE, FINDINGS, moment, output, policy_file};

pub(crate) fn run(args: &Scan) -> Result<ExitCode> {
    let recordings = args.recordings()?;
    let policy = args.policy.as_deref().map(policy_file::read).transpose()?;
    let mut observer = match &policy {
        Some(policy) => Observer::of_policy(PublicSuffixes, policy),
        None => Observer::new(PublicSuffixes, args.site.clone()),
    };
    let mut total = Extent::default();
    let number = recordings.len();
    for (file, timeline) in recordings {
        let Extent { entries, cookies } = observe(file, timeline, &mut observer)?;
        total.entries = total.entries.saturating_add(entries);
        total.cookies = total.cookies.saturating_add(cookies);
    }
    let mut flash = 0_usize;
    for folder in &args.flash {
        flash = flash.saturating_add(observe_flash(folder, &mut observer)?);
    }
    let inventory = observer.into_inventory();
    let (Some(policy), Some(path)) = (policy, &args.policy) else {
        return list(&inventory, args.format);
    };
    if number > 0 && total.cookies == 0 && !args.allow_empty && expects_cookies(&policy) {
        let message = "the policy declares cookies that need no consent, and the recordings have \
                       none at all; record more, or say --allow-empty";
        return Err(Unusable(message.to_owned()).into());
    }
    let today = Day::of(moment::or_now(args.now)?);
    let plural =
        |count: u64, name: &str| format!("{count} {name}{}", if count == 1 { "" } else { "s" });
    let recordings = plural(u64::try_from(number)?, "recording");
    let entries = total.entries;
    let mut scope = format!("{recordings} with {entries} entries");
    if !args.flash.is_empty() {
        scope = format!("{scope} and {}", plural(u64::try_from(flash)?, "Flash cookie"));
    }
    let findings = audit(&policy, &inventory, today).into_iter().map(Reported::from).collect();
    let report = Report { policy: path.clone(), findings, scope, fail_on: args.fail_on };
    let fails = report.write(args.format)?;
    Ok(if fails { ExitCode::from(FINDINGS) } else { ExitCode::SUCCESS })
}

/// Whether a visit is expected to leave a cookie, whatever is chosen.
fn expects_cookies(policy: &Policy) -> bool {
    let jurisdictions = &policy.site().jurisdictions;
    policy.items().iter().any(|item| {
        let is_exempt = |at: &_| {
            let basis = item.claimed_basis(Some(*at)).effective(Some(*at));
            matches!(basis, Basis::Exempt(_))
        };
        item.is_live() && item.kind == ItemKind::HttpCookie && jurisdictions.iter().all(is_exempt)
    })
}

/// Lists what was seen, where there is no policy to hold it against.
fn list(inventory: &Inventory, format: Format) -> Result<ExitCode> {
    match format {
        Format::Text => {
            for seen in inventory.observations() {
                output::line(line(seen).as_bytes())?;
            }
            for (domain, evidence) in inventory.third_parties() {
                let url = clean(&evidence.url);
                output::line(format!("third party    {domain}  first at {url}").as_bytes())?;
            }
        }
        Format::Json => {
            let seen: Vec<Value> = inventory.observations().map(value).collect();
            let third_parties: Vec<&str> =
                inventory.third_parties().map(|(domain, _)| domain).collect();
            let told: Vec<Value> = inventory
                .told_google()
                .iter()
                .map(|told| {
                    let purposes = told.consent.purposes().into_iter();
                    let purposes: serde_json::Map<String, Value> = purposes
                        .map(|(name, told)| {
                            (name.to_owned(), format!("{told:?}").to_lowercase().into())
                        })
                        .collect();
                    json!({ "phase": phase(told.phase), "told": purposes })
                })
                .collect();
            let document =
                json!({ "observations": seen, "third_parties": third_parties, "google": told });
            output::line(serde_json::to_string_pretty(&document)?.as_bytes())?;
        }
        _ => {
            output::complain("this format is for findings, which need --policy");
            return Ok(ExitCode::from(BAD_USAGE));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn line(seen: &Observation) -> String {
    let Observation { kind, name, domain, lifetime, .. } = seen;
    let lifetime = lifetime.map_or_else(|| "-".to_owned(), |lifetime| lifetime.to_string());
    let party = if seen.is_third_party { " (third party)" } else { "" };
    let phases: Vec<&str> = seen.phases().map(Phase::as_str).collect();
    let name = clean(name);
    format!("{:<14} {name}  {domain}{party}  {lifetime}  {}", kind.as_str(), phases.join(", "))
}

fn value(seen: &Observation) -> Value {
    json!({
        "kind": seen.kind.as_str(),
        "name": seen.name,
        "domain": seen.domain,
        "third_party": seen.is_third_party,
        "lifetime": seen.lifetime.map(|lifetime| lifetime.to_string()),
        "seconds": seen.lifetime.and_then(upheld_cookies::policy::Lifetime::as_seconds),
        "phases": seen.phases().map(phase).collect::<Vec<_>>(),
        "first": seen.evidence().map(|evidence| json!({
            "recording": evidence.recording, "entry": evidence.entry, "url": evidence.url,
        })),
    })
}

const fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::BeforeChoice => "before-choice",
        Phase::Accepted => "accepted",
        Phase::Refused => "refused",
        _ => "withdrawn",
    }
}
