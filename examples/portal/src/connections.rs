//! The loop that takes connections.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use crate::listener::Listener;
use crate::tls::Identity;
use crate::web::Peer;

const MAX_HEADERS: usize = 64;
/// The request line and all headers together.
const MAX_HEAD_BYTES: usize = 16 * 1024;
/// From the first byte of a connection, or the end of the last answer, to the end of the headers.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// From the first byte of a connection to the end of its handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// For what is under way when the portal stops.
const FAREWELL: Duration = Duration::from_secs(5);

pub(crate) async fn accept_until(
    listener: Listener,
    pages: Router,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let mut stop = pin!(stop);
    let free = Arc::new(Semaphore::new(listener.max_connections.get().into()));
    let open = GracefulShutdown::new();
    let tls = listener.identity.as_ref().map(Identity::to_server_config).transpose();
    let tls = tls.map_err(io::Error::other)?.map(TlsAcceptor::from);
    loop {
        let next = async {
            let room = Arc::clone(&free).acquire_owned().await.map_err(io::Error::other)?;
            listener.socket.accept().await.map(|(stream, peer)| (stream, peer, room))
        };
        let accepted = tokio::select! {
            accepted = next => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((_, peer, _)) if !listener.may_connect(peer) => {
                tracing::warn!("hung up on somebody who is neither here nor a trusted proxy");
            }
            Ok((stream, peer, room)) => {
                // Answers are small: waiting to fill a packet only delays them.
                drop(stream.set_nodelay(true));
                let (pages, watcher, tls) = (pages.clone(), open.watcher(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => converse(stream, peer, pages, watcher).await,
                        Some(tls) => {
                            let shaken = timeout(HANDSHAKE_TIMEOUT, tls.accept(stream)).await;
                            // Whoever does not get so far has asked for nothing.
                            if let Ok(Ok(stream)) = shaken {
                                converse(stream, peer, pages, watcher).await;
                            }
                        }
                    }
                    drop(room);
                });
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                // Out of file descriptors, most likely: some will be free again soon.
                tracing::error!(%error, "no connection could be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    if timeout(FAREWELL, open.shutdown()).await.is_err() {
        tracing::warn!("stopped with requests still under way");
    }
    Ok(())
}

async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    pages: Router,
    watcher: Watcher,
) {
    let pages = TowerToHyperService::new(pages);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer.ip()));
        pages.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection broke");
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}
