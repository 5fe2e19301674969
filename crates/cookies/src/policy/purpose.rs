//! What for.

use super::word::Word;

/// The kinds of purpose, as far as the law distinguishes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PurposeKind {
    /// `transmission`: routing, load balancing.
    Transmission,
    /// `authentication`: staying signed in.
    Authentication,
    /// `security`: protection of the service and of those who use it, fraud, faults.
    Security,
    /// `user-input`: what a person typed or put into a basket.
    UserInput,
    /// `record-choice`: the choice about cookies itself.
    RecordChoice,
    /// `media`: playing what the person asked for.
    Media,
    /// `appearance`: language, colours, layout.
    Appearance,
    /// `statistics`: how the service is used.
    Statistics,
    /// `personalisation`: content chosen by what is known of the person.
    Personalisation,
    /// `social`: the plug-ins of social networks.
    Social,
    /// `advertising`: advertisements chosen by what is known of the person.
    Advertising,
    /// `ad-measurement`: whether advertisements are seen and work.
    AdMeasurement,
    /// `emergency`: finding a person who calls for help.
    Emergency,
}

/// A purpose of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Purpose {
    /// Its name in the file.
    pub id: String,
    /// Its kind.
    pub kind: PurposeKind,
    /// Its name for people.
    pub name: String,
    /// What is done, in a sentence for people.
    pub description: String,
    /// The purposes of TCF 2 that it takes, all of them.
    pub tcf: Vec<u8>,
}

impl PurposeKind {
    /// The word for it in a policy file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.word()
    }

    /// Whether advertising, or what follows people from site to site for it, is the purpose.
    #[must_use]
    pub const fn is_advertising(self) -> bool {
        matches!(self, Self::Advertising | Self::AdMeasurement | Self::Social)
    }

    /// Whether a service that a person asks for can need it.
    ///
    /// # Source
    ///
    /// Article 29 Working Party, Opinion 04/2012 on Cookie Consent Exemption (WP 194), section 3.
    #[must_use]
    pub const fn can_be_necessary(self) -> bool {
        //= WP 194, section 3: what can be exempt, and that advertising, social tracking and statistics are not
        matches!(
            self,
            Self::Transmission
                | Self::Authentication
                | Self::Security
                | Self::UserInput
                | Self::RecordChoice
                | Self::Media
                | Self::Appearance
                | Self::Emergency
        )
    }

    pub(super) fn standard(self) -> Purpose {
        let (name, description) = self.texts();
        Purpose {
            id: self.word().to_owned(),
            kind: self,
            name: name.to_owned(),
            description: description.to_owned(),
            tcf: self.tcf().to_vec(),
        }
    }

    /// The purposes of TCF 2 that it takes unless the policy names others.
    ///
    /// # Source
    ///
    /// IAB Europe, TCF Policies, Appendix A.
    #[must_use]
    pub const fn tcf(self) -> &'static [u8] {
        match self {
            Self::Statistics => &[1, 9],
            Self::Personalisation => &[1, 5, 6],
            Self::Advertising => &[1, 2, 3, 4],
            Self::AdMeasurement => &[1, 7],
            _ => &[1],
        }
    }

    /// The name and the description of the standard purpose of this kind.
    pub(crate) const fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Transmission => {
                ("Transmission", "Your requests reach a server that can answer them.")
            }
            Self::Authentication => ("Signing in", "You stay signed in from page to page."),
            Self::Security => {
                ("Security", "Attacks, fraud and faults are noticed and kept from you and us.")
            }
            Self::UserInput => ("What you enter", "What you typed or chose is still there later."),
            Self::RecordChoice => ("Your choice", "We remember what you chose about cookies."),
            Self::Media => ("Players", "Sound and pictures that you ask for are played."),
            Self::Appearance => {
                ("Appearance", "Pages have the language and the look that you prefer.")
            }
            Self::Statistics => {
                ("Statistics", "We count how pages are used, so as to make them better.")
            }
            Self::Personalisation => {
                ("Personal content", "What you are shown depends on what you did before.")
            }
            Self::Social => {
                ("Social networks", "Social networks show their buttons and see that you are here.")
            }
            Self::Advertising => (
                "Targeted advertising",
                "You are shown advertisements, here and elsewhere, by what you did on pages.",
            ),
            Self::AdMeasurement => (
                "Measuring advertisements",
                "It is counted which advertisements are seen and what comes of them.",
            ),
            Self::Emergency => ("Emergencies", "You are found when you call for help."),
        }
    }
}

impl Word for PurposeKind {
    const WHAT: &'static str = "purpose";
    const ALL: &'static [Self] = &[
        Self::Transmission,
        Self::Authentication,
        Self::Security,
        Self::UserInput,
        Self::RecordChoice,
        Self::Media,
        Self::Appearance,
        Self::Statistics,
        Self::Personalisation,
        Self::Social,
        Self::Advertising,
        Self::AdMeasurement,
        Self::Emergency,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Transmission => "transmission",
            Self::Authentication => "authentication",
            Self::Security => "security",
            Self::UserInput => "user-input",
            Self::RecordChoice => "record-choice",
            Self::Media => "media",
            Self::Appearance => "appearance",
            Self::Statistics => "statistics",
            Self::Personalisation => "personalisation",
            Self::Social => "social",
            Self::Advertising => "advertising",
            Self::AdMeasurement => "ad-measurement",
            Self::Emergency => "emergency",
        }
    }
}
