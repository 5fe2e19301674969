//! What happens to a person's data as a whole, told like the rest.

use crate::clock::Moment;
use crate::language::{Language, fill, phrase};

/// Something that happened to everything that is held about a person.
#[derive(Clone, Copy, Debug)]
pub(crate) enum DataEvent {
    CopyReady { until: Moment },
    CopyTaken,
}

impl DataEvent {
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::CopyReady { .. } => "copy of data ready",
            Self::CopyTaken => "copy of data taken",
        }
    }

    pub(super) const fn subject(self) -> &'static str {
        match self {
            Self::CopyReady { .. } => phrase("The copy of your data is ready"),
            Self::CopyTaken => phrase("The copy of your data was taken"),
        }
    }

    pub(super) fn text(self, language: Language) -> String {
        match self {
            Self::CopyReady { until } => {
                let text = phrase(
                    "You asked for a copy of your data, and it is ready. Sign in to the portal and \
                     take it under “Privacy”, until {when}. It can be taken once.",
                );
                fill(&language.say(text), "when", &language.moment(until))
            }
            Self::CopyTaken => {
                let text = phrase(
                    "The copy of your data was taken from the portal, and is no longer there.",
                );
                language.say(text).into_owned()
            }
        }
    }
}
