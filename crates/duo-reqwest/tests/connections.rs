//! What comes of connections: those that do not come about, and those that idle.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpSocket, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, advance, pause, resume, sleep, timeout};
use upheld_duo::auth::{Auth, AuthOutcome, Factor, Ping, Preauth, PushText, Target, User};
use upheld_duo::{
    ApiHost, Application, FailCause, FailMode, Failure, Fallback, IntegrationKey, RetryPolicy,
    SecretKey,
};
use upheld_duo_reqwest::{Client, Roots, SendError, Settings};
use upheld_duo_sim::{Config, DevCa, Options, Server, Transport};

/// Tries again soon, and for long.
const QUICK: RetryPolicy = RetryPolicy {
    attempts: 200,
    first_wait: Duration::from_millis(20),
    longest_wait: Duration::from_millis(50),
    jitter: Duration::from_millis(5),
    deadline: Duration::from_secs(300),
};
const TWICE: RetryPolicy = RetryPolicy { attempts: 2, ..QUICK };

/// Duo and a line to it. Both run elsewhere: their time goes on when that of a test stands still.
struct Line {
    elsewhere: Runtime,
    duo: Server,
    opened: Arc<AtomicUsize>,
}

impl Line {
    fn new() -> Self {
        let elsewhere = Runtime::new().unwrap();
        let options = Options {
            config: Config::default(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            control: None,
            transport: Transport::Tls(Box::new(DevCa::generate().unwrap())),
            seed: 1,
        };
        let duo = elsewhere.block_on(Server::start(options)).unwrap();
        Self { elsewhere, duo, opened: Arc::default() }
    }

    /// Counts the connections that come in, and passes on what comes over them.
    fn serve(&self, at: TcpSocket) {
        let (opened, duo) = (Arc::clone(&self.opened), self.duo.address());
        let _elsewhere = self.elsewhere.enter();
        let listener = at.listen(16).unwrap();
        tokio::spawn(async move {
            while let Ok((mut theirs, _)) = listener.accept().await {
                opened.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move {
                    let mut ours = TcpStream::connect(duo).await.unwrap();
                    // However it ends.
                    drop(copy_bidirectional(&mut theirs, &mut ours).await);
                });
            }
        });
    }

    fn opened(&self) -> usize {
        self.opened.load(Ordering::SeqCst)
    }

    fn client(&self, retry: RetryPolicy) -> Client {
        let roots = Roots::Given(vec![self.duo.authority().unwrap()]);
        Client::new(Settings { roots, retry, uses_environment_proxy: false }).unwrap()
    }
}

/// A port of this machine that is kept, on which nobody listens yet.
fn silent() -> (TcpSocket, SocketAddr) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}

fn application(address: SocketAddr) -> Application {
    let keys = Config::default().auth;
    Application::new(
        ApiHost::parse(&format!("localhost:{}", address.port())).unwrap(),
        IntegrationKey::parse(&keys.key).unwrap(),
        SecretKey::parse(&keys.secret).unwrap(),
    )
}

fn push() -> Auth {
    Auth::new(User::named("push-allow"), Factor::Push(Target::Any, PushText::default()))
}

/// The runtime of a test, whose time can stand still.
fn here() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Lets so much time pass at once.
async fn pass(time: Duration) {
    pause();
    advance(time).await;
    resume();
}

/// What asks a person is sent again only where nothing was sent before.
#[test]
fn a_push_waits_for_a_connection_and_is_then_sent_once() {
    let line = Line::new();
    let (socket, address) = silent();
    here().block_on(async {
        let client = line.client(QUICK);
        let (application, push) = (application(address), push());
        let mut sent = Box::pin(client.send(&application, &push));
        // Several attempts find nobody.
        assert!(timeout(Duration::from_millis(300), &mut sent).await.is_err());
        line.serve(socket);
        assert!(matches!(sent.await, Ok(AuthOutcome::Allowed(_))));
    });
    assert_eq!(line.opened(), 1);
    assert_eq!(line.duo.handle().with(|simulator, _| simulator.asked().len()), 1);
}

#[test]
fn where_no_connection_comes_about_nothing_was_sent_and_a_fail_mode_may_let_in() {
    let line = Line::new();
    let (_socket, address) = silent();
    here().block_on(async {
        let client = line.client(TWICE);
        let preauth = Preauth::new(User::named("push-allow"));
        let error = client.send(&application(address), &preauth).await.unwrap_err();
        assert_eq!((&error, error.failure()), (&SendError::Unreachable, Failure::Unreachable));
        let Fallback::Open(open) = FailMode::Open.after(&preauth, error.failure()) else {
            panic!("it is an outage");
        };
        assert_eq!(open.cause(), FailCause::Unreachable);
    });
}

/// A server whose machine is there and does not answer: it takes no more connections.
#[test]
fn a_connection_that_is_not_made_in_time_sent_nothing_either() {
    let line = Line::new();
    here().block_on(async {
        let (socket, address) = silent();
        let _listener = socket.listen(1).unwrap();
        let mut waiting = Vec::new();
        while let Ok(one) = timeout(Duration::from_millis(500), TcpStream::connect(address)).await {
            waiting.push(one.unwrap());
            assert!(waiting.len() < 100, "somebody takes them");
        }
        let client = line.client(TWICE);
        pause();
        let start = Instant::now();
        let error = client.send(&application(address), &push()).await.unwrap_err();
        assert_eq!(error, SendError::Unreachable);
        // Both times, by a clock that leaps: a push has more than a minute once it is sent.
        let took = start.elapsed();
        assert!(took >= Duration::from_secs(10) && took < Duration::from_secs(11), "{took:?}");
    });
}

#[test]
fn a_connection_is_used_again_but_not_when_duo_may_be_about_to_close_it() {
    let line = Line::new();
    let (socket, address) = silent();
    let application = application(address);
    line.serve(socket);
    here().block_on(async {
        let client = line.client(TWICE);
        // Duo closes a connection after a minute.
        for (idle, opened) in [(0, 1), (0, 1), (50, 1), (50, 1), (59, 2), (50, 2), (59, 3)] {
            pass(Duration::from_secs(idle)).await;
            assert!(client.send(&application, &Ping).await.is_ok());
            assert_eq!(line.opened(), opened, "after {idle} s");
            // The connection is given back once the reply is read.
            sleep(Duration::from_millis(10)).await;
        }
    });
}
