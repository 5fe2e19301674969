//! The site, how it asks, and which signals it heeds.

use super::name::DomainPattern;
use super::word::Word;
use super::{Jurisdiction, Place};
use crate::Day;
use crate::lint::Code;

/// The site.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Site {
    /// Its name for people.
    pub name: String,
    /// Its hosts, at least one.
    pub hosts: Vec<DomainPattern>,
    /// Whose laws apply to its visitors, at least one.
    pub jurisdictions: Vec<Jurisdiction>,
    /// When the policy last changed.
    pub updated: Day,
    /// Who is responsible.
    pub controller: Option<String>,
    /// How to reach them.
    pub contact: Option<String>,
    /// Where the policy is published, a URL or a path.
    pub policy_url: Option<String>,
    /// The laws that the policy names (CL24).
    pub statutes: Vec<String>,
    /// Where it stands in the file.
    pub place: Place,
}

/// How long a choice lasts, and where it is kept and changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConsentSettings {
    /// The cookie that keeps it, `__Host-consent` unless the file says otherwise.
    pub cookie: String,
    /// For how many seconds a consent is relied on; 182 days unless the file says otherwise.
    pub valid_for: u64,
    /// For how many seconds nobody who refused is asked again; as `valid_for` otherwise.
    pub ask_again_after: u64,
    /// Where a person changes the choice, a URL or a path.
    pub settings_url: Option<String>,
    /// Where it stands in the file.
    pub place: Place,
}

/// Which signals of browsers and advertisers are heeded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignalSettings {
    /// What Global Privacy Control does.
    pub gpc: GpcRule,
    /// Whether `DNT: 1` counts as an objection.
    pub dnt: bool,
    /// Whether a TC string can be the consent to what a vendor with a number does.
    pub tcf: bool,
    /// Whether the site says at `/.well-known/gpc.json` that it heeds GPC (CL17).
    pub gpc_file: bool,
    /// Where it stands in the file.
    pub place: Place,
}

/// What Global Privacy Control does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum GpcRule {
    /// `wins`: nothing is sold, shared or used for advertising while it is sent.
    Wins,
    /// `explicit-choice-wins`: the same, unless the person chose otherwise while it was sent.
    ExplicitChoiceWins,
}

/// How the choice is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Banner {
    /// Where one can refuse.
    pub reject: RejectPlace,
    /// Whether refusing has the same weight as accepting.
    pub equal_weight: bool,
    /// The purposes that are ticked before anybody chose, by their names in the file.
    pub preselected: Vec<String>,
    /// Whether the site cannot be used without accepting.
    pub wall: bool,
    /// Whether closing the banner counts as accepting.
    pub close_accepts: bool,
    /// How a choice is taken back.
    pub withdrawal: Withdrawal,
    /// Where it stands in the file.
    pub place: Place,
}

/// Where one can refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RejectPlace {
    /// `first-layer`: beside accepting.
    FirstLayer,
    /// `later-layer`: after another click.
    LaterLayer,
    /// `nowhere`.
    Nowhere,
}

/// How a choice is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Withdrawal {
    /// `every-page`: a link on every page leads there.
    EveryPage,
    /// `policy-page`: from the policy alone.
    PolicyPage,
    /// `on-request`: by writing to somebody.
    OnRequest,
    /// `nowhere`.
    Nowhere,
}

/// A finding that is known and put up with until a day.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Suppression {
    /// The rule.
    pub code: Code,
    /// The name of the item, vendor or opt-out; `None` is all.
    pub subject: Option<String>,
    /// Why.
    pub reason: String,
    /// The last day of it.
    pub until: Day,
    /// Where it stands in the file.
    pub place: Place,
}

impl Word for GpcRule {
    const WHAT: &'static str = "rule for GPC";
    const ALL: &'static [Self] = &[Self::Wins, Self::ExplicitChoiceWins];

    fn word(self) -> &'static str {
        match self {
            Self::Wins => "wins",
            Self::ExplicitChoiceWins => "explicit-choice-wins",
        }
    }
}

impl Word for RejectPlace {
    const WHAT: &'static str = "place to refuse";
    const ALL: &'static [Self] = &[Self::FirstLayer, Self::LaterLayer, Self::Nowhere];

    fn word(self) -> &'static str {
        match self {
            Self::FirstLayer => "first-layer",
            Self::LaterLayer => "later-layer",
            Self::Nowhere => "nowhere",
        }
    }
}

impl Word for Withdrawal {
    const WHAT: &'static str = "way to withdraw";
    const ALL: &'static [Self] =
        &[Self::EveryPage, Self::PolicyPage, Self::OnRequest, Self::Nowhere];

    fn word(self) -> &'static str {
        match self {
            Self::EveryPage => "every-page",
            Self::PolicyPage => "policy-page",
            Self::OnRequest => "on-request",
            Self::Nowhere => "nowhere",
        }
    }
}
