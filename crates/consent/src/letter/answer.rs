//! The answer itself, by what was done; and what recipients are told of it.

use super::words::say;
use super::{Draft, Envelope, Letter, LetterError, grounds, trimmed};
use crate::Provision;
use crate::provision::Instrument::UkGdpr;
use crate::request::{
    AccessAnswer, CopyForm, Done, Element, ErasureAnswer, Name, Outcome, Request, ResidualCopies,
    RestrictionCase, Text,
};

const fn uk(clause: &'static str) -> Provision {
    Provision::new(UkGdpr, clause)
}

/// Tells what was done, why not more, and what is open to the person.
///
/// # Errors
///
/// [`LetterError::NothingToTell`] unless it was answered.
pub fn answer(request: &Request, envelope: &Envelope<'_>) -> Result<Letter, LetterError> {
    let Some(response) = request.response() else {
        let (stage, lacks) = (request.stage(), "it was not answered");
        return Err(LetterError::NothingToTell { stage, lacks });
    };
    let outcome = &response.outcome;
    let subject = match outcome {
        Outcome::Fulfilled(_) => "Your request is fulfilled",
        Outcome::Partial { .. } => "Your request is fulfilled in part",
        Outcome::Refused(_) => "We have not done what you asked for",
        Outcome::NothingHeld { .. } => "We hold nothing about you",
    };
    let mut draft = Draft::of_request(subject, request, envelope);
    match outcome.done() {
        Some(Done::Access(access)) => draft.access(access),
        Some(done) => draft.what_was_done(done),
        None => {}
    }
    if let Outcome::NothingHeld { searched } = outcome {
        draft.cite(
            &format!(
                "We made a reasonable and proportionate search and found nothing about you: {}",
                trimmed(searched)
            ),
            uk("15(1A)"),
        );
    }
    if !outcome.refused().is_empty() {
        draft.head(if outcome.done().is_some() { "What we have not done" } else { "Why" });
        for ground in outcome.refused() {
            draft.cite(&grounds::told(ground), ground.provision());
        }
    }
    draft.remedies(envelope);
    Ok(draft.done())
}

/// Tells a recipient what was done with data that they were given, so that they do the same.
///
/// The letter is to the recipient, who is the addressee of the envelope; it names the reference, by
/// which they know the person, and nothing else of them.
///
/// # Errors
///
/// [`LetterError::NothingToTell`] unless something was done of which this recipient is to be told.
pub fn recipient_notice(
    request: &Request,
    recipient: &Name,
    envelope: &Envelope<'_>,
) -> Result<Letter, LetterError> {
    let owed = request.owed_to(recipient);
    if owed.is_empty() {
        let (stage, lacks) = (request.stage(), "this recipient is owed no notice");
        return Err(LetterError::NothingToTell { stage, lacks });
    }
    let mut draft = Draft::new("Notice about personal data that we gave you", envelope);
    for done in owed {
        draft.notice(done, recipient);
    }
    draft.say("Please do the same with what you hold, and tell us when it is done.");
    Ok(draft.done())
}

impl Draft {
    //= UK GDPR, Article 19: each recipient is told, unless it is impossible or disproportionate
    fn notice(&mut self, done: &Done, recipient: &Name) {
        let (what, items, clause): (_, &[Text], _) = match done {
            Done::Rectification(answer) => ("corrected or completed", &answer.changed, "19"),
            Done::Restriction(answer) => ("restricted the use of", &answer.restricted, "19"),
            Done::Erasure(answer) if answer.published_to.contains(recipient) => (
                "erased, and the person asks that links to it and copies of it be erased,",
                &answer.erased,
                "17(2)",
            ),
            Done::Erasure(answer) => ("erased", &answer.erased, "19"),
            Done::ConsentWithdrawal { purposes, .. } => {
                ("stopped using, because consent is over, for these purposes", purposes, "7(3)")
            }
            _ => return,
        };
        self.cite(&format!("At the person's request we have {what}:"), uk(clause));
        self.list(items);
    }

