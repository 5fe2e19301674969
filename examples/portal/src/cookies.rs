//! What the portal stores on devices: the declaration, the keys of the cookie that keeps a choice,
//! and the gate that lets nothing else leave.

use std::sync::{Arc, Mutex, PoisonError};

use axum::http::header::HeaderValue;
use upheld_cookies::consent_cookie::{ConsentKey, ConsentKeyError, ConsentKeys};
use upheld_cookies::policy::{DomainPattern, Item, Jurisdiction, Policy, PolicyError};
use upheld_cookies::{Choice, Day, Decider, Visit};
use upheld_cookies_tower::{Consent, Event, Gate, GateError};
use upheld_store::keys::{KeyId, KeyRing, SharedKeys};

use crate::clock::{Clock, Moment};
use crate::cookie_notice::optional;
use crate::observe::Metrics;
use crate::site::Site;

/// What is declared wherever the portal runs.
const DECLARED: &str = include_str!("../cookies/cookies.toml");
/// What is declared beside it where there is an advertisement for trying out.
const ADVERTISING: &str = include_str!("../cookies/advertising.toml");
/// The cookie of that advertisement.
pub(crate) const ADVERT_COOKIE: &str = "__Host-demo-ad";
/// For how long it is set.
pub(crate) const ADVERT_SECONDS: u32 = 30 * 24 * 60 * 60;
/// What the key of the consent cookie is derived for.
const KEY_PURPOSE: &str = "portal consent cookie";

/// Why the cookies of the portal are not declared.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CookiesError {
    #[error("the declaration of cookies cannot be read: {0}")]
    Policy(#[from] PolicyError),
    #[error(
        "the declaration of cookies is of {updated}, and today is {today}: nobody can be asked about \
         it before its day"
    )]
    Ahead { updated: Day, today: Day },
    #[error(transparent)]
    Gate(#[from] GateError),
    #[error(transparent)]
    Key(#[from] ConsentKeyError),
}

/// What the portal stores on devices, and whose law it follows. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Cookies {
    policy: Arc<Policy>,
    keys: Arc<CookieKeys>,
    jurisdiction: Option<Jurisdiction>,
    has_advert: bool,
}

impl Cookies {
    /// Reads the declaration, whose day has come where it asks anything.
    pub(crate) fn declare(
        keys: SharedKeys,
        jurisdiction: Option<Jurisdiction>,
        has_advert: bool,
        today: Day,
    ) -> Result<Self, CookiesError> {
        let policy = Policy::parse_toml(&declaration(has_advert))?;
        let updated = policy.site().updated;
        if updated > today && !optional(&policy).is_empty() {
            return Err(CookiesError::Ahead { updated, today });
        }
        let keys = Arc::new(CookieKeys::of(keys)?);
        Ok(Self { policy: Arc::new(policy), keys, jurisdiction, has_advert })
    }

    /// The same for the hosts at which the portal is found.
    pub(crate) fn at(&self, site: &Site) -> Self {
        let hosts = site.hosts().filter_map(DomainPattern::parse).collect();
        let policy = Arc::new((*self.policy).clone().with_hosts(hosts));
        Self { policy, ..self.clone() }
    }

    /// What stands before every response.
    pub(crate) fn gate(&self, clock: Clock, metrics: Metrics) -> Result<Gate, CookiesError> {
        let (keys, jurisdiction) = (Arc::clone(&self.keys), self.jurisdiction);
        let now = move || clock.now().to_cookie_time();
        let gate = Gate::new(Arc::clone(&self.policy), keys.current(), now)?;
        Ok(gate
            .with_keys(move || keys.current())
            .with_jurisdiction(move |_| jurisdiction)
            .on_event(move |event| write_down(&metrics, event)))
    }

