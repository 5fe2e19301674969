//! Notices, consent and receipts through the public interface: one module per source or rule.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod contact;
mod decisions;
mod events;
mod fold;
mod notices;
mod purposes;
mod receipts;
mod rules;
mod states;
mod suppression;
mod vocabulary;

use upheld_consent::{
    Affirmation, Capacity, Circumstances, Command, ConsentKind, ConsentRecord, Means, Method,
    Notice, NoticeDraft, PurposeId, RecipientId, RecordId, Rejection, Scope, UnixMillis,
};

/// The notice of a clinic: purposes by contract, legitimate interests, consent and explicit consent.
const NOTICE: &str = include_str!("../vectors/notice.json");

/// When the notice begins to be in effect: 2026-06-01T00:00:00Z.
const START: u64 = 1_780_272_000_000;
const DAY: u64 = 86_400_000;

/// So many days after the notice began to be in effect.
fn day(days: u64) -> UnixMillis {
    UnixMillis::new(START + days * DAY).unwrap()
}

fn notice() -> Notice {
    serde_json::from_str(NOTICE).unwrap()
}

/// The notice in its next version, otherwise.
fn next_notice(change: impl FnOnce(&mut NoticeDraft)) -> Notice {
    let mut draft: NoticeDraft = serde_json::from_str(NOTICE).unwrap();
    draft.version += 1;
    change(&mut draft);
    Notice::new(draft).unwrap()
}

fn purpose(id: &str) -> PurposeId {
    PurposeId::parse(id).unwrap()
}

fn recipient(id: &str) -> RecipientId {
    RecipientId::parse(id).unwrap()
}

fn scope(id: &str) -> Scope {
    Scope::of(purpose(id))
}

fn empty() -> ConsentRecord {
    ConsentRecord::new(RecordId::from_random([1; 16]))
}

/// A box ticked on a page, beside a statement.
fn ticked() -> Affirmation {
    Affirmation {
        kind: ConsentKind::Explicit,
        method: Method::TickedBox,
        means: Means::Web,
        statement: "I agree.".into(),
        reference: None,
        guardian: None,
        until: None,
    }
}

/// Has a command carried out by somebody who can decide for themselves.
fn carry_out(
    record: &mut ConsentRecord,
    scope: &Scope,
    command: Command<'_>,
    at: UnixMillis,
) -> Result<(), Rejection> {
    let circumstances = Circumstances { at, notice: &notice(), capacity: Capacity::Own };
    let event = record.decide(scope, command, &circumstances)?;
    record.apply(event)
}

/// A record in which a consent is given on the first day.
fn given(scope: &Scope) -> ConsentRecord {
    let mut record = empty();
    carry_out(&mut record, scope, Command::Give(ticked()), day(0)).unwrap();
    record
}

fn withdraw_all(record: &mut ConsentRecord, at: UnixMillis) -> usize {
    let events = record.withdraw(at, Means::Web, |_| true).unwrap();
    let number = events.len();
    for event in events {
        record.apply(event).unwrap();
    }
    number
}
