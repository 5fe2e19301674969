//! Citations of standards, in code and in tests.
//!
//! One form: `//= RFC 6238 §5.2: a code is accepted at most once`, on the line above what does
//! it. Several clauses of one source are separated by commas (`§2.1, §3.3`); a source without
//! numbers names the clause after a comma (`UK GDPR, Article 12(3): …`).

use std::collections::BTreeMap;

use anyhow::{Result, ensure};

use crate::Tree;

const MARK: &str = "//=";

/// The crate in which every clause cited by code must be cited by a test.
const CORE: &str = "crates/totp";

/// Lists clauses that only code or only tests cite.
///
/// # Errors
///
/// When a citation is not of the form above. A missing partner is listed and is no error.
pub fn run() -> Result<()> {
    let found = Citations::of(&Tree::load()?)?;
    let (untested, unimplemented) = (found.only_in(Place::Code), found.only_in(Place::Tests));
    println!("{} clauses cited by code, and by no test of the same package:", untested.len());
    print(&untested);
    println!("{} clauses cited by tests, and by no code:", unimplemented.len());
    print(&unimplemented);
    println!("{} clauses cited by both", found.in_both());
    println!("{} malformed citations", found.malformed.len());
    print(&found.malformed);
    ensure!(found.malformed.is_empty(), "a citation has the form `{MARK} RFC 1 §2: words`");
    Ok(())
}

fn print(lines: &[String]) {
    for line in lines {
        println!("  {line}");
    }
}

/// Finds citations that are not of the form.
///
/// # Errors
///
/// When the tree cannot be read.
pub fn check(tree: &Tree) -> Result<Vec<String>> {
    Ok(Citations::of(tree)?.malformed)
}

/// Finds clauses that upheld-totp's code cites and none of its tests.
///
/// # Errors
///
/// When the tree cannot be read.
pub fn check_core(tree: &Tree) -> Result<Vec<String>> {
    let untested = Citations::of(tree)?.only_in(Place::Code);
    let of_core = |line: &String| line.starts_with(&format!("{CORE}/"));
    let found = untested.into_iter().filter(of_core);
    Ok(found.map(|line| format!("{line}: no test in {CORE}/tests cites it")).collect())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Code,
    Tests,
}

/// A package's folder, a source and one of its clauses.
type Clause = (String, String, String);

#[derive(Debug, Default)]
struct Citations {
    /// Where each clause is cited first.
    sites: BTreeMap<Clause, BTreeMap<Place, String>>,
    malformed: Vec<String>,
}

impl Citations {
    fn of(tree: &Tree) -> Result<Self> {
        let mut citations = Self::default();
        for (file, text) in tree.texts(&[".rs"])? {
            citations.read(file, &text);
        }
        Ok(citations)
    }

    fn read(&mut self, file: &str, text: &str) {
        let Some((package, mut place)) = place_of(file) else { return };
        for (number, line) in text.lines().map(str::trim_start).enumerate() {
            if line == "#[cfg(test)]" {
                place = Place::Tests;
            }
            let Some(citation) = line.strip_prefix(MARK) else { continue };
            let site = format!("{file}:{}", number.saturating_add(1));
            let Some((source, clauses)) = parse(citation) else {
                self.malformed.push(format!("{site}: `{line}`; write `{MARK} RFC 1 §2: words`"));
                continue;
            };
            for clause in clauses {
                let clause = (package.into(), source.into(), clause.into());
                self.sites.entry(clause).or_default().entry(place).or_insert_with(|| site.clone());
            }
        }
    }

    fn only_in(&self, place: Place) -> Vec<String> {
        let alone = self.sites.iter().filter(|(_, places)| places.len() == 1);
        alone
            .filter_map(|((_, source, clause), places)| Some((places.get(&place)?, source, clause)))
            .map(|(site, source, clause)| {
                let between = if clause.starts_with('§') { " " } else { ", " };
                format!("{site}: {source}{between}{clause}")
            })
            .collect()
    }

    fn in_both(&self) -> usize {
        self.sites.values().filter(|places| places.len() == 2).count()
    }
}

