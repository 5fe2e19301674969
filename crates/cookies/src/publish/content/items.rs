//! The items: by purpose, each in detail, and those no longer used.

use super::super::document::{Block, Inline, Section, Table, joined};
use super::{
    id_of, lifetime_of, link, name_of, party_of, period, purpose_description, purpose_name,
};
use crate::policy::{Item, Lifetime, Policy, Status};

use Inline::{Code, Said, Text, Words};

/// What is used, purpose by purpose.
pub(super) fn by_purpose(policy: &Policy) -> Section {
    let mut section = Section::new("cookies-purposes", vec![Text("What is used, and what for")]);
    for (index, purpose) in policy.purposes_in_order().into_iter().enumerate() {
        let is_of_it = |item: &&Item| item.is_live() && item.purposes.contains(&purpose.id);
        let rows: Vec<_> = policy.items().iter().filter(is_of_it).collect();
        if rows.is_empty() {
            continue;
        }
        let id = format!("cookies-purpose-{}", index.saturating_add(1));
        let mut part = Section::new(id, vec![purpose_name(purpose)]);
        part.paragraph(vec![purpose_description(purpose)]);
        let row = |item: &&Item| {
            vec![
                vec![name_of(item)],
                vec![Text(item.kind.name())],
                vec![party_of(policy, item)],
                lifetime_of(item),
            ]
        };
        part.blocks.push(Block::Table(Table {
            caption: vec![Text("Used for: "), purpose_name(purpose)],
            columns: vec!["Name", "What it is", "Whose", "Kept for"],
            rows: rows.iter().map(row).collect(),
        }));
        section.section(part);
    }
    if section.blocks.is_empty() {
        section.text("Nothing is used.");
    }
    section
}

/// Each item by itself.
pub(super) fn in_detail(policy: &Policy) -> Section {
    let mut section = Section::new("cookies-items", vec![Text("Each in detail")]);
    for item in policy.items().iter().filter(|item| item.is_live()) {
        let mut part = Section::new(id_of(policy, item), vec![name_of(item)]);
        if let Some(description) = &item.description {
            part.paragraph(vec![Said(description.clone())]);
        }
        part.blocks.push(Block::Facts(facts(policy, item)));
        section.section(part);
    }
    section
}

fn facts(policy: &Policy, item: &Item) -> Vec<(&'static str, Vec<Inline>)> {
    let mut facts = vec![
        ("What it is", vec![Text(item.kind.name())]),
        ("Whose", vec![party_of(policy, item)]),
        ("Used for", joined(policy.purposes_of(item).map(|purpose| vec![purpose_name(purpose)]))),
        ("Kept for", lifetime_of(item)),
    ];
    if !item.domains.is_empty() {
        let domains = item.domains.iter().map(|domain| vec![Code(domain.to_string())]);
        facts.push(("Domains", joined(domains)));
    }
    if !item.paths.is_empty() {
        facts.push(("Paths", joined(item.paths.iter().map(|path| vec![Code(path.clone())]))));
    }
    if item.partitioned {
        facts.push(("Partitioned", vec![Text("yes: other sites cannot see it")]));
    }
    if !item.data.is_empty() {
        facts.push((
            "What it collects",
            joined(item.data.iter().map(|kind| vec![Text(kind.name())])),
        ));
    }
    if item.aggregate_only {
        facts.push((
            "What comes of it",
            vec![Text("numbers about all visitors, nothing about one")],
        ));
    }
    if !item.recipients.is_empty() {
        let recipients = item.recipients.iter().map(|recipient| {
            let vendor = policy.vendor(recipient);
            vec![Said(vendor.map_or(recipient, |vendor| &vendor.name).clone())]
        });
        facts.push(("Who else receives that", joined(recipients)));
    }
    if let Some(retention) = item.retention {
        let kept = match retention {
            Lifetime::Seconds(seconds) => period(seconds),
            Lifetime::Session => Text("until you close the browser"),
            Lifetime::UntilDeleted => Text("until it is deleted"),
        };
        facts.push(("What it collected is kept for", vec![kept]));
    }
    if item.sold_or_shared {
        facts.push(("Sold or shared for advertising", vec![Text("yes, unless you opt out")]));
    }
    if let Some(address) = &item.objection {
        facts.push(("To object", vec![link(Text("Object, free of charge"), address)]));
    }
    if let Some(opt_out) = item.opt_out.as_deref().and_then(|id| policy.opt_out(id)) {
        facts.push(("To opt out", vec![super::refusal::reference(policy, opt_out)]));
    }
    if let Some(day) = item.evidence {
        facts.push(("Last verified", vec![Words(day.to_string())]));
    }
    facts
}

/// What was used once; `None` if nothing was.
pub(super) fn retired(policy: &Policy) -> Option<Section> {
    let mut section = Section::new("cookies-retired", vec![Text("No longer used")]);
    section.text("Your device may still have these from an earlier visit. They are not read.");
    let row = |item: &Item| {
        let since = match item.status {
            Status::Retired { since: Some(day) } => Words(day.to_string()),
            _ => Text("not stated"),
        };
        let description = if let Some(description) = &item.description {
            vec![Said(description.clone())]
        } else {
            let purposes = policy.purposes_of(item);
            joined(purposes.map(|purpose| vec![purpose_name(purpose)]))
        };
        vec![vec![name_of(item)], vec![Text(item.kind.name())], description, vec![since]]
    };
    let retired = policy.items().iter().filter(|item| !item.is_live());
    let rows: Vec<_> = retired.map(row).collect();
    let is_any = !rows.is_empty();
    section.blocks.push(Block::Table(Table {
        caption: vec![Text("Used in the past")],
        columns: vec!["Name", "What it was", "What it did", "Until"],
        rows,
    }));
    is_any.then_some(section)
}
