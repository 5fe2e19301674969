//! Short chores around cargo.

use std::process::Command;

use anyhow::{Result, ensure};

use crate::{Tree, process, tree};

/// Builds a static library of upheld-totp that has its own panic handler and allocator, without
/// features and with all. Were std linked by anything in it, there would be two of each, and the
/// build would fail.
///
/// # Errors
///
/// When a build fails.
pub fn prove_no_std() -> Result<()> {
    for features in ["", "upheld-totp/rand,upheld-totp/serde"] {
        let package = ["rustc", "--locked", "--package", "upheld-no-std", "--features", features];
        let profile = ["--lib", "--profile", "no-std", "--", "--cfg", "no_std_proof"];
        process::run(cargo().args(package).args(profile))?;
        println!("linked without std; features: [{features}]");
    }
    Ok(())
}

/// Runs the secret-handling functions of upheld-totp under valgrind, on secrets it is told about.
///
/// # Errors
///
/// When valgrind is missing, or reports a branch or an address that depends on a secret.
pub fn check_constant_time() -> Result<()> {
    ensure!(process::exists("valgrind"), "valgrind is missing: apt-get install valgrind");
    let package = ["run", "--locked", "--package", "upheld-constant-time"];
    process::run(cargo().args(package).args(["--profile", "constant-time"]))
}

/// Packages the crates that are published, and builds each from its package.
///
/// # Errors
///
/// When a crate cannot be packaged or built.
pub fn package() -> Result<()> {
    let members = Tree::load()?.members();
    let names = members.iter().filter(|member| member.published).map(|member| &member.name);
    let selected = names.flat_map(|name| ["--package", name.as_str()]);
    process::run(cargo().args(["package", "--locked", "--allow-dirty"]).args(selected))
}

/// Mutates upheld-totp; every mutant must be caught by a test.
///
/// # Errors
///
/// When cargo-mutants is missing, or a mutant is not caught.
pub fn mutants() -> Result<()> {
    let installed = process::output(cargo().args(["mutants", "--version"]))?.status.success();
    ensure!(installed, "cargo-mutants is missing: cargo install --locked cargo-mutants@27.1.0");
    process::run(cargo().args(["mutants", "--package", "upheld-totp", "--all-features"]))
}

fn cargo() -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(tree::root());
    command
}
