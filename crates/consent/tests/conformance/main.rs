//! The public interface against its sources: one module per source, oracle or rule.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod allocation;
mod calendar;
mod complaint;
mod date;
mod export;
mod icalendar;
mod laws;
mod periods;
mod provisions;
mod redaction;
mod refusals;
mod regimes;
mod retention;
mod worked;

use upheld_consent::{Calendar, Date, Deadline, Division, Due, Facts, Regime, deadline};

fn date(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn division(name: &str) -> Division {
    Division::ALL.into_iter().find(|division| division.name() == name).unwrap()
}

/// The rows of a vector file: columns separated by `|`, comments by `#`.
fn rows(text: &'static str) -> Vec<Vec<&'static str>> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split('|').map(str::trim).collect()).collect()
}

fn england() -> Calendar {
    Calendar::of(Division::EnglandAndWales)
}

/// The deadline of a clock that runs.
#[track_caller]
fn running(facts: &Facts<'_>, regime: Regime, calendar: &Calendar) -> Deadline {
    match deadline(facts, regime, calendar) {
        Ok(Due::Running(deadline)) => deadline,
        other => panic!("{other:?}"),
    }
}
