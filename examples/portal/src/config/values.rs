//! What was set, where, before anyone looks at what it means.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use toml::Value;
use zeroize::Zeroizing;

use super::fault::{Fault, Origin};
use super::keys::{KEYS, Key, Kind};

/// The variables of this program; all others are somebody else's.
const PREFIX: &str = "PORTAL__";
/// What is appended to the name of a secret to name the file that holds it.
const FILE_SUFFIX: &str = "_file";
/// The longest file that can be a configuration or a secret.
const MAX_BYTES: u64 = 1024 * 1024;

/// What a key was set to, and by what.
#[derive(Debug)]
pub(super) struct Set {
    pub(super) key: &'static Key,
    pub(super) origin: Origin,
    pub(super) value: Scalar,
}

/// A value of the kind that its key takes. Texts are wiped on drop.
pub(super) enum Scalar {
    Text(Zeroizing<String>),
    Integer(i64),
    Boolean(bool),
    List(Vec<String>),
}

impl std::fmt::Debug for Scalar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// What was set, each key once, and what was wrong with the rest.
#[derive(Debug, Default)]
pub(super) struct Values {
    pub(super) set: Vec<Set>,
    pub(super) faults: Vec<Fault>,
}

impl Values {
    /// Reads a file and what the environment changes of it.
    pub(super) fn read(
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Self {
        let folder = file.and_then(Path::parent).unwrap_or(Path::new("")).to_owned();
        let mut from_file = Self::default();
        if let Some(path) = file {
            from_file.read_file(path, &folder);
        }
        let mut values = Self::default();
        values.read_variables(variables, &folder);
        // The environment has the last word.
        for set in from_file.set {
            if !values.set.iter().any(|known| std::ptr::eq(known.key, set.key)) {
                values.set.push(set);
            }
        }
        values.faults.splice(0..0, from_file.faults);
        values
    }

    pub(super) fn of(&self, key: &Key) -> Option<&Set> {
        self.set.iter().find(|set| set.key.path() == key.path())
    }

    fn read_file(&mut self, path: &Path, folder: &Path) {
        let table = match read(path) {
            Ok(text) => parse(path, &text),
            Err(why) => Err(Fault::File { path: path.to_owned(), why }),
        };
        match table {
            Ok(table) => self.take_table(&table, folder),
            Err(fault) => self.faults.push(fault),
        }
    }

    fn take_table(&mut self, table: &toml::Table, folder: &Path) {
        for (section, content) in table {
            let is_section = KEYS.iter().any(|key| key.section == section);
            let Value::Table(content) = content else {
                self.faults.push(Fault::unknown_in_file(section));
                continue;
            };
            if !is_section {
                self.faults.push(Fault::unknown_in_file(section));
                continue;
            }
            for (name, value) in content {
                let scalar = |key: &Key| Scalar::of_toml(value, key.kind);
                let path = format!("{section}.{name}");
                self.take(section, name, Origin::File { key: path }, folder, scalar);
            }
        }
    }

    fn read_variables(
        &mut self,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
        folder: &Path,
    ) {
        for (name, value) in variables {
            let name = name.to_string_lossy();
            let Some(rest) = name.strip_prefix(PREFIX) else { continue };
            let origin = Origin::Environment { variable: name.clone().into_owned() };
            let known = rest.split_once("__").filter(|_| *rest == rest.to_ascii_uppercase());
            let Some((section, key)) = known else {
                self.faults.push(Fault::unknown(origin, ""));
                continue;
            };
            let (section, key) = (section.to_ascii_lowercase(), key.to_ascii_lowercase());
            let Ok(text) = value.into_string().map(Zeroizing::new) else {
                self.faults.push(Fault::Kind { origin, wanted: "text in UTF-8" });
                continue;
            };
            let scalar = |key: &Key| Scalar::of_text(&text, key.kind);
            self.take(&section, &key, origin, folder, scalar);
        }
    }

    /// Notes one thing that was set, whatever it was set by.
    fn take(
        &mut self,
        section: &str,
        name: &str,
        origin: Origin,
        folder: &Path,
        scalar: impl Fn(&Key) -> Result<Scalar, &'static str>,
    ) {
        let find = |name: &str| {
            KEYS.iter().copied().find(|key| key.section == section && key.name == name)
        };
        let of_file = || {
            let name = name.strip_suffix(FILE_SUFFIX)?;
            find(name).filter(|key| key.is_secret)
        };
        let (key, value) = if let Some(key) = find(name) {
            (key, scalar(key).map_err(|wanted| Fault::Kind { origin: origin.clone(), wanted }))
        } else if let Some(key) = of_file() {
            (key, from_file(&origin, folder, scalar(key)))
        } else {
            self.faults.push(Fault::unknown(origin, section));
            return;
        };
        match value {
            Ok(_) if self.of(key).is_some() => {
                self.faults.push(Fault::Twice { key: key.path(), origin });
            }
            Ok(value) => self.set.push(Set { key, origin, value }),
            Err(fault) => self.faults.push(fault),
        }
    }
}

impl Scalar {
    fn of_toml(value: &Value, kind: Kind) -> Result<Self, &'static str> {
        match (kind, value) {
            (Kind::Text, Value::String(text)) => Ok(Self::Text(Zeroizing::new(text.clone()))),
            (Kind::Integer, Value::Integer(number)) => Ok(Self::Integer(*number)),
            (Kind::Boolean, Value::Boolean(is)) => Ok(Self::Boolean(*is)),
            (Kind::List, Value::Array(items)) => {
                let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
                texts.collect::<Option<_>>().map(Self::List).ok_or(kind.wanted())
            }
            _ => Err(kind.wanted()),
        }
    }

    fn of_text(text: &str, kind: Kind) -> Result<Self, &'static str> {
        match kind {
            Kind::Text => Ok(Self::Text(Zeroizing::new(text.to_owned()))),
            Kind::Integer => text.parse().map(Self::Integer).map_err(|_| kind.wanted()),
            Kind::Boolean => text.parse().map(Self::Boolean).map_err(|_| kind.wanted()),
            Kind::List => {
                let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
                Ok(Self::List(items.map(str::to_owned).collect()))
            }
        }
    }
}

impl Kind {
    const fn wanted(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Integer => "a whole number",
            Self::Boolean => "true or false",
            Self::List => "a list of texts",
        }
    }
}

/// Reads a secret from the file that was named in its stead, without the line's end.
fn from_file(
    origin: &Origin,
    folder: &Path,
    named: Result<Scalar, &'static str>,
) -> Result<Scalar, Fault> {
    let Ok(Scalar::Text(name)) = named else {
        return Err(Fault::Kind { origin: origin.clone(), wanted: "the path of a file" });
    };
    let path = folder.join(name.as_str());
    let text = read(&path).map_err(|why| Fault::SecretFile {
        origin: origin.clone(),
        path: path.clone(),
        why,
    })?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Scalar::Text(Zeroizing::new(line.strip_suffix('\r').unwrap_or(line).to_owned())))
}

fn read(path: &Path) -> Result<Zeroizing<String>, String> {
    let size = fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > MAX_BYTES {
        return Err(format!("it has {size} bytes; at most {MAX_BYTES} are read"));
    }
    fs::read_to_string(path).map(Zeroizing::new).map_err(|error| error.to_string())
}

/// Errors say where and what, and quote nothing: the line may hold a password.
fn parse(path: &Path, text: &str) -> Result<toml::Table, Fault> {
    text.parse::<toml::Table>().map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count().saturating_add(1);
        Fault::Syntax { path: PathBuf::from(path), line, what: error.message().to_owned() }
    })
}
