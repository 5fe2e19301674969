//! What may be wrong with an `otpauth` URI.

use crate::SecretError;

/// What deviates from the Key URI format, and where. Carries nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} (at byte {at})")]
#[non_exhaustive]
pub struct UriFault {
    /// What is wrong.
    pub kind: UriFaultKind,
    /// Where the part concerned begins, in bytes.
    pub at: usize,
}

/// What may be wrong with a URI. Those marked *repaired* do not stop the lenient reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UriFaultKind {
    /// Longer than 2,048 bytes.
    #[error("the URI is longer than 2048 bytes")]
    TooLong,
    /// Not an `otpauth://` URI.
    #[error("the URI must start with otpauth://")]
    Scheme,
    /// Neither `totp` nor `hotp`.
    #[error("the type must be totp or hotp")]
    Type,
    /// A `%` without two hexadecimal digits, or bytes that are not UTF-8.
    #[error("a percent sign must be followed by two hexadecimal digits of UTF-8 text")]
    Escape,
    /// A `#`.
    #[error("a # ends a URI; write %23")]
    Fragment,
    /// A parameter given twice; programs disagree on which counts.
    #[error("the parameter is given twice")]
    Duplicate,
    /// No secret.
    #[error("the secret parameter is missing")]
    MissingSecret,
    /// A secret that is none.
    #[error("the secret is not valid: {0}")]
    Secret(SecretError),
    /// Another algorithm.
    #[error("the algorithm must be SHA1, SHA256 or SHA512")]
    Algorithm,
    /// Another number of digits.
    #[error("the digits must be 6, 7 or 8")]
    Digits,
    /// A period of zero, or no number.
    #[error("the period must be a number of seconds, at least 1")]
    Period,
    /// A counter that is no number below 2⁶⁴.
    #[error("the counter must be a number below 2^64")]
    Counter,
    /// Upper case in the scheme or the type. *Repaired:* read as lower case.
    #[error("the scheme and the type are written in lower case")]
    Case,
    /// A `+` in a parameter. *Repaired:* read as a space, which is what most writers mean.
    #[error("a + is ambiguous; write %20 for a space and %2B for a plus sign")]
    Plus,
    /// A character that stands for itself only when percent-encoded. *Repaired:* taken as it is.
    #[error("the character must be percent-encoded")]
    Unescaped,
    /// A name with a colon, a control character or outer spaces. *Repaired:* dashes, no spaces.
    /// Not repaired: a name of more than 160 bytes.
    #[error("a name has at most 160 bytes, no colon, no control character and no space around it")]
    Name,
    /// No account name. *Repaired:* called `unnamed`.
    #[error("the account name is missing")]
    Account,
    /// Different issuers in label and parameter. *Repaired:* the parameter counts.
    #[error("the issuer in the label differs from the issuer parameter")]
    IssuerMismatch,
    /// An issuer parameter without a value. *Repaired:* left out.
    #[error("the issuer is empty")]
    EmptyIssuer,
    /// Lower case, separators or padding in the secret. *Repaired:* read as typed base32.
    #[error("the secret is written in upper case, without spaces and padding")]
    SecretSpelling,
    /// Fewer than 128 bits of secret. *Repaired:* accepted.
    #[error("the secret has {bits} bits; RFC 4226 requires at least 128")]
    WeakSecret {
        /// Its length in bits.
        bits: usize,
    },
    /// `sha1`, `HmacSHA1`, `SHA-1` and the like. *Repaired:* recognised.
    #[error("the algorithm is written SHA1, SHA256 or SHA512")]
    AlgorithmSpelling,
    /// `hotp` without a counter. *Repaired:* zero.
    #[error("the counter parameter is missing")]
    MissingCounter,
    /// A period for `hotp` or a counter for `totp`. *Repaired:* ignored.
    #[error("the parameter belongs to the other type")]
    OtherType,
    /// A parameter without `=`. *Repaired:* ignored.
    #[error("a parameter is written name=value")]
    NoValue,
    /// A parameter that the format does not know. No fault: ignored and reported.
    #[error("the parameter is not known and was ignored")]
    Unknown,
}
