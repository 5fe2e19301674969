//! Who may import whom.

use anyhow::Result;

use crate::Tree;
use crate::tree::Member;

/// The crates of this workspace that each library may compile in.
const MAY_IMPORT: [(&str, &[&str]); 11] = [
    // Ground floor.
    ("upheld-totp", &[]),
    ("upheld-duo", &[]),
    ("upheld-ledger", &[]),
    ("upheld-cookies", &[]),
    // First floor: the rules around a core, and its adapters.
    ("upheld-second-factor", &["upheld-totp"]),
    ("upheld-migrate-otp", &["upheld-totp"]),
    ("upheld-consent", &["upheld-ledger"]),
    ("upheld-duo-reqwest", &["upheld-duo"]),
    // The simulator plays Duo's side: its wire types, and its hardware tokens.
    ("upheld-duo-sim", &["upheld-duo", "upheld-totp"]),
    ("upheld-cookies-tower", &["upheld-cookies"]),
    // Second floor: storage for what the first floor decides.
    ("upheld-store", &["upheld-consent", "upheld-ledger", "upheld-second-factor", "upheld-totp"]),
];

/// Finds imports against the table, imports of programs, and libraries the table does not know.
///
/// # Errors
///
/// When the tree cannot be read.
pub fn check(tree: &Tree) -> Result<Vec<String>> {
    Ok(check_members(&tree.members()))
}

fn check_members(members: &[Member]) -> Vec<String> {
    members.iter().flat_map(|member| check_member(member, members)).collect()
}

fn check_member(member: &Member, members: &[Member]) -> Vec<String> {
    let name = &member.name;
    let find = |wanted: &str| members.iter().find(|other| other.name == wanted);
    let mut findings: Vec<String> = member
        .dependencies
        .iter()
        .filter_map(|dependency| find(&dependency.name))
        .filter(|imported| !imported.is_library())
        .map(|imported| format!("{name} imports {}, which is no library", imported.name))
        .collect();
    if !member.is_library() {
        return findings;
    }
    let Some((_, allowed)) = MAY_IMPORT.iter().find(|(known, _)| known == name) else {
        findings.push(format!("{name} is not in MAY_IMPORT of xtask/src/tidy/imports.rs; add it"));
        return findings;
    };
    let ours = member.normal_dependencies().filter_map(find).filter(|other| other.is_library());
    findings
        .extend(ours.filter(|imported| !allowed.contains(&&*imported.name)).map(|imported| {
            format!("{name} imports {}; it may import {allowed:?}", imported.name)
        }));
    findings
}

#[cfg(test)]
mod tests {
    use super::check_members;
    use crate::tree::{Dependency, Member};

    fn member(dir: &str, name: &str, imports: &[(&str, bool)]) -> Member {
        let dependency = |&(name, dev): &(&str, bool)| Dependency { name: name.into(), dev };
        Member {
            name: name.into(),
            dir: dir.into(),
            dependencies: imports.iter().map(dependency).collect(),
            ..Member::default()
        }
    }

    fn findings(of: Member) -> Vec<String> {
        check_members(&[
            of,
            member("crates/totp", "upheld-totp", &[("sha1", false)]),
            member("examples/portal", "portal", &[]),
        ])
    }

    #[test]
    fn what_the_table_allows_is_fine() {
        let imports = [("upheld-totp", false), ("serde", false)];
        let migrate = member("crates/migrate-otp", "upheld-migrate-otp", &imports);
        assert!(findings(migrate).is_empty());
    }

    #[test]
    fn a_core_imports_none_of_ours_but_for_its_tests() {
        let ledger = |dev| member("crates/ledger", "upheld-ledger", &[("upheld-totp", dev)]);
        assert_eq!(findings(ledger(false)).len(), 1);
        assert!(findings(ledger(true)).is_empty());
    }

    #[test]
    fn nothing_imports_an_example_not_even_for_tests() {
        let benches = member("benches", "upheld-benches", &[("portal", true)]);
        assert_eq!(findings(benches), ["upheld-benches imports portal, which is no library"]);
    }

    #[test]
    fn an_unknown_library_is_sent_to_the_table() {
        let found = findings(member("crates/new", "upheld-new", &[]));
        assert_eq!(found.len(), 1);
        assert!(found.concat().contains("MAY_IMPORT"), "{found:?}");
    }
}
