//! `dsr table`

use crate::dsr;

const GOLDEN: &str = include_str!("../../../../crates/consent/tests/vectors/request-table.txt");

#[test]
fn every_command_in_every_state() {
    assert_eq!(dsr(&["table", "--all"]).stdout(), GOLDEN);
}

#[test]
fn what_may_be_done() {
    let granted = dsr(&["table"]).stdout();
    let expected: Vec<&str> = GOLDEN.lines().filter(|row| !row.ends_with(" -")).collect();
    assert_eq!(granted.lines().collect::<Vec<_>>(), expected);
    assert!(
        granted
            .contains("request    in-progress             respond                   responded\n")
    );
}

#[test]
fn a_diagram() {
    let diagram = dsr(&["table", "--mermaid"]).stdout();
    assert!(diagram.starts_with("stateDiagram-v2\n    [*] --> received: receive\n"));
    assert!(include_str!("../../../../crates/consent/README.md").contains(&diagram));
    assert!(dsr(&["table", "--mermaid", "--all"]).complaint(2).contains("cannot be used with"));
}
