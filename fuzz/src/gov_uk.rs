//! Files of bank holidays.

use serde_json::Value;
use upheld_consent::{Calendar, Date, Division};

/// A file that reads is JSON, and each of its days of the division is a day off.
pub fn gov_uk(file: &[u8]) {
    for division in Division::ALL {
        let Ok(calendar) = Calendar::from_gov_uk_json(file, division) else { continue };
        // Only numbers that no double holds are JSON to one reader and not to the other.
        let Ok(json) = serde_json::from_slice::<Value>(file) else { continue };
        let Some(events) = json.pointer(&format!("/{}/events", division.name())) else { continue };
        for event in events.as_array().into_iter().flatten() {
            let date = event.get("date").and_then(Value::as_str).expect("an event has a date");
            let date = Date::parse(date).expect("a date");
            assert_eq!(calendar.is_working_day(date), Ok(false));
        }
    }
}
