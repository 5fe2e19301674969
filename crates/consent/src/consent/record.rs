//! The consents of one person to one controller.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use upheld_ledger::UnixMillis;

use super::{
    Change, Channel, Circumstances, Command, ConsentEvent, Happening, Obligation, RecordId,
};
use super::{Rejection, Scope, State, Status};
use crate::{Means, Notice, NoticeRef, RecipientId};

/// Everything that happened to one person's consents, and where they stand.
///
/// ```
/// use upheld_consent::{Affirmation, Capacity, Circumstances, Command, ConsentKind, ConsentRecord};
/// use upheld_consent::{Means, Method, Notice, PurposeId, RecordId, Scope, Status, UnixMillis};
/// # let notice: Notice = serde_json::from_str(include_str!("../../tests/vectors/notice.json"))?;
///
/// let at = UnixMillis::new(1_790_000_000_000).ok_or("a moment")?;
/// let mut record = ConsentRecord::new(RecordId::from_random([7; 16])); // draw yours
/// let newsletter = Scope::of(PurposeId::parse("reminders")?);
///
/// let affirmation = Affirmation {
///     kind: ConsentKind::Explicit,
///     method: Method::TickedBox,
///     means: Means::Web,
///     statement: "I agree to be reminded of my appointments.".into(),
///     reference: None,
///     guardian: None,
///     until: None,
/// };
/// let circumstances = Circumstances { at, notice: &notice, capacity: Capacity::Own };
/// let event = record.decide(&newsletter, Command::Give(affirmation), &circumstances)?;
/// record.apply(event)?; // and keep it
/// assert_eq!(record.status_at(&newsletter, at), Status::Given);
///
/// for event in record.withdraw(at, Means::Phone, |_| true)? {
///     record.apply(event)?;
/// }
/// assert_eq!(record.status_at(&newsletter, at), Status::Withdrawn);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRecord {
    id: RecordId,
    events: Vec<ConsentEvent>,
    tracks: BTreeMap<Scope, Track>,
    objections: Vec<(UnixMillis, Option<Channel>)>,
}

/// One consent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Track {
    pub(super) state: State,
    /// Notices that took the place of the one consented to and say no more.
    also: Vec<NoticeRef>,
    ended: Option<Ended>,
    told: BTreeSet<RecipientId>,
}

/// The end of a consent, and who has to know.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Ended {
    since: UnixMillis,
    how: Status,
    recipients: Vec<RecipientId>,
}

impl ConsentRecord {
    /// Begins a record to which nothing has happened.
    #[must_use]
    pub const fn new(id: RecordId) -> Self {
        Self { id, events: Vec::new(), tracks: BTreeMap::new(), objections: Vec::new() }
    }

    /// Makes a record of what was kept of it, in the order in which it happened.
    ///
    /// # Errors
    ///
    /// [`ReplayError`]: which event cannot have happened where it stands.
    pub fn replay(
        id: RecordId,
        events: impl IntoIterator<Item = ConsentEvent>,
    ) -> Result<Self, ReplayError> {
        let mut record = Self::new(id);
        for (index, event) in events.into_iter().enumerate() {
            record.apply(event).map_err(|rejection| ReplayError { index, rejection })?;
        }
        Ok(record)
    }

    /// Its name.
    #[must_use]
    pub const fn id(&self) -> RecordId {
        self.id
    }

    /// What happened, oldest first.
    #[must_use]
    pub fn events(&self) -> &[ConsentEvent] {
        &self.events
    }

    /// What was ever asked, given or refused, in order.
    pub fn scopes(&self) -> impl Iterator<Item = &Scope> {
        self.tracks.keys()
    }

    /// Where a consent stands, as far as anything happened to it.
    #[must_use]
    pub fn state(&self, scope: &Scope) -> &State {
        const UNKNOWN: &State = &State::Unknown;
        self.tracks.get(scope).map_or(UNKNOWN, |track| &track.state)
    }

    /// Where a consent stood, or stands, at a time.
    #[must_use]
    pub fn status_at(&self, scope: &Scope, at: UnixMillis) -> Status {
        self.as_of(at).state(scope).status_at(at)
    }

    /// Says whether something may happen to a consent, and if so gives the event to keep and to
    /// [apply](Self::apply).
    ///
    /// # Errors
    ///
    /// [`Rejection`].
    pub fn decide(
        &self,
        scope: &Scope,
        command: Command<'_>,
        circumstances: &Circumstances<'_>,
    ) -> Result<ConsentEvent, Rejection> {
        self.check_order(circumstances.at)?;
        let change = self.state(scope).decide(command, scope, circumstances)?;
        happened(circumstances.at, scope, change)
    }

