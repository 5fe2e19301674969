//! Where the time comes from: one clock, handed in.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::tz::Offset;
use upheld_consent::{Date, DateError, UnixMillis};
use upheld_store::sql::{DatabaseError, Row, Value};
use upheld_totp::UnixSeconds;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Tells the portal what time it is.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> UnixSeconds + Send + Sync>);

impl Clock {
    /// The clock of the operating system. A time before 1970 counts as 1970.
    #[must_use]
    pub fn system() -> Self {
        Self::new(|| {
            let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            UnixSeconds(since_epoch.as_secs())
        })
    }

    /// A clock that asks `now` each time.
    pub fn new(now: impl Fn() -> UnixSeconds + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    pub(crate) fn now(&self) -> Moment {
        Moment::from((self.0)())
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// A moment as the database stores it: seconds since the Unix epoch, never below zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(i64);

impl Moment {
    pub(crate) const fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    pub(crate) const fn minus(self, seconds: i64) -> Self {
        Self(self.0.saturating_sub(seconds))
    }

    /// As records of consents and requests have it.
    pub(crate) fn to_millis(self) -> UnixMillis {
        let seconds = u64::try_from(self.0).unwrap_or_default();
        UnixMillis::new(seconds.saturating_mul(1000)).unwrap_or_default()
    }

    /// As decisions about cookies have it.
    pub(crate) const fn to_cookie_time(self) -> upheld_cookies::UnixSeconds {
        upheld_cookies::UnixSeconds(self.0)
    }

    /// The first moment of a day in UTC; that of 1970-01-01 for a day before.
    pub(crate) fn of_day(day: Date) -> Self {
        let before = Date::new(1970, 1, 1).map_or(0, |first| first.days_since(Date::MIN));
        let days = day.days_since(Date::MIN).saturating_sub(before).max(0);
        Self(i64::from(days).saturating_mul(DAY_SECONDS))
    }

    /// When the day began in UTC.
    pub(crate) const fn start_of_day(self) -> Self {
        self.minus(self.0 % DAY_SECONDS)
    }

    /// The day in UTC.
    pub(crate) fn to_date(self) -> Result<Date, DateError> {
        let date = Timestamp::from_second(self.0).unwrap_or(Timestamp::MAX);
        let date = Offset::UTC.to_datetime(date).date();
        let year = u16::try_from(date.year()).unwrap_or(u16::MAX);
        let small = |number| u8::try_from(number).unwrap_or(u8::MAX);
        Date::new(year, small(date.month()), small(date.day()))
    }

    /// As programs read it: `2026-11-24T02:22:00Z`.
    pub(crate) fn to_rfc3339(self) -> String {
        Timestamp::from_second(self.0).unwrap_or(Timestamp::MAX).to_string()
    }

    pub(crate) fn at(row: &Row, column: usize) -> Result<Self, DatabaseError> {
        row.integer(column).map(Self)
    }

    pub(crate) fn at_optional(row: &Row, column: usize) -> Result<Option<Self>, DatabaseError> {
        Ok(row.optional_integer(column)?.map(Self))
    }
}

impl fmt::Display for Moment {
    /// As people read it: `24 November 2026, 02:22 UTC`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_second(self.0) {
            Ok(moment) => moment.strftime("%-d %B %Y, %H:%M UTC").fmt(f),
            Err(_) => f.write_str("a moment beyond the calendar"),
        }
    }
}

impl From<Moment> for UnixSeconds {
    fn from(moment: Moment) -> Self {
        Self(u64::try_from(moment.0).unwrap_or_default())
    }
}

impl From<upheld_cookies::UnixSeconds> for Moment {
    fn from(seconds: upheld_cookies::UnixSeconds) -> Self {
        Self(seconds.0.max(0))
    }
}

impl From<UnixMillis> for Moment {
    fn from(moment: UnixMillis) -> Self {
        Self(i64::try_from(moment.get() / 1000).unwrap_or(i64::MAX))
    }
}

impl From<UnixSeconds> for Moment {
    fn from(seconds: UnixSeconds) -> Self {
        Self(i64::try_from(seconds.0).unwrap_or(i64::MAX))
    }
}

impl From<Moment> for Value {
    fn from(moment: Moment) -> Self {
        Self::Integer(moment.0)
    }
}
