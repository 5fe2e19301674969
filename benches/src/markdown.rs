//! The report as Markdown.

use std::fmt::Write as _;

use crate::goal::{Bound, Verdict, base, median};
use crate::measurement::Measurement;
use crate::setting::Setting;

const INTRODUCTION: &str = "\
Written by one command, which measures everything anew:

```sh
cargo bench -p upheld-benches && cargo run -p upheld-benches --bin report
```

Times are medians in nanoseconds with their 95 % confidence intervals; a ratio above 1 is faster
than the contender at 1.00× in the same run. Every contender computes the same thing, which is asserted before
it is measured. Keyed means that the key was absorbed into HMAC beforehand; `ring`, `aws-lc-rs` and
`hmac` come with the lines that turn a MAC into a code, without constant-time comparison.
";

/// What the tables do not say by themselves, by topic.
const NOTES: &[(&str, &str)] = &[
    (
        "base32",
        "A secret of 160 bits in 32 symbols. Upheld and `totp-rs` make a secret of it, which is \
         wiped; Upheld also decodes in constant time.",
    ),
    (
        "consent-gate",
        "A request with a consent cookie, and a response that sets ten cookies of fifty declared, of \
         which five may leave: without a gate, and through it. The difference is to stay below \
         2,000 ns. Nobody else gates responses.",
    ),
    (
        "deadline",
        "The last day for an answer. `chrono` adds a month and skips weekends and a list of four \
         holidays, which is what most programs do; Upheld also checks the facts, walks pauses and \
         finds the last day for the notice of an extension.",
    ),
    (
        "duo-log",
        "A page of the authentication log, a thousand entries. `serde_json` reads any JSON; Upheld \
         makes entries of it whose factors, results and reasons are told apart.",
    ),
    (
        "duo-sign",
        "A push, written and signed. By hand: `hmac`, `form_urlencoded` and `format!`, as programs \
         without a client do it. The crate `duo-auth` does not show what it signs, and brings \
         OpenSSL, which `deny.toml` bans.",
    ),
    (
        "duo-token-read",
        "A token of Duo's verified and read. \"with every claim\" also reads the reply that an \
         `id_token` comes in and checks host, application, person, login, times and result.",
    ),
    ("duo-token-write", "The token by which an application shows who it is."),
    ("generate", "One six-digit code at a given moment. `totp-rs` keeps no keyed state."),
    (
        "generate-unkeyed",
        "The same from a secret that is held but not keyed; \"from bytes\" also makes and wipes \
         what holds it.",
    ),
    (
        "ledger-append",
        "One entry (who, what, on what, with which outcome) appended and kept in memory, as in \
         `audit-trail`'s own bench. Upheld writes canonical JSON and grows a Merkle tree, which takes \
         four blocks of SHA-256 to an entry; `audit-trail` links each record to the one before, which \
         takes two. \"Its hashes alone\" is what those four take, one after the other.",
    ),
    (
        "ledger-verify",
        "An entry of a log of a thousand. \"upheld\" checks each record's hash and number; \"with \
         its tree\" also computes the root that a checkpoint is compared with. `audit-trail` \
         follows its links meanwhile, to the hash that stands for all of them; it proves no single \
         record without the rest. \"from text\" reads lines of a file as well.",
    ),
    (
        "match-hit",
        "A typed code is read and found in the middle of three steps. Upheld computes all three \
         all the same, so that the time taken tells nothing; the others stop at the match.",
    ),
    ("match-miss", "A typed code is read and looked for in three steps, of which none has it."),
    (
        "search-1000",
        "A thousand counters, of which none has the code; `totp-rs` goes through a thousand and \
         one steps. Upheld looks for two codes in a row.",
    ),
    (
        "set-cookie",
        "Sixteen header fields, as frameworks, advertisers and proxies write them; read into names, \
         values, attributes and dates.",
    ),
    (
        "tc-bomb",
        "A TC string of 5.5 kB in which a thousand ranges name every vendor, read as below. Only what \
         Upheld makes of it is measured.",
    ),
    (
        "tc-string",
        "A TC string read and asked whether a vendor may measure. Upheld checks all of it and \
         borrows; \"owned\" makes plain data of everything, as the others do. `iabtcf-es` is the \
         IAB's `@iabtechlabtcf/core`, which Node runs beside the others, measured by Node's own \
         clock.",
    ),
    ("uri", "An `otpauth` URI with every parameter of the format."),
];

/// Writes the whole file.
pub(crate) fn report(
    setting: &Setting,
    date: &str,
    measurements: &[Measurement],
    verdicts: &[Verdict],
) -> String {
    let mut text = format!("# Benchmarks\n\n{INTRODUCTION}\n");
    text.push_str(&surroundings(setting, date));
    text.push_str(&goals(verdicts));
    let mut topic = "";
    for group in measurements.chunk_by(|a, b| a.group == b.group) {
        let Some(Measurement { group: name, .. }) = group.first() else { continue };
        let (of_group, variant) = name.split_once('/').unwrap_or((name, name));
        if of_group != topic {
            topic = of_group;
            text.push_str(&heading(topic));
        }
        text.push_str(&table(topic, variant, group));
    }
    text
}

