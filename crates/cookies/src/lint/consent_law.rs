//! What is wrong with a declaration by the law on access to devices.
//!
//! The rules are those in force on 5 February 2026 (United Kingdom) and on 1 January 2026
//! (California). A finding is a reason to look, and none is no proof of lawfulness.

use crate::UnixSeconds;
use crate::policy::{
    Basis, Exemption, Item, ItemKind, Jurisdiction, Lifetime, Place, Policy, Regime, Status,
    VendorRole,
};
use crate::{Day, PathAttribute, SetCookie};

use super::{Code, Severity};

mod settings;
mod vendors;

/// Thirteen months, in days.
const THIRTEEN_MONTHS: u64 = 396 * DAY;
/// Twenty-five months, in days.
const TWENTY_FIVE_MONTHS: u64 = 762 * DAY;
const DAY: u64 = 86_400;

/// One finding about a declaration or about what was observed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The rule that is broken.
    pub code: Code,
    /// How bad that is here.
    pub severity: Severity,
    /// The item, vendor or way to opt out concerned, by its name in the file.
    pub subject: Option<String>,
    /// Whose law is broken, where it is not that of all.
    pub jurisdiction: Option<Jurisdiction>,
    /// Where in the file it is declared.
    pub place: Option<Place>,
    /// What is wrong, in one sentence.
    pub message: String,
}

impl Finding {
    /// A finding with the rule's own severity.
    #[must_use]
    pub fn new(code: Code, message: String) -> Self {
        let severity = code.rule().severity;
        Self { code, severity, subject: None, jurisdiction: None, place: None, message }
    }

    /// The same about something that is declared.
    #[must_use]
    pub fn about(mut self, subject: &str, place: Place) -> Self {
        self.subject = Some(subject.to_owned());
        self.place = Some(place);
        self
    }

    fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    fn of(self, item: &Item) -> Self {
        self.about(item.name.as_str(), item.place)
    }

    fn under(mut self, jurisdiction: Jurisdiction) -> Self {
        self.jurisdiction = Some(jurisdiction);
        self
    }

    const fn into_warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    const fn into_note(mut self) -> Self {
        self.severity = Severity::Note;
        self
    }
}

/// Finds what a declaration claims or leaves out against the law, in the order of the file.
///
/// What the policy puts up with on `today`, with a reason, is left out.
///
/// ```
/// use upheld_cookies::Day;
/// use upheld_cookies::lint::{Code, lint_policy};
/// use upheld_cookies::policy::Policy;
///
/// let policy = Policy::parse_toml(
///     r#"
///     schema = 1
///     [site]
///     hosts = ["clinic.example"]
///     jurisdictions = ["eea"]
///     updated = "2026-11-23"
///     [[item]]
///     name = "_fbp"
///     kind = "js-cookie"
///     purposes = ["advertising"]
///     lifetime = "90d"
///     basis = "legitimate-interest"
///     "#,
/// )?;
/// let findings = lint_policy(&policy, Day::parse("2026-11-27")?);
/// assert!(findings.iter().any(|finding| finding.code == Code::LegitimateInterest));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn lint_policy(policy: &Policy, today: Day) -> Vec<Finding> {
    let mut findings = lint_whole_policy(policy, today);
    findings.retain(|finding| !policy.suppresses(finding.code, finding.subject.as_deref(), today));
    findings
}

/// Finds the same as [`lint_policy`], with what the policy puts up with: for whoever decides about
/// a policy that somebody else wrote.
#[must_use]
pub fn lint_whole_policy(policy: &Policy, today: Day) -> Vec<Finding> {
    let mut findings = Vec::new();
    settings::check(policy, &mut findings);
    vendors::check(policy, today, &mut findings);
    for item in policy.items() {
        check_item(policy, item, &mut findings);
    }
    findings.sort_by_key(|finding| finding.place);
    findings
}

