//! `OpenDSR` 2.0: requests between controllers and their processors.
//!
//! What is written is what the specification allows; what is read may be what others send. A reader
//! says in [`Leniency`] which departures from the specification it let pass. The fields that an order
//! has beyond it are kept, and written again; those of replies and callbacks are passed over, and
//! nothing is said of them.
//! Signatures are checked over the bytes as they came, before anything in them is read:
//! [`Callback::receive`].
//!
//! ```
//! use upheld_consent::opendsr::{Leniency, Order};
//!
//! // The example of the specification's §7.2, which lacks the field that its §7.1 requires.
//! let body = br#"{
//!   "subject_request_id": "a7551968-d5d6-44b2-9831-815ac9017798",
//!   "subject_request_type": "erasure",
//!   "submitted_time": "2018-10-02T15:00:00Z",
//!   "subject_identities": [
//!     {"identity_type": "email", "identity_value": "johndoe@example.com", "identity_format": "raw"}
//!   ],
//!   "api_version": "2.0"
//! }"#;
//! let (order, leniency) = Order::parse(body)?;
//! assert_eq!(leniency, [Leniency::NoRegulation]);
//! assert!(order.to_json().is_err(), "what is written has a regulation");
//! # Ok::<(), upheld_consent::opendsr::OpenDsrError>(())
//! ```
//!
//! # Source
//!
//! <https://github.com/opengdpr/OpenDSR>, version 2.0, and its security guidelines.

use core::fmt;

mod callback;
mod identity;
mod order;
mod reply;

pub use callback::{Callback, CallbackRefusal, Headers, HeadersError, SignatureVerdict, Verifier};
pub use identity::{IdentityFormat, IdentityType, SubjectIdentity, SubjectRequestId};
pub use order::{Order, Regulation, RequestType};
pub use reply::SupportedIdentity;
pub use reply::{
    Cancelled, Discovery, ErrorBody, ErrorDetail, Receipt, RequestStatus, StatusReport,
};

/// The longest body that is read, in bytes.
pub const MAX_BODY: usize = 1 << 20;

/// Something that is not as the specification has it, and was let pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Leniency {
    /// No `regulation`, which §7.1.1 requires and the example of §7.2 lacks.
    NoRegulation,
    /// A `subject_request_id` with capital letters.
    UpperCaseId,
    /// The type `rectification`, which some implementations have.
    RectificationType,
    /// A status spelt `in-progress` or `canceled`.
    StatusSpelling,
    /// No `identity_format`; `raw` is taken.
    NoIdentityFormat,
    /// An `identity_type` of another list.
    UnknownIdentityType,
    /// No `processor_signature` in the body, which §7.3 requires and the examples lack: it travels
    /// in a header.
    NoSignatureInBody,
    /// A callback URL without TLS.
    PlainCallback,
    /// Fields that the specification does not know; they are kept.
    UnknownFields,
}

impl fmt::Display for Leniency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoRegulation => "`regulation` is missing (§7.1.1)",
            Self::UpperCaseId => "`subject_request_id` has capital letters",
            Self::RectificationType => "`rectification` is no type of the specification (§6.2)",
            Self::StatusSpelling => "`request_status` is spelt otherwise (§8)",
            Self::NoIdentityFormat => "`identity_format` is missing (§5.3); raw is taken",
            Self::UnknownIdentityType => "an `identity_type` is not of the list (§5.1)",
            Self::NoSignatureInBody => "`processor_signature` is missing (§7.3)",
            Self::PlainCallback => "a callback URL does not begin with https://",
            Self::UnknownFields => "there are fields that the specification does not have",
        })
    }
}

/// Why a message was not read, or cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenDsrError {
    /// Too long.
    #[error("{length} bytes; at most {MAX_BODY} are read")]
    Long {
        /// In bytes.
        length: usize,
    },
    /// Not JSON of this shape. The place, and never what stands there.
    #[error("line {line}, column {column}: not an OpenDSR message of this kind")]
    Json {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// A field is missing.
    #[error("`{field}` is missing")]
    Missing {
        /// Which.
        field: &'static str,
    },
    /// A field has a value that it cannot have.
    #[error("`{field}` must be {wanted}")]
    Value {
        /// Which.
        field: &'static str,
        /// What it must be.
        wanted: &'static str,
    },
}

/// Reads a body, with the place of a fault and without its contents: they are personal.
fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, OpenDsrError> {
    if body.len() > MAX_BODY {
        return Err(OpenDsrError::Long { length: body.len() });
    }
    serde_json::from_slice(body)
        .map_err(|error| OpenDsrError::Json { line: error.line(), column: error.column() })
}

fn write<T: serde::Serialize>(message: &T) -> Result<String, OpenDsrError> {
    // Strings and numbers of our own: there is nothing that could fail.
    serde_json::to_string(message)
        .map_err(|error| OpenDsrError::Json { line: error.line(), column: error.column() })
}
