//! The Universal Prompt: Duo asks the person on a page of its own.
//!
//! This is the only way to security keys (WebAuthn, U2F), and the one that offers every factor:
//!
//! 1. [`HealthCheck`]: is Duo there? If not, [`FailMode`](crate::FailMode) decides.
//! 2. [`Prompt::begin`]: an address to send the browser to, and a [`Pending`] to keep on the
//!    server, in the session of the login that is under way.
//! 3. The browser comes back with a query: [`Callback::parse`], then [`Pending::finish`], which
//!    takes the pending login by value, so that it is good once.
//! 4. [`Exchange`] fetches the token and says who the person is and what they showed.
//!
//! ```
//! use upheld_duo::universal::{Callback, Login, Prompt, Returned};
//! use upheld_duo::{ApiHost, Application, Call, IntegrationKey, SecretKey, UnixSeconds};
//! # struct Counter(u8);
//! # impl rand_core::TryRng for Counter {
//! #     type Error = core::convert::Infallible;
//! #     fn try_next_u32(&mut self) -> Result<u32, Self::Error> { Ok(4) }
//! #     fn try_next_u64(&mut self) -> Result<u64, Self::Error> { Ok(4) }
//! #     fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Self::Error> {
//! #         self.0 += 1; to.fill(self.0); Ok(())
//! #     }
//! # }
//! # impl rand_core::TryCryptoRng for Counter {}
//! # let mut rng = Counter(0);
//! # let now = UnixSeconds(1_700_000_000);
//!
//! let application = Application::new(
//!     ApiHost::parse("api-1234abcd.duosecurity.com")?,
//!     IntegrationKey::parse("DIXXXXXXXXXXXXXXXXXX")?, // the client ID
//!     SecretKey::parse("deadbeefdeadbeefdeadbeefdeadbeefdeadbeef")?, // the client secret
//! );
//! let prompt = Prompt::new(application, "https://clinic.example/duo/callback")?;
//!
//! let (redirect, pending) = prompt.begin(&Login::new("alice")?, now, &mut rng)?;
//! assert!(redirect.expose().starts_with("https://api-1234abcd.duosecurity.com/oauth/v1/authorize?"));
//! let kept = pending.to_json(); // in the server's session, never in a cookie
//!
//! # let state = pending.state().expose().to_owned();
//! # let query = format!("state={state}&duo_code=abcdef");
//! let pending = upheld_duo::universal::Pending::from_json(kept.expose())?; // and deleted there
//! let Returned::Exchange(exchange) = pending.finish(&Callback::parse(&query)?, now)? else {
//!     return Ok(()); // the person gave up
//! };
//! let _request = exchange.request(prompt.application(), now)?; // its outcome names the factor
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Source
//!
//! <https://duo.com/docs/oauthapi>, OpenID Connect Core 1.0, RFC 7519 (JWT), RFC 7523 (client
//! assertions).

mod callback;
mod claims;
mod exchange;
mod health_check;
mod id_token;
pub mod jwt;
mod pending;
mod prompt;
mod unique;

pub use callback::{Callback, CallbackError, Returned};
pub use claims::{AuthorizeClaims, ClientAssertion};
pub use exchange::Exchange;
pub use health_check::HealthCheck;
pub use id_token::{Identity, PromptDenied, PromptOutcome};
pub use jwt::TokenError;
pub use pending::{Pending, PendingError};
pub use prompt::{Login, LoginError, Prompt, PromptError, UsernameMatch};
