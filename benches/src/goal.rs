//! How much faster than `totp-rs` each topic is meant to be, and whether it is.

use crate::measurement::Measurement;

/// What every topic is compared with, unless it is one of [`OTHER_BASES`].
const BASE: &str = "totp-rs 6";

/// Topics that are compared with something else.
const OTHER_BASES: &[(&str, &str)] = &[
    ("consent-gate", "no gate"),
    ("deadline", "chrono"),
    ("har", "serde_json tree"),
    ("duo-log", "serde_json::Value"),
    ("duo-sign", "by hand"),
    ("duo-token-read", "jsonwebtoken 11"),
    ("duo-token-write", "jsonwebtoken 11"),
    ("ledger-append", "audit-trail 1.1"),
    ("ledger-verify", "audit-trail 1.1"),
    ("set-cookie", "cookie 0.18"),
    ("tc-bomb", "upheld owned"),
    ("tc-string", "lib_tcstring 0.5"),
];

/// What the groups of a topic are compared with.
pub(crate) fn base(topic: &str) -> &'static str {
    OTHER_BASES.iter().find(|(other, _)| *other == topic).map_or(BASE, |(_, base)| base)
}

/// What is asked of one contender.
struct Goal {
    /// What is asked, in words.
    words: &'static str,
    /// Every group of it must reach the bound.
    topic: &'static str,
    contender: &'static str,
    bound: Bound,
}

/// How fast it must be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Bound {
    /// At least so many times as fast as the [`base`].
    Times(f64),
    /// At least so many times as fast as another contender.
    TimesOf(&'static str, f64),
    /// At most so many nanoseconds.
    Within(f64),
    /// At most so many nanoseconds more than the [`base`].
    Overhead(f64),
    /// At least so many millions of bytes in a second.
    Rate(f64),
}

impl Goal {
    /// A goal against the [`base`] of the topic.
    const fn new(
        words: &'static str,
        topic: &'static str,
        contender: &'static str,
        ratio: f64,
    ) -> Self {
        Self { words, topic, contender, bound: Bound::Times(ratio) }
    }

    /// A goal of another kind for what is called `upheld`.
    const fn of(words: &'static str, topic: &'static str, bound: Bound) -> Self {
        Self { words, topic, contender: "upheld", bound }
    }
}

const GOALS: &[Goal] = &[
    Goal::new("a code, keyed", "generate", "upheld keyed", 1.6),
    Goal::new("a code, from the secret", "generate-unkeyed", "upheld", 1.0),
    Goal::new("three steps, no hit", "match-miss", "upheld keyed", 1.6),
    Goal::new("a thousand counters", "search-1000", "upheld keyed", 1.7),
    Goal::new("an otpauth URI", "uri", "upheld strict", 3.5),
    Goal::new("a base32 secret", "base32", "upheld", 3.0),
    Goal::new("a deadline", "deadline", "upheld", 0.3),
    Goal::new("a log entry", "ledger-append", "upheld", 1.2),
    Goal::new("a log verified", "ledger-verify", "upheld", 1.0),
    Goal::new("Set-Cookie fields", "set-cookie", "upheld", 2.0),
    Goal::of("the gate", "consent-gate", Bound::Overhead(2000.0)),
    Goal::of("a recording", "har", Bound::Rate(300.0)),
    Goal::new("a TC string", "tc-string", "upheld", 10.0),
    Goal::of("a TC string", "tc-string", Bound::TimesOf("iab_gpp 0.1", 10.0)),
    Goal::of("a TC string", "tc-string", Bound::TimesOf("iabtcf-es 1.5", 10.0)),
    Goal::of("a TC string of 65 million vendors", "tc-bomb", Bound::Within(100_000.0)),
];

/// One goal held against one group.
#[derive(Debug, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) words: &'static str,
    pub(crate) group: String,
    pub(crate) bound: Bound,
    /// A ratio, nanoseconds, or a rate, as the bound has it.
    pub(crate) reached: f64,
}

impl Verdict {
    pub(crate) fn is_met(&self) -> bool {
        match self.bound {
            Bound::Times(least) | Bound::TimesOf(_, least) | Bound::Rate(least) => {
                self.reached >= least
            }
            Bound::Within(most) | Bound::Overhead(most) => self.reached <= most,
        }
    }
}

/// Something a goal speaks of was not measured.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("no measurement of `{contender}` in {topic}; run `cargo bench -p upheld-benches` in full")]
pub(crate) struct GoalError {
    topic: String,
    contender: &'static str,
}

