//! Health data is neither withheld nor disclosed without asking whoever knows.

use upheld_consent::request::{
    Ask, Clearance, Command, Finding, Ground, ItemFault, Opinion, OpinionFault, Other, OthersTest,
    Outcome, Record, Rejection, Verdict,
};

use crate::desk::{Desk, done, item, respond};
use crate::{date, name, text};

fn opinion(given: &str, finding: Finding) -> Opinion {
    Opinion { by: name("Dr Okafor"), given: date(given), finding, ask_again: false }
}

fn harm(opinion: Option<Opinion>) -> Ground {
    Ground::SeriousHarm { opinion, because: text("the note names who reported the danger") }
}

fn review(verdict: Verdict) -> Command {
    Command::Review { item: name("note 1"), verdict }
}

fn with(record: Record, health_data: bool) -> Desk {
    Desk::reviewing(Ask::Access, &[item("note 1", record, health_data)])
}

#[track_caller]
fn fault(rejection: Rejection) -> ItemFault {
    match rejection {
        Rejection::Item(fault) => fault,
        other => panic!("{other}"),
    }
}

//= DPA 2018, Schedule 3, paragraph 6: and before disclosing what the person has not seen
#[test]
fn a_platform_discloses_no_health_data_of_its_own_accord() {
    let mut desk = with(Record::Health, true).of_a_platform();
    let plain = || review(Verdict::Disclose(Clearance::Ordinary));
    let needed = fault(desk.refused("2026-06-05", plain()));
    assert_eq!(needed, ItemFault::OpinionNeeded { item: name("note 1") });
    let opposite = Clearance::NoSeriousHarm(opinion("2026-06-01", Finding::SeriousHarm));
    let wrong = fault(desk.refused("2026-06-05", review(Verdict::Disclose(opposite))));
    assert!(matches!(wrong, ItemFault::Opinion { fault: OpinionFault::Opposite, .. }));
    let fits = Clearance::NoSeriousHarm(opinion("2026-06-01", Finding::NoSeriousHarm));
    desk.must("2026-06-05", review(Verdict::Disclose(fits)));
    let known = Clearance::AlreadyKnown(text("it was read to the person on 4 May"));
    desk.must("2026-06-05", review(Verdict::Disclose(known)));
    // A health professional needs nobody's opinion; nor does what is not about health.
    with(Record::Health, true).must("2026-06-05", plain());
    with(Record::Other, false).of_a_platform().must("2026-06-05", plain());
}

//= DPA 2018, Schedule 3, paragraph 5: who is no health professional asks one before withholding
#[test]
fn nor_does_it_withhold_any() {
    let withhold = |opinion| review(Verdict::Withhold(harm(opinion)));
    let mut desk = with(Record::Health, true).of_a_platform();
    let needed = fault(desk.refused("2026-06-05", withhold(None)));
    assert_eq!(needed, ItemFault::OpinionNeeded { item: name("note 1") });
    let stale = opinion("2025-12-05", Finding::SeriousHarm);
    let stale = fault(desk.refused("2026-06-05", withhold(Some(stale))));
    assert_eq!(
        stale.to_string(),
        "the opinion of 2025-12-05 is older than the six months ending with 2026-06-05; the first day that would do is 2025-12-06"
    );
    desk.must("2026-06-05", withhold(Some(opinion("2025-12-06", Finding::SeriousHarm))));
    with(Record::Health, true).must("2026-06-05", withhold(None));
    let mut other = with(Record::Other, false);
    assert!(matches!(
        fault(other.refused("2026-06-05", withhold(None))),
        ItemFault::NoHealthData { .. }
    ));
}

/// It is relied on when the answer goes out, not when the item was read.
//= DPA 2018, Schedule 3, paragraph 5: no older than the six months ending with the day of reliance
#[test]
fn an_opinion_may_grow_stale_before_the_answer() {
    let mut desk = with(Record::Health, true).of_a_platform();
    let ground = harm(Some(opinion("2025-12-10", Finding::SeriousHarm)));
    desk.must("2026-06-05", review(Verdict::Withhold(ground.clone())));
    let answer = respond(Outcome::Partial { done: done(Ask::Access), refused: vec![ground] });
    let stale = fault(desk.refused("2026-06-10", answer.clone()));
    assert!(matches!(stale, ItemFault::Opinion { fault: OpinionFault::Stale { .. }, .. }));
    desk.must("2026-06-09", answer);
}

