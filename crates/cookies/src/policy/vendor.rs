//! Third parties, what they ask of those who use them, and how people opt out of them.

use super::name::DomainPattern;
use super::word::Word;
use super::{DataKind, Place};
use crate::Day;

/// A third party.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Vendor {
    /// Its name in the file.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Whether it acts for the site or for itself.
    pub role: VendorRole,
    /// What it asks of those who use it.
    pub profile: Option<VendorProfile>,
    /// Its number on the IAB's Global Vendor List.
    pub gvl: Option<u16>,
    /// Its domains.
    pub domains: Vec<DomainPattern>,
    /// Its privacy policy, a URL.
    pub privacy: Option<String>,
    /// The ways to opt out of it, by their names in the file.
    pub opt_outs: Vec<String>,
    /// Whether every page with its pixel links to the policy.
    pub linked_from_every_page: bool,
    /// When its campaign began.
    pub campaign_started: Option<Day>,
    /// Where it stands in the file.
    pub place: Place,
}

/// Whether a vendor acts for the site or for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum VendorRole {
    /// `processor`: on the site's instructions alone.
    Processor,
    /// `controller`: for purposes of its own, alone or with the site.
    Controller,
}

/// A way to opt out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OptOut {
    /// Its name in the file.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Where it is, a URL or a path.
    pub url: String,
    /// What a person does there, in a sentence.
    pub how: Option<String>,
    /// When somebody last tried it.
    pub checked: Option<Day>,
    /// The last day on which it is relied on (CL18).
    pub valid_until: Option<Day>,
    /// Where it stands in the file.
    pub place: Place,
}

/// What a vendor asks of those who use it: statements that their policy makes.
///
/// ```
/// use upheld_cookies::policy::{DataKind, VendorProfile};
///
/// let profile = VendorProfile::parse("adroll").ok_or("no profile")?;
/// assert_eq!(profile, VendorProfile::adroll());
/// assert!(profile.data().contains(&DataKind::CookieId));
/// assert_eq!(profile.statements().len(), 3);
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VendorProfile(Profile);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Profile {
    AdRoll,
}

/// A statement that a vendor asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Statement {
    /// What the statement is about.
    pub about: &'static str,
    /// A text that makes it.
    pub text: &'static str,
}

impl OptOut {
    /// Whether it is still relied on on a day.
    #[must_use]
    pub fn is_relied_on(&self, today: Day) -> bool {
        self.valid_until.is_none_or(|last| today <= last)
    }
}

impl VendorProfile {
    /// AdRoll, of NextRoll, Inc.: the kinds of data, their use, and how to opt out must be told on a
    /// page that every page with the pixel links to, within 30 days of the first campaign.
    ///
    /// # Source
    ///
    /// RollWorks and AdRoll Help Centre, "Privacy Policy Requirements".
    #[must_use]
    pub const fn adroll() -> Self {
        Self(Profile::AdRoll)
    }

    /// The word for it in a policy file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.word()
    }

    /// The profile of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::of_word(word)
    }

    /// The kinds of data that must be told.
    #[must_use]
    pub const fn data(self) -> &'static [DataKind] {
        match self.0 {
            Profile::AdRoll => &[DataKind::IpAddress, DataKind::CookieId, DataKind::WebActivity],
        }
    }

    /// Within how many days of the first campaign the policy must be there.
    #[must_use]
    pub const fn days_to_publish(self) -> i64 {
        match self.0 {
            Profile::AdRoll => 30,
        }
    }

    /// The statements, in words that a policy can use.
    #[must_use]
    pub const fn statements(self) -> &'static [Statement] {
        match self.0 {
            Profile::AdRoll => &[
                Statement {
                    about: "types of data",
                    text: "AdRoll receives your IP address, identifiers kept in cookies and similar \
                           places, and what you do on our website.",
                },
                Statement {
                    about: "use of data",
                    text: "If you allow it, third parties such as AdRoll place cookies in your \
                           browser while you visit us, so as to show you advertisements chosen by \
                           what you did here.",
                },
                Statement {
                    about: "opting out",
                    text: "You can refuse this here at any time, and opt out of it everywhere in the \
                           ways listed below.",
                },
            ],
        }
    }
}

impl Word for VendorProfile {
    const WHAT: &'static str = "vendor profile";
    const ALL: &'static [Self] = &[Self(Profile::AdRoll)];

    fn word(self) -> &'static str {
        match self.0 {
            Profile::AdRoll => "adroll",
        }
    }
}

impl Word for VendorRole {
    const WHAT: &'static str = "role";
    const ALL: &'static [Self] = &[Self::Processor, Self::Controller];

    fn word(self) -> &'static str {
        match self {
            Self::Processor => "processor",
            Self::Controller => "controller",
        }
    }
}

impl VendorRole {
    /// The word for it in a policy file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.word()
    }
}
