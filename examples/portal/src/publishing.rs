//! What the clinic has published: its privacy notice, and what it declares to store on devices; and
//! what another declaration would change.
//!
//! The notice is part of the program, with its translations: a new one is published by a new program.
//! A declaration is published at the desk.

use upheld_consent::{Notice, NoticeChange, Purpose};
use upheld_cookies::lint::{Finding, Severity, lint_whole_policy};
use upheld_cookies::policy::{Amendment, Policy, PolicyError};

use crate::clock::Moment;
use crate::cookie_notice;
use crate::cookies::{self, Cookies};
use crate::declaration::kept::{self, Kept};
use crate::declaration::{self, Fault, TextHash};
use crate::language::phrase;

/// A version of the privacy notice as it was published.
#[derive(Debug)]
pub(crate) struct Version {
    pub(crate) id: String,
    pub(crate) number: u32,
    pub(crate) language: String,
    pub(crate) since: Moment,
    pub(crate) hash: String,
    /// The purposes of which a consent to the version before says nothing any more; none of the
    /// first version.
    pub(crate) asks_again: Vec<String>,
}

/// Lists the versions of the notice, the newest first.
pub(crate) fn versions(notices: &[Notice]) -> Vec<Version> {
    let version = |notice: &Notice| {
        let reference = notice.reference();
        let before = notices.iter().filter(|other| {
            let other = other.reference();
            (&other.id, &other.language) == (&reference.id, &reference.language)
                && other.version < reference.version
        });
        let before = before.max_by_key(|other| other.reference().version);
        let is_over = |purpose: &&Purpose| {
            let change = before.map(|before| before.change(notice, purpose.id()));
            change == Some(NoticeChange::Material)
        };
        let purposes = notice.content().purposes.iter().filter(|it| it.needs_consent());
        Version {
            id: reference.id.as_str().to_owned(),
            number: reference.version,
            language: reference.language.clone(),
            since: notice.content().effective_from.into(),
            hash: reference.hash.to_string(),
            asks_again: purposes.filter(is_over).map(|it| it.id().as_str().to_owned()).collect(),
        }
    };
    let mut versions: Vec<Version> = notices.iter().map(version).collect();
    versions.sort_by(|one, other| {
        (other.number, &one.id, &one.language).cmp(&(one.number, &other.id, &other.language))
    });
    versions
}

/// What is wrong with a declaration by the law, the worst first; also what it says it puts up with.
pub(crate) fn findings(policy: &Policy, now: Moment) -> Vec<Finding> {
    let mut findings = lint_whole_policy(policy, cookies::day_of(now));
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

/// What publishing another declaration would come to.
#[derive(Debug)]
pub(crate) struct Examined {
    pub(crate) hash: TextHash,
    /// Why it cannot be published.
    pub(crate) hindrances: Vec<Hindrance>,
    /// What it changes for which people are asked again.
    pub(crate) asking: Vec<Amendment>,
    /// What else it changes.
    pub(crate) besides: Vec<Amendment>,
    pub(crate) findings: Vec<Finding>,
    /// Whether it says that it is older than what is in force.
    pub(crate) is_older: bool,
    /// Whether a choice counts for less long than by what is in force.
    pub(crate) ends_sooner: bool,
}

/// Why a declaration cannot be published.
#[derive(Debug)]
pub(crate) struct Hindrance {
    pub(crate) what: &'static str,
    /// What it is about, by names of the program or of the text.
    pub(crate) names: String,
}

impl Hindrance {
    const fn of(what: &'static str, names: String) -> Self {
        Self { what, names }
    }

    /// What a fault is, for people.
    fn from_fault(fault: Fault, draft: &Policy) -> Self {
        let (what, names) = match fault {
            Fault::Gate(_) => (
                phrase(
                    "It does not declare the cookie that keeps the choice, or needs consent for it:",
                ),
                draft.consent().cookie.clone(),
            ),
            Fault::Taken(name) => (
                phrase("The portal uses the cookie that is to keep the choice for something else:"),
                name,
            ),
            Fault::Lacking(names) => (
                phrase(
                    "Without these the portal does not work. They are left out, need consent, or are \
                     said to end sooner than they do:",
                ),
                names,
            ),
            Fault::Signal => (
                phrase(
                    "The portal tells people that Global Privacy Control wins, whatever they \
                     choose. This says something else:",
                ),
                "gpc".to_owned(),
            ),
            Fault::Notice(_) => (
                phrase(
                    "What people can refuse needs a name, a description and third parties that fit \
                     in a notice.",
                ),
                String::new(),
            ),
        };
        Self { what, names }
    }
}

impl Examined {
    /// Compares a text with what is in force, and says what is wrong with it.
    pub(crate) fn of(
        declared: &Cookies,
        (text, draft): (&str, &Policy),
        notices: &[Notice],
        now: Moment,
    ) -> Result<Self, PolicyError> {
        let findings = findings(draft, now);
        let amendments = draft.amendments_since(declared.policy());
        let (asking, besides) = amendments.into_iter().partition(|it| it.asks_again);
        let hash = TextHash::of(text);
        let mut hindrances = Vec::new();
        if hash == declared.declaration().hash() {
            let what = phrase("It is what is in force, to the letter.");
            hindrances.push(Hindrance::of(what, String::new()));
        }
        if findings.iter().any(|finding| finding.severity == Severity::Error) {
            let what = phrase("It has errors by the law, which no exception in the text excuses.");
            hindrances.push(Hindrance::of(what, String::new()));
        }
        hindrances.extend(hindered_by_day(draft, notices, now));
        let faults = declaration::faults(draft, now)?.into_iter();
        hindrances.extend(faults.map(|fault| Hindrance::from_fault(fault, draft)));
        let is_older = draft.site().updated < declared.policy().site().updated;
        let ends_sooner = ends_sooner(declared.policy(), draft);
        Ok(Self { hash, hindrances, asking, besides, findings, is_older, ends_sooner })
    }

    pub(crate) const fn may_be_published(&self) -> bool {
        self.hindrances.is_empty()
    }
}

/// Whether some who had chosen are asked again for the time that went by alone.
fn ends_sooner(before: &Policy, after: &Policy) -> bool {
    let (before, after) = (before.consent(), after.consent());
    after.valid_for < before.valid_for || after.ask_again_after < before.ask_again_after
}

/// Whether a declaration needs another day, by the notices that were published.
fn hindered_by_day(draft: &Policy, notices: &[Notice], now: Moment) -> Option<Hindrance> {
    let updated = draft.site().updated;
    let last = declaration::versions_at_desk(draft).last();
    let is_last = |notice: &Notice| {
        let reference = notice.reference();
        reference.id.as_str() == cookie_notice::NAME && Some(reference.version) == last
    };
    let what = if updated > cookies::day_of(now) {
        phrase("Its day is to come. Nobody can be asked about it before:")
    } else if notices.iter().any(is_last) {
        phrase("A hundred were published with this day. Give it another:")
    } else {
        return None;
    };
    Some(Hindrance::of(what, updated.to_string()))
}

/// A version with what it changed about the one before; none of the first.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) kept: Kept,
    pub(crate) amendments: Option<Vec<Amendment>>,
    /// Whether a choice counted for less long than by the one before.
    pub(crate) ends_sooner: bool,
    /// Whether it is still the text that was published.
    pub(crate) is_whole: bool,
}

