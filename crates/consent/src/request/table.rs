//! The table of every act in every stage, and the diagram of those that lead somewhere.

use std::collections::BTreeMap;

use super::{Act, ComplaintAct, ComplaintStage, Next, Stage, complaint_transition, transition};

/// Writes what comes of every act in every stage, of requests and then of complaints: one line
/// each, of the stage, the act, and where it leads. `-` is a rejection.
#[must_use]
pub fn table() -> String {
    let mut table = Vec::new();
    let stages = std::iter::once(None).chain(Stage::ALL.map(Some));
    for stage in stages {
        for act in Act::ALL {
            let from = stage.map_or("-", Stage::name);
            let next = transition(stage, act).map_or_else(|| "-".into(), |next| next.to_string());
            table.push(row(["request", from, act.name(), &next]));
        }
    }
    let stages = std::iter::once(None).chain(ComplaintStage::ALL.map(Some));
    for stage in stages {
        for act in ComplaintAct::ALL {
            let from = stage.map_or("-", ComplaintStage::name);
            let next = complaint_transition(stage, act).map_or("-", ComplaintStage::name);
            table.push(row(["complaint", from, act.name(), next]));
        }
    }
    table.concat()
}

fn row([what, stage, act, next]: [&str; 4]) -> String {
    format!("{what:<10} {stage:<23} {act:<25} {next}\n")
}

/// Writes the stages of a request and the acts between them as a Mermaid state diagram. Acts that
/// lead nowhere are left out; withdrawing, which every open stage allows, is a note.
#[must_use]
pub fn diagram() -> String {
    let mut arrows: BTreeMap<(Option<Stage>, Option<Stage>), Vec<&str>> = BTreeMap::new();
    for stage in std::iter::once(None).chain(Stage::ALL.map(Some)) {
        for act in Act::ALL.into_iter().filter(|act| *act != Act::Withdraw) {
            let ends: Vec<Stage> = match transition(stage, act) {
                Some(Next::To(next)) => vec![next],
                Some(Next::Back) => origins(stage),
                Some(Next::Stay) | None => Vec::new(),
            };
            for end in ends {
                arrows.entry((stage, Some(end))).or_default().push(act.name());
            }
        }
    }
    let mut diagram = vec!["stateDiagram-v2\n".to_owned()];
    for ((from, to), acts) in arrows {
        let name = |stage: Option<Stage>| match stage {
            Some(stage) => stage.name().replace('-', "_"),
            None => "[*]".to_owned(),
        };
        diagram.push(format!("    {} --> {}: {}\n", name(from), name(to), acts.join(", ")));
    }
    diagram.push("    note left of withdrawn: withdraw, from every open stage\n".into());
    diagram.push("    closed --> [*]\n".into());
    diagram.concat()
}

/// The stages from which `stage` is entered.
fn origins(stage: Option<Stage>) -> Vec<Stage> {
    let leads_there = |from: &Stage| {
        let is_to = |next| stage.is_some_and(|stage| next == Next::To(stage));
        Act::ALL.into_iter().filter_map(|act| transition(Some(*from), act)).any(is_to)
    };
    Stage::ALL.into_iter().filter(leads_there).collect()
}