    /// Takes back every consent that stands and that `which` is true of: all of them, those for a
    /// recipient, those by a channel. Nothing else is asked for, and no notice is needed. A record
    /// that is ahead of `at`, because some clock was, is no reason to refuse it: it has effect from
    /// `at` on, and is noted after what happened last.
    ///
    /// # Errors
    ///
    /// [`Rejection::Event`] for a moment beyond the calendar.
    //= UK GDPR, Article 7(3): consent is withdrawn at any time
    pub fn withdraw(
        &self,
        at: UnixMillis,
        means: Means,
        which: impl Fn(&Scope) -> bool,
    ) -> Result<Vec<ConsentEvent>, Rejection> {
        let noted = self.not_before(at);
        let mut events = Vec::new();
        for (scope, track) in &self.tracks {
            let change = Change::Withdrawn { means };
            if which(scope) && track.state.evolve(&change, at).is_ok() {
                events.push(happened(noted, scope, change)?.said(at)?);
            }
        }
        Ok(events)
    }

    /// Tells every consent to `older`, and every question that is open, that `newer` takes its
    /// place. Those about which it says something else are over.
    ///
    /// # Errors
    ///
    /// [`Rejection::OutOfOrder`].
    //= UK GDPR, Article 4(11): consent is informed, and does not reach what was not told
    pub fn supersede(
        &self,
        at: UnixMillis,
        older: &Notice,
        newer: &Notice,
    ) -> Result<Vec<ConsentEvent>, Rejection> {
        let reference = older.reference();
        self.to_each(at, |scope, track| {
            let shown = match &track.state {
                State::Requested(notice) | State::Deferred(notice) => Some(notice),
                state => state.grant().map(|grant| &grant.notice),
            };
            let is_of_it = shown == Some(&reference) || track.also.contains(&reference);
            let material = older.change(newer, &scope.purpose) == crate::NoticeChange::Material;
            is_of_it.then(|| Change::NoticeSuperseded { by: newer.reference(), material })
        })
    }

    /// Ends every consent that somebody else gave, because the person can now.
    ///
    /// # Errors
    ///
    /// [`Rejection::OutOfOrder`].
    pub fn reach_age(&self, at: UnixMillis) -> Result<Vec<ConsentEvent>, Rejection> {
        self.to_each(at, |_, _| Some(Change::SubjectReachedAge))
    }

    /// The person objects to marketing, by one channel or by any. It is never refused, and has effect
    /// from `at` on, even where the record is ahead of it.
    ///
    /// # Errors
    ///
    /// [`Rejection::Event`] for a moment beyond the calendar.
    //= UK GDPR, Article 21(2): a person may object to direct marketing at any time
    pub fn object(
        &self,
        at: UnixMillis,
        channel: Option<Channel>,
    ) -> Result<ConsentEvent, Rejection> {
        let noted = self.not_before(at);
        Ok(ConsentEvent::new(noted, Happening::MarketingObjection { channel })?.said(at)?)
    }

    /// A recipient was told that a consent is over. Where the record is ahead of `at`, it is noted
    /// after what happened last, as the withdrawal that it follows from was.
    ///
    /// # Errors
    ///
    /// [`Rejection::NothingToTell`], [`Rejection::Event`] for a moment beyond the calendar.
    pub fn tell(
        &self,
        at: UnixMillis,
        scope: &Scope,
        recipient: &RecipientId,
    ) -> Result<ConsentEvent, Rejection> {
        self.check_obligation(at, scope, recipient)?;
        let (scope, recipient) = (scope.clone(), recipient.clone());
        let noted = self.not_before(at);
        Ok(ConsentEvent::new(noted, Happening::RecipientTold { scope, recipient })?.said(at)?)
    }

    /// Takes in what happened. A record that refuses an event is as it was.
    ///
    /// # Errors
    ///
    /// [`Rejection`] when it cannot have happened.
    pub fn apply(&mut self, event: ConsentEvent) -> Result<(), Rejection> {
        self.check_order(event.at())?;
        match event.what() {
            Happening::Consent { scope, change } => {
                self.evolve(scope, change, event.effective())?;
            }
            Happening::MarketingObjection { channel } => {
                self.objections.push((event.at(), *channel));
            }
            Happening::RecipientTold { scope, recipient } => {
                self.check_obligation(event.effective(), scope, recipient)?;
                if let Some(track) = self.tracks.get_mut(scope) {
                    track.told.insert(recipient.clone());
                }
            }
        }
        self.events.push(event);
        Ok(())
    }

    /// Who has to be told at a time that a consent is over, and has not been.
    //= UK GDPR, Article 19: whoever was given the data is told
    #[must_use]
    pub fn obligations(&self, at: UnixMillis) -> Vec<Obligation> {
        let record = self.as_of(at);
        let open = record.tracks.iter().filter_map(|(scope, track)| {
            let (since, ended, recipients) = track.end(at)?;
            let untold = recipients.iter().filter(|id| !track.told.contains(*id));
            let owed = |recipient: &RecipientId| Obligation {
                scope: scope.clone(),
                recipient: recipient.clone(),
                since,
                ended,
            };
            Some(untold.map(owed).collect::<Vec<_>>())
        });
        open.flatten().collect()
    }

