//! What may be wrong with a Google Authenticator export.

use crate::EntryFault;

/// Why a URI is not one of an export. Carries nothing of the URI.
///
/// Positions marked *decoded* count in the bytes that the base64 stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MigrationFault {
    /// Another URI.
    #[error("the URI must start with otpauth-migration://offline?data=")]
    Scheme,
    /// No data.
    #[error("the data parameter is missing")]
    MissingData,
    /// Data given twice.
    #[error("the data parameter is given twice")]
    DuplicateData,
    /// A `%` without two hexadecimal digits.
    #[error("a percent sign must be followed by two hexadecimal digits (at byte {at})")]
    Percent {
        /// Offset in the URI.
        at: usize,
    },
    /// Not base64.
    #[error("the data is not base64, or cut off (at its byte {at}, percent signs decoded)")]
    Base64 {
        /// Offset in the data with percent signs decoded.
        at: usize,
    },
    /// The protobuf message ends within a field.
    #[error("the data is cut off (at byte {at} of the decoded data)")]
    CutOff {
        /// Offset, decoded.
        at: usize,
    },
    /// A field with the wrong wire type, or one that does not exist.
    #[error("a field has the wrong wire type (at byte {at} of the decoded data)")]
    WireType {
        /// Offset, decoded.
        at: usize,
    },
    /// A number of more than 64 bits.
    #[error("a number has more than 64 bits (at byte {at} of the decoded data)")]
    Number {
        /// Offset, decoded.
        at: usize,
    },
    /// A name that is not UTF-8.
    #[error("a name is not UTF-8 (at byte {at} of the decoded data)")]
    Text {
        /// Offset, decoded.
        at: usize,
    },
    /// A field given twice; programs disagree on which counts.
    #[error("a field is given twice (at byte {at} of the decoded data)")]
    Duplicate {
        /// Offset, decoded.
        at: usize,
    },
    /// A version of the format that is not known.
    #[error("the export has version {found}; versions up to 2 are known")]
    Version {
        /// The version found.
        found: i32,
    },
    /// A batch of no or of too many parts, or a part outside it.
    #[error("part {index} of {size} cannot be; parts count from 0, and there are at most 10000")]
    Index {
        /// The part's number.
        index: i32,
        /// How many the batch has.
        size: i32,
    },
    /// More entries than [`crate::MAX_ENTRIES`].
    #[error("the data has more than 10000 entries")]
    TooManyEntries,
    /// An entry that is not a credential.
    #[error("entry {index}, counted from 0: {fault}")]
    Entry {
        /// Its position in this URI, from zero.
        index: usize,
        /// What is wrong with it.
        #[source]
        fault: EntryFault,
    },
}

/// Why several URIs are not one whole export. Positions count in the order of the URIs, from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BatchFault {
    /// No URI at all.
    #[error("there is no URI")]
    Empty,
    /// A URI of another export.
    #[error("URI {part}, counted from 0, belongs to another export than the first")]
    Foreign {
        /// Which URI.
        part: usize,
    },
    /// Two URIs for the same part.
    #[error("URI {part}, counted from 0, is part {index} of the export once more")]
    Repeated {
        /// Which URI.
        part: usize,
        /// The number it has in the batch.
        index: u32,
    },
    /// Not all parts are there.
    #[error("of {size} parts these are missing, counted from 0: {missing:?}")]
    Missing {
        /// The numbers of the parts that are missing.
        missing: Vec<u32>,
        /// How many parts the export has.
        size: u32,
    },
}
