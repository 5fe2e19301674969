//! The layer and its service.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::sync::Arc;

use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::filter::filter;
use crate::{Consent, Gate};

/// Puts a [`Gate`] before a service.
#[derive(Clone, Debug)]
pub struct ConsentGateLayer {
    gate: Arc<Gate>,
}

/// A service behind a [`Gate`].
#[derive(Clone, Debug)]
pub struct ConsentGate<S> {
    inner: S,
    gate: Arc<Gate>,
}

pin_project! {
    /// The response of a [`ConsentGate`], on its way.
    #[derive(Debug)]
    pub struct ResponseFuture<F> {
        #[pin]
        inner: F,
        gate: Arc<Gate>,
        consent: Consent,
    }
}

impl ConsentGateLayer {
    pub(crate) fn new(gate: Gate) -> Self {
        Self { gate: Arc::new(gate) }
    }
}

impl<S> Layer<S> for ConsentGateLayer {
    type Service = ConsentGate<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ConsentGate { inner, gate: Arc::clone(&self.gate) }
    }
}

impl<S, B, R> Service<Request<B>> for ConsentGate<S>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        let consent = Consent::of(&self.gate, &parts);
        parts.extensions.insert(consent.clone());
        let inner = self.inner.call(Request::from_parts(parts, body));
        ResponseFuture { inner, gate: Arc::clone(&self.gate), consent }
    }
}

impl<F, R, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut response = ready!(this.inner.poll(context))?;
        filter(this.gate, this.consent, response.headers_mut());
        Poll::Ready(Ok(response))
    }
}
