//! The tables about the site as a whole: laws, banner, how long a choice lasts.

use super::{DAY, Finding, THIRTEEN_MONTHS};
use crate::lint::Code;
use crate::policy::{Basis, Jurisdiction, Policy, Regime, RejectPlace, Withdrawal};

/// Six months, in seconds: half of 365 days, less a day.
const SIX_MONTHS: u64 = 181 * DAY;
const HALF_A_YEAR: u64 = 184 * DAY;

/// Laws that were replaced, in small letters without commas, and by what.
const REPLACED: [(&str, &str); 6] = [
    ("data protection act 1998", "the UK GDPR and the Data Protection Act 2018"),
    ("dpa 1998", "the UK GDPR and the Data Protection Act 2018"),
    ("data protection act 1984", "the UK GDPR and the Data Protection Act 2018"),
    ("95/46/ec", "the GDPR"),
    ("privacy shield", "the EU-US Data Privacy Framework"),
    ("safe harbor", "the EU-US Data Privacy Framework"),
];

pub(super) fn check(policy: &Policy, findings: &mut Vec<Finding>) {
    check_statutes(policy, findings);
    if !asks(policy) {
        return;
    }
    check_consent(policy, findings);
    check_banner(policy, findings);
}

/// Whether there is something that people are asked about before it happens.
fn asks(policy: &Policy) -> bool {
    let needs = |jurisdiction: &Jurisdiction| {
        policy.items().iter().filter(|item| item.is_live()).any(|item| {
            let claimed = item.claimed_basis(Some(*jurisdiction));
            claimed.effective(Some(*jurisdiction)) == Basis::Consent
        })
    };
    let asked = policy.site().jurisdictions.iter();
    asked.filter(|jurisdiction| jurisdiction.regime() != Regime::OptOut).any(needs)
}

fn check_statutes(policy: &Policy, findings: &mut Vec<Finding>) {
    for statute in &policy.site().statutes {
        let name = statute.to_lowercase().replace(',', "");
        let replaced = REPLACED.iter().find(|(old, _)| name.contains(old));
        if let Some((_, new)) = replaced {
            let message = format!("`{statute}` was replaced by {new}");
            findings.push(Finding::new(Code::OutdatedStatute, message).at(policy.site().place));
        }
    }
}

fn check_consent(policy: &Policy, findings: &mut Vec<Finding>) {
    let consent = policy.consent();
    let mut add = |finding: Finding| findings.push(finding.at(consent.place));
    //= TCF Policies, chapter II: people are asked again at least every thirteen months
    if consent.valid_for > THIRTEEN_MONTHS {
        let message = "consent is relied on for more than 13 months".to_owned();
        add(Finding::new(Code::StaleConsent, message));
    } else if consent.valid_for > HALF_A_YEAR {
        let message = "consent is relied on for more than 6 months, which the CNIL advises";
        add(Finding::new(Code::StaleConsent, message.to_owned()).into_note());
    }
    //= CNIL, délibération 2020-092: a refusal is remembered for as long as a consent
    if consent.ask_again_after < SIX_MONTHS {
        let message = "people who refused are asked again within 6 months".to_owned();
        add(Finding::new(Code::AskedTooSoon, message));
    }
}

//= EDPB Cookie Banner Taskforce, section 1: refusing on the first layer, of the same weight, nothing ticked
//= GDPR, Article 7(3): as easy to withdraw as to give
fn check_banner(policy: &Policy, findings: &mut Vec<Finding>) {
    let Some(banner) = policy.banner() else {
        let message = "something needs consent, and no [banner] says how people are asked";
        let finding = Finding::new(Code::UnfairBanner, message.to_owned());
        findings.push(finding.at(policy.site().place));
        return;
    };
    let mut unfair = |is_so: bool, message: &str| {
        if is_so {
            let finding = Finding::new(Code::UnfairBanner, message.to_owned());
            findings.push(finding.at(banner.place));
        }
    };
    let reject = banner.reject;
    unfair(reject == RejectPlace::LaterLayer, "refusing takes another click than accepting");
    unfair(reject == RejectPlace::Nowhere, "there is no way to refuse");
    unfair(!banner.equal_weight, "refusing does not have the weight of accepting");
    unfair(!banner.preselected.is_empty(), "purposes are ticked before anybody chose");
    unfair(banner.wall, "the site cannot be used without accepting");
    unfair(banner.close_accepts, "closing the banner counts as accepting");
    let message = match banner.withdrawal {
        Withdrawal::EveryPage if policy.consent().settings_url.is_none() => {
            "settings_url does not say where a choice is changed"
        }
        Withdrawal::EveryPage => return,
        Withdrawal::PolicyPage => "the way back leads over the policy; put a link on every page",
        Withdrawal::OnRequest => "who withdraws has to write; put a link on every page",
        Withdrawal::Nowhere => "there is no way to withdraw",
    };
    findings.push(Finding::new(Code::HardWithdrawal, message.to_owned()).at(banner.place));
}
