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
    ("tc-string", "lib_tcstring 0.5"),
];

/// What the groups of a topic are compared with.
pub(crate) fn base(topic: &str) -> &'static str {
    OTHER_BASES.iter().find(|(other, _)| *other == topic).map_or(BASE, |(_, base)| base)
}

/// At least this many times as fast as the [`base`].
struct Goal {
    /// What is asked, in words.
    words: &'static str,
    /// A group, or a topic whose every group must reach it.
    topic: &'static str,
    contender: &'static str,
    ratio: f64,
}

const GOALS: &[Goal] = &[
    Goal { words: "a code, keyed", topic: "generate", contender: "upheld keyed", ratio: 1.6 },
    Goal {
        words: "a code, from the secret",
        topic: "generate-unkeyed",
        contender: "upheld",
        ratio: 1.0,
    },
    Goal {
        words: "three steps, no hit",
        topic: "match-miss",
        contender: "upheld keyed",
        ratio: 1.6,
    },
    Goal {
        words: "a thousand counters",
        topic: "search-1000",
        contender: "upheld keyed",
        ratio: 1.7,
    },
    Goal { words: "an otpauth URI", topic: "uri", contender: "upheld strict", ratio: 3.5 },
    Goal { words: "a base32 secret", topic: "base32", contender: "upheld", ratio: 3.0 },
    Goal { words: "a deadline", topic: "deadline", contender: "upheld", ratio: 0.3 },
    Goal { words: "a log entry", topic: "ledger-append", contender: "upheld", ratio: 1.2 },
    Goal { words: "a log verified", topic: "ledger-verify", contender: "upheld", ratio: 1.0 },
    Goal { words: "Set-Cookie fields", topic: "set-cookie", contender: "upheld", ratio: 2.0 },
    Goal { words: "a recording", topic: "har", contender: "upheld", ratio: 2.0 },
    Goal { words: "a TC string", topic: "tc-string", contender: "upheld", ratio: 10.0 },
];

/// One goal held against one group.
#[derive(Debug, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) words: &'static str,
    pub(crate) group: String,
    pub(crate) goal: f64,
    pub(crate) reached: f64,
}

impl Verdict {
    pub(crate) fn is_met(&self) -> bool {
        self.reached >= self.goal
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
            let missing = |contender| GoalError { topic: name.clone(), contender };
            let ours = median(group, goal.contender).ok_or(missing(goal.contender))?;
            let theirs = median(group, base(goal.topic)).ok_or(missing(base(goal.topic)))?;
            verdicts.push(Verdict {
                words: goal.words,
                group: name.clone(),
                goal: goal.ratio,
                reached: theirs / ours,
            });
        }
        if verdicts.len() == before {
            return Err(GoalError { topic: goal.topic.to_owned(), contender: goal.contender });
        }
    }
    Ok(verdicts)
}

/// The median of one contender of a group.
pub(crate) fn median(group: &[Measurement], contender: &str) -> Option<f64> {
    let found = group.iter().find(|measurement| measurement.contender == contender);
    found.map(|measurement| measurement.median)
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::{BASE, GOALS, GoalError, base, judge};
    use crate::measurement::Measurement;

    fn measured(group: &str, contender: &str, median: f64) -> Measurement {
        Measurement {
            group: group.to_owned(),
            contender: contender.to_owned(),
            median,
            interval: [median, median],
            taken: SystemTime::UNIX_EPOCH,
        }
    }

    /// Every topic with two hashes, each contender exactly at its goal.
    fn all() -> Vec<Measurement> {
        let groups = |topic| [format!("{topic}/sha1"), format!("{topic}/sha256")];
        let pairs = GOALS.iter().flat_map(|goal| groups(goal.topic).map(|group| (goal, group)));
        let measured = pairs.flat_map(|(goal, group)| {
            [
                measured(&group, goal.contender, 100.0),
                measured(&group, base(goal.topic), 100.0 * goal.ratio),
            ]
        });
        measured.collect()
    }

    #[test]
    fn a_goal_is_met_from_its_ratio_on_and_for_each_hash() {
        let mut measurements = all();
        let verdicts = judge(&measurements).unwrap_or_default();
        assert_eq!(verdicts.len(), 2 * GOALS.len());
        assert!(verdicts.iter().all(super::Verdict::is_met));

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
