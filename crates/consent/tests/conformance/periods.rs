//! Three years of receipts in three divisions, against `python-dateutil` and `holidays` (`PyPI`).

use upheld_consent::{Calendar, Division, Extension, Facts, Regime, RequestKind};

use crate::{date, rows, running};

const PERIODS: &str = include_str!("../vectors/periods.txt");

//= UK GDPR, Article 12A(3): two further months make three from the relevant time
#[test]
fn every_receipt_from_2025_to_2027() {
    let rows = rows(PERIODS);
    assert_eq!(rows.len(), 2 * 1_095, "a vector went missing");
    for row in rows {
        let facts = Facts::new(RequestKind::Access, date(row[0]));
        let facts = match row[1] {
            "3" => facts.with_extension(Extension::NotifiedInTime),
            _ => facts,
        };
        for (division, due) in Division::ALL.into_iter().zip(&row[3..]) {
            for regime in [Regime::Uk, Regime::Eu] {
                let deadline = running(&facts, regime, &Calendar::of(division));
                let expected = (date(row[2]), date(due));
                assert_eq!((deadline.nominal_end, deadline.due), expected, "{row:?}");
            }
        }
    }
}

/// What a fixed number of days, counted from receipt, makes of the same days.
#[test]
fn thirty_days_are_sometimes_too_late() {
    let (mut late, mut all) = (0, 0);
    let mut received = date("2013-01-01");
    while received < date("2028-11-01") {
        let deadline =
            running(&Facts::new(RequestKind::Access, received), Regime::Uk, &crate::england());
        late += u32::from(received.plus_days(30).unwrap() > deadline.due);
        all += 1;
        received = received.plus_days(1).unwrap();
    }
    // 6.7 % of them; counted by `python-dateutil` and `holidays` as well.
    assert_eq!((late, all), (387, 5_783));
}
