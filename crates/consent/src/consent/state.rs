//! One consent: where it stands, what may happen next, and what that makes of it.

use upheld_ledger::UnixMillis;

use super::{Affirmation, Capacity, Change, ConsentKind, Grant, Invalidity, Rejection, Scope};
use crate::moment::plus_months;
use crate::term::{Term, dpv};
use crate::word::words;
use crate::{Means, Notice, NoticeChange, NoticeRef, Purpose, RecipientId, RecipientRole};

/// Where a consent stands, in one word.
///
/// These are the ten of the Data Privacy Vocabulary; two of them allow anything to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the vocabulary has ten")]
pub enum Status {
    /// Nothing happened yet.
    Unknown,
    /// Asked, and no answer.
    Requested,
    /// Asked, and put off.
    Deferred,
    /// Refused.
    Refused,
    /// Given.
    Given,
    /// Given, and said again.
    Renewed,
    /// Taken back.
    Withdrawn,
    /// Its time is over.
    Expired,
    /// Found to be none.
    Invalidated,
    /// Given up by the controller. Final.
    Revoked,
}

words!(Status:
    Unknown = "unknown",
    Requested = "requested",
    Deferred = "deferred",
    Refused = "refused",
    Given = "given",
    Renewed = "renewed",
    Withdrawn = "withdrawn",
    Expired = "expired",
    Invalidated = "invalidated",
    Revoked = "revoked",
);

impl Status {
    /// Whether anything may be done on it.
    #[must_use]
    pub const fn is_valid(self) -> bool {
        matches!(self, Self::Given | Self::Renewed)
    }

    /// The term of the Data Privacy Vocabulary.
    #[must_use]
    pub const fn dpv(self) -> Term {
        dpv(match self {
            Self::Unknown => "ConsentUnknown",
            Self::Requested => "ConsentRequested",
            Self::Deferred => "ConsentRequestDeferred",
            Self::Refused => "ConsentRefused",
            Self::Given => "ConsentGiven",
            Self::Renewed => "RenewedConsentGiven",
            Self::Withdrawn => "ConsentWithdrawn",
            Self::Expired => "ConsentExpired",
            Self::Invalidated => "ConsentInvalidated",
            Self::Revoked => "ConsentRevoked",
        })
    }
}

/// Where a consent stands, with what belongs to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a consent is in one of them")]
pub enum State {
    /// Nothing happened yet.
    #[default]
    Unknown,
    /// Asked, on being shown that.
    Requested(NoticeRef),
    /// Put off.
    Deferred(NoticeRef),
    /// Refused.
    Refused,
    /// Given.
    Given(Grant),
    /// Said again.
    Renewed(Grant),
    /// Taken back.
    Withdrawn,
    /// Its time is over.
    Expired,
    /// Found to be none.
    Invalidated(Invalidity),
    /// Given up by the controller. Final.
    Revoked,
}

/// What somebody wants to happen to a consent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "one to each change")]
pub enum Command<'a> {
    /// Ask the person.
    Request,
    /// They consent.
    Give(Affirmation),
    /// They refuse.
    Refuse,
    /// They put it off.
    Defer,
    /// They take it back. By any means: nothing stands in the way of it.
    Withdraw(Means),
    /// They say it again.
    Renew(Affirmation),
    /// Its time is over.
    Expire,
    /// It is none.
    Invalidate(Invalidity),
    /// The controller gives it up, for good.
    Revoke,
    /// A newer notice takes the place of the one at hand.
    Supersede(&'a Notice),
    /// The person can consent for themselves.
    ReachAge,
}

/// What a command is judged by.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "when, on being shown what, and by whom")]
pub struct Circumstances<'a> {
    /// When it happens.
    pub at: UnixMillis,
    /// What the person is shown, or was.
    pub notice: &'a Notice,
    /// Whether they can consent for themselves.
    pub capacity: Capacity,
}

