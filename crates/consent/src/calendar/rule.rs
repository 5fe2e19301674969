//! Bank holidays by rule, for years that have not been published.
//!
//! # Source
//!
//! Banking and Financial Dealings Act 1971, Schedule 1, and the royal proclamations made each year
//! under section 1, which follow the pattern below but for single occasions.

use super::Division;
use crate::Date;
use crate::Weekday::{self, Monday};

/// Whether a weekday is a bank holiday.
pub(super) fn is_bank_holiday(division: Division, date: Date) -> bool {
    let (year, month) = (date.year(), date.month());
    let is_easter = |days| easter(year).and_then(|easter| easter.plus_days(days)) == Some(date);
    if is_easter(-2) || is_easter(1) && division != Division::Scotland {
        return true;
    }
    match month {
        1 => {
            let second = (division == Division::Scotland).then_some((1, 2));
            is_fixed(date, &[Some((1, 1)), second])
        }
        3 => division == Division::NorthernIreland && is_fixed(date, &[Some((3, 17))]),
        5 => is_first(date, Monday) || is_last(date, Monday),
        7 => division == Division::NorthernIreland && is_fixed(date, &[Some((7, 12))]),
        8 if division == Division::Scotland => is_first(date, Monday),
        8 => is_last(date, Monday),
        // St Andrew's Day on a weekend is kept on the Monday, which is in December.
        11 | 12 if division == Division::Scotland => {
            is_fixed(date, &[Some((11, 30))]) || is_fixed(date, &[Some((12, 25)), Some((12, 26))])
        }
        12 => is_fixed(date, &[Some((12, 25)), Some((12, 26))]),
        _ => false,
    }
}

/// Whether `date` is one of these days, or the substitute of one that is on a weekend: the next
/// weekday that is not one of them.
fn is_fixed(date: Date, days: &[Option<(u8, u8)>]) -> bool {
    let of_year = |(month, day)| Date::new(date.year(), month, day).ok();
    let days = || days.iter().flatten().copied().filter_map(of_year);
    let weekdays = || days().filter(|day| !day.is_weekend());
    if weekdays().any(|day| day == date) {
        return true;
    }
    let mut taken = None;
    for weekend in days().filter(|day| day.is_weekend()) {
        let mut substitute = weekend.next();
        while substitute.is_weekend()
            || weekdays().any(|day| day == substitute)
            || taken.is_some_and(|taken| substitute <= taken)
        {
            substitute = substitute.next();
        }
        if substitute == date {
            return true;
        }
        taken = Some(substitute);
    }
    false
}

fn is_first(date: Date, weekday: Weekday) -> bool {
    date.weekday() == weekday && date.day() <= 7
}

fn is_last(date: Date, weekday: Weekday) -> bool {
    let in_a_week = date.plus_days(7);
    date.weekday() == weekday && in_a_week.is_none_or(|later| later.month() != date.month())
}

/// Easter Sunday of the Gregorian calendar.
///
/// # Source
///
/// Calendar (New Style) Act 1750, schedule: the Sunday after the ecclesiastical full moon on or
/// after 21 March. The golden number and the epact of the centuries from 1900 to 2199 are one set.
#[expect(clippy::arithmetic_side_effects, reason = "years are 1900 to 2199")]
fn easter(year: u16) -> Option<Date> {
    // From 1900 to 2199 the lunar and solar corrections cancel out: the epact is a function of the
    // golden number alone.
    let golden = i32::from(year) % 19;
    let moon = (19 * golden + 24) % 30;
    // The moon is never as late as 19 April, nor twice on the 18th in one cycle.
    let moon = if moon == 29 || moon == 28 && golden > 10 { moon - 1 } else { moon };
    let full = Date::new(year, 3, 21).ok()?.plus_days(moon)?;
    let sunday = (1..=7).filter_map(|days| full.plus_days(days));
    sunday.into_iter().find(|date| date.weekday() == Weekday::Sunday)
}
