//! Whose law applies to a visit, and what it says of devices.

use super::word::Word;

/// Whose law applies to a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Jurisdiction {
    /// `uk`: the United Kingdom.
    Uk,
    /// `eea`: a state of the European Economic Area that is not named here by itself.
    Eea,
    /// `fr`: France.
    France,
    /// `de`: Germany.
    Germany,
    /// `us`: the United States, without a law of the state on opting out.
    Us,
    /// `us-ca` and so on: a state of the United States with such a law.
    State(UsState),
}

/// A state of the United States whose law lets people opt out of the sale of personal data and of
/// targeted advertising.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names of the states say it")]
pub enum UsState {
    California,
    Colorado,
    Connecticut,
    Delaware,
    Florida,
    Indiana,
    Iowa,
    Kentucky,
    Maryland,
    Minnesota,
    Montana,
    Nebraska,
    NewHampshire,
    NewJersey,
    Oregon,
    RhodeIsland,
    Tennessee,
    Texas,
    Utah,
    Virginia,
}

/// What a law asks before something is stored on a device or read from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Regime {
    /// Consent, but for exceptions: the Privacy and Electronic Communications (EC Directive)
    /// Regulations 2003, regulation 6 and Schedule A1, in force since 5 February 2026.
    Pecr,
    /// Consent, but for two exceptions: Directive 2002/58/EC, Article 5(3).
    EPrivacy,
    /// As the directive, with audience measurement excepted under conditions: France.
    EPrivacyFrance,
    /// Nothing beforehand; sale, sharing and targeted advertising end when a person opts out.
    OptOut,
}

impl Jurisdiction {
    /// What its law asks.
    #[must_use]
    pub const fn regime(self) -> Regime {
        match self {
            Self::Uk => Regime::Pecr,
            Self::Eea | Self::Germany => Regime::EPrivacy,
            Self::France => Regime::EPrivacyFrance,
            Self::Us | Self::State(_) => Regime::OptOut,
        }
    }

    /// The jurisdiction whose declarations apply where this one has none of its own.
    pub(super) const fn wider(self) -> Option<Self> {
        match self {
            Self::France | Self::Germany => Some(Self::Eea),
            Self::State(_) => Some(Self::Us),
            Self::Uk | Self::Eea | Self::Us => None,
        }
    }

    /// The word for it in a policy file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.word()
    }

    /// The jurisdiction of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::of_word(word)
    }

    /// Its name in English.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uk => "United Kingdom",
            Self::Eea => "European Economic Area",
            Self::France => "France",
            Self::Germany => "Germany",
            Self::Us => "United States",
            Self::State(state) => state.name(),
        }
    }
}

impl UsState {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::California => "California",
            Self::Colorado => "Colorado",
            Self::Connecticut => "Connecticut",
            Self::Delaware => "Delaware",
            Self::Florida => "Florida",
            Self::Indiana => "Indiana",
            Self::Iowa => "Iowa",
            Self::Kentucky => "Kentucky",
            Self::Maryland => "Maryland",
            Self::Minnesota => "Minnesota",
            Self::Montana => "Montana",
            Self::Nebraska => "Nebraska",
            Self::NewHampshire => "New Hampshire",
            Self::NewJersey => "New Jersey",
            Self::Oregon => "Oregon",
            Self::RhodeIsland => "Rhode Island",
            Self::Tennessee => "Tennessee",
            Self::Texas => "Texas",
            Self::Utah => "Utah",
            Self::Virginia => "Virginia",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::California => "us-ca",
            Self::Colorado => "us-co",
            Self::Connecticut => "us-ct",
            Self::Delaware => "us-de",
            Self::Florida => "us-fl",
            Self::Indiana => "us-in",
            Self::Iowa => "us-ia",
            Self::Kentucky => "us-ky",
            Self::Maryland => "us-md",
            Self::Minnesota => "us-mn",
            Self::Montana => "us-mt",
            Self::Nebraska => "us-ne",
            Self::NewHampshire => "us-nh",
            Self::NewJersey => "us-nj",
            Self::Oregon => "us-or",
            Self::RhodeIsland => "us-ri",
            Self::Tennessee => "us-tn",
            Self::Texas => "us-tx",
            Self::Utah => "us-ut",
            Self::Virginia => "us-va",
        }
    }
}

impl Word for Jurisdiction {
    const WHAT: &'static str = "jurisdiction";
    const ALL: &'static [Self] = &[
        Self::Uk,
        Self::Eea,
        Self::France,
        Self::Germany,
        Self::Us,
        Self::State(UsState::California),
        Self::State(UsState::Colorado),
        Self::State(UsState::Connecticut),
        Self::State(UsState::Delaware),
        Self::State(UsState::Florida),
        Self::State(UsState::Indiana),
        Self::State(UsState::Iowa),
        Self::State(UsState::Kentucky),
        Self::State(UsState::Maryland),
        Self::State(UsState::Minnesota),
        Self::State(UsState::Montana),
        Self::State(UsState::Nebraska),
        Self::State(UsState::NewHampshire),
        Self::State(UsState::NewJersey),
        Self::State(UsState::Oregon),
        Self::State(UsState::RhodeIsland),
        Self::State(UsState::Tennessee),
        Self::State(UsState::Texas),
        Self::State(UsState::Utah),
        Self::State(UsState::Virginia),
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Uk => "uk",
            Self::Eea => "eea",
            Self::France => "fr",
            Self::Germany => "de",
            Self::Us => "us",
            Self::State(state) => state.word(),
        }
    }
}
