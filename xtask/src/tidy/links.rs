//! Links from one document of this tree to another.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;

use crate::Tree;

/// What stands before a target: in Markdown, and in the HTML within it.
const BEFORE: [(&str, char); 3] = [("](", ')'), ("src=\"", '"'), ("href=\"", '"')];

/// Finds links to files that are not there, and to headings that they have not.
///
/// # Errors
///
/// When the tree cannot be read.
pub fn check(tree: &Tree) -> Result<Vec<String>> {
    let mut texts: BTreeMap<String, String> =
        tree.files().map(|file| (file.to_owned(), String::new())).collect();
    texts.extend(tree.texts(&[".md"])?.into_iter().map(|(file, text)| (file.to_owned(), text)));
    Ok(dead(&texts))
}

/// The links that lead nowhere, of files by their paths from the root.
fn dead(texts: &BTreeMap<String, String>) -> Vec<String> {
    let mut findings = Vec::new();
    let is_document = |file: &str| Path::new(file).extension().is_some_and(|kind| kind == "md");
    for (file, text) in texts.iter().filter(|(file, _)| is_document(file)) {
        let prose = without_code(text);
        let inside = targets(&prose).filter(|target| !target.contains("://"));
        let gone = inside.filter(|target| !is_there(texts, file, target));
        findings.extend(gone.map(|target| format!("{file}: `{target}` leads nowhere")));
    }
    findings
}

fn is_there(texts: &BTreeMap<String, String>, from: &str, target: &str) -> bool {
    let (path, heading) = target.split_once('#').unwrap_or((target, ""));
    let path = if path.is_empty() { from.to_owned() } else { join(from, path) };
    match texts.get(&path) {
        Some(text) => heading.is_empty() || headings(text).any(|other| other == heading),
        None => texts.keys().any(|file| file.starts_with(&format!("{path}/"))),
    }
}

/// Where `path` leads from the folder of `file`.
fn join(file: &str, path: &str) -> String {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            name => parts.push(name),
        }
    }
    parts.join("/")
}

fn targets(text: &str) -> impl Iterator<Item = &str> {
    BEFORE.iter().flat_map(move |(before, after)| {
        text.split(before).skip(1).filter_map(move |rest| rest.split(*after).next())
    })
}

/// What headings are linked by, as forges make it of their words.
fn headings(text: &str) -> impl Iterator<Item = String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings.map(|heading| {
        let words = heading.trim_start_matches('#').trim().to_lowercase();
        let is_kept = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ');
        words.chars().filter(is_kept).map(|c| if c == ' ' { '-' } else { c }).collect()
    })
}

fn without_code(text: &str) -> String {
    text.split("\n```").step_by(2).collect()
}

#[cfg(test)]
mod tests {
    use super::{BTreeMap, dead};

    #[test]
    fn links_that_lead_nowhere_are_named() {
        let readme = "# Café\n[a](docs/a.md) [b](docs/a.md#the-end) [c](#café) [d](docs) \
                      [e](https://x.example/y) <img src=\"docs/p.svg\">\n```rust\nf[0](none)\n```\n";
        let a = "# A\n## The `end`!\n[back](../README.md) [here](./p.svg)\n";
        let tree = |readme: &str, a: &str| -> BTreeMap<String, String> {
            [("README.md", readme), ("docs/a.md", a), ("docs/p.svg", "")]
                .map(|(file, text)| (file.to_owned(), text.to_owned()))
                .into()
        };
        assert_eq!(dead(&tree(readme, a)), [""; 0]);
        for (good, bad) in [
            ("docs/a.md)", "docs/b.md)"),
            ("#the-end", "#end"),
            ("p.svg", "q.svg"),
            ("(docs)", "(doc)"),
        ] {
            assert_eq!(dead(&tree(&readme.replace(good, bad), a)).len(), 1, "{bad}");
        }
        let moved = dead(&tree(readme, &a.replace("../", "")));
        assert_eq!(moved, ["docs/a.md: `README.md` leads nowhere"]);
    }
}
