//! Cookies and consent strings beside other implementations, recordings of a real browser, and what a
//! site publishes, as a browser shows it.
//!
//! Where others depart from what we follow is told by rules, each with its reason. A disagreement
//! that no rule foretells fails, and so does an agreement where one foretells the contrary.

mod exceptions;
mod generate;
mod letters;
mod publish;
mod recording;
mod set_cookie;
mod strings;
mod tough_cookie;

use super::npm::Packages;
use super::{Outcome, program, say};

const ORACLE: &str = include_str!("cookies/oracle.mjs");
pub(super) const FILES: [(&str, &str); 2] = [
    ("package.json", include_str!("cookies/package.json")),
    ("package-lock.json", include_str!("cookies/package-lock.json")),
];

/// Compares, records, audits.
pub(super) fn agree_with_others() -> Outcome<()> {
    program::require_browser()?;
    let audit = program::build("cookie-audit")?;
    let target = program::target_of(&audit)?;
    let packages = Packages::install(target, "cookies", FILES)?;
    say("cookies: Set-Cookie beside tough-cookie");
    set_cookie::compare(&packages)?;
    say("cookies: TC strings beside @iabtechlabtcf/core");
    strings::compare_tc(&packages)?;
    say("cookies: GPP strings beside @iabgpp/cmpapi");
    strings::compare_gpp(&packages)?;
    say("cookies: recordings of Chromium");
    recording::audit_real_visits(&packages, &audit)?;
    publish::pages_are_for_everybody(&packages, &audit)?;
    say("cookies: passed");
    Ok(())
}
