//! A clock that is off, and by how much.

use http::HeaderMap;
use http::header::DATE;

use crate::UnixSeconds;

/// How far this machine's clock is from Duo's, which takes requests within five minutes of its own.
///
/// Learnt from [`Ping`](crate::auth::Ping), or from the reply that turned a request away. The
/// connection says who the reply is from; an offset learnt over plain HTTP is anybody's.
///
/// ```
/// use upheld_duo::{ClockOffset, UnixSeconds};
///
/// let (ours, duos) = (UnixSeconds(1_000), UnixSeconds(1_600));
/// let offset = ClockOffset::between(ours, duos);
/// assert_eq!(offset.apply(UnixSeconds(1_010)), UnixSeconds(1_610));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClockOffset {
    seconds: i64,
}

impl ClockOffset {
    /// The offset when `ours` is shown here while `duos` is shown there.
    #[must_use]
    pub fn between(ours: UnixSeconds, duos: UnixSeconds) -> Self {
        let signed = |moment: UnixSeconds| i64::try_from(moment.0).unwrap_or(i64::MAX);
        Self { seconds: signed(duos).saturating_sub(signed(ours)) }
    }

    /// Reads the `Date` of a reply that came at `ours`.
    #[must_use]
    pub fn of_reply(headers: &HeaderMap, ours: UnixSeconds) -> Option<Self> {
        let date = headers.get(DATE)?.to_str().ok()?;
        Some(Self::between(ours, UnixSeconds::parse_date(date).ok()?))
    }

    /// Duo's time when the clock here shows `ours`.
    #[must_use]
    pub const fn apply(self, ours: UnixSeconds) -> UnixSeconds {
        UnixSeconds(ours.0.saturating_add_signed(self.seconds))
    }

    /// The offset in seconds: positive when Duo's clock is ahead.
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.seconds
    }
}