    pub(crate) fn policy(&self) -> &Policy {
        &self.policy
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

/// The declaration as it is read.
fn declaration(has_advert: bool) -> String {
    [DECLARED, if has_advert { ADVERTISING } else { "" }].concat()
}

/// The day of a moment, as pages about cookies have it.
pub(crate) fn day_of(moment: Moment) -> Day {
    Day::of(moment.to_cookie_time())
}

/// Counts what was kept back, and tells of what nobody declared: names are known, values never.
fn write_down(metrics: &Metrics, event: &Event<'_>) {
    if matches!(event, Event::Undeclared { .. }) {
        tracing::error!(%event, "declare it in cookies.toml");
    }
    metrics.cookies(event);
}

/// The keys of the consent cookie, each derived from one of the ring: they change as it does.
#[derive(Debug)]
struct CookieKeys {
    ring: SharedKeys,
    derived: Mutex<(Arc<KeyRing>, Arc<ConsentKeys>)>,
}

impl CookieKeys {
    fn of(ring: SharedKeys) -> Result<Self, ConsentKeyError> {
        let now = ring.ring();
        let derived = Mutex::new((Arc::clone(&now), Arc::new(derive(&now)?)));
        Ok(Self { ring, derived })
    }

    /// Those of the ring as it is.
    fn current(&self) -> Arc<ConsentKeys> {
        let ring = self.ring.ring();
        let mut derived = self.derived.lock().unwrap_or_else(PoisonError::into_inner);
        if !Arc::ptr_eq(&derived.0, &ring)
            && let Ok(keys) = derive(&ring)
        {
            *derived = (ring, Arc::new(keys));
        }
        Arc::clone(&derived.1)
    }
}

/// The current key writes; the others still count until they are retired.
fn derive(ring: &KeyRing) -> Result<ConsentKeys, ConsentKeyError> {
    let current = ring.current();
    // The cookie numbers its keys in a byte: those further back cannot be told apart.
    let is_told_apart = |id: &KeyId| current.0.checked_sub(id.0).is_some_and(|by| by < 256);
    let previous = ring.ids().filter(|id| *id != current && is_told_apart(id));
    let keys = ConsentKeys::new(derive_one(ring, current)?);
    previous.map(|id| derive_one(ring, id)).try_fold(keys, |keys, key| keys.with_previous(key?))
}

fn derive_one(ring: &KeyRing, id: KeyId) -> Result<ConsentKey, ConsentKeyError> {
    let [.., number] = id.0.to_be_bytes();
    let secret = ring.derive(id, KEY_PURPOSE);
    ConsentKey::new(number, secret.as_ref().map_or(&[][..], |secret| secret.as_slice()))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
pub(crate) mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    use rand::rngs::SysRng;
    use upheld_cookies::consent_cookie::{Reading, Rejection};
    use upheld_cookies::lint::lint_policy;
    use upheld_cookies::policy::{ItemKind, Lifetime, Policy};
    use upheld_cookies::publish::PolicyPage;
    use upheld_cookies::{Choice, Day, Host, UnixSeconds};
    use upheld_store::keys::{KeyRing, SharedKeys};

    use super::{ADVERT_COOKIE, ADVERT_SECONDS, CookieKeys, Cookies, CookiesError, declaration};
    use crate::browsers::KNOWN_SECONDS;
    use crate::sign_in::PENDING_SECONDS;

    /// The declaration as it is.
    pub(crate) fn declared(has_advert: bool) -> Policy {
        Policy::parse_toml(&declaration(has_advert)).unwrap()
    }

    /// What pages about cookies say, but for names.
    pub(crate) fn texts() -> BTreeSet<String> {
        let said = RefCell::new(BTreeSet::new());
        for has_advert in [false, true] {
            let policy = Policy::parse_toml(&declaration(has_advert)).unwrap();
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
            let policy = Policy::parse_toml(&declaration(has_advert)).unwrap();
            assert_eq!(lint_policy(&policy, Day::parse("2026-11-27").unwrap()), []);
            assert!(policy.suppressions().is_empty());
            assert_eq!(policy.items().len(), if has_advert { 8 } else { 6 });
        }
    }

    #[test]
    fn a_declaration_that_asks_counts_from_its_day_on() {
        let declare = |day: &str, has_advert| {
            let ring = SharedKeys::new(KeyRing::generate(&mut SysRng).unwrap());
            Cookies::declare(ring, None, has_advert, Day::parse(day).unwrap())
        };
        assert!(matches!(declare("2026-11-26", true), Err(CookiesError::Ahead { .. })));
        assert!(declare("2026-11-27", true).is_ok());
        assert!(declare("2026-11-26", false).is_ok());
    }

    /// By the name of the policy's consent cookie, what the keys as they are make of a value.
    fn read(keys: &CookieKeys, policy: &Policy, value: &str) -> Reading {
        let field = format!("{}={value}", policy.consent().cookie);
        let host = Host::parse("northside.example").unwrap();
        keys.current().read(policy, &host, [field.as_bytes()])
    }

    #[test]
    fn a_choice_counts_until_the_key_that_wrote_it_is_retired() {
        let policy = Policy::parse_toml(&declaration(true)).unwrap();
        let host = Host::parse("northside.example").unwrap();
        let choice = Choice::made(&policy, &[], UnixSeconds(1_795_478_400));
        let ring = SharedKeys::new(KeyRing::generate(&mut SysRng).unwrap());
        let keys = CookieKeys::of(ring.clone()).unwrap();
        let write = || keys.current().write(&policy, &host, &choice).unwrap();
        let number = |value: &str| {
            let bytes = data_encoding::BASE64URL_NOPAD.decode(value.as_bytes()).unwrap();
            bytes.get(1).copied().map(u32::from).unwrap()
        };
        let first = write();
        let first_key = ring.ring().current();
        assert_eq!(number(&first), first_key.0);

        ring.replace(ring.ring().with_new_key(&mut SysRng).unwrap());
        assert!(matches!(read(&keys, &policy, &first), Reading::Current(_)));
        let second = write();
        assert_eq!(number(&second), ring.ring().current().0);
        assert_ne!(number(&second), number(&first));

        ring.replace(ring.ring().without_key(first_key, 0).unwrap());
        assert_eq!(read(&keys, &policy, &first), Reading::Rejected(Rejection::UnknownKey));
        assert!(matches!(read(&keys, &policy, &second), Reading::Current(_)));
    }

    #[test]
    fn cookies_live_as_long_as_is_declared() {
        let policy = Policy::parse_toml(&declaration(true)).unwrap();
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
