//! The declaration of cookies: the program's own, until another is published at the desk.

pub(crate) mod draft;
pub(crate) mod follow;
pub(crate) mod kept;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use upheld_consent::{Notice, NoticeError, NoticeId, NoticeRef, UnixMillis};
use upheld_cookies::policy::{DomainPattern, Policy, PolicyError};
use upheld_cookies::{CookieId, Day, Decision, Visit, decide};
use upheld_cookies_tower::{Gate, GateError};
use upheld_store::consent::{Consents, Published};
use upheld_store::ledger::LedgerError;

use crate::clock::Moment;
use crate::cookie_notice::{self, optional};
use crate::language::Language;
use kept::Kept;

/// What is declared wherever the portal runs.
const DECLARED: &str = include_str!("../cookies/cookies.toml");
/// What is declared beside it where there is an advertisement for trying out.
const ADVERTISING: &str = include_str!("../cookies/advertising.toml");
/// How many notices of one day there can be: each has a number of its own.
const NOTICES_OF_A_DAY: u32 = 100;
/// The number of the last of them.
const LAST_OF_A_DAY: u32 = 99;

/// A declaration, as it is or was in force.
#[derive(Clone, Debug)]
pub(crate) struct Declaration {
    /// Counted from 1 as they are published; 0 is the program's own.
    number: u32,
    /// When it was published; none for the program's own.
    since: Option<Moment>,
    hash: TextHash,
    policy: Policy,
    /// What people are told of it before they choose; none where there is nothing to choose.
    notices: Option<[Notice; 2]>,
}

/// The SHA-256 of a declaration's text: what was shown is what is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TextHash([u8; 32]);

impl TextHash {
    pub(crate) fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Sixty-four hexadecimal digits.
impl std::fmt::Display for TextHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

/// Why a text is no declaration for this portal.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeclarationError {
    #[error("the declaration of cookies cannot be read: {0}")]
    Policy(#[from] PolicyError),
    #[error("version {number} of the declaration of cookies is not the text that was published")]
    Altered { number: u32 },
    #[error(
        "the declaration of cookies is of {updated}, and today is {today}: nobody can be asked about \
         it before its day"
    )]
    Ahead { updated: Day, today: Day },
    #[error(transparent)]
    Gate(#[from] GateError),
    #[error(
        "the declaration of cookies leaves out what this program stores so that it works, or says \
         that it needs consent or ends sooner: {0}"
    )]
    Lacking(String),
    #[error("what people are told of the declaration of cookies is no notice: {0}")]
    Notice(#[from] NoticeError),
}

/// Why people cannot be told of a declaration.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AnnounceError {
    #[error(transparent)]
    Notice(#[from] NoticeError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error("version {version} of the notice {id} was published with other words")]
    Changed { id: NoticeId, version: u32 },
}

impl Declaration {
    /// The program's own.
    pub(crate) fn built_in(has_advert: bool) -> Result<Self, DeclarationError> {
        let text = built_in_text(has_advert);
        let (hash, policy) = (TextHash::of(&text), Policy::parse_toml(&text)?);
        Ok(Self { number: 0, since: None, hash, policy, notices: None })
    }

    /// One that was published: as it was, and such that the portal works by it.
    pub(crate) fn published(kept: &Kept, now: Moment) -> Result<Self, DeclarationError> {
        let (number, since) = (kept.number, Some(kept.at));
        let policy = kept.read()?;
        Gate::check(&policy, now.to_cookie_time())?;
        let lacking = lacking(&policy, now);
        if !lacking.is_empty() {
            return Err(DeclarationError::Lacking(lacking.join(", ")));
        }
        Ok(Self { number, since, hash: kept.hash, policy, notices: None })
    }

    /// Whether its day has come, where it asks anything.
    pub(crate) fn is_due(&self, today: Day) -> Result<(), DeclarationError> {
        let updated = self.policy.site().updated;
        if updated > today && !optional(&self.policy).is_empty() {
            return Err(DeclarationError::Ahead { updated, today });
        }
        Ok(())
    }

