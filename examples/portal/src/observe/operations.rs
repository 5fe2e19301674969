//! The second port, for whoever operates the portal: `/metrics`, `/healthz` and `/readyz`.
//!
//! Not on the portal's own port, because how busy it is and whether its database answers is
//! nothing for visitors.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Metrics;
use crate::connections;
use crate::listener::{Listener, ServeError};

/// How long the database may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(1);

/// Answers on the second port. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Operations {
    metrics: Metrics,
    readiness: Readiness,
}

/// Why a portal is not ready, in words that the log explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotReady(pub(crate) &'static str);

impl NotReady {
    pub(crate) const DATABASE: Self = Self("the database does not answer");
    pub(crate) const READ_ONLY: Self = Self("the database cannot write");
    pub(crate) const DECLARATION: Self =
        Self("a newer declaration of cookies cannot be followed; the log says why");
    pub(crate) const VERSION: Self = Self("the database needs another version of this program");
}

/// Finds out whether requests would be served.
#[derive(Clone)]
pub(crate) struct Readiness(Arc<dyn Fn() -> Asking + Send + Sync>);

type Asking = Pin<Box<dyn Future<Output = Result<(), NotReady>> + Send>>;

impl Readiness {
    pub(crate) fn new<F>(ask: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), NotReady>> + Send + 'static,
    {
        Self(Arc::new(move || Box::pin(ask())))
    }

    async fn ask(&self) -> Result<(), NotReady> {
        let answer = tokio::time::timeout(PATIENCE, (self.0)()).await;
        answer.unwrap_or(Err(NotReady::DATABASE))
    }
}

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Readiness")
    }
}

impl Operations {
    pub(crate) const fn new(metrics: Metrics, readiness: Readiness) -> Self {
        Self { metrics, readiness }
    }

    /// Answers until `stop` is done.
    ///
    /// # Errors
    ///
    /// [`ServeError`] when the address can no longer be listened on.
    pub async fn serve(
        self,
        listener: Listener,
        stop: impl Future<Output = ()>,
    ) -> Result<(), ServeError> {
        let pages = Router::new()
            .route("/metrics", get(metrics))
            .route("/healthz", get(|| async { plain(StatusCode::OK, "alive\n".into()) }))
            .route("/readyz", get(readyz))
            .with_state(self);
        connections::accept_until(listener, pages, stop).await.map_err(ServeError::new)
    }
}

async fn metrics(State(operations): State<Operations>) -> Response {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-store")], operations.metrics.to_text())
        .into_response()
}

async fn readyz(State(operations): State<Operations>) -> Response {
    match operations.readiness.ask().await {
        Ok(()) => plain(StatusCode::OK, "ready\n".into()),
        Err(NotReady(why)) => plain(StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {why}\n")),
    }
}

fn plain(status: StatusCode, text: String) -> Response {
    (status, [(CONTENT_TYPE, "text/plain; charset=utf-8"), (CACHE_CONTROL, "no-store")], text)
        .into_response()
}
