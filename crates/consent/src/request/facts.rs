//! What is written down about a request as it goes on.

use serde::{Deserialize, Serialize};

use super::{Name, Text};
use crate::RequestKind;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ask {
    /// A copy of the data: Article 15.
    Access,
    /// The data for machines: Article 20.
    Portability,
    /// Correction or completion: Article 16.
    Rectification,
    /// Deletion: Article 17.
    Erasure,
    /// That the data be kept and not used: Article 18.
    Restriction,
    /// That a use stop, for reasons of the person's own situation: Article 21(1).
    Objection,
    /// That direct marketing stop, which needs no reason and has no exception: Article 21(2).
    MarketingObjection,
    /// That a person look at an automated decision again: Article 22C.
    DecisionReview,
    /// That consent be over: Article 7(3).
    ConsentWithdrawal,
}

impl Ask {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Access,
        Self::Portability,
        Self::Rectification,
        Self::Erasure,
        Self::Restriction,
        Self::Objection,
        Self::MarketingObjection,
        Self::DecisionReview,
        Self::ConsentWithdrawal,
    ];

    /// The right that it exercises.
    #[must_use]
    pub const fn kind(self) -> RequestKind {
        match self {
            Self::Access => RequestKind::Access,
            Self::Portability => RequestKind::Portability,
            Self::Rectification => RequestKind::Rectification,
            Self::Erasure => RequestKind::Erasure,
            Self::Restriction => RequestKind::Restriction,
            Self::Objection | Self::MarketingObjection => RequestKind::Objection,
            Self::DecisionReview => RequestKind::DecisionReview,
            Self::ConsentWithdrawal => RequestKind::ConsentWithdrawal,
        }
    }

    /// Whether it ends something at a word: it has no exception, needs no proof of who asks, costs
    /// nothing and does not wait.
    //= UK GDPR, Article 21(3): nothing overrides an objection to direct marketing
    //= UK GDPR, Article 7(3): consent is withdrawn as easily as it was given
    #[must_use]
    pub const fn is_absolute(self) -> bool {
        matches!(self, Self::MarketingObjection | Self::ConsentWithdrawal)
    }

    /// Whether the data has to be looked for before the request can be granted.
    #[must_use]
    pub const fn needs_search(self) -> bool {
        matches!(self, Self::Access | Self::Portability)
    }
}

/// How a request came. Each way starts the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Channel {
    /// The person changed it on their own page.
    SelfService,
    /// An e-mail.
    Email,
    /// A form on a page.
    Form,
    /// A program of the person's, or of a service acting for them.
    Api,
    /// A message through a social network.
    SocialMedia,
    /// A letter.
    Post,
    /// A call.
    Telephone,
    /// Said to somebody's face.
    InPerson,
}

impl Channel {
    /// Whether it is by electronic means, so that the answer is as well: Article 15(3).
    #[must_use]
    pub const fn is_electronic(self) -> bool {
        !matches!(self, Self::Post | Self::Telephone | Self::InPerson)
    }
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Requester {
    /// The person whose data it is.
    Subject,
    /// Somebody acting for them, who has to show that they may.
    Representative,
    /// Whoever has parental responsibility for a child that cannot ask for themselves.
    Parent,
}

/// What is known of who asks when the request comes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Identity {
    /// They were signed in.
    SignedIn,
    /// They are known, in the way that is said.
    Known(Text),
    /// Nothing.
    Unproven,
}

/// A request, as it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "what the caller writes down")]
pub struct Receipt {
    /// What is asked for.
    pub ask: Ask,
    /// How it came.
    pub channel: Channel,
    /// Who asks.
    pub requester: Requester,
    /// What is known of them.
    pub identity: Identity,
}

/// What makes a request manifestly unfounded or excessive. The controller bears the burden of
/// showing it.
//= UK GDPR, Article 12(5): the controller shows what makes a request unfounded or excessive
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "what the caller writes down")]
pub struct Burden {
    /// The facts that show it.
    pub shown_by: Text,
    /// What speaks against it, and why it does not outweigh them: the nature of the information,
    /// the relationship, the harm of a refusal.
    pub weighed: Text,
}

/// Why a fee may be charged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FeeGround {
    /// The request is manifestly unfounded: Article 12(5)(a).
    Unfounded(Burden),
    /// The request is manifestly excessive: Article 12(5)(a).
    Excessive(Burden),
}

/// A fee. It covers what answering costs, and no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "what the caller writes down")]
pub struct Fee {
    /// How much, in pence; more than nothing.
    pub pence: u32,
    /// Why there is one.
    pub ground: FeeGround,
    /// What it pays for.
    pub covers: Text,
}

/// Why it takes longer.
//= UK GDPR, Article 12A(3): two further months for complexity, or for number
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ExtensionGround {
    /// The requests of the person are complex.
    Complexity,
    /// They are many.
    Number,
}

/// Where the data is looked for, and why that is a reasonable and proportionate search.
//= UK GDPR, Article 15(1A): what a reasonable and proportionate search can provide
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "what the caller writes down")]
pub struct SearchPlan {
    /// What is looked for.
    pub scope: Text,
    /// Where.
    pub sources: Vec<Name>,
    /// Why no more, and no less.
    pub proportionate: Text,
}

/// What came of a source or a processor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SearchResult {
    /// It was searched; the items found say what there was.
    Searched,
    /// It was not, for that reason.
    NotSearched(Text),
}

/// What the person chose who was told that their data cannot go without their account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Choice {
    /// The account goes as well.
    DeleteAccount,
    /// The account stays, and of the data only that goes.
    Narrow(Text),
}

/// How far an erasure reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErasureScope {
    /// The data can go by itself.
    DataAlone,
    /// It cannot go without the account, and the person decides whether that goes.
    RequiresAccountDeletion {
        /// Why it cannot.
        why: Text,
        /// What they decided; none as long as they have not.
        chosen: Option<Choice>,
    },
}

/// What came of a duty to tell a recipient.
//= UK GDPR, Article 19: each recipient is told, unless it is impossible or disproportionate
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Notified {
    /// They were told.
    Told,
    /// They could not be, for that reason.
    Impossible(Text),
    /// It would have taken more than it is worth, for that reason.
    Disproportionate(Text),
}
