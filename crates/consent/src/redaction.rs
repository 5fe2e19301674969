//! Taking out of a text what another person has a right to, or an exemption covers: by spans, and
//! closed on failure.
//!
//! A [`RedactionPlan`] belongs to one text, by its hash, and says which bytes go and why. Applying
//! it gives two things: the copy for the person who asked, and a log that stays with the
//! controller, with what was taken out and on whose word. A plan that does not fit its text in any
//! way gives neither.
//!
//! ```
//! use upheld_consent::Provision;
//! use upheld_consent::redaction::{Mask, Redaction, RedactionPlan};
//!
//! let text = "Your neighbour Mrs Jones told us. Dr Patel examined you.";
//! let plan = RedactionPlan::of(text)
//!     .redacting(Redaction::new(15..24, Provision::RIGHTS_OF_OTHERS, "dpo", "did not consent"))
//!     .keeping(34..42, Provision::PROFESSIONALS_NAMED);
//! let redacted = plan.apply(text, Mask::Constant)?;
//! assert_eq!(
//!     redacted.copy(),
//!     "Your neighbour █████ told us. Dr Patel examined you.",
//! );
//! assert_eq!(redacted.log().entries()[0].withheld(), "Mrs Jones");
//!
//! // The clinician cannot be taken out of a health record.
//! let plan = plan.redacting(Redaction::new(37..42, Provision::RIGHTS_OF_OTHERS, "dpo", ""));
//! assert!(plan.apply(text, Mask::Constant).is_err());
//! # Ok::<(), upheld_consent::redaction::RedactionError>(())
//! ```

mod apply;
mod log;

use core::ops::Range;

use upheld_ledger::Hash;

pub use self::log::{RedactionEntry, RedactionLog};
use crate::Provision;

/// The most spans of one plan: the copy is searched for what each took out.
pub const MAX_SPANS: usize = 1_000;

/// Bytes of a text that are taken out, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redaction {
    span: Range<usize>,
    ground: Provision,
    reviewer: String,
    note: String,
}

impl Redaction {
    /// Says which bytes go, under which provision, on whose word, and how they came to it: that
    /// somebody refused consent, or why disclosure is not reasonable.
    #[must_use]
    pub fn new(span: Range<usize>, ground: Provision, reviewer: &str, note: &str) -> Self {
        Self { span, ground, reviewer: reviewer.into(), note: note.into() }
    }
}

/// What stands in the copy where something was taken out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the length is told or not, the reason is told or not")]
pub enum Mask {
    /// Five blocks, however long it was.
    #[default]
    Constant,
    /// The provision, however long it was: `[withheld: DPA 2018 Sch 2 para 16]`. Not where the
    /// provision itself would give away what it protects.
    Ground,
    /// A block for each character, which keeps tables in line. It tells the length, and with a
    /// proportional guess often the word.
    SameLength,
}

/// Which bytes of one text are taken out, and which must not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedactionPlan {
    text: Hash,
    redactions: Vec<Redaction>,
    kept: Vec<(Range<usize>, Provision)>,
}

impl RedactionPlan {
    /// A plan for `text`, and for no other: it is bound to the text's hash.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self::bound_to(hash(text))
    }

    /// A plan for the text whose [`hash`] this is.
    #[must_use]
    pub const fn bound_to(text: Hash) -> Self {
        Self { text, redactions: Vec::new(), kept: Vec::new() }
    }

    /// Takes something out.
    #[must_use]
    pub fn redacting(mut self, redaction: Redaction) -> Self {
        self.redactions.push(redaction);
        self
    }

    /// Keeps a span from being taken out, under a provision that says so. What overlaps it is
    /// refused.
    #[must_use]
    pub fn keeping(mut self, span: Range<usize>, because: Provision) -> Self {
        self.kept.push((span, because));
        self
    }

    /// Applies the plan.
    ///
    /// # Errors
    ///
    /// [`RedactionError`]: nothing is redacted, and nothing may be disclosed.
    pub fn apply(&self, text: &str, mask: Mask) -> Result<Redacted, RedactionError> {
        apply::apply(self, text, mask)
    }
}

/// The hash that binds a plan to a text: SHA-256 as RFC 6962 hashes a leaf.
#[must_use]
pub fn hash(text: &str) -> Hash {
    Hash::of_leaf(text.as_bytes())
}

/// A text with something taken out. Its `Debug` shows no text.
#[derive(Clone, PartialEq, Eq)]
#[must_use = "the copy is for the person, and the log for the file"]
pub struct Redacted {
    copy: String,
    log: RedactionLog,
    leftovers: Vec<Leftover>,
}

impl Redacted {
    /// The copy for the person who asked.
    #[must_use]
    pub fn copy(&self) -> &str {
        &self.copy
    }

    /// What was taken out and why. It is confidential: it never goes with the copy.
    #[must_use]
    pub const fn log(&self) -> &RedactionLog {
        &self.log
    }

    /// Where something that was taken out once still stands in the copy. Look at each before the
    /// copy goes out: a name is seldom meant to stay in the second paragraph.
    #[must_use]
    pub fn leftovers(&self) -> &[Leftover] {
        &self.leftovers
    }
}

impl core::fmt::Debug for Redacted {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Redacted")
            .field("copy", &self.copy.len())
            .field("log", &self.log)
            .field("leftovers", &self.leftovers)
            .finish()
    }
}

/// Something that was taken out, and still stands elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Leftover {
    /// Which redaction, in the order of the text.
    pub redaction: usize,
    /// Where it still stands: a byte of the original.
    pub at: usize,
}

/// Why nothing was redacted. Redactions are counted from 0, as they were added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedactionError {
    /// The plan was made for another text.
    #[error("the text is not the one that the plan was made for")]
    OtherText,
    /// More than are applied.
    #[error("{spans} spans; a plan has at most {MAX_SPANS}")]
    TooMany {
        /// How many.
        spans: usize,
    },
    /// A span without a byte, or whose end is before its beginning.
    #[error("redaction {redaction}: the span is empty or ends before it begins")]
    Empty {
        /// Which.
        redaction: usize,
    },
    /// A span that goes beyond the text.
    #[error("redaction {redaction}: the span ends at byte {end} of a text of {length}")]
    OutOfBounds {
        /// Which.
        redaction: usize,
        /// Its end.
        end: usize,
        /// The length of the text in bytes.
        length: usize,
    },
    /// A span that cuts a character in two.
    #[error("redaction {redaction}: byte {at} is within a character")]
    WithinCharacter {
        /// Which.
        redaction: usize,
        /// Where.
        at: usize,
    },
    /// A span that leaves an accent of a character behind, or takes it alone.
    #[error("redaction {redaction}: byte {at} parts a character from its accent")]
    PartsAccent {
        /// Which.
        redaction: usize,
        /// Where.
        at: usize,
    },
    /// Two spans that overlap: which ground is it?
    #[error("redactions {first} and {second} overlap")]
    Overlap {
        /// The one that begins first.
        first: usize,
        /// The other.
        second: usize,
    },
    /// A span that must be kept.
    #[error("redaction {redaction} takes out what must be kept: {because}")]
    Kept {
        /// Which.
        redaction: usize,
        /// What says so.
        because: Provision,
    },
    /// A span to be kept that is not one of the text.
    #[error("span {kept} to be kept is empty, goes beyond the text, or cuts a character in two")]
    KeptSpan {
        /// Which, counted from 0.
        kept: usize,
    },
    /// Nobody has decided.
    #[error("redaction {redaction} names no reviewer")]
    NoReviewer {
        /// Which.
        redaction: usize,
    },
}
