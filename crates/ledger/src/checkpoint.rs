//! What a log was at one time, in the text of C2SP's `tlog-checkpoint`.

use crate::{Hash, HashTextError, Note, Tree};

/// A log's name, size and root.
///
/// ```
/// use upheld_ledger::Checkpoint;
///
/// let text = "clinic.example/consent\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
/// assert_eq!(Checkpoint::parse(text)?.to_text(), text);
/// # Ok::<(), upheld_ledger::CheckpointError>(())
/// ```
///
/// # Source
///
/// <https://c2sp.org/tlog-checkpoint>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Hash,
}

impl Checkpoint {
    /// Records what the log called `origin` is now.
    ///
    /// # Errors
    ///
    /// [`CheckpointError::Origin`] when the name is empty or has control characters.
    pub fn of(origin: &str, tree: &Tree) -> Result<Self, CheckpointError> {
        check_origin(origin)?;
        Ok(Self { origin: origin.into(), size: tree.size(), root: tree.root() })
    }

    /// Reads the text of a checkpoint: of a note, what stands before the signatures. Extension
    /// lines are passed over.
    ///
    /// # Errors
    ///
    /// [`CheckpointError`].
    //= C2SP tlog-checkpoint, Note text: origin, size, root, and lines that are opaque
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let body = text.strip_suffix('\n').ok_or(CheckpointError::Lines)?;
        let mut lines = body.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(CheckpointError::Lines);
        };
        check_origin(origin)?;
        let size = parse_decimal(size).ok_or(CheckpointError::Size)?;
        let root = Hash::parse(root)?;
        if size == 0 && root != Hash::EMPTY {
            return Err(CheckpointError::Size);
        }
        if lines.any(str::is_empty) {
            return Err(CheckpointError::Lines);
        }
        Ok(Self { origin: origin.into(), size, root })
    }

    /// Reads a checkpoint that was kept, signed or not. No signature is checked: that it is genuine
    /// is why it was kept.
    ///
    /// Nothing longer than [`MAX_NOTE`](crate::MAX_NOTE) need be read.
    ///
    /// # Errors
    ///
    /// [`CheckpointError`].
    pub fn parse_kept(text: &str) -> Result<Self, CheckpointError> {
        match Note::parse(text) {
            Ok(note) => Self::parse(note.text()),
            Err(_) => Self::parse(text),
        }
    }

    /// Writes the text that is signed, which ends with a line feed.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root)
    }

    /// The log's name.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many entries the log has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree over them.
    #[must_use]
    pub const fn root(&self) -> Hash {
        self.root
    }
}

fn check_origin(origin: &str) -> Result<(), CheckpointError> {
    let is_sound = !origin.is_empty() && !origin.contains(|c: char| c.is_control());
    if is_sound { Ok(()) } else { Err(CheckpointError::Origin) }
}

/// Reads a number as it is written: digits, without leading zeros.
pub(crate) fn parse_decimal(text: &str) -> Option<u64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let leads_with_zero = text.len() > 1 && text.starts_with('0');
    if is_plain && !leads_with_zero { text.parse().ok() } else { None }
}

/// Why a text is not a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// Fewer than three lines, an empty one, or no line feed at the end.
    #[error("a checkpoint is three lines or more, none empty, each ended by a line feed")]
    Lines,
    /// The name of the log is empty or has control characters.
    #[error("the first line is the name of the log, without control characters")]
    Origin,
    /// The size is not a number, or 0 beside the root of another tree.
    #[error("the second line is the size in decimal, without leading zeros, that the root is of")]
    Size,
    /// The root is not a hash.
    #[error("the third line: {0}")]
    Root(#[from] HashTextError),
}