fn check_item(policy: &Policy, item: &Item, findings: &mut Vec<Finding>) {
    if item.kind == ItemKind::FlashLso && !matches!(item.status, Status::Retired { .. }) {
        let message = "no browser has run Flash since 2021; mark it retired".to_owned();
        findings.push(Finding::new(Code::Flash, message).of(item));
    }
    if !item.is_live() {
        return;
    }
    //= CJEU C-673/17 Planet49, paragraph 81: how long it works, and whether third parties have access
    if item.kind.is_stored() && item.lifetime.is_none() {
        let message = "it does not say how long it stays".to_owned();
        findings.push(Finding::new(Code::NoLifetime, message).of(item));
    }
    let hosts = &policy.site().hosts;
    let is_own = |domain: &str| hosts.iter().any(|host| host.matches(domain));
    let foreign = item.domains.iter().find(|pattern| !is_own(pattern.domain()));
    if let (Some(domain), None) = (foreign, &item.vendor) {
        let message = format!("{domain} is no host of the site, and no vendor is named");
        findings.push(Finding::new(Code::UnnamedThirdParty, message).of(item));
    }
    let mut seen: Vec<(Code, String)> = Vec::new();
    for jurisdiction in &policy.site().jurisdictions {
        for finding in check_basis(policy, item, *jurisdiction) {
            // One message for all places where it is the same.
            let key = (finding.code, finding.message.clone());
            if !seen.contains(&key) {
                seen.push(key);
                findings.push(finding.of(item).under(*jurisdiction));
            }
        }
    }
}

fn check_basis(policy: &Policy, item: &Item, jurisdiction: Jurisdiction) -> Vec<Finding> {
    let regime = jurisdiction.regime();
    let claimed = item.claimed_basis(Some(jurisdiction));
    let exemption = match claimed {
        Basis::LegitimateInterest if regime != Regime::OptOut => {
            let message = "legitimate interest is no ground for access to a device; consent is";
            return vec![Finding::new(Code::LegitimateInterest, message.to_owned())];
        }
        Basis::Exempt(exemption) => exemption,
        _ => return Vec::new(),
    };
    let mut findings = Vec::new();
    let opposed = item.sold_or_shared && regime == Regime::OptOut;
    if opposed {
        let message = "it is sold or shared and claims an exception, so that Global Privacy Control \
                       does not stop it";
        findings.push(Finding::new(Code::GpcIgnored, message.to_owned()));
    }
    if !exemption.exists_under(regime) {
        let message = format!("the law there has no exception for {}", claimed.as_str());
        findings.push(Finding::new(Code::ExemptAdvertising, message));
        return findings;
    }
    if regime != Regime::OptOut {
        findings.extend(check_purposes(policy, item, exemption));
        findings.extend(check_conditions(policy, item, exemption, regime));
    }
    findings
}

/// Whether the exception covers the purposes: none of them, or only some.
fn check_purposes(policy: &Policy, item: &Item, exemption: Exemption) -> Option<Finding> {
    let word = Basis::Exempt(exemption).as_str();
    let others = policy.purposes_of(item).filter(|purpose| !exemption.covers(purpose.kind));
    let others: Vec<&str> = others.map(|purpose| &*purpose.id).collect();
    if others.is_empty() {
        return None;
    }
    let others_text = others.join(", ");
    //= WP 194, section 3: what serves several purposes is exempt only if each of them is
    if others.len() < item.purposes.len() {
        let message = format!("{word} does not cover its other purpose, {others_text}");
        return Some(Finding::new(Code::SeveralPurposes, message));
    }
    let message = format!("{word} does not cover {others_text}");
    Some(Finding::new(Code::ExemptAdvertising, message))
}

