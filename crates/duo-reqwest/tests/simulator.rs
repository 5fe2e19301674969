//! Over TLS, against `upheld-duo-sim`: every factor and every fault.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

use http::{Request, Response};
use serde_json::json;
use tokio::time::{Instant, sleep, timeout};
use upheld_duo::auth::{
    Auth, AuthOutcome, Check, Factor, Ping, Preauth, PreauthOutcome, PushText, StartAuth, Status,
    Target, User,
};
use upheld_duo::{
    ApiHost, Application, Call, FailCause, FailMode, Failure, Fallback, IntegrationKey, Repeat,
    ReplyError, RequestError, RetryPolicy, SecretKey, UnixSeconds,
};
use upheld_duo_reqwest::{Client, Roots, SendError, Settings};
use upheld_duo_sim::{Config, Decision, DevCa, Fault, FaultAt, Options, Server, Transport};

/// Tries again soon, so that tests end soon.
const QUICK: RetryPolicy = RetryPolicy {
    attempts: 3,
    first_wait: Duration::from_millis(20),
    longest_wait: Duration::from_millis(50),
    jitter: Duration::from_millis(5),
    deadline: Duration::from_secs(20),
};

struct Duo {
    server: Server,
    client: Client,
    application: Application,
}

fn application(address: SocketAddr) -> Application {
    let keys = Config::default().auth;
    Application::new(
        ApiHost::parse(&format!("localhost:{}", address.port())).unwrap(),
        IntegrationKey::parse(&keys.key).unwrap(),
        SecretKey::parse(&keys.secret).unwrap(),
    )
}

fn client(roots: Roots) -> Client {
    Client::new(Settings { roots, retry: QUICK, uses_environment_proxy: false }).unwrap()
}

impl Duo {
    async fn start() -> Self {
        let options = Options {
            config: Config::default(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            control: None,
            transport: Transport::Tls(Box::new(DevCa::generate().unwrap())),
            seed: 1,
        };
        let server = Server::start(options).await.unwrap();
        let client = client(Roots::Given(vec![server.authority().unwrap()]));
        let application = application(server.address());
        Self { server, client, application }
    }

    async fn send<C: Call>(&self, call: &C) -> Result<C::Output, SendError> {
        self.client.send(&self.application, call).await
    }

    fn fault(&self, times: u32, fault: Fault) {
        let at = FaultAt { path: "/auth/".into(), times, fault };
        self.server.handle().with(|simulator, _| simulator.fault(at));
    }

    fn pushes(&self) -> usize {
        self.server.handle().with(|simulator, _| simulator.asked().len())
    }
}

fn push(user: &str) -> Auth {
    Auth::new(User::named(user), Factor::Push(Target::Any, PushText::default()))
}

/// A check with little patience.
struct Impatient;

impl Call for Impatient {
    type Output = UnixSeconds;

    const REPEAT: Repeat = Repeat::Freely;
    const PATIENCE: Duration = Duration::from_millis(200);

    fn request(
        &self,
        application: &Application,
        now: UnixSeconds,
    ) -> Result<Request<Vec<u8>>, RequestError> {
        Check.request(application, now)
    }

