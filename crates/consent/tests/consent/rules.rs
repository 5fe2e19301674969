//! What the law asks of a consent when it is given: each rule broken once.

use upheld_consent::{
    Affirmation, Capacity, Circumstances, Command, ConsentKind, Date, Guardian, GuardianCheck,
    Means, Method, Rejection, Scope, State, Status, TextError,
};

use crate::withdraw_all;
use crate::{carry_out, day, empty, given, next_notice, notice, purpose, recipient, scope, ticked};

fn refused(scope: &Scope, affirmation: Affirmation) -> Rejection {
    carry_out(&mut empty(), scope, Command::Give(affirmation), day(0)).unwrap_err()
}

//= UK GDPR, Article 9(2)(a): consent to the use of special categories is explicit
//= ICO, consent: explicit consent is affirmed in words, not by an action alone
#[test]
fn special_categories_need_explicit_consent() {
    let expressed = Affirmation { kind: ConsentKind::Expressed, ..ticked() };
    assert_eq!(refused(&scope("reminders"), expressed.clone()), Rejection::NotExplicit);
    carry_out(&mut empty(), &scope("newsletter"), Command::Give(expressed), day(0)).unwrap();
    let setting = Affirmation { method: Method::ChosenSetting, ..ticked() };
    assert_eq!(refused(&scope("reminders"), setting.clone()), Rejection::NoStatement);
    let setting = Affirmation { kind: ConsentKind::Expressed, ..setting };
    carry_out(&mut empty(), &scope("newsletter"), Command::Give(setting), day(0)).unwrap();
}

//= UK GDPR, Article 4(11): a statement or a clear affirmative action
#[test]
fn every_method_is_an_act() {
    let words: Vec<_> = Method::ALL.iter().map(|it| it.name()).collect();
    let acts = [
        "ticked-box",
        "pressed-button",
        "chosen-setting",
        "signed-form",
        "written-statement",
        "spoken-statement",
    ];
    assert_eq!(words, acts);
    for silent in ["pre-ticked", "silence", "scrolled", "inactivity", "implied", ""] {
        assert_eq!(Method::parse(silent), None);
        assert_eq!(ConsentKind::parse(silent), None);
    }
}

//= UK GDPR, Article 8(1): below the age, whoever has parental responsibility consents
//= UK GDPR, Article 8(2): reasonable efforts to verify that whoever consents has the responsibility
#[test]
fn a_child_needs_a_guardian() {
    let decide = |capacity, guardian| {
        let circumstances = Circumstances { at: day(0), notice: &notice(), capacity };
        let command = Command::Give(Affirmation { guardian, ..ticked() });
        empty().decide(&scope("reminders"), command, &circumstances)
    };
    let verified_by = GuardianCheck::KnownInPerson;
    let guardian = Guardian { reference: "account 12".into(), verified_by };
    assert_eq!(decide(Capacity::ByGuardian, None), Err(Rejection::GuardianMissing));
    let not_needed = decide(Capacity::Own, Some(guardian.clone()));
    assert_eq!(not_needed, Err(Rejection::GuardianNotNeeded));
    let event = decide(Capacity::ByGuardian, Some(guardian.clone())).unwrap();
    let mut record = empty();
    record.apply(event).unwrap();
    let State::Given(grant) = record.state(&scope("reminders")) else { panic!() };
    assert_eq!(grant.guardian, Some(guardian));
    // They grow up, and are asked themselves.
    for event in record.reach_age(day(9)).unwrap() {
        record.apply(event).unwrap();
    }
    assert_eq!(record.status_at(&scope("reminders"), day(8)), Status::Given);
    assert_eq!(record.status_at(&scope("reminders"), day(9)), Status::Invalidated);
    carry_out(&mut record, &scope("reminders"), Command::Give(ticked()), day(10)).unwrap();
    assert_eq!(record.reach_age(day(11)).unwrap(), []);
}

//= DPA 2018, section 9: thirteen, where Article 8 of the GDPR says sixteen
#[test]
fn thirteen_years() {
    let on = |born: &str, on: &str| {
        let (born, on) = (Date::parse(born).unwrap(), Date::parse(on).unwrap());
        Capacity::of_age(born, Capacity::UK_AGE, on)
    };
    assert_eq!(on("2013-06-01", "2026-05-31"), Capacity::ByGuardian);
    assert_eq!(on("2013-06-01", "2026-06-01"), Capacity::Own);
    assert_eq!(on("2012-02-29", "2025-02-28"), Capacity::ByGuardian);
    assert_eq!(on("2012-02-29", "2025-03-01"), Capacity::Own);
    assert_eq!(on("2030-01-01", "2026-06-01"), Capacity::ByGuardian);
}

