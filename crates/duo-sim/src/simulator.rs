//! The simulator without a network: requests and moments in, answers out.

use http::Response;
use upheld_duo::UnixSeconds;

use crate::fault::{Fault, FaultAt};
use crate::protocol::Visits;
use crate::state::State;
use crate::{Config, ConfigError};

/// Duo, as far as it is simulated.
#[derive(Debug)]
pub struct Simulator {
    pub(crate) state: State,
    pub(crate) visits: Visits,
    pub(crate) faults: Vec<FaultAt>,
    /// How far this clock is ahead, in seconds.
    pub(crate) skew: i64,
    /// Under which host it is reached, with the port.
    pub(crate) host: String,
    /// Over what: `https`, unless it is a server without TLS.
    pub(crate) scheme: &'static str,
}

/// What comes of a request.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "a server must do each")]
pub enum Answer {
    /// Send this.
    Reply(Response<Vec<u8>>),
    /// Send nothing until a person did something or the moment has come; then
    /// [`Simulator::resume`].
    Wait(Waiting),
    /// Never send anything.
    Hang,
    /// Send this, and break off before its end.
    Cut(Response<Vec<u8>>),
}

/// A request that waits for a person.
#[derive(Debug)]
pub struct Waiting {
    pub(crate) ticket: Ticket,
    pub(crate) fault: Option<Fault>,
    pub(crate) until: UnixSeconds,
}

/// What it waits for, by txid.
#[derive(Debug)]
pub(crate) enum Ticket {
    /// The end.
    Auth(String),
    /// A change.
    Status(String),
}

impl Simulator {
    /// Starts with these people, reached under `host`. The same seed makes the same identifiers.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when the configuration contradicts itself.
    pub fn new(config: Config, host: &str, seed: u64) -> Result<Self, ConfigError> {
        Ok(Self {
            state: State::new(config, seed)?,
            visits: Visits::default(),
            faults: Vec::new(),
            skew: 0,
            host: host.to_owned(),
            scheme: "https",
        })
    }
}

impl Waiting {
    /// When something happens by itself.
    #[must_use]
    pub const fn until(&self) -> UnixSeconds {
        self.until
    }
}
