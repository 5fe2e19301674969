//! The decision: may this be stored, now, for this person?

use crate::policy::{Basis, Exemption, GpcRule, Item, Jurisdiction, Policy};
use crate::signals::{Signals, TcAnswer};
use crate::{Choice, PurposeSet, UnixSeconds};

mod removal;

pub use removal::{MAX_REMOVALS, removals};

/// What is known of a visit.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    jurisdiction: Option<Jurisdiction>,
    choice: Choice,
    signals: Signals<'a>,
    now: UnixSeconds,
}

/// A cookie as far as its declaration is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a cookie is known by these")]
pub struct CookieId<'a> {
    /// Its name.
    pub name: &'a [u8],
    /// Its domain, in lower case: that of its attribute without a dot before it, or the host.
    pub domain: &'a str,
}

/// Whether something may be stored on a device or read from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use]
#[non_exhaustive]
pub enum Decision {
    /// It may.
    Allow(Ground),
    /// It may not.
    Deny(Reason),
    /// The policy does not have it; a gate denies it unless told otherwise.
    Undeclared,
}

/// Why something is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ground {
    /// An exception from consent.
    Exempt(Exemption),
    /// The person agreed.
    Consent,
    /// A TC string says that the person agreed.
    Tcf,
    /// The law asks for nothing beforehand, and nobody opted out.
    NotOptedOut,
}

/// Why something is denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// The policy says that it is no longer used.
    #[error("the policy says that it is retired")]
    Retired,
    /// The person refused one of its purposes, or withdrew.
    #[error("one of its purposes is refused")]
    Refused,
    /// Global Privacy Control.
    #[error("Global Privacy Control is sent")]
    Gpc,
    /// A GPP or US Privacy string.
    #[error("a GPP or US Privacy string opts out")]
    OptedOut,
    /// `DNT: 1`, where the policy heeds it.
    #[error("DNT is sent")]
    Dnt,
    /// A TC string does not allow it, or cannot be relied on.
    #[error("the TC string does not allow it")]
    Tcf,
    /// Nobody agreed.
    #[error("nobody agreed to it")]
    NoConsent,
    /// The consent is too old.
    #[error("the consent is older than the policy relies on it")]
    Expired,
}

impl Decision {
    /// Whether it is allowed.
    #[must_use]
    pub const fn is_allowed(self) -> bool {
        matches!(self, Self::Allow(_))
    }
}

impl<'a> Visit<'a> {
    /// A visit at `now`, under the law of `jurisdiction`; `None` is unknown, so that the strictest
    /// counts. Nothing was chosen, and no signal sent.
    #[must_use]
    pub fn new(jurisdiction: Option<Jurisdiction>, now: UnixSeconds) -> Self {
        Self { jurisdiction, now, choice: Choice::undecided(), signals: Signals::none() }
    }

    /// The same with what the person chose.
    #[must_use]
    pub const fn with_choice(mut self, choice: Choice) -> Self {
        self.choice = choice;
        self
    }

    /// The same with signals.
    #[must_use]
    pub const fn with_signals(mut self, signals: Signals<'a>) -> Self {
        self.signals = signals;
        self
    }

    /// Whose law applies.
    #[must_use]
    pub const fn jurisdiction(&self) -> Option<Jurisdiction> {
        self.jurisdiction
    }

    /// What the person chose.
    #[must_use]
    pub const fn choice(&self) -> Choice {
        self.choice
    }

    /// The signals.
    #[must_use]
    pub const fn signals(&self) -> &Signals<'a> {
        &self.signals
    }

    /// When it is.
    #[must_use]
    pub const fn now(&self) -> UnixSeconds {
        self.now
    }
}

