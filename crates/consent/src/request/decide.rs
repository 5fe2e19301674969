//! What comes of a command.

use std::collections::BTreeSet;

use super::{
    Act, Burden, Command, ControllerStatus, Event, FeeGround, Ground, Identity, Name, Notified,
    Outcome, Recorded, Rejection, Request, Requester, Response, Sent, Stage, Verdict, Version,
    transition,
};
use crate::{Awaited, Calendar, Date, Due, Regime, RequestKind, deadline};

/// What a decision takes from outside.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "what the caller knows")]
pub struct Context<'a> {
    /// When what the command notes has happened.
    pub at: Date,
    /// The day on which it is noted, where the controller is.
    pub today: Date,
    /// Who notes it.
    pub by: &'a Name,
    /// The working days where the controller is established.
    pub calendar: &'a Calendar,
    /// Whether the controller is a health professional.
    pub controller: ControllerStatus,
}

/// Says what comes of a command: events to be stored and then applied, or why nothing does.
///
/// | argument | meaning |
/// |---|---|
/// | `request` | the request; none for [`Command::Receive`], which begins one |
/// | `command` | what somebody wants to do |
/// | `context` | when, who, and under which circumstances |
///
/// # Errors
///
/// [`Rejection`]. A command that there is no room for where the request stands is refused before
/// anything else about it is looked at; [`transition`] has the whole table.
pub fn decide(
    request: Option<&Request>,
    command: Command,
    context: &Context<'_>,
) -> Result<Vec<Recorded>, Rejection> {
    let (act, stage) = (command.act(), request.map(Request::stage));
    if transition(stage, act).is_none() {
        return Err(Rejection::NotHere { act, stage });
    }
    let Context { at, today, .. } = *context;
    if at > today {
        return Err(Rejection::Future { at, today });
    }
    let events = match (request, command) {
        (None, Command::Receive(receipt)) => vec![Event::Received(receipt)],
        (None, _) => return Err(Rejection::NotHere { act, stage }),
        (Some(request), command) => {
            request.check_order(act, at)?;
            request.events(command, context)?
        }
    };
    let record = |event| Recorded { v: Version, at, by: context.by.clone(), event };
    Ok(events.into_iter().map(record).collect())
}

impl Request {
    /// Answers come after questions, and ends after all else. In between, things are noted when
    /// they are known: a letter is opened days after it came.
    fn check_order(&self, act: Act, at: Date) -> Result<(), Rejection> {
        let after = match act {
            Act::Respond | Act::Lapse | Act::Withdraw | Act::Reopen | Act::Close => self.latest,
            _ => self.state.asked().map_or(self.clock.start, |asked| asked.since),
        };
        if at < after { Err(Rejection::Order { act, at, after }) } else { Ok(()) }
    }

    fn events(&self, command: Command, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        let act = command.act();
        let event = match command {
            Command::Receive(_) => return Err(Rejection::Already { act }),
            Command::RequestIdentity { doubt } => {
                check_once(act, self.clock.identity)?;
                Event::IdentityRequested { doubt }
            }
            Command::ConfirmIdentity { how } => Event::IdentityConfirmed { how },
            Command::RequestAuthority => {
                if self.receipt.requester == Requester::Subject {
                    return Err(Rejection::NoAuthorityNeeded);
                }
                check_once(act, self.clock.authority)?;
                Event::AuthorityRequested
            }
            Command::ReceiveAuthority { how } => Event::AuthorityReceived { how },
            Command::ChargeFee(fee) => {
                if self.kind() == RequestKind::ConsentWithdrawal {
                    return Err(Rejection::NotForThis { act, ask: self.ask() });
                }
                if self.fee.is_some() {
                    return Err(Rejection::Already { act });
                }
                Event::FeeCharged(fee)
            }
            Command::PayFee => Event::FeePaid,
            Command::WaiveFee { why } => Event::FeeWaived { why },
            Command::Lapse { efforts } => Event::Lapsed(self.lapse(efforts)?),
            Command::Accept => {
                self.check_requester()?;
                Event::Accepted
            }
            Command::AskClarification { question } => {
                self.check_clarification(act, context)?;
                Event::ClarificationAsked { question }
            }
            Command::Clarify { answer } => Event::Clarified { answer },
            Command::ProceedUnclarified { why } => {
                let since = self.state.asked().map(|asked| asked.since);
                let eve = context.at.plus_days(-1).filter(|eve| Some(*eve) >= since);
                Event::WentOnUnclarified { why, paused_until: eve }
            }
            Command::Extend { ground, reasons } => {
                self.check_extension(act, context)?;
                Event::Extended { ground, reasons }
            }
            Command::RequireAccountDeletion { why } => {
                self.check_kind(act, RequestKind::Erasure)?;
                if self.scope != super::ErasureScope::DataAlone {
                    return Err(Rejection::Already { act });
                }
                Event::AccountDeletionRequired { why }
            }
            Command::Choose(choice) => Event::Chosen(choice),
            Command::SendCopy { fee_pence } => {
                self.check_kind(act, RequestKind::Access)?;
                Event::CopySent { fee_pence }
            }
            Command::Respond(response) => return self.respond(response, context),
            Command::NotifyRecipient { recipient, result } => {
                match self.notifications.get(&recipient) {
                    None => return Err(Rejection::Unknown { name: recipient }),
                    Some(Some(Notified::Told)) => return Err(Rejection::Already { act }),
                    Some(_) => Event::RecipientNotified { recipient, result },
                }
            }
            Command::LiftRestriction { informed } => {
                self.check_lifting(act, informed, context.at)?;
                Event::RestrictionLifted { informed }
            }
            Command::Complain { complaint } => {
                if self.complaints.contains(&complaint) {
                    return Err(Rejection::Duplicate { name: complaint });
                }
                Event::Complained { complaint }
            }
            Command::Reopen { news } => Event::Reopened { news },
            Command::Withdraw => Event::Withdrawn,
            Command::Close => {
                self.check_discharged()?;
                Event::Closed
            }
            other => self.search_event(other, context)?,
        };
        Ok(vec![event])
    }

