//! What happened, as it is kept.

use serde::{Deserialize, Serialize};
use upheld_ledger::{JsonError, UnixMillis, Value};

use super::{Channel, Grant, Scope};
use crate::moment::millis;
use crate::notice::to_value;
use crate::text::TextError;
use crate::word::words;
use crate::{Means, NoticeRef, RecipientId};

/// The version of the form in which events are kept.
const VERSION: u8 = 1;

/// Something that happened to a consent record.
///
/// Its JSON has a version and does not change: `{"v":1,"at":…,"what":…}`. Keep it outside the
/// ledger, with a salt, and let the ledger commit to [`to_value`](Self::to_value).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Kept", into = "Kept")]
pub struct ConsentEvent {
    at: UnixMillis,
    said: Option<UnixMillis>,
    what: Happening,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[expect(clippy::exhaustive_enums, reason = "what is kept must be understood")]
pub enum Happening {
    /// A consent changed.
    Consent {
        /// Which.
        scope: Scope,
        /// How.
        change: Change,
    },
    /// The person objected to marketing: by one channel, or any.
    MarketingObjection {
        /// By which; none for any, and for what is done with their data.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<Channel>,
    },
    /// A recipient was told that a consent is over.
    RecipientTold {
        /// Which.
        scope: Scope,
        /// Who.
        recipient: RecipientId,
    },
}

/// How a consent changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[expect(clippy::exhaustive_enums, reason = "the law and DPV have these")]
pub enum Change {
    /// The person was asked.
    Requested {
        /// On being shown what.
        notice: NoticeRef,
    },
    /// They consented.
    Given(Grant),
    /// They refused.
    Refused,
    /// They put it off.
    Deferred,
    /// They took it back.
    Withdrawn {
        /// By what means.
        means: Means,
    },
    /// They said it again.
    Renewed(Grant),
    /// Its time was over.
    Expired,
    /// It was found to be none, or ceased to be one.
    Invalidated {
        /// Why.
        reason: Invalidity,
    },
    /// The controller gave it up, for good.
    Revoked,
    /// Another notice took the place of the one they were shown.
    NoticeSuperseded {
        /// Which.
        by: NoticeRef,
        /// Whether it says something else about this.
        material: bool,
    },
    /// The person can consent for themselves from now on.
    SubjectReachedAge,
}

impl Change {
    /// One word, as in its JSON.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Requested { .. } => "requested",
            Self::Given(_) => "given",
            Self::Refused => "refused",
            Self::Deferred => "deferred",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Renewed(_) => "renewed",
            Self::Expired => "expired",
            Self::Invalidated { .. } => "invalidated",
            Self::Revoked => "revoked",
            Self::NoticeSuperseded { .. } => "notice-superseded",
            Self::SubjectReachedAge => "subject-reached-age",
        }
    }
}

/// Why a consent is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "what is kept must be understood")]
pub enum Invalidity {
    /// An authority or a court said so.
    Authority,
    /// Whoever consented for the person had no power to.
    GuardianWithoutPower,
    /// The person can consent for themselves, and another did.
    GuardianNoLongerNeeded,
    /// They were told something else than what is so now.
    NoticeChanged,
    /// It was not free, informed, specific or unambiguous.
    Defective,
}

words!(Invalidity:
    Authority = "authority",
    GuardianWithoutPower = "guardian-without-power",
    GuardianNoLongerNeeded = "guardian-no-longer-needed",
    NoticeChanged = "notice-changed",
    Defective = "defective",
);

impl ConsentEvent {
    /// Takes something that happened elsewhere, as it is, to be [applied](super::ConsentRecord::apply).
    ///
    /// # Errors
    ///
    /// [`EventError`].
    pub fn new(at: UnixMillis, what: Happening) -> Result<Self, EventError> {
        if crate::moment::day(at).is_none() {
            return Err(EventError::Time);
        }
        let Happening::Consent { change, .. } = &what else {
            return Ok(Self { at, said: None, what });
        };
        let (Change::Given(grant) | Change::Renewed(grant)) = change else {
            return Ok(Self { at, said: None, what });
        };
        grant.check()?;
        if grant.since != at || grant.until <= at {
            return Err(EventError::Span);
        }
        Ok(Self { at, said: None, what })
    }

