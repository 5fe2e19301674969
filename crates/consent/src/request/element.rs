//! What an answer must contain.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::Provision;
use crate::provision::Instrument;

/// Something that the law asks an answer to contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Element {
    /// What was done: Article 12(3).
    ActionTaken,
    /// Why it was not: Article 12(4).
    Reasons,
    /// Article 15(1)(a).
    Purposes,
    /// Article 15(1)(b).
    Categories,
    /// Article 15(1)(c).
    Recipients,
    /// Article 15(1)(d).
    Retention,
    /// Article 15(1)(e): rectification, erasure, restriction, objection.
    OtherRights,
    /// Articles 15(1)(ea) and 12(4): the complaint to the controller, section 164A.
    ComplaintToController,
    /// Articles 15(1)(f) and 12(4): the complaint to the Commissioner, section 165.
    ComplaintToCommissioner,
    /// Article 15(1)(g).
    Sources,
    /// Article 15(1)(h).
    AutomatedDecisions,
    /// Article 15(2).
    TransferSafeguards,
    /// Article 15(3), in electronic form if the request was.
    Copy,
    /// Article 12(4).
    JudicialRemedy,
    /// What an erasure does not reach, which is part of what was done: Article 12(3).
    ResidualCopies,
    /// That somebody whose change was refused may add their own words: Article 16.
    SupplementaryStatement,
}

impl Element {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::ActionTaken,
        Self::Reasons,
        Self::Purposes,
        Self::Categories,
        Self::Recipients,
        Self::Retention,
        Self::OtherRights,
        Self::ComplaintToController,
        Self::ComplaintToCommissioner,
        Self::Sources,
        Self::AutomatedDecisions,
        Self::TransferSafeguards,
        Self::Copy,
        Self::JudicialRemedy,
        Self::ResidualCopies,
        Self::SupplementaryStatement,
    ];

    /// What the letter that gives access says: each point of Article 15.
    pub(super) const ACCESS: [Self; 11] = [
        Self::Purposes,
        Self::Categories,
        Self::Recipients,
        Self::Retention,
        Self::OtherRights,
        Self::ComplaintToController,
        Self::ComplaintToCommissioner,
        Self::Sources,
        Self::AutomatedDecisions,
        Self::TransferSafeguards,
        Self::Copy,
    ];

    /// What the letter says that refuses.
    pub(super) const REFUSAL: [Self; 4] = [
        Self::Reasons,
        Self::ComplaintToController,
        Self::ComplaintToCommissioner,
        Self::JudicialRemedy,
    ];

    /// Where the law asks for it.
    #[must_use]
    pub const fn provision(self) -> Provision {
        let clause = match self {
            Self::ActionTaken | Self::ResidualCopies => "12(3)",
            Self::Reasons | Self::JudicialRemedy => "12(4)",
            Self::Purposes => "15(1)(a)",
            Self::Categories => "15(1)(b)",
            Self::Recipients => "15(1)(c)",
            Self::Retention => "15(1)(d)",
            Self::OtherRights => "15(1)(e)",
            Self::ComplaintToController => "15(1)(ea)",
            Self::ComplaintToCommissioner => "15(1)(f)",
            Self::Sources => "15(1)(g)",
            Self::AutomatedDecisions => "15(1)(h)",
            Self::TransferSafeguards => "15(2)",
            Self::Copy => "15(3)",
            Self::SupplementaryStatement => "16",
        };
        Provision::new(Instrument::UkGdpr, clause)
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::ActionTaken => "what was done",
            Self::Reasons => "the reasons",
            Self::Purposes => "the purposes",
            Self::Categories => "the categories of data",
            Self::Recipients => "the recipients",
            Self::Retention => "how long the data is kept",
            Self::OtherRights => "the rights to rectification, erasure, restriction and objection",
            Self::ComplaintToController => "the complaint to the controller",
            Self::ComplaintToCommissioner => "the complaint to the Commissioner",
            Self::Sources => "the sources",
            Self::AutomatedDecisions => "automated decisions",
            Self::TransferSafeguards => "the safeguards of transfers",
            Self::Copy => "a copy, electronic if the request was",
            Self::JudicialRemedy => "the judicial remedy",
            Self::ResidualCopies => "the copies that may be left",
            Self::SupplementaryStatement => "the offer to keep a statement with the record",
        };
        write!(f, "{name} ({})", self.provision())
    }
}
