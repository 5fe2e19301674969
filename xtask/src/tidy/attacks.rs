//! Every attack that SECURITY.md lists has a test that bears its number, and the reverse.

use std::collections::BTreeSet;

use anyhow::Result;

use crate::Tree;

const LIST: &str = "SECURITY.md";

/// Finds listed attacks without a test, and tests of attacks that are not listed.
///
/// # Errors
///
/// When the tree cannot be read.
pub fn check(tree: &Tree) -> Result<Vec<String>> {
    let listed = listed(&tree.read(LIST)?);
    let tested = tree.texts(&[".rs"])?.iter().flat_map(|(_, text)| tested(text)).collect();
    Ok(compare(&listed, &tested))
}

fn compare(listed: &BTreeSet<u8>, tested: &BTreeSet<u8>) -> Vec<String> {
    let untested = listed.difference(tested).map(|id| {
        format!(
            "{LIST} lists T{id:02}, and no test is called t{id:02}_…; write one, or say why not"
        )
    });
    let unlisted = tested
        .difference(listed)
        .map(|id| format!("a test is called t{id:02}_…, and {LIST} does not list T{id:02}"));
    untested.chain(unlisted).collect()
}

/// The numbers in the first column of the tables.
fn listed(text: &str) -> BTreeSet<u8> {
    let rows = text.lines().filter_map(|line| line.strip_prefix("| T"));
    rows.filter_map(|row| row.split(' ').next()?.parse().ok()).collect()
}

/// The numbers that names of functions begin with: `fn t02_t14_…` has two.
fn tested(text: &str) -> BTreeSet<u8> {
    let names = text.lines().filter_map(|line| line.trim_start().split_once("fn t"));
    names.flat_map(|(_, name)| numbers(name)).collect()
}

fn numbers(name: &str) -> impl Iterator<Item = u8> {
    let mut parts = name.split('_');
    let first = parts.next().and_then(number);
    let more = parts.map_while(|part| part.strip_prefix('t').and_then(number));
    first.into_iter().chain(more.take_while(move |_| first.is_some()))
}

fn number(text: &str) -> Option<u8> {
    if text.len() == 2 { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{compare, listed, tested};

    #[test]
    fn rows_and_names_are_read() {
        let table = "| id | attack |\n|---|---|\n| T01 | one |\n| T58 | other |\n| Table | no |\n";
        assert_eq!(listed(table), BTreeSet::from([1, 58]));
        let code =
            "    async fn t01_t02_both() {}\nfn t09_t_1() {}\nfn tested_10() {}\nfn t1_no() {}";
        assert_eq!(tested(code), BTreeSet::from([1, 2, 9]));
    }

    #[test]
    fn what_is_missing_on_either_side_is_found() {
        assert!(compare(&BTreeSet::from([1, 2]), &BTreeSet::from([1, 2])).is_empty());
        assert_eq!(compare(&BTreeSet::from([1, 2]), &BTreeSet::from([2, 3])).len(), 2);
    }
}
