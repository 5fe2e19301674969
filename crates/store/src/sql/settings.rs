//! Which database is used, and how.

use std::path::{Path, PathBuf};

/// Which database is used, and how.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Settings {
    /// A file of this machine.
    Sqlite(SqliteSettings),
}

impl Settings {
    /// SQLite in `file`, which is made if it is not there.
    pub fn sqlite(file: impl Into<PathBuf>) -> Self {
        Self::Sqlite(SqliteSettings::new(file))
    }
}

/// A file of this machine, used through SQLite. Several processes may use one.
#[derive(Clone, Debug)]
pub struct SqliteSettings {
    file: PathBuf,
    readers: u32,
}

impl SqliteSettings {
    /// Takes `file`, which is made if it is not there, readable by its owner alone.
    pub fn new(file: impl Into<PathBuf>) -> Self {
        Self { file: file.into(), readers: 4 }
    }

    /// Sets how many queries may read at once: 4 unless said otherwise, at least 1.
    #[must_use]
    pub fn with_readers(self, readers: u32) -> Self {
        Self { readers: readers.max(1), ..self }
    }

    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    pub(crate) fn readers(&self) -> u32 {
        self.readers
    }
}
