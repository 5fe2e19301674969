//! Signals that browsers and advertising systems send about a person's choice.

use serde::Deserialize;

use crate::UnixSeconds;
use crate::gpp::{Gpp, Section};
use crate::tcf::TcString;
use crate::us_privacy::{Answer, UsPrivacy};

/// What came with a request besides the site's own record of a choice.
///
/// Nothing that was received wrongly counts in favour: a TC string that cannot be read or is
/// invalid consents to nothing, and a GPP or US Privacy string that cannot be read opts out.
///
/// ```
/// use upheld_cookies::UnixSeconds;
/// use upheld_cookies::signals::Signals;
///
/// let signals = Signals::none().with_sec_gpc([&b"1"[..]]).with_us_privacy("1YNN");
/// assert!(signals.gpc() && !signals.opted_out());
/// # let _ = UnixSeconds(0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signals<'a> {
    gpc: bool,
    dnt: bool,
    opted_out: bool,
    own_tc: TcSignal<'a>,
    gpp_tc: TcSignal<'a>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum TcSignal<'a> {
    #[default]
    Absent,
    Unusable,
    Valid(TcString<'a>),
}

/// What the TC strings say together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum TcAnswer {
    Silent,
    Allows,
    Refuses,
}

impl<'a> Signals<'a> {
    /// No signal at all.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The same with the values of all `Sec-GPC` header fields.
    ///
    /// # Source
    ///
    /// W3C, Global Privacy Control: the one value is `1`; one field that has it is enough.
    #[must_use]
    pub fn with_sec_gpc<'v>(mut self, values: impl IntoIterator<Item = &'v [u8]>) -> Self {
        //= GPC, The Sec-GPC Header Field: any other value is no signal
        self.gpc |= values.into_iter().any(|value| value == b"1");
        self
    }

    /// The same with the value of the `DNT` header field.
    #[must_use]
    pub fn with_dnt(mut self, value: &[u8]) -> Self {
        self.dnt |= value == b"1";
        self
    }

    /// The same with a TC string, as relied on at `now`.
    ///
    /// After another one that differs, neither is relied on: nobody can tell whose it is.
    #[must_use]
    pub fn with_tc_string(mut self, text: &'a str, now: UnixSeconds) -> Self {
        self.own_tc = self.own_tc.and(TcSignal::of(TcString::parse(text).ok(), now));
        self
    }

    /// The same with a GPP string, as relied on at `now`.
    ///
    /// After another one, what either opts out of counts. If both have a TC string and these
    /// differ, or one cannot be used, neither is relied on; one beside none counts.
    #[must_use]
    pub fn with_gpp(mut self, text: &'a str, now: UnixSeconds) -> Self {
        let Ok(gpp) = Gpp::parse(text) else {
            self.opted_out = true;
            self.gpp_tc = TcSignal::Unusable;
            return self;
        };
        let mut found = TcSignal::Absent;
        self.gpc |= gpp.gpc() == Some(true);
        for (id, text) in gpp.sections() {
            match Section::parse(id, text) {
                Ok(Section::TcfEuV2(tc)) => found = TcSignal::of(Some(tc), now),
                Ok(Section::UsPrivacy(string)) => self.opted_out |= is_opted_out(string),
                Ok(Section::UnitedStates(section)) => self.opted_out |= section.opted_out(),
                Ok(Section::Other(_)) => {}
                Err(_) if id == 2 => found = TcSignal::Unusable,
                Err(_) => self.opted_out = true,
            }
        }
        self.gpp_tc = self.gpp_tc.and(found);
        self
    }

    /// The same with a US Privacy string.
    #[must_use]
    pub fn with_us_privacy(mut self, text: &str) -> Self {
        self.opted_out |= UsPrivacy::parse(text).map_or(true, is_opted_out);
        self
    }

    /// Whether Global Privacy Control was sent.
    #[must_use]
    pub const fn gpc(&self) -> bool {
        self.gpc
    }

    /// Whether `DNT: 1` was sent.
    #[must_use]
    pub const fn dnt(&self) -> bool {
        self.dnt
    }

    /// Whether a GPP or US Privacy string opts out of sale, sharing or targeted advertising.
    #[must_use]
    pub const fn opted_out(&self) -> bool {
        self.opted_out
    }

    /// Whether every TC string that came lets `vendor` do all of `purposes`.
    pub(crate) fn tc_answer(&self, purposes: impl Iterator<Item = u8>, vendor: u16) -> TcAnswer {
        let strings = [self.own_tc, self.gpp_tc];
        if strings.contains(&TcSignal::Unusable) {
            return TcAnswer::Refuses;
        }
        let mut answer = TcAnswer::Silent;
        for purpose in purposes {
            for string in strings {
                match string {
                    TcSignal::Valid(tc) if tc.allows(purpose, vendor) => answer = TcAnswer::Allows,
                    TcSignal::Absent => {}
                    TcSignal::Valid(_) | TcSignal::Unusable => return TcAnswer::Refuses,
                }
            }
        }
        answer
    }
}

impl<'a> TcSignal<'a> {
    /// What two of them come to.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Absent, one) | (one, Self::Absent) => one,
            (one, other) if one == other => one,
            _ => Self::Unusable,
        }
    }

    fn of(tc: Option<TcString<'a>>, now: UnixSeconds) -> Self {
        tc.filter(|tc| tc.faults(now).is_empty()).map_or(Self::Unusable, Self::Valid)
    }
}

fn is_opted_out(string: UsPrivacy) -> bool {
    string.opt_out_of_sale == Answer::Yes
}

/// What a site says at `/.well-known/gpc.json`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the specification has these members")]
pub struct GpcFile {
    /// Whether it heeds the signal.
    pub gpc: bool,
    /// When it last said so, a day or a moment by RFC 3339, as it is written.
    pub last_update: Option<String>,
}

/// Why a text is no `gpc.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GpcFileError {
    /// No JSON object with `gpc`.
    #[error("the file must be a JSON object in which gpc is true or false")]
    Form,
    /// A `lastUpdate` that is no date.
    #[error("lastUpdate must begin with a day, as in 2026-11-23")]
    Date,
}

#[derive(Deserialize)]
struct GpcJson {
    gpc: bool,
    #[serde(rename = "lastUpdate")]
    last_update: Option<String>,
}

impl GpcFile {
    /// Reads the file; members that the specification does not have are ignored.
    ///
    /// # Errors
    ///
    /// [`GpcFileError`].
    ///
    /// # Source
    ///
    /// W3C, Global Privacy Control, GPC Support Resource.
    pub fn parse(json: &[u8]) -> Result<Self, GpcFileError> {
        let read: GpcJson = serde_json::from_slice(json).map_err(|_| GpcFileError::Form)?;
        if let Some(text) = &read.last_update {
            let day = text.get(..10).unwrap_or(text);
            crate::Day::parse(day).map_err(|_| GpcFileError::Date)?;
        }
        Ok(Self { gpc: read.gpc, last_update: read.last_update })
    }

    /// Writes the file.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = serde_json::json!({ "gpc": self.gpc });
        if let (Some(object), Some(text)) = (json.as_object_mut(), &self.last_update) {
            object.insert("lastUpdate".to_owned(), text.clone().into());
        }
        json.to_string()
    }
}
