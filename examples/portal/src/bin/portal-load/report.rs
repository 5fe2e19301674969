//! What a run says.

use std::fmt;

use serde_json::{Map, Value, json};

use crate::invariants::Law;

/// What was measured, and whether all is well.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) figures: Map<String, Value>,
    pub(crate) laws: Vec<Law>,
}

impl Report {
    pub(crate) fn note(&mut self, name: &str, value: impl Into<Value>) {
        self.figures.insert(name.to_owned(), value.into());
    }

    /// The first law that does not hold.
    pub(crate) fn broken(&self) -> Option<&'static str> {
        self.laws.iter().find(|law| !law.holds).map(|law| law.what)
    }

    pub(crate) fn to_json(&self) -> Value {
        let law = |law: &Law| json!({"law": law.what, "holds": law.holds, "seen": law.seen});
        let mut figures = self.figures.clone();
        figures.insert("invariants".to_owned(), self.laws.iter().map(law).collect());
        Value::Object(figures)
    }
}

/// A figure to a line, `answers.accepted.per_second: 10000.0`.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_lines(f, "", &Value::Object(self.figures.clone()))?;
        for Law { what, holds, seen } in &self.laws {
            let verdict = if *holds { "holds" } else { "DOES NOT HOLD" };
            writeln!(f, "{what}: {verdict} ({seen})")?;
        }
        Ok(())
    }
}

fn write_lines(f: &mut fmt::Formatter<'_>, path: &str, value: &Value) -> fmt::Result {
    match value {
        Value::Object(fields) => fields.iter().try_for_each(|(name, value)| {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            write_lines(f, &path, value)
        }),
        Value::String(text) => writeln!(f, "{path}: {text}"),
        other => writeln!(f, "{path}: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Report;
    use crate::invariants::Law;

    #[test]
    fn a_report_is_lines_for_people_and_json_for_programs() {
        let mut report = Report::default();
        report.note("answers", json!({"accepted": {"count": 2}}));
        report.laws.push(Law::new("all is well", true, "2 of 2"));
        assert_eq!(report.broken(), None);
        report.laws.push(Law::new("more is well", false, "1 of 2"));
        assert_eq!(report.broken(), Some("more is well"));
        let text = "answers.accepted.count: 2\nall is well: holds (2 of 2)\n\
                    more is well: DOES NOT HOLD (1 of 2)\n";
        assert_eq!(report.to_string(), text);
        let holds = |at| report.to_json().pointer(at).cloned();
        assert_eq!(holds("/invariants/1/holds"), Some(json!(false)));
        assert_eq!(holds("/answers/accepted/count"), Some(json!(2)));
    }
}
