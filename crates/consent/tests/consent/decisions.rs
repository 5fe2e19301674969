//! Whether something may be done, and what is owed when it may not any more.

use upheld_consent::{
    Affirmation, Command, ConsentKind, ConsentRecord, DataCategory, Decision, Ground, Invalidity,
    LawfulBasis, Processing, Reason, Rejection, Status,
};

use crate::withdraw_all;
use crate::{carry_out, day, empty, given, next_notice, notice, purpose, recipient, scope, ticked};

fn decision(record: &ConsentRecord, id: &str, days: u64) -> Decision {
    let purpose = purpose(id);
    let processing = Processing { purpose: &purpose, channel: None, recipient: None, data: &[] };
    record.is_valid_for(&processing, &notice(), day(days))
}

fn reasons(decision: Decision) -> Vec<Reason> {
    match decision {
        Decision::Denied(reasons) => reasons,
        Decision::Allowed(ground) => panic!("allowed by {ground:?}"),
    }
}

#[test]
fn a_consent_that_stands() {
    let record = given(&scope("reminders"));
    let kind = ConsentKind::Explicit;
    let ground = Ground::Consent { since: day(0), until: day(731), kind };
    assert_eq!(decision(&record, "reminders", 1), Decision::Allowed(ground));
    for (days, id, status) in [(731, "reminders", Status::Expired), (1, "study", Status::Unknown)] {
        assert_eq!(reasons(decision(&record, id, days)), [Reason::NoConsent { status }]);
    }
    assert_eq!(reasons(decision(&record, "nothing", 1)), [Reason::PurposeNotInNotice]);
}

#[test]
fn another_basis_needs_no_consent() {
    let basis = Ground::Basis(LawfulBasis::Contract);
    assert_eq!(decision(&empty(), "billing", 0), Decision::Allowed(basis));
    let early = upheld_consent::UnixMillis::new(day(0).get() - 1).unwrap();
    let id = purpose("billing");
    let processing = Processing { purpose: &id, channel: None, recipient: None, data: &[] };
    let early = empty().is_valid_for(&processing, &notice(), early);
    assert_eq!(reasons(early), [Reason::NoticeNotInEffect { from: day(0) }]);
}

//= UK GDPR, Article 5(1)(b): data is used for what it was collected for
#[test]
fn only_the_data_of_the_purpose() {
    let record = given(&scope("reminders"));
    let purpose = purpose("reminders");
    let data = [DataCategory::HealthRecord, DataCategory::Payment, DataCategory::Device];
    let processing = Processing { purpose: &purpose, channel: None, recipient: None, data: &data };
    let denied = record.is_valid_for(&processing, &notice(), day(1));
    let not = |category| Reason::DataNotCovered { category };
    assert_eq!(reasons(denied), [not(DataCategory::Payment), not(DataCategory::Device)]);
}

#[test]
fn only_the_words_that_were_shown() {
    let mut record = given(&scope("reminders"));
    let purpose = purpose("reminders");
    let processing = Processing { purpose: &purpose, channel: None, recipient: None, data: &[] };
    let newer = next_notice(|_| ());
    let under = |record: &ConsentRecord| record.is_valid_for(&processing, &newer, day(3));
    assert_eq!(reasons(under(&record)), [Reason::OtherNotice]);
    for event in record.supersede(day(2), &notice(), &newer).unwrap() {
        record.apply(event).unwrap();
    }
    // It says no more than the other did.
    assert!(under(&record).is_allowed());
    assert!(record.is_valid_for(&processing, &notice(), day(3)).is_allowed());
    let latest = next_notice(|it| it.version = 5);
    for event in record.supersede(day(4), &newer, &latest).unwrap() {
        record.apply(event).unwrap();
    }
    assert!(record.is_valid_for(&processing, &latest, day(4)).is_allowed());
}