    /// Publishes what people are told of it in the log, so that consents can refer to it.
    ///
    /// The notice's version is the day of the declaration. Of those that were published at the desk
    /// there may be several of one day, which are told apart by two digits behind it: the first that
    /// has these words, or none yet. So it is the same on every node.
    pub(crate) async fn announce(
        &mut self,
        consents: &Consents,
        at: UnixMillis,
    ) -> Result<(), AnnounceError> {
        let mut taken = None;
        for version in self.versions() {
            let Some(notices) = self.write(version)? else { return Ok(()) };
            taken = None;
            for notice in &notices {
                if consents.publish(notice, at, "portal").await? == Published::Conflict {
                    let NoticeRef { id, version, .. } = notice.reference();
                    taken = Some(AnnounceError::Changed { id, version });
                    break;
                }
            }
            if taken.is_none() {
                self.notices = Some(notices);
                return Ok(());
            }
        }
        taken.map_or(Ok(()), Err)
    }

    /// The versions that its notice may have.
    fn versions(&self) -> std::ops::Range<u32> {
        let day = cookie_notice::version(&self.policy);
        if self.number == 0 {
            return day..day.saturating_add(1);
        }
        let first = day.saturating_mul(NOTICES_OF_A_DAY);
        first..first.saturating_add(NOTICES_OF_A_DAY)
    }

    fn write(&self, version: u32) -> Result<Option<[Notice; 2]>, NoticeError> {
        let [english, german] = Language::ALL;
        let write = |language| cookie_notice::write(&self.policy, version, language);
        Ok(write(english)?.zip(write(german)?).map(<[Notice; 2]>::from))
    }

    pub(crate) const fn number(&self) -> u32 {
        self.number
    }

    pub(crate) const fn since(&self) -> Option<&Moment> {
        self.since.as_ref()
    }

    pub(crate) const fn hash(&self) -> TextHash {
        self.hash
    }

    /// With the hosts of its text.
    pub(crate) const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What is shown in a language before somebody chooses.
    pub(crate) fn notice(&self, language: Language) -> Option<&Notice> {
        let [english, german] = self.notices.as_ref()?;
        Some(if matches!(language, Language::German) { german } else { english })
    }
}

/// The last version that the notice of a declaration may have, if that is published at the desk.
pub(crate) fn last_version(policy: &Policy) -> u32 {
    let day = cookie_notice::version(policy);
    day.saturating_mul(NOTICES_OF_A_DAY).saturating_add(LAST_OF_A_DAY)
}

/// The program's own declaration, as it is read.
pub(crate) fn built_in_text(has_advert: bool) -> String {
    [DECLARED, if has_advert { ADVERTISING } else { "" }].concat()
}

/// The cookies without which the portal does not work, and that a declaration would keep back until
/// somebody agrees, does not have, or says to end sooner than they do.
pub(crate) fn lacking(policy: &Policy, now: Moment) -> Vec<String> {
    // The program's own is read by a test as well.
    let Ok(own) = Policy::parse_toml(DECLARED) else { return Vec::new() };
    let visit = Visit::new(None, now.to_cookie_time());
    let is_there = |host: &DomainPattern, item: &upheld_cookies::policy::Item| {
        let name = item.name.as_str().as_bytes();
        let cookie = CookieId { name, domain: host.domain() };
        let stays = policy.find_cookie(name, host.domain()).map(|it| it.lifetime >= item.lifetime);
        matches!(decide(policy, &visit, cookie), Decision::Allow(_)) && stays == Some(true)
    };
    let hosts = &policy.site().hosts;
    let lacking = own.items().iter().filter(|item| !hosts.iter().all(|host| is_there(host, item)));
    lacking.map(|item| item.name.as_str().to_owned()).collect()
}