    /// Events of looking for the data and of reading what was found.
    fn search_event(&self, command: Command, context: &Context<'_>) -> Result<Event, Rejection> {
        let search = &self.search;
        Ok(match command {
            Command::BeginCollection(plan) => {
                let distinct: BTreeSet<_> = plan.sources.iter().collect();
                if distinct.is_empty() || distinct.len() != plan.sources.len() {
                    return Err(Rejection::Sources);
                }
                Event::CollectionBegun(plan)
            }
            Command::FindItem(item) => {
                let is_known = search.sources.contains_key(&item.source)
                    || search.processors.contains_key(&item.source);
                if !is_known {
                    return Err(Rejection::Unknown { name: item.source });
                }
                if search.items.contains_key(&item.name) {
                    return Err(Rejection::Duplicate { name: item.name });
                }
                Event::ItemFound(item)
            }
            Command::FinishSource { source, result } => match search.sources.get(&source) {
                None => return Err(Rejection::Unknown { name: source }),
                Some(_) => Event::SourceFinished { source, result },
            },
            Command::InstructProcessor { processor } => {
                if search.processors.contains_key(&processor) {
                    return Err(Rejection::Duplicate { name: processor });
                }
                Event::ProcessorInstructed { processor }
            }
            Command::FinishProcessor { processor, result } => {
                match search.processors.get(&processor) {
                    None => return Err(Rejection::Unknown { name: processor }),
                    Some(_) => Event::ProcessorFinished { processor, result },
                }
            }
            Command::SubmitForReview => {
                let all = search.sources.iter().chain(&search.processors);
                let open: Vec<Name> = all
                    .filter(|(_, result)| result.is_none())
                    .map(|(name, _)| name.clone())
                    .collect();
                if !open.is_empty() {
                    return Err(Rejection::Unfinished { names: open });
                }
                Event::SubmittedForReview
            }
            Command::Review { item, verdict } => {
                self.check_verdict(&item, &verdict, context)?;
                Event::Reviewed { item, verdict }
            }
            other => {
                let (act, stage) = (other.act(), Some(self.stage()));
                return Err(Rejection::NotHere { act, stage });
            }
        })
    }

    fn check_kind(&self, act: Act, kind: RequestKind) -> Result<(), Rejection> {
        if self.kind() == kind {
            Ok(())
        } else {
            Err(Rejection::NotForThis { act, ask: self.ask() })
        }
    }

    /// Whether it is known enough of who asks. Marketing and consent end at a word: nobody has to
    /// prove themselves to be left alone.
    //= UK GDPR, Article 7(3): consent is withdrawn as easily as it was given
    pub(super) fn check_requester(&self) -> Result<(), Rejection> {
        let ends_at_a_word =
            matches!(self.ask(), super::Ask::MarketingObjection | super::Ask::ConsentWithdrawal);
        let is_known = self.is_identified || self.receipt.identity != Identity::Unproven;
        if !is_known && !ends_at_a_word {
            return Err(Rejection::Unidentified);
        }
        let acts_for_another = self.receipt.requester != Requester::Subject;
        if acts_for_another && !self.is_authorised {
            return Err(Rejection::Unauthorised);
        }
        Ok(())
    }