//= ICO, consent: whoever relies on a consent was named when it was asked for
#[test]
fn recipients_who_rely_on_it_are_named() {
    let to = |id| scope("study").to(recipient(id));
    carry_out(&mut empty(), &to("university"), Command::Give(ticked()), day(0)).unwrap();
    let nobody = Rejection::RecipientNotNamed { recipient: recipient("adroll") };
    assert_eq!(refused(&to("adroll"), ticked()), nobody);
    let elsewhere = Rejection::RecipientNotNamed { recipient: recipient("mailer") };
    assert_eq!(refused(&to("mailer"), ticked()), elsewhere);
    let processor = scope("newsletter").to(recipient("mailer"));
    let covered = Rejection::RecipientIsProcessor { recipient: recipient("mailer") };
    assert_eq!(refused(&processor, ticked()), covered);
}

#[test]
fn what_does_not_rest_on_consent_is_not_asked_for() {
    use upheld_consent::LawfulBasis;
    let basis = LawfulBasis::Contract;
    assert_eq!(refused(&scope("billing"), ticked()), Rejection::NotByConsent { basis });
    let asked = carry_out(&mut empty(), &scope("billing"), Command::Request, day(0));
    assert_eq!(asked, Err(Rejection::NotByConsent { basis }));
    let missing = Rejection::PurposeNotInNotice { purpose: purpose("nothing") };
    assert_eq!(refused(&scope("nothing"), ticked()), missing);
}

#[test]
fn the_notice_was_there_and_offered_the_means() {
    let circumstances = Circumstances {
        at: day(0),
        notice: &next_notice(|it| it.effective_from = day(1)),
        capacity: Capacity::Own,
    };
    let early = empty().decide(&scope("reminders"), Command::Give(ticked()), &circumstances);
    assert_eq!(early, Err(Rejection::NoticeNotInEffect { from: day(1) }));
    let by_phone = Affirmation { means: Means::Phone, ..ticked() };
    assert_eq!(
        refused(&scope("reminders"), by_phone),
        Rejection::NoSuchMeans { means: Means::Phone }
    );
    let field = "the statement";
    let silent = Affirmation { statement: String::new(), ..ticked() };
    assert_eq!(refused(&scope("reminders"), silent), TextError::Blank { field }.into());
}

/// 24 months after 1 June 2026 is 1 June 2028: 731 days, one of them 29 February.
#[test]
fn a_consent_ends_when_it_is_to_be_asked_anew() {
    let record = given(&scope("reminders"));
    let at = |days| record.status_at(&scope("reminders"), day(days));
    assert_eq!((at(0), at(730), at(731)), (Status::Given, Status::Given, Status::Expired));
    let until =
        |until| refused(&scope("reminders"), Affirmation { until: Some(until), ..ticked() });
    let latest = day(731);
    assert_eq!(until(day(732)), Rejection::Until { latest });
    assert_eq!(until(day(0)), Rejection::Until { latest });
    let mut record = empty();
    let sooner = Affirmation { until: Some(day(3)), ..ticked() };
    carry_out(&mut record, &scope("reminders"), Command::Give(sooner), day(0)).unwrap();
    assert_eq!(record.status_at(&scope("reminders"), day(3)), Status::Expired);
    let late = carry_out(&mut record, &scope("reminders"), Command::Renew(ticked()), day(3));
    assert_eq!(late, Err(Rejection::NothingGiven));
    carry_out(&mut record, &scope("reminders"), Command::Give(ticked()), day(3)).unwrap();
    carry_out(&mut record, &scope("reminders"), Command::Renew(ticked()), day(700)).unwrap();
    assert_eq!(record.status_at(&scope("reminders"), day(1_400)), Status::Renewed);
}

//= UK GDPR, Article 7(3): consent is withdrawn at any time
#[test]
fn withdrawing_needs_no_notice_and_any_means_will_do() {
    let mut record = given(&scope("reminders"));
    let to = scope("study").to(recipient("university"));
    carry_out(&mut record, &to, Command::Give(ticked()), day(1)).unwrap();
    let by_letter =
        record.withdraw(day(2), Means::Post, |scope| scope.recipient.is_some()).unwrap();
    assert_eq!(by_letter.len(), 1);
    assert_eq!(withdraw_all(&mut record, day(2)), 2);
    assert_eq!(withdraw_all(&mut record, day(3)), 0);
    // What was done before stays lawful.
    assert_eq!(record.status_at(&to, day(1)), Status::Given);
    assert_eq!(record.status_at(&to, day(2)), Status::Withdrawn);
}