/// Judges every group of every goal.
pub(crate) fn judge(measurements: &[Measurement]) -> Result<Vec<Verdict>, GoalError> {
    let mut verdicts = Vec::new();
    for goal in GOALS {
        let before = verdicts.len();
        for group in measurements.chunk_by(|a, b| a.group == b.group) {
            let Some(Measurement { group: name, .. }) = group.first() else { continue };
            if name.split('/').next() != Some(goal.topic) {
                continue;
            }
            let reached = reached(goal, group).map_err(|contender| {
                let topic = name.clone();
                GoalError { topic, contender }
            })?;
            let (words, bound) = (goal.words, goal.bound);
            verdicts.push(Verdict { words, group: name.clone(), bound, reached });
        }
        if verdicts.len() == before {
            return Err(GoalError { topic: goal.topic.to_owned(), contender: goal.contender });
        }
    }
    Ok(verdicts)
}

/// What a group has reached of a goal; the error is the contender that is missing.
fn reached(goal: &Goal, group: &[Measurement]) -> Result<f64, &'static str> {
    let time = |contender| median(group, contender).ok_or(contender);
    let base = base(goal.topic);
    let ours = time(goal.contender)?;
    Ok(match goal.bound {
        Bound::Times(_) => time(base)? / ours,
        Bound::TimesOf(other, _) => time(other)? / ours,
        Bound::Within(_) => ours,
        Bound::Overhead(_) => ours - time(base)?,
        Bound::Rate(_) => {
            let of_goal = |one: &&Measurement| one.contender == goal.contender;
            let bytes = group.iter().find(of_goal).and_then(|one| one.bytes);
            // Bytes in a nanosecond are thousands of millions in a second.
            1000.0 * bytes.ok_or(goal.contender)? / ours
        }
    })
}

/// The median of one contender of a group.
pub(crate) fn median(group: &[Measurement], contender: &str) -> Option<f64> {
    let found = group.iter().find(|measurement| measurement.contender == contender);
    found.map(|measurement| measurement.median)
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::{BASE, Bound, GOALS, Goal, GoalError, base, judge};
    use crate::measurement::Measurement;

    fn measured(group: &str, contender: &str, median: f64) -> Measurement {
        Measurement {
            group: group.to_owned(),
            contender: contender.to_owned(),
            median,
            interval: [median, median],
            bytes: Some(30_000.0),
            taken: SystemTime::UNIX_EPOCH,
        }
    }

    /// Two groups of the goal's topic, one for each of two hashes.
    fn groups(goal: &Goal) -> [String; 2] {
        ["sha1", "sha256"].map(|hash| format!("{}/{hash}", goal.topic))
    }

    /// Every group, each contender exactly at its first goal.
    fn all() -> Vec<Measurement> {
        let mut all: Vec<Measurement> = Vec::new();
        let goals =
            GOALS.iter().flat_map(|goal| groups(goal).into_iter().map(move |of| (goal, of)));
        for (goal, group) in goals {
            let (ours, other, theirs) = match goal.bound {
                Bound::Times(ratio) => (100.0, base(goal.topic), 100.0 * ratio),
                Bound::TimesOf(other, ratio) => (100.0, other, 100.0 * ratio),
                Bound::Within(most) => (most, BASE, most),
                Bound::Overhead(most) => (most + 1.0, base(goal.topic), 1.0),
                Bound::Rate(least) => (30_000.0 * 1000.0 / least, BASE, 1.0),
            };
            for (contender, time) in [(goal.contender, ours), (other, theirs)] {
                let is_it = |one: &Measurement| one.group == group && one.contender == contender;
                if !all.iter().any(is_it) {
                    all.push(measured(&group, contender, time));
                }
            }
        }
        all.sort_by(|a, b| a.group.cmp(&b.group));
        all
    }

    #[test]
    fn a_goal_is_met_from_its_ratio_on_and_for_each_hash() {
        let mut measurements = all();
        let verdicts = judge(&measurements).unwrap_or_default();
        let groups: usize = GOALS.iter().map(|goal| groups(goal).len()).sum();
        assert_eq!(verdicts.len(), groups);
        let missed: Vec<_> = verdicts.iter().filter(|verdict| !verdict.is_met()).collect();
        assert!(missed.is_empty(), "{missed:?}");

        for measurement in &mut measurements {
            if measurement.group == "search-1000/sha256" && measurement.contender != BASE {
                measurement.median *= 1.01;
            }
        }
        let verdicts = judge(&measurements).unwrap_or_default();
        let missed: Vec<_> = verdicts.iter().filter(|verdict| !verdict.is_met()).collect();
        assert!(
            matches!(missed.as_slice(), [verdict] if verdict.group == "search-1000/sha256"),
            "{missed:?}"
        );
    }

    #[test]
    fn what_was_not_measured_is_no_success() {
        let mut without_base = all();
        without_base.retain(|m| m.group != "uri/sha1" || m.contender != BASE);
        let expected = GoalError { topic: "uri/sha1".to_owned(), contender: BASE };
        assert_eq!(judge(&without_base), Err(expected));

        let mut without_topic = all();
        without_topic.retain(|m| !m.group.starts_with("base32"));
        let expected = GoalError { topic: "base32".to_owned(), contender: "upheld" };
        assert_eq!(judge(&without_topic), Err(expected));
    }
}
