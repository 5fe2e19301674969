//! The size of upheld-totp, which is meant to be audited in one sitting, and of an adapter that is
//! meant to decide nothing.

use std::fmt::Write;

use anyhow::{Context, Result};

use crate::Tree;
use crate::source::{Measure, measure};

const SOURCES: &str = "crates/totp/src/";

/// What a reviewer reads with attention in one sitting; see `Measure::code`. Two fifths of it read
/// and write URIs, in files of their own.
const CODE_LINES: usize = 760;
/// What a reviewer keeps in mind of one file; see `Measure::plain`.
const PLAIN_LINES_OF_A_FILE: usize = 200;
/// One to a topic.
const FILES: usize = 11;
/// What fits on a screen.
const PLAIN_LINES_OF_A_FUNCTION: usize = 40;

/// Sends what upheld-duo writes, when upheld-duo says.
const ADAPTER: &str = "crates/duo-reqwest/src/";
/// What has more lines than this decides something.
const CODE_LINES_OF_ADAPTER: usize = 300;

/// Finds what exceeds the budget, and `unsafe` and macros, for which there is none.
///
/// # Errors
///
/// When a file cannot be read.
pub fn check(tree: &Tree) -> Result<Vec<String>> {
    let mut findings = exceeded(&measured(tree, SOURCES)?);
    findings.extend(exceeded_by_adapter(total(&measured(tree, ADAPTER)?).1));
    Ok(findings)
}

/// The lines of each file and in all, against the budget.
///
/// # Errors
///
/// When a file cannot be read.
pub fn figures(tree: &Tree) -> Result<String> {
    let files = measured(tree, SOURCES)?;
    let mut table = format!("{:>5} {:>5}  of {SOURCES}\n", "plain", "code");
    for (name, measure) in &files {
        writeln!(table, "{:>5} {:>5}  {name}", measure.plain, measure.code)?;
    }
    let (plain, code) = total(&files);
    writeln!(table, "{plain:>5} {code:>5}  in {} files", files.len())?;
    write!(table, "{PLAIN_LINES_OF_A_FILE:>5} {CODE_LINES:>5}  at most, per file and in all")?;
    Ok(table)
}

fn measured(tree: &Tree, folder: &str) -> Result<Vec<(String, Measure)>> {
    tree.texts(&[".rs"])?
        .into_iter()
        .filter_map(|(file, text)| Some((file.strip_prefix(folder)?, text)))
        .map(|(file, text)| {
            let measure = measure(&text).with_context(|| format!("{folder}{file}"))?;
            Ok((file.into(), measure))
        })
        .collect()
}

fn total(files: &[(String, Measure)]) -> (usize, usize) {
    let sum = |of: fn(&Measure) -> usize| files.iter().map(|(_, measure)| of(measure)).sum();
    (sum(|measure| measure.plain), sum(|measure| measure.code))
}

fn exceeded_by_adapter(code: usize) -> Option<String> {
    let limit = CODE_LINES_OF_ADAPTER;
    let finding =
        || format!("lines carrying code in upheld-duo-reqwest: {code}; the limit is {limit}");
    (code > limit).then(finding)
}

fn exceeded(files: &[(String, Measure)]) -> Vec<String> {
    let mut findings = Vec::new();
    let mut limit = |what: &str, value: usize, most: usize| {
        if value > most {
            findings.push(format!("{what}: {value}; the limit is {most}"));
        }
    };
    limit("files of upheld-totp", files.len(), FILES);
    limit("lines carrying code in upheld-totp", total(files).1, CODE_LINES);
    for (name, measure) in files {
        limit(&format!("plain lines of {name}"), measure.plain, PLAIN_LINES_OF_A_FILE);
        for function in &measure.functions {
            let what = format!("plain lines of {} ({name}:{})", function.name, function.line);
            limit(&what, function.plain, PLAIN_LINES_OF_A_FUNCTION);
        }
    }
    for (name, measure) in files {
        let forbidden = measure.forbidden.iter();
        findings.extend(forbidden.map(|(line, word)| format!("{name}:{line}: {word}")));
    }
    findings
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::{
        CODE_LINES, CODE_LINES_OF_ADAPTER, FILES, PLAIN_LINES_OF_A_FILE, exceeded,
        exceeded_by_adapter, measure,
    };

    fn findings(text: &str, copies: usize) -> Vec<String> {
        exceeded(
            &(0..copies).map(|n| (format!("{n}.rs"), measure(text).unwrap())).collect::<Vec<_>>(),
        )
    }

    #[test]
    fn within_the_budget() {
        assert!(findings(&"const A: u8 = 0;\n".repeat(CODE_LINES / FILES), FILES).is_empty());
        assert!(findings(&"use a as b;\n".repeat(PLAIN_LINES_OF_A_FILE), 1).is_empty());
    }

    #[test]
    fn one_line_or_file_too_many() {
        let lines = CODE_LINES / FILES + 1;
        assert_eq!(findings(&"const A: u8 = 0;\n".repeat(lines), FILES).len(), 1);
        assert_eq!(findings("", FILES + 1).len(), 1);
        assert_eq!(findings(&"use a as b;\n".repeat(PLAIN_LINES_OF_A_FILE + 1), 1).len(), 1);
    }

    #[test]
    fn an_adapter_too_long() {
        assert_eq!(exceeded_by_adapter(CODE_LINES_OF_ADAPTER), None);
        assert!(exceeded_by_adapter(CODE_LINES_OF_ADAPTER + 1).is_some());
    }

    #[test]
    fn a_function_too_long() {
        let function = |lines| format!("fn f() {{\n{}}}\n", "    a();\n".repeat(lines));
        assert!(findings(&function(38), 1).is_empty());
        assert_eq!(findings(&function(39), 1), ["plain lines of f (0.rs:1): 41; the limit is 40"]);
    }

    #[test]
    fn no_unsafe_and_no_macro() {
        assert_eq!(findings("unsafe fn f() {}", 1), ["0.rs:1: unsafe"]);
        assert_eq!(findings("macro_rules! m { () => {} }", 1), ["0.rs:1: macro_rules"]);
    }
}
