//! Runs upheld-totp on secrets that valgrind's memcheck watches.
//!
//! Without arguments, this program starts itself under valgrind once for every case in `cases`,
//! short and long, and judges what memcheck reports. `cargo xtask ct` builds and starts it.
//!
//! What it shows, it shows of the code the compiler made of upheld-totp for this processor, with
//! the portable compression functions: valgrind hides the SHA instructions. Those take no branch
//! and no address from their operands.

#![expect(clippy::print_stderr, clippy::print_stdout, reason = "a command prints its report")]

mod cases;
mod memcheck;
mod valgrind;

use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, ensure};

use cases::{CASES, Case, Expected, Length};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        [] => judge_all(),
        [name, "short"] => run(name, Length::Short),
        [name, "long"] => run(name, Length::Long),
        _ => Err(anyhow!("usage: upheld-constant-time [<case> short|long]")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(name: &str, length: Length) -> Result<()> {
    ensure!(memcheck::is_watching(), "this runs under valgrind: cargo xtask ct");
    let case = CASES.iter().find(|case| case.name == name);
    let case = case.with_context(|| format!("there is no case {name}"))?;
    (case.run)(length);
    Ok(())
}

fn judge_all() -> Result<()> {
    let mut failed = 0_usize;
    for case in &CASES {
        match judge(case) {
            Ok(found) => println!("{:<22} ok: {found}", case.name),
            Err(report) => {
                println!("{:<22} FAILED: {report:#}", case.name);
                failed = failed.saturating_add(1);
            }
        }
    }
    ensure!(failed == 0, "{failed} of {} cases failed", CASES.len());
    Ok(())
}

/// What was found, if it is what was expected.
fn judge(case: &Case) -> Result<String> {
    let short = valgrind::watch(case.name, "short")?;
    let long = valgrind::watch(case.name, "long")?;
    let silent = short.reports == 0 && long.reports == 0;
    let holds = match case.expected {
        Expected::Leak => short.reports > 0 && long.reports > 0,
        Expected::Silence => silent && short.on_outcome == 0 && long.on_outcome == 0,
        Expected::Outcome => silent && long.on_outcome > 0 && short.on_outcome == long.on_outcome,
    };
    let found = format!("{} reports, {} on the outcome", long.reports, long.on_outcome);
    ensure!(
        holds,
        "{found} ({} and {} in the short run); expected: {:?}\n{}",
        short.reports,
        short.on_outcome,
        case.expected,
        long.text,
    );
    Ok(found)
}