/// The package's folder, and whether the file is of its code or its tests.
fn place_of(file: &str) -> Option<(&str, Place)> {
    if !file.starts_with("crates/") && !file.starts_with("examples/") {
        return None;
    }
    if let Some((package, _)) = file.split_once("/src/") {
        return Some((package, Place::Code));
    }
    file.split_once("/tests/").map(|(package, _)| (package, Place::Tests))
}

/// The source and the clauses of what follows the mark, if it is of the form.
fn parse(citation: &str) -> Option<(&str, Vec<&str>)> {
    let (cited, words) = citation.strip_prefix(' ')?.split_once(": ")?;
    let at = cited.find(['§', ',']).filter(|_| !words.trim().is_empty())?;
    let (source, clauses) = cited.split_at(at);
    let well_formed = |text: &str| text.starts_with(char::is_alphanumeric) && !text.contains('§');
    let (source, clauses) = match clauses.strip_prefix(", ") {
        Some(named) => (source, vec![well_formed(named).then_some(named)?]),
        None => (source.strip_suffix(' ')?, clauses.split(", ").collect()),
    };
    let is_sound = |clause: &&str| well_formed(clause.strip_prefix('§').unwrap_or(clause));
    let is_numbered = |clause: &&str| clause.starts_with('§');
    let sound = well_formed(source) && clauses.iter().all(is_sound);
    (sound && (clauses.len() == 1 || clauses.iter().all(is_numbered))).then_some((source, clauses))
}

#[cfg(test)]
mod tests {
    use super::{Citations, Place, parse};

    #[test]
    fn the_form() {
        let cases: [(&str, &str, &[&str]); 5] = [
            (" RFC 6238 §5.2: once", "RFC 6238", &["§5.2"]),
            (" RFC 4226 §4 R6: 128 bits", "RFC 4226", &["§4 R6"]),
            (" RFC 3986 §2.1, §3.3: signs: four", "RFC 3986", &["§2.1", "§3.3"]),
            (" Key URI Format, Label: a colon", "Key URI Format", &["Label"]),
            (" UK GDPR, Article 12(3): a month", "UK GDPR", &["Article 12(3)"]),
        ];
        for (text, source, clauses) in cases {
            assert_eq!(parse(text), Some((source, clauses.to_vec())), "{text}");
        }
    }

    #[test]
    fn malformed_citations() {
        let bad = [
            "RFC 6238 §5.2: no space after the mark",
            " RFC 6238 §5.2 no colon",
            " RFC 6238 §5.2: ",
            " RFC 6238: no clause",
            " §5.2: no source",
            " RFC 6238§5.2: no space",
            " RFC 6238 §: no number",
            " RFC 6238 §5.1, 5.2: half a sign",
            " RFC 6238, §5.2: both separators",
            "=================================",
        ];
        for text in bad {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    fn citations(files: &[(&str, &str)]) -> Citations {
        let mut citations = Citations::default();
        for (file, text) in files {
            citations.read(file, text);
        }
        citations
    }

    #[test]
    fn code_and_tests_are_paired_within_a_package() {
        let found = citations(&[
            (
                "crates/a/src/lib.rs",
                "    //= RFC 1 §1, §2: code\n#[cfg(test)]\n//= RFC 1 §1: unit\n",
            ),
            ("crates/a/tests/rfc1.rs", "//= RFC 1 §3: test\n"),
            ("crates/b/tests/rfc1.rs", "//= RFC 1 §2: test of another package\n"),
            ("xtask/src/lib.rs", "//= not looked at\n"),
        ]);
        assert_eq!(found.only_in(Place::Code), ["crates/a/src/lib.rs:1: RFC 1 §2"]);
        let alone = ["crates/a/tests/rfc1.rs:1: RFC 1 §3", "crates/b/tests/rfc1.rs:1: RFC 1 §2"];
        assert_eq!(found.only_in(Place::Tests), alone);
        assert_eq!(found.in_both(), 1);
        assert!(found.malformed.is_empty());
    }

    #[test]
    fn malformed_citations_are_reported_with_their_place() {
        let found = citations(&[("examples/a/src/main.rs", "fn main() {\n    //= RFC 1\n}\n")]);
        assert_eq!(found.malformed.len(), 1);
        assert!(found.malformed.concat().starts_with("examples/a/src/main.rs:2: "), "{found:?}");
    }
}
