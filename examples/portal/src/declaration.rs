//! The declaration of cookies: the program's own, until another is published at the desk.

pub(crate) mod draft;
pub(crate) mod follow;
pub(crate) mod kept;

use std::ops::Range;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use upheld_consent::{Notice, NoticeError, UnixMillis};
use upheld_cookies::policy::{DomainPattern, GpcRule, Lifetime, Policy, PolicyError};
use upheld_cookies::{CookieId, Day, Decision, MAX_AGE_LIMIT, Visit, decide};
use upheld_cookies_tower::{Gate, GateError};
use upheld_store::consent::Consents;

use crate::clock::Moment;
use crate::cookie_notice::{self, optional};
use crate::language::Language;
use crate::notice::{Notices, NoticesError};
use kept::Kept;

/// What is declared wherever the portal runs.
const DECLARED: &str = include_str!("../cookies/cookies.toml");
/// What is declared beside it where there is an advertisement for trying out.
const ADVERTISING: &str = include_str!("../cookies/advertising.toml");
/// How many notices of one day there can be: each has a number of its own.
const NOTICES_OF_A_DAY: u32 = 100;

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
    notices: Option<Notices>,
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
    Fault(#[from] Fault),
}

/// Why the portal would not work by a declaration.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error(transparent)]
    Gate(GateError),
    #[error(
        "the declaration of cookies keeps the choice in {0}, which this program uses for something \
         else"
    )]
    Taken(String),
    #[error(
        "the declaration of cookies leaves out what this program stores so that it works, or says \
         that it needs consent or ends sooner: {0}"
    )]
    Lacking(String),
    #[error(
        "by the declaration of cookies a choice wins over Global Privacy Control, and this program \
         tells people that it does not"
    )]
    Signal,
    #[error("what people are told of the declaration of cookies is no notice: {0}")]
    Notice(NoticeError),
}

impl Declaration {
    /// The program's own.
    pub(crate) fn built_in(has_advert: bool) -> Result<Self, DeclarationError> {
        let text = built_in_text(has_advert);
        let (hash, policy) = (TextHash::of(&text), Policy::parse_toml(&text)?);
        Ok(Self { number: 0, since: None, hash, policy, notices: None })
    }

    /// One that was published: as it was, and such that the portal works by it at its hosts,
    /// whichever the text names.
    pub(crate) fn published(
        kept: &Kept,
        hosts: &[DomainPattern],
        now: Moment,
    ) -> Result<Self, DeclarationError> {
        let (number, since) = (kept.number, Some(kept.at));
        let policy = kept.read()?;
        let here = policy.clone().with_hosts(hosts.to_vec());
        if let Some(fault) = faults(&here, now)?.into_iter().next() {
            return Err(fault.into());
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
    ) -> Result<(), NoticesError> {
        let mut announced = Ok(());
        for version in self.versions() {
            let Some(notices) = cookie_notice::write(&self.policy, version)? else { return Ok(()) };
            announced = notices.publish(consents, at).await;
            if !matches!(announced, Err(NoticesError::Changed { .. })) {
                self.notices = announced.is_ok().then_some(notices);
                break;
            }
        }
        announced
    }

    /// The versions that its notice may have.
    fn versions(&self) -> Range<u32> {
        if self.number == 0 {
            let day = cookie_notice::version(&self.policy);
            return day..day.saturating_add(1);
        }
        versions_at_desk(&self.policy)
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
        self.notices.as_ref().map(|notices| notices.in_language(language))
    }
}

/// The versions that the notice of a declaration may have, if that is published at the desk.
pub(crate) fn versions_at_desk(policy: &Policy) -> Range<u32> {
    let first = cookie_notice::version(policy).saturating_mul(NOTICES_OF_A_DAY);
    first..first.saturating_add(NOTICES_OF_A_DAY)
}

/// The program's own declaration, as it is read.
pub(crate) fn built_in_text(has_advert: bool) -> String {
    [DECLARED, if has_advert { ADVERTISING } else { "" }].concat()
}

/// Why the portal would not work by a declaration at the hosts that it has. A text is examined,
/// published and followed by this alone, so that what may be published can be followed.
///
/// The error is that of the program's own, with which no portal starts.
pub(crate) fn faults(policy: &Policy, now: Moment) -> Result<Vec<Fault>, PolicyError> {
    let own = Policy::parse_toml(&built_in_text(true))?;
    let lacking = lacking(policy, &own, now);
    let faults = [
        Gate::check(policy, now.to_cookie_time()).err().map(Fault::Gate),
        taken(policy, &own).map(|name| Fault::Taken(name.to_owned())),
        (!lacking.is_empty()).then(|| Fault::Lacking(lacking.join(", "))),
        // Who chose while they were told so would have agreed to more than they knew.
        (policy.signals().gpc != GpcRule::Wins).then_some(Fault::Signal),
        // Which version it will be is no matter.
        cookie_notice::write(policy, 1).err().map(Fault::Notice),
    ];
    Ok(faults.into_iter().flatten().collect())
}

/// The cookie in which a declaration would keep the choice, if the program uses it for something else.
fn taken<'p>(policy: &'p Policy, own: &Policy) -> Option<&'p str> {
    let cookie = policy.consent().cookie.as_str();
    let mut used = own.items().iter().filter(|item| item.is_cookie());
    let is_taken = cookie != own.consent().cookie && used.any(|item| item.name.as_str() == cookie);
    is_taken.then_some(cookie)
}

