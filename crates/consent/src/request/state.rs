//! The stage of a request, with what each stage has to remember.

use super::Stage;
use crate::Date;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Received,
    AwaitingIdentity(Asked),
    AwaitingAuthority(Asked),
    AwaitingFee(Asked),
    InProgress,
    AwaitingClarification(Asked),
    AwaitingChoice(Asked),
    Collecting,
    Reviewing,
    Responded,
    Withdrawn,
    Closed,
}

/// When the person was asked for something, and where the request stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) since: Date,
    pub(super) from: Stage,
}

impl State {
    /// Enters `stage` on `at`, coming from another.
    pub(super) const fn enter(stage: Stage, at: Date, from: Stage) -> Self {
        let asked = Asked { since: at, from };
        match stage {
            Stage::Received => Self::Received,
            Stage::AwaitingIdentity => Self::AwaitingIdentity(asked),
            Stage::AwaitingAuthority => Self::AwaitingAuthority(asked),
            Stage::AwaitingFee => Self::AwaitingFee(asked),
            Stage::InProgress => Self::InProgress,
            Stage::AwaitingClarification => Self::AwaitingClarification(asked),
            Stage::AwaitingChoice => Self::AwaitingChoice(asked),
            Stage::Collecting => Self::Collecting,
            Stage::Reviewing => Self::Reviewing,
            Stage::Responded => Self::Responded,
            Stage::Withdrawn => Self::Withdrawn,
            Stage::Closed => Self::Closed,
        }
    }

    pub(super) const fn stage(&self) -> Stage {
        match self {
            Self::Received => Stage::Received,
            Self::AwaitingIdentity(_) => Stage::AwaitingIdentity,
            Self::AwaitingAuthority(_) => Stage::AwaitingAuthority,
            Self::AwaitingFee(_) => Stage::AwaitingFee,
            Self::InProgress => Stage::InProgress,
            Self::AwaitingClarification(_) => Stage::AwaitingClarification,
            Self::AwaitingChoice(_) => Stage::AwaitingChoice,
            Self::Collecting => Stage::Collecting,
            Self::Reviewing => Stage::Reviewing,
            Self::Responded => Stage::Responded,
            Self::Withdrawn => Stage::Withdrawn,
            Self::Closed => Stage::Closed,
        }
    }

    /// What the person was asked for and has not given yet.
    pub(super) const fn asked(&self) -> Option<Asked> {
        match self {
            Self::AwaitingIdentity(asked)
            | Self::AwaitingAuthority(asked)
            | Self::AwaitingFee(asked)
            | Self::AwaitingClarification(asked)
            | Self::AwaitingChoice(asked) => Some(*asked),
            _ => None,
        }
    }
}
