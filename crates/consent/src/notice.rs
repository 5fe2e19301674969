//! What people are told before they are asked: versions, languages, and a hash that binds a consent
//! to the very words.

mod change;

use core::fmt;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use upheld_ledger::{JsonError, UnixMillis, Value};

use crate::moment::millis;
use crate::text::{TextError, check};
use crate::word::words;
use crate::{Controller, NoticeId, Purpose, PurposeId, Recipient, RecipientId};

pub use change::NoticeChange;

const LINE: usize = 1_000;
/// More than anybody reads.
const MANY: usize = 100;
const REFRESH: u16 = 120;

/// How people and controller reach each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a way to consent is a way to withdraw, each of them")]
pub enum Means {
    /// A page.
    Web,
    /// An app.
    App,
    /// An e-mail.
    Email,
    /// A call.
    Phone,
    /// Face to face.
    InPerson,
    /// A letter.
    Post,
}

words!(Means:
    Web = "web",
    App = "app",
    Email = "email",
    Phone = "phone",
    InPerson = "in-person",
    Post = "post",
);

/// How a consent is withdrawn by one [`Means`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "where, and how")]
pub struct WithdrawalRoute {
    /// By what.
    pub means: Means,
    /// What to do, for the person: an address, a number, where to press.
    pub how: String,
}

/// What a [`Notice`] is made of.
///
/// | field | must |
/// |---|---|
/// | `version` | be counted up with every change, from 1 |
/// | `language` | be a tag of BCP 47: `en`, `cy`, `en-GB` |
/// | `purposes` | be 1 to 100, each named once |
/// | `recipients` | be named once each, and name everybody that a purpose does |
/// | `given_by` | name a means when a purpose needs consent |
/// | `withdrawal` | have a route for every means in `given_by` |
/// | `stored_in` | name countries by ISO 3166-1, `GB` |
/// | `refresh_months` | be 1 to 120; how long a consent stands. Two years is usual |
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "to be filled in by whoever writes a notice")]
pub struct NoticeDraft {
    /// Its name, the same for every version and language.
    pub id: NoticeId,
    /// Which version.
    pub version: u32,
    /// Which language.
    pub language: String,
    /// Since when it is shown.
    #[serde(with = "millis")]
    pub effective_from: UnixMillis,
    /// Who asks.
    pub controller: Controller,
    /// Who else is given data, by name.
    pub recipients: Vec<Recipient>,
    /// What for.
    pub purposes: Vec<Purpose>,
    /// By what means consent may be given.
    pub given_by: Vec<Means>,
    /// How it is withdrawn.
    pub withdrawal: Vec<WithdrawalRoute>,
    /// Where data is kept.
    pub stored_in: Vec<String>,
    /// After how many months people are asked anew.
    pub refresh_months: u16,
}

/// A privacy notice, complete, in one version and language.
///
/// There is none without the controller's name and address, its purposes, every recipient by name,
/// and a way to withdraw by each means by which consent can be given.
///
/// # Source
///
/// UK GDPR Art 13(1) and (2), Art 7(3); ICO, consent: what should a request say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "NoticeDraft", into = "NoticeDraft")]
pub struct Notice {
    draft: NoticeDraft,
    canonical: String,
    hash: NoticeHash,
}

