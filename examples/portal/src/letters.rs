//! Letters about a request, as its person gets to see them.

use upheld_consent::letter::{self, Envelope, LetterError};
use upheld_consent::request::{Name, Text, TextError};

use crate::notice;
use crate::requests::{self, Asked};

/// Why a letter was not written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LettersError {
    #[error("a letter was not written: {0}")]
    Letter(#[from] LetterError),
    #[error("a letter names nobody: {0}")]
    Text(#[from] TextError),
}

/// The letters that have become due, as they were worded on their day.
pub(crate) fn due(asked: &Asked, (name, email): (&str, &str)) -> Result<Vec<String>, LettersError> {
    let complaints = Text::new("write to the privacy desk, whose addresses are above")?;
    let addressee = Name::new(name).or_else(|_| Name::new(email))?;
    let reference = Name::new(asked.id.to_string())?;
    let (controller, calendar) = (notice::controller(), requests::calendar());
    let envelope = |date| Envelope {
        controller: &controller,
        complaints: &complaints,
        addressee: &addressee,
        reference: &reference,
        date,
        calendar: &calendar,
    };
    let request = &asked.request;
    let mut letters = Vec::new();
    if request.stage().is_open() {
        let written = letter::acknowledgement(request, &envelope(request.received()))?;
        letters.push(written.to_text());
    }
    if let Some(date) = request.responded() {
        letters.push(letter::answer(request, &envelope(date))?.to_text());
    }
    Ok(letters)
}
