//! `cookie-audit explain`

use std::process::ExitCode;

use anyhow::Result;
use upheld_cookies::lint::{Code, Family, Rule};

use crate::args::Explain;
use crate::output;

pub(crate) fn run(args: &Explain) -> Result<ExitCode> {
    match args.code {
        Some(code) => output::line(explanation(code.rule()).as_bytes())?,
        None => {
            for code in Code::all() {
                let Rule { id, severity, title, .. } = code.rule();
                output::line(format!("{id}  {:<8} {title}", severity.as_str()).as_bytes())?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn explanation(rule: &Rule) -> String {
    let Rule { id, severity, title, source, why, wrong, right, .. } = rule;
    let mut parts = vec![format!("{id} ({}): {title}\n\n{why}\n", severity.as_str())];
    for (word, example) in [("wrong", wrong), ("right", right)] {
        let line = |line: &str| match rule.code.family() {
            Family::SetCookie => format!("  {word}  Set-Cookie: {}", line.escape_debug()),
            _ => format!("  {word}  {line}"),
        };
        parts.extend(example.lines().map(line));
    }
    if !wrong.is_empty() {
        parts.push(String::new());
    }
    parts.push(format!("Source: {source}"));
    parts.join("\n")
}
