//! RFC 5545: the file for somebody's calendar.

use upheld_consent::{Calendar, Facts, Regime, RequestKind, to_icalendar};

use crate::{date, running};

fn file(regime: Regime, request: &str, subject: &str) -> String {
    let received = date("2026-01-05");
    let deadline = running(&Facts::new(RequestKind::Access, received), regime, &Calendar::WEEKENDS);
    to_icalendar(request, subject, &deadline, received)
}

#[test]
fn one_event_for_each_thing_to_be_done() {
    let expected = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Upheld//upheld-consent//EN\r\n\
        BEGIN:VEVENT\r\nUID:r-7-due\r\nDTSTAMP:20260105T000000Z\r\nDTSTART;VALUE=DATE:20260205\r\n\
        SUMMARY:Answer due: Request 7\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nUID:r-7-notice\r\nDTSTAMP:20260105T000000Z\r\nDTSTART;VALUE=DATE:20260205\r\n\
        SUMMARY:Last day to give notice of an extension: Request 7\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\n\
        END:VCALENDAR\r\n";
    assert_eq!(file(Regime::Eu, "r-7", "Request 7"), expected);
    let ccpa = file(Regime::Ccpa, "r-7", "Request 7");
    assert_eq!(ccpa.matches("BEGIN:VEVENT").count(), 3);
    assert!(ccpa.contains("DTSTART;VALUE=DATE:20260119\r\nSUMMARY:Last day to confirm receipt"));
}

//= RFC 5545 §3.3.11: backslash, semicolon, comma and line breaks are escaped
//= RFC 5545 §3.1: a line has at most 75 octets, and goes on after a line break and a space
#[test]
fn hostile_subjects() {
    let subject = "a\\b;c,d\r\nEND:VCALENDAR\u{0}\u{7f}".to_owned() + &"é".repeat(200);
    let file = file(Regime::Uk, "x\r\nBEGIN:VALARM", &subject);
    for line in file.split_terminator("\r\n") {
        assert!(line.len() <= 75 && !line.contains(['\r', '\n', '\0']), "{line}");
    }
    let unfolded = file.replace("\r\n ", "");
    assert!(unfolded.contains("SUMMARY:Answer due: a\\\\b\\;c\\,d\\nEND:VCALENDARéé"));
    assert_eq!(unfolded.matches("\r\nEND:VCALENDAR").count(), 1);
    assert!(unfolded.contains("UID:x\\nBEGIN:VALARM-due\r\n"));
}
