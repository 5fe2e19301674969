//! The clinic that writes the letters.

use upheld_consent::letter::Envelope;
use upheld_consent::request::{Name, Text};
use upheld_consent::{Address, Calendar, Controller, Date, Division};

use crate::{name, text};

/// What an envelope borrows.
pub(crate) struct Office {
    pub(crate) controller: Controller,
    complaints: Text,
    pub(crate) addressee: Name,
    reference: Name,
    calendar: Calendar,
}

impl Office {
    pub(crate) fn new() -> Self {
        let address = Address {
            street: "4 Mill Lane".into(),
            locality: "York".into(),
            postal_code: "YO1 7EX".into(),
            country: "GB".into(),
        };
        let controller = Controller {
            name: "Riverside Clinic".into(),
            address,
            contact: "Privacy desk".into(),
            email: "privacy@riverside.example".into(),
            phone: "01904 496 0000".into(),
            policy_url: "https://riverside.example/privacy".into(),
        };
        Self {
            controller,
            complaints: text("the form at https://riverside.example/complaints, or by letter"),
            addressee: name("Ms A. Sample"),
            reference: name("R-2026-7"),
            calendar: Calendar::of(Division::EnglandAndWales),
        }
    }

    pub(crate) const fn envelope(&self, date: Date) -> Envelope<'_> {
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
