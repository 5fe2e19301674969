//! The section of `BENCHMARKS.md`: medians of what was measured, and the goals beside them.

use std::fmt::Write as _;
use std::fs;
use std::thread::available_parallelism;

use anyhow::{Context, Result};
use jiff::Timestamp;
use serde_json::Value;

const BEGIN: &str = "<!-- portal: written by `cargo xtask load` -->";
const END: &str = "<!-- /portal -->";

const INTRODUCTION: &str = "\
## The portal under load

Written by one command, which builds, measures and checks everything anew (about ten minutes; it
needs PostgreSQL and Python with `venv` beside Rust):

```sh
cargo xtask load
```

The generator drives the real server over loopback HTTP and runs on the same cores as the server
and its database, so what it costs is part of every figure. Writes are durable: SQLite with
`synchronous=FULL`, PostgreSQL with the settings it comes with. Every run ends by checking in the
database that no code was accepted twice, that no more guesses were evaluated than are allowed, and
that there is no session without an acceptance; a run that fails this stops the command.
";

const PEER: &str = "\
django-otp runs behind a view that loads a device by its key and calls `verify_token`, on the same
PostgreSQL server and over the same socket, driven by the same generator with the same number of connections in the same
run ([`benches/portal/verifier.py`](benches/portal/verifier.py)). That view does less than the
portal's: no sign-in to look up, no session to open, no form token, no record of the event, and the
secret is stored in the clear. It commits once for each code, after reading
and comparing without a lock; the portal commits the charge before the code is looked at, too.
gunicorn's sync workers open a connection for every request; its
threads keep them. The comparison is with the faster of the two.
";

/// Something the portal is meant to reach.
struct Goal {
    what: &'static str,
    bound: f64,
    /// Whether less is better.
    at_most: bool,
    unit: &'static str,
    reached: f64,
}

/// Writes the section.
pub(super) fn section(measured: &Value) -> Result<String> {
    let measured = Measured(measured);
    let mut text = format!("{BEGIN}\n{INTRODUCTION}\n");
    text.push_str(&surroundings(&measured)?);
    text.push_str(&goals(&measured)?);
    text.push_str(&rates(&measured)?);
    text.push_str(&logins(&measured)?);
    text.push_str(&peers(&measured)?);
    writeln!(text, "{END}")?;
    Ok(text)
}

/// Puts the section in its place: that of the last one, or the end.
pub(super) fn put_section(document: &str, section: &str) -> Result<String> {
    let Some((before, rest)) = document.split_once(BEGIN) else {
        return Ok(format!("{}\n\n{section}", document.trim_end()));
    };
    let (_, after) =
        rest.split_once(END).context("BENCHMARKS.md: the end of the section is missing")?;
    let after = after.trim_start_matches('\n');
    let gap = if after.is_empty() { "" } else { "\n" };
    Ok(format!("{before}{section}{gap}{after}"))
}

/// The processor, and how many cores there are.
pub(super) fn machine() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = available_parallelism().map_or(1, Into::<usize>::into);
    format!("{}, {cores} cores", model.map_or("unknown processor", |(_, model)| model))
}

/// What was measured, with questions to it.
struct Measured<'a>(&'a Value);

impl Measured<'_> {
    fn text(&self, key: &str) -> Result<&str> {
        self.0.get(key).and_then(Value::as_str).with_context(|| format!("{key} was not measured"))
    }

    /// The median over all rounds of a number in the runs of a scenario on a database.
    fn median(&self, scenario: &str, store: &str, pointer: &str) -> Result<f64> {
        let is = |run: &&Value, key: &str, value: &str| {
            run.get(key).and_then(Value::as_str).is_some_and(|text| text == value)
        };
        let runs = self.0.get("runs").and_then(Value::as_array).into_iter().flatten();
        let runs = runs.filter(|run| is(run, "scenario", scenario) && is(run, "store", store));
        let numbers: Option<Vec<f64>> =
            runs.map(|run| run.pointer(pointer).and_then(Value::as_f64)).collect();
        let median = numbers.and_then(median);
        median.with_context(|| format!("{scenario} on {store}: {pointer} was not measured"))
    }
}

/// The one in the middle; `None` of nothing.
pub(super) fn median(mut numbers: Vec<f64>) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    numbers.get(middle).copied()
}

fn surroundings(measured: &Measured<'_>) -> Result<String> {
    let taken = measured.0.get("taken").and_then(Value::as_i64).context("taken")?;
    let rounds = measured.0.get("rounds").and_then(Value::as_u64).context("rounds")?;
    let peer = measured.0.get("peer").and_then(Value::as_array).into_iter().flatten();
    let peer: Vec<&str> = peer.filter_map(Value::as_str).collect();
    Ok(format!(
        "| | |\n|---|---|\n| date | {} |\n| processor | {} |\n| compiler | {} |\n\
         | PostgreSQL | {} |\n| compared with | {} |\n\
         | runs | medians of {rounds}, {} seconds each, 8 connections unless said otherwise |\n\n",
        date(taken)?,
        measured.text("machine")?,
        measured.text("compiler")?,
        measured.text("postgresql")?,
        peer.join(", "),
        measured.text("seconds")?,
    ))
}

