//! Deadlines of whatever happened, in any order.

use upheld_consent::{Awaited, Calendar, Clarification, Date, Division, Due, Extension, Facts};
use upheld_consent::{Regime, RequestKind, deadline, explain};

use crate::bytes::Bytes;

/// A deadline is a working day that lies in no pause, on or after the nominal end and that after
/// what starts the clock; and its explanation comes to the same.
pub fn deadline_facts(input: &[u8]) {
    let mut bytes = Bytes(input);
    let day = |bytes: &mut Bytes<'_>| {
        let days = i32::from(bytes.u16() % 12_000) - 3_000;
        Date::new(2012, 1, 1).ok()?.plus_days(days)
    };
    let Some(received) = day(&mut bytes) else { return };
    let kind = RequestKind::ALL[usize::from(bytes.u8() % 8)];
    let regime = Regime::ALL[usize::from(bytes.u8() % 4)];
    let division = Division::ALL[usize::from(bytes.u8() % 3)];
    let calendar = match bytes.u8() % 3 {
        0 => Calendar::of(division),
        1 => Calendar::of(division).projected(division),
        _ => Calendar::WEEKENDS,
    };
    let awaited = |bytes: &mut Bytes<'_>| match (bytes.u8() % 4, day(bytes)) {
        (0, _) | (_, None) => Awaited::Outstanding,
        (1, Some(date)) => Awaited::Received(date),
        _ => Awaited::NotAsked,
    };
    let mut facts = Facts::new(kind, received)
        .with_identity(awaited(&mut bytes))
        .with_authority(awaited(&mut bytes))
        .with_fee(awaited(&mut bytes));
    facts = match (bytes.u8() % 3, day(&mut bytes)) {
        (0, Some(date)) => facts.with_extension(Extension::Notified(date)),
        (1, _) => facts.with_extension(Extension::NotifiedInTime),
        _ => facts,
    };
    let mut pauses = Vec::new();
    while !bytes.is_empty() && pauses.len() < 8 {
        let Some(asked) = received.plus_days(i32::from(bytes.u8())) else { break };
        let length = bytes.u8();
        let answered = (length != 255).then(|| asked.plus_days(length.into())).flatten();
        pauses.push(Clarification { asked, answered });
    }
    let facts = facts.with_clarifications(&pauses);
    let found = deadline(&facts, regime, &calendar);
    assert_eq!(explain(&facts, regime, &calendar).map(|(due, _)| due), found);
    let Ok(Due::Running(deadline)) = found else { return };
    assert!(received <= deadline.relevant_time && deadline.relevant_time < deadline.due);
    assert!(deadline.nominal_end <= deadline.due);
    assert!(deadline.notice_deadline.is_none_or(|notice| notice <= deadline.due));
    if matches!(regime, Regime::Uk | Regime::Eu) {
        assert_eq!(calendar.is_working_day(deadline.due), Ok(true));
    }
    let is_paused = |pause: &Clarification| {
        pause.asked <= deadline.due && pause.answered.is_none_or(|end| deadline.due <= end)
    };
    assert!(!pauses.iter().any(is_paused));
}
