//! Why a command is not granted.

use super::{Act, Ask, Element, ItemFault, Name, Stage};
use crate::{Date, DeadlineError, Provision};

/// Why a command is not granted. Nothing has happened.
///
/// Names of items and recipients are in the fields, for whoever may see them; `Display` and `Debug`
/// show none, and may be logged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// There is no such thing to do where the request stands.
    #[error("{act} is nothing to do with a request that {}", stands(.stage.as_ref()))]
    NotHere {
        /// What was wanted.
        act: Act,
        /// Where the request stands; nowhere if it has not been received.
        stage: Option<Stage>,
    },
    /// The day has not come.
    #[error("{at} is after today, {today}")]
    Future {
        /// When it is said to have happened.
        at: Date,
        /// The day.
        today: Date,
    },
    /// It is said to have happened before what it follows.
    #[error("{act} on {at} is before {after}, which it follows")]
    Order {
        /// What was wanted.
        act: Act,
        /// When it is said to have happened.
        at: Date,
        /// What it cannot come before.
        after: Date,
    },
    /// It is not for this sort of request.
    #[error("{act} is not for a request of the kind {}", .ask.kind().name())]
    NotForThis {
        /// What was wanted.
        act: Act,
        /// What is asked for.
        ask: Ask,
    },
    /// It was done already.
    #[error("{act} was done already")]
    Already {
        /// What was wanted.
        act: Act,
    },
    /// It is not known who asks.
    #[error("it is not known who asks: ask for proof of identity first")]
    Unidentified,
    /// It is not known that who asks may.
    #[error("somebody asks for another: ask for proof of authority first")]
    Unauthorised,
    /// The person asks for themselves.
    #[error("the person asks for themselves, and needs no authority for that")]
    NoAuthorityNeeded,
    /// The last day for it has passed.
    #[error("{act} on {at} comes after {by}, the last day for it")]
    TooLate {
        /// What was wanted.
        act: Act,
        /// When.
        at: Date,
        /// The last day.
        by: Date,
    },
    /// Whether it is in time cannot be told.
    #[error(transparent)]
    Deadline(#[from] DeadlineError),
    /// A search without sources, or with one twice.
    #[error("a search names each of its sources once, and one at least")]
    Sources,
    /// There is none of that name.
    #[error("there is none of that name")]
    Unknown {
        /// The name.
        name: Name,
    },
    /// There is one of that name already.
    #[error("there is one of that name already")]
    Duplicate {
        /// The name.
        name: Name,
    },
    /// Something is not done yet.
    #[error("not done yet: {} of them", .names.len())]
    Unfinished {
        /// What: sources, processors, items without a verdict, recipients not told.
        names: Vec<Name>,
    },
    /// The data was not looked for.
    #[error("the data was not looked for: a refusal that does not turn on it is possible without")]
    NotSearched,
    /// Something was found.
    #[error("data was found, and so something is held")]
    SomethingHeld,
    /// The ground cannot stand against this sort of request.
    #[error("{provision} is no ground against a request of the kind {}", .ask.kind().name())]
    NoGround {
        /// The ground's provision.
        provision: Provision,
        /// What is asked for.
        ask: Ask,
    },
    /// The exception is against those who ask for others, and the person asks themselves.
    #[error("the person asks for themselves: the ground is against those who ask for others")]
    SubjectAsks,
    /// An item cannot be treated so.
    #[error(transparent)]
    Item(#[from] ItemFault),
    /// The answer is one to another sort of request.
    #[error("that is no answer to a request of the kind {}", .ask.kind().name())]
    WrongAnswer {
        /// What is asked for.
        ask: Ask,
    },
    /// Something is withheld and the answer does not say why.
    #[error("withheld, and the answer does not say so: {}", cited(.provisions))]
    WithheldUnsaid {
        /// The provisions by which it is.
        provisions: Vec<Provision>,
    },
    /// The request is refused and an item is not withheld.
    #[error("an item is not withheld: the answer is partial")]
    Disclosed {
        /// The first of them.
        name: Name,
    },
    /// What is recorded of the request does not bear the ground out.
    #[error("what is recorded of the request does not bear out {provision}")]
    NotSo {
        /// The ground's provision.
        provision: Provision,
    },
    /// Nothing that the person was asked for is missing.
    #[error("nothing is missing that the person was asked for")]
    NothingAwaited,
    /// A fee of nothing would stop the clock for nothing.
    #[error("a fee is more than nothing")]
    NoFee,
    /// The account would go without the person's choice.
    #[error("the person has not chosen that their account goes")]
    AccountNotChosen,
    /// The answer leaves out what it must contain.
    #[error("the answer leaves out: {}", elements(.missing))]
    Incomplete {
        /// What it leaves out.
        missing: Vec<Element>,
    },
    /// No restriction is in force.
    #[error("no restriction is in force")]
    NotRestricted,
    /// A restriction is in force.
    #[error("a restriction is in force: lift it first, once the person was told")]
    Restricted,
}

impl Rejection {
    /// What it is about, by name: what is not done, not there, there already, or not to be treated
    /// so. For whoever may see it; none where it is about nothing that has a name.
    #[must_use]
    pub const fn names(&self) -> &[Name] {
        match self {
            Self::Unfinished { names } => names.as_slice(),
            Self::Unknown { name } | Self::Duplicate { name } | Self::Disclosed { name } => {
                core::slice::from_ref(name)
            }
            Self::Item(fault) => core::slice::from_ref(fault.item()),
            _ => &[],
        }
    }
}

fn stands(stage: Option<&Stage>) -> String {
    match stage {
        Some(stage) => format!("is {stage}"),
        None => "was not received".into(),
    }
}

fn cited(provisions: &[Provision]) -> String {
    let provisions: Vec<String> = provisions.iter().map(Provision::to_string).collect();
    provisions.join("; ")
}

fn elements(missing: &[Element]) -> String {
    let elements: Vec<String> = missing.iter().map(Element::to_string).collect();
    elements.join("; ")
}