    fn read(
        &self,
        application: &Application,
        reply: &Response<Vec<u8>>,
        now: UnixSeconds,
    ) -> Result<UnixSeconds, ReplyError> {
        Check.read(application, reply, now)
    }
}

#[tokio::test]
async fn people_are_let_in_and_turned_away() {
    let duo = Duo::start().await;
    assert!(duo.send(&Check).await.is_ok());
    let preauth = Preauth::new(User::named("push-allow"));
    assert!(matches!(duo.send(&preauth).await, Ok(PreauthOutcome::Challenge(_))));
    assert!(matches!(duo.send(&push("push-allow")).await, Ok(AuthOutcome::Allowed(_))));
    assert!(matches!(duo.send(&push("push-deny")).await, Ok(AuthOutcome::Denied(_))));
    duo.server.stop().await;
}

#[tokio::test]
async fn a_push_is_followed_while_the_person_decides() {
    let duo = Duo::start().await;
    let txid = duo.send(&StartAuth(push("sms"))).await.unwrap();
    let handle = duo.server.handle().clone();
    let pressed = txid.clone();
    tokio::spawn(async move {
        sleep(Duration::from_millis(300)).await;
        handle
            .with(|simulator, now| simulator.decide(pressed.as_str(), Decision::Approve, None, now))
    });
    let mut told = Vec::new();
    let tell = |progress: &upheld_duo::auth::Progress| told.push(progress.status.clone());
    let within = Duration::from_secs(30);
    let outcome = duo.client.follow(&duo.application, &txid, within, tell).await;
    assert!(matches!(outcome, Ok(AuthOutcome::Allowed(_))), "{outcome:?}");
    assert_eq!(told, [Status::Pushed]);
}

#[tokio::test]
async fn following_ends_in_time_and_can_be_dropped_and_taken_up() {
    let duo = Duo::start().await;
    let txid = duo.send(&StartAuth(push("sms"))).await.unwrap();
    let follow = |within| duo.client.follow(&duo.application, &txid, within, |_| {});
    let late = follow(Duration::from_millis(300)).await;
    assert_eq!(late, Err(SendError::Timeout));
    let dropped = timeout(Duration::from_millis(100), follow(Duration::from_secs(30))).await;
    assert!(dropped.is_err());
    duo.server
        .handle()
        .with(|simulator, now| simulator.decide(txid.as_str(), Decision::Deny, None, now));
    let outcome = follow(Duration::from_secs(30)).await;
    assert!(matches!(outcome, Ok(AuthOutcome::Denied(_))), "{outcome:?}");
}

#[tokio::test]
async fn too_many_calls_are_waited_out() {
    let duo = Duo::start().await;
    duo.fault(1, Fault::RateLimited { retry_after: Some("1".into()), prefixed: true });
    let start = Instant::now();
    assert!(duo.send(&Check).await.is_ok());
    assert!(start.elapsed() >= Duration::from_secs(1), "as long as it was asked to");
    duo.fault(3, Fault::RateLimited { retry_after: None, prefixed: false });
    let error = duo.send(&Check).await.unwrap_err();
    assert_eq!(error.failure(), Failure::RateLimited);
    // A refusal did nothing, so that even a push may be sent again.
    duo.fault(1, Fault::RateLimited { retry_after: None, prefixed: false });
    assert!(matches!(duo.send(&push("push-allow")).await, Ok(AuthOutcome::Allowed(_))));
    assert_eq!(duo.pushes(), 1);
}

#[tokio::test]
async fn t51_every_fault_has_a_name_and_only_outages_fail_open() {
    let duo = Duo::start().await;
    let preauth = Preauth::new(User::named("push-allow"));
    let unavailable = FailCause::Unavailable { status: 503 };
    let edit = |pointer: &str| Fault::Edit { pointer: pointer.into(), value: json!("approved") };
    for (fault, cause) in [
        (Fault::Status { status: 503 }, Some(unavailable)),
        (Fault::Cut, None),
        (Fault::NotJson, None),
        (Fault::Oversize, None),
        (Fault::Redirect, None),
        (Fault::Status { status: 404 }, None),
        (edit("/response/result"), None),
        (edit("/stat"), None),
    ] {
        duo.fault(3, fault.clone());
        let error = duo.send(&preauth).await.unwrap_err();
        let decided = match FailMode::Open.after(&preauth, error.failure()) {
            Fallback::Open(open) => Some(open.cause()),
            Fallback::Closed => None,
        };
        assert_eq!(decided, cause, "{fault:?}: {error}");
        duo.server.handle().with(|simulator, _| simulator.clear_faults());
    }
    duo.fault(3, Fault::Hang);
    assert_eq!(duo.send(&Impatient).await, Err(SendError::Timeout));
    duo.server.handle().with(|simulator, _| simulator.clear_faults());
    duo.fault(2, Fault::Status { status: 500 });
    assert!(duo.send(&preauth).await.is_ok(), "the third attempt");
}

#[tokio::test]
async fn all_attempts_together_take_no_longer_than_the_deadline() {
    let duo = Duo::start().await;
    let deadline = Duration::from_millis(700);
    let retry = RetryPolicy { deadline, ..QUICK };
    let roots = Roots::Given(vec![duo.server.authority().unwrap()]);
    let settings = Settings { roots, retry, uses_environment_proxy: false };
    let client = Client::new(settings).unwrap();
    // Far less than the patience of each call: the first and last attempt is cut off.
    for errors in [0, 1] {
        duo.fault(errors, Fault::Status { status: 503 });
        duo.fault(2, Fault::Hang);
        let start = Instant::now();
        assert_eq!(client.send(&duo.application, &Check).await, Err(SendError::Timeout));
        let took = start.elapsed();
        assert!(
            took >= deadline && took < Duration::from_secs(5),
            "{took:?} of {:?}",
            Check::PATIENCE
        );
        duo.server.handle().with(|simulator, _| simulator.clear_faults());
    }
    // What was turned away or broke is no outage by our own deadline, which cuts off the next attempt.
    let limited = || Fault::RateLimited { retry_after: None, prefixed: false };
    for (first, failure) in [(limited(), Failure::RateLimited), (Fault::Cut, Failure::Broken)] {
        duo.fault(1, first);
        duo.fault(2, Fault::Hang);
        let error = client.send(&duo.application, &Check).await.unwrap_err();
        assert_eq!(error.failure(), failure);
        duo.server.handle().with(|simulator, _| simulator.clear_faults());
    }
    // But a phone may ring for it.
    duo.fault(1, limited());
    duo.fault(1, Fault::Hang);
    let asked = client.send(&duo.application, &StartAuth(push("sms"))).await;
    assert_eq!(asked, Err(SendError::Timeout));
    duo.server.handle().with(|simulator, _| simulator.clear_faults());
    // A person may take longer than that: what is followed has a time of its own.
    let txid = client.send(&duo.application, &StartAuth(push("sms"))).await.unwrap();
    let (handle, pressed) = (duo.server.handle().clone(), txid.clone());
    tokio::spawn(async move {
        sleep(Duration::from_millis(1_500)).await;
        handle
            .with(|simulator, now| simulator.decide(pressed.as_str(), Decision::Approve, None, now))
    });
    let within = Duration::from_secs(30);
    let outcome = client.follow(&duo.application, &txid, within, |_| {}).await;
    assert!(matches!(outcome, Ok(AuthOutcome::Allowed(_))), "{outcome:?}");
}

#[tokio::test]
async fn t21_a_push_is_sent_once_however_it_fails() {
    let duo = Duo::start().await;
    duo.fault(1, Fault::Cut);
    assert_eq!(duo.send(&push("push-allow")).await, Err(SendError::Broken));
    assert_eq!(duo.pushes(), 1, "the person was asked, and is not asked again");
}

#[tokio::test]
async fn a_clock_that_is_off_is_set_by_duos() {
    let duo = Duo::start().await;
    duo.server.handle().with(|simulator, _| simulator.set_skew(-3_600));
    assert!(duo.send(&Check).await.is_ok());
    duo.server.handle().with(|simulator, _| simulator.set_skew(3_600));
    let offset = duo.client.synchronize(&duo.application).await.unwrap();
    assert!((3_598..=3_602).contains(&offset.as_seconds()), "{offset:?}");
    let ours = duo.server.handle().with(|_, now| now);
    assert!((3_590..=3_660).contains(&(duo.client.now().0 - ours.0)), "for the prompt");
    assert!(duo.send(&Check).await.is_ok());
}

#[tokio::test]
async fn t51_who_cannot_show_a_certificate_is_no_outage() {
    let duo = Duo::start().await;
    let other = client(Roots::Given(vec![DevCa::generate().unwrap().authority()]));
    let error = other.send(&duo.application, &Ping).await.unwrap_err();
    assert_eq!(error, SendError::Tls);
    assert_eq!(FailMode::Open.after(&Ping, error.failure()), Fallback::Closed);
    let preauth = Preauth::new(User::named("push-allow"));
    let pinned = client(Roots::Pinned(upheld_duo_reqwest::Pins::DUO_1_0));
    for other in [&other, &pinned] {
        let error = other.send(&duo.application, &preauth).await.unwrap_err();
        assert_eq!(error, SendError::Tls);
        assert_eq!(FailMode::Open.after(&preauth, error.failure()), Fallback::Closed);
    }
    let address = duo.server.address();
    duo.server.stop().await;
    let gone = other.send(&application(address), &Ping).await.unwrap_err();
    assert_eq!((gone.clone(), gone.failure()), (SendError::Unreachable, Failure::Unreachable));
}

/// Somebody on the line who lets the connection come about, and then says what is no TLS, or nothing.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "somebody on the line, by hand")]
async fn t51_a_handshake_that_fails_is_no_outage() {
    for answer in
        [&b""[..], b"HTTP/1.1 503 Service Unavailable\r\n\r\n", b"\x15\x03\x03\x00\x02\x02\x28"]
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                // The greeting is read, so that what follows is an end and not a reset.
                let mut greeting = [0; 4_096];
                let _length = std::io::Read::read(&mut stream, &mut greeting).unwrap();
                std::io::Write::write_all(&mut stream, answer).unwrap();
            }
        });
        let client = client(Roots::Given(vec![DevCa::generate().unwrap().authority()]));
        let error = client.send(&application(address), &Ping).await.unwrap_err();
        assert_eq!(error, SendError::Tls, "{answer:?}");
        assert_eq!(FailMode::Open.after(&Ping, error.failure()), Fallback::Closed);
    }
}
