//! One-time passwords: HOTP ([RFC 4226]) and TOTP ([RFC 6238]).
//!
//! # What this crate does
//!
//! It turns a shared secret and a counter or a moment into a short decimal code, finds the
//! counter or the step that a submitted code belongs to, and reads and writes the `otpauth` URI
//! in which a secret travels to an authenticator app. All of that are pure functions of their
//! arguments.
//!
//! ```
//! use upheld_totp::{Algorithm, Code, Factor, KeyUri, Label, Match, UnixSeconds, Window};
//! # use upheld_totp::Secret;
//! # fn generate() -> Result<Secret, upheld_totp::SecretError> { Secret::from_bytes(&[7; 20]) }
//!
//! // Enrolment: make a secret (`Secret::generate` or `Secret::generate_from_os`), show it once.
//! let uri = KeyUri {
//!     label: Label::new(Some("Northside Clinic"), "alice@example.com")?,
//!     secret: generate()?,
//!     algorithm: Algorithm::Sha1,
//!     digits: Default::default(),
//!     factor: Factor::Totp { period: Default::default() },
//! };
//! let _for_the_qr_code = uri.to_text();
//!
//! // Sign-in: `now` is your clock, `last_used` is what you stored at the last success.
//! let totp = uri.totp().ok_or("not time-based")?;
//! let (now, last_used) = (UnixSeconds(1_750_000_000), None);
//! # let typed = totp.code_at(now).to_text().expose().to_owned();
//! match totp.find(&Code::parse(&typed)?, now, Window::default(), last_used) {
//!     Match::Unused { step, .. } => { /* store `step` by compare-and-set, then let in */ }
//!     Match::Used { .. } | Match::Wrong => { /* refuse, in the same words */ }
//! }
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # What it leaves to you
//!
//! - **Time.** Pass a clock you trust; a clock set forward lets future codes in.
//! - **Randomness.** [`Secret::generate`] takes a generator; the feature `rand` adds the operating
//!   system's.
//! - **Storage.** This crate cannot remember which codes were used. A code can be replayed until
//!   the step found is stored, and two requests may race: store it with a compare-and-set, keyed
//!   by credential, that succeeds only if the stored step is lower. Encrypt secrets at rest.
//! - **Guessing.** Six digits and a window of three steps are guessed with probability 3·10⁻⁶ per
//!   attempt. Count attempts per credential, before the code is compared, durably and across
//!   sessions (RFC 4226 §7.3).
//! - **Phishing.** A code can be relayed within its lifetime; no verifier can tell.
//!
//! # Invariants
//!
//! 1. No function panics, for any argument, and none allocates while generating or matching.
//! 2. No secret and no code reaches an error or a `Debug` text; both are wiped on drop.
//! 3. A step or counter found is never at or before the last used one.
//! 4. Every candidate of a window is computed and compared, whichever matches.
//! 5. Whatever the strict URI reader accepts, the writer writes and the lenient reader reads alike.
//!
//! # Constant time
//!
//! | does not depend on | in |
//! |---|---|
//! | the key, the MAC, the truncation offset | keying and generating |
//! | the submitted code, which step matches | [`Totp::find`], [`Hotp::find`], [`Hotp::resynchronize`] |
//! | the symbols | base32, both ways |
//! | where two codes differ | `==` on [`Code`] |
//!
//! Not secret, and so allowed to show in the time taken: lengths, the algorithm, the number of
//! digits, the width of a window, `now` and `last_used`; where separators stand in base32 and
//! whether it is valid; how a code is malformed; everything in a URI but the secret's symbols,
//! which its reader asks only whether they are delimiters; and the verdict itself. A secret with
//! percent-escapes, which no writer needs, is decoded like any other text, and so may show. The
//! claim is checked under valgrind with the secrets marked undefined, for the machine code that one
//! compiler made; the compression functions are those of the `sha1` and `sha2` crates.
//!
//! # What is wiped
//!
//! Secrets, the padded key, the keyed state, codes and the texts made of them are overwritten
//! when dropped. Values that a computation passes through registers and the stack, such as the MAC
//! of one counter, are not, and moving a [`Totp`] or [`Hotp`] may leave a copy of its keyed state
//! behind: keep it where it is made, or in a `Box`. The text you parse a secret from is yours to
//! wipe.
//!
//! # Reading order for an audit
//!
//! | file | question it answers |
//! |---|---|
//! | `secret` | how is key material made, held, shown and wiped? |
//! | `base32` | which texts are a secret, and does reading them leak it? |
//! | `mac` | is this the HMAC and the truncation that the RFCs describe? |
//! | `code` | which texts are a code, and how are two compared? |
//! | `hotp` | which counters match, and can the counter go back? |
//! | `totp` | which steps match, and can one be used twice? |
//! | `uri`, `uri/fault`, `uri/percent`, `uri/read` | what is refused, what is repaired, what is written? |
//!
//! [RFC 4226]: https://www.rfc-editor.org/rfc/rfc4226
//! [RFC 6238]: https://www.rfc-editor.org/rfc/rfc6238

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

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;
