//! A configuration as a file: the one to begin with, and the one that is in force.

use std::fmt::Write as _;

use serde_json::{Map, Value as Json, json};
use toml::Value as Toml;

use super::keys::{KEYS, Key};
use super::values::{Scalar, Values};
use super::{Config, Origin};

/// What may be shown of a configuration: all of it but secrets.
#[derive(Debug)]
pub struct Shown<'a>(&'a Values);

const REDACTED: &str = "[redacted]";

impl Config {
    /// Everything that is in force, with `[redacted]` for secrets.
    #[must_use]
    pub const fn redacted(&self) -> Shown<'_> {
        Shown(&self.values)
    }

    /// The secrets that stand in the file itself.
    #[must_use]
    pub fn secrets_in_file(&self) -> Vec<String> {
        let secrets = self.values.set.iter().filter(|set| set.key.is_secret);
        let in_file = |set: &&super::Set| matches!(&set.origin, Origin::File { key } if *key == set.key.path());
        secrets.filter(in_file).map(|set| set.key.path()).collect()
    }

    /// The secrets that are set. Whoever prints a configuration must not print these.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        let secrets = self.values.set.iter().filter(|set| set.key.is_secret);
        secrets.map(|set| set.key.path()).collect()
    }
}

impl Shown<'_> {
    /// As TOML, each setting with where it comes from.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        let mut section = "";
        for key in KEYS {
            let set = self.0.of(key);
            let Some(value) = set.map(shown).or_else(|| key.default.map(str::to_owned)) else {
                continue;
            };
            if key.section != section {
                let gap = if section.is_empty() { "" } else { "\n" };
                section = key.section;
                write_line(&mut text, &format!("{gap}[{section}]"));
            }
            let origin = match set.map(|set| &set.origin) {
                None => "default".to_owned(),
                Some(Origin::File { .. }) => "file".to_owned(),
                Some(Origin::Environment { variable }) => variable.clone(),
            };
            write_line(&mut text, &format!("{} = {value} # {origin}", key.name));
        }
        text
    }

    /// As an object of objects.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let mut sections = Map::new();
        for key in KEYS {
            let set = self.0.of(key);
            let default = || key.default.map_or(Json::Null, default_as_json);
            let value = set.map_or_else(default, |set| match &set.value {
                _ if set.key.is_secret => json!(REDACTED),
                Scalar::Text(text) => json!(text.as_str()),
                Scalar::Integer(number) => json!(number),
                Scalar::Boolean(is) => json!(is),
                Scalar::List(items) => json!(items),
            });
            let section = sections.entry(key.section).or_insert_with(|| json!({}));
            if let Some(section) = section.as_object_mut() {
                section.insert(key.name.to_owned(), value);
            }
        }
        Json::Object(sections)
    }
}

/// Writes the file to begin with: every setting with what it is for, and those that are given.
#[must_use]
pub fn starting_file(given: &[(&str, &str)]) -> String {
    let mut text = String::from(
        "# The configuration of a portal. What is commented out is at its default. Each setting\n\
         # can be made by an environment variable instead: PORTAL__SECTION__NAME.\n",
    );
    let mut section = "";
    for key in KEYS {
        if key.section != section {
            section = key.section;
            write_line(&mut text, &format!("\n[{section}]"));
        }
        write_key(&mut text, key, given);
    }
    text
}

fn write_key(text: &mut String, key: &Key, given: &[(&str, &str)]) {
    for line in key.about {
        write_line(text, &format!("# {line}"));
    }
    let find = |name: String| given.iter().find(|(known, _)| *known == name);
    let line = match (find(key.path()), find(format!("{}_file", key.path())), key.default) {
        (Some((_, value)), _, _) => format!("{} = {}", key.name, Toml::from(*value)),
        (None, Some((_, file)), _) => format!("{}_file = {}", key.name, Toml::from(*file)),
        (None, None, Some(default)) => format!("#{} = {default}", key.name),
        (None, None, None) if key.is_secret => format!("#{}_file = \"…\"", key.name),
        (None, None, None) => format!("#{} = \"…\"", key.name),
    };
    write_line(text, &line);
}

fn shown(set: &super::Set) -> String {
    let value = match &set.value {
        _ if set.key.is_secret => Toml::from(REDACTED),
        Scalar::Text(text) => Toml::from(text.as_str()),
        Scalar::Integer(number) => Toml::from(*number),
        Scalar::Boolean(is) => Toml::from(*is),
        Scalar::List(items) => Toml::from(items.clone()),
    };
    value.to_string()
}

fn default_as_json(default: &str) -> Json {
    serde_json::from_str(default).unwrap_or(Json::Null)
}

fn write_line(text: &mut String, line: &str) {
    // Writing to a `String` does not fail.
    let _ = writeln!(text, "{line}");
}
