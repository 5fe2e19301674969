//! Notices, consent and receipts through the public interface: one module per source or rule.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod purposes;
mod vocabulary;
