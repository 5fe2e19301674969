//! Laws of the fold, over streams that nobody would think of.

use proptest::collection::vec;
use proptest::prelude::*;
use upheld_consent::{
    Affirmation, Capacity, Channel, Circumstances, Command, ConsentKind, ConsentRecord, Contact,
    Guardian, GuardianCheck, Invalidity, Means, Method, Processing, PurposeId, RecipientId, Scope,
    SoftOptIn, Status, Subscriber, TpsScreening,
};

use crate::{day, empty, next_notice, notice, purpose, recipient, scope, withdraw_all};

const PURPOSES: [&str; 5] = ["billing", "newsletter", "offers", "reminders", "study"];

fn scopes() -> Vec<Scope> {
    let mut scopes = Vec::new();
    for id in PURPOSES {
        for channel in [None, Some(Channel::Email), Some(Channel::Post)] {
            for to in [None, Some("mailer"), Some("university")] {
                scopes.push(Scope { channel, recipient: to.map(recipient), ..scope(id) });
            }
        }
    }
    scopes
}

/// A step of a stream: which scope, what, how many days later, by whom.
type Step = (usize, u8, u64, bool);

fn step() -> impl Strategy<Value = Step> {
    (0..scopes().len(), 0_u8..14, prop_oneof![9 => 0_u64..3, 1 => 300_u64..900], any::<bool>())
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

/// Tries each step, and keeps what was allowed. Returns the day after the last.
fn run(steps: &[Step]) -> (ConsentRecord, u64) {
    let scopes = scopes();
    let notice = notice();
    let (minor, material) =
        (next_notice(|_| ()), next_notice(|it| it.controller.name = "Southside".into()));
    let mut record = empty();
    let mut today = 0;
    for (at, what, later, is_child) in steps.iter().copied() {
        today += later;
        let scope = &scopes[at];
        let was_final = record.state(scope).status() == Status::Revoked;
        let command = match what {
            0 | 1 => Command::Request,
            2..=4 => Command::Give(affirmation(is_child)),
            5 => Command::Refuse,
            6 => Command::Defer,
            7 => Command::Withdraw(Means::Email),
            8 => Command::Renew(affirmation(is_child)),
            9 => Command::Expire,
            10 if is_child => Command::Invalidate(Invalidity::Defective),
            10 => Command::Revoke,
            11 => Command::Supersede(if is_child { &material } else { &minor }),
            12 => Command::ReachAge,
            _ => {
                let event = record.object(day(today), scope.channel).unwrap();
                record.apply(event).unwrap();
                continue;
            }
        };
        let capacity = if is_child { Capacity::ByGuardian } else { Capacity::Own };
        let circumstances = Circumstances { at: day(today), notice: &notice, capacity };
        if let Ok(event) = record.decide(scope, command, &circumstances) {
            assert!(!was_final, "{event:?} left a final state");
            record.apply(event).unwrap();
        }
    }
    (record, today + 1)
}

/// Everything that may be done or sent at a time.
fn allowed(
    record: &ConsentRecord,
    days: u64,
) -> Vec<(PurposeId, Option<Channel>, Option<RecipientId>, bool)> {
    let notice = notice();
    let mut allowed = Vec::new();
    for Scope { purpose, channel, recipient } in scopes() {
        let processing =
            Processing { purpose: &purpose, channel, recipient: recipient.as_ref(), data: &[] };
        if record.is_valid_for(&processing, &notice, day(days)).is_allowed() {
            allowed.push((purpose.clone(), channel, recipient, false));
        }
    }
    for id in PURPOSES {
        for &channel in Channel::ALL {
            let purpose = purpose(id);
            let soft_opt_in = Some(SoftOptIn {
                obtained_in_sale: true,
                own_similar_products: true,
                opt_out_when_collected: true,
                opt_out_in_message: true,
            });
            let (subscriber, tps) = (Subscriber::Individual, TpsScreening::Clear);
            let contact = Contact { purpose: &purpose, channel, subscriber, tps, soft_opt_in };
            if record.may_contact(&contact, &notice, day(days)).is_allowed() {
                allowed.push((purpose.clone(), Some(channel), None, true));
            }
        }
    }
    allowed
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_fold_of_the_events_is_the_record(steps in vec(step(), 0..60)) {
        let (record, _) = run(&steps);
        let events = record.events().iter().cloned();
        prop_assert_eq!(ConsentRecord::replay(record.id(), events).unwrap(), record.clone());
        // And of any beginning, the record at that time.
        for (number, event) in record.events().iter().enumerate() {
            let is_last = record.events().get(number + 1).is_none_or(|next| next.at() > event.at());
            if is_last {
                let events = record.events()[..=number].iter().cloned();
                let then = ConsentRecord::replay(record.id(), events).unwrap();
                for scope in scopes() {
                    let was = then.status_at(&scope, event.at());
                    prop_assert_eq!(record.status_at(&scope, event.at()), was);
                }
            }
        }
    }

    #[test]
    fn withdrawing_makes_nothing_more_valid(steps in vec(step(), 0..40), which in any::<u64>()) {
        let (mut record, today) = run(&steps);
        let before = [allowed(&record, today), allowed(&record, today + 400)];
        let some = scopes();
        let chosen = |scope: &Scope| {
            some.iter().position(|it| it == scope).is_some_and(|at| which >> at & 1 == 1)
        };
        for event in record.withdraw(day(today), Means::Phone, chosen).unwrap() {
            record.apply(event).unwrap();
        }
        let after = [allowed(&record, today), allowed(&record, today + 400)];
        for (before, after) in before.iter().zip(&after) {
            prop_assert!(after.iter().all(|it| before.contains(it)));
        }
        withdraw_all(&mut record, day(today));
        for scope in scopes() {
            prop_assert!(!record.status_at(&scope, day(today)).is_valid());
        }
    }

    #[test]
    fn objecting_makes_nothing_more_valid(steps in vec(step(), 0..40)) {
        let (mut record, today) = run(&steps);
        let before = allowed(&record, today);
        let event = record.object(day(today), None).unwrap();
        record.apply(event).unwrap();
        let after = allowed(&record, today);
        prop_assert!(after.iter().all(|it| before.contains(it)));
        let marketing = [purpose("newsletter"), purpose("offers")];
        prop_assert!(!after.iter().any(|(purpose, ..)| marketing.contains(purpose)));
    }

    #[test]
    fn nothing_is_allowed_by_consent_that_nobody_gave(steps in vec(step(), 0..40)) {
        let (record, today) = run(&steps);
        for (purpose, channel, recipient, is_contact) in allowed(&record, today) {
            if is_contact || !["newsletter", "reminders", "study"].contains(&purpose.as_str()) {
                continue;
            }
            let own = Scope { purpose: purpose.clone(), channel, recipient: None };
            let shared = Scope { recipient, ..own.clone() };
            let stands = |scope: &Scope| record.status_at(scope, day(today)).is_valid();
            prop_assert!(stands(&own) || stands(&shared));
        }
    }
}
