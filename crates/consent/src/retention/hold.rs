//! What keeps data from being disposed of, whatever the schedule says.

use core::fmt;

use super::{HELD_FOR_REQUEST, INQUIRY, Item, LEGAL_CLAIMS, RESTRICTED};
use crate::{DataCategory, Date, Provision, RequestKind};

/// Why data is held.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HoldKind {
    /// The person has asked for it, and is not answered yet: to erase it then, so that it need not
    /// be disclosed, is an offence. That it would have gone anyway is a defence that this crate
    /// does not rely on.
    OpenRequest {
        /// How the request is called.
        request: String,
    },
    /// A claim is brought, or to be expected.
    LegalClaim,
    /// A regulator looks into it.
    RegulatorInquiry,
    /// The person has it restricted: kept, and not used.
    Restriction,
}

impl HoldKind {
    /// What it rests on.
    #[must_use]
    pub const fn provision(&self) -> Provision {
        match self {
            Self::OpenRequest { .. } => HELD_FOR_REQUEST,
            Self::LegalClaim => LEGAL_CLAIMS,
            Self::RegulatorInquiry => INQUIRY,
            Self::Restriction => RESTRICTED,
        }
    }
}

/// What is held.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "one, all of somebody, all of a kind, or all")]
pub enum HoldScope {
    /// One item.
    Item(String),
    /// Everything about a person.
    Person(String),
    /// Everything of a category.
    Category(DataCategory),
    /// Everything.
    Everything,
}

impl HoldScope {
    pub(super) fn covers(&self, item: &Item) -> bool {
        match self {
            Self::Item(name) => *name == item.name,
            Self::Person(person) => *person == item.person,
            Self::Category(category) => *category == item.category,
            Self::Everything => true,
        }
    }
}

/// Something that keeps data. It holds until it is taken out of the list of holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "to be filled in by whoever orders a hold")]
pub struct Hold {
    /// Why.
    pub kind: HoldKind,
    /// What.
    pub scope: HoldScope,
    /// Since when.
    pub since: Date,
    /// When somebody must look whether it is still needed. It goes on if nobody does.
    pub review: Date,
    /// In words, for whoever looks.
    pub reason: String,
}

impl Hold {
    /// The hold that an open request brings with it: one for access or portability keeps all that
    /// there is about the person; others keep nothing.
    //= DPA 2018, section 173: what a person has asked for is not erased before they are answered
    #[must_use]
    pub fn of_request(
        kind: RequestKind,
        request: &str,
        person: &str,
        received: Date,
    ) -> Option<Self> {
        let holds = matches!(kind, RequestKind::Access | RequestKind::Portability);
        holds.then(|| Self {
            kind: HoldKind::OpenRequest { request: request.into() },
            scope: HoldScope::Person(person.into()),
            since: received,
            // The longest that the law gives for an answer, three months.
            review: received.plus_months(3).unwrap_or(Date::MAX),
            reason: format!("the request for {} is open", kind.name()),
        })
    }

    /// Whether somebody must look whether it is still needed.
    #[must_use]
    pub fn is_for_review(&self, today: Date) -> bool {
        self.review <= today
    }
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "held since {} under {}: {}", self.since, self.kind.provision(), self.reason)
    }
}
