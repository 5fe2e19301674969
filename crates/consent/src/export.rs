//! The answer to a request for access or portability, as a bundle of files: pages for people, JSON
//! and CSV for programs, and a manifest with the hash of each.
//!
//! ```
//! use upheld_consent::export::{Bundle, Cell, Cover, Reuse, Table};
//!
//! let cover = Cover {
//!     controller: "Northside Clinic".into(),
//!     request: "DSR-2026-0042".into(),
//!     generated: "2026-02-26T16:00:00Z".into(),
//!     ..Cover::default()
//! };
//! let mut bundle = Bundle::new(cover);
//! let mut visits = Table::new("visits", "Your visits", &["day", "reason"], Reuse::Portable)?;
//! visits.push(vec![Cell::text("2025-03-01"), Cell::text("=SUM(1)")])?;
//! bundle.add_table(visits)?;
//! bundle.add_file("letter.txt", "text/plain", b"Dear Ms Smith,\n".to_vec())?;
//!
//! let sealed = bundle.seal();
//! let csv = sealed.file("data/visits.csv").ok_or("no such file")?;
//! assert!(csv.ends_with(b"\"2025-03-01\",\"'=SUM(1)\"\r\n")); // no formula for a spreadsheet
//! let ndjson = sealed.file("portable.ndjson").ok_or("no such file")?;
//! assert_eq!(
//!     ndjson,
//!     b"{\"data\":{\"day\":\"2025-03-01\",\"reason\":\"=SUM(1)\"},\"table\":\"visits\"}\n",
//! );
//!
//! let mut zip = Vec::new(); // or a file, or a response
//! sealed.write_zip(&mut zip)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The same content gives the same bytes, on every machine and in every release that has the same
//! [`SCHEMA`]; what varies, the moment for example, is in the cover that you give.

mod csv;
mod html;
mod manifest;
mod name;
mod table;
mod zip;

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use data_encoding::HEXLOWER;
use upheld_ledger::{Checkpoint, Object, Value};

use crate::length::number;

pub use self::name::{FileNameError, MAX_PATH};
pub use self::table::{Cell, Reuse, Table, TableError};
pub use self::zip::MAX_ZIP;

/// The version of the bundle's form, as its manifest names it.
pub const SCHEMA: &str = "upheld-export/1";

const MANIFEST: &str = "manifest.json";
const CHECKSUMS: &str = "SHA256SUMS";
const INDEX: &str = "index.html";
const PORTABLE: &str = "portable.ndjson";

/// What is said of the bundle as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "to be filled in by whoever answers")]
pub struct Cover {
    /// Who answers.
    pub controller: String,
    /// How the request is called.
    pub request: String,
    /// When the bundle was made, as it shall be shown.
    pub generated: String,
    /// What stands at the top of the page, paragraph by paragraph.
    pub introduction: Vec<String>,
    /// What the log was when the data was collected.
    pub checkpoint: Option<Checkpoint>,
}

/// A bundle that is being filled.
#[derive(Clone, Debug)]
pub struct Bundle {
    cover: Cover,
    tables: Vec<Table>,
    files: BTreeMap<String, File>,
    /// The paths of files and of the folders that they are in, in lower case.
    taken: BTreeSet<String>,
    folders: BTreeSet<String>,
}

/// A file of a bundle. Its `Debug` shows no content.
#[derive(Clone, PartialEq, Eq)]
struct File {
    media_type: String,
    content: Vec<u8>,
}

impl core::fmt::Debug for File {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "File({} bytes of {})", self.content.len(), self.media_type)
    }
}

impl Bundle {
    /// A bundle with a cover alone.
    #[must_use]
    pub const fn new(cover: Cover) -> Self {
        Self {
            cover,
            tables: Vec::new(),
            files: BTreeMap::new(),
            taken: BTreeSet::new(),
            folders: BTreeSet::new(),
        }
    }

    /// Adds a table: to the page, as `data/NAME.json` and as `data/NAME.csv`; its rows to
    /// `portable.ndjson` too if they are [`Reuse::Portable`].
    ///
    /// # Errors
    ///
    /// [`BundleError::Taken`] when a table or file has its name already.
    pub fn add_table(&mut self, table: Table) -> Result<(), BundleError> {
        let json = format!("data/{}.json", table.name());
        let csv = format!("data/{}.csv", table.name());
        self.check_free(&json)?;
        self.check_free(&csv)?;
        let text = table.to_json();
        self.insert(json, "application/json", text.into_bytes());
        self.insert(csv, "text/csv; charset=utf-8", csv::write(&table).into_bytes());
        self.tables.push(table);
        Ok(())
    }

