//! What was observed, against what is declared.

use super::beacon::is_advertising;
use super::{Evidence, Inventory, Observation, Phase};
use crate::google_consent::Told;
use crate::lint::{Code, Finding, Severity, lint_removal};
use crate::policy::{Basis, Item, ItemKind, Jurisdiction, Lifetime, Policy, Regime};
use crate::{Day, RequestUrl, UnixSeconds};

/// Lifetimes by date are reckoned from another clock, and so may seem longer.
const TOLERANCE: u64 = 300;

/// A finding about what was observed, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditFinding {
    /// What is wrong.
    pub finding: Finding,
    /// Where it shows; `None` for what does not show at all.
    pub evidence: Option<Evidence>,
}

/// Finds where what was observed is not as declared, or not as the law allows it.
///
/// What the policy puts up with on `today` is left out. See the [module](super) for an example.
#[must_use]
pub fn audit(policy: &Policy, inventory: &Inventory, today: Day) -> Vec<AuditFinding> {
    let mut audit = Audit { policy, inventory, seen: Vec::new(), found: Vec::new() };
    for observation in inventory.observations() {
        audit.check(observation);
    }
    audit.check_google();
    audit.check_third_parties();
    audit.check_never_seen();
    let mut found = audit.found;
    found.retain(|found| {
        let Finding { code, subject, .. } = &found.finding;
        !policy.suppresses(*code, subject.as_deref(), today)
    });
    found
}

struct Audit<'a> {
    policy: &'a Policy,
    inventory: &'a Inventory,
    /// The items that were observed.
    seen: Vec<&'a Item>,
    found: Vec<AuditFinding>,
}

