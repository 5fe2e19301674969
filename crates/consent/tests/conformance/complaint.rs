//! Section 164A: 30 days to acknowledge a complaint.

use upheld_consent::{Calendar, DeadlineError, complaint_deadline};

use crate::{date, england};

//= DPA 2018 §164A(3): 30 days to acknowledge; the Commissioner counts from the day after receipt
#[test]
fn thirty_days_and_the_next_working_day() {
    let cases = [
        ("2026-06-19", "2026-07-19", "2026-07-20"), // a Sunday
        ("2026-07-01", "2026-07-31", "2026-07-31"),
        ("2026-11-25", "2026-12-25", "2026-12-29"), // Christmas, a weekend, and a substitute
    ];
    for (received, nominal, by) in cases {
        let deadline = complaint_deadline(date(received), &england()).unwrap();
        assert_eq!((deadline.nominal_end, deadline.acknowledge_by), (date(nominal), date(by)));
        assert!(!deadline.projected);
        assert_eq!(
            deadline.steps.last().unwrap().to_string(),
            format!("DPA 2018 s.164A(3): due by the end of {by}")
        );
    }
}

#[test]
fn before_there_was_a_duty() {
    let early = complaint_deadline(date("2026-06-18"), &england());
    assert_eq!(
        early,
        Err(DeadlineError::BeforeDuty { received: date("2026-06-18"), from: date("2026-06-19") })
    );
    assert!(complaint_deadline(date("2029-06-18"), &england()).is_err());
    assert!(complaint_deadline(date("2029-06-18"), &Calendar::WEEKENDS).is_ok());
}