fn goals(measured: &Measured<'_>) -> Result<String> {
    let rate = "/answers/accepted/per_second";
    let sqlite = measured.median("second-factor", "sqlite", rate)?;
    let postgres = measured.median("second-factor", "postgres", rate)?;
    let slowest = "/answers/accepted/p99_ms";
    let of_ceiling = |scenario, store| -> Result<f64> {
        let reached = measured.median(scenario, store, rate)?;
        Ok(100.0 * reached / measured.median(scenario, store, "/ceiling_per_second")?)
    };
    let most = |what, bound, unit, reached| Goal { what, bound, at_most: true, unit, reached };
    let least = |what, bound, unit, reached| Goal { what, bound, at_most: false, unit, reached };
    let goals = [
        least("second factors on SQLite", 10_000.0, "/s", sqlite),
        most(
            "their 99th percentile",
            15.0,
            " ms",
            measured.median("second-factor", "sqlite", slowest)?,
        ),
        least("second factors on PostgreSQL", 4_000.0, "/s", postgres),
        most(
            "their 99th percentile",
            15.0,
            " ms",
            measured.median("second-factor", "postgres", slowest)?,
        ),
        least("beside django-otp on PostgreSQL", 20.0, "×", postgres / best_peer(measured)?),
        least(
            "whole sign-ins on SQLite, of the passwords that can be hashed",
            85.0,
            " %",
            of_ceiling("login", "sqlite")?,
        ),
        least(
            "whole sign-ins on PostgreSQL, likewise",
            85.0,
            " %",
            of_ceiling("login", "postgres")?,
        ),
        least(
            "passwords judged at five times what can be hashed, likewise",
            90.0,
            " %",
            of_ceiling("overload", "sqlite")?,
        ),
        most(
            "99th percentile of being turned away meanwhile",
            50.0,
            " ms",
            measured.median("overload", "sqlite", "/answers/busy/p99_ms")?,
        ),
        most(
            "99th percentile of other pages meanwhile",
            20.0,
            " ms",
            measured.median("overload", "sqlite", "/pages/page/p99_ms")?,
        ),
        most(
            "memory when idle",
            30.0,
            " MiB",
            measured.median("login", "sqlite", "/server/idle_kib")? / 1024.0,
        ),
        most(
            "start on an empty database, migrations included",
            200.0,
            " ms",
            measured.median("race", "sqlite", "/server/cold_start_ms")?,
        ),
    ];
    let mut text = String::from("| what | goal | reached | |\n|---|---:|---:|---|\n");
    for Goal { what, bound, at_most, unit, reached } in goals {
        let is_met = if at_most { reached <= bound } else { reached >= bound };
        let sign = if at_most { "≤" } else { "≥" };
        let verdict = if is_met { "met" } else { "**not met**" };
        writeln!(text, "| {what} | {sign} {bound}{unit} | {}{unit} | {verdict} |", plain(reached))?;
    }
    Ok(text)
}

fn rates(measured: &Measured<'_>) -> Result<String> {
    let mut text = String::from(
        "\n### The second factor alone\n\nEach request is the form with the code of a person who \
         has shown the password: the code is charged for, checked and used up, and a session is \
         opened. A wrong code is charged for and checked; five of each person are evaluated.\n\n\
         | | per second | median | 99 % | server per request | generator |\n|---|---:|---:|---:|---:|---:|\n",
    );
    for (what, scenario, kind) in [
        ("right codes", "second-factor", "accepted"),
        ("right codes over 64 connections", "second-factor-64", "accepted"),
        ("wrong codes", "wrong-codes", "refused"),
    ] {
        for store in ["sqlite", "postgres"] {
            let of =
                |key: &str| measured.median(scenario, store, &format!("/answers/{kind}/{key}"));
            writeln!(
                text,
                "| {what}, {} | {} | {} ms | {} ms | {} µs | {} µs |",
                name(store),
                plain(of("per_second")?),
                plain(of("p50_ms")?),
                plain(of("p99_ms")?),
                plain(measured.median(scenario, store, "/server/microseconds_per_request")?),
                plain(measured.median(scenario, store, "/client/microseconds_per_request")?),
            )?;
        }
    }
    for store in ["sqlite", "postgres"] {
        writeln!(
            text,
            "{}Race on {}: {} times, 64 connections sent one code at once; {} sessions were opened.",
            if store == "sqlite" { "\n" } else { "" },
            name(store),
            plain(measured.median("race", store, "/rounds")?),
            plain(measured.median("race", store, "/answers/accepted/count")?),
        )?;
    }
    Ok(text)
}

