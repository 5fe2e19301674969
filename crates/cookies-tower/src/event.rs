//! What happened to a response, for metrics and logs.

use core::fmt;

use upheld_cookies::Reason;

/// What happened to a cookie of a response. Names are known, values never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A cookie was taken out, or would have been.
    Denied {
        /// Its name.
        name: &'a [u8],
        /// Why.
        reason: Reason,
        /// Whether it left after all, in report-only mode.
        left: bool,
    },
    /// A cookie that the policy does not have.
    Undeclared {
        /// Its name.
        name: &'a [u8],
        /// Whether it left after all.
        left: bool,
    },
    /// Fields were added, or would have been, that remove what the request still sent.
    Removed {
        /// How many fields.
        fields: usize,
        /// Whether none was added after all, in report-only mode.
        only_reported: bool,
    },
}

/// One line; bytes that are no printable ASCII are escaped.
impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied { name, reason, left } => {
                let done = if *left { "would be kept back" } else { "kept back" };
                write!(f, "cookie {} {done}: {reason}", name.escape_ascii())
            }
            Self::Undeclared { name, left } => {
                let done = if *left { "sent" } else { "kept back" };
                write!(f, "cookie {} {done}: not declared", name.escape_ascii())
            }
            Self::Removed { fields, only_reported } => {
                let done = if *only_reported { "would be" } else { "were" };
                write!(f, "{fields} Set-Cookie fields {done} added to remove cookies")
            }
        }
    }
}
