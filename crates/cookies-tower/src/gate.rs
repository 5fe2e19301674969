//! The gate: what it knows, and how it is set up.

use core::fmt;
use std::sync::Arc;

use http::request::Parts;
use upheld_cookies::consent_cookie::ConsentKeys;
use upheld_cookies::policy::{Jurisdiction, Policy};
use upheld_cookies::{CookieId, Decision, Host, UnixSeconds, Visit, decide};

use crate::{ConsentGateLayer, Event};

/// Tells whose law applies to a request.
type Locate = dyn Fn(&Parts) -> Option<Jurisdiction> + Send + Sync;

/// Tells which policy a request is answered by.
type Declare = dyn Fn(&Parts) -> Arc<Policy> + Send + Sync;

/// Decides about the cookies of every response.
///
/// See the [crate](crate) for how it is put before an application.
#[derive(Clone)]
pub struct Gate {
    pub(crate) policy: Arc<Declare>,
    pub(crate) keys: Arc<dyn Fn() -> Arc<ConsentKeys> + Send + Sync>,
    /// The hosts of the site that are known by name, read once.
    pub(crate) hosts: Vec<Arc<Host>>,
    pub(crate) clock: Arc<dyn Fn() -> UnixSeconds + Send + Sync>,
    pub(crate) jurisdiction: Arc<Locate>,
    pub(crate) event: Arc<dyn Fn(&Event<'_>) + Send + Sync>,
    pub(crate) undeclared: Undeclared,
    pub(crate) report_only: bool,
    pub(crate) vary: bool,
}

/// What becomes of a cookie that the policy does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Undeclared {
    /// It is taken out.
    #[default]
    Deny,
    /// It leaves, and is told: for the first days of a gate before an old application.
    AllowAndReport,
}

/// Why a gate cannot be set up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GateError {
    /// The cookie that keeps the choice could not be set.
    #[error(
        "the policy must declare the cookie {name}, for all of its hosts, with a basis that needs \
         no consent; it keeps the choice"
    )]
    ConsentCookie {
        /// Its name.
        name: String,
    },
}

impl Gate {
    /// A gate that denies what is not declared, with the strictest law.
    ///
    /// # Errors
    ///
    /// [`GateError`] when the policy would keep back the cookie that keeps the choice.
    pub fn new(
        policy: Arc<Policy>,
        keys: Arc<ConsentKeys>,
        clock: impl Fn() -> UnixSeconds + Send + Sync + 'static,
    ) -> Result<Self, GateError> {
        Self::check(&policy, clock())?;
        let hosts = policy.site().hosts.iter();
        let hosts = hosts.filter_map(|host| Host::parse(host.domain()).ok()).map(Arc::new);
        Ok(Self {
            hosts: hosts.collect(),
            policy: Arc::new(move |_| Arc::clone(&policy)),
            keys: Arc::new(move || Arc::clone(&keys)),
            clock: Arc::new(clock),
            jurisdiction: Arc::new(|_| None),
            event: Arc::new(|_| {}),
            undeclared: Undeclared::Deny,
            report_only: false,
            vary: false,
        })
    }

    /// Whether a gate could be set up with a policy: before it is put in the place of another.
    ///
    /// # Errors
    ///
    /// [`GateError`] when it would keep back the cookie that keeps the choice.
    pub fn check(policy: &Policy, now: UnixSeconds) -> Result<(), GateError> {
        let name = &policy.consent().cookie;
        let visit = Visit::new(None, now);
        let is_allowed = policy.site().hosts.iter().all(|host| {
            let cookie = CookieId { name: name.as_bytes(), domain: host.domain() };
            matches!(decide(policy, &visit, cookie), Decision::Allow(_))
        });
        if is_allowed { Ok(()) } else { Err(GateError::ConsentCookie { name: name.clone() }) }
    }

    /// The same with a policy that is asked for once for each request, which is answered by it from
    /// beginning to end: where another is published without starting anew.
    ///
    /// [`Gate::check`] each before. Handlers find it with the choice, as [`Consent::policy`]: a
    /// choice counts under the policy by which it was read.
    ///
    /// [`Consent::policy`]: crate::Consent::policy
    #[must_use]
    pub fn with_policy(
        mut self,
        policy: impl Fn(&Parts) -> Arc<Policy> + Send + Sync + 'static,
    ) -> Self {
        self.policy = Arc::new(policy);
        self
    }

    /// The same with whose law applies to a request; `None` is the strictest.
    #[must_use]
    pub fn with_jurisdiction(
        mut self,
        jurisdiction: impl Fn(&Parts) -> Option<Jurisdiction> + Send + Sync + 'static,
    ) -> Self {
        self.jurisdiction = Arc::new(jurisdiction);
        self
    }

    /// The same with keys that are asked for with each request: where they are changed without
    /// starting anew.
    #[must_use]
    pub fn with_keys(
        mut self,
        keys: impl Fn() -> Arc<ConsentKeys> + Send + Sync + 'static,
    ) -> Self {
        self.keys = Arc::new(keys);
        self
    }

    /// The same with a function that is told of everything that is kept back or removed.
    #[must_use]
    pub fn on_event(mut self, event: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        self.event = Arc::new(event);
        self
    }

    /// The same with another way of treating what is not declared.
    #[must_use]
    pub const fn with_undeclared(mut self, undeclared: Undeclared) -> Self {
        self.undeclared = undeclared;
        self
    }

    /// The same, changing nothing and telling everything.
    #[must_use]
    pub const fn report_only(mut self) -> Self {
        self.report_only = true;
        self
    }

    /// The same, with `Vary: Cookie, Sec-GPC` on every response that set a cookie or was to.
    #[must_use]
    pub const fn with_vary(mut self) -> Self {
        self.vary = true;
        self
    }

    /// The layer.
    #[must_use]
    pub fn to_layer(&self) -> ConsentGateLayer {
        ConsentGateLayer::new(self.clone())
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("keys", &(self.keys)())
            .field("undeclared", &self.undeclared)
            .field("report_only", &self.report_only)
            .field("vary", &self.vary)
            .finish_non_exhaustive()
    }
}
