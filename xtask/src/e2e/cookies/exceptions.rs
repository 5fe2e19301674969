//! What is known to disagree, and why.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::{Outcome, check, say};

/// What another implementation must make of an input, and by which of its known departures that
/// is something else than ours.
pub(super) struct Expected {
    pub(super) theirs: Value,
    pub(super) departures: Vec<&'static str>,
}

impl Expected {
    /// The same as ours.
    pub(super) const fn agreement(ours: Value) -> Self {
        Self { theirs: ours, departures: Vec::new() }
    }
}

/// The disagreements of one subject as they come to light.
///
/// Every answer must be the one that the departures foretell: a disagreement that none of them
/// explains fails, and so does an agreement where one of them foretells the contrary.
pub(super) struct Disagreements {
    subject: &'static str,
    compared: usize,
    explained: BTreeMap<&'static str, usize>,
    /// The departures that explain a disagreement by themselves.
    alone: BTreeSet<&'static str>,
    unexpected: Vec<String>,
}

impl Disagreements {
    pub(super) const fn about(subject: &'static str) -> Self {
        Self {
            subject,
            compared: 0,
            explained: BTreeMap::new(),
            alone: BTreeSet::new(),
            unexpected: Vec::new(),
        }
    }

    /// Compares what we and others make of an input.
    pub(super) fn compare(
        &mut self,
        input: &str,
        ours: &Value,
        theirs: &Value,
        expected: &Expected,
    ) {
        self.compared = self.compared.saturating_add(1);
        let Expected { theirs: foretold, departures } = expected;
        if theirs != foretold {
            self.unexpected.push(format!(
                "{input:?}\n  ours     {ours}\n  theirs   {theirs}\n  expected {foretold}"
            ));
        } else if ours != theirs {
            let how = if departures.is_empty() { &["no departure"][..] } else { departures };
            for departure in how {
                let count = self.explained.entry(departure).or_default();
                *count = count.saturating_add(1);
            }
            if let [departure] = how {
                self.alone.insert(departure);
            }
        }
    }

    /// Fails on what was not foretold, and on a departure that nothing shows any more.
    pub(super) fn settle(self, departures: &[&'static str]) -> Outcome<()> {
        let (subject, compared) = (self.subject, self.compared);
        say(&format!("cookies: {subject}: {compared} compared"));
        for (departure, count) in &self.explained {
            say(&format!("cookies: {subject}: {count} times: {departure}"));
        }
        let lines = self.unexpected.join("\n");
        check(self.unexpected.is_empty(), &format!("not as foretold:\n{lines}"))?;
        let known: BTreeSet<&str> = departures.iter().copied().collect();
        let differences: Vec<&&str> = known.symmetric_difference(&self.alone).collect();
        check(
            differences.is_empty(),
            &format!(
                "departures that no input shows by itself, or that are not listed: {differences:?}"
            ),
        )
    }
}
