//! Policies in files.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use upheld_cookies::policy::{MAX_POLICY, Policy};

/// Reads a policy, in JSON if the name says so and else in TOML.
pub(crate) fn read(path: &Path) -> Result<Policy> {
    let name = path.display();
    let size = fs::metadata(path).with_context(|| format!("cannot read {name}"))?.len();
    if size > u64::try_from(MAX_POLICY)? {
        bail!("{name} has {size} bytes; a policy has at most {MAX_POLICY}");
    }
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {name}"))?;
    let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let read = if is_json { Policy::parse_json(&text) } else { Policy::parse_toml(&text) };
    read.map_err(|error| {
        let lines = error.problems().iter().map(|problem| {
            let place = problem.place;
            format!("{name}:{}:{}: {}", place.line, place.column, problem.fault)
        });
        anyhow::Error::msg(lines.collect::<Vec<_>>().join("\n"))
    })
}
