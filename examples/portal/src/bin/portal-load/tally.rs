//! How answers turned out, and how long they took.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value, json};

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// It did what it was meant to do: a session was opened, a code accepted.
    Accepted,
    /// It was judged and refused, as a wrong code is.
    Refused,
    /// It was turned away unjudged: 503.
    Busy,
    /// A page came that nobody was judged for.
    Page,
    /// The page of a request at the desk.
    Case,
    /// Anything else: another status, a broken connection.
    Odd,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Busy => "busy",
            Self::Page => "page",
            Self::Case => "case",
            Self::Odd => "odd",
        }
    }
}

/// The times of all requests of a run, by what became of them.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    microseconds: BTreeMap<Kind, Vec<u32>>,
    /// What the odd ones were, and how often.
    oddities: BTreeMap<String, u32>,
}

impl Tally {
    pub(crate) fn note(&mut self, kind: Kind, took: Duration) {
        let took = u32::try_from(took.as_micros()).unwrap_or(u32::MAX);
        self.microseconds.entry(kind).or_default().push(took);
    }

    pub(crate) fn note_odd(&mut self, what: String, took: Duration) {
        self.note(Kind::Odd, took);
        let count = self.oddities.entry(what).or_default();
        *count = count.saturating_add(1);
    }

    pub(crate) fn add(&mut self, other: Self) {
        for (kind, times) in other.microseconds {
            self.microseconds.entry(kind).or_default().extend(times);
        }
        for (what, count) in other.oddities {
            let known = self.oddities.entry(what).or_default();
            *known = known.saturating_add(count);
        }
    }

    /// How often this was what was odd.
    pub(crate) fn odd(&self, what: &str) -> u32 {
        self.oddities.get(what).copied().unwrap_or_default()
    }

    pub(crate) fn count(&self, kind: Kind) -> u32 {
        self.microseconds.get(&kind).map_or(0, |times| count(times))
    }

    /// All requests, whatever became of them.
    pub(crate) fn total(&self) -> u32 {
        self.microseconds.values().fold(0, |sum, times| sum.saturating_add(count(times)))
    }

    /// Counts, rates and percentiles, for a run that took so long.
    pub(crate) fn to_json(&self, elapsed: Duration) -> Value {
        let seconds = elapsed.as_secs_f64();
        let mut object = Map::new();
        for (kind, times) in &self.microseconds {
            let mut times = times.clone();
            times.sort_unstable();
            let summary = json!({
                "count": times.len(),
                "per_second": round(f64::from(count(&times)) / seconds),
                "p50_ms": milliseconds(&times, 50),
                "p99_ms": milliseconds(&times, 99),
                "max_ms": milliseconds(&times, 100),
            });
            object.insert(kind.name().to_owned(), summary);
        }
        if !self.oddities.is_empty() {
            object.insert("oddities".to_owned(), json!(self.oddities));
        }
        Value::Object(object)
    }
}

fn count(times: &[u32]) -> u32 {
    u32::try_from(times.len()).unwrap_or(u32::MAX)
}

/// The smallest time that `percent` of all do not exceed. `sorted` is in ascending order.
fn milliseconds(sorted: &[u32], percent: usize) -> f64 {
    let rank = sorted.len().saturating_mul(percent).div_ceil(100);
    let time = sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default();
    f64::from(time) / 1000.0
}

fn round(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::{Kind, Tally, milliseconds};

    #[test]
    fn a_percentile_is_one_of_the_times() {
        let times: Vec<u32> = (1..=200).map(|time| time * 1000).collect();
        let of =
            |times: &[u32]| [50, 99, 100].map(|percent| milliseconds(times, percent).to_string());
        assert_eq!(of(&times), ["100", "198", "200"]);
        assert_eq!(of(&[7000]), ["7", "7", "7"]);
        assert_eq!(of(&[]), ["0", "0", "0"]);
    }

    #[test]
    fn tallies_add_up() {
        let (mut one, mut other) = (Tally::default(), Tally::default());
        one.note(Kind::Accepted, Duration::from_millis(1));
        other.note(Kind::Accepted, Duration::from_millis(3));
        other.note_odd("status 500".to_owned(), Duration::from_millis(9));
        one.add(other);
        assert_eq!((one.count(Kind::Accepted), one.count(Kind::Busy), one.total()), (2, 0, 3));
        assert_eq!((one.odd("status 500"), one.odd("status 408")), (1, 0));
        let summary = one.to_json(Duration::from_secs(2));
        let accepted =
            json!({"count": 2, "per_second": 1.0, "p50_ms": 1.0, "p99_ms": 3.0, "max_ms": 3.0});
        assert_eq!(summary.get("accepted"), Some(&accepted));
        assert_eq!(summary.get("oddities"), Some(&json!({"status 500": 1})));
    }
}