impl Notice {
    /// Checks a draft. Purposes and recipients are put in order of their names.
    ///
    /// # Errors
    ///
    /// [`NoticeError`].
    pub fn new(mut draft: NoticeDraft) -> Result<Self, NoticeError> {
        check_parts(&draft)?;
        check_routes(&draft)?;
        draft.purposes.sort_by(|one, other| one.id().cmp(other.id()));
        draft.recipients.sort_by(|one, other| one.id.cmp(&other.id));
        let twice = draft.purposes.windows(2).find_map(|pair| match pair {
            [one, other] if one.id() == other.id() => Some(one.id().clone()),
            _ => None,
        });
        if let Some(purpose) = twice {
            return Err(NoticeError::PurposeTwice { purpose });
        }
        let twice = draft.recipients.windows(2).find_map(|pair| match pair {
            [one, other] if one.id == other.id => Some(one.id.clone()),
            _ => None,
        });
        if let Some(recipient) = twice {
            return Err(NoticeError::RecipientTwice { recipient });
        }
        //= UK GDPR, Article 13(1)(e): the person is told who is given the data
        for purpose in &draft.purposes {
            let is_named = |id: &&RecipientId| draft.recipients.iter().any(|it| it.id == **id);
            if let Some(recipient) = purpose.recipients().iter().find(|id| !is_named(id)) {
                let (purpose, recipient) = (purpose.id().clone(), recipient.clone());
                return Err(NoticeError::RecipientNotNamed { purpose, recipient });
            }
        }
        let canonical = to_value(&draft)?.to_canonical();
        let hash = NoticeHash(Sha256::digest(&canonical).into());
        Ok(Self { draft, canonical, hash })
    }

    /// What it says, in order.
    #[must_use]
    pub const fn content(&self) -> &NoticeDraft {
        &self.draft
    }

    /// What consents to it refer to.
    #[must_use]
    pub fn reference(&self) -> NoticeRef {
        NoticeRef {
            id: self.draft.id.clone(),
            version: self.draft.version,
            language: self.draft.language.clone(),
            hash: self.hash,
        }
    }

    /// Its bytes as they are hashed: canonical JSON, RFC 8785.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// SHA-256 of [`canonical`](Self::canonical): what `sha256sum` says of that file.
    #[must_use]
    pub const fn hash(&self) -> NoticeHash {
        self.hash
    }

    /// A purpose by its name.
    #[must_use]
    pub fn purpose(&self, id: &PurposeId) -> Option<&Purpose> {
        self.draft.purposes.iter().find(|purpose| purpose.id() == id)
    }

    /// A recipient by its name.
    #[must_use]
    pub fn recipient(&self, id: &RecipientId) -> Option<&Recipient> {
        self.draft.recipients.iter().find(|recipient| recipient.id == *id)
    }

    /// What becomes different for those who consented to a purpose, when `newer` takes the place of
    /// this notice.
    pub fn change(&self, newer: &Self, purpose: &PurposeId) -> NoticeChange {
        change::between(self, newer, purpose)
    }
}

impl TryFrom<NoticeDraft> for Notice {
    type Error = NoticeError;

    fn try_from(draft: NoticeDraft) -> Result<Self, NoticeError> {
        Self::new(draft)
    }
}

impl From<Notice> for NoticeDraft {
    fn from(notice: Notice) -> Self {
        notice.draft
    }
}

fn check_parts(draft: &NoticeDraft) -> Result<(), NoticeError> {
    if draft.version == 0 {
        return Err(NoticeError::Version);
    }
    let is_tag = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let is_language = draft.language.len() >= 2 && draft.language.len() <= 35;
    if !is_language || !draft.language.split('-').all(is_tag) {
        return Err(NoticeError::Language);
    }
    draft.controller.check()?;
    for recipient in &draft.recipients {
        recipient.check()?;
    }
    if draft.purposes.is_empty() || draft.purposes.len() > MANY || draft.recipients.len() > MANY {
        return Err(NoticeError::Number);
    }
    let is_country =
        |code: &String| code.len() == 2 && code.bytes().all(|it| it.is_ascii_uppercase());
    if draft.stored_in.is_empty() || !draft.stored_in.iter().all(is_country) {
        return Err(NoticeError::StoredIn);
    }
    if draft.refresh_months == 0 || draft.refresh_months > REFRESH {
        return Err(NoticeError::Refresh { months: draft.refresh_months });
    }
    if crate::moment::day(draft.effective_from).is_none() {
        return Err(NoticeError::EffectiveFrom);
    }
    Ok(())
}

