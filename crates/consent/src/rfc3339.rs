//! Moments as other programs write them: RFC 3339.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::Date;

/// A moment with the offset that it was written with.
///
/// It is kept as it was written, so that what was read is what is written again; it is compared by
/// the second that it means.
///
/// ```
/// use upheld_consent::Moment;
///
/// let moment = Moment::parse("2018-10-02T17:00:00+02:00")?;
/// assert_eq!(moment.unix_seconds(), Moment::parse("2018-10-02T15:00:00Z")?.unix_seconds());
/// # Ok::<(), upheld_consent::MomentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Moment {
    text: String,
    seconds: i64,
}

/// Not a moment as RFC 3339 writes it, from 1900 to 2199.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a moment is written like 2026-06-01T12:00:00Z, with Z or an offset, from 1900 to 2199")]
#[non_exhaustive]
pub struct MomentError;

/// The longest that is read: fractions of a second have no end.
const MAX: usize = 64;

impl Moment {
    /// Reads RFC 3339 `date-time`.
    ///
    /// # Errors
    ///
    /// [`MomentError`].
    pub fn parse(text: &str) -> Result<Self, MomentError> {
        let seconds = seconds(text).ok_or(MomentError)?;
        Ok(Self { text: text.to_owned(), seconds })
    }

    /// The moment as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The second that it means, since 1970-01-01T00:00:00Z; before then it is negative.
    #[must_use]
    pub const fn unix_seconds(&self) -> i64 {
        self.seconds
    }
}

//= RFC 3339 §5.6: a date, a time, and Z or an offset; T and Z of either case
fn seconds(text: &str) -> Option<i64> {
    if text.len() > MAX || !text.is_ascii() {
        return None;
    }
    let (date, rest) = (text.get(..10)?, text.get(10..)?);
    let date = Date::parse(date).ok()?;
    let rest = rest.strip_prefix(['T', 't'])?;
    let (time, rest) = (rest.get(..8)?, rest.get(8..)?);
    let [hour, minute, second] = three(time)?;
    let rest = match rest.strip_prefix('.') {
        None => rest,
        Some(fraction) => {
            let end = fraction.find(|character: char| !character.is_ascii_digit())?;
            if end == 0 {
                return None;
            }
            fraction.get(end..)?
        }
    };
    let offset = if rest.eq_ignore_ascii_case("z") { 0 } else { offset(rest)? };
    // A leap second is the last second of its minute.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let days = i64::from(date.days_since(Date::new(1970, 1, 1).ok()?));
    let of_day = hour.checked_mul(3_600)?.checked_add(minute.checked_mul(60)?)?;
    let of_day = of_day.checked_add(second.min(59))?;
    days.checked_mul(86_400)?.checked_add(of_day)?.checked_sub(offset)
}

fn three(time: &str) -> Option<[i64; 3]> {
    let mut parts = time.split(':');
    let numbers = [two(parts.next()?)?, two(parts.next()?)?, two(parts.next()?)?];
    parts.next().is_none().then_some(numbers)
}

fn two(digits: &str) -> Option<i64> {
    let is_plain = digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_digit());
    is_plain.then(|| digits.parse().ok()).flatten()
}

fn offset(text: &str) -> Option<i64> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = text.strip_prefix(['+', '-'])?.split_once(':')?;
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    hours.checked_mul(3_600)?.checked_add(minutes.checked_mul(60)?)?.checked_mul(sign)
}

impl TryFrom<String> for Moment {
    type Error = MomentError;

    fn try_from(text: String) -> Result<Self, MomentError> {
        Self::parse(&text)
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> Self {
        moment.text
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
