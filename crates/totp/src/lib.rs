#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod base32;
mod code;
mod hotp;
mod mac;
mod secret;
mod totp;
mod uri;

pub use code::{Code, CodeError, Digits, DigitsError};
pub use hotp::{Algorithm, Counter, Hotp};
#[cfg(feature = "rand")]
pub use secret::OsRandomError;
pub use secret::{Secret, SecretError, SecretText};
pub use totp::{Match, Parameters, Period, Step, Totp, UnixSeconds, Window, WindowError};
pub use uri::{Factor, KeyUri, Label, LabelError, Reading, UriFault, UriFaultKind};