fn check_conditions(
    policy: &Policy,
    item: &Item,
    exemption: Exemption,
    regime: Regime,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !exemption.ends_by_objection() {
        return findings;
    }
    let vendor = policy.vendor_of(item);
    let is_for_others =
        vendor.is_some_and(|vendor| vendor.role != VendorRole::Processor) || item.sold_or_shared;
    if regime == Regime::Pecr {
        let mut add = |message: &str| {
            findings.push(Finding::new(Code::ConditionsOfException, message.to_owned()));
        };
        //= PECR, Schedule A1 paragraphs 5 and 6: a simple means of objecting, free of charge
        if item.objection.is_none() && policy.consent().settings_url.is_none() {
            add("it does not say where a person can object");
        }
        //= PECR, Schedule A1 paragraph 5: not shared but with those who help
        //= PECR, Schedule A1 paragraph 6: the sole purpose is the appearance or the functions
        if is_for_others && exemption == Exemption::Statistics {
            add("what it collects goes to others than a processor");
        } else if is_for_others {
            add("what others than a processor do with it is another purpose than the appearance");
        }
        if exemption == Exemption::Statistics && !item.aggregate_only {
            add("statistics are exempt as numbers about all; say aggregate_only if it is so");
        }
    }
    if regime == Regime::EPrivacyFrance {
        let mut add = |message: &str| {
            findings.push(Finding::new(Code::FrenchStatistics, message.to_owned()));
        };
        let exceeds = |lifetime: Option<Lifetime>, most| match lifetime {
            Some(Lifetime::Seconds(seconds)) => seconds > most,
            Some(Lifetime::UntilDeleted) | None => true,
            Some(Lifetime::Session) => false,
        };
        //= CNIL, délibération 2020-091: thirteen months on the device, twenty-five months of data
        if item.kind.is_stored() && exceeds(item.lifetime, THIRTEEN_MONTHS) {
            add("it stays longer than 13 months");
        }
        if exceeds(item.retention, TWENTY_FIVE_MONTHS) {
            add("its data must be kept no longer than 25 months, and the file must say so");
        }
        if item.refreshes {
            add("its lifetime must not begin anew with every visit");
        }
        if is_for_others {
            add("it must serve the publisher alone");
        }
    }
    findings
}

/// Finds what is wrong with `/.well-known/gpc.json`, if the policy says that there is one.
///
/// `None` is a file that could not be had.
///
/// ```
/// use upheld_cookies::lint::{Code, lint_gpc_file};
/// use upheld_cookies::policy::Policy;
///
/// let text = "schema = 1\nsite = { hosts = ['a.example'], jurisdictions = ['us-ca'], \
///             updated = '2026-01-01' }\nsignals = { gpc_file = true }";
/// let policy = Policy::parse_toml(text)?;
/// assert_eq!(lint_gpc_file(&policy, None).map(|found| found.code), Some(Code::GpcFile));
/// assert_eq!(lint_gpc_file(&policy, Some(br#"{"gpc": true}"#)), None);
/// # Ok::<(), upheld_cookies::policy::PolicyError>(())
/// ```
///
/// # Source
///
/// W3C, Global Privacy Control, GPC Support Resource.
#[must_use]
pub fn lint_gpc_file(policy: &Policy, file: Option<&[u8]>) -> Option<Finding> {
    if !policy.signals().gpc_file {
        return None;
    }
    let message = match file.map(crate::signals::GpcFile::parse) {
        None => "the file could not be had".to_owned(),
        Some(Err(error)) => error.to_string(),
        Some(Ok(file)) if file.gpc => return None,
        Some(Ok(_)) => "the file says that the signal is not heeded".to_owned(),
    };
    Some(Finding::new(Code::GpcFile, message).at(policy.signals().place))
}

/// Finds a `Set-Cookie` field that means to remove a declared cookie and misses it.
///
/// `host` is the one that sends it, in lower case.
#[must_use]
pub fn lint_removal(
    policy: &Policy,
    host: &str,
    header: &[u8],
    now: UnixSeconds,
) -> Option<Finding> {
    let cookie = SetCookie::parse(header).ok()?;
    if cookie.expiry(now).is_none_or(|end| end > now) {
        return None;
    }
    let domain = cookie.domain().and_then(|domain| str::from_utf8(domain).ok());
    let domain = domain.map(str::to_ascii_lowercase);
    let item = policy.find_cookie(cookie.name(), domain.as_deref().unwrap_or(host))?;
    //= RFC 6265bis §5.7: what is replaced has the same name, domain, host-only flag and path
    let path = match cookie.path() {
        PathAttribute::Path(path) => path,
        _ => b"",
    };
    let is_declared_path = if item.paths.is_empty() {
        path == b"/"
    } else {
        item.paths.iter().any(|declared| declared.as_bytes() == path)
    };
    let message = if !is_declared_path {
        "the Path of the removal is none under which the cookie is declared"
    } else if crate::Prefix::of(cookie.name()).is_some() && !cookie.is_secure() {
        "the removal lacks Secure, which the prefix of the name needs"
    } else if item.partitioned && !cookie.is_partitioned() {
        "the removal lacks Partitioned, so that it does not concern the partitioned cookie"
    } else {
        return None;
    };
    Some(Finding::new(Code::RemovalMisses, message.to_owned()).of(item))
}
