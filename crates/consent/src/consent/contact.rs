//! Whether somebody may be contacted: the law on marketing by letter, message and call.

use core::fmt;

use upheld_ledger::UnixMillis;

use super::{Channel, ConsentRecord, Decision, Ground, Processing, Reason};
use crate::provision::{Instrument, Provision};
use crate::word::words;
use crate::{Notice, PurposeId};

/// Whose number or address it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "PECR reg 2 has two")]
pub enum Subscriber {
    /// A person's, a sole trader's, an unincorporated partnership's.
    Individual,
    /// A company's or another body's.
    Corporate,
}

words!(Subscriber: Individual = "individual", Corporate = "corporate");

/// Whether a number is registered with the Telephone Preference Service as one that wants no calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "it is, it is not, or nobody looked")]
pub enum TpsScreening {
    /// Nobody looked.
    NotScreened,
    /// It is not.
    Clear,
    /// It is.
    Registered,
}

words!(TpsScreening: NotScreened = "not-screened", Clear = "clear", Registered = "registered");

/// Why a customer may be sent marketing without having consented. All four must be so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the regulation has four conditions")]
#[expect(clippy::exhaustive_structs, reason = "the regulation has four conditions")]
pub struct SoftOptIn {
    /// The controller itself got the address when selling something, or negotiating about it.
    pub obtained_in_sale: bool,
    /// It is about the controller's own products or services of that kind.
    pub own_similar_products: bool,
    /// The person could say no, for nothing, when they gave the address.
    pub opt_out_when_collected: bool,
    /// They can in this message too.
    pub opt_out_in_message: bool,
}

/// Which of the four is not so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the regulation has four conditions")]
pub enum SoftOptInGap {
    /// The address comes from elsewhere.
    NotObtainedInSale,
    /// It is about something else.
    NotSimilar,
    /// The person could not say no then.
    NoOptOutThen,
    /// The person cannot say no now.
    NoOptOutNow,
}

words!(SoftOptInGap:
    NotObtainedInSale = "not-obtained-in-sale",
    NotSimilar = "not-similar",
    NoOptOutThen = "no-opt-out-then",
    NoOptOutNow = "no-opt-out-now",
);

impl SoftOptInGap {
    pub(super) const fn provision(self) -> Provision {
        let clause = match self {
            Self::NotObtainedInSale => "22(3)(a)",
            Self::NotSimilar => "22(3)(b)",
            Self::NoOptOutThen | Self::NoOptOutNow => "22(3)(c)",
        };
        Provision::new(Instrument::Pecr, clause)
    }
}

impl fmt::Display for SoftOptInGap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotObtainedInSale => "the address was not given when buying from us",
            Self::NotSimilar => "it is not about our own, similar products",
            Self::NoOptOutThen => "the person could not opt out when the address was collected",
            Self::NoOptOutNow => "the person cannot opt out in this message",
        })
    }
}

impl SoftOptIn {
    //= PECR, regulation 22(3): a customer's address, similar products, a simple way to refuse each time
    fn gaps(self) -> Vec<SoftOptInGap> {
        let conditions = [
            (self.obtained_in_sale, SoftOptInGap::NotObtainedInSale),
            (self.own_similar_products, SoftOptInGap::NotSimilar),
            (self.opt_out_when_collected, SoftOptInGap::NoOptOutThen),
            (self.opt_out_in_message, SoftOptInGap::NoOptOutNow),
        ];
        conditions.into_iter().filter(|(is_so, _)| !is_so).map(|(_, gap)| gap).collect()
    }
}

/// Somebody is to be contacted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "what the law asks")]
pub struct Contact<'a> {
    /// What for.
    pub purpose: &'a PurposeId,
    /// How.
    pub channel: Channel,
    /// Whose number or address it is.
    pub subscriber: Subscriber,
    /// Whether the number is registered; for calls.
    pub tps: TpsScreening,
    /// Whether they are a customer; for e-mail, text messages and messages to apps.
    pub soft_opt_in: Option<SoftOptIn>,
}

impl ConsentRecord {
    /// Whether somebody may be contacted at a time.
    ///
    /// What is no marketing needs no more than its basis. Marketing needs:
    ///
    /// | channel | of a person | of a company |
    /// |---|---|---|
    /// | e-mail, text, push | consent, or [`SoftOptIn`] | its basis |
    /// | call by a machine | consent | consent |
    /// | call by a person | consent, or a number that is not registered | the same |
    /// | letter | its basis | its basis |
    ///
    /// An objection beats each of these but a consent that was given later.
    ///
    /// # Source
    ///
    /// PECR regs 19, 21, 22; UK GDPR Art 21(2) and (3).
    pub fn may_contact(&self, contact: &Contact<'_>, notice: &Notice, at: UnixMillis) -> Decision {
        let Some(purpose) = notice.purpose(contact.purpose) else {
            return Decision::Denied(vec![Reason::PurposeNotInNotice]);
        };
        let processing = Processing {
            purpose: contact.purpose,
            channel: Some(contact.channel),
            recipient: None,
            data: &[],
        };
        let decision = self.is_valid_for(&processing, notice, at);
        let Decision::Allowed(Ground::Basis(_)) = decision else {
            return decision;
        };
        if purpose.kind().is_marketing() { without_consent(contact, decision) } else { decision }
    }
}

/// Marketing on another basis than consent.
fn without_consent(contact: &Contact<'_>, by_basis: Decision) -> Decision {
    let channel = contact.channel;
    match channel {
        Channel::Post => by_basis,
        //= PECR, regulation 22(2): electronic mail to individuals needs consent
        Channel::Email | Channel::Sms | Channel::Push => {
            if contact.subscriber == Subscriber::Corporate {
                return by_basis;
            }
            let Some(customer) = contact.soft_opt_in else {
                return Decision::Denied(vec![Reason::ChannelNeedsConsent { channel }]);
            };
            let gaps = customer.gaps();
            if gaps.is_empty() {
                return Decision::Allowed(Ground::SoftOptIn);
            }
            Decision::Denied(gaps.into_iter().map(Reason::SoftOptIn).collect())
        }
        //= PECR, regulation 19(2): calls by machines need consent
        Channel::AutomatedCall => Decision::Denied(vec![Reason::ChannelNeedsConsent { channel }]),
        //= PECR, regulation 21(1): no calls to registered numbers
        Channel::LiveCall => match contact.tps {
            TpsScreening::Clear => by_basis,
            TpsScreening::Registered => Decision::Denied(vec![Reason::Registered]),
            TpsScreening::NotScreened => Decision::Denied(vec![Reason::NotScreened]),
        },
    }
}