/// Decides about a cookie.
///
/// ```
/// use upheld_cookies::policy::{Jurisdiction, Policy};
/// use upheld_cookies::{Choice, CookieId, Decision, Ground, Reason, UnixSeconds, Visit, decide};
///
/// let policy = Policy::parse_toml(
///     r#"
///     schema = 1
///     [site]
///     hosts = ["clinic.example"]
///     jurisdictions = ["uk"]
///     updated = "2026-11-23"
///     [[item]]
///     name = "_fbp"
///     kind = "http-cookie"
///     purposes = ["advertising"]
///     lifetime = "90d"
///     "#,
/// )?;
/// let now = UnixSeconds(1_795_478_400); // your clock
/// let cookie = CookieId { name: b"_fbp", domain: "clinic.example" };
///
/// let visit = Visit::new(Some(Jurisdiction::Uk), now);
/// assert_eq!(decide(&policy, &visit, cookie), Decision::Deny(Reason::NoConsent));
/// let visit = visit.with_choice(Choice::made(&policy, &["advertising"], now));
/// assert_eq!(decide(&policy, &visit, cookie), Decision::Allow(Ground::Consent));
/// # Ok::<(), upheld_cookies::policy::PolicyError>(())
/// ```
///
/// # Who wins when sources disagree
///
/// Every source that speaks against denies; at least one must speak for what needs consent. In
/// this order, the first that applies:
///
/// | what | decision |
/// |---|---|
/// | the item is retired | deny |
/// | it is exempt, and an objection does not end that | allow |
/// | one of its purposes is refused in the site's own record | deny |
/// | it advertises, or is sold or shared, and GPC is sent | deny; with `gpc = "explicit-choice-wins"`, what was agreed to while GPC was sent goes on |
/// | the same, and GPP or US Privacy opts out | deny |
/// | it needs no consent or is exempt, it is not for appearance, the policy heeds DNT, and `DNT: 1` is sent | deny |
/// | it is exempt until the person objects, or the law lets it be until then | allow |
/// | the policy heeds TCF, its vendor has a number, and a TC string does not allow it or is invalid | deny |
/// | all of its purposes are agreed to, not too long ago | allow |
/// | the policy heeds TCF, and the TC string allows it | allow |
/// | else | deny |
///
/// An exception counts only where the law has it, where it covers every purpose, and where nothing
/// is sold or shared; else consent is needed. A choice under a policy that has changed since counts
/// as refusal.
pub fn decide(policy: &Policy, visit: &Visit<'_>, cookie: CookieId<'_>) -> Decision {
    match policy.find_cookie(cookie.name, cookie.domain) {
        Some(item) => decide_item(policy, visit, item),
        None => Decision::Undeclared,
    }
}

/// Decides about an item of the policy, of any kind. See [`decide`].
pub fn decide_item(policy: &Policy, visit: &Visit<'_>, item: &Item) -> Decision {
    Decider::new(policy, visit, "").decide_item(item)
}

/// Whether to ask the person: nothing was chosen, or not lately, and an answer would change
/// something.
///
/// Where the law asks for nothing beforehand, or a signal of the browser speaks against everything
/// that there is to agree to, nobody is asked.
///
/// ```
/// use upheld_cookies::{Choice, UnixSeconds, Visit, should_ask};
/// # use upheld_cookies::policy::Policy;
/// # let policy = Policy::parse_toml("schema = 1\nsite = { hosts = ['a.example'], \
/// #     jurisdictions = ['uk'], updated = '2026-01-01' }\nitem = [{ name = 'a', \
/// #     kind = 'js-cookie', purposes = ['advertising'], lifetime = '1d' }]")?;
/// use upheld_cookies::signals::Signals;
///
/// let now = UnixSeconds(1_795_478_400);
/// let visit = Visit::new(None, now);
/// assert!(should_ask(&policy, &visit));
/// assert!(!should_ask(&policy, &visit.with_choice(Choice::made(&policy, &[], now))));
/// let signals = Signals::none().with_sec_gpc([&b"1"[..]]);
/// assert!(!should_ask(&policy, &visit.with_signals(signals)));
/// # Ok::<(), upheld_cookies::policy::PolicyError>(())
/// ```
#[must_use]
pub fn should_ask(policy: &Policy, visit: &Visit<'_>) -> bool {
    if !visit.choice.should_ask(policy, visit.now) {
        return false;
    }
    let mut agreed = *visit;
    agreed.choice = Choice::of_sets(policy, PurposeSet::ALL, visit.now);
    policy.items().iter().any(|item| {
        !decide_item(policy, visit, item).is_allowed()
            && decide_item(policy, &agreed, item).is_allowed()
    })
}

/// Decides about many cookies of one visit: what is the same for all of them is worked out once.
///
/// ```
/// # use upheld_cookies::policy::Policy;
/// # let policy = Policy::parse_toml("schema = 1\nsite = { hosts = ['clinic.example'], \
/// #     jurisdictions = ['uk'], updated = '2026-01-01' }\nitem = [{ name = 'visits', \
/// #     kind = 'http-cookie', purposes = ['advertising'], lifetime = '1d' }]")?;
/// use upheld_cookies::{CookieId, Decider, UnixSeconds, Visit, decide};
///
/// let visit = Visit::new(None, UnixSeconds(1_795_478_400));
/// let decider = Decider::new(&policy, &visit, "clinic.example");
/// let cookie = CookieId { name: b"visits", domain: "clinic.example" };
/// assert_eq!(decider.decide(b"visits"), decide(&policy, &visit, cookie));
/// # Ok::<(), upheld_cookies::policy::PolicyError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Decider<'d> {
    policy: &'d Policy,
    visit: &'d Visit<'d>,
    domain: &'d str,
    is_of_site: bool,
    /// As it counts under the policy.
    choice: Choice,
    is_fresh: bool,
}