//= UK GDPR, Article 7(3): withdrawing is as easy as giving, and the person is told how beforehand
fn check_routes(draft: &NoticeDraft) -> Result<(), NoticeError> {
    for route in &draft.withdrawal {
        check("a way to withdraw", &route.how, LINE)?;
    }
    if draft.given_by.is_empty() && draft.purposes.iter().any(Purpose::needs_consent) {
        return Err(NoticeError::NoWayToGive);
    }
    let has_route = |means: &&Means| draft.withdrawal.iter().any(|route| route.means == **means);
    match draft.given_by.iter().find(|means| !has_route(means)) {
        Some(&means) => Err(NoticeError::NoWayToWithdraw { means }),
        None => Ok(()),
    }
}

/// JSON of anything that is only text, integers below 2⁵³, lists and names.
pub(crate) fn to_value<T: Serialize>(content: &T) -> Result<Value, JsonError> {
    let syntax =
        |error: serde_json::Error| JsonError::Syntax { line: error.line(), column: error.column() };
    Value::parse(&serde_json::to_vec(content).map_err(syntax)?)
}

/// Which words somebody was shown: notice, version, language, and the hash of its content.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "what tells one notice from another")]
pub struct NoticeRef {
    /// Its name.
    pub id: NoticeId,
    /// Its version.
    pub version: u32,
    /// Its language.
    pub language: String,
    /// The hash of its content, so that nobody can change the words afterwards.
    pub hash: NoticeHash,
}

/// SHA-256 of a notice's canonical JSON; 64 hexadecimal digits in lower case.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NoticeHash([u8; 32]);

impl NoticeHash {
    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl TryFrom<String> for NoticeHash {
    type Error = NoticeError;

    fn try_from(text: String) -> Result<Self, NoticeError> {
        let bytes = HEXLOWER.decode(text.as_bytes()).ok();
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or(NoticeError::Hash)
    }
}

impl From<NoticeHash> for String {
    fn from(hash: NoticeHash) -> Self {
        HEXLOWER.encode(&hash.0)
    }
}

impl fmt::Display for NoticeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for NoticeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a draft is no notice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoticeError {
    /// A text is blank, too long, or has control characters.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The version is 0.
    #[error("versions are counted from 1")]
    Version,
    /// No tag of BCP 47.
    #[error("a language is a tag of BCP 47, such as en or en-GB")]
    Language,
    /// None, or too many.
    #[error("a notice has 1 to {MANY} purposes, and at most as many recipients")]
    Number,
    /// Two purposes of one name.
    #[error("the purpose {purpose} is there twice")]
    PurposeTwice {
        /// Which.
        purpose: PurposeId,
    },
    /// Two recipients of one name.
    #[error("the recipient {recipient} is there twice")]
    RecipientTwice {
        /// Which.
        recipient: RecipientId,
    },
    /// Somebody is given data whom the notice does not name.
    #[error("{purpose} gives data to {recipient}, whom the notice does not name")]
    RecipientNotNamed {
        /// For what.
        purpose: PurposeId,
        /// Who.
        recipient: RecipientId,
    },
    /// A purpose needs consent, and nobody can give it.
    #[error("a purpose needs consent: say by what means it is given")]
    NoWayToGive,
    /// Harder to withdraw than to give.
    #[error("consent is given by {}, so say how it is withdrawn by {}", means.name(), means.name())]
    NoWayToWithdraw {
        /// By which means.
        means: Means,
    },
    /// No country.
    #[error("say in which countries data is kept, by two capital letters each")]
    StoredIn,
    /// Asked anew at once, or never.
    #[error("asked anew after {months} months; it must be 1 to {REFRESH}")]
    Refresh {
        /// What was said.
        months: u16,
    },
    /// Beyond the calendar.
    #[error("a notice is in effect before the year 2200")]
    EffectiveFrom,
    /// No hash.
    #[error("a hash is 64 hexadecimal digits in lower case")]
    Hash,
    /// It has no canonical form.
    #[error(transparent)]
    Json(#[from] JsonError),
}