#[test]
fn a_refusal_as_a_whole_stands_before_the_same_gate() {
    let mut unread = Desk::with(Ask::Access).of_a_platform();
    unread.must("2026-06-02", Command::Accept);
    let fresh = || harm(Some(opinion("2026-01-01", Finding::SeriousHarm)));
    let refuse = |ground| respond(Outcome::Refused(vec![ground]));
    assert_eq!(unread.refused("2026-06-03", refuse(fresh())), Rejection::NotSearched);
    let mut nothing = Desk::reviewing(Ask::Access, &[]).of_a_platform();
    let not_so = Rejection::NotSo { provision: fresh().provision() };
    assert_eq!(nothing.refused("2026-06-05", refuse(fresh())), not_so);
    let mut desk = with(Record::Health, true).of_a_platform();
    let unfinished = Rejection::Unfinished { names: vec![name("note 1")] };
    assert_eq!(desk.refused("2026-06-05", refuse(fresh())), unfinished);
    desk.must("2026-06-05", review(Verdict::Withhold(fresh())));
    let stale = fault(desk.refused("2026-07-01", refuse(fresh())));
    assert!(matches!(stale, ItemFault::Opinion { fault: OpinionFault::Stale { .. }, .. }));
    desk.must("2026-06-30", refuse(fresh()));
}

/// Whatever is ticked: what is in a health record is about health.
//= DPA 2018 §205: a health record consists of data concerning health
#[test]
fn a_health_record_holds_health_data_whatever_is_said_of_it() {
    let mut desk = with(Record::Health, false).of_a_platform();
    let plain = review(Verdict::Disclose(Clearance::Ordinary));
    let needed = fault(desk.refused("2026-06-05", plain));
    assert_eq!(needed, ItemFault::OpinionNeeded { item: name("note 1") });
    // And so harm may be a ground against it.
    let ground = harm(Some(opinion("2026-06-01", Finding::SeriousHarm)));
    desk.must("2026-06-05", review(Verdict::Withhold(ground)));
}

/// Nor is a clinician a reason to refuse the whole.
//= DPA 2018, Schedule 2, paragraph 17: it is reasonable to name who made a health record
#[test]
fn a_refusal_as_a_whole_hides_no_professional_either() {
    let ground = |other| {
        let consent = text("asked on 3 June, and refused");
        Ground::RightsOfOthers(OthersTest { other, consent, weighed: text("told in confidence") })
    };
    let mut desk = with(Record::Health, true);
    let anyone = Verdict::Withhold(ground(Other::Anyone));
    desk.must("2026-06-05", review(anyone));
    for other in [Other::HealthProfessional, Other::SocialWorker, Other::EducationWorker] {
        let refusal = respond(Outcome::Refused(vec![ground(other)]));
        let hidden = desk.refused("2026-06-05", refusal);
        assert_eq!(hidden, Rejection::Item(ItemFault::ProfessionalHidden { item: name("note 1") }));
        let partial = Outcome::Partial { done: done(Ask::Access), refused: vec![ground(other)] };
        let hidden = desk.refused("2026-06-05", respond(partial));
        assert_eq!(hidden.names(), [name("note 1")], "of all that the answer is about");
        assert_eq!(hidden, Rejection::Item(ItemFault::ProfessionalHidden { item: name("note 1") }));
    }
    desk.must("2026-06-05", respond(Outcome::Refused(vec![ground(Other::Anyone)])));
}

