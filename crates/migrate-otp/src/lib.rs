#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod aegis;
pub mod andotp;
mod entry;
mod export;
pub mod freeotp_plus;
pub mod google;
mod import;
mod json;
pub mod pskc;
pub mod qr;
pub mod steam;
pub mod two_fas;
pub mod uri_list;
mod wiped;

pub use entry::{Credential, Entry, EntryFault, Repair};
pub use export::{ExportError, Parameter};
pub use import::{Format, Import, ImportError, MAX_BYTES, MAX_ENTRIES, import};
pub use json::{JsonFault, JsonFaultKind};
pub use wiped::{SecretDocument, SecretImage};
