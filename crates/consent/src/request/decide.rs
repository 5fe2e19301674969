//! What comes of a command.

use super::{
    Act, Command, ControllerStatus, Event, Name, Recorded, Rejection, Request, Version, transition,
};
use crate::{Calendar, Date, Due, Regime, RequestKind, deadline};

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
                self.check_identity_request(act, context)?;
                Event::IdentityRequested { doubt }
            }
            Command::ConfirmIdentity { how } => {
                self.check_identity_unproven(act)?;
                Event::IdentityConfirmed { how }
            }
            Command::RequestAuthority => {
                self.check_authority_missing(act)?;
                self.check_in_time(act, context)?;
                Event::AuthorityRequested
            }
            Command::ReceiveAuthority { how } => {
                self.check_authority_missing(act)?;
                Event::AuthorityReceived { how }
            }
            Command::ChargeFee(fee) => {
                self.check_fee(act, &fee, context)?;
                Event::FeeCharged(fee)
            }
            Command::PayFee => Event::FeePaid,
            Command::WaiveFee { why } => Event::FeeWaived { why },
            Command::Lapse { efforts } => Event::Lapsed(self.lapse(efforts, context)?),
            Command::Accept => {
                self.check_requester()?;
                Event::Accepted
            }
            Command::AskClarification { question } => {
                self.check_kind(act, RequestKind::Access)?;
                self.check_in_time(act, context)?;
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
                self.notify(act, recipient, result)?
            }
            Command::LiftRestriction { informed } => self.lift(act, informed, context)?,
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

    pub(super) fn check_kind(&self, act: Act, kind: RequestKind) -> Result<(), Rejection> {
        if self.kind() == kind {
            Ok(())
        } else {
            Err(Rejection::NotForThis { act, ask: self.ask() })
        }
    }

    /// What a person is asked for stops the clock or starts it again, as long as it runs: time that
    /// is over does not come back.
    //= UK GDPR, Article 12A(2): what is asked for after the time is over starts no other
    //= UK GDPR, Article 12A(5): further information is asked for where an access request needs it
    pub(super) fn check_in_time(&self, act: Act, context: &Context<'_>) -> Result<(), Rejection> {
        match deadline(&self.effective(context.calendar), Regime::Uk, context.calendar)? {
            Due::Running(deadline) if context.at > deadline.due => {
                Err(Rejection::TooLate { act, at: context.at, by: deadline.due })
            }
            _ => Ok(()),
        }
    }

    //= UK GDPR, Article 12A(4): the notice is given in the first month, with its reasons
    fn check_extension(&self, act: Act, context: &Context<'_>) -> Result<(), Rejection> {
        self.check_can_be_limited(act)?;
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
}
