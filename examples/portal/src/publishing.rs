//! What the clinic has published: its privacy notice, and what it declares to store on devices; and
//! what another declaration would change.
//!
//! Both are part of the program, so that what people are asked has been read and tested before it
//! is out: a new one is published by a new program. See OPERATIONS.md.

use upheld_consent::{Notice, NoticeChange, Purpose};
use upheld_cookies::audit::{Change, difference};
use upheld_cookies::lint::{Finding, Severity, lint_policy};
use upheld_cookies::policy::Policy;

use crate::clock::Moment;
use crate::consents::ConsentsError;
use crate::cookies;
use crate::records::Records;

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
pub(crate) async fn versions(records: &Records) -> Result<Vec<Version>, ConsentsError> {
    let notices = records.consents.notices().await?;
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
    Ok(versions)
}

/// What is wrong with a declaration by the law, the worst first.
pub(crate) fn findings(policy: &Policy, now: Moment) -> Vec<Finding> {
    let mut findings = lint_policy(policy, cookies::day_of(now));
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

/// What publishing another declaration would come to.
#[derive(Debug)]
pub(crate) struct Draft {
    /// Whether a finding forbids it.
    pub(crate) is_refused: bool,
    /// What is there that was not, is gone, or stays for another time, in words.
    pub(crate) changes: Vec<Changed>,
    /// Whether everybody who has chosen is asked again.
    pub(crate) asks_again: bool,
}

/// A difference between what is declared and a draft.
#[derive(Debug)]
pub(crate) enum Changed {
    Added(String),
    Removed(String),
    Lifetime { name: String, before: String, after: String },
}

impl Draft {
    /// Compares a draft with what is published, and says what is wrong with it.
    pub(crate) fn of(published: &Policy, draft: &Policy, now: Moment) -> (Self, Vec<Finding>) {
        let changes = difference(&published.declared(), &draft.declared());
        let findings = findings(draft, now);
        let draft = Self {
            is_refused: findings.iter().any(|finding| finding.severity == Severity::Error),
            changes: changes.iter().filter_map(Changed::of).collect(),
            asks_again: published.fingerprint() != draft.fingerprint(),
        };
        (draft, findings)
    }
}

impl Changed {
    fn of(change: &Change) -> Option<Self> {
        Some(match change {
            Change::Added(one) => Self::Added(one.name.clone()),
            Change::Removed(one) => Self::Removed(one.name.clone()),
            Change::Lifetime { left, right } => {
                let shown = |lifetime: Option<upheld_cookies::policy::Lifetime>| {
                    lifetime.map_or_else(|| "?".to_owned(), |lifetime| lifetime.to_string())
                };
                let (before, after) = (shown(left.lifetime), shown(right.lifetime));
                Self::Lifetime { name: right.name.clone(), before, after }
            }
            _ => return None,
        })
    }
}
