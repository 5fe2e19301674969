//! The Admin API: users, devices, bypass codes and the authentication log.
//!
//! The keys are those of an application of the type Admin API, with the permissions that the calls
//! need: to read or write resources, or to read logs.
//!
//! | call | on |
//! |---|---|
//! | [`List`] | users, phones, tokens, bypass codes, security keys; page by page with [`Pages`] |
//! | [`CreateUser`], [`ModifyUser`] | users |
//! | [`CreatePhone`] | phones |
//! | [`CreateToken`], [`ResyncToken`] | hardware tokens: HOTP, TOTP and YubiKey |
//! | [`CreateBypassCodes`] | bypass codes |
//! | [`Attach`], [`Delete`] | a device to or from a user; anything for good |
//! | [`AuthLog`] | what happened, by [`Pages`] too |
//!
//! # Source
//!
//! <https://duo.com/docs/adminapi>

mod attach;
mod bypass_code;
mod delete;
mod list;
mod log;
mod page;
mod phone;
mod security_key;
mod token;
mod user;

pub use attach::Attach;
pub use bypass_code::{BypassCode, BypassCodeId, CreateBypassCodes};
pub use delete::Delete;
pub use list::{List, Listed};
pub use log::{AccessDevice, AuthDevice, AuthLog, AuthLogError, LogEntry, Named, UnixMillis};
pub use page::{Page, Paged, Pages, PagesError};
pub use phone::{CreatePhone, Phone, PhoneId};
pub use security_key::{U2fToken, WebauthnCredential};
pub use token::{CreateToken, NewToken, ResyncToken, Token, TokenId, TokenType};
pub use user::{CreateUser, ModifyUser, User, UserStatus};
