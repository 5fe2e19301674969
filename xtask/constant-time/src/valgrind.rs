//! Starting this program under valgrind and reading what memcheck says.

use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The functions whose branch on a public outcome is expected.
const OUTCOME: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/outcome.supp");

/// What memcheck said of one run.
pub(crate) struct Report {
    /// Branches and addresses that depend on a secret, counted each time they are reached.
    pub(crate) reports: usize,
    /// Those of the functions in `outcome.supp`.
    pub(crate) on_outcome: usize,
    pub(crate) text: String,
}

/// Runs one case.
pub(crate) fn watch(case: &str, length: &str) -> Result<Report> {
    let output = Command::new("valgrind")
        .args(["--tool=memcheck", "--leak-check=no", "--error-limit=no", "--num-callers=12"])
        .arg(format!("--suppressions={OUTCOME}"))
        .arg(std::env::current_exe()?)
        .args([case, length])
        .output()
        .context("valgrind is missing: apt-get install valgrind")?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.success(), "{case} {length}: {}\n{text}", output.status);
    let (reports, on_outcome) = summary(&text).with_context(|| format!("no summary:\n{text}"))?;
    Ok(Report { reports, on_outcome, text })
}

/// Reads `ERROR SUMMARY: 0 errors from 0 contexts (suppressed: 2 from 1)`.
fn summary(text: &str) -> Option<(usize, usize)> {
    let (_, summary) = text.rsplit_once("ERROR SUMMARY: ")?;
    let (reports, rest) = summary.split_once(' ')?;
    let (_, suppressed) = rest.split_once("(suppressed: ")?;
    let (suppressed, _) = suppressed.split_once(' ')?;
    Some((reports.parse().ok()?, suppressed.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::summary;

    #[test]
    fn the_summary_is_read() {
        let line = "==7== ERROR SUMMARY: 3 errors from 2 contexts (suppressed: 4 from 1)\n";
        assert_eq!(summary(line), Some((3, 4)));
        assert_eq!(summary("==7== all is well"), None);
    }
}