fn logins(measured: &Measured<'_>) -> Result<String> {
    let mut text = String::from(
        "\n### Passwords\n\nThe ceiling is what all cores hash when they do nothing else \
         (Argon2id, 19 MiB, two passes), measured just before. A whole sign-in is the form, the \
         password, the page for the code, the code and the session.\n\n\
         | | per second | ceiling | median | 99 % |\n|---|---:|---:|---:|---:|\n",
    );
    for (what, scenario) in
        [("whole sign-ins", "login"), ("passwords at five times the ceiling", "overload")]
    {
        for store in ["sqlite", "postgres"] {
            let of =
                |key: &str| measured.median(scenario, store, &format!("/answers/accepted/{key}"));
            writeln!(
                text,
                "| {what}, {} | {} | {} | {} ms | {} ms |",
                name(store),
                plain(of("per_second")?),
                plain(measured.median(scenario, store, "/ceiling_per_second")?),
                plain(of("p50_ms")?),
                plain(of("p99_ms")?),
            )?;
        }
    }
    Ok(text)
}

fn peers(measured: &Measured<'_>) -> Result<String> {
    let ours = measured.median("second-factor", "postgres", "/answers/accepted/per_second")?;
    let mut text = format!(
        "\n### Beside django-otp\n\n{PEER}\n| on PostgreSQL | per second | median | 99 % | ratio |\n\
         |---|---:|---:|---:|---:|\n"
    );
    let mut rows = vec![("portal".to_owned(), "second-factor", "postgres".to_owned())];
    for workers in ["2 sync workers", "2 workers of 4 threads"] {
        rows.push((format!("django-otp, {workers}"), "peer", workers.to_owned()));
    }
    for (what, scenario, store) in rows {
        let of = |key: &str| measured.median(scenario, &store, &format!("/answers/accepted/{key}"));
        let rate = of("per_second")?;
        writeln!(
            text,
            "| {what} | {} | {} ms | {} ms | {} |",
            plain(rate),
            plain(of("p50_ms")?),
            plain(of("p99_ms")?),
            format_args!("{:.1}×", ours / rate),
        )?;
    }
    Ok(text)
}

/// The rate of the faster way of running it.
fn best_peer(measured: &Measured<'_>) -> Result<f64> {
    let rate = |workers| measured.median("peer", workers, "/answers/accepted/per_second");
    Ok(rate("2 sync workers")?.max(rate("2 workers of 4 threads")?))
}

fn name(store: &str) -> &str {
    if store == "sqlite" { "SQLite" } else { "PostgreSQL" }
}

/// As many digits as mean something.
fn plain(number: f64) -> String {
    if number >= 100.0 { format!("{number:.0}") } else { format!("{number:.1}") }
}

/// The day in UTC.
fn date(seconds: i64) -> Result<String> {
    Ok(Timestamp::from_second(seconds)?.strftime("%Y-%m-%d").to_string())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use serde_json::json;

    use super::{BEGIN, END, Measured, put_section};

    #[test]
    fn the_section_is_put_at_the_end_and_then_replaced() {
        let section = |text: &str| format!("{BEGIN}\n{text}\n{END}\n");
        let first = put_section("# Benchmarks\n\n## uri\n", &section("one")).unwrap();
        assert_eq!(first, format!("# Benchmarks\n\n## uri\n\n{}", section("one")));
        let second = put_section(&first, &section("two")).unwrap();
        assert_eq!(second, first.replace("one", "two"));
        let followed = format!("{first}\n## more\n");
        let third = put_section(&followed, &section("three")).unwrap();
        assert_eq!(third, format!("# Benchmarks\n\n## uri\n\n{}\n## more\n", section("three")));
        assert!(put_section(BEGIN, &section("four")).is_err());
    }

    #[test]
    fn the_median_is_of_the_runs_of_one_scenario_on_one_database() {
        let run =
            |scenario, store, rate| json!({"scenario": scenario, "store": store, "rate": rate});
        let measured = json!({"runs": [
            run("race", "sqlite", 9.0), run("login", "postgres", 8.0),
            run("login", "sqlite", 3.0), run("login", "sqlite", 1.0), run("login", "sqlite", 2.0),
        ]});
        let median = Measured(&measured).median("login", "sqlite", "/rate").unwrap();
        assert!((median - 2.0).abs() < f64::EPSILON);
        assert!(Measured(&measured).median("login", "sqlite", "/other").is_err());
        assert!(Measured(&measured).median("peer", "sqlite", "/rate").is_err());
    }
}
