//! How to refuse: here, by signals, by the ways of others, by the browser.

use super::super::document::{Block, Inline, Section};
use super::link;
use crate::Day;
use crate::policy::{GpcRule, Item, ItemKind, OptOut, Policy};

use Inline::{Reference, Said, Strong, Text, Words};

/// What browsers call the settings, and where they are.
///
/// Compared with the maker's own words: Chrome's, with its help page 95647; that of Global Privacy
/// Control in Firefox, with Mozilla's announcement of 21 November 2023. The others were not, so the
/// page says that names may differ.
const BROWSERS: [(&str, &str); 5] = [
    (
        "Chrome",
        ": Settings, Privacy and security: \"Third-party cookies\" blocks those of other companies; \
         \"Delete browsing data\" removes what is there.",
    ),
    (
        "Edge",
        ": Settings, Privacy, search, and services: \"Cookies\" blocks third-party cookies and \
         removes what is there; \"Tracking prevention\" refuses more.",
    ),
    (
        "Firefox",
        ": Settings, Privacy & Security: \"Enhanced Tracking Protection\" blocks, \"Cookies and Site \
         Data\" removes, and \"Tell websites not to sell or share my data\" sends Global Privacy \
         Control.",
    ),
    (
        "Safari on a Mac",
        ": Settings, Privacy: \"Prevent cross-site tracking\" blocks, and \"Manage Website Data\" \
         removes.",
    ),
    (
        "Safari on an iPhone or iPad",
        ": Settings, Apps, Safari: \"Prevent Cross-Site Tracking\" blocks, and \"Clear History and \
         Website Data\" removes.",
    ),
];

pub(in super::super) fn how_to_refuse(policy: &Policy, today: Day) -> Section {
    let mut section = Section::new("cookies-refusing", vec![Text("How to refuse")]);
    if let Some(address) = &policy.consent().settings_url {
        section.paragraph(vec![
            link(Text("Refuse or change your choice on this site"), address),
            Text(": it counts from the next page on."),
        ]);
    }
    section.section(signals(policy));
    if !policy.opt_outs().is_empty() {
        section.section(opt_outs(policy, today));
    }
    section.section(browser(policy));
    section
}

fn signals(policy: &Policy) -> Section {
    let mut section = Section::new("cookies-signals", vec![Text("By a signal of your browser")]);
    //= W3C GPC, semantics: the signal refuses sale, sharing and targeted advertising, and consents to nothing
    section.text(match policy.signals().gpc {
        GpcRule::Wins => {
            "Global Privacy Control is honoured: while your browser sends it, nothing is sold, \
             shared or used for targeted advertising, whatever you chose here."
        }
        GpcRule::ExplicitChoiceWins => {
            "Global Privacy Control is honoured: while your browser sends it, nothing is sold, \
             shared or used for targeted advertising, unless you chose otherwise on this site while \
             it was sent."
        }
    });
    if policy.signals().dnt {
        section.text("Do Not Track counts as an objection.");
    }
    section
}

fn opt_outs(policy: &Policy, today: Day) -> Section {
    let mut section = Section::new("cookies-opt-outs", vec![Text("By the ways of others")]);
    section.text(
        "Such an opt-out mostly is a cookie itself: it holds for one browser on one device, and \
         until you delete your cookies.",
    );
    for opt_out in policy.opt_outs() {
        let mut part = Section::new(id_of(policy, opt_out), vec![Said(opt_out.name.clone())]);
        if opt_out.is_relied_on(today) {
            let address = link(Said(opt_out.url.clone()), &opt_out.url);
            let mut line = vec![address];
            if let Some(how) = &opt_out.how {
                line.extend([Text(" "), Said(how.clone())]);
            }
            part.paragraph(line);
        } else {
            // A way that may have gone is named, so that nobody looks for it, and is no link.
            part.paragraph(vec![
                Strong("May no longer work."),
                Text(" It is at "),
                Said(opt_out.url.clone()),
                Text("; until we have checked it again, refuse on this site or by a signal."),
            ]);
        }
        let of_vendors = policy.vendors().iter().filter(|one| one.opt_outs.contains(&opt_out.id));
        let names = of_vendors.map(|vendor| vec![Said(vendor.name.clone())]);
        let names = super::super::document::joined(names);
        let mut facts = Vec::new();
        if !names.is_empty() {
            facts.push(("Concerns", names));
        }
        if let Some(day) = opt_out.checked {
            facts.push(("Last checked", vec![Words(day.to_string())]));
        }
        if !facts.is_empty() {
            part.blocks.push(Block::Facts(facts));
        }
        section.section(part);
    }
    section
}

fn browser(policy: &Policy) -> Section {
    let mut section =
        Section::new("cookies-browsers", vec![Text("By the settings of your browser")]);
    section.text(
        "A browser can refuse cookies and remove those it has. If you refuse all of them, signing \
         in and remembering your choice about cookies do not work. Versions differ in what they \
         call the settings; most have them under privacy.",
    );
    section.list(BROWSERS.iter().map(|(name, how)| vec![Strong(name), Text(how)]).collect());
    let has = |kind: ItemKind| policy.items().iter().any(|item: &Item| item.kind == kind);
    if has(ItemKind::EmailPixel) {
        section.text(
            "Web beacons in e-mails: have your e-mail program not load pictures from the internet, \
             or show messages as plain text.",
        );
    }
    if has(ItemKind::Beacon) {
        section.text("Web beacons on pages: most of them do nothing once cookies are refused.");
    }
    if has(ItemKind::FlashLso) {
        section.text(
            "Flash cookies: Flash ended on 31 December 2020, and no current browser has it. Remove \
             what it left by deleting the folder \"#SharedObjects\" of an old Flash Player.",
        );
    }
    section
}

/// The name of a way to opt out, leading to its section.
pub(super) fn reference(policy: &Policy, opt_out: &OptOut) -> Inline {
    Reference(Box::new(Said(opt_out.name.clone())), id_of(policy, opt_out))
}

fn id_of(policy: &Policy, opt_out: &OptOut) -> String {
    let place = policy.opt_outs().iter().position(|one| one.id == opt_out.id);
    format!("cookies-opt-out-{}", place.unwrap_or_default().saturating_add(1))
}
