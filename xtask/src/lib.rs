//! The checks and chores of this workspace; `cargo xtask` lists them.
//!
//! What must hold of the tree is in [`tidy`], one module to a kind of rule. Each rule is a pure
//! function from names, manifests or text to findings, and is tested on input that breaks it;
//! `tests/tree.rs` then applies it to the tree, so that `cargo test` is the gate.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "a command prints its report")]

pub mod chores;
pub mod citations;
pub mod process;
mod source;
pub mod tidy;
mod tree;

pub use tree::Tree;

/// The examples in the root's README, compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
