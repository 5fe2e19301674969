//! What the portal stores on devices: the declaration in force, the keys of the cookie that keeps a
//! choice, and the gate that lets nothing else leave.

mod keys;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use axum::http::header::HeaderValue;
use axum::http::request::Parts;
use upheld_cookies::consent_cookie::ConsentKeyError;
use upheld_cookies::policy::{DomainPattern, Item, Jurisdiction, Policy};
use upheld_cookies::{Choice, Day, Decider, Visit};
use upheld_cookies_tower::{Consent, Event, Gate, GateError};
use upheld_store::keys::SharedKeys;

use crate::clock::{Clock, Moment};
use crate::declaration::{self, Declaration, DeclarationError};
use crate::observe::Metrics;
use crate::site::Site;
use keys::CookieKeys;

/// The cookie of the advertisement for trying out.
pub(crate) const ADVERT_COOKIE: &str = "__Host-demo-ad";
/// For how long it is set.
pub(crate) const ADVERT_SECONDS: u32 = 30 * 24 * 60 * 60;

/// Why the cookies of the portal are not declared.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CookiesError {
    #[error(transparent)]
    Declaration(#[from] DeclarationError),
    #[error(transparent)]
    Gate(#[from] GateError),
    #[error(transparent)]
    Key(#[from] ConsentKeyError),
}

/// What the portal stores on devices by the newest declaration, on this node. Clones are one: what is
/// put in force is so for all.
#[derive(Clone, Debug)]
pub(crate) struct SharedCookies {
    newest: Arc<RwLock<Arc<Declaration>>>,
    /// Whether there is a newer one that cannot be followed.
    is_behind: Arc<AtomicBool>,
    /// Those at which the portal is found; none leave those of the declaration.
    hosts: Arc<[DomainPattern]>,
    /// The newest for these hosts.
    here: Arc<Mutex<Cookies>>,
}

impl SharedCookies {
    /// By the program's own declaration.
    pub(crate) fn built_in(
        keys: SharedKeys,
        jurisdiction: Option<Jurisdiction>,
        has_advert: bool,
    ) -> Result<Self, CookiesError> {
        let declaration = Declaration::built_in(has_advert)?;
        let policy = Arc::new(declaration.policy().clone());
        let (declaration, keys) = (Arc::new(declaration), Arc::new(CookieKeys::of(keys)?));
        let cookies = Cookies { declaration, policy, keys, jurisdiction, has_advert };
        Ok(Self {
            newest: Arc::new(RwLock::new(Arc::clone(&cookies.declaration))),
            is_behind: Arc::default(),
            hosts: Arc::from([]),
            here: Arc::new(Mutex::new(cookies)),
        })
    }

    /// The same for the hosts at which the portal is found.
    pub(crate) fn at(&self, site: &Site) -> Self {
        let hosts: Arc<[_]> = site.hosts().filter_map(DomainPattern::parse).collect();
        let here = self.current().by(self.in_force(), &hosts);
        Self { hosts, here: Arc::new(Mutex::new(here)), ..self.clone() }
    }

    /// As things stand at this moment. Whoever answers a request asks once.
    pub(crate) fn current(&self) -> Cookies {
        let newest = self.in_force();
        let mut here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        if !Arc::ptr_eq(&here.declaration, &newest) {
            *here = here.clone().by(newest, &self.hosts);
        }
        here.clone()
    }

    /// The hosts at which the portal is found.
    pub(crate) fn hosts(&self) -> &[DomainPattern] {
        &self.hosts
    }

    /// The declaration in force.
    pub(crate) fn in_force(&self) -> Arc<Declaration> {
        Arc::clone(&self.newest.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Goes by this one from now on, unless a newer one is in force.
    pub(crate) fn put_in_force(&self, declaration: Declaration) {
        let mut newest = self.newest.write().unwrap_or_else(PoisonError::into_inner);
        if newest.number() <= declaration.number() {
            *newest = Arc::new(declaration);
        }
    }

    /// What the program declares by itself.
    pub(crate) fn built_in_text(&self) -> String {
        declaration::built_in_text(self.current().has_advert)
    }

    pub(crate) fn set_behind(&self, is_behind: bool) {
        self.is_behind.store(is_behind, Ordering::Relaxed);
    }

    /// Whether this node goes by an older declaration than others do.
    pub(crate) fn is_behind(&self) -> bool {
        self.is_behind.load(Ordering::Relaxed)
    }

    /// What stands before every response.
    pub(crate) fn gate(&self, clock: Clock, metrics: Metrics) -> Result<Gate, CookiesError> {
        let first = self.current();
        let (keys, jurisdiction) = (Arc::clone(&first.keys), first.jurisdiction);
        let now = move || clock.now().to_cookie_time();
        let gate = Gate::new(Arc::clone(&first.policy), keys.current(), now)?;
        let shared = self.clone();
        // By the one that the handlers find with the request.
        let policy = move |parts: &Parts| {
            let cookies = parts.extensions.get::<Cookies>();
            cookies.map_or_else(|| shared.current().policy, |it| Arc::clone(&it.policy))
        };
        Ok(gate
            .with_policy(policy)
            .with_keys(move || keys.current())
            .with_jurisdiction(move |_| jurisdiction)
            .on_event(move |event| write_down(&metrics, event)))
    }
}

/// What the portal stores on devices, and whose law it follows, for one request. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Cookies {
    declaration: Arc<Declaration>,
    /// That of the declaration, at the hosts of the portal.
    policy: Arc<Policy>,
    keys: Arc<CookieKeys>,
    jurisdiction: Option<Jurisdiction>,
    has_advert: bool,
}

impl Cookies {
    /// The same by another declaration, or at other hosts.
    fn by(self, declaration: Arc<Declaration>, hosts: &[DomainPattern]) -> Self {
        let policy = Arc::new(declaration.policy().clone().with_hosts(hosts.to_vec()));
        Self { declaration, policy, ..self }
    }

    pub(crate) fn policy(&self) -> &Policy {
        &self.policy
    }

    pub(crate) fn declaration(&self) -> &Declaration {
        &self.declaration
    }

    /// Whether there is an advertisement, and an advertiser to play.
    pub(crate) const fn has_advert(&self) -> bool {
        self.has_advert
    }

    /// Whether everything of a purpose is allowed at this moment.
    pub(crate) fn is_allowed(&self, visit: &Visit<'_>, purpose: &str) -> bool {
        self.allows_all(visit, |item| item.purposes.iter().any(|id| id == purpose))
    }

    /// Whether the advertisement may be on a page.
    pub(crate) fn releases_advert(&self, visit: &Visit<'_>) -> bool {
        self.has_advert && self.allows_all(visit, Item::is_advertising)
    }

    /// Whether there are such items, and each is allowed.
    fn allows_all(&self, visit: &Visit<'_>, is_meant: impl Fn(&Item) -> bool) -> bool {
        let decider = Decider::new(&self.policy, visit, "");
        let mut meant = self.policy.items().iter().filter(|item| is_meant(item)).peekable();
        meant.peek().is_some() && meant.all(|item| decider.decide_item(item).is_allowed())
    }

    /// Whether a purpose would be used by a choice alone, and a signal of the browser forbids it.
    pub(crate) fn is_overruled(&self, consent: &Consent, choice: &Choice, purpose: &str) -> bool {
        let visit = consent.visit().with_choice(*choice);
        let silent = Visit::new(visit.jurisdiction(), visit.now()).with_choice(*choice);
        self.is_allowed(&silent, purpose) && !self.is_allowed(&visit, purpose)
    }

    /// The cookie that keeps a refusal until the browser is closed; `None` as for [`Self::to_keep`].
    pub(crate) fn to_lend(&self, refusal: &Choice, consent: &Consent) -> Option<HeaderValue> {
        let value = self.keys.current().write(&self.policy, consent.host()?, refusal)?;
        let name = &self.policy.consent().cookie;
        let field = format!("{name}={value}; Path=/; Secure; SameSite=Lax; HttpOnly");
        HeaderValue::from_str(&field).ok()
    }

    /// The cookie that keeps a choice, for who sent a request; `None` at a host that is not ours.
    pub(crate) fn to_keep(&self, choice: &Choice, consent: &Consent) -> Option<HeaderValue> {
        let keys = self.keys.current();
        let field = keys.set_cookie(&self.policy, consent.host()?, choice, false)?;
        HeaderValue::from_str(&field).ok()
    }
}

/// The day of a moment, as pages about cookies have it.
pub(crate) fn day_of(moment: Moment) -> Day {
    Day::of(moment.to_cookie_time())
}

/// Counts what was kept back, and tells of what nobody declared: names are known, values never.
fn write_down(metrics: &Metrics, event: &Event<'_>) {
    if matches!(event, Event::Undeclared { .. }) {
        tracing::error!(%event, "declare it");
    }
    metrics.cookies(event);
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
pub(crate) mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    use upheld_cookies::Day;
    use upheld_cookies::lint::lint_policy;
    use upheld_cookies::policy::{ItemKind, Lifetime, Policy};
    use upheld_cookies::publish::PolicyPage;

    use super::{ADVERT_COOKIE, ADVERT_SECONDS};
    use crate::browsers::KNOWN_SECONDS;
    use crate::declaration::built_in_text;
    use crate::sign_in::PENDING_SECONDS;

    /// The declaration as it is.
    pub(crate) fn declared(has_advert: bool) -> Policy {
        Policy::parse_toml(&built_in_text(has_advert)).unwrap()
    }

    /// What pages about cookies say, but for names.
    pub(crate) fn texts() -> BTreeSet<String> {
        let said = RefCell::new(BTreeSet::new());
        for has_advert in [false, true] {
            let policy = Policy::parse_toml(&built_in_text(has_advert)).unwrap();
            let page = PolicyPage::new(&policy, Day::parse("2026-11-27").unwrap());
            let say = |english: &str| {
                said.borrow_mut().insert(english.to_owned());
                None
            };
            drop((page.html_fragment_in("de", &say), page.html_opt_out_in("de", &say)));
            let mut said = said.borrow_mut();
            for purpose in policy.purposes() {
                said.extend([purpose.name.clone(), purpose.description.clone()]);
            }
            let site = policy.site();
            let names = [Some(&site.name), site.controller.as_ref(), site.contact.as_ref()];
            let vendors = policy.vendors().iter().map(|vendor| &vendor.name);
            for name in names.into_iter().flatten().chain(&site.statutes).chain(vendors) {
                said.remove(name);
            }
            said.remove(",");
        }
        said.into_inner()
    }

    #[test]
    fn the_declaration_has_no_faults_under_its_own_rules() {
        for has_advert in [false, true] {
            let policy = Policy::parse_toml(&built_in_text(has_advert)).unwrap();
            assert_eq!(lint_policy(&policy, Day::parse("2026-11-27").unwrap()), []);
            assert!(policy.suppressions().is_empty());
            assert_eq!(policy.items().len(), if has_advert { 8 } else { 6 });
        }
    }

    #[test]
    fn cookies_live_as_long_as_is_declared() {
        let policy = Policy::parse_toml(&built_in_text(true)).unwrap();
        let lifetime = |name: &str| {
            let item =
                policy.find_item(name.as_bytes(), "northside.example", &[ItemKind::HttpCookie]);
            item.unwrap().lifetime.and_then(Lifetime::as_seconds).unwrap()
        };
        assert_eq!(lifetime("__Host-browser"), u64::try_from(KNOWN_SECONDS).unwrap());
        assert_eq!(lifetime("__Host-login"), u64::try_from(PENDING_SECONDS).unwrap());
        assert_eq!(lifetime(ADVERT_COOKIE), u64::from(ADVERT_SECONDS));
        assert_eq!(lifetime("__Host-consent"), policy.consent().valid_for);
    }
}
