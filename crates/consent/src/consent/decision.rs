//! Whether something may be done with data now, and why.

use core::fmt;

use upheld_ledger::UnixMillis;

use super::{Channel, ConsentKind, ConsentRecord, Scope, SoftOptInGap, Status};
use crate::moment::to_rfc3339;
use crate::provision::{Instrument, Provision};
use crate::{DataCategory, LawfulBasis, Notice, Purpose, PurposeId, RecipientId, RecipientRole};

/// Something that is to be done with data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "what for, how, for whom, with what")]
pub struct Processing<'a> {
    /// What for.
    pub purpose: &'a PurposeId,
    /// By which channel, if it is contact.
    pub channel: Option<Channel>,
    /// Who is given the data, if anybody.
    pub recipient: Option<&'a RecipientId>,
    /// Which data is used.
    pub data: &'a [DataCategory],
}

/// Whether something may be done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "what is denied is unlawful"]
#[expect(clippy::exhaustive_enums, reason = "it may, or it may not")]
pub enum Decision {
    /// It may.
    Allowed(Ground),
    /// It may not, for each of these reasons; there is at least one.
    Denied(Vec<Reason>),
}

impl Decision {
    /// Whether it may.
    #[must_use]
    pub const fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed(_))
    }
}

/// What allows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ground {
    /// A consent.
    Consent {
        /// Since when.
        since: UnixMillis,
        /// Until when.
        until: UnixMillis,
        /// How strong.
        kind: ConsentKind,
    },
    /// Another lawful basis.
    Basis(LawfulBasis),
    /// The person bought something and did not opt out: PECR reg 22(3).
    SoftOptIn,
}

/// What stands against it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The notice has no such purpose.
    PurposeNotInNotice,
    /// The notice was not in effect yet.
    NoticeNotInEffect {
        /// Since when it is.
        from: UnixMillis,
    },
    /// The consent was to another notice, version, language or wording.
    OtherNotice,
    /// There is no consent that stands.
    NoConsent {
        /// Where it stands.
        status: Status,
    },
    /// The data is special, and the consent is not explicit.
    NotExplicit,
    /// The purpose does not use that data.
    DataNotCovered {
        /// Which.
        category: DataCategory,
    },
    /// The person was not told of the recipient.
    RecipientNotNamed,
    /// The person objected to marketing, and has not consented since.
    Objected {
        /// When.
        at: UnixMillis,
    },
    /// This channel needs consent, and the purpose rests on something else.
    ChannelNeedsConsent {
        /// Which.
        channel: Channel,
    },
    /// It would be allowed to customers, but for this.
    SoftOptIn(SoftOptInGap),
    /// The number is registered as one that wants no such calls.
    Registered,
    /// Nobody looked whether it is.
    NotScreened,
}

impl Reason {
    /// What it follows from.
    #[must_use]
    pub const fn provision(&self) -> Provision {
        match self {
            Self::PurposeNotInNotice | Self::DataNotCovered { .. } => uk("5(1)(b)"),
            Self::NoticeNotInEffect { .. } | Self::OtherNotice => uk("4(11)"),
            Self::NoConsent { .. } => uk("6(1)(a)"),
            Self::NotExplicit => uk("9(2)(a)"),
            Self::RecipientNotNamed => uk("13(1)(e)"),
            Self::Objected { .. } => uk("21(3)"),
            Self::ChannelNeedsConsent { channel: Channel::AutomatedCall } => pecr("19"),
            Self::ChannelNeedsConsent { .. } => pecr("22(2)"),
            Self::SoftOptIn(gap) => gap.provision(),
            Self::Registered | Self::NotScreened => pecr("21(1)"),
        }
    }
}

const fn uk(clause: &'static str) -> Provision {
    Provision::new(Instrument::UkGdpr, clause)
}