impl State {
    /// In one word, whatever the time.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self {
            Self::Unknown => Status::Unknown,
            Self::Requested(_) => Status::Requested,
            Self::Deferred(_) => Status::Deferred,
            Self::Refused => Status::Refused,
            Self::Given(_) => Status::Given,
            Self::Renewed(_) => Status::Renewed,
            Self::Withdrawn => Status::Withdrawn,
            Self::Expired => Status::Expired,
            Self::Invalidated(_) => Status::Invalidated,
            Self::Revoked => Status::Revoked,
        }
    }

    /// In one word at a time: a consent is over when its time is, whether or not anybody noticed.
    #[must_use]
    pub fn status_at(&self, at: UnixMillis) -> Status {
        if self.is_over(at) { Status::Expired } else { self.status() }
    }

    /// What was given, valid or not at any particular time.
    #[must_use]
    pub const fn grant(&self) -> Option<&Grant> {
        match self {
            Self::Given(grant) | Self::Renewed(grant) => Some(grant),
            _ => None,
        }
    }

    fn is_over(&self, at: UnixMillis) -> bool {
        self.grant().is_some_and(|grant| grant.until <= at)
    }

    /// What a change makes of it: the table in `docs/consent-states.md`, and nothing else.
    ///
    /// # Errors
    ///
    /// [`Rejection`] when that cannot happen from here.
    pub fn evolve(&self, change: &Change, at: UnixMillis) -> Result<Self, Rejection> {
        if matches!(self, Self::Revoked) {
            return Err(Rejection::Ended);
        }
        if let Self::Given(grant) | Self::Renewed(grant) = self {
            return if self.is_over(at) { over(change) } else { from_grant(self, grant, change) };
        }
        match change {
            Change::Requested { notice } => Ok(Self::Requested(notice.clone())),
            Change::Given(grant) => Ok(Self::Given(grant.clone())),
            Change::Refused => match self {
                Self::Unknown | Self::Requested(_) | Self::Deferred(_) => Ok(Self::Refused),
                Self::Refused => Err(Rejection::AlreadyRefused),
                _ => Err(Rejection::NothingAsked),
            },
            Change::Deferred => match self {
                Self::Requested(notice) | Self::Deferred(notice) => {
                    Ok(Self::Deferred(notice.clone()))
                }
                _ => Err(Rejection::NothingAsked),
            },
            Change::NoticeSuperseded { material, .. } => match self {
                // Whoever answers now answers another question.
                Self::Requested(_) | Self::Deferred(_) if *material => Ok(Self::Unknown),
                Self::Requested(_) | Self::Deferred(_) => Ok(self.clone()),
                _ => Err(Rejection::NothingAsked),
            },
            Change::Withdrawn { .. }
            | Change::Renewed(_)
            | Change::Expired
            | Change::Invalidated { .. }
            | Change::Revoked
            | Change::SubjectReachedAge => Err(Rejection::NothingGiven),
        }
    }

    /// Whether a command may be carried out, and what happens then.
    pub(super) fn decide(
        &self,
        command: Command<'_>,
        scope: &Scope,
        circumstances: &Circumstances<'_>,
    ) -> Result<Change, Rejection> {
        let change = match command {
            Command::Request => {
                purpose_of(scope, circumstances)?;
                Change::Requested { notice: circumstances.notice.reference() }
            }
            Command::Give(affirmation) => Change::Given(grant(affirmation, scope, circumstances)?),
            Command::Renew(affirmation) => {
                Change::Renewed(grant(affirmation, scope, circumstances)?)
            }
            Command::Refuse => Change::Refused,
            Command::Defer => Change::Deferred,
            Command::Withdraw(means) => Change::Withdrawn { means },
            Command::Expire => Change::Expired,
            Command::Invalidate(reason) => Change::Invalidated { reason },
            Command::Revoke => Change::Revoked,
            Command::Supersede(newer) => {
                let change = circumstances.notice.change(newer, &scope.purpose);
                let material = change == NoticeChange::Material;
                Change::NoticeSuperseded { by: newer.reference(), material }
            }
            Command::ReachAge => Change::SubjectReachedAge,
        };
        self.evolve(&change, circumstances.at)?;
        Ok(change)
    }
}

/// From a consent that stands.
fn from_grant(state: &State, grant: &Grant, change: &Change) -> Result<State, Rejection> {
    match change {
        Change::Requested { .. } | Change::Given(_) => Err(Rejection::AlreadyGiven),
        Change::Refused => Err(Rejection::WithdrawInstead),
        Change::Deferred => Err(Rejection::NothingAsked),
        Change::Withdrawn { .. } => Ok(State::Withdrawn),
        Change::Renewed(grant) => Ok(State::Renewed(grant.clone())),
        Change::Expired => Err(Rejection::NotExpired { until: grant.until }),
        Change::Invalidated { reason } => Ok(State::Invalidated(*reason)),
        Change::Revoked => Ok(State::Revoked),
        Change::NoticeSuperseded { material: true, .. } => {
            Ok(State::Invalidated(Invalidity::NoticeChanged))
        }
        Change::NoticeSuperseded { material: false, .. } => Ok(state.clone()),
        Change::SubjectReachedAge if grant.guardian.is_some() => {
            Ok(State::Invalidated(Invalidity::GuardianNoLongerNeeded))
        }
        Change::SubjectReachedAge => Err(Rejection::NoGuardian),
    }
}

