//! `dsr ledger`: files of one record a line.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use upheld_ledger::{Checkpoint, LineError, MAX_LINE, MAX_NOTE, RecordRef, Tampering};

pub(crate) mod append;
pub(crate) mod check;
pub(crate) mod prove;
pub(crate) mod verify;

/// What a ledger shows.
#[derive(Debug, thiserror::Error)]
enum Finding {
    #[error("entry {index}: {error}")]
    Line { index: u64, error: LineError },
    #[error("entry {index}: the line has no end")]
    Torn { index: u64 },
    #[error(transparent)]
    Tampering(#[from] Tampering),
}

/// A file read record by record, in the memory of one line.
struct Records<R> {
    reader: R,
    line: Vec<u8>,
    index: u64,
}

impl Records<BufReader<File>> {
    fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self::new(BufReader::with_capacity(1 << 20, file)))
    }
}

impl<R: BufRead> Records<R> {
    fn new(reader: R) -> Self {
        Self { reader, line: Vec::new(), index: 0 }
    }

    /// The next record; the outer error is about reading, the inner about what was read.
    fn next(&mut self) -> Result<Option<Result<RecordRef<'_>, Finding>>> {
        self.line.clear();
        let most = u64::try_from(MAX_LINE)?.saturating_add(2);
        self.reader.by_ref().take(most).read_until(b'\n', &mut self.line)?;
        let index = self.index;
        self.index = index.saturating_add(1);
        if self.line.is_empty() {
            return Ok(None);
        }
        let is_too_long = self.line.len() > MAX_LINE;
        let record = match self.line.strip_suffix(b"\n") {
            None if !is_too_long => Err(Finding::Torn { index }),
            None => {
                RecordRef::parse_line(&self.line).map_err(|error| Finding::Line { index, error })
            }
            Some(line) => {
                RecordRef::parse_line(line).map_err(|error| Finding::Line { index, error })
            }
        };
        Ok(Some(record))
    }
}

/// Reads a checkpoint or a proof: one entry and 64 hashes at most, so that what is longer than a
/// note is neither.
fn read_short(path: &Path) -> Result<String> {
    let name = || format!("cannot read {}", path.display());
    let most = u64::try_from(MAX_NOTE)?;
    let mut text = String::new();
    let file = File::open(path).with_context(name)?;
    file.take(most.saturating_add(1)).read_to_string(&mut text).with_context(name)?;
    ensure!(
        text.len() <= MAX_NOTE,
        "{} has more than {MAX_NOTE} bytes; checkpoints and proofs are shorter",
        path.display()
    );
    Ok(text)
}

/// Reads a checkpoint, with or without signatures: that it is genuine is why it was kept.
fn read_checkpoint(path: &Path) -> Result<Checkpoint> {
    Checkpoint::parse_kept(&read_short(path)?).with_context(|| path.display().to_string())
}