#[test]
fn time_does_not_go_back() {
    let mut record = given(&scope("reminders"));
    let before = upheld_consent::UnixMillis::new(day(0).get() - 1).unwrap();
    let early = carry_out(&mut record, &scope("newsletter"), Command::Give(ticked()), before);
    assert_eq!(early, Err(Rejection::OutOfOrder { last: day(0) }));
}

/// Some clock was ahead, and the record with it. Whoever takes consent back is heard all the same,
/// and from that moment on, not from the one that the clock has yet to reach.
//= UK GDPR, Article 7(3): consent is withdrawn at any time
//= UK GDPR, Article 21(2): a person may object to direct marketing at any time
#[test]
fn a_withdrawal_is_never_refused() {
    let (reminders, news) = (scope("reminders"), scope("newsletter"));
    let mut record = given(&reminders);
    carry_out(&mut record, &news, Command::Give(ticked()), day(90)).unwrap();
    assert_eq!(withdraw_all(&mut record, day(10)), 2);
    assert_eq!(record.status_at(&news, day(90)), Status::Withdrawn);
    assert_eq!(record.status_at(&reminders, day(9)), Status::Given);
    for later in [10, 11, 89, 90, 91] {
        assert_eq!(record.status_at(&reminders, day(later)), Status::Withdrawn, "{later}");
    }
    let objection = record.object(day(11), None).unwrap();
    assert_eq!((objection.at(), objection.effective()), (day(90), day(11)));
    record.apply(objection).unwrap();
    // What is kept is read again, with the moment at which it was said.
    let kept: Vec<_> = record.events().iter().map(|it| serde_json::to_vec(it).unwrap()).collect();
    let read = kept.iter().map(|it| upheld_consent::ConsentEvent::parse(it).unwrap());
    assert_eq!(upheld_consent::ConsentRecord::replay(record.id(), read), Ok(record.clone()));
    let forged =
        String::from_utf8(kept[0].clone()).unwrap().replacen("\"what\"", "\"said\":1,\"what\"", 1);
    assert!(upheld_consent::ConsentEvent::parse(forged.as_bytes()).is_err());
}

/// Nor is what follows from it: whoever was given data is told the day it was withdrawn.
//= UK GDPR, Article 19: whoever was given the data is told
#[test]
fn a_recipient_is_told_whatever_the_clock_says() {
    let (to, news) = (scope("study").to(recipient("university")), scope("newsletter"));
    let mut record = given(&to);
    carry_out(&mut record, &news, Command::Give(ticked()), day(90)).unwrap();
    let early = record.tell(day(9), &to, &recipient("university"));
    assert!(matches!(early, Err(Rejection::NothingToTell { .. })), "{early:?}");
    withdraw_all(&mut record, day(10));
    // It is not over before it was withdrawn.
    let early = record.tell(day(9), &to, &recipient("university"));
    assert!(matches!(early, Err(Rejection::NothingToTell { .. })), "{early:?}");
    let told = record.tell(day(11), &to, &recipient("university")).unwrap();
    assert_eq!((told.at(), told.effective()), (day(90), day(11)));
    record.apply(told).unwrap();
    let owed = |on| record.obligations(day(on)).iter().filter(|it| it.scope == to).count();
    assert_eq!((owed(9), owed(10), owed(11), owed(90)), (0, 1, 0, 0));
    let kept: Vec<_> = record.events().iter().map(|it| serde_json::to_vec(it).unwrap()).collect();
    let read = kept.iter().map(|it| upheld_consent::ConsentEvent::parse(it).unwrap());
    assert_eq!(upheld_consent::ConsentRecord::replay(record.id(), read), Ok(record.clone()));
}

//= UK GDPR, Article 4(11): consent is informed, and does not reach what was not told
#[test]
fn a_new_notice_ends_what_it_changes() {
    let mut record = given(&scope("reminders"));
    carry_out(&mut record, &scope("newsletter"), Command::Give(ticked()), day(0)).unwrap();
    let newer = next_notice(|draft| {
        use upheld_consent::{DataCategory, Purpose};
        let mut more = draft.purposes[1].clone().into_draft();
        more.data.push(DataCategory::BrowsingActivity);
        draft.purposes[1] = Purpose::new(more).unwrap();
    });
    for event in record.supersede(day(5), &notice(), &newer).unwrap() {
        record.apply(event).unwrap();
    }
    assert_eq!(record.status_at(&scope("newsletter"), day(5)), Status::Invalidated);
    assert_eq!(record.status_at(&scope("reminders"), day(5)), Status::Given);
    // Whoever was never shown the older notice is not concerned by its end.
    assert_eq!(record.supersede(day(6), &next_notice(|it| it.version = 9), &newer).unwrap(), []);
}
