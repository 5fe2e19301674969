//! How long something stays, as people write it.

use crate::policy::Lifetime;

/// Reads texts such as `2 years`, `1 year 1 month`, `session`, `Persistent`; `None` for all others.
///
/// A month is 30 days, a year 365. What follows after the duration does not matter.
pub(super) fn parse(text: &str) -> Option<Lifetime> {
    let text = text.trim().to_lowercase();
    // Misspellings are those of the database.
    if text.contains("session") || text.contains("seesion") {
        return Some(Lifetime::Session);
    }
    let lasting =
        ["persistent", "permanent", "never", "unlimited", "local storage", "until deleted"];
    if lasting.iter().any(|word| text.starts_with(word)) {
        return Some(Lifetime::UntilDeleted);
    }
    let mut words = text.split(|char: char| !char.is_ascii_alphanumeric());
    let mut seconds = 0_u64;
    let mut is_read = false;
    while let Some((number, unit)) = next(&mut words) {
        seconds = seconds.checked_add(number.checked_mul(unit)?)?;
        is_read = true;
    }
    is_read.then_some(Lifetime::Seconds(seconds))
}

/// The next number and its unit in seconds.
fn next<'t>(words: &mut impl Iterator<Item = &'t str>) -> Option<(u64, u64)> {
    let mut words = words.filter(|word| !word.is_empty() && *word != "and");
    let first = words.next()?;
    let digits = first.bytes().take_while(u8::is_ascii_digit).count();
    let (number, attached) = first.split_at_checked(digits)?;
    let unit = if attached.is_empty() { words.next()? } else { attached };
    let seconds = match unit.strip_suffix('s').unwrap_or(unit) {
        "second" | "sec" => 1,
        "minute" | "min" => 60,
        "hour" | "h" => 3600,
        "day" | "d" => 86_400,
        "week" => 604_800,
        "month" => 2_592_000,
        "year" | "y" => 31_536_000,
        _ => return None,
    };
    Some((number.parse().ok()?, seconds))
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::policy::Lifetime;

    #[test]
    fn as_people_write() {
        let seconds = |text| parse(text).and_then(Lifetime::as_seconds);
        assert_eq!(seconds("2 years after last activity"), Some(63_072_000));
        assert_eq!(seconds("1 year and 1 month"), Some(34_128_000));
        assert_eq!(seconds("30days"), Some(2_592_000));
        assert_eq!(seconds("1 minute"), Some(60));
        assert_eq!(parse("End of session (browser)"), Some(Lifetime::Session));
        assert_eq!(parse("seesion"), Some(Lifetime::Session));
        assert_eq!(parse("Persistent"), Some(Lifetime::UntilDeleted));
        for text in ["", "10 nov 2030", "awin", "years", "99999999999999999999 years", "é"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
