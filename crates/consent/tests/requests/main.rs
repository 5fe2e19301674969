//! Requests and complaints through the public interface, from receipt to the last duty.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

mod clock;
mod complaint;
mod completeness;
mod desk;
mod health;
mod laws;
mod letters;
mod lifecycle;
mod office;
mod refusal;
mod reopened;
mod statute;
mod stored;
mod table;

use upheld_consent::Date;
use upheld_consent::request::{Name, Text};

fn date(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn text(words: &str) -> Text {
    Text::new(words).unwrap()
}

fn name(name: &str) -> Name {
    Name::new(name).unwrap()
}
