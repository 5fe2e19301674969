//! What every `Cargo.toml` says.

use anyhow::{Context, Result};
use toml::{Table, Value};

use crate::Tree;

/// What every member takes from the root.
const INHERITED: [&str; 4] = ["authors", "edition", "license", "version"];

/// What a package has to carry, as both licences ask.
const LICENCES: [&str; 2] = ["LICENSE-MIT", "LICENSE-APACHE"];

/// Finds members that go their own way, and libraries that lack what a publication needs.
///
/// # Errors
///
/// When a manifest cannot be read.
pub fn check(tree: &Tree) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for member in tree.members() {
        let dir = &member.dir;
        let manifest = parse(tree, &format!("{dir}/Cargo.toml"))?;
        let mut found = check_member(&manifest);
        if member.is_library() {
            let root_module = tree.read(&format!("{dir}/src/lib.rs"))?;
            let has = |file: &str| tree.files().any(|tracked| tracked == format!("{dir}/{file}"));
            found.extend(check_library(&manifest, &root_module, has));
        }
        findings.extend(found.into_iter().map(|finding| format!("{dir}: {finding}")));
    }
    for file in tree.files().filter(|file| file.rsplit('/').next() == Some("Cargo.toml")) {
        let stated = check_rust_version(&parse(tree, file)?);
        findings.extend(stated.map(|finding| format!("{file}: {finding}")));
    }
    Ok(findings)
}

fn parse(tree: &Tree, file: &str) -> Result<Table> {
    tree.read(file)?.parse().with_context(|| format!("{file} is not TOML"))
}

fn check_member(manifest: &Table) -> Vec<String> {
    let mut findings: Vec<String> = INHERITED
        .iter()
        .filter(|key| !is_inherited(package(manifest, key)))
        .map(|key| format!("{key}.workspace = true is missing under [package]"))
        .collect();
    if !is_inherited(manifest.get("lints")) {
        findings.push("[lints] workspace = true is missing: no lint of the workspace runs".into());
    }
    findings
}

fn check_library(manifest: &Table, root_module: &str, has: impl Fn(&str) -> bool) -> Vec<String> {
    let text = |key| package(manifest, key).and_then(Value::as_str);
    let rules = [
        (
            is_inherited(package(manifest, "rust-version")),
            "rust-version.workspace = true is missing",
        ),
        (text("description").is_some_and(|text| !text.is_empty()), "description is missing"),
        (text("readme").is_some_and(&has), "readme is missing, or names a file that is"),
        (LICENCES.iter().all(|file| has(file)), "both licences must be in it: links to the root's"),
        (
            root_module.lines().any(|line| line == "#![forbid(unsafe_code)]"),
            "#![forbid(unsafe_code)] is missing in src/lib.rs",
        ),
    ];
    rules.iter().filter(|(holds, _)| !holds).map(|(_, finding)| (*finding).into()).collect()
}

/// The version of Rust is stated once, in the root.
fn check_rust_version(manifest: &Table) -> Option<&'static str> {
    let stated = package(manifest, "rust-version")?.is_str();
    stated.then_some("rust-version is stated here; take the root's: rust-version.workspace = true")
}

fn package<'a>(manifest: &'a Table, key: &str) -> Option<&'a Value> {
    manifest.get("package")?.get(key)
}

fn is_inherited(value: Option<&Value>) -> bool {
    value.and_then(|value| value.get("workspace")).and_then(Value::as_bool) == Some(true)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use toml::Table;

    use super::{check_library, check_member, check_rust_version};

    const GOOD: &str = r#"
        [package]
        name = "a"
        description = "Does a thing"
        readme = "README.md"
        authors.workspace = true
        edition.workspace = true
        license.workspace = true
        rust-version.workspace = true
        version.workspace = true
        [lints]
        workspace = true
    "#;
    const ROOT_MODULE: &str = "#![no_std]\n#![forbid(unsafe_code)]\n";

    fn without(line: &str) -> Table {
        assert!(GOOD.contains(line));
        GOOD.replace(line, "").parse().unwrap()
    }

    #[test]
    fn a_good_manifest() {
        let manifest = GOOD.parse().unwrap();
        assert!(check_member(&manifest).is_empty());
        assert!(check_library(&manifest, ROOT_MODULE, |_| true).is_empty());
        assert_eq!(check_rust_version(&manifest), None);
    }

    #[test]
    fn each_line_is_needed_by_a_member() {
        let keys = ["authors", "edition", "license", "version"];
        for line in keys.map(|key| format!(" {key}.workspace = true\n")) {
            assert_eq!(check_member(&without(&line)).len(), 1, "{line}");
        }
        assert_eq!(check_member(&without("[lints]\n        workspace = true")).len(), 1);
        let own_lints = GOOD
            .replace("[lints]\n        workspace = true", "[lints.rust]\nunsafe_code = \"deny\"");
        assert_eq!(check_member(&own_lints.parse().unwrap()).len(), 1);
    }

    #[test]
    fn each_line_is_needed_by_a_library() {
        let lines = [
            "rust-version.workspace = true\n",
            "description = \"Does a thing\"\n",
            "readme = \"README.md\"\n",
        ];
        for line in lines {
            assert_eq!(check_library(&without(line), ROOT_MODULE, |_| true).len(), 1, "{line}");
        }
        let manifest: Table = GOOD.parse().unwrap();
        assert_eq!(check_library(&manifest, ROOT_MODULE, |file| file != "README.md").len(), 1);
        for licence in super::LICENCES {
            assert_eq!(check_library(&manifest, ROOT_MODULE, |file| file != licence).len(), 1);
        }
        assert_eq!(check_library(&manifest, "#![deny(unsafe_code)]", |_| true).len(), 1);
    }

    #[test]
    fn a_version_of_rust_of_ones_own() {
        let own = GOOD.replace("rust-version.workspace = true", "rust-version = \"1.90\"");
        assert!(check_rust_version(&own.parse().unwrap()).is_some());
    }
}
