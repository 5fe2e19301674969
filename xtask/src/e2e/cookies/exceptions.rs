//! What is known to disagree, and why.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::{Outcome, check, say};

/// Reviewed by people: to each subject its reasons, and to each reason the inputs.
const FILE: &str = include_str!("exceptions.json");

/// The disagreements of one subject as they come to light.
pub(super) struct Disagreements {
    subject: &'static str,
    compared: usize,
    found: BTreeMap<String, String>,
}

impl Disagreements {
    pub(super) const fn about(subject: &'static str) -> Self {
        Self { subject, compared: 0, found: BTreeMap::new() }
    }

    /// Compares what we and others make of an input.
    pub(super) fn compare(&mut self, input: &str, ours: &Value, theirs: &Value) {
        self.compared = self.compared.saturating_add(1);
        if ours != theirs {
            let disagreement = format!("\n  ours   {ours}\n  theirs {theirs}");
            self.found.insert(input.to_owned(), disagreement);
        }
    }

    /// Fails unless those that are listed, and no others, disagree.
    pub(super) fn settle(self) -> Outcome<()> {
        let file: Value = serde_json::from_str(FILE)?;
        let reasons = file.get(self.subject).and_then(Value::as_array).ok_or("no such subject")?;
        let mut listed = BTreeSet::new();
        for reason in reasons {
            let why = reason.get("why").and_then(Value::as_str).unwrap_or_default();
            check(!why.is_empty(), "an exception without a reason")?;
            let inputs = reason.get("inputs").and_then(Value::as_array).ok_or("no inputs")?;
            listed.extend(inputs.iter().filter_map(Value::as_str));
        }
        let unlisted = self.found.iter().filter(|(input, _)| !listed.contains(&***input));
        let unlisted: Vec<String> =
            unlisted.map(|(input, how)| format!("{input:?}{how}")).collect();
        let settled: Vec<&str> =
            listed.into_iter().filter(|input| !self.found.contains_key(*input)).collect();
        say(&format!(
            "cookies: {}: {} compared, {} known to disagree",
            self.subject,
            self.compared,
            self.found.len()
        ));
        let lines = unlisted.join("\n");
        check(unlisted.is_empty(), &format!("disagreements that are not listed:\n{lines}"))?;
        check(settled.is_empty(), &format!("listed, and in agreement now: {settled:?}"))
    }
}
