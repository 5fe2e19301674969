//! Where a complaint stands, and what may be done there.

use core::fmt;

use serde::{Deserialize, Serialize};

/// Where a complaint stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ComplaintStage {
    /// It is there.
    Received,
    /// The person was told that it is.
    Acknowledged,
    /// Enquiries are being made.
    Investigating,
    /// The person was told what came of it.
    Decided,
    /// The person took it back.
    Withdrawn,
    /// Nothing is left to do.
    Closed,
}

/// What may be done with a complaint: the name of each [`ComplaintCommand`](super::ComplaintCommand).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each is described at the command of its name")]
pub enum ComplaintAct {
    Receive,
    Acknowledge,
    Investigate,
    ReportProgress,
    Decide,
    Withdraw,
    Close,
}

impl ComplaintStage {
    /// All of them, in the order of a complaint's life.
    pub const ALL: [Self; 6] = [
        Self::Received,
        Self::Acknowledged,
        Self::Investigating,
        Self::Decided,
        Self::Withdrawn,
        Self::Closed,
    ];

    /// One word, for files and command lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Acknowledged => "acknowledged",
            Self::Investigating => "investigating",
            Self::Decided => "decided",
            Self::Withdrawn => "withdrawn",
            Self::Closed => "closed",
        }
    }

    /// Whether the person is to be told yet what came of it.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Received | Self::Acknowledged | Self::Investigating)
    }
}

impl ComplaintAct {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Receive,
        Self::Acknowledge,
        Self::Investigate,
        Self::ReportProgress,
        Self::Decide,
        Self::Withdraw,
        Self::Close,
    ];

    /// One word, for files and command lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Receive => "receive",
            Self::Acknowledge => "acknowledge",
            Self::Investigate => "investigate",
            Self::ReportProgress => "report-progress",
            Self::Decide => "decide",
            Self::Withdraw => "withdraw",
            Self::Close => "close",
        }
    }
}

impl fmt::Display for ComplaintStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for ComplaintAct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where an act leads from a stage of a complaint; `None` where there is no such thing to do.
///
/// A complaint may be decided at once: whoever has the outcome within the 30 days needs no
/// acknowledgement before it, as the Commissioner reads the section.
#[must_use]
pub const fn complaint_transition(
    stage: Option<ComplaintStage>,
    act: ComplaintAct,
) -> Option<ComplaintStage> {
    use ComplaintAct as A;
    use ComplaintStage as S;
    match (stage, act) {
        (None, A::Receive) => Some(S::Received),
        (Some(S::Received), A::Acknowledge) | (Some(S::Acknowledged), A::ReportProgress) => {
            Some(S::Acknowledged)
        }
        (Some(S::Received | S::Acknowledged), A::Investigate)
        | (Some(S::Investigating), A::Investigate | A::ReportProgress | A::Acknowledge) => {
            Some(S::Investigating)
        }
        (Some(S::Received | S::Acknowledged | S::Investigating), A::Decide) => Some(S::Decided),
        (Some(S::Received | S::Acknowledged | S::Investigating), A::Withdraw) => Some(S::Withdrawn),
        (Some(S::Decided | S::Withdrawn), A::Close) => Some(S::Closed),
        _ => None,
    }
}