const fn pecr(clause: &'static str) -> Provision {
    Provision::new(Instrument::Pecr, clause)
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PurposeNotInNotice => f.write_str("the notice has no such purpose"),
            Self::NoticeNotInEffect { from } => {
                write!(f, "the notice is in effect from {}", to_rfc3339(*from))
            }
            Self::OtherNotice => f.write_str("the consent was to another notice"),
            Self::NoConsent { status } => write!(f, "no consent stands: it is {}", status.name()),
            Self::NotExplicit => f.write_str("the consent is not explicit"),
            Self::DataNotCovered { category } => {
                write!(f, "the purpose does not use {}", category.name())
            }
            Self::RecipientNotNamed => f.write_str("the person was not told of the recipient"),
            Self::Objected { at } => write!(f, "objected to marketing at {}", to_rfc3339(*at)),
            Self::ChannelNeedsConsent { channel } => {
                write!(f, "marketing by {} needs consent", channel.name())
            }
            Self::SoftOptIn(gap) => write!(f, "no exception for customers: {gap}"),
            Self::Registered => f.write_str("the number is registered against marketing calls"),
            Self::NotScreened => f.write_str("nobody looked whether the number is registered"),
        }
    }
}

impl ConsentRecord {
    /// Whether something may be done at a time, on the consent to a notice or on another basis that
    /// it names.
    ///
    /// A consent counts for the notice that the person was shown, and for later ones that say no
    /// more; [`State::grant`](super::State::grant) tells which it was.
    pub fn is_valid_for(
        &self,
        processing: &Processing<'_>,
        notice: &Notice,
        at: UnixMillis,
    ) -> Decision {
        let Some(purpose) = notice.purpose(processing.purpose) else {
            return Decision::Denied(vec![Reason::PurposeNotInNotice]);
        };
        let mut reasons = Vec::new();
        let from = notice.content().effective_from;
        if at < from {
            reasons.push(Reason::NoticeNotInEffect { from });
        }
        //= UK GDPR, Article 5(1)(b): data is used for what it was collected for
        let foreign = processing.data.iter().filter(|it| !purpose.data().contains(it));
        reasons.extend(foreign.map(|category| Reason::DataNotCovered { category: *category }));
        let record = self.as_of(at);
        let ground = match record.ground(processing, purpose, notice, at) {
            Ok(ground) => Some(ground),
            Err(more) => {
                reasons.extend(more);
                None
            }
        };
        match ground {
            Some(ground) if reasons.is_empty() => Decision::Allowed(ground),
            _ => Decision::Denied(reasons),
        }
    }

    /// The ground for something, of a record as of that time.
    fn ground(
        &self,
        processing: &Processing<'_>,
        purpose: &Purpose,
        notice: &Notice,
        at: UnixMillis,
    ) -> Result<Ground, Vec<Reason>> {
        let mut reasons = Vec::new();
        let named = processing.recipient.map(|id| {
            let is_named = purpose.recipients().contains(id);
            notice.recipient(id).filter(|_| is_named)
        });
        let is_own = match named {
            Some(None) => return Err(vec![Reason::RecipientNotNamed]),
            Some(Some(recipient)) => recipient.role == RecipientRole::Processor,
            None => true,
        };
        let scope = Scope {
            purpose: processing.purpose.clone(),
            channel: processing.channel,
            recipient: processing.recipient.filter(|_| !is_own).cloned(),
        };
        let track = self.track(&scope);
        let state = self.state(&scope);
        let status = state.status_at(at);
        let grant = state.grant().filter(|_| status.is_valid());
        //= UK GDPR, Article 21(3): after an objection to direct marketing, data is not used for it
        if purpose.kind().is_marketing()
            && let Some(objected) = self.objected(processing.channel)
            && grant.is_none_or(|grant| grant.since <= objected)
        {
            reasons.push(Reason::Objected { at: objected });
        }
        if !purpose.needs_consent() {
            let ground = Ground::Basis(purpose.basis());
            return if reasons.is_empty() { Ok(ground) } else { Err(reasons) };
        }
        let Some(grant) = grant else {
            reasons.push(Reason::NoConsent { status });
            return Err(reasons);
        };
        if !track.is_some_and(|track| track.is_to(&notice.reference())) {
            reasons.push(Reason::OtherNotice);
        }
        if purpose.needs_explicit_consent() && grant.kind != ConsentKind::Explicit {
            reasons.push(Reason::NotExplicit);
        }
        if let Some(recipient) = processing.recipient
            && !grant.recipients.contains(recipient)
        {
            reasons.push(Reason::RecipientNotNamed);
        }
        let (since, until, kind) = (grant.since, grant.until, grant.kind);
        let ground = Ground::Consent { since, until, kind };
        if reasons.is_empty() { Ok(ground) } else { Err(reasons) }
    }
}
