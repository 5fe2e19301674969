//! Where the browser comes back to: a listener on this machine, for one login.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use anyhow::{Context, Result, ensure};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue};
use hyper::header::{REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use upheld_duo::SecretText;

const PATH: &str = "/callback";
const PAGE: &str = "<!doctype html><html lang=\"en\"><title>duo</title>\
    <p>You can close this page. What came of it stands in the terminal.</p></html>";

pub(crate) struct Listener {
    listener: TcpListener,
    port: u16,
}

impl Listener {
    /// Listens on this machine alone: others have no business here.
    pub(crate) async fn bind(address: SocketAddr) -> Result<Self> {
        ensure!(address.ip().is_loopback(), "--listen must be an address of this machine alone");
        let listener = TcpListener::bind(address).await;
        let listener = listener.with_context(|| format!("cannot listen at {address}"))?;
        let port = listener.local_addr()?.port();
        Ok(Self { listener, port })
    }

    /// The address that the prompt sends the browser to.
    pub(crate) fn uri(&self) -> String {
        format!("http://localhost:{}{PATH}", self.port)
    }

    /// Waits for the browser, and answers it. The first to come is the one: whoever comes with
    /// another state ends the login.
    pub(crate) async fn callback(self) -> Result<SecretText> {
        let mut visits = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.listener.accept() => {
                    let (stream, _) = accepted.context("cannot listen any more")?;
                    visits.spawn(serve(stream));
                }
                Some(visit) = visits.join_next() => {
                    if let Ok(Some(query)) = visit {
                        return Ok(query);
                    }
                }
            }
        }
    }
}

/// Answers one request, to its end, and tells its query if it is the callback.
async fn serve(stream: TcpStream) -> Option<SecretText> {
    let query = Arc::new(OnceLock::new());
    let found = Arc::clone(&query);
    let answer = service_fn(move |request: Request<Incoming>| {
        let reply = answer(&request, &found);
        async move { Ok::<_, Infallible>(reply) }
    });
    let connection =
        http1::Builder::new().keep_alive(false).serve_connection(TokioIo::new(stream), answer);
    // Whether the page arrived or not, the query did.
    drop(connection.await);
    query.get().cloned()
}

fn answer(request: &Request<Incoming>, found: &OnceLock<SecretText>) -> Response<Full<Bytes>> {
    let query = request.uri().query().filter(|_| request.uri().path() == PATH);
    let mut reply = Response::new(Full::new(Bytes::new()));
    match query.filter(|_| request.method() == Method::GET) {
        Some(query) => {
            drop(found.set(SecretText::new(query)));
            *reply.body_mut() = Full::new(Bytes::from_static(PAGE.as_bytes()));
        }
        None => *reply.status_mut() = StatusCode::NOT_FOUND,
    }
    for (name, value) in [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        reply.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    reply
}
