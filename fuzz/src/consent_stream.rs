//! Consents of whatever happened, in any order.

use upheld_consent::{
    Affirmation, Capacity, Channel, Circumstances, Command, ConsentKind, ConsentRecord, Guardian,
    GuardianCheck, Invalidity, Means, Method, Notice, Processing, RecipientId, RecordId, Scope,
    Status, UnixMillis,
};

use crate::bytes::Bytes;

/// The same that the crate's own tests use.
const NOTICE: &str = include_str!("../../crates/consent/tests/vectors/notice.json");
const START: u64 = 1_780_272_000_000;
const HOUR: u64 = 3_600_000;
/// The last moment of 2199: the crate takes no event after it.
const END: u64 = 7_258_118_399_999;

/// What was decided can be applied and replayed to the same record; what is final stays; a record
/// that refuses is as it was; and withdrawing allows nothing that was not allowed before.
pub fn consent_stream(input: &[u8]) {
    let notice: Notice = serde_json::from_str(NOTICE).expect("a notice");
    let mut bytes = Bytes(input);
    let mut record = ConsentRecord::new(RecordId::from_random([0; 16]));
    let mut now = START;
    while !bytes.is_empty() && record.events().len() < 200 {
        now = END.min(now + u64::from(bytes.u16()) * HOUR);
        let Some(at) = UnixMillis::new(now) else { break };
        let scope = scope(&notice, bytes.u8());
        let is_child = bytes.u8() % 2 == 1;
        let command = match bytes.u8() % 13 {
            0 => Command::Request,
            1..=3 => Command::Give(affirmation(is_child)),
            4 => Command::Refuse,
            5 => Command::Defer,
            6 => Command::Withdraw(Means::Post),
            7 => Command::Renew(affirmation(is_child)),
            8 => Command::Expire,
            9 => Command::Invalidate(Invalidity::Defective),
            10 => Command::Revoke,
            11 => Command::ReachAge,
            _ => {
                let event = record.object(at, scope.channel).expect("never refused");
                record.apply(event).expect("decided");
                continue;
            }
        };
        let was = record.state(&scope).status();
        let capacity = if is_child { Capacity::ByGuardian } else { Capacity::Own };
        let circumstances = Circumstances { at, notice: &notice, capacity };
        if let Ok(event) = record.decide(&scope, command, &circumstances) {
            assert_ne!(was, Status::Revoked, "a final state was left");
            let kept = event.to_value().expect("JSON").to_canonical();
            assert_eq!(upheld_consent::ConsentEvent::parse(kept.as_bytes()), Ok(event.clone()));
            record.apply(event).expect("decided");
        }
    }
    let replayed = ConsentRecord::replay(record.id(), record.events().iter().cloned());
    assert_eq!(replayed.as_ref(), Ok(&record));
    let Some(at) = UnixMillis::new(now) else { return };
    let before = allowed(&record, &notice, at);
    for event in record.withdraw(at, Means::Web, |_| true).expect("in order") {
        record.apply(event).expect("decided");
    }
    let after = allowed(&record, &notice, at);
    assert!(after.iter().zip(&before).all(|(after, before)| !after || *before));
    assert!(record.scopes().all(|scope| !record.status_at(scope, at).is_valid()));
}

fn scope(notice: &Notice, choice: u8) -> Scope {
    let purposes = &notice.content().purposes;
    let purpose = purposes[usize::from(choice) % purposes.len()].id().clone();
    let channel = [None, Some(Channel::Email), Some(Channel::Post)][usize::from(choice / 8) % 3];
    let recipient = ["", "mailer", "university"][usize::from(choice / 32) % 3];
    Scope { purpose, channel, recipient: RecipientId::parse(recipient).ok() }
}

fn affirmation(is_child: bool) -> Affirmation {
    let verified_by = GuardianCheck::Document;
    Affirmation {
        kind: ConsentKind::Explicit,
        method: Method::SignedForm,
        means: Means::InPerson,
        statement: "Yes.".into(),
        reference: None,
        guardian: is_child.then(|| Guardian { reference: "17".into(), verified_by }),
        until: None,
    }
}

/// Whether each scope there is may be acted on.
fn allowed(record: &ConsentRecord, notice: &Notice, at: UnixMillis) -> Vec<bool> {
    let may = |choice: u8| {
        let Scope { purpose, channel, recipient } = scope(notice, choice);
        let recipient = recipient.as_ref();
        let processing = Processing { purpose: &purpose, channel, recipient, data: &[] };
        record.is_valid_for(&processing, notice, at).is_allowed()
    };
    (0..=u8::MAX).map(may).collect()
}