impl Audit<'_> {
    fn add(&mut self, finding: Finding, evidence: Option<&Evidence>) {
        self.found.push(AuditFinding { finding, evidence: evidence.cloned() });
    }

    fn check(&mut self, observation: &Observation) {
        let Some(item) = declared(self.policy, observation) else {
            self.check_undeclared(observation);
            return;
        };
        self.seen.push(item);
        let about = |code, message: String| {
            Finding::new(code, message).about(item.name.as_str(), item.place)
        };
        let name = shown(&observation.name);
        if item.kind == ItemKind::FlashLso {
            let message = format!("{name} is there, and no browser runs Flash; delete it");
            self.add(about(Code::Flash, message), observation.evidence());
            return;
        }
        if !item.is_live() {
            let message = format!("{name} is declared as retired, and is still in use");
            self.add(about(Code::Undeclared, message), observation.evidence());
            return;
        }
        for (phase, evidence) in phases(observation) {
            if let Some((code, message)) = self.breach(item, phase) {
                let message = format!("{name} is {}{message}", verb(observation));
                self.add(about(code, message), Some(evidence));
            }
        }
        //= CJEU C-673/17 Planet49, paragraph 81: no longer than was told
        if let (Some(declared), Some(real)) = (item.lifetime, observation.lifetime)
            && outlives(real, declared)
        {
            let message = format!("{name} stays for {real}, and {declared} is declared");
            self.add(about(Code::OutlivesDeclaration, message), observation.evidence());
        }
        if let Some(message) = self.false_exemption(item, observation) {
            let message = format!("{name} {message}");
            self.add(about(Code::ExemptAdvertising, message), observation.evidence());
        }
        if observation.is_third_party && item.vendor.is_none() {
            let message = format!("{name} is of {}, and no vendor is named", observation.domain);
            self.add(about(Code::UnnamedThirdParty, message), observation.evidence());
        }
        for (header, evidence) in &observation.removals {
            let Ok(url) = RequestUrl::parse(&evidence.url) else { continue };
            let host = url.host().as_str();
            if let Some(finding) = lint_removal(self.policy, host, header, UnixSeconds(0)) {
                self.add(finding, Some(evidence));
            }
        }
    }

    fn check_undeclared(&mut self, observation: &Observation) {
        let evidence = observation.evidence();
        let name = shown(&observation.name);
        let message = match observation.kind {
            // A script is told of by the third party that it comes from.
            ItemKind::Script => return,
            ItemKind::FlashLso => {
                let message = format!("{name} is Flash, which no browser runs");
                let mut finding = Finding::new(Code::Flash, message);
                finding.subject = Some(observation.name.clone());
                return self.add(finding, evidence);
            }
            _ => {
                let when: Vec<&str> = observation.phases().map(Phase::as_str).collect();
                let vendors = self.policy.vendors().iter();
                let vendor = vendors.into_iter().find(|vendor| {
                    vendor.domains.iter().any(|domain| domain.matches(&observation.domain))
                });
                let vendor =
                    vendor.map(|vendor| format!(" of {}", vendor.name)).unwrap_or_default();
                let (verb, when) = (verb(observation), when.join(" and "));
                format!("{name}{vendor} is {verb} {when}, and not declared")
            }
        };
        let mut finding = Finding::new(Code::Undeclared, message);
        finding.subject = Some(observation.name.clone());
        self.add(finding, evidence);
    }

    /// Why an item must not be seen in a phase, in words that follow "is set".
    fn breach(&self, item: &Item, phase: Phase) -> Option<(Code, String)> {
        let at = |is_wanted: &dyn Fn(Basis) -> bool| {
            let all = self.policy.site().jurisdictions.iter();
            let wanted =
                all.filter(|at| is_wanted(item.claimed_basis(Some(**at)).effective(Some(**at))));
            wanted.map(|at| at.as_str()).collect::<Vec<_>>().join(", ")
        };
        let is_beacon = !item.kind.is_stored();
        match phase {
            //= Directive 2002/58/EC, Article 5(3): nothing without consent, but for exceptions
            Phase::BeforeChoice => {
                let places = at(&|basis| basis == Basis::Consent);
                let code = if is_beacon { Code::BeaconBeforeChoice } else { Code::BeforeChoice };
                let message = format!(" before a choice, and needs consent in {places}");
                (!places.is_empty()).then_some((code, message))
            }
            Phase::Refused | Phase::Withdrawn => {
                let ends = |basis| match basis {
                    Basis::Exempt(exemption) => exemption.ends_by_objection(),
                    _ => true,
                };
                let places = at(&ends);
                let when = phase.as_str();
                let message = format!(" {when}, which ends it in {places}");
                (!places.is_empty()).then_some((Code::SurvivesWithdrawal, message))
            }
            Phase::Accepted => None,
        }
    }

    /// What shows that an exception is claimed for what it does not cover.
    fn false_exemption(&self, item: &Item, observation: &Observation) -> Option<String> {
        let strict = self.policy.site().jurisdictions.iter();
        let mut strict = strict.filter(|at| at.regime() != Regime::OptOut);
        let exemption = |at: &Jurisdiction| item.claimed_basis(Some(*at)).effective(Some(*at));
        let basis = strict.find_map(|at| match exemption(at) {
            basis @ Basis::Exempt(_) => Some(basis.as_str()),
            _ => None,
        })?;
        //= WP 194, section 3: what follows people from site to site is not exempt
        let how = if is_advertising(&observation.domain) {
            "belongs to a domain of advertising"
        } else if observation.is_third_party && observation.is_cross_site {
            "is a third party's that pages of other sites send as well"
        } else {
            return None;
        };
        Some(format!("{how}, and {basis} is claimed for it"))
    }

    /// What pages told Google, against what was chosen.
    fn check_google(&mut self) {
        let jurisdictions = &self.policy.site().jurisdictions;
        if jurisdictions.iter().all(|at| at.regime() == Regime::OptOut) {
            return;
        }
        for told in self.inventory.told_google() {
            let code = match told.phase {
                Phase::BeforeChoice => Code::BeforeChoice,
                Phase::Refused | Phase::Withdrawn => Code::SurvivesWithdrawal,
                Phase::Accepted => continue,
            };
            let granted = told.consent.purposes().into_iter();
            let granted = granted.filter(|(_, told)| *told == Told::Granted);
            let granted: Vec<&str> = granted.map(|(name, _)| name).collect();
            if granted.is_empty() {
                continue;
            }
            let (granted, when) = (granted.join(", "), told.phase.as_str());
            let message = format!("Google is told {when} that {granted} is granted");
            let mut finding = Finding::new(code, message);
            finding.subject = Some("Consent Mode".to_owned());
            self.add(finding, Some(&told.evidence));
        }
    }

    //= CJEU C-673/17 Planet49, paragraph 81: whether third parties have access, and by the ICO which
    fn check_third_parties(&mut self) {
        for (domain, evidence) in self.inventory.third_parties() {
            let is_named = self.policy.vendors().iter().any(|vendor| {
                vendor.domains.iter().any(|known| {
                    let known = known.domain();
                    known == domain
                        || known.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
                })
            });
            if is_named {
                continue;
            }
            let does_more = self.inventory.observations().any(|observation| {
                let of = observation.domain.strip_suffix(domain);
                let is_its = of.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
                is_its && observation.kind != ItemKind::Script
            });
            let message =
                format!("{domain} is asked for something, and is no vendor of the policy");
            let mut finding = Finding::new(Code::UnnamedThirdParty, message);
            finding.subject = Some(domain.to_owned());
            if !does_more {
                // It learns the address of the visitor, which the policy may tell elsewhere.
                finding.severity = Severity::Note;
            }
            self.add(finding, Some(evidence));
        }
    }

    fn check_never_seen(&mut self) {
        if !Phase::ALL.into_iter().any(|phase| self.inventory.has_phase(phase)) {
            return;
        }
        for item in self.policy.items() {
            let is_visible = matches!(
                item.kind,
                ItemKind::HttpCookie | ItemKind::JsCookie | ItemKind::Beacon | ItemKind::Script
            );
            // What needs consent shows only after it.
            let needs = |at: &Jurisdiction| {
                item.claimed_basis(Some(*at)).effective(Some(*at)) == Basis::Consent
            };
            let is_due = self.inventory.has_phase(Phase::Accepted)
                || !self.policy.site().jurisdictions.iter().any(needs);
            let is_seen = self.seen.iter().any(|seen| core::ptr::eq(*seen, item));
            if item.is_live() && is_visible && is_due && !is_seen {
                let message = format!("{} is in none of the recordings", shown(item.name.as_str()));
                let finding = Finding::new(Code::NeverObserved, message);
                self.add(finding.about(item.name.as_str(), item.place), None);
            }
        }
    }
}

