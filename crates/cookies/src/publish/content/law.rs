//! On which ground, law by law.

use super::super::document::{Block, Inline, Section, Table, joined};
use super::name_of;
use crate::policy::{Basis, Exemption, Item, Jurisdiction, Policy, Regime};

use Inline::Text;

/// The grounds, in the order in which a page has them.
const GROUNDS: [Basis; 7] = [
    Basis::Exempt(Exemption::Transmission),
    Basis::Exempt(Exemption::StrictlyNecessary),
    Basis::Exempt(Exemption::Statistics),
    Basis::Exempt(Exemption::Appearance),
    Basis::Exempt(Exemption::Emergency),
    Basis::Consent,
    Basis::OptOut,
];

/// What is used without asking, after asking, and until somebody objects, in each jurisdiction.
///
/// The ground is the one that counts there, which is consent wherever the law does not have, or the
/// purposes do not bear out, the exception that was claimed.
pub(super) fn by_jurisdiction(policy: &Policy) -> Section {
    let mut section = Section::new("cookies-law", vec![Text("On which legal ground")]);
    section.text(
        "It depends on where you are. Where we do not know, what needs consent anywhere needs \
         yours.",
    );
    for jurisdiction in &policy.site().jurisdictions {
        section.section(of_one(policy, *jurisdiction));
    }
    section
}

fn of_one(policy: &Policy, jurisdiction: Jurisdiction) -> Section {
    let id = format!("cookies-law-{}", jurisdiction.as_str());
    let mut section = Section::new(id, vec![Text(jurisdiction.name())]);
    section.text(law(jurisdiction.regime()));
    let mut rows = Vec::new();
    for ground in GROUNDS {
        let counts = |item: &&Item| item.is_live() && item.ground_in(Some(jurisdiction)) == ground;
        let names = policy.items().iter().filter(counts);
        let names: Vec<_> = names.map(|item| vec![name_of(item)]).collect();
        if !names.is_empty() {
            rows.push(vec![vec![Text(name(ground))], joined(names)]);
        }
    }
    section.blocks.push(Block::Table(Table {
        caption: vec![Text("Legal grounds: "), Text(jurisdiction.name())],
        columns: vec!["Ground", "For"],
        rows,
    }));
    section
}

/// What the law is called, and asks.
const fn law(regime: Regime) -> &'static str {
    match regime {
        //= PECR, regulation 6: consent, or one of the exceptions of Schedule A1
        Regime::Pecr => {
            "Privacy and Electronic Communications (EC Directive) Regulations 2003, regulation 6 \
             and Schedule A1: your consent, but for the exceptions named below."
        }
        Regime::EPrivacy => {
            "Directive 2002/58/EC, Article 5(3), as the law of each state has it: your consent, \
             except for what transmits a communication or is strictly necessary."
        }
        Regime::EPrivacyFrance => {
            "Article 82 of the law of 6 January 1978: your consent, except for what transmits a \
             communication or is strictly necessary, to which the CNIL counts some measurement of \
             audiences."
        }
        Regime::OptOut => {
            "You can opt out of the sale and sharing of what is collected, and of targeted \
             advertising, at any time."
        }
    }
}

/// What a ground is called on the page.
pub(super) const fn name(ground: Basis) -> &'static str {
    match ground {
        Basis::Consent | Basis::LegitimateInterest => "Your consent",
        Basis::OptOut => "Used until you opt out",
        Basis::Exempt(Exemption::Transmission) => "No consent needed: transmits a communication",
        Basis::Exempt(Exemption::StrictlyNecessary) => {
            "No consent needed: strictly necessary for what you ask for"
        }
        Basis::Exempt(Exemption::Statistics) => {
            "No consent needed: statistics to improve the service; you can object"
        }
        Basis::Exempt(Exemption::Appearance) => {
            "No consent needed: how the service looks and works; you can object"
        }
        Basis::Exempt(Exemption::Emergency) => "No consent needed: emergency assistance",
    }
}
