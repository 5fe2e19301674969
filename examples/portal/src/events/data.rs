//! What happens to a person's data as a whole, told like the rest.

use crate::clock::Moment;
use crate::language::{Language, fill, phrase};

/// Something that happened to everything that is held about a person.
#[derive(Clone, Copy, Debug)]
pub(crate) enum DataEvent {
    CopyReady {
        until: Moment,
    },
    CopyTaken,
    ClosureAsked {
        due: Moment,
    },
    ClosureCancelled,
    ClosureHeld,
    /// With whether there is Duo, and whether it was one of the clinic's own.
    Erased {
        has_duo: bool,
        is_staff: bool,
    },
}

impl DataEvent {
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::CopyReady { .. } => "copy of data ready",
            Self::CopyTaken => "copy of data taken",
            Self::ClosureAsked { .. } => "account closure asked for",
            Self::ClosureCancelled => "account closure cancelled",
            Self::ClosureHeld => "account closure held by a request",
            Self::Erased { .. } => "account erased",
        }
    }

    pub(super) const fn subject(self) -> &'static str {
        match self {
            Self::CopyReady { .. } => phrase("The copy of your data is ready"),
            Self::CopyTaken => phrase("The copy of your data was taken"),
            Self::ClosureAsked { .. } => phrase("Your account is being closed"),
            Self::ClosureCancelled => phrase("Your account is kept"),
            Self::ClosureHeld => phrase("Your account is not erased yet"),
            Self::Erased { .. } => phrase("Your account was erased"),
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
            Self::ClosureAsked { due } => {
                let text = phrase(
                    "You have asked to close your account and were signed out everywhere. It is \
                     erased on {when}. Until then you can keep it: sign in and press the button.",
                );
                fill(&language.say(text), "when", &language.moment(due))
            }
            Self::Erased { has_duo, is_staff } => {
                let at_duo = has_duo.then_some(phrase(
                    "What Duo keeps under your address is not erased by this: ask the clinic to \
                     delete it there.",
                ));
                let at_desk = is_staff.then_some(phrase(
                    "Your name stays with the requests of others that you dealt with at the desk.",
                ));
                let all = [Some(self.plain_text()), at_duo, at_desk];
                let all = all.into_iter().flatten().map(|text| language.say(text));
                all.collect::<Vec<_>>().join("\n\n")
            }
            Self::CopyTaken | Self::ClosureCancelled | Self::ClosureHeld => {
                language.say(self.plain_text()).into_owned()
            }
        }
    }

    /// The text of those in which nothing is filled.
    const fn plain_text(self) -> &'static str {
        match self {
            Self::CopyTaken => {
                phrase("The copy of your data was taken from the portal, and is no longer there.")
            }
            Self::ClosureCancelled => {
                phrase("You have decided to keep your account. Nothing was erased.")
            }
            Self::ClosureHeld => phrase(
                "You have asked for a copy of your data or complained, and have no answer yet. Your \
                 account is erased once you are answered, and not before: the law demands an answer.",
            ),
            Self::Erased { .. } => phrase(
                "Your account was erased, as you asked: your name, what you signed in with, what \
                 you agreed to and what you asked for. Your address goes once this letter is sent. \
                 A log of what happened stays, under a number that names nobody; so do encrypted \
                 backups and the files by which e-mails were sent to you, until the clinic deletes \
                 them, and your health record, which is not in the portal.",
            ),
            Self::CopyReady { .. } | Self::ClosureAsked { .. } => "",
        }
    }
}
