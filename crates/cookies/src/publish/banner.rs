//! What a consent banner needs to know, and the same for two libraries that draw one.

mod cookieconsent;
mod klaro;
mod script;

use serde::Serialize;

use super::json;
use crate::PurposeSet;
use crate::policy::{Item, NamePattern, Policy, Purpose};

/// The configuration of a consent banner: one category to each purpose.
///
/// A banner made of it is as the law wants it: accepting and refusing stand on the first layer with
/// the same weight, nothing is ticked before anybody chose, and closing is no consent. The
/// declaration cannot ask for anything else.
///
/// ```
/// use upheld_cookies::policy::Policy;
/// use upheld_cookies::publish::BannerConfig;
///
/// let policy = Policy::parse_toml(
///     r#"
///     schema = 1
///     [site]
///     hosts = ["clinic.example"]
///     jurisdictions = ["eea"]
///     updated = "2026-11-23"
///     [[item]]
///     name = "visits_*"
///     kind = "js-cookie"
///     purposes = ["statistics"]
///     lifetime = "30d"
///     "#,
/// )?;
/// let banner = BannerConfig::of(&policy);
/// assert!(!banner.categories[0].required);
/// assert!(banner.to_cookieconsent().contains(r#"new RegExp("^visits_.*$")"#));
/// assert!(banner.to_klaro().starts_with("var klaroConfig = {"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Source
///
/// EDPB, Report of the work undertaken by the Cookie Banner Taskforce, 17 January 2023.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BannerConfig {
    /// The version of this form, 1.
    pub version: u32,
    /// Changes when people have to be asked again: [`Policy::fingerprint`] in hexadecimal digits.
    pub revision: String,
    /// The language of what the declaration says. The texts of the banner are English.
    pub language: String,
    /// The cookie that keeps the choice.
    pub cookie: ChoiceCookie,
    /// Where the policy is.
    pub policy_url: Option<String>,
    /// How many companies take part.
    pub companies: usize,
    /// What it says.
    pub texts: BannerTexts,
    /// The buttons of the first layer, all of the same weight.
    pub first_layer: [&'static str; 3],
    /// The categories: what nobody can do without first, and advertising last.
    pub categories: Vec<BannerCategory>,
}

/// The cookie that keeps the choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ChoiceCookie {
    /// Its name.
    pub name: String,
    /// For how many days, at least one.
    pub days: u64,
}

/// What a banner says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BannerTexts {
    /// What the whole is called, for those who do not see it.
    pub label: &'static str,
    /// The heading.
    pub title: &'static str,
    /// What is asked.
    pub description: &'static str,
    /// The button that accepts everything.
    pub accept: &'static str,
    /// The button that refuses everything that can be refused.
    pub reject: &'static str,
    /// The button that leads to the second layer.
    pub settings: &'static str,
    /// The button that saves the choices of the second layer.
    pub save: &'static str,
    /// What closing is called.
    pub close: &'static str,
    /// The link to the policy.
    pub policy: &'static str,
    /// The heading of a column: names.
    pub name: &'static str,
    /// The heading of a column: companies.
    pub whose: &'static str,
    /// The heading of a column: times.
    pub kept_for: &'static str,
}

/// What people agree to or refuse as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BannerCategory {
    /// The purpose by its name in the file.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// What is done.
    pub description: String,
    /// Whether there is nothing to choose.
    pub required: bool,
    /// What it covers.
    pub items: Vec<BannerItem>,
}

/// A thing that a category covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BannerItem {
    /// Its name, or the pattern of its names.
    pub name: String,
    /// A regular expression for its names, if there are several.
    pub pattern: Option<String>,
    /// What it is.
    pub kind: &'static str,
    /// Whose it is; `None` is the site itself.
    pub company: Option<String>,
    /// How long it stays.
    pub kept_for: Option<String>,
    /// The domains of the site for which it is set.
    pub domains: Vec<String>,
    /// The paths for which it is set.
    pub paths: Vec<String>,
    /// Whether a script of the site removes it when the category is refused.
    pub removable: bool,
}

const TEXTS: BannerTexts = BannerTexts {
    label: "Cookie choices",
    title: "Your choice about cookies",
    description: "Some cookies are needed for what you ask for. For all others we ask you first. You \
                  can change your choice at any time.",
    accept: "Accept all",
    reject: "Reject all",
    settings: "Choose",
    save: "Save my choice",
    close: "Close without choosing",
    policy: "Cookie policy",
    name: "Name",
    whose: "Whose",
    kept_for: "Kept for",
};

