//! Moments, and the two ways in which a cookie writes one.

use core::fmt;

/// Seconds since the beginning of 1970, UTC, without leap seconds.
///
/// Signed, because a cookie may say that it expired in 1601.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a unit around a number")]
pub struct UnixSeconds(pub i64);

/// Why a text is no cookie-date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DateError {
    /// There is nothing like `08:04:19`.
    #[error("there is no time of day such as 08:04:19")]
    NoTime,
    /// There is no number of one or two digits left for the day.
    #[error("there is no day of the month of one or two digits")]
    NoDay,
    /// No word begins with the first three letters of a month.
    #[error("there is no English month")]
    NoMonth,
    /// There is no number of two to four digits left for the year.
    #[error("there is no year of two to four digits")]
    NoYear,
    /// The hour is above 23, or the minute or second above 59.
    #[error("the time of day is later than 23:59:59")]
    TimeRange,
    /// The year is before 1601.
    #[error("the year is before 1601")]
    YearRange,
    /// The month has no such day.
    #[error("the month has no such day")]
    DayRange,
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Days of a year before each month, in a year that is no leap year.
const DAYS_BEFORE: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

const FIRST_YEAR: i64 = 1601;
/// From 1601-01-01, which begins a cycle of 400 years, to 1970-01-01.
const DAYS_TO_1970: i64 = 134_774;
const SECONDS_OF_DAY: i64 = 86_400;

impl UnixSeconds {
    /// The last second of the year 9999, the latest that a cookie-date can say.
    pub const LATEST: Self = Self(253_402_300_799);
    /// The first second of the year 1601, the earliest that a cookie-date can say.
    pub const EARLIEST: Self = Self(-DAYS_TO_1970 * SECONDS_OF_DAY);

    /// Reads a cookie-date in any of the many spellings that user agents understand.
    ///
    /// ```
    /// use upheld_cookies::UnixSeconds;
    ///
    /// let expected = Ok(UnixSeconds(1_817_885_059));
    /// assert_eq!(UnixSeconds::parse_cookie_date(b"Tue, 10 Aug 2027 08:04:19 GMT"), expected);
    /// assert_eq!(UnixSeconds::parse_cookie_date(b"10-aug-27 8:4:19 PST"), expected);
    /// ```
    ///
    /// # Errors
    ///
    /// [`DateError`]; a user agent then ignores the attribute.
    ///
    /// # Source
    ///
    /// RFC 6265bis §5.1.1.
    pub fn parse_cookie_date(text: &[u8]) -> Result<Self, DateError> {
        if let Some(found) = common_form(text) {
            return found.moment();
        }
        //= RFC 6265bis §5.1.1: tokens in order, each the first thing still missing that it fits
        let mut found = Found::default();
        text.split(|byte| is_delimiter(*byte)).for_each(|token| found.take(token));
        found.moment()
    }

    /// Reads the one form that a server should send, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    ///
    /// # Source
    ///
    /// RFC 9110 §5.6.7 (IMF-fixdate). The weekday must be that of the date.
    #[must_use]
    pub fn parse_imf_fixdate(text: &[u8]) -> Option<Self> {
        let moment = Self::parse_cookie_date(text).ok()?;
        let written = moment.to_imf_fixdate().to_string();
        (written.as_bytes() == text).then_some(moment)
    }

    /// The moment as an IMF-fixdate; earlier and later than 1601 to 9999 is clamped.
    ///
    /// ```
    /// use upheld_cookies::UnixSeconds;
    ///
    /// assert_eq!(UnixSeconds(784_111_777).to_imf_fixdate().to_string(), "Sun, 06 Nov 1994 08:49:37 GMT");
    /// ```
    #[must_use]
    pub fn to_imf_fixdate(self) -> impl fmt::Display {
        ImfFixdate(self.clamp(Self::EARLIEST, Self::LATEST))
    }

    /// This moment plus a number of seconds, as far as the type goes.
    #[must_use]
    pub const fn saturating_add(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }
}

/// What stands between two tokens of a cookie-date.
const fn is_delimiter(byte: u8) -> bool {
    matches!(byte, 0x09 | 0x20..=0x2F | 0x3B..=0x40 | 0x5B..=0x60 | 0x7B..=0x7E)
}

#[derive(Default)]
struct Found {
    time: Option<[i64; 3]>,
    day: Option<i64>,
    month: Option<usize>,
    year: Option<i64>,
}

impl Found {
    fn take(&mut self, token: &[u8]) {
        let Some(first) = token.first() else { return };
        if !first.is_ascii_digit() {
            self.month = self.month.or_else(|| month(token));
            return;
        }
        let (digits, value) = number(token);
        let rest = token.get(digits..).unwrap_or_default();
        if self.time.is_none() && digits <= 2 && rest.first() == Some(&b':') {
            self.time = time(value, rest);
            if self.time.is_some() {
                return;
            }
        }
        if self.day.is_none() && digits <= 2 {
            self.day = Some(value);
        } else if self.year.is_none() && (2..=4).contains(&digits) {
            self.year = Some(value);
        }
    }