/// From a consent whose time is over, whether or not that was noted.
fn over(change: &Change) -> Result<State, Rejection> {
    match change {
        Change::Expired => Ok(State::Expired),
        _ => State::Expired.evolve(change, UnixMillis::default()),
    }
}

/// The purpose of the scope, if the notice has it, it rests on consent, and its recipient is one.
fn purpose_of<'a>(
    scope: &Scope,
    circumstances: &Circumstances<'a>,
) -> Result<&'a Purpose, Rejection> {
    let Circumstances { notice, at, .. } = *circumstances;
    let from = notice.content().effective_from;
    if at < from {
        return Err(Rejection::NoticeNotInEffect { from });
    }
    let missing = || Rejection::PurposeNotInNotice { purpose: scope.purpose.clone() };
    let purpose = notice.purpose(&scope.purpose).ok_or_else(missing)?;
    if !purpose.needs_consent() {
        return Err(Rejection::NotByConsent { basis: purpose.basis() });
    }
    let Some(id) = &scope.recipient else { return Ok(purpose) };
    //= ICO, consent: whoever relies on a consent was named when it was asked for
    let named = notice.recipient(id).filter(|_| purpose.recipients().contains(id));
    match named.map(|recipient| recipient.role) {
        None => Err(Rejection::RecipientNotNamed { recipient: id.clone() }),
        Some(RecipientRole::Processor) => {
            Err(Rejection::RecipientIsProcessor { recipient: id.clone() })
        }
        Some(RecipientRole::Controller | RecipientRole::JointController) => Ok(purpose),
    }
}

fn grant(
    affirmation: Affirmation,
    scope: &Scope,
    circumstances: &Circumstances<'_>,
) -> Result<Grant, Rejection> {
    let Circumstances { notice, capacity, at } = *circumstances;
    let purpose = purpose_of(scope, circumstances)?;
    let is_explicit = affirmation.kind == ConsentKind::Explicit;
    //= UK GDPR, Article 9(2)(a): consent to the use of special categories is explicit
    if purpose.needs_explicit_consent() && !is_explicit {
        return Err(Rejection::NotExplicit);
    }
    if is_explicit && !affirmation.method.can_be_explicit() {
        return Err(Rejection::NoStatement);
    }
    if !notice.content().given_by.contains(&affirmation.means) {
        return Err(Rejection::NoSuchMeans { means: affirmation.means });
    }
    //= UK GDPR, Article 8(1): below the age, whoever has parental responsibility consents
    match (capacity, &affirmation.guardian) {
        (Capacity::ByGuardian, None) => return Err(Rejection::GuardianMissing),
        (Capacity::Own, Some(_)) => return Err(Rejection::GuardianNotNeeded),
        (Capacity::ByGuardian, Some(_)) | (Capacity::Own, None) => {}
    }
    let latest = plus_months(at, notice.content().refresh_months).ok_or(super::EventError::Time)?;
    let until = affirmation.until.unwrap_or(latest);
    if until <= at || until > latest {
        return Err(Rejection::Until { latest });
    }
    let recipients: Vec<RecipientId> = match &scope.recipient {
        Some(recipient) => vec![recipient.clone()],
        None => processors(notice, purpose),
    };
    let grant = Grant {
        kind: affirmation.kind,
        method: affirmation.method,
        means: affirmation.means,
        statement: affirmation.statement,
        reference: affirmation.reference,
        guardian: affirmation.guardian,
        notice: notice.reference(),
        recipients,
        since: at,
        until,
    };
    grant.check()?;
    Ok(grant)
}

/// Who acts for the controller in a purpose, and is covered by the consent to it.
fn processors(notice: &Notice, purpose: &Purpose) -> Vec<RecipientId> {
    let acts_for_us = |id: &&RecipientId| {
        notice.recipient(id).is_some_and(|it| it.role == RecipientRole::Processor)
    };
    purpose.recipients().iter().filter(acts_for_us).cloned().collect()
}