#[test]
fn recipients() {
    let mut record = given(&scope("study"));
    carry_out(&mut record, &scope("newsletter"), Command::Give(ticked()), day(0)).unwrap();
    let to = |record: &ConsentRecord, id, to| {
        let (purpose, to) = (purpose(id), recipient(to));
        let processing =
            Processing { purpose: &purpose, channel: None, recipient: Some(&to), data: &[] };
        record.is_valid_for(&processing, &notice(), day(1))
    };
    // A processor is covered by the controller's consent, another controller is not.
    assert!(to(&record, "newsletter", "mailer").is_allowed());
    let none = Reason::NoConsent { status: Status::Unknown };
    assert_eq!(reasons(to(&record, "study", "university")), [none]);
    assert_eq!(reasons(to(&record, "study", "mailer")), [Reason::RecipientNotNamed]);
    let shared = scope("study").to(recipient("university"));
    carry_out(&mut record, &shared, Command::Give(ticked()), day(1)).unwrap();
    assert!(to(&record, "study", "university").is_allowed());
}

#[test]
fn every_reason_cites_a_provision() {
    let record = empty();
    let denied = reasons(decision(&record, "study", 1));
    let said: Vec<_> = denied.iter().map(|it| format!("{}: {it}", it.provision())).collect();
    assert_eq!(said, ["UK GDPR Art 6(1)(a): no consent stands: it is unknown"]);
}

//= UK GDPR, Article 19: whoever was given the data is told
#[test]
fn whoever_was_given_the_data_is_told() {
    let newsletter = scope("newsletter");
    let shared = scope("study").to(recipient("university"));
    let mut record = given(&newsletter);
    carry_out(&mut record, &shared, Command::Give(ticked()), day(0)).unwrap();
    assert_eq!(record.obligations(day(1)), []);
    withdraw_all(&mut record, day(2));
    let owed = record.obligations(day(2));
    let whom: Vec<_> = owed.iter().map(|it| (it.recipient.as_str(), it.since, it.ended)).collect();
    let ended = Status::Withdrawn;
    assert_eq!(whom, [("mailer", day(2), ended), ("university", day(2), ended)]);
    assert_eq!(record.obligations(day(1)), []);

    let event = record.tell(day(3), &newsletter, &recipient("mailer")).unwrap();
    record.apply(event).unwrap();
    assert_eq!(record.obligations(day(3)).len(), 1);
    let nothing = Rejection::NothingToTell { recipient: recipient("mailer") };
    assert_eq!(record.tell(day(3), &newsletter, &recipient("mailer")), Err(nothing));
    // Who consents anew takes it back.
    carry_out(&mut record, &shared, Command::Give(ticked()), day(4)).unwrap();
    assert_eq!(record.obligations(day(4)), []);
}

#[test]
fn they_are_told_of_every_end() {
    let newsletter = scope("newsletter");
    let ends = [
        (Command::Invalidate(Invalidity::Authority), Status::Invalidated),
        (Command::Revoke, Status::Revoked),
    ];
    for (command, ended) in ends {
        let mut record = given(&newsletter);
        carry_out(&mut record, &newsletter, command, day(2)).unwrap();
        assert_eq!(record.obligations(day(2))[0].ended, ended);
    }
    // Time ends it whether or not anybody notes it.
    let mut record = given(&newsletter);
    let owed = record.obligations(day(800));
    assert_eq!((owed[0].ended, owed[0].since), (Status::Expired, day(731)));
    let event = record.tell(day(800), &newsletter, &recipient("mailer")).unwrap();
    record.apply(event).unwrap();
    carry_out(&mut record, &newsletter, Command::Expire, day(801)).unwrap();
    assert_eq!(record.obligations(day(801)), []);
}

#[test]
fn a_weaker_consent_in_storage_allows_nothing_more() {
    let mut record = empty();
    let weak = Affirmation { kind: ConsentKind::Expressed, ..ticked() };
    carry_out(&mut record, &scope("newsletter"), Command::Give(weak), day(0)).unwrap();
    let kept = record.events()[0].to_value().unwrap().to_canonical();
    let forged = kept.replace("newsletter", "reminders");
    let event = upheld_consent::ConsentEvent::parse(forged.as_bytes()).unwrap();
    let record = ConsentRecord::replay(record.id(), [event]).unwrap();
    assert_eq!(reasons(decision(&record, "reminders", 1)), [Reason::NotExplicit]);
}
