//! Worked examples: the Commissioner's, the EDPB's, and the statute applied by hand.

use upheld_consent::{
    Awaited, Calendar, Clarification, Date, Extension, Facts, Regime, RequestKind,
};

use crate::{date, division, rows, running};

const WORKED: &str = include_str!("../vectors/worked.txt");

//= UK GDPR, Article 12A(2): the latest of receipt, information on identity, and payment
//= UK GDPR, Article 12A(3): two further months make three from the relevant time
//= UK GDPR, Article 12A(4)(a): the notice is given within the month from the relevant time
//= UK GDPR, Article 12A(5)(b): the days from the question to the answer, both included, do not count
//= Regulation 1182/71, Article 3(2)(c): ends on the same date of the last month, or on its last day
//= Regulation 1182/71, Article 3(4): a period that would end on a day off ends with the next working day
#[test]
fn every_worked_example() {
    let rows = rows(WORKED);
    assert_eq!(rows.len(), 31, "a vector went missing");
    for row in rows {
        let calendar = Calendar::of(division(row[1]));
        let mut pauses = Vec::new();
        let mut facts = Facts::new(RequestKind::Access, date(row[2]));
        for fact in row[3].split_whitespace() {
            let (name, value) = fact.split_once('=').unwrap_or((fact, ""));
            match name {
                "id" => facts = facts.with_identity(Awaited::Received(date(value))),
                "authority" => facts = facts.with_authority(Awaited::Received(date(value))),
                "fee" => facts = facts.with_fee(Awaited::Received(date(value))),
                "extended" => facts = facts.with_extension(Extension::NotifiedInTime),
                _ => {
                    let (asked, answered) = value.split_once("..").unwrap();
                    let (asked, answered) = (date(asked), Some(date(answered)));
                    pauses.push(Clarification { asked, answered });
                }
            }
        }
        let deadline = running(&facts.with_clarifications(&pauses), Regime::Uk, &calendar);
        let found = [deadline.relevant_time, deadline.nominal_end, deadline.due];
        let expected: Vec<Date> = row[4..8].iter().map(|text| date(text)).collect();
        assert_eq!(found, expected[..3], "{row:?}");
        assert_eq!(deadline.notice_deadline, Some(expected[3]), "{row:?}");
    }
}

/// The Commissioner suggests 28 days to those who want one number: it is always in time.
#[test]
fn twenty_eight_days_are_always_in_time() {
    let mut received = date("2013-01-01");
    while received < date("2028-10-01") {
        let facts = Facts::new(RequestKind::Erasure, received);
        let deadline = running(&facts, Regime::Uk, &crate::england());
        assert!(received.plus_days(28).unwrap() <= deadline.due);
        received = received.plus_days(1).unwrap();
    }
}