impl BannerConfig {
    /// The configuration that follows from a declaration.
    #[must_use]
    pub fn of(policy: &Policy) -> Self {
        let choosable = policy.choosable();
        let categories = policy.purposes_in_order().into_iter().filter_map(|purpose| {
            let place = policy.place_of_purpose(&purpose.id)?;
            let is_required = !choosable.contains(PurposeSet::EMPTY.with(place));
            category(policy, purpose, is_required)
        });
        let fingerprint = policy.fingerprint();
        Self {
            version: 1,
            revision: fingerprint.to_string(),
            language: policy.language().to_owned(),
            cookie: ChoiceCookie {
                name: policy.consent().cookie.clone(),
                days: policy.consent().valid_for.div_euclid(86_400).max(1),
            },
            policy_url: policy.site().policy_url.clone(),
            companies: policy.vendors().len(),
            texts: TEXTS,
            //= EDPB Cookie Banner Taskforce, paragraph 8: refusing stands where accepting does
            first_layer: ["accept", "reject", "settings"],
            categories: categories.collect(),
        }
    }

    /// As JSON, for a banner of your own. Safe within a `<script type="application/json">`.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::text(self)
    }

    /// As a script that sets `cookieConsentConfig`, for `CookieConsent.run` of orestbida's
    /// cookieconsent, version 3.
    ///
    /// The library writes the choice into the declared cookie in a form of its own, without a MAC:
    /// [`consent_cookie`](crate::consent_cookie) does not read it. Use one or the other.
    #[must_use]
    pub fn to_cookieconsent(&self) -> String {
        cookieconsent::script(self)
    }

    /// As a script that sets `klaroConfig`, for Klaro 0.7.
    ///
    /// Klaro sets its cookie without `Secure`, so that user agents drop it under a name with
    /// `__Host-`. The cookie has the name without that: declare it too.
    #[must_use]
    pub fn to_klaro(&self) -> String {
        klaro::script(self)
    }

    /// A number that changes with the revision, and is not zero.
    fn revision_number(&self) -> u64 {
        let digits = self.revision.get(..8).unwrap_or_default();
        u64::from_str_radix(digits, 16).unwrap_or_default().max(1)
    }
}

impl BannerItem {
    /// Every path with every domain, or with none for the host alone.
    fn variants(&self) -> Vec<(&str, Option<&str>)> {
        let paths = if self.paths.is_empty() { vec!["/"] } else { texts(&self.paths) };
        let domains: Vec<Option<&str>> = if self.domains.is_empty() {
            vec![None]
        } else {
            texts(&self.domains).into_iter().map(Some).collect()
        };
        let each = |path| domains.iter().map(move |domain| (path, *domain));
        paths.into_iter().flat_map(each).collect()
    }
}

fn texts(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

fn category(policy: &Policy, purpose: &Purpose, required: bool) -> Option<BannerCategory> {
    let is_of_it = |item: &&Item| item.is_live() && item.purposes.contains(&purpose.id);
    let items: Vec<_> =
        policy.items().iter().filter(is_of_it).map(|item| banner_item(policy, item)).collect();
    let is_used = !items.is_empty();
    is_used.then(|| BannerCategory {
        id: purpose.id.clone(),
        name: purpose.name.clone(),
        description: purpose.description.clone(),
        required,
        items,
    })
}

fn banner_item(policy: &Policy, item: &Item) -> BannerItem {
    let hosts = &policy.site().hosts;
    let is_of_site = |domain: &str| {
        let is_above =
            |host: &str| host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
        hosts.iter().any(|host| host.matches(domain) || is_above(host.domain()))
    };
    let domains = item.domains.iter().map(crate::policy::DomainPattern::domain);
    let domains: Vec<String> =
        domains.filter(|domain| is_of_site(domain)).map(ToOwned::to_owned).collect();
    let is_reachable = item.domains.is_empty() || !domains.is_empty();
    BannerItem {
        name: item.name.as_str().to_owned(),
        pattern: (!item.name.is_exact()).then(|| expression(&item.name)),
        kind: item.kind.as_str(),
        company: policy.vendor_of(item).map(|vendor| vendor.name.clone()),
        kept_for: item.lifetime.map(|lifetime| lifetime.to_string()),
        domains,
        paths: item.paths.clone(),
        removable: item.is_cookie() && policy.is_choosable(item) && is_reachable,
    }
}

/// A regular expression of JavaScript for exactly the names of a pattern.
fn expression(name: &NamePattern) -> String {
    let mut expression = String::from("^");
    for letter in name.as_str().chars() {
        match letter {
            '*' => expression.push_str(".*"),
            '.' | '+' | '?' | '^' | '$' | '{' | '}' | '(' | ')' | '|' | '[' | ']' | '\\' | '/' => {
                expression.push('\\');
                expression.push(letter);
            }
            other => expression.push(other),
        }
    }
    expression.push('$');
    expression
}
