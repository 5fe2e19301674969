//! Which Duo application speaks, to which host, under which key.

use std::fmt;

use http::header::{AUTHORIZATION, CONTENT_TYPE, DATE, USER_AGENT};
use http::{HeaderValue, Method, Request, Uri};
use zeroize::Zeroizing;

use crate::sign::{self, Message, Signature, SignedHeaders};
use crate::{Params, SecretKey, UnixSeconds};

/// Names an application at Duo: 20 characters, which Duo also calls the client ID.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IntegrationKey(Box<str>);

/// Why a text is not an [`IntegrationKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an integration key: Duo's have 20 letters and digits, and at most 64 are taken")]
#[non_exhaustive]
pub struct IntegrationKeyError;

impl IntegrationKey {
    /// Reads the key as Duo's administration page shows it.
    ///
    /// # Errors
    ///
    /// [`IntegrationKeyError`] unless it is 1 to 64 letters, digits, `-` or `_`.
    pub fn parse(text: &str) -> Result<Self, IntegrationKeyError> {
        let of_key = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let holds = (1..=64).contains(&text.len()) && text.bytes().all(of_key);
        holds.then(|| Self(text.into())).ok_or(IntegrationKeyError)
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The host of an account's API, `api-XXXXXXXX.duosecurity.com`, with a port or without.
///
/// ```
/// use upheld_duo::ApiHost;
///
/// let host = ApiHost::parse("API-1234abcd.duosecurity.com")?;
/// assert_eq!(host.authority(), "api-1234abcd.duosecurity.com");
/// assert!(ApiHost::parse("https://api-1234abcd.duosecurity.com/").is_err());
/// # Ok::<(), upheld_duo::ApiHostError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ApiHost(Box<str>);

/// Why a text is not an [`ApiHost`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a host like `api-XXXXXXXX.duosecurity.com`: no scheme, user, path or space, and a port only after a colon"
)]
#[non_exhaustive]
pub struct ApiHostError;

impl ApiHost {
    /// Reads a host name or IPv4 address, with a port if need be. Upper case is lowered.
    ///
    /// # Errors
    ///
    /// [`ApiHostError`] when there is anything else.
    pub fn parse(text: &str) -> Result<Self, ApiHostError> {
        let (name, port) = match text.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (text, None),
        };
        let of_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
        let is_name = (1..=253).contains(&name.len()) && name.bytes().all(of_name);
        let is_port = |port: &str| {
            port.bytes().all(|byte| byte.is_ascii_digit())
                && port.parse::<u16>().is_ok_and(|port| port > 0)
        };
        if is_name && port.is_none_or(is_port) {
            Ok(Self(text.to_ascii_lowercase().into()))
        } else {
            Err(ApiHostError)
        }
    }

    /// The host with its port, if it has one.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.0
    }

    /// The host without a port: what is signed.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.split(':').next().unwrap_or_default()
    }
}

/// An application at Duo: whom requests go to, in whose name, and how they are signed.
///
/// The key pair of an Auth API or Admin API application signs calls; that of a Web SDK application
/// is its client ID and secret. One value holds one pair.
///
/// ```
/// use upheld_duo::{ApiHost, Application, IntegrationKey, SecretKey};
///
/// let application = Application::new(
///     ApiHost::parse("api-1234abcd.duosecurity.com")?,
///     IntegrationKey::parse("DIWJ8X6AEYOR5OMC6TQ1")?,
///     SecretKey::parse("Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep")?,
/// );
/// assert!(!format!("{application:?}").contains("Zh5e"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Application {
    host: ApiHost,
    integration_key: IntegrationKey,
    secret_key: SecretKey,
    signature: Signature,
    user_agent: HeaderValue,
}

/// Why a call cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// A query that servers refuse.
    #[error("a URI of {length} bytes; at most {limit} are sent")]
    UriTooLong {
        /// Its length in bytes.
        length: usize,
        /// The limit.
        limit: usize,
    },
    /// A path or a header that HTTP cannot carry.
    #[error("the request cannot be written as HTTP")]
    NotHttp,
}

impl Application {
    /// The longest URI that is sent, in bytes.
    pub const MAX_URI_BYTES: usize = 8_000;

