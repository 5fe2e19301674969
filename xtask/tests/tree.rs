//! The rules of `cargo xtask tidy`, applied to this tree one by one.

use anyhow::Result;
use xtask::tidy::{
    budget, dependencies, documents, imports, links, manifests, migrations, sources,
};
use xtask::{Tree, citations};

fn holds(check: fn(&Tree) -> Result<Vec<String>>) -> Result<()> {
    let findings = check(&Tree::load()?)?;
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
    Ok(())
}

#[test]
fn imports_follow_the_table() -> Result<()> {
    holds(imports::check)
}

#[test]
fn dependencies_are_the_allowed_ones() -> Result<()> {
    holds(dependencies::check)
}

#[test]
fn dependencies_need_no_newer_compiler() -> Result<()> {
    holds(dependencies::check_rust_versions)
}

#[test]
fn the_core_is_within_its_budget() -> Result<()> {
    holds(budget::check)
}

#[test]
fn manifests_take_what_the_workspace_states() -> Result<()> {
    holds(manifests::check)
}

#[test]
fn published_migrations_are_what_they_were() -> Result<()> {
    holds(migrations::check)
}

#[test]
fn sources_have_telling_names_and_no_loose_ends() -> Result<()> {
    holds(sources::check)
}

#[test]
fn documents_are_complete() -> Result<()> {
    holds(documents::check)
}

#[test]
fn links_lead_somewhere() -> Result<()> {
    holds(links::check)
}

#[test]
fn citations_are_well_formed() -> Result<()> {
    holds(citations::check)
}

#[test]
fn clauses_cited_by_the_core_are_cited_by_its_tests() -> Result<()> {
    holds(citations::check_core)
}