    /// The record as it was at a time.
    pub(super) fn as_of(&self, at: UnixMillis) -> Cow<'_, Self> {
        if self.events.last().is_none_or(|last| last.at() <= at) {
            return Cow::Borrowed(self);
        }
        let mut then = Self::new(self.id);
        for event in self.events.iter().filter(|event| event.effective() <= at) {
            // It was applied before, in this order, but for what a clock ahead has yet to reach.
            drop(then.apply(event.clone()));
        }
        Cow::Owned(then)
    }

    pub(super) fn track(&self, scope: &Scope) -> Option<&Track> {
        self.tracks.get(scope)
    }

    /// When the person last objected to marketing by a channel, or to any.
    pub(super) fn objected(&self, channel: Option<Channel>) -> Option<UnixMillis> {
        let concerns = |by: Option<Channel>| by.is_none() || by == channel;
        let all = self.objections.iter().filter(|(_, by)| concerns(*by));
        all.map(|(at, _)| *at).max()
    }

    fn evolve(&mut self, scope: &Scope, change: &Change, at: UnixMillis) -> Result<(), Rejection> {
        let state = self.state(scope).evolve(change, at)?;
        let track = self.tracks.entry(scope.clone()).or_default();
        if let Change::NoticeSuperseded { by, material: false } = change
            && state.grant().is_some()
        {
            track.also.push(by.clone());
        }
        if matches!(change, Change::Given(_) | Change::Renewed(_)) {
            *track = Track { state, ..Track::default() };
            return Ok(());
        }
        if let Some(grant) = track.state.grant()
            && state.grant().is_none()
        {
            let since = at.min(grant.until);
            let recipients = grant.recipients.clone();
            track.ended = Some(Ended { since, how: state.status(), recipients });
        }
        track.state = state;
        Ok(())
    }

    /// The events of a change to each consent to which it can happen.
    fn to_each(
        &self,
        at: UnixMillis,
        change: impl Fn(&Scope, &Track) -> Option<Change>,
    ) -> Result<Vec<ConsentEvent>, Rejection> {
        self.check_order(at)?;
        let mut events = Vec::new();
        for (scope, track) in &self.tracks {
            if let Some(change) = change(scope, track)
                && track.state.evolve(&change, at).is_ok()
            {
                events.push(happened(at, scope, change)?);
            }
        }
        Ok(events)
    }

    /// That moment, or the last of the record if that is later.
    fn not_before(&self, at: UnixMillis) -> UnixMillis {
        self.events.last().map_or(at, |last| at.max(last.at()))
    }

    fn check_order(&self, at: UnixMillis) -> Result<(), Rejection> {
        match self.events.last().map(ConsentEvent::at) {
            Some(last) if at < last => Err(Rejection::OutOfOrder { last }),
            _ => Ok(()),
        }
    }

    fn check_obligation(
        &self,
        at: UnixMillis,
        scope: &Scope,
        recipient: &RecipientId,
    ) -> Result<(), Rejection> {
        let track = self.tracks.get(scope).filter(|track| !track.told.contains(recipient));
        match track.and_then(|track| track.end(at)) {
            Some((since, _, owed)) if since <= at && owed.contains(recipient) => Ok(()),
            _ => Err(Rejection::NothingToTell { recipient: recipient.clone() }),
        }
    }
}

impl Track {
    /// When and how the consent ended, noted or not, and who has to know.
    fn end(&self, at: UnixMillis) -> Option<(UnixMillis, Status, &[RecipientId])> {
        if let Some(grant) = self.state.grant() {
            let is_over = self.state.status_at(at) == Status::Expired;
            return is_over.then_some((grant.until, Status::Expired, &*grant.recipients));
        }
        self.ended.as_ref().map(|end| (end.since, end.how, &*end.recipients))
    }

    /// Whether the consent was to this notice, or to one that it says no more than.
    pub(super) fn is_to(&self, notice: &NoticeRef) -> bool {
        self.state.grant().is_some_and(|grant| grant.notice == *notice)
            || self.also.contains(notice)
    }
}

fn happened(at: UnixMillis, scope: &Scope, change: Change) -> Result<ConsentEvent, Rejection> {
    Ok(ConsentEvent::new(at, Happening::Consent { scope: scope.clone(), change })?)
}

/// An event cannot have happened where it stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("event {index}: {rejection}")]
#[non_exhaustive]
pub struct ReplayError {
    /// Which, counted from 0.
    pub index: usize,
    /// Why.
    pub rejection: Rejection,
}
