//! A gate before a service: what it costs a response that sets ten cookies, and a decision by itself.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up must stop")]

use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::hint::black_box;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use http::header::{COOKIE, HOST, SET_COOKIE};
use http::{HeaderValue, Request, Response};
use tower_layer::Layer;
use tower_service::Service;
use upheld_cookies::consent_cookie::{ConsentKey, ConsentKeys};
use upheld_cookies::policy::{Jurisdiction, Policy};
use upheld_cookies::{Choice, CookieId, Host, UnixSeconds, Visit, decide};
use upheld_cookies_tower::Gate;

mod settings;

const NOW: UnixSeconds = UnixSeconds(1_795_478_400);

/// Of fifty declared cookies every second is for statistics, the others for advertising.
const ITEMS: usize = 50;
const COOKIES: usize = 10;

/// Answers every request alike.
#[derive(Clone)]
struct Application(Vec<HeaderValue>);

impl Service<Request<()>> for Application {
    type Response = Response<()>;
    type Error = Infallible;
    type Future = Ready<Result<Response<()>, Infallible>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _request: Request<()>) -> Self::Future {
        let mut response = Response::new(());
        for field in &self.0 {
            response.headers_mut().append(SET_COOKIE, field.clone());
        }
        ready(Ok(response))
    }
}

fn answer<S: Service<Request<()>, Response = Response<()>>>(
    service: &mut S,
    request: Request<()>,
) -> usize {
    let mut future = pin!(service.call(request));
    let Poll::Ready(Ok(response)) = future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
    else {
        return usize::MAX;
    };
    response.headers().get_all(SET_COOKIE).iter().count()
}

fn policy() -> Policy {
    let item = |name: &str, purpose: &str, basis: &str| {
        format!(
            "[[item]]\nname = '{name}'\nkind = 'http-cookie'\nlifetime = '1y'\n\
             purposes = ['{purpose}']\nbasis = '{basis}'\n"
        )
    };
    let mut text = "schema = 1\nsite = { hosts = ['clinic.example'], jurisdictions = ['uk'], \
                    updated = '2026-11-23' }\n"
        .to_owned();
    text.push_str(&item("__Host-consent", "record-choice", "strictly-necessary"));
    for number in 0..ITEMS {
        let purpose = if number % 2 == 0 { "statistics" } else { "advertising" };
        text.push_str(&item(&format!("cookie-{number}"), purpose, "consent"));
    }
    Policy::parse_toml(&text).expect("a policy")
}

fn main() {
    let mut criterion = settings::criterion();
    let policy = Arc::new(policy());
    let keys = ConsentKeys::new(ConsentKey::new(1, &[7; 32]).expect("a key"));
    let host = Host::parse("clinic.example").expect("a host");
    let choice = Choice::made(&policy, &["statistics"], NOW);
    let written = keys.write(&policy, &host, &choice).expect("a choice");
    let cookie = HeaderValue::try_from(format!("__Host-consent={written}")).expect("a value");
    let request = || {
        let request = Request::builder().header(HOST, "clinic.example");
        request.header(COOKIE, cookie.clone()).body(()).expect("a request")
    };
    let fields = (0..COOKIES).map(|number| {
        let attributes = "Path=/; Max-Age=31536000; Secure; HttpOnly; SameSite=Lax";
        let field = format!("cookie-{number}=0123456789abcdef; {attributes}");
        HeaderValue::try_from(field).expect("a value")
    });
    let mut bare = Application(fields.collect());
    let gate = Gate::new(Arc::clone(&policy), Arc::new(keys), || NOW).expect("a gate");
    let gate = gate.with_jurisdiction(|_| Some(Jurisdiction::Uk));
    let mut gated = gate.to_layer().layer(bare.clone());
    assert_eq!((answer(&mut bare, request()), answer(&mut gated, request())), (10, 5));

    let mut group = criterion.benchmark_group("consent-gate");
    group.bench_function("no gate", |b| b.iter(|| answer(&mut bare, black_box(request()))));
    group.bench_function("upheld", |b| b.iter(|| answer(&mut gated, black_box(request()))));
    let visit = Visit::new(Some(Jurisdiction::Uk), NOW).with_choice(choice);
    group.bench_function("one decision", |b| {
        let cookie = CookieId { name: b"cookie-42", domain: "clinic.example" };
        b.iter(|| decide(&policy, &visit, black_box(cookie)));
    });
    group.finish();
    criterion.final_summary();
}