    /// A withdrawal, an objection, or what a recipient was told of one, that was said before it is
    /// noted.
    pub(super) fn said(self, said: UnixMillis) -> Result<Self, EventError> {
        if said >= self.at {
            return Ok(self);
        }
        let ends = matches!(
            self.what,
            Happening::Consent { change: Change::Withdrawn { .. }, .. }
                | Happening::MarketingObjection { .. }
                | Happening::RecipientTold { .. }
        );
        if ends { Ok(Self { said: Some(said), ..self }) } else { Err(EventError::Said) }
    }

    /// Since when it has effect. That is when it happened; but what a person takes back is taken back
    /// when they say so, and whoever is told of it is told then, even where the record is ahead of
    /// the clock. It is the moment to show.
    #[must_use]
    pub fn effective(&self) -> UnixMillis {
        self.said.unwrap_or(self.at)
    }

    /// When, in the order of the record.
    #[must_use]
    pub const fn at(&self) -> UnixMillis {
        self.at
    }

    /// What.
    #[must_use]
    pub const fn what(&self) -> &Happening {
        &self.what
    }

    /// One word of what happened, for the `kind` of a ledger's entry: `consent.given`.
    #[must_use]
    pub fn kind(&self) -> String {
        match &self.what {
            Happening::Consent { change, .. } => format!("consent.{}", change.name()),
            Happening::MarketingObjection { .. } => "consent.marketing-objection".into(),
            Happening::RecipientTold { .. } => "consent.recipient-told".into(),
        }
    }

    /// Its JSON, to commit to and to keep.
    ///
    /// # Errors
    ///
    /// None that is known: everything in it has been checked.
    pub fn to_value(&self) -> Result<Value, JsonError> {
        to_value(self)
    }

    /// Reads what was kept.
    ///
    /// # Errors
    ///
    /// [`EventError`].
    pub fn parse(json: &[u8]) -> Result<Self, EventError> {
        serde_json::from_slice(json)
            .map_err(|error| EventError::Json { line: error.line(), column: error.column() })
    }
}

/// The form in which an event is kept.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    v: u8,
    #[serde(with = "millis")]
    at: UnixMillis,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    said: Option<Said>,
    what: Happening,
}

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Said(#[serde(with = "millis")] UnixMillis);

impl TryFrom<Kept> for ConsentEvent {
    type Error = EventError;

    fn try_from(kept: Kept) -> Result<Self, EventError> {
        if kept.v != VERSION {
            return Err(EventError::Version);
        }
        let event = Self::new(kept.at, kept.what)?;
        match kept.said {
            None => Ok(event),
            Some(Said(said)) if said < kept.at => event.said(said),
            Some(_) => Err(EventError::Said),
        }
    }
}

impl From<ConsentEvent> for Kept {
    fn from(event: ConsentEvent) -> Self {
        Self { v: VERSION, at: event.at, said: event.said.map(Said), what: event.what }
    }
}

/// Why something is no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EventError {
    /// No JSON of an event, from there on.
    #[error("line {line}, column {column}: no event of a consent record")]
    Json {
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in bytes.
        column: usize,
    },
    /// Written by a later version.
    #[error("events have the version {VERSION}")]
    Version,
    /// Beyond the calendar.
    #[error("an event happened before the year 2200")]
    Time,
    /// A consent that does not begin when it was given, or ends before.
    #[error("a consent begins when it is given and ends later")]
    Span,
    /// Something else than a withdrawal, an objection or word of one, or what was said when it was
    /// noted.
    #[error(
        "only a withdrawal, an objection or what a recipient was told is said before it is noted"
    )]
    Said,
    /// A text is blank, too long, or has control characters.
    #[error(transparent)]
    Text(#[from] TextError),
}
