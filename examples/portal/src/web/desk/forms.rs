//! The forms for what may be done with a request where it stands.

use upheld_consent::request::{Act, Ask, Request, Requester, transition};

use super::fields::{self, Field};
use super::grounds;
use crate::language::phrase;
use crate::people::Role;

/// A form.
pub(super) struct Form {
    /// Its name in addresses.
    pub(super) slug: &'static str,
    pub(super) heading: &'static str,
    /// What it does, where that needs saying.
    pub(super) hint: &'static str,
    pub(super) fields: Vec<Field>,
}

/// The act that a form is for, the form, and whether it takes the privacy lead.
struct Kind {
    act: Act,
    slug: &'static str,
    heading: &'static str,
    hint: &'static str,
    is_leads: bool,
}

const fn kind(act: Act, slug: &'static str, heading: &'static str, hint: &'static str) -> Kind {
    Kind { act, slug, heading, hint, is_leads: false }
}

const fn leads(act: Act, slug: &'static str, heading: &'static str, hint: &'static str) -> Kind {
    Kind { act, slug, heading, hint, is_leads: true }
}

const PAUSES: &str = phrase("The days until the answer do not count.");
const RESTARTS: &str = phrase("The time begins on the day on which it comes.");

const KINDS: [Kind; 30] = [
    kind(Act::Accept, "accept", phrase("Take the request up"), ""),
    kind(
        Act::ConfirmIdentity,
        "confirm-identity",
        phrase("Note that they showed who they are"),
        "",
    ),
    kind(
        Act::ReceiveAuthority,
        "receive-authority",
        phrase("Note that they showed their authority"),
        "",
    ),
    kind(Act::PayFee, "pay-fee", phrase("Note that the fee was paid"), ""),
    kind(Act::Clarify, "clarify", phrase("Note the answer to the question"), ""),
    kind(Act::ProceedUnclarified, "proceed-unclarified", phrase("Go on without an answer"), ""),
    kind(Act::Choose, "choose", phrase("Note what they chose"), ""),
    kind(
        Act::BeginCollection,
        "begin-collection",
        phrase("Plan the search"),
        phrase("A reasonable and proportionate search: where, and why no more and no less."),
    ),
    kind(Act::FindItem, "find-item", phrase("Note something found"), ""),
    kind(Act::FinishSource, "finish-source", phrase("Finish a source"), ""),
    kind(Act::InstructProcessor, "instruct-processor", phrase("Send it on to a processor"), ""),
    kind(Act::FinishProcessor, "finish-processor", phrase("Finish a processor"), ""),
    kind(Act::SubmitForReview, "submit-for-review", phrase("Finish the search"), ""),
    kind(Act::Review, "review", phrase("Decide about an item"), ""),
    kind(Act::Respond, "fulfil", phrase("Answer: it is done"), ""),
    kind(Act::Respond, "nothing-held", phrase("Answer: nothing is held"), ""),
    kind(Act::NotifyRecipient, "notify-recipient", phrase("Note that a recipient was told"), ""),
    kind(Act::RequestIdentity, "request-identity", phrase("Ask who they are"), RESTARTS),
    kind(Act::RequestAuthority, "request-authority", phrase("Ask for their authority"), RESTARTS),
    kind(
        Act::AskClarification,
        "ask-clarification",
        phrase("Ask a question about the request"),
        PAUSES,
    ),
    leads(Act::Extend, "extend", phrase("Take two months longer"), ""),
    leads(Act::ChargeFee, "charge-fee", phrase("Charge a fee"), RESTARTS),
    kind(Act::WaiveFee, "waive-fee", phrase("Give the fee up"), ""),
    kind(
        Act::RequireAccountDeletion,
        "require-account-deletion",
        phrase("Tell them that the account has to go as well"),
        "",
    ),
    leads(
        Act::Respond,
        "refuse",
        phrase("Answer: it is refused"),
        phrase("The letter states the reasons, both ways to complain, and the courts."),
    ),
    leads(Act::Lapse, "lapse", phrase("Refuse, as nothing came"), ""),
    kind(Act::SendCopy, "send-copy", phrase("Send a further copy"), ""),
    kind(Act::LiftRestriction, "lift-restriction", phrase("Lift the restriction"), ""),
    kind(
        Act::Reopen,
        "reopen",
        phrase("Take it up again"),
        phrase("What is new is a request of today."),
    ),
    kind(Act::Close, "close", phrase("Close it"), ""),
];

/// The forms that somebody of this role may send about a request as it stands.
pub(super) fn of(request: &Request, role: Role, prefilled: &fields::Prefilled) -> Vec<Form> {
    let is_for_them = |kind: &&Kind| {
        let is_allowed = match role {
            Role::PrivacyLead => true,
            Role::Staff => !kind.is_leads,
            Role::Patient | Role::Auditor => false,
        };
        is_allowed && is_here(kind, request)
    };
    let form = |kind: &Kind| Form {
        slug: kind.slug,
        heading: kind.heading,
        hint: kind.hint,
        fields: fields::of(kind.slug, request, prefilled),
    };
    KINDS.iter().filter(is_for_them).map(form).collect()
}

/// Whether there is a form of this name for a request as it stands, for somebody.
pub(super) fn is_offered(slug: &str, request: &Request) -> bool {
    KINDS.iter().any(|kind| kind.slug == slug && is_here(kind, request))
}

fn is_here(kind: &Kind, request: &Request) -> bool {
    transition(Some(request.stage()), kind.act).is_some() && suits(kind, request)
}

/// Whether the act is of use for such a request; whether it is granted is for `decide` to say.
fn suits(kind: &Kind, request: &Request) -> bool {
    let ask = request.ask();
    match kind.slug {
        "request-authority" => request.receipt().requester != Requester::Subject,
        "ask-clarification" | "send-copy" => ask == Ask::Access,
        "require-account-deletion" => ask == Ask::Erasure,
        "find-item" | "submit-for-review" => request.sources().next().is_some(),
        "finish-source" => request.sources().any(|(_, result)| result.is_none()),
        "finish-processor" => request.processors().any(|(_, result)| result.is_none()),
        "begin-collection" | "nothing-held" | "instruct-processor" => ask.needs_search(),
        "review" => request.items().next().is_some(),
        "notify-recipient" => request.notifications().next().is_some(),
        "lift-restriction" => request.is_restricted(),
        "extend" => request.extension().is_none(),
        "charge-fee" => request.fee().is_none() && ask != Ask::ConsentWithdrawal,
        "refuse" => !grounds::choices(ask, request.receipt().requester).is_empty(),
        _ => true,
    }
}