    fn moment(&self) -> Result<UnixSeconds, DateError> {
        let [hour, minute, second] = self.time.ok_or(DateError::NoTime)?;
        let day = self.day.ok_or(DateError::NoDay)?;
        let month = self.month.ok_or(DateError::NoMonth)?;
        let year = match self.year.ok_or(DateError::NoYear)? {
            year @ 70..=99 => year.saturating_add(1900),
            year @ 0..=69 => year.saturating_add(2000),
            year => year,
        };
        if hour > 23 || minute > 59 || second > 59 {
            return Err(DateError::TimeRange);
        }
        if year < FIRST_YEAR {
            return Err(DateError::YearRange);
        }
        if day < 1 || day > length_of_month(year, month) {
            return Err(DateError::DayRange);
        }
        let seconds = SECONDS_OF_DAY.saturating_mul(days(year, month, day));
        let of_day = [hour.saturating_mul(3600), minute.saturating_mul(60), second];
        Ok(of_day.into_iter().fold(UnixSeconds(seconds), UnixSeconds::saturating_add))
    }
}

/// Reads `Sun, 06 Nov 1994 08:49:37 GMT`, also with hyphens: what nearly every server sends.
///
/// The tokens of this form are the time, the day, the month and the year and can be nothing else.
fn common_form(text: &[u8]) -> Option<Found> {
    let &[w1, w2, w3, b',', b' ', d1, d2, b' ' | b'-', m1, m2, m3, b' ' | b'-', ref rest @ ..] =
        text
    else {
        return None;
    };
    let &[y1, y2, y3, y4, b' ', h1, h2, b':', n1, n2, b':', s1, s2, b' ', b'G', b'M', b'T'] = rest
    else {
        return None;
    };
    if month(&[w1, w2, w3]).is_some() || ![w1, w2, w3].iter().all(u8::is_ascii_alphabetic) {
        return None;
    }
    let century = two(y1, y2)?.saturating_mul(100);
    Some(Found {
        time: Some([two(h1, h2)?, two(n1, n2)?, two(s1, s2)?]),
        day: Some(two(d1, d2)?),
        month: Some(month(&[m1, m2, m3])?),
        year: Some(century.saturating_add(two(y3, y4)?)),
    })
}

/// Two digits.
fn two(tens: u8, ones: u8) -> Option<i64> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| i64::from(byte.wrapping_sub(b'0')));
    Some(digit(tens)?.saturating_mul(10).saturating_add(digit(ones)?))
}

/// How many digits a token begins with, and their value if they are at most four.
fn number(token: &[u8]) -> (usize, i64) {
    let digits = token.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold((0, 0), |(count, value), digit| {
        let digit = i64::from(digit.wrapping_sub(b'0'));
        (count.saturating_add(1), value.saturating_mul(10).saturating_add(digit))
    })
}

/// Reads what follows the hour: `:mm:ss` and anything that does not begin with a digit.
fn time(hour: i64, rest: &[u8]) -> Option<[i64; 3]> {
    let (minute, rest) = field(rest)?;
    let (second, _) = field(rest)?;
    Some([hour, minute, second])
}

fn field(text: &[u8]) -> Option<(i64, &[u8])> {
    let text = text.strip_prefix(b":")?;
    let (digits, value) = number(text);
    (1..=2).contains(&digits).then_some((value, text.get(digits..)?))
}

fn month(token: &[u8]) -> Option<usize> {
    let &[a, b, c, ..] = token else { return None };
    // This bit is the case of a letter, and makes no letter of anything else.
    Some(match &[a | 0x20, b | 0x20, c | 0x20] {
        b"jan" => 0,
        b"feb" => 1,
        b"mar" => 2,
        b"apr" => 3,
        b"may" => 4,
        b"jun" => 5,
        b"jul" => 6,
        b"aug" => 7,
        b"sep" => 8,
        b"oct" => 9,
        b"nov" => 10,
        b"dec" => 11,
        _ => return None,
    })
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

pub(crate) fn length_of_month(year: i64, month: usize) -> i64 {
    match month {
        1 if is_leap(year) => 29,
        1 => 28,
        3 | 5 | 8 | 10 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date that exists, from 1601 to 9999. January is month 0.
#[expect(clippy::arithmetic_side_effects, reason = "years have four digits")]
pub(crate) fn days(year: i64, month: usize, day: i64) -> i64 {
    let years = year - FIRST_YEAR;
    let before_year = years * 365 + years / 4 - years / 100 + years / 400;
    let leap_day = i64::from(month > 1 && is_leap(year));
    let before_month = DAYS_BEFORE.get(month).copied().unwrap_or_default();
    before_year + before_month + leap_day + day - 1 - DAYS_TO_1970
}

/// The date of a day counted from 1970-01-01, from 1601 to 9999: year, month from 0, day from 1.
#[expect(clippy::arithmetic_side_effects, reason = "days of years with four digits")]
pub(crate) fn date(days_since_1970: i64) -> (i64, usize, i64) {
    let day = days_since_1970 + DAYS_TO_1970;
    // Years are never longer than 366 days, so this is the year or a little early.
    let mut year = FIRST_YEAR + day / 366;
    while days(year + 1, 0, 1) <= days_since_1970 {
        year += 1;
    }
    let mut left = days_since_1970 - days(year, 0, 1);
    let mut month = 0;
    while left >= length_of_month(year, month) {
        left -= length_of_month(year, month);
        month += 1;
    }
    (year, month, left + 1)
}

#[derive(Debug)]
struct ImfFixdate(UnixSeconds);

impl fmt::Display for ImfFixdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.0.0.div_euclid(SECONDS_OF_DAY);
        let of_day = self.0.0.rem_euclid(SECONDS_OF_DAY);
        let (year, month, day) = date(days);
        let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        // 1970-01-01 was a Thursday.
        let weekday = usize::try_from(days.saturating_add(3).rem_euclid(7)).unwrap_or_default();
        let weekday = WEEKDAYS.get(weekday).copied().unwrap_or_default();
        let month = MONTHS.get(month).copied().unwrap_or_default();
        write!(f, "{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
    }
}
