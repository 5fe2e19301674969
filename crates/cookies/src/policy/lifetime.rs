//! How long something stays.

use core::fmt;

/// How long something stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Lifetime {
    /// `session`: until the browser is closed.
    Session,
    /// So many seconds.
    Seconds(u64),
    /// `until-deleted`: until someone removes it.
    UntilDeleted,
}

impl Lifetime {
    /// Reads `session`, `until-deleted` or a number with `s`, `m`, `h`, `d`, `w` or `y` (365 days).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "session" => return Some(Self::Session),
            "until-deleted" => return Some(Self::UntilDeleted),
            _ => {}
        }
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at_checked(digits)?;
        let seconds = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86_400,
            "w" => 604_800,
            "y" => 31_536_000,
            _ => return None,
        };
        number.parse::<u64>().ok()?.checked_mul(seconds).map(Self::Seconds)
    }

    /// The seconds, if it is a number of them.
    #[must_use]
    pub const fn as_seconds(self) -> Option<u64> {
        match self {
            Self::Seconds(seconds) => Some(seconds),
            Self::Session | Self::UntilDeleted => None,
        }
    }
}

/// As people say it: `session`, `182 days`.
impl fmt::Display for Lifetime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = match self {
            Self::Session => return f.write_str("session"),
            Self::UntilDeleted => return f.write_str("until deleted"),
            Self::Seconds(seconds) => *seconds,
        };
        let (words, count) = in_words(seconds);
        f.write_str(&words.replacen("{}", &count.to_string(), 1))
    }
}

/// So many seconds in the largest unit of which they are a whole number: the words, with `{}` for
/// the number, and the number.
pub(crate) fn in_words(seconds: u64) -> (&'static str, u64) {
    const UNITS: [(u64, &str, &str); 4] = [
        (31_536_000, "{} year", "{} years"),
        (86_400, "{} day", "{} days"),
        (3600, "{} hour", "{} hours"),
        (60, "{} minute", "{} minutes"),
    ];
    let is_whole = |(unit, ..): &(u64, &str, &str)| seconds > 0 && seconds.is_multiple_of(*unit);
    let found = UNITS.into_iter().find(is_whole);
    let (unit, one, many) = found.unwrap_or((1, "{} second", "{} seconds"));
    let count = seconds.checked_div(unit).unwrap_or(seconds);
    (if count == 1 { one } else { many }, count)
}
