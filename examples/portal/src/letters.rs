//! Letters to people about what they asked: written by `upheld-consent`, on the clinic's paper.

use upheld_consent::letter::{self, Envelope, Letter, LetterError};
use upheld_consent::request::{
    Complaint, ComplaintEvent, ComplaintRejection, Name, OutOfPlace, Recorded, Request, Text,
    TextError,
};
use upheld_consent::{Calendar, Controller, Date};

use crate::id::Id;
use crate::notice;
use crate::requests::{self, Asked};

/// How to complain to the clinic, on every letter that says so.
//= DPA 2018 §164A(2): a complaint can be made by a form that is filled in electronically
const COMPLAINTS: &str = "use the form “Ask about your data”, to which every page of our portal \
                          leads, or write to the privacy desk, whose addresses are above";

/// What stands on each letter about a request.
#[derive(Debug)]
pub(crate) struct Paper {
    controller: Controller,
    complaints: Text,
    addressee: Name,
    reference: Name,
    calendar: Calendar,
}

/// Why a letter was not written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LettersError {
    #[error(transparent)]
    Text(#[from] TextError),
    #[error(transparent)]
    Letter(#[from] LetterError),
    #[error(transparent)]
    OutOfPlace(#[from] OutOfPlace),
    #[error(transparent)]
    Complaint(#[from] ComplaintRejection),
}

impl Paper {
    /// For letters about a request to the first of `names` that fits on a line, else to the person who asked.
    pub(crate) fn new(request: Id, names: &[&str]) -> Result<Self, LettersError> {
        let addressee = names.iter().find_map(|name| Name::new(name).ok());
        let addressee = addressee.map_or_else(|| Name::new("the person who asked"), Ok)?;
        Ok(Self {
            controller: notice::controller(),
            complaints: Text::new(COMPLAINTS)?,
            addressee,
            reference: Name::new(request.to_string())?,
            calendar: requests::calendar(),
        })
    }

    /// The letter that is owed because of the last of `recorded`, which made `request` what it is.
    pub(crate) fn owed(
        &self,
        request: &Request,
        recorded: &Recorded,
    ) -> Result<Option<Letter>, LettersError> {
        Ok(letter::owed(request, &recorded.event, &self.envelope(recorded.at))?)
    }

    /// The letters of the desk that went out, of the days on which they did.
    ///
    /// No letter is kept: each is written again from what was recorded. Facts, reasons and dates are
    /// those of the letter that went; how it is worded, and to which name, are today's. That a request
    /// came was confirmed by an e-mail of the portal's own, which is none of these.
    pub(crate) fn sent(&self, events: &[Recorded]) -> Result<Vec<Letter>, LettersError> {
        let Some((first, rest)) = events.split_first() else { return Ok(Vec::new()) };
        let (mut request, mut letters) = (Request::replay([first])?, Vec::new());
        for recorded in rest {
            request = request.apply(recorded)?;
            // In place of a letter that asks who they are the form sends a link.
            if recorded.by.as_str() != requests::FORM {
                letters.extend(self.owed(&request, recorded)?);
            }
        }
        Ok(letters)
    }

    /// The same as [`Paper::owed`], of a complaint.
    pub(crate) fn owed_of_complaint(
        &self,
        complaint: &Complaint,
        recorded: &Recorded<ComplaintEvent>,
    ) -> Result<Option<Letter>, LettersError> {
        Ok(letter::complaint_owed(complaint, &recorded.event, &self.envelope(recorded.at))?)
    }

    /// The same as [`Paper::sent`], of a complaint.
    pub(crate) fn sent_of_complaint(
        &self,
        events: &[Recorded<ComplaintEvent>],
    ) -> Result<Vec<Letter>, LettersError> {
        let Some((first, rest)) = events.split_first() else { return Ok(Vec::new()) };
        let (mut complaint, mut letters) = (Complaint::replay([first])?, Vec::new());
        for recorded in rest {
            complaint = complaint.apply(recorded)?;
            letters.extend(self.owed_of_complaint(&complaint, recorded)?);
        }
        Ok(letters)
    }

    const fn envelope(&self, date: Date) -> Envelope<'_> {
        Envelope {
            controller: &self.controller,
            complaints: &self.complaints,
            addressee: &self.addressee,
            reference: &self.reference,
            date,
            calendar: &self.calendar,
        }
    }
}

/// The letters of the desk that a person was sent about a request: see [`Paper::sent`].
pub(crate) fn due(asked: &Asked, (name, email): (&str, &str)) -> Result<Vec<String>, LettersError> {
    let paper = Paper::new(asked.id, &[name, email])?;
    Ok(paper.sent(&asked.events)?.iter().map(Letter::to_text).collect())
}