/// Who is named in one record may be kept back in another, and so the answer speaks of them.
#[test]
fn each_record_is_held_against_its_own_ground() {
    let ground = |other| {
        let consent = text("asked on 3 June, and refused");
        Ground::RightsOfOthers(OthersTest { other, consent, weighed: text("told in confidence") })
    };
    let (anyone, doctor) = (ground(Other::Anyone), ground(Other::HealthProfessional));
    let items = [item("note 1", Record::Health, true), item("mail 1", Record::Other, false)];
    let mut desk = Desk::reviewing(Ask::Access, &items);
    desk.must("2026-06-05", review(Verdict::Withhold(anyone.clone())));
    let mail =
        |ground| Command::Review { item: name("mail 1"), verdict: Verdict::Withhold(ground) };
    desk.must("2026-06-05", mail(doctor.clone()));
    for command in
        [Outcome::Refused, |refused| Outcome::Partial { done: done(Ask::Access), refused }]
            .map(|outcome| respond(outcome(vec![anyone.clone(), doctor.clone()])))
    {
        desk.clone().must("2026-06-05", command);
    }
    // And of nobody who is kept back nowhere, in a record of theirs or in another.
    desk.must("2026-06-05", mail(anyone.clone()));
    let both = respond(Outcome::Refused(vec![anyone.clone(), doctor.clone()]));
    let hidden = fault(desk.refused("2026-06-05", both));
    assert_eq!(hidden, ItemFault::ProfessionalHidden { item: name("note 1") });
    let mut desk = Desk::reviewing(Ask::Access, &items[1..]);
    desk.must("2026-06-05", mail(anyone));
    let not_so = Rejection::NotSo { provision: doctor.provision() };
    assert_eq!(desk.refused("2026-06-05", respond(Outcome::Refused(vec![doctor]))), not_so);
}

/// The six months end with the day of reliance: the corresponding date six months before is the
/// last that lies outside, and the last day of a month that has none such stands for it.
//= DPA 2018, Schedule 3, paragraph 6: the same before health data is disclosed
#[test]
fn the_first_day_of_six_months() {
    for (relied_on, first) in [
        ("2026-07-15", "2026-01-16"),
        ("2026-06-30", "2025-12-31"),
        ("2026-08-31", "2026-03-01"),
        ("2028-08-31", "2028-03-01"),
        ("2028-08-29", "2028-03-01"),
        ("2026-02-28", "2025-08-29"),
    ] {
        let (relied_on, first) = (date(relied_on), date(first));
        let check = |given| {
            let opinion = Opinion { given, ..opinion("2026-01-01", Finding::NoSeriousHarm) };
            opinion.check(Finding::NoSeriousHarm, relied_on)
        };
        assert_eq!(check(first), Ok(()), "{relied_on}");
        assert_eq!(check(relied_on), Ok(()), "{relied_on}");
        let given = first.plus_days(-1).unwrap();
        assert_eq!(check(given), Err(OpinionFault::Stale { given, relied_on, first }));
        let given = relied_on.plus_days(1).unwrap();
        assert_eq!(check(given), Err(OpinionFault::Future { given, relied_on }));
    }
    let again = Opinion { ask_again: true, ..opinion("2026-06-01", Finding::SeriousHarm) };
    let asked = again.check(Finding::SeriousHarm, date("2026-06-02"));
    assert_eq!(asked, Err(OpinionFault::AskAgain));
}

//= DPA 2018, Schedule 2, paragraph 17: it is reasonable to name who made a health record
#[test]
fn a_clinician_is_never_taken_out_of_the_record() {
    let test = |other| {
        let consent = text("asked on 3 June, and refused");
        Ground::RightsOfOthers(OthersTest { other, consent, weighed: text("told in confidence") })
    };
    let hide = |other| {
        [
            review(Verdict::Redact { ground: test(other), rest: Clearance::Ordinary }),
            review(Verdict::Withhold(test(other))),
        ]
    };
    for (record, professional) in [
        (Record::Health, Other::HealthProfessional),
        (Record::Other, Other::SocialWorker),
        (Record::Health, Other::EducationWorker),
    ] {
        let mut desk = with(record, false);
        for command in hide(professional) {
            let hidden = fault(desk.refused("2026-06-05", command));
            assert_eq!(hidden, ItemFault::ProfessionalHidden { item: name("note 1") });
        }
        for command in hide(Other::Anyone) {
            desk.must("2026-06-05", command);
        }
    }
    // In a record that is not one of health they are somebody like anybody else.
    for command in hide(Other::HealthProfessional) {
        with(Record::Other, false).must("2026-06-05", command);
    }
}
