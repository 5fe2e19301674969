//! One consent of a record as receipts show it: what was agreed to, by what notice, since when.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;
use upheld_ledger::UnixMillis;

use super::Dossier;
use crate::moment::to_rfc3339;
use crate::{
    Change, Grant, Happening, Notice, NoticeRef, Purpose, Recipient, RecipientRole, Scope, State,
    Status, StoragePeriod,
};

/// One consent.
#[derive(Clone, Debug)]
pub(super) struct View<'a> {
    pub(super) scope: &'a Scope,
    pub(super) status: Status,
    /// The last that was given, whether or not it stands.
    pub(super) grant: &'a Grant,
    pub(super) notice: &'a Notice,
    pub(super) purpose: &'a Purpose,
    pub(super) events: Vec<Step<'a>>,
}

/// Something that happened to it.
#[derive(Clone, Debug)]
pub(super) struct Step<'a> {
    pub(super) at: UnixMillis,
    pub(super) status: Status,
    pub(super) grant: Option<&'a Grant>,
    pub(super) change: &'a Change,
}

/// The consents that were ever given by a time, in order of their scopes: in one walk through what
/// happened.
pub(super) fn all(dossier: &Dossier, at: UnixMillis) -> Vec<View<'_>> {
    let mut tracks: BTreeMap<&Scope, (State, Vec<Step<'_>>)> = BTreeMap::new();
    let happened = dossier.record().events().iter().filter(|event| event.effective() <= at);
    for event in happened {
        let Happening::Consent { scope, change } = event.what() else { continue };
        let (state, steps) = tracks.entry(scope).or_default();
        let when = event.effective();
        let Ok(next) = state.evolve(change, when) else { continue };
        *state = next;
        let grant = match change {
            Change::Given(grant) | Change::Renewed(grant) => Some(grant),
            _ => None,
        };
        steps.push(Step { at: when, status: state.status(), grant, change });
    }
    let notices: HashMap<_, _> =
        dossier.notices().iter().map(|notice| (notice.reference(), notice)).collect();
    let mut views = Vec::new();
    for (scope, (state, events)) in tracks {
        views.extend(view(&notices, (scope, &state, events), at));
    }
    views
}

fn view<'a>(
    notices: &HashMap<NoticeRef, &'a Notice>,
    (scope, state, events): (&'a Scope, &State, Vec<Step<'a>>),
    at: UnixMillis,
) -> Option<View<'a>> {
    let grant = events.iter().rev().find_map(|step| step.grant)?;
    let notice = *notices.get(&grant.notice)?;
    let purpose = notice.purpose(&scope.purpose)?;
    Some(View { scope, status: state.status_at(at), grant, notice, purpose, events })
}

impl View<'_> {
    /// Whether it stands.
    pub(super) fn stands(&self) -> bool {
        self.status.is_valid()
    }

    /// What it is for, for the person.
    pub(super) fn title(&self) -> String {
        let description = self.purpose.description();
        match self.scope.channel {
            Some(channel) => format!("{description} (by {})", channel.name()),
            None => description.into(),
        }
    }

    /// Who is given data on it.
    pub(super) fn recipients(&self) -> impl Iterator<Item = &Recipient> {
        self.grant.recipients.iter().filter_map(|id| self.notice.recipient(id))
    }

    /// Those of them who are neither the controller nor act for it.
    pub(super) fn third_parties(&self) -> impl Iterator<Item = &Recipient> {
        self.recipients().filter(|it| it.role != RecipientRole::Processor)
    }

    /// When it ends and how long data is kept, for the person.
    pub(super) fn termination(&self) -> String {
        let until = to_rfc3339(self.grant.until);
        let kept = match self.purpose.storage() {
            StoragePeriod::Months(months) => format!("for {months} months"),
            StoragePeriod::Until(event) => format!("until {event}"),
        };
        format!("consent until {until} or until it is withdrawn; data kept {kept}")
    }
}

/// Adds a member to an object.
pub(super) fn put(object: &mut Value, name: &str, value: Value) {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.into(), value);
    }
}

/// How long data is kept: a duration of ISO 8601, or what ends it.
pub(super) fn storage(period: &StoragePeriod) -> String {
    match period {
        StoragePeriod::Months(months) => format!("P{months}M"),
        StoragePeriod::Until(event) => event.clone(),
    }
}

/// Whole days from one moment to another, as a duration of ISO 8601.
pub(super) fn days(since: UnixMillis, until: UnixMillis) -> String {
    format!("P{}D", until.get().saturating_sub(since.get()) / 86_400_000)
}
