//! The answer to a request, and what it must not leave out.

use serde::{Deserialize, Serialize};

use super::{Ask, Channel, Element, Ground, Name, Text};
use crate::Date;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "what the caller writes down")]
pub struct Response {
    /// What was done.
    pub outcome: Outcome,
    /// The letter that says so.
    pub letter: Sent,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// All that was asked for.
    Fulfilled(Done),
    /// Some of it.
    Partial {
        /// What was done.
        done: Done,
        /// Why not more.
        refused: Vec<Ground>,
    },
    /// None of it.
    Refused(Vec<Ground>),
    /// There is nothing about the person, after the search that was made.
    NothingHeld {
        /// Where it was looked for.
        searched: Text,
    },
}

/// The letter that went out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Sent {
    /// One that [`letter`](crate::letter) rendered, which leaves nothing out.
    Rendered,
    /// One of the controller's own, that states these: each point of Article 15 where access is
    /// given, what was done where something else is, and each of Article 12(4) where not all is.
    Own(Vec<Element>),
}

/// What was done, by kind of request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Done {
    /// Access.
    Access(AccessAnswer),
    /// Portability.
    Portability(PortabilityAnswer),
    /// Rectification.
    Rectification(RectificationAnswer),
    /// Erasure.
    Erasure(ErasureAnswer),
    /// Restriction.
    Restriction(RestrictionAnswer),
    /// Objection, of either sort.
    Objection {
        /// Which uses have stopped.
        stopped: Vec<Text>,
    },
    /// Review of a decision.
    DecisionReview(ReviewAnswer),
    /// Withdrawal of consent.
    ConsentWithdrawal {
        /// For which purposes consent is over.
        purposes: Vec<Text>,
        /// Who had the data by that consent, and is told.
        recipients: Vec<Name>,
    },
}

/// What Article 15 asks for. Each list is stated or it is not; an empty one states that there is
/// none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::exhaustive_structs, reason = "the points of an article")]
pub struct AccessAnswer {
    /// (1)(a): the purposes. There is one at least.
    pub purposes: Option<Vec<Text>>,
    /// (1)(b): the categories of data. There is one at least.
    pub categories: Option<Vec<Text>>,
    /// (1)(c): who got the data or will.
    pub recipients: Option<Vec<Text>>,
    /// (1)(d): how long it is kept, or by what that is decided. There is one at least.
    pub retention: Option<Vec<Text>>,
    /// (1)(g): where it came from; empty if from the person alone.
    pub sources: Option<Vec<Text>>,
    /// (1)(h): the logic and consequences of automated decisions; empty if there are none.
    pub automated_decisions: Option<Vec<Text>>,
    /// (2): the safeguards of transfers abroad; empty if there are none.
    pub transfers: Option<Vec<Text>>,
    /// (3): the copy.
    pub copy: Option<CopyForm>,
}

/// The form of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CopyForm {
    /// A commonly used electronic form.
    Electronic,
    /// On paper.
    Paper,
    /// Not electronic though the request was, because the person wanted it so.
    PaperAsWanted,
}

/// Data for machines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "what the caller writes down")]
pub struct PortabilityAnswer {
    /// The structured, commonly used format.
    pub format: Name,
    /// The controller to whom it was sent directly, where that was asked for and is feasible.
    pub sent_to: Option<Name>,
}

/// A correction or completion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "what the caller writes down")]
pub struct RectificationAnswer {
    /// What was changed or added, without the values.
    pub changed: Vec<Text>,
    /// Who had got the data: each is told.
    pub recipients: Vec<Name>,
}

/// A deletion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "what the caller writes down")]
pub struct ErasureAnswer {
    /// What is gone, without the values.
    pub erased: Vec<Text>,
    /// Whether the account is gone as well. Only a person who chose that loses it.
    pub account_deleted: bool,
    /// What may be left, which the person is told.
    pub residual: ResidualCopies,
    /// Who had got the data: each is told (Article 19).
    pub recipients: Vec<Name>,
    /// Who processes links to it or copies of it where it had been made public: reasonable steps
    /// are taken to tell them (Article 17(2)).
    pub published_to: Vec<Name>,
}

/// Copies that an erasure does not reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "what the caller writes down")]
pub struct ResidualCopies {
    /// Pages in caches that others keep; none if there cannot be any.
    pub caches: Option<Text>,
    /// Archives that others keep.
    pub archives: Option<Text>,
    /// What other people copied or stored.
    pub other_people: Option<Text>,
    /// Until when backups hold it, beyond use; none if there are no backups.
    pub backups_until: Option<Date>,
}

/// A restriction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "what the caller writes down")]
pub struct RestrictionAnswer {
    /// In which case.
    pub case: RestrictionCase,
    /// What is restricted.
    pub restricted: Vec<Text>,
    /// Who had got the data: each is told.
    pub recipients: Vec<Name>,
}

/// The cases of Article 18(1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RestrictionCase {
    /// (a): its accuracy is contested, and being verified.
    AccuracyContested,
    /// (b): the processing is unlawful, and the person does not want erasure.
    UnlawfulNotErased,
    /// (c): the person needs it for legal claims.
    NeededForClaims,
    /// (d): the person has objected, and it is being decided whose grounds override.
    ObjectionPending,
}

/// What came of a review by a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "what the caller writes down")]
pub struct ReviewAnswer {
    /// Who looked at it.
    pub reviewer: Name,
    /// What the person had to say about it.
    pub representations: Option<Text>,
    /// How the decision stands now, and why.
    pub decision: Text,
}

