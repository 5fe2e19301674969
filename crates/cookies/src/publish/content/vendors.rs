//! The companies that take part.

use super::super::document::{Block, Inline, Section, joined};
use super::refusal::reference;
use super::{link, name_of};
use crate::policy::{DataKind, Item, Policy, Vendor, VendorRole};

use Inline::{Code, Said, Strong, Text, Words};

/// Every company, with the statements that it asks for.
pub(super) fn companies(policy: &Policy) -> Section {
    let mut section = Section::new("cookies-companies", vec![Text("Companies that take part")]);
    for (index, vendor) in policy.vendors().iter().enumerate() {
        section.section(company(policy, vendor, index.saturating_add(1)));
    }
    section
}

fn company(policy: &Policy, vendor: &Vendor, number: usize) -> Section {
    let id = format!("cookies-company-{number}");
    let mut section = Section::new(id, vec![Said(vendor.name.clone())]);
    for statement in vendor.profile.map_or(&[][..], |profile| profile.statements()) {
        section.paragraph(vec![Strong(titled(statement.about)), Text(" "), Text(statement.text)]);
    }
    let mut facts = vec![(
        "Acts for",
        vec![match vendor.role {
            VendorRole::Processor => Text("this site, on its instructions"),
            VendorRole::Controller => Text("purposes of its own as well"),
        }],
    )];
    if let Some(address) = &vendor.privacy {
        facts.push(("Its own privacy notice", vec![link(Said(address.clone()), address)]));
    }
    if let Some(number) = vendor.gvl {
        facts.push(("Number in the IAB's Global Vendor List", vec![Words(number.to_string())]));
    }
    if !vendor.domains.is_empty() {
        let domains = vendor.domains.iter().map(|domain| vec![Code(domain.to_string())]);
        facts.push(("Domains", joined(domains)));
    }
    let is_its = |item: &&Item| item.is_live() && item.vendor.as_deref() == Some(&vendor.id);
    let its = || policy.items().iter().filter(is_its);
    if its().next().is_some() {
        facts.push(("Uses", joined(its().map(|item| vec![name_of(item)]))));
    }
    let receives = |item: &&Item| is_its(item) || item.recipients.contains(&vendor.id);
    let live = policy.items().iter().filter(|item| item.is_live());
    let mut data: Vec<DataKind> =
        live.filter(receives).flat_map(|item| item.data.iter().copied()).collect();
    data.extend(vendor.profile.map_or(&[][..], |profile| profile.data()));
    data.sort_unstable();
    data.dedup();
    if !data.is_empty() {
        facts.push(("Receives", joined(data.iter().map(|kind| vec![Text(kind.name())]))));
    }
    let opt_outs = vendor.opt_outs.iter().filter_map(|id| policy.opt_out(id));
    let opt_outs: Vec<_> = opt_outs.map(|one| vec![reference(policy, one)]).collect();
    let here = || vec![Text("refuse it here, or by your browser's settings")];
    facts.push(("To opt out", if opt_outs.is_empty() { here() } else { joined(opt_outs) }));
    section.blocks.push(Block::Facts(facts));
    section
}

/// What a statement is about, as the beginning of a paragraph.
fn titled(about: &'static str) -> &'static str {
    match about {
        "types of data" => "Types of data.",
        "use of data" => "Use of data.",
        "opting out" => "Opting out.",
        other => other,
    }
}
