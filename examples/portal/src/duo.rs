//! Duo as a second factor: a phone that is asked, a passcode, a security key.
//!
//! | module | what it holds |
//! |---|---|
//! | `account` | who confirms with Duo, and how often their phone may ring |
//! | `prompt` | sending a browser to Duo's own page, and taking it back |
//! | `phone` | asking a phone from a page of the portal |
//! | `challenge` | a push or a call until it is answered |
//! | `passcode` | passcodes that are entered on a page of the portal |
//! | `traffic` | how much one person may have Duo asked |
//! | `verdict` | the one place that judges what Duo said |
//!
//! Duo knows a person by their e-mail address, as it was when they added Duo. Nobody chooses that
//! name, so nobody can make another's phone ring.

mod account;
mod challenge;
mod check;
mod passcode;
mod phone;
mod prompt;
mod settings;
mod traffic;
mod verdict;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use upheld_duo::universal::{Prompt, PromptError};
use upheld_duo::{
    Application, Breaker, BreakerPolicy, Call, Failure, Passage, ReplyError, RetryPolicy,
    SecretKey, UnixSeconds,
};
use upheld_duo_reqwest::{Client, SendError, Settings as ClientSettings, SettingsError};

pub use check::{DuoCheck, check_duo};
pub use settings::{DuoKeys, DuoKeysError, DuoSettings, DuoSettingsError, NotAsked};

pub(crate) use account::{Account, add, end_what_was_begun, find, has, note_use, purge, remove};
pub(crate) use challenge::{Progress, progress};
pub(crate) use passcode::{Passcode, check_passcode};
pub(crate) use phone::{Ask, Asked, Devices, Way, ask, devices, label, refuse_blocked};
pub(crate) use prompt::{Begun, Holder, Purpose, Trip, begin, come_back, take};
pub(crate) use verdict::{Admitted, On};

use crate::site::PublicUrl;

/// Where browsers come back to from the prompt.
pub(crate) const CALLBACK: &str = "/duo/callback";
/// How long a page waits for Duo; less than a request may take.
const PATIENCE: Duration = Duration::from_secs(6);
const RETRY: RetryPolicy = RetryPolicy {
    attempts: 2,
    first_wait: Duration::from_millis(250),
    longest_wait: Duration::from_secs(1),
    jitter: Duration::from_millis(250),
    deadline: PATIENCE,
};

/// How this portal speaks with Duo.
#[derive(Debug)]
pub(crate) struct Duo {
    prompt: Prompt,
    phones: Option<Application>,
    client: Client,
    settings: DuoSettings,
    /// For all people: a Duo that does not answer is left alone for a while.
    breaker: Mutex<Breaker>,
}

/// Why settings are of no use.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum OpenDuoError {
    #[error(transparent)]
    Keys(#[from] DuoKeysError),
    #[error(transparent)]
    Prompt(#[from] PromptError),
    #[error(transparent)]
    Client(#[from] SettingsError),
}

impl Duo {
    pub(crate) fn open(settings: DuoSettings, url: &PublicUrl) -> Result<Self, OpenDuoError> {
        let application = |keys: &DuoKeys| -> Result<Application, OpenDuoError> {
            let secret = SecretKey::parse(keys.secret.expose()).map_err(|_| DuoKeysError)?;
            Ok(Application::new(settings.api_host.clone(), keys.key.clone(), secret))
        };
        // From the settings alone: a request that names another host changes nothing of it.
        let prompt = Prompt::new(application(&settings.prompt)?, &format!("{url}{CALLBACK}"))?;
        let phones = settings.phones.as_ref().map(application).transpose()?;
        let client = Client::new(ClientSettings {
            roots: settings.roots.clone(),
            retry: RETRY,
            uses_environment_proxy: false,
        })?;
        Ok(Self { prompt, phones, client, settings, breaker: Mutex::default() })
    }

    /// Whether phones can be asked from pages of the portal.
    pub(crate) const fn asks_phones(&self) -> bool {
        self.phones.is_some()
    }

    /// Sends a call, and waits no longer for its reply than a visitor does for a page; not at all
    /// while Duo does not answer anybody.
    async fn send<C: Call>(
        &self,
        application: &Application,
        call: &C,
    ) -> Result<C::Output, SendError> {
        self.turn()?.send(application, call).await
    }

    /// Leave to send one call; while Duo does not answer anybody, what it would come to.
    fn turn(&self) -> Result<Turn<'_>, SendError> {
        match self.through_breaker(Breaker::ask) {
            Passage::Send => Ok(Turn { duo: self, is_settled: false }),
            Passage::Refuse { after, .. } => {
                tracing::warn!("Duo is not asked: it has not answered lately");
                Err(left_alone(after))
            }
        }
    }

    fn through_breaker<T>(
        &self,
        work: impl FnOnce(&mut Breaker, &BreakerPolicy, UnixSeconds) -> T,
    ) -> T {
        // Whoever panicked with the lock left a state that is one all the same.
        let mut breaker = self.breaker.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut breaker, &self.settings.breaker, self.client.now())
    }
}

/// Leave to send one call. Visitors go away: a turn that is dropped with its request is given up,
/// so that nobody waits for what would have come of it.
#[must_use]
struct Turn<'a> {
    duo: &'a Duo,
    is_settled: bool,
}

impl Turn<'_> {
    async fn send<C: Call>(
        mut self,
        application: &Application,
        call: &C,
    ) -> Result<C::Output, SendError> {
        let sent = self.duo.client.send(application, call).await;
        let failure = match &sent {
            Ok(_) => None,
            // Nothing went to Duo.
            Err(SendError::Request(_)) => return sent,
            // Whoever that was, it was not Duo that answered.
            Err(SendError::Tls) => Some(Failure::Broken),
            Err(error) => Some(error.failure()),
        };
        self.duo.through_breaker(|breaker, policy, now| breaker.settle(policy, now, failure));
        self.is_settled = true;
        sent
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if !self.is_settled {
            self.duo.through_breaker(|breaker, _, now| breaker.give_up(now));
        }
    }
}

/// What a call that was not sent counts as: what came of those before it.
const fn left_alone(after: Failure) -> SendError {
    match after {
        Failure::Unreachable => SendError::Unreachable,
        Failure::Timeout => SendError::Timeout,
        Failure::Unavailable { status } => SendError::Reply(ReplyError::Status { status }),
        _ => SendError::Broken,
    }
}
