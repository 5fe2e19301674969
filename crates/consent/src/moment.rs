//! Moments: milliseconds in records, RFC 3339 and days for people.

use upheld_ledger::UnixMillis;

use crate::Date;

const DAY: u64 = 86_400_000;
const UNIX_EPOCH: Date = match Date::new(1970, 1, 1) {
    Ok(date) => date,
    Err(_) => Date::MIN,
};

/// The day in UTC; `None` after the year 2199.
pub(crate) fn day(at: UnixMillis) -> Option<Date> {
    let days = at.get().checked_div(DAY)?;
    UNIX_EPOCH.plus_days(i32::try_from(days).ok()?)
}

/// The same time of day so many months later, or on the last day of that month.
pub(crate) fn plus_months(at: UnixMillis, months: u16) -> Option<UnixMillis> {
    let date = day(at)?.plus_months(months)?;
    let days = u64::try_from(date.days_since(UNIX_EPOCH)).ok()?;
    UnixMillis::new(days.checked_mul(DAY)?.checked_add(at.get().checked_rem(DAY)?)?)
}

/// `2026-03-01T12:00:00Z`; an empty text after the year 2199, which no record has.
pub(crate) fn to_rfc3339(at: UnixMillis) -> String {
    let Some(date) = day(at) else { return String::new() };
    let seconds = at.get() % DAY / 1_000;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{date}T{hours:02}:{minutes:02}:{seconds:02}Z")
}

/// For `#[serde(with)]`: the number of milliseconds, until the year 2199.
pub(crate) mod millis {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};
    use upheld_ledger::UnixMillis;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub(crate) fn serialize<S: Serializer>(at: &UnixMillis, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(at.get())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<UnixMillis, D::Error> {
        let at = UnixMillis::new(u64::deserialize(from)?).filter(|at| super::day(*at).is_some());
        at.ok_or_else(|| D::Error::custom("a moment is in milliseconds, before the year 2200"))
    }
}

#[cfg(test)]
mod tests {
    use super::{UnixMillis, plus_months, to_rfc3339};

    fn after(at: u64, months: u16) -> String {
        let at = UnixMillis::new(at).and_then(|at| plus_months(at, months));
        at.map(to_rfc3339).unwrap_or_default()
    }

    #[test]
    fn months_end_where_the_month_does() {
        // 2026-01-31T12:34:56.789Z, as `date -u -d @1769862896` has it.
        let at = 1_769_862_896_789;
        assert_eq!(after(at, 0), "2026-01-31T12:34:56Z");
        assert_eq!(after(at, 1), "2026-02-28T12:34:56Z");
        assert_eq!(after(at, 24), "2028-01-31T12:34:56Z");
        assert_eq!(after(at, 25), "2028-02-29T12:34:56Z");
        assert_eq!(after(at, 11), "2026-12-31T12:34:56Z");
        assert_eq!(after(at, 12 * 174), "");
    }
}
