//! Notices compared with what the log says was published.

use std::collections::BTreeMap;

use upheld_ledger::{Entry, Object, Value};

use super::{PUBLISHED, read_notice};
use crate::columns::count_of;
use crate::ledger::{PayloadFault, VerifyError};
use crate::sql::{Database, DatabaseError, Row};

/// How many notices are read at once; each may be some hundred kilobytes.
const PAGE: u32 = 20;

const AFTER: &str = "SELECT hash, content, id, version, language, effective_from FROM notices
     WHERE tenant = $1 AND (id, version, language) > ($2, $3, $4)
     ORDER BY id, version, language LIMIT $5";

/// Identifier, version and language.
type Key = (String, u64, String);

/// What the log says was published.
#[derive(Default)]
pub(crate) struct Publications(BTreeMap<Key, Publication>);

struct Publication {
    /// The number of the entry.
    index: u64,
    hash: String,
}

/// What the entry says of a notice that was published.
fn publication(facts: &Object) -> Option<(Key, String)> {
    let text = |name| match facts.value(name)? {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    };
    let Value::Integer(version) = facts.value("version")? else { return None };
    let version = u64::try_from(version.get()).ok()?;
    Some(((text("notice")?, version, text("language")?), text("sha256")?))
}

impl Publications {
    /// Takes an entry into account; a version of a notice is published once.
    pub(crate) fn take(&mut self, entry: &Entry) -> Result<(), PayloadFault> {
        if entry.kind != PUBLISHED {
            return Ok(());
        }
        let said = entry.facts.as_ref().and_then(publication);
        let Some((key, hash)) = said else { return Err(PayloadFault::Notice) };
        let publication = Publication { index: entry.index, hash };
        match self.0.insert(key, publication) {
            None => Ok(()),
            Some(_) => Err(PayloadFault::Notice),
        }
    }

    /// Compares with what is stored, and returns what is stored and was not published.
    pub(crate) async fn check(&self, database: &Database) -> Result<Vec<Unknown>, VerifyError> {
        let mut left: BTreeMap<&Key, u64> =
            self.0.iter().map(|(key, publication)| (key, publication.index)).collect();
        let mut after: Key = (String::new(), 0, String::new());
        let mut unknown = Vec::new();
        loop {
            let (id, version, language) = &after;
            let version = crate::columns::count(*version);
            let values = [(**id).into(), version, (**language).into(), PAGE.into()];
            let page = database.query(AFTER, &values).await?;
            for row in &page {
                let key = key_of(row)?;
                let hash = read_notice(row).ok().map(|notice| notice.hash().to_string());
                after = key.clone();
                match self.0.get(&key) {
                    None => unknown.push(Unknown { key, hash }),
                    Some(published) if Some(&published.hash) != hash.as_ref() => {
                        return Err(gone(published.index));
                    }
                    Some(_) => drop(left.remove(&key)),
                }
            }
            if page.is_empty() {
                break;
            }
        }
        left.into_values().min().map_or(Ok(unknown), |index| Err(gone(index)))
    }

    /// Whether what was stored and not published is now, as what was stored. What is stored now is
    /// not read: something else may have been published meanwhile.
    pub(crate) fn explain(&self, unknown: &[Unknown]) -> Result<(), VerifyError> {
        for Unknown { key, hash } in unknown {
            let published = self.0.get(key).ok_or(VerifyError::Unpublished)?;
            if Some(&published.hash) != hash.as_ref() {
                return Err(gone(published.index));
            }
        }
        Ok(())
    }
}

/// A notice that no entry spoke of, and its hash if it reads as one.
pub(crate) struct Unknown {
    key: Key,
    hash: Option<String>,
}

fn gone(index: u64) -> VerifyError {
    VerifyError::Payload { index, fault: PayloadFault::Notice }
}

fn key_of(row: &Row) -> Result<Key, DatabaseError> {
    Ok((row.text(2)?.into(), count_of(row, 3)?, row.text(4)?.into()))
}
