//! Letters about requests and complaints, written from the facts, with what the law wants in them.
//!
//! Each function takes a [`Request`] or a [`Complaint`] as it stands and an [`Envelope`], and gives a
//! [`Letter`] as plain text or as a page of HTML. A letter that tells of something that has not
//! happened is an error.
//!
//! ```
//! use upheld_consent::letter::{self, Envelope};
//! use upheld_consent::request::{
//!     Ask, Channel, Event, Identity, Name, Receipt, Recorded, Request, Requester, Text, Version,
//! };
//! use upheld_consent::{Address, Calendar, Controller, Date, Division};
//!
//! let controller = Controller {
//!     name: "Riverside Clinic".into(),
//!     address: Address {
//!         street: "4 Mill Lane".into(),
//!         locality: "York".into(),
//!         postal_code: "YO1 7EX".into(),
//!         country: "GB".into(),
//!     },
//!     contact: "Privacy desk".into(),
//!     email: "privacy@riverside.example".into(),
//!     phone: "01904 496 0000".into(),
//!     policy_url: "https://riverside.example/privacy".into(),
//! };
//! let received = Recorded {
//!     v: Version::default(),
//!     at: Date::new(2026, 6, 1)?,
//!     by: Name::new("desk")?,
//!     event: Event::Received(Receipt {
//!         ask: Ask::Access,
//!         channel: Channel::Email,
//!         requester: Requester::Subject,
//!         identity: Identity::SignedIn,
//!     }),
//! };
//! let envelope = Envelope {
//!     controller: &controller,
//!     complaints: &Text::new("the form at https://riverside.example/complaints, or any way you like")?,
//!     addressee: &Name::new("Ms A. Sample")?,
//!     reference: &Name::new("R-2026-7")?,
//!     date: Date::new(2026, 6, 2)?,
//!     calendar: &Calendar::of(Division::EnglandAndWales),
//! };
//! let letter = letter::acknowledgement(&Request::replay([&received])?, &envelope)?;
//! assert!(letter.to_text().contains("by the end of 1 July 2026"));
//! assert!(letter.to_html().starts_with("<!DOCTYPE html>"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::request::{Complaint, Name, Request, Stage, Text};
use crate::{Calendar, Controller, Date, DeadlineError, Provision};

mod answer;
mod complaint;
mod grounds;
mod owed;
mod page;
mod questions;
mod words;

pub use answer::{answer, recipient_notice};
pub use complaint::{
    complaint_acknowledgement, complaint_outcome, complaint_owed, complaint_progress,
};
pub use owed::owed;
pub use questions::{
    account_choice, acknowledgement, authority_request, clarification, extension, fee_notice,
    identity_request, restriction_lifting,
};

use words::say;

/// What stands on a letter beside its contents.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "what the caller knows")]
pub struct Envelope<'a> {
    /// Who writes.
    pub controller: &'a Controller,
    /// How to complain to the controller: a form to fill in electronically, and another way.
    pub complaints: &'a Text,
    /// To whom.
    pub addressee: &'a Name,
    /// What the request or complaint is called.
    pub reference: &'a Name,
    /// The day.
    pub date: Date,
    /// The working days where the controller is established.
    pub calendar: &'a Calendar,
}

/// A letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub(crate) sender: Vec<String>,
    pub(crate) addressee: String,
    pub(crate) reference: String,
    pub(crate) date: Date,
    pub(crate) subject: String,
    pub(crate) blocks: Vec<Block>,
    pub(crate) provisions: Vec<Provision>,
}

/// A part of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    Heading(&'static str),
    Paragraph(String),
    List(Vec<String>),
}

/// Why there is no letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LetterError {
    /// What it would tell has not happened.
    #[error("there is nothing to tell: the request is {stage}, and {lacks}")]
    NothingToTell {
        /// Where the request stands.
        stage: Stage,
        /// What has not happened.
        lacks: &'static str,
    },
    /// The complaint has no outcome yet.
    #[error("there is nothing to tell: the complaint is not decided")]
    NotDecided,
    /// The date that it would tell cannot be derived.
    #[error(transparent)]
    Deadline(#[from] DeadlineError),
}

