//! Commands to a request, in any order and of any contents.

use upheld_consent::request::{Command, Context, ControllerStatus, Name, Recorded, Request};
use upheld_consent::request::{Stage, decide};
use upheld_consent::{Calendar, Date, Division, Due};

/// Lines of JSON: commands, each with the days after 1 June 2026 before it. What is granted is
/// replayed to the same request, nothing leaves the last stage, and a deadline is a working day.
/// Lines that are recorded events make a second request, which is replayed or refused.
pub fn request_commands(input: &[u8]) {
    let Ok(text) = core::str::from_utf8(input) else { return };
    let by = Name::new("fuzz").expect("a name");
    let calendar = Calendar::of(Division::EnglandAndWales);
    let (mut events, mut request): (Vec<Recorded>, Option<Request>) = (Vec::new(), None);
    let mut stored: Vec<Recorded> = Vec::new();
    for line in text.lines().take(64) {
        if let Ok(recorded) = serde_json::from_str(line) {
            stored.push(recorded);
            continue;
        }
        let Some((days, command)) = line.split_once(' ') else { continue };
        let (Ok(days), Ok(command)) =
            (days.parse::<u8>(), serde_json::from_str::<Command>(command))
        else {
            continue;
        };
        let Some(at) = Date::new(2026, 6, 1).ok().and_then(|day| day.plus_days(days.into())) else {
            continue;
        };
        let controller = ControllerStatus::Other;
        let context = Context { at, today: Date::MAX, by: &by, calendar: &calendar, controller };
        let before = request.as_ref().map(Request::stage);
        let Ok(granted) = decide(request.as_ref(), command, &context) else { continue };
        assert_ne!(before, Some(Stage::Closed));
        events.extend(granted);
        let replayed = Request::replay(&events).expect("what was decided");
        if let Ok(Some(Due::Running(deadline))) = replayed.due(&calendar) {
            assert_eq!(calendar.is_working_day(deadline.due), Ok(true));
        }
        for recorded in &events {
            let line = serde_json::to_string(recorded).expect("an event");
            assert_eq!(serde_json::from_str::<Recorded>(&line).expect("the same"), *recorded);
        }
        request = Some(replayed);
    }
    if let Ok(request) = Request::replay(&stored) {
        let _ = (request.due(&calendar).is_ok(), request.hold());
    }
}