    /// What comes of an identity, an authority or a fee that has not come.
    fn lapse(&self, efforts: super::Text) -> Result<Response, Rejection> {
        let ground = match (self.stage(), &self.fee) {
            (Stage::AwaitingIdentity, _) => Ground::NotIdentified(efforts),
            (Stage::AwaitingAuthority, _) => Ground::NotAuthorised(efforts),
            (_, Some(fee)) => match &fee.ground {
                FeeGround::Unfounded(burden) | FeeGround::Excessive(burden) => {
                    Ground::FeeUnpaid(Burden::clone(burden))
                }
            },
            (stage, None) => {
                return Err(Rejection::NotHere { act: Act::Lapse, stage: Some(stage) });
            }
        };
        Ok(Response { outcome: Outcome::Refused(vec![ground]), letter: Sent::Rendered })
    }

    /// A question stops the clock of an access request, as long as it runs.
    //= UK GDPR, Article 12A(5): further information is asked for where an access request needs it
    fn check_clarification(&self, act: Act, context: &Context<'_>) -> Result<(), Rejection> {
        self.check_kind(act, RequestKind::Access)?;
        match deadline(&self.facts(), Regime::Uk, context.calendar)? {
            Due::Running(deadline) if context.at > deadline.due => {
                Err(Rejection::TooLate { act, at: context.at, by: deadline.due })
            }
            _ => Ok(()),
        }
    }

    //= UK GDPR, Article 12A(4): the notice is given in the first month, with its reasons
    fn check_extension(&self, act: Act, context: &Context<'_>) -> Result<(), Rejection> {
        if self.clock.extension.is_some() {
            return Err(Rejection::Already { act });
        }
        match deadline(&self.facts_before_extension(), Regime::Uk, context.calendar)? {
            Due::Running(deadline) => match deadline.notice_deadline {
                Some(by) if context.at > by => Err(Rejection::TooLate { act, at: context.at, by }),
                _ => Ok(()),
            },
            Due::Paused { .. } | Due::NotRunning(_) => Ok(()),
        }
    }

    pub(super) fn check_verdict(
        &self,
        name: &Name,
        verdict: &Verdict,
        context: &Context<'_>,
    ) -> Result<(), Rejection> {
        let Some((item, _)) = self.search.items.get(name) else {
            return Err(Rejection::Unknown { name: name.clone() });
        };
        if let Some(ground) = verdict.ground() {
            self.check_ground(ground)?;
        }
        Ok(verdict.check(item, context.controller, context.at)?)
    }

    /// Whether the ground can stand against this request.
    pub(super) fn check_ground(&self, ground: &Ground) -> Result<(), Rejection> {
        if !ground.limits(self.ask()) {
            let provision = ground.provision();
            return Err(Rejection::NoGround { provision, ask: self.ask() });
        }
        if ground.is_against_others() && self.receipt.requester == Requester::Subject {
            return Err(Rejection::SubjectAsks);
        }
        Ok(())
    }

    //= UK GDPR, Article 18(3): the person is told before a restriction is lifted
    fn check_lifting(&self, act: Act, informed: Date, at: Date) -> Result<(), Rejection> {
        if !self.is_restricted() {
            return Err(Rejection::NotRestricted);
        }
        if at < informed {
            return Err(Rejection::Order { act, at, after: informed });
        }
        let granted = self.responded().unwrap_or(self.received);
        if informed < granted {
            return Err(Rejection::Order { act, at: informed, after: granted });
        }
        Ok(())
    }

    /// Whether every duty that followed from the answer is done.
    fn check_discharged(&self) -> Result<(), Rejection> {
        let open = self.notifications.iter().filter(|(_, result)| result.is_none());
        let names: Vec<Name> = open.map(|(name, _)| name.clone()).collect();
        if !names.is_empty() {
            return Err(Rejection::Unfinished { names });
        }
        if self.is_restricted() { Err(Rejection::Restricted) } else { Ok(()) }
    }
}

fn check_once(act: Act, awaited: Awaited) -> Result<(), Rejection> {
    match awaited {
        Awaited::NotAsked => Ok(()),
        Awaited::Outstanding | Awaited::Received(_) => Err(Rejection::Already { act }),
    }
}
