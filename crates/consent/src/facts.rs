//! What happened to a request, as far as the clock is concerned.

use crate::{Date, RequestKind};

/// The days on which things happened. Deadlines are derived from them whenever they are asked for,
/// and never stored: a bank holiday may be announced in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts<'a> {
    pub(crate) kind: RequestKind,
    pub(crate) received: Date,
    pub(crate) identity: Awaited,
    pub(crate) authority: Awaited,
    pub(crate) fee: Awaited,
    pub(crate) clarifications: &'a [Clarification],
    pub(crate) extension: Extension,
}

impl<'a> Facts<'a> {
    /// Begins with the day on which the request was received, whatever way it came.
    #[must_use]
    pub const fn new(kind: RequestKind, received: Date) -> Self {
        let none = Awaited::NotAsked;
        Self {
            kind,
            received,
            identity: none,
            authority: none,
            fee: none,
            clarifications: &[],
            extension: Extension::None,
        }
    }

    /// Says whether the person was asked to prove who they are.
    #[must_use]
    pub const fn with_identity(self, identity: Awaited) -> Self {
        Self { identity, ..self }
    }

    /// Says whether somebody acting for the person was asked to prove that they may.
    #[must_use]
    pub const fn with_authority(self, authority: Awaited) -> Self {
        Self { authority, ..self }
    }

    /// Says whether a fee was charged.
    #[must_use]
    pub const fn with_fee(self, fee: Awaited) -> Self {
        Self { fee, ..self }
    }

    /// Says when the person was asked what the request is about, and answered.
    #[must_use]
    pub const fn with_clarifications(self, clarifications: &'a [Clarification]) -> Self {
        Self { clarifications, ..self }
    }

    /// Says whether the time was extended.
    #[must_use]
    pub const fn with_extension(self, extension: Extension) -> Self {
        Self { extension, ..self }
    }
}

/// Something that the person was or was not asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "asked or not, there or not")]
pub enum Awaited {
    /// Nobody asked.
    NotAsked,
    /// Asked for, and not there yet.
    Outstanding,
    /// There since that day.
    Received(Date),
}

/// A question what the request is about, which stops the clock of an access request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the two ends of a span")]
pub struct Clarification {
    /// When the controller asked.
    pub asked: Date,
    /// When the answer came; none if it has not.
    pub answered: Option<Date>,
}

/// Whether the person was told that it will take longer, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "told or not, on a known day or not")]
pub enum Extension {
    /// They were not.
    None,
    /// They were, on that day, which is checked.
    Notified(Date),
    /// They were, in time: whoever says so answers for it.
    NotifiedInTime,
}
