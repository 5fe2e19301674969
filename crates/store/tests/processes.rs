//! SQLite shared by processes, and by one that is killed.
//!
//! The program starts itself again as a worker, so it has a `main` of its own and reports as the
//! standard harness does.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests may panic, and report on the standard output"
)]

#[path = "processes/record.rs"]
mod record;
#[path = "processes/sign_in.rs"]
mod sign_in;

use std::io::{BufRead, BufReader, Lines, Write};
use std::panic::catch_unwind;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};

use upheld_store::Tenant;
use upheld_store::keys::{KeyRing, SharedKeys};
use upheld_store::sql::{Database, Settings};

const TESTS: [(&str, fn()); 4] = [
    ("t02_of_requests_in_three_processes_with_one_code_one_is_accepted", sign_in::races),
    ("t07_t11_t60_a_process_that_is_killed_loses_nothing_it_answered", sign_in::kills),
    ("writers_in_three_processes_make_one_log", record::races),
    ("a_writer_that_is_killed_during_ten_thousand_appends_loses_none_it_answered", record::kills),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["racer", folder] => sign_in::race(Path::new(folder)),
        ["victim", folder, from] => {
            sign_in::sign_in_until_killed(Path::new(folder), from.parse().unwrap());
        }
        ["writer", folder, number] => record::write(Path::new(folder), number.parse().unwrap()),
        ["appender", folder, run] => {
            record::append_until_killed(Path::new(folder), run.parse().unwrap());
        }
        _ => return report(&arguments),
    }
    ExitCode::SUCCESS
}

/// Runs what the arguments ask for and reports as the standard harness does.
fn report(arguments: &[String]) -> ExitCode {
    if arguments.iter().any(|argument| argument == "--list") {
        for (name, _) in TESTS {
            println!("{name}: test");
        }
        return ExitCode::SUCCESS;
    }
    let filters: Vec<&String> = arguments.iter().filter(|it| !it.starts_with('-')).collect();
    let is_wanted =
        |name: &str| filters.is_empty() || filters.iter().any(|filter| name.contains(*filter));
    let (mut passed, mut failed) = (0, 0);
    for (name, test) in TESTS.into_iter().filter(|(name, _)| is_wanted(name)) {
        let holds = catch_unwind(test).is_ok();
        println!("test {name} ... {}", if holds { "ok" } else { "FAILED" });
        if holds { passed += 1 } else { failed += 1 }
    }
    let verdict = if failed == 0 { "ok" } else { "FAILED" };
    let filtered = TESTS.len() - passed - failed;
    println!(
        "\ntest result: {verdict}. {passed} passed; {failed} failed; 0 ignored; 0 measured; \
         {filtered} filtered out\n"
    );
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The database and the keys of a folder that was prepared.
async fn open(folder: &Path) -> (Database, SharedKeys) {
    let settings = Settings::sqlite(folder.join("clinic.db"));
    let database = Database::open(&settings, Tenant::new("clinic").unwrap()).await.unwrap();
    let keys = std::fs::read_to_string(folder.join("keys")).unwrap();
    (database, SharedKeys::new(KeyRing::parse(&keys).unwrap()))
}

/// A folder with a key ring.
fn prepare() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let ring = KeyRing::generate(&mut rand::rngs::SysRng).unwrap();
    std::fs::write(folder.path().join("keys"), ring.to_text().as_bytes()).unwrap();
    folder
}

/// A worker: this program, started again.
struct Worker {
    process: Child,
    to: ChildStdin,
    from: Lines<BufReader<ChildStdout>>,
}

impl Worker {
    fn start(arguments: &[&str]) -> Self {
        let program = std::env::current_exe().expect("this program is a file");
        let process = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut process = process.expect("this program starts again");
        let to = process.stdin.take().expect("piped");
        let from = BufReader::new(process.stdout.take().expect("piped")).lines();
        Self { process, to, from }
    }

    fn say(&mut self, line: &str) {
        self.to.write_all(line.as_bytes()).expect("the worker listens");
    }

    fn hear(&mut self) -> Option<String> {
        self.from.next().map(|line| line.expect("the worker writes text"))
    }
}