impl ResidualCopies {
    const fn is_any(&self) -> bool {
        let Self { caches, archives, other_people, backups_until } = self;
        caches.is_some() || archives.is_some() || other_people.is_some() || backups_until.is_some()
    }
}

impl Done {
    /// Whether it is an answer to such a request.
    pub(super) const fn answers(&self, ask: Ask) -> bool {
        matches!(
            (self, ask),
            (Self::Access(_), Ask::Access)
                | (Self::Portability(_), Ask::Portability)
                | (Self::Rectification(_), Ask::Rectification)
                | (Self::Erasure(_), Ask::Erasure)
                | (Self::Restriction(_), Ask::Restriction)
                | (Self::Objection { .. }, Ask::Objection | Ask::MarketingObjection)
                | (Self::DecisionReview(_), Ask::DecisionReview)
                | (Self::ConsentWithdrawal { .. }, Ask::ConsentWithdrawal)
        )
    }

    /// Who has to be told.
    pub(super) fn recipients(&self) -> Vec<&Name> {
        match self {
            Self::Rectification(answer) => answer.recipients.iter().collect(),
            Self::Restriction(answer) => answer.recipients.iter().collect(),
            Self::Erasure(answer) => answer.recipients.iter().chain(&answer.published_to).collect(),
            Self::ConsentWithdrawal { recipients, .. } => recipients.iter().collect(),
            _ => Vec::new(),
        }
    }

    /// What a letter about it states.
    //= UK GDPR, Article 12(3): the person is told what was done
    const fn elements(&self) -> &'static [Element] {
        match self {
            Self::Access(_) => &Element::ACCESS,
            Self::Erasure(answer) if answer.residual.is_any() => {
                &[Element::ActionTaken, Element::ResidualCopies]
            }
            _ => &[Element::ActionTaken],
        }
    }

    /// What is said of it in words, one list each.
    fn lists(&self) -> Option<&[Text]> {
        match self {
            Self::Rectification(answer) => Some(&answer.changed),
            Self::Restriction(answer) => Some(&answer.restricted),
            Self::Erasure(answer) => Some(&answer.erased),
            Self::Objection { stopped } => Some(stopped),
            Self::ConsentWithdrawal { purposes, .. } => Some(purposes),
            _ => None,
        }
    }
}

impl Outcome {
    /// What was done, if anything.
    #[must_use]
    pub const fn done(&self) -> Option<&Done> {
        match self {
            Self::Fulfilled(done) | Self::Partial { done, .. } => Some(done),
            Self::Refused(_) | Self::NothingHeld { .. } => None,
        }
    }

    /// Why not more was done.
    #[must_use]
    pub fn refused(&self) -> &[Ground] {
        match self {
            Self::Partial { refused, .. } | Self::Refused(refused) => refused,
            Self::Fulfilled(_) | Self::NothingHeld { .. } => &[],
        }
    }
}

impl Response {
    /// What the law asks for and the answer to a request that came by `channel` leaves out.
    //= UK GDPR, Article 15(1): an answer states purposes, categories, recipients, storage, rights, sources and automated decisions
    //= UK GDPR, Article 12(4): a refusal states its reasons, both complaints and the judicial remedy
    #[must_use]
    pub fn missing(&self, channel: Channel) -> Vec<Element> {
        let mut missing = Vec::new();
        if let Some(Done::Access(answer)) = self.outcome.done() {
            answer.missing(channel, &mut missing);
        }
        if self.outcome.done().and_then(Done::lists).is_some_and(<[Text]>::is_empty) {
            missing.push(Element::ActionTaken);
        }
        // That nothing is held is no action either: the person is told where to turn.
        let is_short = !matches!(self.outcome, Outcome::Fulfilled(_));
        let is_nothing = matches!(self.outcome, Outcome::NothingHeld { .. });
        if is_short && !is_nothing && self.outcome.refused().is_empty() {
            missing.push(Element::Reasons);
        }
        if let Sent::Own(states) = &self.letter {
            let of_refusal = if is_short { Element::REFUSAL.as_slice() } else { &[] };
            let is_offered = self.outcome.refused().iter().any(Ground::offers_statement);
            let of_offer = is_offered.then_some(&Element::SupplementaryStatement);
            let of_done = self.outcome.done().map_or(&[][..], Done::elements);
            let wanted = of_done.iter().chain(of_refusal).chain(of_offer);
            missing.extend(wanted.filter(|element| !states.contains(element)));
        }
        missing.sort_unstable();
        missing.dedup();
        missing
    }
}

impl AccessAnswer {
    fn missing(&self, channel: Channel, missing: &mut Vec<Element>) {
        let has_one = |list: &Option<Vec<Text>>| list.as_ref().is_some_and(|list| !list.is_empty());
        let copy = match self.copy {
            Some(CopyForm::Electronic | CopyForm::PaperAsWanted) => true,
            Some(CopyForm::Paper) => !channel.is_electronic(),
            None => false,
        };
        let stated = [
            (has_one(&self.purposes), Element::Purposes),
            (has_one(&self.categories), Element::Categories),
            (self.recipients.is_some(), Element::Recipients),
            (has_one(&self.retention), Element::Retention),
            (self.sources.is_some(), Element::Sources),
            (self.automated_decisions.is_some(), Element::AutomatedDecisions),
            (self.transfers.is_some(), Element::TransferSafeguards),
            (copy, Element::Copy),
        ];
        missing.extend(stated.iter().filter(|(is_there, _)| !is_there).map(|(_, element)| element));
    }
}
