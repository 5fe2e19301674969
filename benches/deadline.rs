//! A statutory deadline, beside what most programs compute: a month added by `chrono`.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up must stop")]

use std::hint::black_box;

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use upheld_consent::{Calendar, Clarification, Date, Division, Due, Extension, Facts, Regime};
use upheld_consent::{RequestKind, deadline};

mod settings;

/// The bank holidays of England and Wales around the end of 2026.
const HOLIDAYS: [(i32, u32, u32); 4] =
    [(2026, 8, 31), (2026, 12, 25), (2026, 12, 28), (2027, 1, 1)];

fn main() {
    let received = Date::parse("2026-11-25").expect("a date");
    let calendar = Calendar::of(Division::EnglandAndWales);
    let plain = Facts::new(RequestKind::Access, received);
    let theirs = NaiveDate::from_ymd_opt(2026, 11, 25).expect("a date");
    let holidays = HOLIDAYS
        .map(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day).expect("a date"));
    assert_eq!(due(&plain, &calendar).to_string(), naive(theirs, &holidays).to_string());

    let pauses = [Clarification {
        asked: Date::parse("2026-12-01").expect("a date"),
        answered: Some(Date::parse("2026-12-09").expect("a date")),
    }];
    let stopped = plain.with_clarifications(&pauses);
    let extended = plain.with_extension(Extension::NotifiedInTime);

    let mut criterion = settings::criterion();
    let mut group = criterion.benchmark_group("deadline");
    group.bench_function("upheld", |b| b.iter(|| due(black_box(&plain), &calendar)));
    group.bench_function("upheld, paused", |b| b.iter(|| due(black_box(&stopped), &calendar)));
    group.bench_function("upheld, extended", |b| b.iter(|| due(black_box(&extended), &calendar)));
    group.bench_function("chrono", |b| b.iter(|| naive(black_box(theirs), black_box(&holidays))));
    group.finish();
    criterion.final_summary();
}

fn due(facts: &Facts<'_>, calendar: &Calendar) -> Date {
    match deadline(facts, Regime::Uk, calendar) {
        Ok(Due::Running(deadline)) => deadline.due,
        _ => Date::MAX,
    }
}

/// A month later, and on to a day that is no weekend and not in the list: no restart, no pause, no
/// extension, and no answer beyond the list but a wrong one.
fn naive(received: NaiveDate, holidays: &[NaiveDate]) -> NaiveDate {
    let mut day = received.checked_add_months(Months::new(1)).expect("in range");
    while matches!(day.weekday(), Weekday::Sat | Weekday::Sun) || holidays.contains(&day) {
        day = day.checked_add_days(Days::new(1)).expect("in range");
    }
    day
}
