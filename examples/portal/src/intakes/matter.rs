//! What somebody sends the form for.

use upheld_consent::request::Ask;
use upheld_store::request::COMPLAINT;

use crate::complaints;
use crate::requests;

/// A request, or a complaint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Matter {
    Request(Ask),
    Complaint,
}

impl Matter {
    /// All of them, as the form offers them.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        Ask::ALL.into_iter().map(Self::Request).chain([Self::Complaint])
    }

    /// In one word, for forms and the table.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            // One kind with another objection.
            Self::Request(Ask::MarketingObjection) => "marketing",
            Self::Request(ask) => ask.kind().name(),
            Self::Complaint => COMPLAINT,
        }
    }

    /// The one of this name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        Self::all().find(|matter| matter.name() == name)
    }

    /// What it is, for the person.
    pub(crate) const fn heading(self) -> &'static str {
        match self {
            Self::Request(ask) => requests::heading(ask),
            Self::Complaint => complaints::HEADING,
        }
    }
}
