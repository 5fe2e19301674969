//! Sending calls.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::Request;
use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use reqwest::redirect::Policy;
use tokio::time::{Instant, sleep};
use upheld_duo::auth::{AuthOutcome, AuthProgress, AuthStatus, Ping, Progress, Txid};
use upheld_duo::{
    Application, Call, ClockOffset, Failure, NextAttempt, Repeat, ReplyBuffer, Retry, RetryPolicy,
    UnixSeconds, retry_after,
};

use crate::{Roots, SendError, SettingsError};

/// What a [`Client`] is made of. The default believes the platform's roots and uses no proxy.
#[derive(Clone, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "settings are written out by the application")]
pub struct Settings {
    /// Whose certificates are believed.
    pub roots: Roots,
    /// When a call is tried again.
    pub retry: RetryPolicy,
    /// Whether a proxy is taken from the environment (`HTTPS_PROXY`, `NO_PROXY`).
    pub uses_environment_proxy: bool,
}

/// Sends calls. One serves a whole program: it keeps connections, and the offset of the clock.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    retry: RetryPolicy,
    offset: AtomicI64,
}

/// Duo closes a connection that idles for a minute.
const IDLE: Duration = Duration::from_secs(55);
const CONNECT: Duration = Duration::from_secs(5);

impl Client {
    /// Sets up TLS.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] when it cannot be.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(settings.roots.into_config()?)
            .https_only(true)
            .redirect(Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE);
        if !settings.uses_environment_proxy {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|_| SettingsError::Tls)?;
        Ok(Self { http, retry: settings.retry, offset: AtomicI64::new(0) })
    }

    /// Sends a call, again if its nature and the policy allow, and reads the outcome. It takes no
    /// longer than the deadline of the policy, the last attempt included.
    ///
    /// # Errors
    ///
    /// [`SendError`] of the last attempt; where the deadline cut that off, of the one before, if it
    /// was told more.
    pub async fn send<C: Call>(
        &self,
        application: &Application,
        call: &C,
    ) -> Result<C::Output, SendError> {
        self.send_by(self.retry, application, call).await
    }

    /// The same, and no longer than `within` either.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn send_within<C: Call>(
        &self,
        application: &Application,
        call: &C,
        within: Duration,
    ) -> Result<C::Output, SendError> {
        let deadline = self.retry.deadline.min(within);
        self.send_by(RetryPolicy { deadline, ..self.retry }, application, call).await
    }

    async fn send_by<C: Call>(
        &self,
        policy: RetryPolicy,
        application: &Application,
        call: &C,
    ) -> Result<C::Output, SendError> {
        let start = Instant::now();
        let mut retry = Retry::of(call, policy);
        let mut told = None;
        loop {
            let patience = C::PATIENCE.min(retry.time_left(start.elapsed()));
            let (error, wait) = match self.attempt(application, call, patience).await {
                Ok(outcome) => return Ok(outcome),
                Err(failed) => failed,
            };
            match retry.after(error.failure(), wait, start.elapsed(), &mut UnwrapErr(SysRng)) {
                NextAttempt::After(pause) => sleep(pause).await,
                NextAttempt::GiveUp(_) => {
                    let is_cut_off = error == SendError::Timeout && patience < C::PATIENCE;
                    return Err(told.filter(|_| is_cut_off).unwrap_or(error));
                }
            }
            // Where a call may have acted, that it was cut off is what counts.
            told = Some(error).filter(|error| C::REPEAT == Repeat::Freely && tells(error));
        }
    }

    /// Follows an authentication until it is over, for as long as `within`, and tells of each step.
    /// The deadline of the policy does not count here: a person takes their time.
    ///
    /// # Errors
    ///
    /// [`SendError::Timeout`] when it is not over by then, or what a call failed with.
    pub async fn follow(
        &self,
        application: &Application,
        txid: &Txid,
        within: Duration,
        mut tell: impl FnMut(&Progress),
    ) -> Result<AuthOutcome, SendError> {
        let start = Instant::now();
        let call = AuthStatus::of(txid.clone());
        let mut last = None;
        loop {
            let (asked, left) = (Instant::now(), within.saturating_sub(start.elapsed()));
            if left.is_zero() {
                return Err(SendError::Timeout);
            }
            let policy = RetryPolicy { deadline: left, ..self.retry };
            let late = |error| if start.elapsed() >= within { SendError::Timeout } else { error };
            match self.send_by(policy, application, &call).await.map_err(late)? {
                AuthProgress::Done(outcome) => return Ok(outcome),
                AuthProgress::Waiting(progress) if last.as_ref() == Some(&progress) => {
                    // A server that does not wait for a change must not be asked in a circle.
                    sleep(Duration::from_secs(1).saturating_sub(asked.elapsed()).min(left)).await;
                }
                AuthProgress::Waiting(progress) => {
                    tell(&progress);
                    last = Some(progress);
                }
            }
        }
    }

    /// Asks Duo for the time, and dates all further requests by it.
    ///
    /// # Errors
    ///
    /// [`SendError`] when Duo cannot be asked.
    pub async fn synchronize(&self, application: &Application) -> Result<ClockOffset, SendError> {
        let duos = self.send(application, &Ping).await?;
        let offset = ClockOffset::between(clock(), duos);
        self.offset.store(offset.as_seconds(), Ordering::Relaxed);
        Ok(offset)
    }

    /// This machine's clock, corrected by what was learnt of Duo's: for
    /// [`Prompt::begin`](upheld_duo::universal::Prompt::begin) and the like.
    #[must_use]
    pub fn now(&self) -> UnixSeconds {
        let ours = clock();
        let offset = self.offset.load(Ordering::Relaxed);
        UnixSeconds(ours.0.saturating_add_signed(offset))
    }

    /// One attempt, and how long Duo wants us to wait after it.
    async fn attempt<C: Call>(
        &self,
        application: &Application,
        call: &C,
        patience: Duration,
    ) -> Result<C::Output, (SendError, Option<Duration>)> {
        let request =
            call.request(application, self.now()).map_err(|error| (error.into(), None))?;
        let reply = self
            .exchange(request, patience, C::MAX_REPLY_BYTES)
            .await
            .map_err(|error| (error, None))?;
        let reply = reply.reply();
        call.read(application, reply, self.now()).map_err(|error| {
            if Failure::from(&error) == Failure::Clock
                && let Some(offset) = ClockOffset::of_reply(reply.headers(), clock())
            {
                self.offset.store(offset.as_seconds(), Ordering::Relaxed);
            }
            (error.into(), retry_after(reply.headers(), self.now()))
        })
    }

    async fn exchange(
        &self,
        request: Request<Vec<u8>>,
        patience: Duration,
        limit: usize,
    ) -> Result<ReplyBuffer, SendError> {
        let failed = |error: reqwest::Error| SendError::of(&error);
        let mut request = reqwest::Request::try_from(request).map_err(failed)?;
        *request.timeout_mut() = Some(patience);
        let mut received = self.http.execute(request).await.map_err(failed)?;
        let mut reply = ReplyBuffer::new(received.status(), received.headers().clone());
        while let Some(chunk) = received.chunk().await.map_err(failed)? {
            reply.add(&chunk, limit)?;
        }
        Ok(reply)
    }
}

/// Whether a failure is not made an outage by our own deadline, which cuts off what comes after it.
fn tells(error: &SendError) -> bool {
    matches!(error.failure(), Failure::RateLimited | Failure::Broken | Failure::Clock)
}

#[expect(clippy::disallowed_methods, reason = "this adapter is where the clock is read")]
fn clock() -> UnixSeconds {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH);
    UnixSeconds(elapsed.map_or(0, |elapsed| elapsed.as_secs()))
}