/// The item that an observation is declared as.
fn declared<'a>(policy: &'a Policy, observation: &Observation) -> Option<&'a Item> {
    let Observation { kind, name, domain, .. } = observation;
    let found = match kind {
        ItemKind::HttpCookie | ItemKind::JsCookie => policy.find_cookie(name.as_bytes(), domain),
        ItemKind::FlashLso => policy.find_item(name.as_bytes(), domain, &[ItemKind::FlashLso]),
        _ => {
            let kinds = [ItemKind::Beacon, ItemKind::EmailPixel, ItemKind::Script];
            policy.find_item(name.as_bytes(), domain, &kinds)
        }
    };
    // A picture in an e-mail is declared by what it is for, and known by its domain.
    let by_domain = || {
        let pixels = policy.items().iter().filter(|item| item.kind == ItemKind::EmailPixel);
        let own_name = |item: &Item| {
            policy
                .find_item(item.name.as_str().as_bytes(), domain, &[ItemKind::EmailPixel])
                .is_some()
        };
        pixels.into_iter().find(|item| own_name(item))
    };
    found.or_else(|| if *kind == ItemKind::EmailPixel { by_domain() } else { None })
}

fn phases(observation: &Observation) -> impl Iterator<Item = (Phase, &Evidence)> {
    Phase::ALL.into_iter().filter_map(|phase| Some((phase, observation.first(phase)?)))
}

fn outlives(real: Lifetime, declared: Lifetime) -> bool {
    match (real, declared) {
        (Lifetime::Seconds(real), Lifetime::Seconds(declared)) => {
            real > declared.saturating_add(TOLERANCE)
        }
        (real, declared) => real > declared,
    }
}

const fn verb(observation: &Observation) -> &'static str {
    match observation.kind {
        ItemKind::HttpCookie => "set",
        ItemKind::JsCookie => "sent",
        ItemKind::Script => "loaded",
        _ => "fired",
    }
}

/// A name for a person to read.
fn shown(name: &str) -> String {
    const LONGEST: usize = 80;
    let clean = name.chars().map(|letter| if letter.is_control() { '\u{FFFD}' } else { letter });
    let mut shown: String = clean.take(LONGEST).collect();
    if name.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}
