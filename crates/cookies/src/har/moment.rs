//! Moments as recordings write them: ISO 8601.

use crate::UnixSeconds;

/// Milliseconds since the beginning of 1970, UTC, without leap seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a unit around a number")]
pub struct UnixMillis(pub i64);

impl UnixMillis {
    /// Reads a date and time such as `2026-11-27T12:00:00.250Z` or `2026-11-27T12:00:00+01:00`.
    ///
    /// Digits beyond milliseconds are cut. Without an offset the time is taken for UTC.
    ///
    /// ```
    /// use upheld_cookies::har::UnixMillis;
    ///
    /// let expected = Some(UnixMillis(1_795_780_800_250));
    /// assert_eq!(UnixMillis::parse(b"2026-11-27T12:00:00.250Z"), expected);
    /// assert_eq!(UnixMillis::parse(b"2026-11-27T13:00:00.2509+01:00"), expected);
    /// assert_eq!(UnixMillis::parse(b"yesterday"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let text = str::from_utf8(text).ok()?.trim();
        let (date, rest) = text.split_at_checked(10)?;
        let (time, zone) = rest.split_at_checked(9)?;
        let [year, month, day] = numbers(date, '-')?;
        let [hour, minute, second] = numbers(time.strip_prefix(['T', 't', ' '])?, ':')?;
        let digits = zone.strip_prefix(['.', ',']).unwrap_or_default();
        let digits = digits.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
        let fraction = if digits.is_empty() { 0 } else { digits.len().saturating_add(1) };
        let offset = offset(zone.get(fraction..)?)?;
        let is_time = hour < 24 && minute < 60 && second <= 60;
        let days = days(year, month, day).filter(|_| is_time)?;
        let minutes = days.saturating_mul(24 * 60).saturating_add(hour.saturating_mul(60));
        let minutes = minutes.saturating_add(minute).saturating_sub(offset);
        let seconds = minutes.saturating_mul(60).saturating_add(second);
        let millis = digits.bytes().chain(*b"00").take(3);
        let millis = millis.fold(0, |number: i64, digit| {
            number.saturating_mul(10).saturating_add(i64::from(digit.wrapping_sub(b'0')))
        });
        let millis = if digits.is_empty() { 0 } else { millis };
        Some(Self(seconds.saturating_mul(1000).saturating_add(millis)))
    }

    /// The same in whole seconds.
    #[must_use]
    pub const fn to_seconds(self) -> UnixSeconds {
        UnixSeconds(self.0.div_euclid(1000))
    }
}

fn numbers(text: &str, separator: char) -> Option<[i64; 3]> {
    let mut numbers = [0; 3];
    let mut parts = text.split(separator);
    for number in &mut numbers {
        let part = parts.next()?;
        let is_digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        *number = part.parse().ok().filter(|_| is_digits)?;
    }
    parts.next().is_none().then_some(numbers)
}

/// The offset from UTC in minutes.
fn offset(zone: &str) -> Option<i64> {
    if zone.is_empty() || zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let digits: String = zone.strip_prefix(['+', '-'])?.split(':').collect();
    let is_digits = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number: i64 = digits.parse().ok().filter(|_| is_digits)?;
    let (hours, minutes) = (number.checked_div(100)?, number.checked_rem(100)?);
    let is_offset = hours < 24 && minutes < 60;
    let offset = hours.saturating_mul(60).saturating_add(minutes).saturating_mul(sign);
    is_offset.then_some(offset)
}

/// Days from the beginning of 1970 to a date of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let name = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let name = name.get(usize::try_from(month.checked_sub(1)?).ok()?)?;
    let date = format!("{day} {name} {year:04} 00:00:00");
    UnixSeconds::parse_cookie_date(date.as_bytes()).ok()?.0.checked_div(86_400)
}
