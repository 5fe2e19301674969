//! What must hold of the tree.

use anyhow::{Result, ensure};

use crate::{Tree, citations};

pub mod attacks;
pub mod budget;
pub mod dependencies;
pub mod documents;
pub mod imports;
pub mod links;
pub mod manifests;
pub mod migrations;
pub mod sources;

/// One kind of rule: what it is called, and what it finds.
type Check = (&'static str, fn(&Tree) -> Result<Vec<String>>);

const CHECKS: [Check; 12] = [
    ("imports", imports::check),
    ("dependencies", dependencies::check),
    ("rust versions of dependencies", dependencies::check_rust_versions),
    ("budget of upheld-totp", budget::check),
    ("manifests", manifests::check),
    ("migrations", migrations::check),
    ("sources", sources::check),
    ("documents", documents::check),
    ("links", links::check),
    ("attacks", attacks::check),
    ("citations", citations::check),
    ("citations of upheld-totp have tests", citations::check_core),
];

/// Applies every rule, prints what breaks one, and the figures that have a budget.
///
/// # Errors
///
/// When a rule is broken, or the tree cannot be read.
pub fn run() -> Result<()> {
    let tree = Tree::load()?;
    let mut broken = 0_usize;
    for (name, check) in CHECKS {
        let findings = check(&tree)?;
        println!("{name}: {}", if findings.is_empty() { "ok" } else { "broken" });
        for finding in &findings {
            println!("  {finding}");
        }
        broken = broken.saturating_add(findings.len());
    }
    println!("\n{}", budget::figures(&tree)?);
    ensure!(broken == 0, "{broken} findings; each says what to do");
    Ok(())
}
