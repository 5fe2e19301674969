//! Proofs as files: C2SP `tlog-proof`, an inclusion proof with the checkpoint that it leads to.

use core::fmt::Write as _;

use crate::checkpoint::parse_decimal;
use crate::{Checkpoint, CheckpointError, Hash, Inclusion, Note, NoteError, ProofError};

/// The longest proof that is read, in bytes: a note and its 64 hashes.
const MAX_PROOF: usize = crate::MAX_NOTE + 8 * 1024;
const HEADING: &str = "c2sp.org/tlog-proof@v1";

/// Shows, without the log, that an entry stands in the log that a signed checkpoint is of.
///
/// # Source
///
/// <https://c2sp.org/tlog-proof>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofFile {
    inclusion: Inclusion,
    checkpoint: Checkpoint,
    note: Note,
}

impl ProofFile {
    /// Puts a proof and the signed checkpoint of its tree together.
    ///
    /// # Errors
    ///
    /// [`ProofFileError`] when the note is not a checkpoint, or of another size.
    pub fn new(inclusion: Inclusion, note: Note) -> Result<Self, ProofFileError> {
        let checkpoint = Checkpoint::parse(note.text())?;
        let (proof, log) = (inclusion.size(), checkpoint.size());
        if proof == log {
            Ok(Self { inclusion, checkpoint, note })
        } else {
            Err(ProofFileError::Size { proof, log })
        }
    }

    /// Reads a file. Extra data, which nothing vouches for, is passed over.
    ///
    /// # Errors
    ///
    /// [`ProofFileError`].
    //= C2SP tlog-proof, Format: heading, extra, index, hashes, an empty line, the checkpoint
    pub fn parse(text: &str) -> Result<Self, ProofFileError> {
        if text.len() > MAX_PROOF {
            return Err(ProofFileError::Length { length: text.len() });
        }
        let (front, note) = text.split_once("\n\n").ok_or(ProofFileError::Lines)?;
        let mut lines = front.split('\n');
        if lines.next() != Some(HEADING) {
            return Err(ProofFileError::Lines);
        }
        let mut line = lines.next();
        if line.is_some_and(|line| line.starts_with("extra ")) {
            line = lines.next();
        }
        let index = line.and_then(|line| parse_decimal(line.strip_prefix("index ")?));
        let index = index.ok_or(ProofFileError::Lines)?;
        let path = lines.map(Hash::parse).collect::<Result<Vec<_>, _>>();
        let path = path.map_err(|_| ProofFileError::Lines)?;
        let note = Note::parse(note)?;
        let size = Checkpoint::parse(note.text())?.size();
        Self::new(Inclusion::from_parts(index, size, path)?, note)
    }

    /// Writes the file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("{HEADING}\nindex {}\n", self.inclusion.index());
        for hash in self.inclusion.path() {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{hash}");
        }
        text.extend(["\n", &self.note.to_text()]);
        text
    }

    /// The proof: verify it with the entry's leaf hash and the root of the checkpoint.
    #[must_use]
    pub const fn inclusion(&self) -> &Inclusion {
        &self.inclusion
    }

    /// The checkpoint. Trust it after [`Note::verify`].
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The checkpoint with its signatures.
    #[must_use]
    pub const fn note(&self) -> &Note {
        &self.note
    }
}

/// Why a file is not a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofFileError {
    /// Longer than any proof that is read.
    #[error("{length} bytes; a proof has at most {MAX_PROOF}")]
    Length {
        /// In bytes.
        length: usize,
    },
    /// Not the lines of the format.
    #[error("not a file of the form `{HEADING}`")]
    Lines,
    /// The proof is of another tree than the checkpoint.
    #[error("a proof in {proof} entries beside a checkpoint of {log}")]
    Size {
        /// Entries of the proof's tree.
        proof: u64,
        /// Entries of the checkpoint's.
        log: u64,
    },
    /// The proof is none.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The note is none.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The text of the note is no checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}