    //= UK GDPR, Article 15(1): an answer states purposes, categories, recipients, storage, rights, sources and automated decisions
    fn access(&mut self, access: &AccessAnswer) {
        let copy = match access.copy {
            Some(CopyForm::Paper | CopyForm::PaperAsWanted) => "A copy on paper comes with this.",
            Some(CopyForm::Electronic) | None => "An electronic copy comes with this.",
        };
        self.cite(&format!("We process personal data about you. {copy}"), uk("15(3)"));
        let parts: [(&'static str, &Option<Vec<Text>>, &str, Element); 7] = [
            ("What we use it for", &access.purposes, "", Element::Purposes),
            ("What kinds of data", &access.categories, "", Element::Categories),
            ("Who is given it", &access.recipients, "Nobody.", Element::Recipients),
            ("How long we keep it", &access.retention, "", Element::Retention),
            ("Where we have it from", &access.sources, "From you alone.", Element::Sources),
            (
                "Decisions by machines alone",
                &access.automated_decisions,
                "There are none.",
                Element::AutomatedDecisions,
            ),
            (
                "Transfers to other countries",
                &access.transfers,
                "There are none.",
                Element::TransferSafeguards,
            ),
        ];
        for (heading, list, none, element) in parts {
            self.head(heading);
            match list {
                Some(items) if !items.is_empty() => self.list(items),
                _ => self.say(none),
            }
            self.0.provisions.push(element.provision());
        }
        self.head("Your other rights");
        self.cite(
            "You may ask us to correct or erase your data or to restrict its use, and you may \
             object to its use.",
            uk("15(1)(e)"),
        );
        self.0.provisions.push(uk("15(1)(ea)"));
        self.0.provisions.push(uk("15(1)(f)"));
    }

    fn what_was_done(&mut self, done: &Done) {
        self.head("What we have done");
        match done {
            Done::Access(_) => {}
            Done::Portability(answer) => {
                self.cite(
                    &format!("Your data comes with this, in the format {}.", answer.format),
                    uk("20(1)"),
                );
                if let Some(to) = &answer.sent_to {
                    self.cite(&format!("We have sent it to {to} as well."), uk("20(2)"));
                }
            }
            Done::Rectification(answer) => {
                self.cite("We have corrected or completed:", uk("16"));
                self.list(&answer.changed);
                self.recipients(&answer.recipients);
            }
            Done::Erasure(answer) => self.erasure(answer),
            Done::Restriction(answer) => {
                let case = match answer.case {
                    RestrictionCase::AccuracyContested => {
                        ("while we verify that it is accurate", "18(1)(a)")
                    }
                    RestrictionCase::UnlawfulNotErased => {
                        ("because its use was unlawful and you do not want it erased", "18(1)(b)")
                    }
                    RestrictionCase::NeededForClaims => {
                        ("because you need it for legal claims", "18(1)(c)")
                    }
                    RestrictionCase::ObjectionPending => {
                        ("while it is decided whose grounds override", "18(1)(d)")
                    }
                };
                self.cite(&format!("We store, and do not use, {}:", case.0), uk(case.1));
                self.list(&answer.restricted);
                self.cite("We shall tell you before that ends.", uk("18(3)"));
                self.recipients(&answer.recipients);
            }
            Done::Objection { stopped } => {
                self.cite("We have stopped:", uk("21"));
                self.list(stopped);
            }
            Done::DecisionReview(answer) => {
                self.cite(
                    &format!("A person, {}, has looked at the decision again.", answer.reviewer),
                    uk("22C(2)(c)"),
                );
                if answer.representations.is_some() {
                    self.cite("They have taken into account what you said.", uk("22C(2)(b)"));
                }
                self.say(format!("The decision now: {}", answer.decision.as_str()));
            }
            Done::ConsentWithdrawal { purposes, recipients } => {
                self.cite(
                    "Your consent is over, and so is what we did by it. What was done before was \
                     lawful. It ends for:",
                    uk("7(3)"),
                );
                self.list(purposes);
                self.recipients(recipients);
            }
        }
    }

    fn erasure(&mut self, answer: &ErasureAnswer) {
        self.cite("We have erased:", uk("17(1)"));
        self.list(&answer.erased);
        if answer.account_deleted {
            self.say("As you chose, your account is deleted as well.");
        } else {
            self.say("Your account is kept.");
        }
        self.residual(&answer.residual);
        self.recipients(&answer.recipients);
        if !answer.published_to.is_empty() {
            self.cite(
                "It had been public. We take reasonable steps to tell those who process links to it \
                 or copies of it that you asked for their erasure:",
                uk("17(2)"),
            );
            self.list(&answer.published_to);
        }
    }

    /// What the erasure does not reach, said also where it is nothing.
    fn residual(&mut self, residual: &ResidualCopies) {
        self.head("What may be left");
        let ResidualCopies { caches, archives, other_people, backups_until } = residual;
        let named = [
            ("in caches", caches),
            ("in archives", archives),
            ("with other people, who may have copied or stored it", other_people),
        ];
        let mut left: Vec<String> = named
            .iter()
            .filter_map(|(place, what)| what.as_ref().map(|what| (place, what)))
            .map(|(place, what)| format!("{place}: {}", what.as_str()))
            .collect();
        if let Some(until) = backups_until {
            left.push(format!(
                "in backups, until {}; we do not use it, and erase it again if we ever restore one",
                say::day(*until)
            ));
        }
        if left.is_empty() {
            self.say("We know of no copies that are left.");
        } else {
            self.say("Copies that we cannot reach, or not yet, may be left:");
            self.list(&left);
        }
    }

    //= UK GDPR, Article 19: the person is told who the recipients are
    fn recipients(&mut self, recipients: &[Name]) {
        if !recipients.is_empty() {
            self.cite("We tell those to whom we had given the data:", uk("19"));
            self.list(recipients);
        }
    }
}
