//! What one version of a policy changes about another.

use core::fmt;
use std::collections::BTreeMap;

use super::Policy;
use super::entry::Entry;

/// One difference between two versions of a policy, in the words of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Amendment {
    /// The table of the file: `item`, `purpose`, `vendor`, `site`.
    pub table: &'static str,
    /// Which of them, by its name in the file; empty where there is one.
    pub name: String,
    /// What became of it.
    pub edit: Edit,
    /// Whether people who chose before are asked again for it: it changes what they agreed to, or
    /// under which name that is kept.
    pub asks_again: bool,
}

/// What became of something that a policy says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Edit {
    /// It was not there.
    Added,
    /// It is not there any more.
    Removed,
    /// It says something else.
    Changed {
        /// The key of the file.
        key: &'static str,
        /// What it said, for people to read; empty for nothing.
        before: String,
        /// What it says.
        after: String,
    },
}

impl Policy {
    /// Finds what changed since another version: first what people are asked again for, then the
    /// rest, each in the order of the file's tables.
    ///
    /// Where nothing of it asks again, choices that were made under the one version count under the
    /// other; the time since they were made still does. The order of the file is no change.
    ///
    /// ```
    /// use upheld_cookies::policy::{Edit, Policy};
    ///
    /// let policy = |items: &str| Policy::parse_toml(&format!(
    ///     "schema = 1\nsite = {{ hosts = ['a.example'], jurisdictions = ['eea'], \
    ///      updated = '2026-01-01' }}\n{items}"
    /// ));
    /// let item = "[[item]]\nname = '_a'\nkind = 'js-cookie'\npurposes = ['statistics']\nlifetime = ";
    /// let (before, after) = (policy(&format!("{item}'1d'"))?, policy(&format!("{item}'90d'"))?);
    /// let [amendment] = &after.amendments_since(&before)[..] else { panic!() };
    /// assert_eq!(amendment.to_string(), "item _a: lifetime: 1 day → 90 days");
    /// assert!(amendment.asks_again && matches!(amendment.edit, Edit::Changed { key: "lifetime", .. }));
    /// # Ok::<(), upheld_cookies::policy::PolicyError>(())
    /// ```
    #[must_use]
    pub fn amendments_since(&self, before: &Self) -> Vec<Amendment> {
        let (before, after) = (Entry::all(before), Entry::all(self));
        let mut pairs: BTreeMap<Key, (Vec<&Entry>, Vec<&Entry>)> = BTreeMap::new();
        for entry in &before {
            pairs.entry(key(entry)).or_default().0.push(entry);
        }
        for entry in &after {
            pairs.entry(key(entry)).or_default().1.push(entry);
        }
        let mut amendments = Vec::new();
        for (before, after) in pairs.into_values() {
            for (before, after) in before.iter().zip(&after) {
                compare(before, after, &mut amendments);
            }
            let whole = |entry: &&Entry, edit| Amendment {
                table: entry.table,
                name: entry.name.clone(),
                edit,
                asks_again: entry.material().next().is_some(),
            };
            let (gone, new) = (before.iter().skip(after.len()), after.iter().skip(before.len()));
            amendments.extend(gone.map(|entry| whole(entry, Edit::Removed)));
            amendments.extend(new.map(|entry| whole(entry, Edit::Added)));
        }
        amendments.sort_by_key(|amendment| !amendment.asks_again);
        amendments
    }
}

/// By which an entry is the same one in another version.
type Key = (usize, String, Vec<String>);

fn key(entry: &Entry) -> Key {
    const TABLES: [&str; 8] =
        ["purpose", "vendor", "item", "site", "consent", "signals", "banner", "opt_out"];
    let table = TABLES.iter().position(|table| *table == entry.table).unwrap_or(TABLES.len());
    // A file has one item of a name, a kind and domains, and one suppression of a subject.
    let is_part = |key: &str| match entry.table {
        "item" => matches!(key, "kind" | "domains"),
        "suppress" => key == "subject",
        _ => false,
    };
    let parts = entry.fields.iter().filter(|field| is_part(field.key));
    (table, entry.name.clone(), parts.map(super::entry::Field::shown).collect())
}

fn compare(before: &Entry, after: &Entry, amendments: &mut Vec<Amendment>) {
    for (old, new) in before.fields.iter().zip(&after.fields).filter(|(old, new)| old != new) {
        let is_live = before.is_live || after.is_live;
        let ends_or_begins = new.key == "status" && before.is_live != after.is_live;
        // A choice under another name is not found.
        let loses_choices = (after.table, new.key) == ("consent", "cookie");
        amendments.push(Amendment {
            table: after.table,
            name: after.name.clone(),
            edit: Edit::Changed { key: new.key, before: old.shown(), after: new.shown() },
            asks_again: (new.is_material && is_live) || ends_or_begins || loses_choices,
        });
    }
}

/// As in `item _a: lifetime: 1 day → 90 days`.
impl fmt::Display for Amendment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.table)?;
        if !self.name.is_empty() {
            write!(f, " {}", self.name)?;
        }
        match &self.edit {
            Edit::Added => f.write_str(": added"),
            Edit::Removed => f.write_str(": removed"),
            Edit::Changed { key, before, after } => write!(f, ": {key}: {before} → {after}"),
        }
    }
}
