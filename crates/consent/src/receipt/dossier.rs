//! A consent record with everything that is needed to understand it.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use upheld_ledger::UnixMillis;

use super::{Receipt, ReceiptError};
use crate::text::{TextError, check};
use crate::{
    Change, ConsentEvent, ConsentRecord, Happening, Notice, NoticeRef, RecordId, ReplayError,
};

const VERSION: u8 = 1;
const PRINCIPAL: usize = 256;

/// The longest file that is read, in bytes: some thousands of events, and a hundred notices.
const MAX_DOSSIER: usize = 4 << 20;

/// A consent record, the notices that it refers to, and whose it is: a file to hand over, to make
/// receipts of, or to check elsewhere.
///
/// ```json
/// {
///   "v": 1,
///   "record": "6ba7b810-9dad-41d1-80b4-00c04fd430c8",
///   "principal": "patient 4711",
///   "notices": [],
///   "events": []
/// }
/// ```
///
/// Reading it replays the events, and takes no event for granted that could not have happened, no
/// consent to a notice that is not there, and no notice with another hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "Kept")]
pub struct Dossier {
    principal: String,
    notices: Vec<Notice>,
    record: ConsentRecord,
}

impl Dossier {
    /// Puts together a record, whose it is (1 to 256 bytes) and the notices that it refers to.
    ///
    /// # Errors
    ///
    /// [`DossierError`] when a notice is missing, or is another controller's.
    pub fn new(
        record: ConsentRecord,
        principal: &str,
        notices: Vec<Notice>,
    ) -> Result<Self, DossierError> {
        check("whose record it is", principal, PRINCIPAL)?;
        let mut names = notices.iter().map(|notice| &notice.content().controller.name);
        if let Some(first) = names.next()
            && names.any(|name| name != first)
        {
            return Err(DossierError::Controllers);
        }
        let known: HashSet<NoticeRef> = notices.iter().map(Notice::reference).collect();
        for (index, event) in record.events().iter().enumerate() {
            let is_missing = |it: &&NoticeRef| !known.contains(*it);
            if let Some(notice) = shown(event).filter(is_missing) {
                return Err(DossierError::NoticeMissing { index, notice: notice.clone() });
            }
        }
        Ok(Self { principal: principal.into(), notices, record })
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`DossierError`].
    pub fn parse(json: &[u8]) -> Result<Self, DossierError> {
        if json.len() > MAX_DOSSIER {
            return Err(DossierError::Long { length: json.len() });
        }
        let kept: Kept = serde_json::from_slice(json)
            .map_err(|error| DossierError::Json { line: error.line(), column: error.column() })?;
        if kept.v != VERSION {
            return Err(DossierError::Version);
        }
        let record = ConsentRecord::replay(kept.record, kept.events)?;
        Self::new(record, &kept.principal, kept.notices)
    }

    /// Writes a file.
    #[must_use]
    pub fn to_json(&self) -> String {
        // There is nothing in it that JSON has not.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Whose record it is, as receipts name them.
    #[must_use]
    pub fn principal(&self) -> &str {
        &self.principal
    }

    /// The record.
    #[must_use]
    pub const fn record(&self) -> &ConsentRecord {
        &self.record
    }

    /// The notices that it refers to.
    #[must_use]
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// The notice that a reference is to.
    #[must_use]
    pub fn notice(&self, reference: &NoticeRef) -> Option<&Notice> {
        self.notices.iter().find(|notice| notice.reference() == *reference)
    }

    /// Makes a receipt, under a name of its own, of how things stand at a time.
    ///
    /// # Errors
    ///
    /// [`ReceiptError`] when no consent stands then.
    pub fn receipt(&self, id: RecordId, at: UnixMillis) -> Result<Receipt<'_>, ReceiptError> {
        if crate::moment::day(at).is_none() {
            return Err(ReceiptError::Time);
        }
        let views = super::view::all(self, at);
        let standing = views.iter().filter(|view| view.stands());
        let latest = standing.max_by_key(|view| view.grant.since).cloned();
        let latest = latest.ok_or(ReceiptError::NothingGiven)?;
        Ok(Receipt { id, at, dossier: self, latest, views })
    }
}

/// What somebody was shown when something happened.
fn shown(event: &ConsentEvent) -> Option<&NoticeRef> {
    let Happening::Consent { change, .. } = event.what() else { return None };
    match change {
        Change::Given(grant) | Change::Renewed(grant) => Some(&grant.notice),
        _ => None,
    }
}

/// The form of the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    v: u8,
    record: RecordId,
    principal: String,
    notices: Vec<Notice>,
    events: Vec<ConsentEvent>,
}

impl From<Dossier> for Kept {
    fn from(dossier: Dossier) -> Self {
        Self {
            v: VERSION,
            record: dossier.record.id(),
            principal: dossier.principal,
            notices: dossier.notices,
            events: dossier.record.events().to_vec(),
        }
    }
}

/// Why a file is no record with its notices.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DossierError {
    /// Too long.
    #[error("{length} bytes; at most {MAX_DOSSIER} are read")]
    Long {
        /// In bytes.
        length: usize,
    },
    /// Not its JSON. The place, and never what stands there.
    #[error("line {line}, column {column}: no consent record with its notices")]
    Json {
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in bytes.
        column: usize,
    },
    /// Written by a later version.
    #[error("the version is {VERSION}")]
    Version,
    /// An event cannot have happened.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// Somebody consented to a notice that is not there, or not as it was.
    #[error(
        "event {index} is about version {} of the notice {} in {}, SHA-256 {}, which is not there",
        notice.version, notice.id, notice.language, notice.hash
    )]
    NoticeMissing {
        /// Which event, counted from 0.
        index: usize,
        /// What it refers to.
        notice: NoticeRef,
    },
    /// The notices are of several controllers.
    #[error("the notices are of one controller")]
    Controllers,
    /// A text is blank, too long, or has control characters.
    #[error(transparent)]
    Text(#[from] TextError),
}
