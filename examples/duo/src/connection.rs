//! Which application speaks, to whom, and for how long.

use std::ops::ControlFlow;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::time::{Instant, timeout_at};
use upheld_duo::sign::Signature;
use upheld_duo::{
    ApiHost, Application, BeforeChallenge, Call, FailMode, Fallback, IntegrationKey, RetryPolicy,
    SecretKey,
};
use upheld_duo_reqwest::{Client, Pins, Roots, SendError, Settings as ClientSettings};
use zeroize::Zeroizing;

use crate::args::{OnOutage, Settings, Version};
use crate::input;
use crate::report::Report;

/// What the commands speak through.
pub(crate) struct Duo {
    pub(crate) client: Client,
    pub(crate) application: Application,
    pub(crate) fail_mode: FailMode,
    deadline: Option<Instant>,
}

impl Duo {
    pub(crate) fn new(settings: &Settings) -> Result<Self> {
        let mut retry = RetryPolicy::default();
        retry.attempts = settings.attempts.unwrap_or(retry.attempts);
        let client = Client::new(ClientSettings {
            roots: roots(settings)?,
            retry,
            uses_environment_proxy: settings.env_proxy,
        });
        let within = settings.timeout.map(|seconds| Duration::from_secs(seconds.into()));
        Ok(Self {
            client: client?,
            application: application(settings)?,
            fail_mode: fail_mode(settings)?,
            deadline: within.and_then(|within| Instant::now().checked_add(within)),
        })
    }

    /// Sends a call for as long as the command line allows. The client ends by then, and not we:
    /// it knows what went wrong before, and broken is not late.
    pub(crate) async fn send<C: Call>(&self, call: &C) -> Result<C::Output, SendError> {
        let left = self.patience(Duration::MAX);
        self.client.send_within(&self.application, call, left).await
    }

    /// Ends what takes longer than the command line allows.
    pub(crate) async fn within<T>(
        &self,
        sent: impl Future<Output = Result<T, SendError>>,
    ) -> Result<T, SendError> {
        match self.deadline {
            Some(deadline) => timeout_at(deadline, sent).await.map_err(|_| SendError::Timeout)?,
            None => sent.await,
        }
    }

    /// Sends a call that comes before the person is asked. Without an answer the fail mode decides
    /// whether that ends the run, with a report.
    pub(crate) async fn before<C: BeforeChallenge>(
        &self,
        call: &C,
    ) -> Result<ControlFlow<Report, C::Output>> {
        let failed = match self.send(call).await {
            Ok(answer) => return Ok(ControlFlow::Continue(answer)),
            Err(failed) => failed,
        };
        match self.fail_mode.after(call, failed.failure()) {
            Fallback::Open(open) => Ok(ControlFlow::Break(Report::failed_open(open))),
            Fallback::Closed => Err(failed.into()),
        }
    }

    /// How long to wait for a person, `usual` unless the command line says.
    pub(crate) fn patience(&self, usual: Duration) -> Duration {
        self.deadline.map_or(usual, |end| end.saturating_duration_since(Instant::now()))
    }
}

fn application(settings: &Settings) -> Result<Application> {
    let host = given(settings.host.as_deref(), "--host", "DUO_HOST", "API host")?;
    let host = ApiHost::parse(&host).context("--host or DUO_HOST")?;
    let ikey = given(settings.ikey.as_deref(), "--ikey", "DUO_IKEY", "integration key")?;
    let ikey = IntegrationKey::parse(&ikey).context("--ikey or DUO_IKEY")?;
    let skey = SecretKey::parse(&secret_key(settings)?)?;
    let signature = match settings.signature {
        Version::V2Sha1 => Signature::V2Sha1,
        Version::V2 => Signature::V2Sha512,
        Version::V4 => Signature::V4,
        Version::V5 => Signature::V5,
    };
    Ok(Application::new(host, ikey, skey).with_signature(signature))
}

fn given(flag: Option<&str>, name: &str, variable: &str, what: &str) -> Result<Zeroizing<String>> {
    match flag {
        Some(value) => Ok(Zeroizing::new(value.to_owned())),
        None => input::variable(variable)?
            .with_context(|| format!("no {what} is given: write {name}, or set {variable}")),
    }
}

/// The command line counts more than the environment; two of one are one too many.
fn secret_key(settings: &Settings) -> Result<Zeroizing<String>> {
    if let Some(secret) = &settings.skey {
        return input::secret(secret.expose());
    }
    if let Some(path) = &settings.skey_file {
        return input::secret_file(path);
    }
    match (input::variable("DUO_SKEY")?, input::variable("DUO_SKEY_FILE")?) {
        (Some(_), Some(_)) => bail!("the secret key is given twice: DUO_SKEY and DUO_SKEY_FILE"),
        (Some(secret), None) => Ok(secret),
        (None, Some(path)) => input::secret_file(path.as_str().as_ref()),
        (None, None) => bail!(
            "no secret key is given: write --skey-file FILE or --skey - for standard input, or \
             set DUO_SKEY or DUO_SKEY_FILE"
        ),
    }
}

fn roots(settings: &Settings) -> Result<Roots> {
    if settings.duo_roots {
        return Ok(Roots::Pinned(Pins::DUO_1_0));
    }
    let path = match &settings.ca {
        Some(path) => path.clone(),
        None => match input::variable("DUO_CA")? {
            Some(path) => path.as_str().into(),
            None => return Ok(Roots::Platform),
        },
    };
    let certificates = CertificateDer::pem_slice_iter(&input::file(&path)?)
        .collect::<Result<Vec<_>, _>>()
        .with_context(|| format!("{} is not PEM", path.display()))?;
    ensure!(!certificates.is_empty(), "{} has no certificate in it", path.display());
    Ok(Roots::Given(certificates))
}

fn fail_mode(settings: &Settings) -> Result<FailMode> {
    let chosen = match settings.fail_mode {
        Some(chosen) => chosen,
        None => match input::variable("DUO_FAIL_MODE")?.as_deref().map(String::as_str) {
            None | Some("closed") => OnOutage::Closed,
            Some("open") => OnOutage::Open,
            Some(_) => bail!("DUO_FAIL_MODE must be closed or open"),
        },
    };
    Ok(match chosen {
        OnOutage::Closed => FailMode::Closed,
        OnOutage::Open => FailMode::Open,
    })
}
