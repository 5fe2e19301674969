//! Terms of the vocabularies that others read our records by.

use core::fmt;

/// A vocabulary of the Data Privacy Vocabulary, version 2.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Vocabulary {
    /// The Data Privacy Vocabulary itself.
    Dpv,
    /// Categories of personal data.
    Pd,
    /// Articles of the GDPR.
    EuGdpr,
    /// Laws and authorities of the United Kingdom.
    LegalGb,
    /// Places.
    Loc,
    /// Profiles of consent records after ISO/IEC TS 27560.
    Profile,
}

impl Vocabulary {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Dpv, Self::Pd, Self::EuGdpr, Self::LegalGb, Self::Loc, Self::Profile];

    /// What its terms begin with in short.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Dpv => "dpv",
            Self::Pd => "pd",
            Self::EuGdpr => "eu-gdpr",
            Self::LegalGb => "legal-gb",
            Self::Loc => "loc",
            Self::Profile => "dpv-27560",
        }
    }

    /// What its terms begin with in full.
    #[must_use]
    pub const fn namespace(self) -> &'static str {
        match self {
            Self::Dpv => "https://w3id.org/dpv#",
            Self::Pd => "https://w3id.org/dpv/pd#",
            Self::EuGdpr => "https://w3id.org/dpv/legal/eu/gdpr#",
            Self::LegalGb => "https://w3id.org/dpv/legal/gb#",
            Self::Loc => "https://w3id.org/dpv/loc#",
            Self::Profile => "https://w3id.org/dpv/schema/dpv-27560#",
        }
    }
}

/// A term, written `pd:EmailAddress` in short.
///
/// ```
/// use upheld_consent::DataCategory;
///
/// let term = DataCategory::EmailAddress.dpv();
/// assert_eq!(term.to_string(), "pd:EmailAddress");
/// assert_eq!(term.to_iri(), "https://w3id.org/dpv/pd#EmailAddress");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term {
    vocabulary: Vocabulary,
    name: &'static str,
}

impl Term {
    pub(crate) const fn new(vocabulary: Vocabulary, name: &'static str) -> Self {
        Self { vocabulary, name }
    }

    /// Where it is defined.
    #[must_use]
    pub const fn vocabulary(self) -> Vocabulary {
        self.vocabulary
    }

    /// Its name there.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// In full.
    #[must_use]
    pub fn to_iri(self) -> String {
        format!("{}{}", self.vocabulary.namespace(), self.name)
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.vocabulary.prefix(), self.name)
    }
}

pub(crate) const fn dpv(name: &'static str) -> Term {
    Term::new(Vocabulary::Dpv, name)
}

pub(crate) const fn pd(name: &'static str) -> Term {
    Term::new(Vocabulary::Pd, name)
}

pub(crate) const fn eu_gdpr(name: &'static str) -> Term {
    Term::new(Vocabulary::EuGdpr, name)
}