impl<'d> Decider<'d> {
    /// A decider for a visit to the host `domain`, in lower case.
    #[must_use]
    pub fn new(policy: &'d Policy, visit: &'d Visit<'d>, domain: &'d str) -> Self {
        let choice = visit.choice.under(policy);
        let is_fresh = choice.is_fresh(policy, visit.now);
        Self { policy, visit, domain, is_of_site: policy.is_of_site(domain), choice, is_fresh }
    }

    /// The cookie that is declared under a name for the host.
    pub(crate) fn find(&self, name: &[u8]) -> Option<&'d Item> {
        self.policy.find_cookie_of(name, self.domain, self.is_of_site)
    }

    /// Decides about a cookie of the host. See [`decide`].
    pub fn decide(&self, name: &[u8]) -> Decision {
        self.find(name).map_or(Decision::Undeclared, |item| self.decide_item(item))
    }

    /// Decides about a cookie of a wider domain. See [`decide`].
    pub fn decide_for(&self, cookie: CookieId<'_>) -> Decision {
        let found = self.policy.find_cookie(cookie.name, cookie.domain);
        found.map_or(Decision::Undeclared, |item| self.decide_item(item))
    }

    /// Decides about an item of the policy, of any kind. See [`decide`].
    pub fn decide_item(&self, item: &Item) -> Decision {
        if !item.is_live() {
            return Decision::Deny(Reason::Retired);
        }
        let basis = item.ground_in(self.visit.jurisdiction);
        if let Basis::Exempt(exemption) = basis
            && !exemption.ends_by_objection()
        {
            return Decision::Allow(Ground::Exempt(exemption));
        }
        if let Some(reason) = self.opposed(item, basis) {
            return Decision::Deny(reason);
        }
        match basis {
            Basis::Exempt(exemption) => Decision::Allow(Ground::Exempt(exemption)),
            Basis::OptOut => Decision::Allow(Ground::NotOptedOut),
            Basis::Consent | Basis::LegitimateInterest => self.consented(item),
        }
    }

    /// Whether anything speaks against what is not exempt for good.
    fn opposed(&self, item: &Item, basis: Basis) -> Option<Reason> {
        let Self { policy, visit, choice, .. } = self;
        //= GDPR, Article 7(3): what is withdrawn is no longer consented to
        if choice.refused().meets(item.purpose_set()) {
            return Some(Reason::Refused);
        }
        let follows = item.sold_or_shared || item.is_advertising();
        //= CCPA Regulations §7025(b): the signal is a valid request to opt out of sale and sharing
        if follows && visit.signals.gpc() {
            let is_explicit = policy.signals().gpc == GpcRule::ExplicitChoiceWins
                && choice.was_despite_gpc()
                && choice.granted().contains(item.purpose_set());
            if !is_explicit {
                return Some(Reason::Gpc);
            }
        }
        if follows && visit.signals.opted_out() {
            return Some(Reason::OptedOut);
        }
        let needs_consent = matches!(basis, Basis::Consent | Basis::LegitimateInterest);
        let is_followed = !matches!(basis, Basis::Exempt(Exemption::Appearance));
        let is_heeded = policy.signals().dnt && visit.signals.dnt();
        (is_heeded && is_followed && !needs_consent).then_some(Reason::Dnt)
    }

    fn consented(&self, item: &Item) -> Decision {
        let tcf = if self.policy.signals().tcf { self.tc_answer(item) } else { TcAnswer::Silent };
        if tcf == TcAnswer::Refuses {
            return Decision::Deny(Reason::Tcf);
        }
        let is_granted = self.choice.granted().contains(item.purpose_set());
        if is_granted && self.is_fresh {
            return Decision::Allow(Ground::Consent);
        }
        if tcf == TcAnswer::Allows {
            return Decision::Allow(Ground::Tcf);
        }
        Decision::Deny(if is_granted { Reason::Expired } else { Reason::NoConsent })
    }

    fn tc_answer(&self, item: &Item) -> TcAnswer {
        let Some(vendor) = self.policy.vendor_of(item).and_then(|vendor| vendor.gvl) else {
            return TcAnswer::Silent;
        };
        let purposes = self.policy.purposes_of(item);
        let purposes = purposes.flat_map(|purpose| purpose.tcf.iter().copied());
        self.visit.signals.tc_answer(purposes, vendor)
    }
}
