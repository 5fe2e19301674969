//! Complaints to the controller: section 164A.

use upheld_consent::request::{
    Channel, Complaint, ComplaintAct, ComplaintCommand, ComplaintOutcome, ComplaintRejection,
    ComplaintStage, Context, ControllerStatus, Recorded, complaint_transition, decide_complaint,
};
use upheld_consent::{Calendar, Division};

use crate::{date, name, text};

fn try_on(
    complaint: Option<Complaint>,
    at: &str,
    command: ComplaintCommand,
) -> Result<Complaint, ComplaintRejection> {
    let (by, calendar) = (name("dpo"), Calendar::of(Division::EnglandAndWales));
    let (today, controller) = (date("2027-01-01"), ControllerStatus::Other);
    let context = Context { at: date(at), today, by: &by, calendar: &calendar, controller };
    let event = decide_complaint(complaint.as_ref(), command, &context)?;
    let line = serde_json::to_string(&event).unwrap();
    assert_eq!(serde_json::from_str::<Recorded<_>>(&line).unwrap(), event);
    match complaint {
        Some(complaint) => complaint.apply(&event),
        None => Complaint::replay([&event]),
    }
}

fn samples() -> Vec<ComplaintCommand> {
    let outcome = ComplaintOutcome::Upheld { remedy: text("an apology, and the missing page") };
    vec![
        ComplaintCommand::Receive {
            channel: Channel::Form,
            about: text("a page is missing"),
            request: Some(name("request 7")),
        },
        ComplaintCommand::Acknowledge,
        ComplaintCommand::Investigate { steps: text("asked the records office") },
        ComplaintCommand::ReportProgress { told: text("we are waiting for the records office") },
        ComplaintCommand::Decide { enquiries: text("asked the records office"), outcome },
        ComplaintCommand::Withdraw,
        ComplaintCommand::Close,
    ]
}

fn sample(act: ComplaintAct) -> ComplaintCommand {
    samples().into_iter().find(|command| command.act() == act).unwrap()
}

fn after(acts: &[ComplaintAct]) -> Complaint {
    let received = try_on(None, "2026-07-01", sample(ComplaintAct::Receive)).unwrap();
    let step = |complaint, act: &ComplaintAct| {
        try_on(Some(complaint), "2026-07-10", sample(*act)).unwrap()
    };
    acts.iter().fold(received, step)
}

#[test]
fn every_command_in_every_stage() {
    use ComplaintAct as A;
    let ways: [&[A]; 6] = [
        &[],
        &[A::Acknowledge],
        &[A::Investigate],
        &[A::Decide],
        &[A::Withdraw],
        &[A::Decide, A::Close],
    ];
    let mut standing = vec![None];
    standing.extend(ways.map(|way| Some(after(way))));
    let mut granted = 0;
    for complaint in standing {
        let stage = complaint.as_ref().map(Complaint::stage);
        for command in samples() {
            let act = command.act();
            let found = try_on(complaint.clone(), "2026-07-20", command).map(|after| after.stage());
            let expected =
                complaint_transition(stage, act).ok_or(ComplaintRejection::NotHere { act, stage });
            granted += usize::from(expected.is_ok());
            assert_eq!(found, expected, "{act}");
        }
    }
    assert_eq!(granted, 16);
}

/// Whatever is still to be decided, and nothing else, is open.
//= DPA 2018 §164A(4): the person is told the outcome
#[test]
fn a_complaint_is_open_until_the_outcome_is_told() {
    for stage in ComplaintStage::ALL {
        let can_be_decided = complaint_transition(Some(stage), ComplaintAct::Decide).is_some();
        assert_eq!(stage.is_open(), can_be_decided, "{stage}");
    }
}

//= DPA 2018 §164A(3): receipt is acknowledged within 30 days
#[test]
fn receipt_is_acknowledged_within_thirty_days() {
    let calendar = Calendar::of(Division::EnglandAndWales);
    let by = |complaint: &Complaint| {
        complaint.acknowledge_by(&calendar).unwrap().map(|deadline| deadline.acknowledge_by)
    };
    let complaint = after(&[]);
    assert_eq!(by(&complaint), Some(date("2026-07-31")));
    // Enquiries are no acknowledgement; telling the outcome needs none.
    assert_eq!(by(&after(&[ComplaintAct::Investigate])), Some(date("2026-07-31")));
    assert_eq!(by(&after(&[ComplaintAct::Acknowledge])), None);
    assert_eq!(by(&after(&[ComplaintAct::Investigate, ComplaintAct::Acknowledge])), None);
    assert_eq!(by(&after(&[ComplaintAct::Decide])), None);
    // Late is better than never.
    let late = try_on(Some(complaint), "2026-09-01", ComplaintCommand::Acknowledge).unwrap();
    assert_eq!(late.stage(), ComplaintStage::Acknowledged);
}

#[test]
fn orders_that_cannot_be() {
    let complaint = after(&[]);
    let early = try_on(Some(complaint.clone()), "2026-06-30", ComplaintCommand::Acknowledge);
    assert!(matches!(early, Err(ComplaintRejection::Order { .. })));
    let future = try_on(Some(complaint), "2027-01-02", ComplaintCommand::Acknowledge);
    assert!(matches!(future, Err(ComplaintRejection::Future { .. })));
    let twice = after(&[ComplaintAct::Acknowledge, ComplaintAct::Investigate]);
    let twice = try_on(Some(twice), "2026-07-20", ComplaintCommand::Acknowledge);
    assert_eq!(twice, Err(ComplaintRejection::Already { act: ComplaintAct::Acknowledge }));
    let decided = after(&[ComplaintAct::Decide]);
    let before = try_on(Some(decided.clone()), "2026-07-09", ComplaintCommand::Close);
    assert!(matches!(before, Err(ComplaintRejection::Order { .. })));
    let (at, enquiries, _) = decided.outcome().unwrap();
    assert_eq!((at, enquiries.as_str()), (date("2026-07-10"), "asked the records office"));
    assert_eq!(decided.request(), Some(&name("request 7")));
    assert_eq!(decided.about().as_str(), "a page is missing");
}

#[test]
fn damaged_records() {
    assert!(Complaint::replay([]).is_err());
    let line = r#"{"v":1,"at":"2026-07-01","by":"dpo","event":"closed"}"#;
    let closed: Recorded<_> = serde_json::from_str(line).unwrap();
    assert!(Complaint::replay([&closed]).is_err());
    assert!(after(&[]).apply(&closed).is_err());
}
