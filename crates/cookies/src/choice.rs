//! What a person chose.

use crate::UnixSeconds;
use crate::policy::{Fingerprint, Policy};

/// A set of the purposes of one policy, by their place among [`Policy::purposes`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PurposeSet(u64);

impl PurposeSet {
    /// No purpose.
    pub const EMPTY: Self = Self(0);
    /// Every purpose that there can be.
    pub const ALL: Self = Self(u64::MAX);

    pub(crate) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    pub(crate) const fn bits(self) -> u64 {
        self.0
    }

    /// The same with the purpose of a place.
    #[must_use]
    pub(crate) fn with(self, place: usize) -> Self {
        let bit = u32::try_from(place).ok().and_then(|place| 1_u64.checked_shl(place));
        Self(self.0 | bit.unwrap_or_default())
    }

    /// Whether all of `other` is in it.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any of `other` is in it.
    #[must_use]
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// What is in it and not in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// What is in either.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What a person chose, under which policy, and when.
///
/// ```
/// use upheld_cookies::{Choice, UnixSeconds};
/// # use upheld_cookies::policy::Policy;
/// # let policy = Policy::parse_toml("schema = 1\nsite = { hosts = ['a.example'], \
/// #     jurisdictions = ['uk'], updated = '2026-01-01' }\nitem = [{ name = 'a', \
/// #     kind = 'js-cookie', purposes = ['statistics'], lifetime = '1d' }]")?;
/// let choice = Choice::made(&policy, &["statistics"], UnixSeconds(1_795_478_400));
/// assert!(choice.is_made());
/// # Ok::<(), upheld_cookies::policy::PolicyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    granted: PurposeSet,
    refused: PurposeSet,
    made: Option<(UnixSeconds, Fingerprint)>,
    gpc_seen: bool,
}

impl Choice {
    /// Nobody was asked, or nobody answered.
    #[must_use]
    pub const fn undecided() -> Self {
        Self { granted: PurposeSet::EMPTY, refused: PurposeSet::EMPTY, made: None, gpc_seen: false }
    }

    /// Something was chosen that cannot be known any more: under an older policy, or in a record
    /// that was tampered with. The person is asked again, and until then everything is refused, so
    /// that no objection is lost.
    #[must_use]
    pub const fn unknown() -> Self {
        Self { granted: PurposeSet::EMPTY, refused: PurposeSet::ALL, made: None, gpc_seen: false }
    }

    /// The purposes named by their names in the file are agreed to, and the others refused.
    ///
    /// Names that the policy does not have agree to nothing.
    #[must_use]
    pub fn made(policy: &Policy, granted: &[&str], at: UnixSeconds) -> Self {
        let named = granted.iter().filter_map(|id| policy.place_of_purpose(id));
        Self::of_sets(policy, named.fold(PurposeSet::EMPTY, PurposeSet::with), at)
    }

    pub(crate) fn of_sets(policy: &Policy, granted: PurposeSet, at: UnixSeconds) -> Self {
        let refused = PurposeSet::ALL.without(granted);
        Self { granted, refused, made: Some((at, policy.fingerprint())), gpc_seen: false }
    }

    /// The same, chosen while Global Privacy Control was sent and the person was told what that does.
    #[must_use]
    pub const fn despite_gpc(mut self) -> Self {
        self.gpc_seen = true;
        self
    }

    /// Whether the person chose, under whichever policy.
    #[must_use]
    pub const fn is_made(&self) -> bool {
        self.made.is_some()
    }

    /// When.
    #[must_use]
    pub fn at(&self) -> Option<UnixSeconds> {
        self.made.map(|(at, _)| at)
    }

    /// Under which policy.
    #[must_use]
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        self.made.map(|(_, fingerprint)| fingerprint)
    }

    /// Whether Global Privacy Control was sent when it was made.
    #[must_use]
    pub const fn was_despite_gpc(&self) -> bool {
        self.gpc_seen
    }

    /// What is agreed to.
    #[must_use]
    pub const fn granted(&self) -> PurposeSet {
        self.granted
    }

    /// What is refused.
    #[must_use]
    pub const fn refused(&self) -> PurposeSet {
        self.refused
    }

    /// The names of the purposes that are agreed to.
    pub fn granted_ids<'p>(&self, policy: &'p Policy) -> impl Iterator<Item = &'p str> + use<'p> {
        let granted = self.granted;
        let purposes = policy.purposes().iter().enumerate();
        let is_granted = move |place: usize| granted.contains(PurposeSet::EMPTY.with(place));
        purposes.filter(move |(place, _)| is_granted(*place)).map(|(_, purpose)| &*purpose.id)
    }

    /// Whether the person should be asked: nothing was chosen under this policy, or long enough ago.
    #[must_use]
    pub fn should_ask(&self, policy: &Policy, now: UnixSeconds) -> bool {
        let Some((at, fingerprint)) = self.made else { return true };
        let consent = policy.consent();
        let has_agreed = self.granted.meets(policy.choosable());
        let patience = if has_agreed { consent.valid_for } else { consent.ask_again_after };
        fingerprint != policy.fingerprint() || !is_within(at, patience, now)
    }

    /// The choice as it counts under a policy: all unknown when something material changed.
    #[must_use]
    pub fn under(self, policy: &Policy) -> Self {
        match self.made {
            Some((_, fingerprint)) if fingerprint != policy.fingerprint() => Self::unknown(),
            _ => self,
        }
    }

    /// Whether consent given then is still relied on.
    pub(crate) fn is_fresh(&self, policy: &Policy, now: UnixSeconds) -> bool {
        self.made.is_some_and(|(at, _)| is_within(at, policy.consent().valid_for, now))
    }
}

/// Whether `now` is within so many seconds from `at`; a clock may be a day behind.
fn is_within(at: UnixSeconds, seconds: u64, now: UnixSeconds) -> bool {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    now < at.saturating_add(seconds) && now.saturating_add(86_400) >= at
}