/// The cookies without which the portal does not work, and that a declaration would keep back until
/// somebody agrees, does not have, or says to end sooner than they do.
fn lacking<'p>(policy: &'p Policy, own: &'p Policy, now: Moment) -> Vec<&'p str> {
    let visit = Visit::new(None, now.to_cookie_time());
    let (consent, most) = (policy.consent(), u64::try_from(MAX_AGE_LIMIT).unwrap_or(u64::MAX));
    // The choice is kept for as long as this declaration has it count, not as the program's own has.
    let kept_for = consent.valid_for.max(consent.ask_again_after).min(most);
    let choice = (consent.cookie.as_str(), Some(Lifetime::Seconds(kept_for)));
    let others = own.items().iter().filter(|item| !item.is_advertising());
    let others = others.map(|item| (item.name.as_str(), item.lifetime));
    let needed = others.filter(|(name, _)| *name != choice.0).chain([choice]);
    let is_there = |host: &DomainPattern, (name, lifetime): (&str, Option<Lifetime>)| {
        let (name, domain) = (name.as_bytes(), host.domain());
        let stays = policy.find_cookie(name, domain).map(|it| it.lifetime >= lifetime);
        let decision = decide(policy, &visit, CookieId { name, domain });
        matches!(decision, Decision::Allow(_)) && stays == Some(true)
    };
    let hosts = &policy.site().hosts;
    let lacking = needed.filter(|it| !hosts.iter().all(|host| is_there(host, *it)));
    lacking.map(|(name, _)| name).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use upheld_cookies::policy::DomainPattern;

    use super::{Declaration, DeclarationError, Fault, TextHash, built_in_text, kept::Kept};
    use crate::clock::Moment;

    /// What becomes of a text at these hosts.
    fn published(text: &str, hosts: &[&str]) -> Result<Declaration, DeclarationError> {
        // 30 November 2026, 12:00 UTC.
        let at = Moment::from(upheld_cookies::UnixSeconds(1_796_040_000));
        let (text, hash) = (text.to_owned(), TextHash::of(text));
        let hosts: Vec<_> = hosts.iter().map(|host| DomainPattern::parse(host).unwrap()).collect();
        Declaration::published(&Kept { number: 1, text, hash, at, by: None }, &hosts, at)
    }

    #[test]
    fn a_text_counts_at_the_hosts_of_the_portal_and_not_at_its_own() {
        let session = "name = \"__Host-session\"\n";
        let domains = format!("{session}domains = [\"portal.example\"]\n");
        let text = built_in_text(true).replace(session, &domains);
        assert!(published(&text, &["portal.example"]).is_ok());
        // As when `public_url` changes.
        for hosts in [&["northside.example"][..], &["portal.example", "other.example"], &[]] {
            let error = published(&text, hosts).unwrap_err();
            assert!(
                matches!(error, DeclarationError::Fault(Fault::Lacking(names)) if names == "__Host-session")
            );
        }
    }

    #[test]
    fn the_choice_has_a_cookie_of_its_own_that_lasts_as_long_as_it_counts() {
        let with = |from: &str, to: &str| {
            let own = built_in_text(true);
            assert!(own.contains(from));
            published(&own.replace(from, to), &["portal.example"])
        };
        for name in ["session", "login", "form", "browser", "language"] {
            let other = format!("cookie = \"__Host-{name}\"");
            let error = with("cookie = \"__Host-consent\"", &other).unwrap_err();
            assert!(matches!(error, DeclarationError::Fault(Fault::Taken(_))), "{name}: {error}");
        }
        for key in ["valid_for", "ask_again_after"] {
            let longer = with(&format!("{key} = \"182d\""), &format!("{key} = \"183d\""));
            let error = longer.unwrap_err();
            assert!(
                matches!(error, DeclarationError::Fault(Fault::Lacking(names)) if names == "__Host-consent")
            );
        }
        assert!(with("\"182d\"", "\"183d\"").is_ok());
        assert!(with("\"182d\"", "\"30d\"").is_ok());
    }

    #[test]
    fn what_people_cannot_be_told_is_not_followed() {
        let told = "Advertising, for demonstration";
        let text = built_in_text(true).replace(told, &"x".repeat(2_001));
        let error = published(&text, &["portal.example"]).unwrap_err();
        assert!(matches!(error, DeclarationError::Fault(Fault::Notice(_))));
    }
}
