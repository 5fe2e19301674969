//! Who asks, and what they are asked for before anything is done: identity, authority, a fee.

use super::{
    Act, Burden, Context, Fee, FeeGround, Ground, Identity, Outcome, Rejection, Request, Requester,
    Response, Sent, Stage, Text,
};
use crate::{Awaited, Due, Regime, deadline};

/// What is known of who asks, since the request came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Proof {
    /// It was doubted who they are: from then on, what was known before does not count.
    pub(super) is_doubted: bool,
    pub(super) is_identified: bool,
    pub(super) is_authorised: bool,
}

impl Request {
    /// Whether it is known who asks: they were when it came, and it was not doubted since; or they
    /// have shown it.
    pub(super) fn is_known(&self) -> bool {
        let was_known = self.receipt.identity != Identity::Unproven && !self.proof.is_doubted;
        self.proof.is_identified || was_known
    }

    /// Whether whoever asks may.
    pub(super) fn is_allowed(&self) -> bool {
        self.proof.is_authorised || self.receipt.requester == Requester::Subject
    }

    /// Whether enough is known of who asks. Marketing and consent end at a word: nobody has to
    /// prove themselves to be left alone.
    //= UK GDPR, Article 7(3): consent is withdrawn as easily as it was given
    pub(super) fn check_requester(&self) -> Result<(), Rejection> {
        if !self.is_known() && !self.ask().is_absolute() {
            return Err(Rejection::Unidentified);
        }
        if self.is_allowed() { Ok(()) } else { Err(Rejection::Unauthorised) }
    }

    /// Nobody is asked for proof or for money, or told to wait, for what has no exception.
    //= UK GDPR, Article 21(3): nothing overrides an objection to direct marketing
    pub(super) fn check_can_be_limited(&self, act: Act) -> Result<(), Rejection> {
        if self.ask().is_absolute() {
            return Err(Rejection::NotForThis { act, ask: self.ask() });
        }
        Ok(())
    }

    pub(super) fn check_identity_unproven(&self, act: Act) -> Result<(), Rejection> {
        if self.proof.is_identified { Err(Rejection::Already { act }) } else { Ok(()) }
    }

    pub(super) fn check_identity_request(
        &self,
        act: Act,
        context: &Context<'_>,
    ) -> Result<(), Rejection> {
        self.check_can_be_limited(act)?;
        self.check_identity_unproven(act)?;
        self.check_in_time(act, context)
    }

    pub(super) fn check_authority_missing(&self, act: Act) -> Result<(), Rejection> {
        if self.receipt.requester == Requester::Subject {
            return Err(Rejection::NoAuthorityNeeded);
        }
        if self.proof.is_authorised { Err(Rejection::Already { act }) } else { Ok(()) }
    }

    pub(super) fn check_fee(
        &self,
        act: Act,
        fee: &Fee,
        context: &Context<'_>,
    ) -> Result<(), Rejection> {
        self.check_can_be_limited(act)?;
        if self.fee.is_some() {
            return Err(Rejection::Already { act });
        }
        if fee.pence == 0 {
            return Err(Rejection::NoFee);
        }
        self.check_in_time(act, context)
    }

    /// What comes of an identity, an authority or a fee that has not come. Where nobody asked for
    /// it while there was time, there is no asking any more; then it lapses as well, once the time
    /// is over.
    pub(super) fn lapse(
        &self,
        efforts: Text,
        context: &Context<'_>,
    ) -> Result<Response, Rejection> {
        let ground = match (self.stage(), &self.fee) {
            (Stage::AwaitingIdentity, _) => Ground::NotIdentified(efforts),
            (Stage::AwaitingAuthority, _) => Ground::NotAuthorised(efforts),
            (Stage::AwaitingFee, Some(fee)) => match &fee.ground {
                FeeGround::Unfounded(burden) | FeeGround::Excessive(burden) => {
                    Ground::FeeUnpaid(Burden::clone(burden))
                }
            },
            _ => {
                let Err(missing) = self.check_requester() else {
                    return Err(Rejection::NothingAwaited);
                };
                if !self.is_overdue(context)? {
                    return Err(missing);
                }
                match missing {
                    Rejection::Unidentified => Ground::NotIdentified(efforts),
                    _ => Ground::NotAuthorised(efforts),
                }
            }
        };
        Ok(Response { outcome: Outcome::Refused(vec![ground]), letter: Sent::Rendered })
    }

    fn is_overdue(&self, context: &Context<'_>) -> Result<bool, Rejection> {
        let due = deadline(&self.effective(context.calendar), Regime::Uk, context.calendar)?;
        Ok(matches!(due, Due::Running(deadline) if context.at > deadline.due))
    }

    /// Whether the ground can stand against this request, and by what is known of it.
    pub(super) fn check_ground(&self, ground: &Ground) -> Result<(), Rejection> {
        let provision = ground.provision();
        if !ground.limits(self.ask()) {
            return Err(Rejection::NoGround { provision, ask: self.ask() });
        }
        if ground.is_against_others() && self.receipt.requester == Requester::Subject {
            return Err(Rejection::SubjectAsks);
        }
        let is_so = match ground {
            Ground::NotIdentified(_) => !self.is_known(),
            Ground::NotAuthorised(_) => !self.is_allowed(),
            Ground::FeeUnpaid(_) => self.clock.fee == Awaited::Outstanding,
            _ => true,
        };
        if is_so { Ok(()) } else { Err(Rejection::NotSo { provision }) }
    }
}
