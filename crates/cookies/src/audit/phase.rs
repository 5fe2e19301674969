//! Which part of a visit a request belongs to.

use crate::har::{Entry, UnixMillis};

/// A part of a visit, by what the person had chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Nothing yet.
    BeforeChoice,
    /// To accept everything.
    Accepted,
    /// To refuse everything that can be refused.
    Refused,
    /// To take back what was accepted.
    Withdrawn,
}

impl Phase {
    /// Every phase.
    pub const ALL: [Self; 4] = [Self::BeforeChoice, Self::Accepted, Self::Refused, Self::Withdrawn];

    /// The words for it, as in "set before a choice".
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BeforeChoice => "before a choice",
            Self::Accepted => "after acceptance",
            Self::Refused => "after refusal",
            Self::Withdrawn => "after withdrawal",
        }
    }

    pub(super) const fn index(self) -> usize {
        match self {
            Self::BeforeChoice => 0,
            Self::Accepted => 1,
            Self::Refused => 2,
            Self::Withdrawn => 3,
        }
    }
}

/// Where a phase begins within a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mark {
    /// With requests begun at this moment.
    Moment(UnixMillis),
    /// With the page of this name, `pageref` in its entries.
    Page(String),
}

/// The phases of one recording, in order.
///
/// ```
/// use upheld_cookies::audit::{Mark, Phase, Timeline};
/// use upheld_cookies::har::UnixMillis;
///
/// let clicked = UnixMillis::parse(b"2026-11-27T12:00:05Z").ok_or("no moment")?;
/// let timeline = Timeline::always(Phase::BeforeChoice)
///     .then(Mark::Moment(clicked), Phase::Accepted)
///     .then(Mark::Page("page_3".to_owned()), Phase::Withdrawn);
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    phase: Phase,
    /// What is still to come, the next one last.
    turns: Vec<(Mark, Phase)>,
    has_turned: bool,
}

impl Timeline {
    /// One phase from beginning to end.
    #[must_use]
    pub const fn always(phase: Phase) -> Self {
        Self { phase, turns: Vec::new(), has_turned: false }
    }

    /// The same up to a mark, and another phase from there on.
    #[must_use]
    pub fn then(mut self, mark: Mark, phase: Phase) -> Self {
        self.turns.insert(0, (mark, phase));
        self
    }

    /// The phase of the next entry.
    ///
    /// Moments decide by themselves. A page decides from its first entry on, also for entries that
    /// come later in the recording and name no page.
    pub(super) fn phase_of(&mut self, entry: &Entry) -> Phase {
        while let Some((mark, next)) = self.turns.last() {
            let has_come = match mark {
                Mark::Moment(moment) => entry.started().is_some_and(|started| started >= *moment),
                Mark::Page(id) => entry.page() == Some(id),
            };
            if !has_come {
                break;
            }
            self.phase = *next;
            self.has_turned = true;
            drop(self.turns.pop());
        }
        self.phase
    }

    /// Whether an earlier phase of the same recording came before.
    pub(super) const fn has_turned(&self) -> bool {
        self.has_turned
    }

    /// The marks that no entry has come to.
    pub(super) fn missed(&self) -> impl Iterator<Item = &Mark> {
        self.turns.iter().map(|(mark, _)| mark)
    }
}
