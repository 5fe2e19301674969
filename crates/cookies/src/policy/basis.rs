//! On what ground something may be stored on a device or read from it.

use super::word::Word;
use super::{Jurisdiction, PurposeKind, Regime};

/// The ground that a site claims for an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Basis {
    /// `consent`.
    Consent,
    /// An exception from consent, by its name.
    Exempt(Exemption),
    /// `opt-out`: allowed until the person objects, where the law has no more to say.
    OptOut,
    /// `legitimate-interest`: no ground for access to a device in Europe (CL08).
    LegitimateInterest,
}

/// An exception from consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Exemption {
    /// `transmission`: the sole purpose is to transmit a communication.
    Transmission,
    /// `strictly-necessary`: for a service that the person asked for.
    StrictlyNecessary,
    /// `statistics`: statistics about the use of the service, to improve it.
    Statistics,
    /// `appearance`: the service looks or works as the person prefers.
    Appearance,
    /// `emergency`: to find a person who calls for help.
    Emergency,
}

impl Exemption {
    /// Every exception.
    pub const ALL: [Self; 5] = [
        Self::Transmission,
        Self::StrictlyNecessary,
        Self::Statistics,
        Self::Appearance,
        Self::Emergency,
    ];

    /// Whether it covers a kind of purpose.
    #[must_use]
    pub const fn covers(self, kind: PurposeKind) -> bool {
        match self {
            Self::Transmission => matches!(kind, PurposeKind::Transmission),
            Self::StrictlyNecessary => kind.can_be_necessary(),
            Self::Statistics => matches!(kind, PurposeKind::Statistics),
            Self::Appearance => matches!(kind, PurposeKind::Appearance),
            Self::Emergency => matches!(kind, PurposeKind::Emergency),
        }
    }

    /// Whether the law of a regime has this exception.
    ///
    /// # Source
    ///
    /// PECR, Schedule A1, paragraphs 3 to 7; Directive 2002/58/EC, Article 5(3); CNIL, délibération
    /// 2020-091 on audience measurement.
    #[must_use]
    pub const fn exists_under(self, regime: Regime) -> bool {
        match self {
            //= Directive 2002/58/EC, Article 5(3): transmission alone, and what is strictly necessary, need no consent
            Self::Transmission | Self::StrictlyNecessary => true,
            //= PECR, Schedule A1 paragraph 5: statistics to improve the service need no consent
            Self::Statistics => !matches!(regime, Regime::EPrivacy),
            //= PECR, Schedule A1 paragraphs 6 and 7: appearance and emergency assistance need no consent
            Self::Appearance | Self::Emergency => {
                matches!(regime, Regime::Pecr | Regime::OptOut)
            }
        }
    }

    /// Whether it ends when the person objects.
    #[must_use]
    pub const fn ends_by_objection(self) -> bool {
        //= PECR, Schedule A1 paragraphs 5 and 6: only while the person has not objected
        matches!(self, Self::Statistics | Self::Appearance)
    }
}

impl Basis {
    /// The word for it in a policy file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.word()
    }

    /// What counts in a jurisdiction; `None` is an unknown one, where the strictest counts.
    ///
    /// A ground that the law there does not know counts as no ground, so that consent is needed.
    #[must_use]
    pub const fn effective(self, jurisdiction: Option<Jurisdiction>) -> Self {
        let regime = match jurisdiction {
            Some(jurisdiction) => jurisdiction.regime(),
            None => Regime::EPrivacy,
        };
        match (self, regime) {
            (Self::Exempt(exemption), regime) if exemption.exists_under(regime) => self,
            (Self::OptOut | Self::LegitimateInterest, Regime::OptOut) => Self::OptOut,
            _ => Self::Consent,
        }
    }
}

impl Word for Basis {
    const WHAT: &'static str = "basis";
    const ALL: &'static [Self] = &[
        Self::Consent,
        Self::Exempt(Exemption::Transmission),
        Self::Exempt(Exemption::StrictlyNecessary),
        Self::Exempt(Exemption::Statistics),
        Self::Exempt(Exemption::Appearance),
        Self::Exempt(Exemption::Emergency),
        Self::OptOut,
        Self::LegitimateInterest,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Exempt(Exemption::Transmission) => "transmission",
            Self::Exempt(Exemption::StrictlyNecessary) => "strictly-necessary",
            Self::Exempt(Exemption::Statistics) => "statistics",
            Self::Exempt(Exemption::Appearance) => "appearance",
            Self::Exempt(Exemption::Emergency) => "emergency",
            Self::OptOut => "opt-out",
            Self::LegitimateInterest => "legitimate-interest",
        }
    }
}
