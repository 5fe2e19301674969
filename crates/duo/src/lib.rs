//! Duo without I/O: requests as plain data, replies as typed outcomes.
//!
//! # What this crate does
//!
//! It writes and signs the requests of Duo's three interfaces and reads their replies:
//! [`auth`] (the application asks, Duo asks the person), [`universal`] (Duo asks the person on a
//! page of its own) and [`admin`] (users, devices, logs). Each call is a value that implements
//! [`Call`]. Sending is left to the caller; the crate `upheld-duo-reqwest` does it with deadlines
//! and retries.
//!
//! | factor | by the Auth API | by the Universal Prompt | by the Admin API |
//! |---|---|---|---|
//! | push | [`Factor::Push`](auth::Factor::Push), with a code to type if wanted | yes | log |
//! | passcodes of Duo Mobile | [`Factor::Passcode`](auth::Factor::Passcode) | yes | log |
//! | phone callback | [`Factor::Phone`](auth::Factor::Phone) | yes | phones |
//! | passcodes by SMS | [`Factor::Sms`](auth::Factor::Sms), then a passcode | yes | phones |
//! | U2F tokens, security keys | none: a browser must take part | **only here** | list, delete |
//! | hardware tokens, YubiKey passcodes | [`Factor::Passcode`](auth::Factor::Passcode) | yes | make, resynchronise |
//! | bypass codes | [`Factor::Passcode`](auth::Factor::Passcode) | yes | make, delete |
//!
//! # Sign-in
//!
//! ```
//! use upheld_duo::auth::{Auth, AuthOutcome, Factor, Preauth, PreauthOutcome, PushText, Target, User};
//! use upheld_duo::{Application, Call, FailMode, Failure, Fallback, ReplyError, UnixSeconds};
//!
//! enum Decision { In, Out }
//!
//! fn sign_in(duo: &Application, name: &str, now: UnixSeconds) -> Decision {
//!     let preauth = Preauth::new(User::named(name));
//!     match send(duo, &preauth, now) {
//!         Ok(PreauthOutcome::Challenge(_)) => {}
//!         Ok(PreauthOutcome::Allowed(_)) => return Decision::In, // without a second factor
//!         Ok(PreauthOutcome::Denied(_) | PreauthOutcome::Enroll { .. }) => return Decision::Out,
//!         Err(failure) => return match FailMode::Closed.after(&preauth, failure) {
//!             Fallback::Open(_to_be_audited) => Decision::In,
//!             Fallback::Closed => Decision::Out,
//!         },
//!     }
//!     let push = Auth::new(User::named(name), Factor::Push(Target::Any, PushText::default()));
//!     match send(duo, &push, now) {
//!         Ok(AuthOutcome::Allowed(_)) => Decision::In,
//!         Ok(AuthOutcome::Denied(_) | AuthOutcome::PasscodesSent(_)) | Err(_) => Decision::Out,
//!     }
//! }
//!
//! fn send<C: Call>(duo: &Application, call: &C, now: UnixSeconds) -> Result<C::Output, Failure> {
//!     let _request = call.request(duo, now).map_err(|_| Failure::Other)?;
//!     let reply = http::Response::new(Vec::new()); // from whatever speaks HTTP
//!     call.read(duo, &reply, now).map_err(|error: ReplyError| Failure::from(&error))
//! }
//! # let duo = Application::new(
//! #     upheld_duo::ApiHost::parse("api-1234abcd.duosecurity.com").unwrap(),
//! #     upheld_duo::IntegrationKey::parse("DIWJ8X6AEYOR5OMC6TQ1").unwrap(),
//! #     upheld_duo::SecretKey::parse("Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep").unwrap(),
//! # );
//! # assert!(matches!(sign_in(&duo, "alice", UnixSeconds(0)), Decision::Out));
//! ```
//!
//! # Invariants
//!
//! 1. Only `allow` lets in. A result that this version does not know is an error; all other enums
//!    of Duo's are open ([`FactorUsed::Other`] and the like), because Duo adds to them.
//! 2. A token of the prompt must be Duo's, for this application, about this person and this login,
//!    and say `allow` and `success`. Official clients leave the last to the application.
//! 3. [`FailMode`] decides after an outage alone, only before the person was asked, and what it lets
//!    in is a type of its own.
//! 4. Whatever asks a person is never sent twice by a [`Retry`].
//! 5. What is signed does not depend on the order in which parameters were added, and is written
//!    anew for each attempt.
//! 6. No secret reaches an error or a `Debug` text; keys, codes and tokens are wiped on drop.
//! 7. No reply panics or takes more memory than [`Call::MAX_REPLY_BYTES`] allows for.
//!
//! # What it leaves to you
//!
//! - **Sending**, over TLS that checks the certificate, without following redirects.
//! - **Time and randomness**, as arguments. Correct the clock with a [`ClockOffset`].
//! - **Storage**: a [`Pending`](universal::Pending) login and a [`PushRecord`] for each person; in
//!   memory, a [`Breaker`] for Duo.
//! - **What lets in without a second factor** ([`PreauthOutcome::Allowed`](auth::PreauthOutcome),
//!   [`FactorUsed::was_shown`]): bypass, trusted networks, remembered devices. Decide, and record.
//! - **The body of a request** may hold a passcode or a code: wipe it once it is sent. A
//!   [`ReplyBuffer`] wipes what comes back.

#![forbid(unsafe_code)]

pub mod admin;
mod application;
pub mod auth;
mod breaker;
mod call;
mod clock;
mod event;
mod fail_mode;
mod failure;
mod moment;
mod open;
mod params;
mod push_guard;
mod reply;
mod reply_buffer;
mod retry;
mod secret;
pub mod sign;
mod status_message;
pub mod universal;

pub use application::{
    ApiHost, ApiHostError, Application, IntegrationKey, IntegrationKeyError, RequestError,
};
pub use breaker::{Breaker, BreakerPolicy, Passage};
pub use call::{BeforeChallenge, Call, Repeat};
pub use clock::ClockOffset;
pub use event::{EventResult, EventType, FactorUsed, Reason};
pub use fail_mode::{FailCause, FailMode, FailedOpen, Fallback};
pub use failure::Failure;
pub use moment::{DateError, UnixSeconds};
pub use params::{Params, ParamsError};
pub use push_guard::{PushAnswer, PushDecision, PushPolicy, PushRecord};
pub use reply::{Refusal, RefusalKind, ReplyError};
pub use reply_buffer::ReplyBuffer;
pub use retry::{GiveUp, NextAttempt, Retry, RetryPolicy, retry_after};
pub use secret::{SecretKey, SecretKeyError, SecretText};
pub use status_message::StatusMessage;

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;