    /// An application whose calls are signed as version 5.
    #[must_use]
    pub const fn new(
        host: ApiHost,
        integration_key: IntegrationKey,
        secret_key: SecretKey,
    ) -> Self {
        let user_agent =
            HeaderValue::from_static(concat!("upheld-duo/", env!("CARGO_PKG_VERSION")));
        Self { host, integration_key, secret_key, signature: Signature::V5, user_agent }
    }

    /// Signs in another way.
    #[must_use]
    pub const fn with_signature(mut self, signature: Signature) -> Self {
        self.signature = signature;
        self
    }

    /// Sends another `User-Agent`.
    #[must_use]
    pub fn with_user_agent(mut self, user_agent: HeaderValue) -> Self {
        self.user_agent = user_agent;
        self
    }

    /// Whom requests go to.
    #[must_use]
    pub const fn host(&self) -> &ApiHost {
        &self.host
    }

    /// In whose name.
    #[must_use]
    pub const fn integration_key(&self) -> &IntegrationKey {
        &self.integration_key
    }

    pub(crate) const fn secret_key(&self) -> &SecretKey {
        &self.secret_key
    }

    /// Writes and signs a call to `path` with `params`, dated `now`.
    ///
    /// The calls of this crate do this by themselves; it is here for those that it does not have.
    /// The body of the request may hold a passcode: wipe it once it is sent.
    ///
    /// # Errors
    ///
    /// [`RequestError`] when HTTP cannot carry it.
    pub fn sign(
        &self,
        method: Method,
        path: &str,
        params: &Params,
        now: UnixSeconds,
    ) -> Result<Request<Vec<u8>>, RequestError> {
        let has_body = matches!(method, Method::POST | Method::PUT | Method::PATCH);
        let is_json = self.signature.has_json_body();
        let nothing = Params::new();
        let query = if has_body { &nothing } else { params };
        let body = match (has_body, is_json) {
            (false, _) => Zeroizing::default(),
            (true, true) => params.to_json(),
            (true, false) => Zeroizing::new(params.canonical().as_bytes().to_vec()),
        };
        let date = now.to_date();
        let message = Message {
            date: &date,
            method: method.as_str(),
            host: self.host.name(),
            path,
            params: if is_json { query } else { params },
            body: &body,
            headers: &SignedHeaders::default(),
        };
        let mac = self.signature.sign(&self.secret_key, &message.canonical(self.signature));
        let authorization =
            sign::authorization(&self.integration_key, &mac).ok_or(RequestError::NotHttp)?;
        let mut request = self.unsigned(method, path, query)?;
        let headers = request.headers_mut();
        headers.insert(DATE, HeaderValue::from_str(&date).map_err(|_| RequestError::NotHttp)?);
        headers.insert(AUTHORIZATION, authorization);
        if has_body {
            headers
                .insert(CONTENT_TYPE, HeaderValue::from_static(if is_json { JSON } else { FORM }));
        }
        request.body_mut().extend_from_slice(&body);
        Ok(request)
    }

    /// A request that nothing is signed of.
    pub(crate) fn unsigned(
        &self,
        method: Method,
        path: &str,
        query: &Params,
    ) -> Result<Request<Vec<u8>>, RequestError> {
        let mut uri = ["https://", self.host.authority(), path].concat();
        if !query.is_empty() {
            uri.push('?');
            uri.push_str(&query.canonical());
        }
        if uri.len() > Self::MAX_URI_BYTES {
            return Err(RequestError::UriTooLong { length: uri.len(), limit: Self::MAX_URI_BYTES });
        }
        let uri = Uri::try_from(uri).map_err(|_| RequestError::NotHttp)?;
        let mut request = Request::new(Vec::new());
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        request.headers_mut().insert(USER_AGENT, self.user_agent.clone());
        Ok(request)
    }

    /// A request whose body is a form and nothing is signed of.
    pub(crate) fn unsigned_form(
        &self,
        path: &str,
        form: &Params,
    ) -> Result<Request<Vec<u8>>, RequestError> {
        let mut request = self.unsigned(Method::POST, path, &Params::new())?;
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(FORM));
        *request.body_mut() = form.canonical().as_bytes().to_vec();
        Ok(request)
    }
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

impl fmt::Display for ApiHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.authority())
    }
}
