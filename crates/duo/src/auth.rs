//! The Auth API, version 2: the application asks, Duo asks the person.
//!
//! | call | what it does |
//! |---|---|
//! | [`Ping`] | is Duo there, and what time is it? |
//! | [`Check`] | are the keys and the clock right? |
//! | [`Logo`] | the account's logo |
//! | [`Enroll`], [`EnrollStatus`] | a new user, and whether their phone is set up |
//! | [`Preauth`] | may this person go on, and with which devices? |
//! | [`Auth`] | asks the person, and waits for the answer |
//! | [`StartAuth`], [`AuthStatus`] | asks the person, and reports how it goes |
//!
//! # Source
//!
//! <https://duo.com/docs/authapi>

mod auth_status;
mod challenge;
mod check;
mod device;
mod enroll;
mod enroll_status;
mod factor;
mod logo;
mod ping;
mod preauth;
mod user;

pub use auth_status::{AuthProgress, AuthStatus, Progress};
pub use challenge::{Allowed, Auth, AuthOutcome, Denied, StartAuth, Status};
pub use check::Check;
pub use device::{Capability, Device, DeviceChoice, DeviceId, DeviceType, choose};
pub use enroll::{Enroll, Enrollment};
pub use enroll_status::{EnrollStatus, EnrollmentStatus};
pub use factor::{Factor, Passcode, PasscodeError, PushInfo, PushInfoError, PushText, Target};
pub use logo::{Logo, Png};
pub use ping::Ping;
pub use preauth::{Preauth, PreauthChallenge, PreauthOutcome, VerifiedPush};
pub use user::{Txid, User, UserId};
