//! Moments, and the date line of a request.

use jiff::Timestamp;
use jiff::fmt::rfc2822::{DateTimeParser, DateTimePrinter};

/// A moment: whole seconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(transparent)]
#[expect(clippy::exhaustive_structs, reason = "every u64 is a moment")]
pub struct UnixSeconds(pub u64);

/// A text that is no date of [RFC 2822 §3.3](https://www.rfc-editor.org/rfc/rfc2822#section-3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a date like `Tue, 21 Aug 2012 17:29:18 -0000` between 1970 and 9999")]
#[non_exhaustive]
pub struct DateError;

/// The longest date that is looked at, in bytes.
const MAX_DATE_BYTES: usize = 64;

impl UnixSeconds {
    /// Writes the date that a request is signed with. Moments after the year 9999 are written as
    /// its end.
    ///
    /// ```
    /// use upheld_duo::UnixSeconds;
    ///
    /// assert_eq!(UnixSeconds(1_345_570_158).to_date(), "Tue, 21 Aug 2012 17:29:18 -0000");
    /// ```
    #[must_use]
    pub fn to_date(self) -> String {
        let seconds = i64::try_from(self.0).unwrap_or(i64::MAX);
        let moment = Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX);
        // Years beyond four digits cannot be written; there are none in a `Timestamp`.
        DateTimePrinter::new().timestamp_to_string(&moment).unwrap_or_default()
    }

    /// Reads the date of a request or of a reply, in any zone, the obsolete `GMT` included.
    ///
    /// # Errors
    ///
    /// [`DateError`] when the text is no such date, or before 1970.
    pub fn parse_date(text: &str) -> Result<Self, DateError> {
        if text.len() > MAX_DATE_BYTES {
            return Err(DateError);
        }
        let moment = DateTimeParser::new().parse_timestamp(text).map_err(|_| DateError)?;
        u64::try_from(moment.as_second()).map(Self).map_err(|_| DateError)
    }

    /// So many seconds later, or the last moment there is.
    #[must_use]
    pub(crate) const fn later_by(self, seconds: u64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// How many seconds lie between two moments, whichever is first.
    #[must_use]
    pub const fn distance(self, other: Self) -> u64 {
        self.0.abs_diff(other.0)
    }
}
