//! What no file may be called or say. The words are put together from pieces, so that this file
//! does not find itself.

use anyhow::Result;

use crate::Tree;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 8] =
    ["common", "helper", "helpers", "manager", "misc", "mod", "util", "utils"];

const LINES_OF_A_FILE: usize = 400;

/// What may not stand in Rust, and what to do instead.
const IN_RUST: [(&str, &str); 4] = [
    (concat!("[al", "low("), "suppress with #[expect(…, reason = \"…\")]"),
    (concat!("[ign", "ore"), "a test that does not run tests nothing"),
    (concat!("to", "do!("), "finish it"),
    (concat!("unimple", "mented!("), "finish it"),
];

/// Notes to self.
const UNFINISHED: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

/// Where one machine keeps things that no other has.
const MACHINE_PATHS: [&str; 3] =
    [concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("../sha", "red")];

/// The kinds of files that people write.
const WRITTEN: [&str; 13] = [
    ".rs", ".toml", ".md", ".yml", ".sh", ".html", ".css", ".sql", ".txt", ".supp", ".py", ".js",
    ".ci/run",
];

/// Finds names, lengths and words that are not allowed.
///
/// # Errors
///
/// When a file cannot be read.
pub fn check(tree: &Tree) -> Result<Vec<String>> {
    let mut findings: Vec<String> = tree.files().filter_map(check_name).collect();
    for (file, text) in tree.texts(&WRITTEN)? {
        findings.extend(check_text(file, &text));
    }
    Ok(findings)
}

fn check_name(file: &str) -> Option<String> {
    let name = file.rsplit('/').next()?;
    let (stem, ending) = name.split_once('.').unwrap_or((name, ""));
    let empty = ending == "rs" && EMPTY_NAMES.contains(&stem.to_lowercase().as_str());
    empty.then(|| format!("{file}: call it what it holds"))
}

fn check_text(file: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let ending = file.rsplit('.').next().unwrap_or_default();
    let is_rust = ending == "rs";
    if is_rust && text.lines().count() > LINES_OF_A_FILE {
        findings.push(format!("{file}: more than {LINES_OF_A_FILE} lines; split it by meaning"));
    }
    for (number, line) in text.lines().enumerate() {
        let mut found = |what: &str, advice: &str| {
            let number = number.saturating_add(1);
            findings.push(format!("{file}:{number}: {what}: {advice}"));
        };
        for (words, advice) in IN_RUST {
            if is_rust && line.contains(words) {
                found(words, advice);
            }
        }
        for word in UNFINISHED {
            if ending != "md" && words(line).any(|other| other == word) {
                found(word, "do it, or leave it out");
            }
        }
        for path in MACHINE_PATHS {
            if names_path(line, path) {
                found(path, "no other machine has this path");
            }
        }
    }
    findings
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
}

/// Whether `path` stands in `line` from its beginning, rather than inside a longer one.
fn names_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        before.is_none_or(|before| !before.is_alphanumeric() && !".-_*~".contains(before))
    })
}

#[cfg(test)]
mod tests {
    use super::{IN_RUST, MACHINE_PATHS, UNFINISHED, check_name, check_text};

    #[test]
    fn names_that_say_nothing() {
        for name in ["src/utils.rs", "src/uri/mod.rs", "tests/common.rs", "Helpers.rs"] {
            assert!(check_name(name).is_some(), "{name}");
        }
        for name in ["src/code.rs", "common/code.rs", "docs/common.md"] {
            assert!(check_name(name).is_none(), "{name}");
        }
    }

    #[test]
    fn files_too_long() {
        assert!(check_text("a.rs", &"\n".repeat(400)).is_empty());
        assert_eq!(check_text("a.rs", &"\n".repeat(401)).len(), 1);
        assert!(check_text("a.md", &"\n".repeat(401)).is_empty());
    }

    #[test]
    fn every_forbidden_word_is_found_in_rust() {
        for (words, _) in IN_RUST {
            assert_eq!(check_text("a.rs", &format!("fine\n    #{words}a)]\n")).len(), 1, "{words}");
        }
        for word in UNFINISHED {
            assert_eq!(check_text("a.rs", &format!("// {word}: later")).len(), 1, "{word}");
            assert!(check_text("a.rs", &format!("// {word}S and {word}_A")).is_empty(), "{word}");
        }
    }

    #[test]
    fn paths_of_a_machine_are_found_in_any_file() {
        for path in MACHINE_PATHS {
            assert_eq!(check_text("a.md", &format!("see `{path}notes`")).len(), 1, "{path}");
            assert!(check_text("a.md", &format!("see b{path}notes")).is_empty(), "{path}");
        }
    }
}
