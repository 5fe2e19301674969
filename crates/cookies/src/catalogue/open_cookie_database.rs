//! The Open Cookie Database, as its file is supplied by the user.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Entry, Source, retention};
use crate::policy::{DomainPattern, NamePattern, PurposeKind};

/// The longest file that is read, in bytes.
const LONGEST: usize = 16 << 20;
/// The most records that are read.
const MOST: usize = 100_000;

/// Why a file is no Open Cookie Database.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// More than is read.
    #[error("the file has more than {LONGEST} bytes or {MOST} records")]
    TooLarge,
    /// A row that is no CSV, or lacks a column.
    #[error("line {line}: {message}")]
    Csv {
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        message: String,
    },
    /// Not the JSON of the database.
    #[error("line {line}, column {column}: {message}")]
    Json {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
}

#[derive(Deserialize)]
struct Row {
    #[serde(rename = "Platform")]
    platform: String,
    #[serde(rename = "Category")]
    category: String,
    #[serde(rename = "Cookie / Data Key name")]
    name: String,
    #[serde(rename = "Domain")]
    domain: String,
    #[serde(rename = "Description")]
    description: String,
    #[serde(rename = "Retention period")]
    retention: String,
    #[serde(rename = "Wildcard match")]
    wildcard: String,
}

#[derive(Deserialize)]
struct Record {
    category: String,
    cookie: String,
    #[serde(default)]
    domain: String,
    #[serde(default)]
    description: String,
    #[serde(default, rename = "retentionPeriod")]
    retention: String,
    #[serde(default, rename = "wildcardMatch")]
    wildcard: String,
}

pub(super) fn read_csv(bytes: &[u8]) -> Result<Vec<Entry>, ImportError> {
    check_size(bytes.len(), 0)?;
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut entries = Vec::new();
    for row in csv::Reader::from_reader(bytes).into_deserialize() {
        check_size(0, entries.len())?;
        let row: Row = row.map_err(|error| ImportError::Csv {
            line: error.position().map_or(1, csv::Position::line),
            message: message(&error),
        })?;
        entries.extend(row.into_entry());
    }
    Ok(entries)
}

pub(super) fn read_json(bytes: &[u8]) -> Result<Vec<Entry>, ImportError> {
    check_size(bytes.len(), 0)?;
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let platforms: BTreeMap<String, Vec<Record>> =
        serde_json::from_slice(bytes).map_err(|error| ImportError::Json {
            line: error.line(),
            column: error.column(),
            message: "not the database's JSON, which has lists of cookies by platform".to_owned(),
        })?;
    let count = platforms.values().map(Vec::len).sum();
    check_size(0, count)?;
    let rows = platforms.into_iter().flat_map(|(platform, records)| {
        records.into_iter().map(move |record| Row {
            platform: platform.clone(),
            category: record.category,
            name: record.cookie,
            domain: record.domain,
            description: record.description,
            retention: record.retention,
            wildcard: record.wildcard,
        })
    });
    Ok(rows.filter_map(Row::into_entry).collect())
}

const fn check_size(bytes: usize, records: usize) -> Result<(), ImportError> {
    if bytes > LONGEST || records > MOST { Err(ImportError::TooLarge) } else { Ok(()) }
}

fn message(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "the row is no UTF-8".to_owned(),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("the row has {len} fields; the first has {expected_len}")
        }
        csv::ErrorKind::Deserialize { err, .. } => err.kind().to_string(),
        _ => "the row cannot be read".to_owned(),
    }
}

impl Row {
    /// `None` for a name that no pattern can have.
    fn into_entry(self) -> Option<Entry> {
        let name = self.name.trim();
        let is_prefix = self.wildcard.trim() == "1" && !name.contains('*');
        let pattern = if is_prefix { format!("{name}*") } else { name.to_owned() };
        Some(Entry {
            name: NamePattern::parse(&pattern)?,
            domain: domain(&self.domain),
            vendor: self.platform.trim().to_owned(),
            kind: None,
            purpose: purpose(self.category.trim()),
            lifetime: retention::parse(&self.retention),
            lifetime_text: self.retention.trim().to_owned(),
            description: self.description.trim().to_owned(),
            source: Source::OpenCookieDatabase,
        })
    }
}

/// The first host in a text such as `cookiebot.com (3rd party)`.
fn domain(text: &str) -> Option<DomainPattern> {
    let mut words = text.split(|char: char| char.is_whitespace() || "(),;/".contains(char));
    let host = words.find(|word| word.trim_matches('.').contains('.'))?;
    DomainPattern::parse(&format!("*.{}", host.trim_matches('.')))
}

/// "Functional" and "Necessary" cover what the law distinguishes, so they say nothing.
fn purpose(category: &str) -> Option<PurposeKind> {
    match category {
        "Marketing" => Some(PurposeKind::Advertising),
        "Analytics" => Some(PurposeKind::Statistics),
        "Security" => Some(PurposeKind::Security),
        "Personalization" => Some(PurposeKind::Personalisation),
        _ => None,
    }
}