impl Listed {
    /// Whether people who had chosen were asked again.
    pub(crate) fn asks_again(&self) -> bool {
        self.amendments.iter().flatten().any(|amendment| amendment.asks_again)
    }
}

/// Puts each beside the one before it, the newest first. The last of more than a page is there to be
/// compared with alone.
pub(crate) fn listed(versions: Vec<Kept>) -> Vec<Listed> {
    let read: Vec<Option<Policy>> = versions.iter().map(|kept| kept.read().ok()).collect();
    let before = read.iter().skip(1).chain([&None]);
    let pairs = read.iter().zip(before).map(|(after, before)| before.as_ref().zip(after.as_ref()));
    let listed = versions.into_iter().zip(&read).zip(pairs).map(|((kept, policy), pair)| Listed {
        kept,
        amendments: pair.map(|(before, after)| after.amendments_since(before)),
        ends_sooner: pair.is_some_and(|(before, after)| ends_sooner(before, after)),
        is_whole: policy.is_some(),
    });
    listed.take(kept::PAGE).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use rand::rngs::SysRng;
    use upheld_cookies::policy::Policy;
    use upheld_store::keys::{KeyRing, SharedKeys};

    use super::Examined;
    use crate::clock::Moment;
    use crate::cookie_notice;
    use crate::cookies::SharedCookies;
    use crate::declaration::built_in_text;
    use crate::language::Language;

    /// Each has a notice with a number of its own: what has none could be followed by nobody.
    #[test]
    fn a_day_has_a_hundred_declarations() {
        let keys = SharedKeys::new(KeyRing::generate(&mut SysRng).unwrap());
        let in_force = SharedCookies::built_in(keys, None, true).unwrap().current();
        // 30 November 2026, 12:00 UTC, after the day of the text.
        let now = Moment::from(upheld_cookies::UnixSeconds(1_796_040_000));
        let text = built_in_text(true).replace("An advertiser", "Another advertiser");
        let draft = Policy::parse_toml(&text).unwrap();
        for (version, hindrances) in [(20_261_127, 0), (2_026_112_798, 0), (2_026_112_799, 1)] {
            let notices = cookie_notice::write(&draft, version).unwrap().unwrap();
            let notices = [notices.in_language(Language::English).clone()];
            let examined = Examined::of(&in_force, (&text, &draft), &notices, now).unwrap();
            assert_eq!(examined.hindrances.len(), hindrances, "{version}");
        }
    }
}
