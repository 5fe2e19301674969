//! Deadlines for the calendar on somebody's desk (RFC 5545).

use crate::{Date, Deadline};

/// Writes a deadline as an iCalendar file: one day-long event for the last day of each thing to be
/// done.
///
/// | argument | meaning |
/// |---|---|
/// | `request` | what identifies the request: the events of a second file take the place of the first's |
/// | `subject` | what a reader is shown; keep the person's name out of shared calendars |
/// | `revised` | the day on which the deadline was derived |
///
/// ```
/// use upheld_consent::{Calendar, Date, Due, Facts, Regime, RequestKind, deadline, to_icalendar};
///
/// let received = Date::parse("2026-01-31")?;
/// let facts = Facts::new(RequestKind::Access, received);
/// let Due::Running(deadline) = deadline(&facts, Regime::Eu, &Calendar::WEEKENDS)? else { panic!() };
/// let file = to_icalendar("request-7", "Access request 7", &deadline, received);
/// assert!(file.contains("\r\nDTSTART;VALUE=DATE:20260302\r\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn to_icalendar(request: &str, subject: &str, deadline: &Deadline, revised: Date) -> String {
    let mut file = String::new();
    let lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Upheld//upheld-consent//EN"];
    for line in lines {
        write_line(line, &mut file);
    }
    let days = [
        ("due", "Answer due", Some(deadline.due)),
        ("notice", "Last day to give notice of an extension", deadline.notice_deadline),
        ("receipt", "Last day to confirm receipt", deadline.acknowledge_by),
    ];
    for (name, what, day) in days {
        let Some(day) = day else { continue };
        let lines = [
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}-{name}", escape(request)),
            format!("DTSTAMP:{}T000000Z", basic(revised)),
            format!("DTSTART;VALUE=DATE:{}", basic(day)),
            format!("SUMMARY:{what}: {}", escape(subject)),
            "TRANSP:TRANSPARENT".to_owned(),
            "END:VEVENT".to_owned(),
        ];
        for line in &lines {
            write_line(line, &mut file);
        }
    }
    write_line("END:VCALENDAR", &mut file);
    file
}

/// `YYYYMMDD`.
fn basic(date: Date) -> String {
    date.to_string().replace('-', "")
}

//= RFC 5545 §3.3.11: backslash, semicolon, comma and line breaks are escaped
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '\\' | ';' | ',' => escaped.extend(['\\', character]),
            '\n' => escaped.push_str("\\n"),
            control if control.is_control() => {}
            _ => escaped.push(character),
        }
    }
    escaped
}

//= RFC 5545 §3.1: a line has at most 75 octets, and goes on after a line break and a space
fn write_line(line: &str, file: &mut String) {
    let mut length = 0_usize;
    for character in line.chars() {
        if length.saturating_add(character.len_utf8()) > 75 {
            file.push_str("\r\n ");
            length = 1;
        }
        file.push(character);
        length = length.saturating_add(character.len_utf8());
    }
    file.push_str("\r\n");
}
