//! The guide for operators lists what there is.

use portal::Metrics;
use portal::config::KEYS;

use crate::program::Office;

const GUIDE: &str = include_str!("../../OPERATIONS.md");

#[test]
fn the_guide_lists_every_setting_with_its_default() {
    let rows: Vec<_> = GUIDE.lines().filter(|line| line.starts_with("| `")).collect();
    let listed = rows.iter().filter(|row| row.starts_with("| `server.")).count();
    assert_eq!(listed, 7);
    for key in KEYS {
        let start = match key.default {
            Some(default) => format!("| `{}` | `{default}` |", key.path()),
            None => format!("| `{}` | ", key.path()),
        };
        assert!(rows.iter().any(|row| row.starts_with(&start)), "no {start}");
    }
}

#[test]
fn the_guide_lists_every_metric() {
    let text = Metrics::new().to_text();
    let names: Vec<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '))
        .map(|(name, kind)| match kind {
            "counter" => format!("{name}_total"),
            "info" => format!("{name}_info"),
            _ => name.to_owned(),
        })
        .collect();
    assert_eq!(names.len(), 13);
    for name in names {
        assert!(GUIDE.contains(&format!("| `{name}")), "no {name}");
    }
}

#[test]
fn the_guide_and_the_help_agree_on_commands_and_exit_codes() {
    let office = Office::new();
    let help = office.run(&["help"]).assert_done().out.clone();
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let names = commands.lines().map_while(|line| line.trim().split(' ').next()).take(12);
    for name in names.filter(|name| *name != "help" && !name.is_empty()) {
        assert!(GUIDE.contains(&format!("| `{name}")), "no {name} in the guide");
    }
    for code in 0..=5 {
        let listed = GUIDE.lines().find(|line| line.starts_with(&format!("| {code} | "))).unwrap();
        let meaning = listed.split('|').nth(2).unwrap().trim();
        assert!(help.contains(&format!("{code}  {meaning}")), "{meaning:?} is not in the help");
    }
}
