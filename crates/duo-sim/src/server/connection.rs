//! One connection after the other.

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use super::{Handle, clock};
use crate::{Answer, Waiting};

/// The longest request that is read, in bytes.
const MAX_REQUEST: usize = 256 * 1024;
const HANDSHAKE: Duration = Duration::from_secs(10);
const HEAD: Duration = Duration::from_secs(30);

type Body = UnsyncBoxBody<Bytes, io::Error>;

/// Which side of the simulator a listener is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Plane {
    Duo,
    Control,
}

/// Takes connections until it is told to stop.
pub(super) async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    handle: Handle,
    plane: Plane,
    mut stopped: watch::Receiver<bool>,
) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.wait_for(|stopped| *stopped) => return,
        };
        // Out of file descriptors, say: it passes.
        let Ok((stream, _)) = accepted else { continue };
        let (tls, handle, mut stopped) = (tls.clone(), handle.clone(), stopped.clone());
        tokio::spawn(async move {
            let work = async {
                match tls {
                    None => converse(stream, handle, plane).await,
                    Some(tls) => {
                        if let Ok(Ok(stream)) = timeout(HANDSHAKE, tls.accept(stream)).await {
                            converse(stream, handle, plane).await;
                        }
                    }
                }
            };
            tokio::select! {
                () = work => {}
                _ = stopped.wait_for(|stopped| *stopped) => {}
            }
        });
    }
}

async fn converse<S>(stream: S, handle: Handle, plane: Plane)
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let service = service_fn(|request| answer(request, handle.clone(), plane));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .serve_connection(TokioIo::new(stream), service);
    // The other side went away, or was cut off on purpose.
    drop(connection.await);
}

async fn answer(
    request: Request<Incoming>,
    handle: Handle,
    plane: Plane,
) -> Result<Response<Body>, Infallible> {
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, MAX_REQUEST).collect().await else {
        let mut reply = Response::new(Vec::new());
        *reply.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
        return Ok(whole(reply));
    };
    let request = Request::from_parts(parts, body.to_bytes().to_vec());
    Ok(match plane {
        Plane::Control => whole(handle.with(|simulator, now| simulator.control(&request, now))),
        Plane::Duo => respond(&request, &handle).await,
    })
}

async fn respond(request: &Request<Vec<u8>>, handle: &Handle) -> Response<Body> {
    let mut waiting: Option<Waiting> = None;
    loop {
        // Listens before it looks: what happens in between is not missed.
        let mut changed = pin!(handle.0.changed.notified());
        changed.as_mut().enable();
        let answer = match waiting.take() {
            None => handle.with(|simulator, now| simulator.respond(request, now)),
            Some(waiting) => handle.lock().resume(waiting, clock()),
        };
        match answer {
            Answer::Reply(reply) => return whole(reply),
            Answer::Cut(reply) => return cut(reply),
            Answer::Hang => pending().await,
            Answer::Wait(until) => {
                let left = until.until().0.saturating_sub(clock().0);
                // Whole seconds: the moment may come up to one later.
                let pause = Duration::from_secs(left).max(Duration::from_millis(50));
                tokio::select! {
                    () = sleep(pause) => {}
                    () = changed => {}
                }
                waiting = Some(until);
            }
        }
    }
}

fn whole(reply: Response<Vec<u8>>) -> Response<Body> {
    reply.map(|body| Full::new(Bytes::from(body)).map_err(|never| match never {}).boxed_unsync())
}

/// Sends half, then breaks off.
fn cut(reply: Response<Vec<u8>>) -> Response<Body> {
    reply.map(|mut body| {
        body.truncate(body.len().midpoint(0));
        Half(Some(Bytes::from(body))).boxed_unsync()
    })
}

/// A body that ends in an error.
struct Half(Option<Bytes>);

impl hyper::body::Body for Half {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let next = self.0.take().map(Frame::data);
        Poll::Ready(Some(next.ok_or_else(|| io::Error::other("broken off on purpose"))))
    }
}
