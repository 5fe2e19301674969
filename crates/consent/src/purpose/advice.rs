//! What is allowed and unwise.

use core::fmt;

use super::{Necessity, Purpose, PurposeKind};
use crate::provision::{Instrument, Provision};
use crate::{DataGroup, LawfulBasis};

/// What a privacy officer would want to hear about a purpose. Nothing here forbids it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Advice {
    /// Consent to one's own care. Whoever refuses is treated all the same, and records are kept
    /// whether or not it is withdrawn: it is not the basis.
    ConsentForCare,
    /// Consent that the service depends on is hardly free.
    ConditionalConsent,
    /// Nothing here says who the person is by itself; it is personal data all the same, and the
    /// person's rights reach it.
    PersonalAllTheSame,
    /// Advertisements by what is known of the person rest on consent, if they use what is stored on
    /// their equipment.
    TargetedWithoutConsent,
}

pub(super) fn on(purpose: &Purpose) -> Vec<Advice> {
    let mut advice = Vec::new();
    if purpose.kind() == PurposeKind::Care && purpose.needs_consent() {
        advice.push(Advice::ConsentForCare);
    }
    if purpose.necessity() == Necessity::RequiredForService && purpose.needs_consent() {
        advice.push(Advice::ConditionalConsent);
    }
    let identifies = |group| group == DataGroup::IdentifiesYou;
    if !purpose.data().iter().any(|category| identifies(category.group())) {
        advice.push(Advice::PersonalAllTheSame);
    }
    let is_targeted = purpose.kind() == PurposeKind::TargetedAdvertising;
    if is_targeted && purpose.basis() != LawfulBasis::Consent {
        advice.push(Advice::TargetedWithoutConsent);
    }
    advice
}

impl Advice {
    /// What it follows from.
    #[must_use]
    pub const fn provision(self) -> Provision {
        match self {
            Self::ConsentForCare => Provision::new(Instrument::UkGdpr, "9(2)(h)"),
            Self::ConditionalConsent => Provision::new(Instrument::UkGdpr, "7(4)"),
            Self::PersonalAllTheSame => Provision::new(Instrument::UkGdpr, "4(1)"),
            Self::TargetedWithoutConsent => Provision::new(Instrument::Pecr, "6"),
        }
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ConsentForCare => "care does not rest on consent: name Article 9(2)(h)",
            Self::ConditionalConsent => "consent that the service depends on is hardly free",
            Self::PersonalAllTheSame => "data that names nobody is personal data all the same",
            Self::TargetedWithoutConsent => {
                "advertisements by what is stored on somebody's equipment need their consent"
            }
        })
    }
}