    /// Adds a file as it is: a letter, a scan, the list of what Article 15 asks for.
    ///
    /// # Errors
    ///
    /// [`BundleError`] when the path would not be the same file on every system, or is taken.
    pub fn add_file(
        &mut self,
        path: &str,
        media_type: &str,
        content: Vec<u8>,
    ) -> Result<(), BundleError> {
        name::check(path)?;
        self.check_free(path)?;
        self.insert(path.into(), media_type, content);
        Ok(())
    }

    /// Writes the page, the portable rows, the manifest and the checksums.
    pub fn seal(mut self) -> SealedBundle {
        let page = html::write(&self.cover, &self.tables, self.files.keys());
        self.insert(INDEX.into(), "text/html; charset=utf-8", page.into_bytes());
        let portable = self.tables.iter().filter(|table| table.reuse() == Reuse::Portable);
        let rows: String = portable.map(Table::to_ndjson).collect();
        self.insert(PORTABLE.into(), "application/x-ndjson", rows.into_bytes());
        let manifest = manifest::write(&self.cover, &self.files);
        let digest = manifest::digest(manifest.as_bytes());
        self.insert(MANIFEST.into(), "application/json", manifest.into_bytes());
        let sums = manifest::checksums(&self.files);
        self.insert(CHECKSUMS.into(), "text/plain", sums.into_bytes());
        let files = self.files.into_iter().map(|(path, file)| (path, file.content)).collect();
        SealedBundle { files, digest }
    }

    fn insert(&mut self, path: String, media_type: &str, content: Vec<u8>) {
        let lower = path.to_lowercase();
        self.folders.extend(folders(&lower).map(String::from));
        self.taken.insert(lower);
        self.files.insert(path, File { media_type: media_type.into(), content });
    }

    /// Two paths that differ by case alone are one file on many systems.
    fn check_free(&self, path: &str) -> Result<(), BundleError> {
        let path = path.to_lowercase();
        let is_reserved = |path: &str| {
            [MANIFEST, CHECKSUMS, INDEX, PORTABLE].iter().any(|kept| kept.to_lowercase() == path)
        };
        let is_file = |path: &str| self.taken.contains(path) || is_reserved(path);
        if is_file(&path) || self.folders.contains(&path) || folders(&path).any(is_file) {
            return Err(BundleError::Taken);
        }
        Ok(())
    }
}

/// The folders that a path is in.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').filter_map(|(at, _)| path.get(..at))
}

/// A bundle that is complete. Its `Debug` shows no content.
#[derive(Clone, PartialEq, Eq)]
#[must_use = "a bundle is written to somewhere"]
pub struct SealedBundle {
    files: BTreeMap<String, Vec<u8>>,
    digest: [u8; 32],
}

impl SealedBundle {
    /// The files in the order of their paths, to be written to a folder or served.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(path, content)| (path.as_str(), content.as_slice()))
    }

    /// The content of a file.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(Vec::as_slice)
    }

    /// SHA-256 of the manifest: by it the log can vouch for the whole bundle.
    #[must_use]
    pub const fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// What the log should say of the bundle: how many files and bytes, and the digest. Nothing
    /// personal.
    #[must_use]
    pub fn facts(&self) -> Object {
        let bytes: usize = self.files.values().map(Vec::len).fold(0, usize::saturating_add);
        [
            ("bytes", number(bytes)),
            ("files", number(self.files.len())),
            ("manifest", Value::Text(HEXLOWER.encode(&self.digest))),
        ]
        .into_iter()
        .collect()
    }

    /// Writes the files as a ZIP archive, stored and not compressed.
    ///
    /// # Errors
    ///
    /// Whatever `to` reports, and an error of kind `FileTooLarge` for more than [`MAX_ZIP`] bytes
    /// or 65,534 files: write the files to a folder then.
    pub fn write_zip<W: io::Write>(&self, to: W) -> io::Result<()> {
        zip::write(self.files(), to)
    }
}

impl core::fmt::Debug for SealedBundle {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SealedBundle")
            .field("files", &self.files.len())
            .field("digest", &HEXLOWER.encode(&self.digest))
            .finish()
    }
}

/// Why something was not added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// Not a path that is one file everywhere.
    #[error(transparent)]
    Name(#[from] FileNameError),
    /// There is such a file, or a folder of that name.
    #[error("the bundle has a file or folder of this name already, or keeps the name for itself")]
    Taken,
}