/// The section that `cargo xtask load` writes, if the file has it.
pub(crate) fn portal_section(text: &str) -> Option<&str> {
    const END: &str = "<!-- /portal -->\n";
    let begin = text.find("<!-- portal:")?;
    let section = text.get(begin..)?;
    section.get(..section.find(END)?.saturating_add(END.len()))
}

fn surroundings(setting: &Setting, date: &str) -> String {
    let model = setting.cpu.model.as_deref().unwrap_or("unknown");
    let flags = match setting.cpu.flags.as_slice() {
        [] => "none of note".to_owned(),
        flags => flags.join(", "),
    };
    let mut text = format!(
        "| | |\n|---|---|\n| date | {date} |\n| processor | {model}, {} cores |\n\
         | instructions | {flags} |\n| compiler | {} |\n",
        setting.cores, setting.compiler
    );
    for dependency in &setting.crates {
        let features = match dependency.features.as_str() {
            "" => String::new(),
            features => format!(" ({features})"),
        };
        push(
            &mut text,
            format_args!("| {} | {}{features} |\n", dependency.name, dependency.version),
        );
    }
    text
}

fn goals(verdicts: &[Verdict]) -> String {
    let mut text =
        "\n## Goals\n\n| what | group | goal | reached | |\n|---|---|---:|---:|---|\n".to_owned();
    for verdict in verdicts {
        let Verdict { words, group, bound, reached } = verdict;
        let (goal, reached) = match bound {
            Bound::Times(ratio) => (format!("{ratio:.1}×"), format!("{reached:.2}×")),
            Bound::TimesOf(other, ratio) => {
                (format!("{ratio:.1}× of {other}"), format!("{reached:.2}×"))
            }
            Bound::Within(most) => (format!("{most:.0} ns"), format!("{reached:.0} ns")),
            Bound::Overhead(most) => (format!("+{most:.0} ns"), format!("+{reached:.0} ns")),
            Bound::Rate(least) => (format!("{least:.0} MB/s"), format!("{reached:.0} MB/s")),
        };
        let met = if verdict.is_met() { "met" } else { "**not met**" };
        push(&mut text, format_args!("| {words} | {group} | {goal} | {reached} | {met} |\n"));
    }
    text
}

fn heading(topic: &str) -> String {
    let note = NOTES.iter().find(|(of, _)| *of == topic);
    let note = note.map(|(_, note)| format!("\n{note}\n")).unwrap_or_default();
    format!("\n## {topic}\n{note}")
}

fn table(topic: &str, variant: &str, group: &[Measurement]) -> String {
    let mut text = format!("\n| {variant} | ns | 95 % | ratio |\n|---|---:|---:|---:|\n");
    let base = median(group, base(topic));
    for Measurement { contender, median, interval: [low, high], .. } in group {
        let places = usize::from(*median < 10_000.0);
        let ratio = base.map(|base| format!("{:.2}×", base / median)).unwrap_or_default();
        push(
            &mut text,
            format_args!(
                "| {contender} | {median:.places$} | {low:.places$} to {high:.places$} | {ratio} |\n"
            ),
        );
    }
    text
}

/// Writing to a `String` cannot fail.
fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    let _: Result<(), std::fmt::Error> = text.write_fmt(line);
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::{goals, portal_section, table};
    use crate::goal::{Bound, Verdict};
    use crate::measurement::Measurement;

    #[test]
    fn ratios_are_against_the_same_group() {
        let measured = |contender: &str, median: f64| Measurement {
            group: "generate/sha1".to_owned(),
            contender: contender.to_owned(),
            median,
            interval: [median - 1.0, median + 1.0],
            bytes: None,
            taken: SystemTime::UNIX_EPOCH,
        };
        let group = [measured("upheld keyed", 100.0), measured("totp-rs 6", 212.5)];
        assert_eq!(
            table("generate", "sha1", &group),
            "\n| sha1 | ns | 95 % | ratio |\n|---|---:|---:|---:|\n\
             | upheld keyed | 100.0 | 99.0 to 101.0 | 2.12× |\n\
             | totp-rs 6 | 212.5 | 211.5 to 213.5 | 1.00× |\n"
        );
    }

    #[test]
    fn the_section_of_the_portal_is_found_whole() {
        let section = "<!-- portal: written by x -->\n## The portal\n<!-- /portal -->\n";
        assert_eq!(portal_section(&format!("# A\n\n{section}## B\n")), Some(section));
        assert_eq!(portal_section("# A\n"), None);
        assert_eq!(portal_section("<!-- portal: broken off"), None);
    }

    #[test]
    fn a_goal_just_missed_is_not_met() {
        let verdict = |reached| Verdict {
            words: "a code",
            group: "generate/sha1".to_owned(),
            bound: Bound::Times(1.6),
            reached,
        };
        let text = goals(&[verdict(1.6), verdict(1.599)]);
        assert!(text.contains("| a code | generate/sha1 | 1.6× | 1.60× | met |\n"), "{text}");
        assert!(text.ends_with("| 1.60× | **not met** |\n"), "{text}");

        let gate = |reached| Verdict { bound: Bound::Overhead(2000.0), ..verdict(reached) };
        let text = goals(&[gate(2000.0), gate(2001.0)]);
        assert!(text.contains("| +2000 ns | +2000 ns | met |\n"), "{text}");
        assert!(text.ends_with("| +2000 ns | +2001 ns | **not met** |\n"), "{text}");
    }
}
