//! What the page says.

mod items;
mod law;
mod refusal;
mod vendors;

use super::document::{Inline, Section, joined};

use crate::Day;
use crate::policy::lifetime::in_words;
use crate::policy::{Item, Lifetime, Policy, Purpose};
pub(super) use refusal::how_to_refuse;

use Inline::{Code, Filled, Link, Said, Text};

/// The whole page.
pub(super) fn page(policy: &Policy, today: Day) -> Section {
    let mut page = Section::new("cookies", vec![Text("Cookies and similar technologies")]);
    introduce(&mut page, policy);
    page.section(items::by_purpose(policy));
    page.section(items::in_detail(policy));
    page.section(law::by_jurisdiction(policy));
    if !policy.vendors().is_empty() {
        page.section(vendors::companies(policy));
    }
    page.section(how_to_refuse(policy, today));
    if let Some(retired) = items::retired(policy) {
        page.section(retired);
    }
    page.section(contact(policy));
    page
}

fn introduce(page: &mut Section, policy: &Policy) {
    let site = policy.site();
    page.paragraph(vec![
        Text("This is everything that "),
        Said(site.name.clone()),
        Text(
            " stores on your device, reads from it or has it send: cookies, other storage of your \
             browser, web beacons and scripts. It covers ",
        ),
    ]);
    if let Some(super::document::Block::Paragraph(line)) = page.blocks.last_mut() {
        let hosts = site.hosts.iter().map(|host| vec![Code(host.to_string())]);
        line.extend(joined(hosts));
        line.push(Filled(", and was last changed on {}.", site.updated.to_string()));
    }
    if let Some(address) = &policy.consent().settings_url {
        page.paragraph(vec![
            Text("Nothing that needs your consent is used before you give it. "),
            link(Text("Change your choice"), address),
            Text(" at any time."),
        ]);
    } else {
        page.text("Nothing that needs your consent is used before you give it.");
    }
}

fn contact(policy: &Policy) -> Section {
    let mut section = Section::new("cookies-contact", vec![Text("Who is responsible")]);
    let site = policy.site();
    section.paragraph(match &site.controller {
        Some(controller) => vec![Said(controller.clone()), Text(" is responsible for this site.")],
        None => vec![Said(site.name.clone()), Text(" is responsible for this site.")],
    });
    if let Some(contact) = &site.contact {
        section.paragraph(vec![Text("Questions and objections: "), Said(contact.clone())]);
    }
    if !site.statutes.is_empty() {
        let statutes = site.statutes.iter().map(|statute| vec![Said(statute.clone())]);
        let mut line = vec![Text("Laws that apply: ")];
        line.extend(joined(statutes));
        section.paragraph(line);
    }
    section
}

fn link(text: Inline, address: &str) -> Inline {
    Link(Box::new(text), address.to_owned())
}

/// A word of the declaration, or of this crate where the declaration uses the standard one.
fn purpose_name(purpose: &Purpose) -> Inline {
    let (name, _) = purpose.kind.texts();
    if purpose.name == name { Text(name) } else { Said(purpose.name.clone()) }
}

fn purpose_description(purpose: &Purpose) -> Inline {
    let (_, description) = purpose.kind.texts();
    let is_standard = purpose.description == description;
    if is_standard { Text(description) } else { Said(purpose.description.clone()) }
}

/// The id of an item's section.
fn id_of(policy: &Policy, item: &Item) -> String {
    let place = policy.items().iter().position(|one| core::ptr::eq(one, item));
    format!("cookies-item-{}", place.unwrap_or_default().saturating_add(1))
}

/// An item's name. In lists and tables it is no link, since one below the other they would be too
/// small to hit, whatever the style of the page around them.
fn name_of(item: &Item) -> Inline {
    //= WCAG 2.2, 2.5.8: what can be pressed is large enough, or far enough from the next
    Code(item.name.as_str().to_owned())
}

/// Who sets it.
fn party_of(policy: &Policy, item: &Item) -> Inline {
    match policy.vendor_of(item) {
        Some(vendor) => Said(vendor.name.clone()),
        None => Text("this site"),
    }
}

/// How long it stays.
fn lifetime_of(item: &Item) -> Vec<Inline> {
    let mut line = vec![match item.lifetime {
        Some(Lifetime::Session) => Text("until you close the browser"),
        Some(Lifetime::UntilDeleted) => Text("until it is deleted"),
        Some(Lifetime::Seconds(seconds)) => period(seconds),
        None if item.kind.is_stored() => Text("not stated"),
        None => Text("nothing is stored"),
    }];
    if item.refreshes && matches!(item.lifetime, Some(Lifetime::Seconds(_))) {
        line.push(Text(" from your last visit"));
    }
    line
}

fn period(seconds: u64) -> Inline {
    let (words, count) = in_words(seconds);
    Filled(words, count.to_string())
}
