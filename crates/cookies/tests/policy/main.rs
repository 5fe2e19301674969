//! The declaration, what follows from it, and the cookie that keeps a choice.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests may panic"
)]

mod amendments;
mod catalogue;
mod consent_cookie;
mod consent_law;
mod decide;
mod declaration;
mod google_consent;
mod hostile_declaration;