impl Letter {
    /// What it is about.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The provisions that it cites.
    #[must_use]
    pub fn provisions(&self) -> &[Provision] {
        &self.provisions
    }

    /// The letter as plain text, in lines of at most 76 characters where words allow.
    #[must_use]
    pub fn to_text(&self) -> String {
        page::text(self)
    }

    /// The letter as a page of HTML: headings, paragraphs and lists; no script, no style, nothing
    /// loaded from elsewhere. Whatever came from people is escaped.
    #[must_use]
    pub fn to_html(&self) -> String {
        page::html(self)
    }
}

/// A letter that is being written.
struct Draft(Letter);

impl Draft {
    fn of_request(subject: &str, request: &Request, envelope: &Envelope<'_>) -> Self {
        let mut draft = Self::new(subject, envelope);
        draft.say(say::about(request));
        draft
    }

    fn of_complaint(subject: &str, complaint: &Complaint, envelope: &Envelope<'_>) -> Self {
        let mut draft = Self::new(subject, envelope);
        draft.say(format!(
            "We received your complaint on {}. It is about: {}",
            say::day(complaint.received()),
            complaint.about()
        ));
        draft
    }

    fn new(subject: &str, envelope: &Envelope<'_>) -> Self {
        let controller = envelope.controller;
        let address = &controller.address;
        let sender = vec![
            controller.name.clone(),
            address.street.clone(),
            format!("{} {}", address.locality, address.postal_code),
            format!("{}, {}, {}", controller.contact, controller.email, controller.phone),
        ];
        Self(Letter {
            sender,
            addressee: envelope.addressee.as_str().into(),
            reference: envelope.reference.as_str().into(),
            date: envelope.date,
            subject: subject.into(),
            blocks: Vec::new(),
            provisions: Vec::new(),
        })
    }

    fn head(&mut self, heading: &'static str) {
        self.0.blocks.push(Block::Heading(heading));
    }

    fn say(&mut self, paragraph: impl Into<String>) {
        self.0.blocks.push(Block::Paragraph(paragraph.into()));
    }

    /// Says something that a provision is behind, and names it.
    fn cite(&mut self, paragraph: &str, provision: Provision) {
        self.say(format!("{paragraph} ({provision})"));
        self.0.provisions.push(provision);
    }

    fn list<T: ToString>(&mut self, items: &[T]) {
        self.0.blocks.push(Block::List(items.iter().map(ToString::to_string).collect()));
    }

    /// The three ways that are open to somebody who is not content.
    //= UK GDPR, Article 12(4): the person is told of both complaints and of the judicial remedy
    fn remedies(&mut self, envelope: &Envelope<'_>) {
        use crate::provision::Instrument::{Dpa2018, UkGdpr};
        use crate::regulator::{COMPLAINTS, NAME, TELEPHONE};
        self.head("If you are not content");
        let ways = [
            (
                format!("You may complain to us: {}.", trimmed(envelope.complaints)),
                Provision::new(Dpa2018, "164A"),
            ),
            (
                format!("You may complain to the {NAME}: {COMPLAINTS}; telephone {TELEPHONE}."),
                Provision::new(Dpa2018, "165"),
            ),
            (
                "You may ask a court to order us to comply.".to_owned(),
                Provision::new(Dpa2018, "167"),
            ),
        ];
        self.0.provisions.push(Provision::new(UkGdpr, "12(4)"));
        let ways = ways.map(|(way, provision)| {
            self.0.provisions.push(provision);
            format!("{way} ({provision})")
        });
        self.list(&ways);
    }

    fn done(self) -> Letter {
        self.0
    }
}

/// Words without a full stop of their own.
fn trimmed(text: &Text) -> &str {
    text.as_str().trim_end_matches('.')
}
