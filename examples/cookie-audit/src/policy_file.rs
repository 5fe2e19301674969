//! Policies in files.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, bail};
use upheld_cookies::policy::{MAX_POLICY, Policy};

/// Reads a policy, in JSON if the name says so and else in TOML.
pub(crate) fn read(path: &Path) -> Result<Policy> {
    let name = path.display();
    let cannot = || format!("cannot read {name}");
    // A file without an end, such as a pipe, does not say how long it is.
    let most = u64::try_from(MAX_POLICY)?.saturating_add(1);
    let mut bytes = Vec::new();
    let file = File::open(path).with_context(cannot)?;
    file.take(most).read_to_end(&mut bytes).with_context(cannot)?;
    if bytes.len() > MAX_POLICY {
        bail!("{name} is longer than a policy may be, {MAX_POLICY} bytes");
    }
    let text = String::from_utf8(bytes).with_context(cannot)?;
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
