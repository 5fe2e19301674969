//! Dates against jiff, every day of three centuries.

use jiff::ToSpan;
use jiff::civil;
use upheld_consent::{Date, DateError, Weekday};

#[test]
fn every_day_there_is() {
    let weekdays = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
    ];
    let mut theirs = civil::date(1900, 1, 1);
    let mut ours = Date::MIN;
    loop {
        let parts = (
            u16::try_from(theirs.year()).unwrap(),
            u8::try_from(theirs.month()).unwrap(),
            u8::try_from(theirs.day()).unwrap(),
        );
        assert_eq!((ours.year(), ours.month(), ours.day()), parts);
        assert_eq!(Date::new(parts.0, parts.1, parts.2), Ok(ours));
        let weekday = usize::try_from(theirs.weekday().to_monday_zero_offset()).unwrap();
        assert_eq!(ours.weekday(), weekdays[weekday]);
        assert_eq!(ours.is_weekend(), weekday > 4);
        let Some(next) = ours.plus_days(1) else { break };
        assert_eq!((next.days_since(ours), next > ours), (1, true));
        ours = next;
        theirs = theirs.tomorrow().unwrap();
    }
    assert_eq!((ours, theirs), (Date::MAX, civil::date(2199, 12, 31)));
}

//= Regulation 1182/71, Article 3(2)(c): ends on the same date of the last month, or on its last day
#[test]
fn months_are_added_as_jiff_adds_them() {
    let mut theirs = civil::date(2019, 1, 1);
    let mut ours = Date::new(2019, 1, 1).unwrap();
    while theirs.year() < 2029 {
        for months in [0_u8, 1, 2, 3, 11, 12, 13, 255] {
            let expected = theirs.checked_add(i64::from(months).months()).unwrap();
            let found = ours.plus_months(months.into()).unwrap();
            assert_eq!(found.to_string(), expected.to_string(), "{ours} and {months} months");
        }
        ours = ours.plus_days(1).unwrap();
        theirs = theirs.tomorrow().unwrap();
    }
    assert_eq!(Date::MAX.plus_months(1), None);
    assert_eq!(Date::MAX.plus_days(1), None);
    assert_eq!(Date::MIN.plus_days(-1), None);
    assert_eq!(Date::MIN.plus_days(i32::MAX), None);
}

#[test]
fn texts() {
    assert_eq!(Date::parse("2026-01-31").unwrap().to_string(), "2026-01-31");
    assert_eq!(format!("{:?}", Date::parse("1900-01-01").unwrap()), "1900-01-01");
    let cases = [
        ("", DateError::Form),
        ("2026-1-31", DateError::Form),
        ("2026-01-31 ", DateError::Form),
        ("2026/01/31", DateError::Form),
        ("20260131", DateError::Form),
        ("2026-01-3١", DateError::Form),
        ("+026-01-31", DateError::Form),
        ("1899-12-31", DateError::Year),
        ("2200-01-01", DateError::Year),
        ("2026-00-01", DateError::Month),
        ("2026-13-01", DateError::Month),
        ("2026-02-29", DateError::Day),
        ("2100-02-29", DateError::Day),
        ("2026-04-31", DateError::Day),
        ("2026-01-00", DateError::Day),
    ];
    for (text, error) in cases {
        assert_eq!(Date::parse(text), Err(error), "{text}");
    }
    assert!(Date::parse("2000-02-29").is_ok());
}
