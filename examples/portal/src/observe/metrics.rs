//! Numbers for Prometheus, one function for each thing that can happen.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use upheld_cookies_tower::Event;
use upheld_second_factor::{Accepted, Factor, Outcome, Reason, Throttle};

/// How somebody showed a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Method {
    /// A code of an app or a token.
    Code,
    /// Two codes of a token in a row.
    Resynchronization,
    /// A recovery code.
    Recovery,
    /// A code from a message.
    Message,
    /// Whatever Duo asks for.
    Duo,
}

/// What somebody has to wait for after too many failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lockout {
    /// The next password of an account.
    Password,
    /// The next code of an account.
    SecondFactor,
}

/// Counts what happens. Cheap to clone; every clone counts for the same portal.
#[derive(Clone)]
pub struct Metrics(Arc<Numbers>);

/// A name and one of the few values that this program knows.
type Label = (&'static str, &'static str);

struct Numbers {
    registry: Registry,
    second_factor: Family<[Label; 2], Counter>,
    second_factor_seconds: Histogram,
    window_offset_used: Family<[(&'static str, i64); 1], Counter>,
    replays: Counter,
    lockouts: Family<[Label; 1], Counter>,
    password_hash_seconds: Histogram,
    hash_queue_depth: Gauge,
    hash_turned_away: Counter,
    http_requests: Family<[Label; 1], Counter>,
    http_request_seconds: Histogram,
    cookies_withheld: Family<[Label; 1], Counter>,
    cookies_removed: Counter,
}

/// An offset beyond this counts as the next one.
const MAX_OFFSET: i64 = 10;

impl Metrics {
    /// All numbers at zero.
    #[must_use]
    pub fn new() -> Self {
        let mut numbers = Numbers {
            registry: Registry::default(),
            second_factor: Family::default(),
            second_factor_seconds: Histogram::new(exponential_buckets(0.000_25, 2.0, 14)),
            window_offset_used: Family::default(),
            replays: Counter::default(),
            lockouts: Family::default(),
            password_hash_seconds: Histogram::new(exponential_buckets(0.005, 2.0, 10)),
            hash_queue_depth: Gauge::default(),
            hash_turned_away: Counter::default(),
            http_requests: Family::default(),
            http_request_seconds: Histogram::new(exponential_buckets(0.000_5, 2.0, 14)),
            cookies_withheld: Family::default(),
            cookies_removed: Counter::default(),
        };
        numbers.begin_at_zero();
        numbers.register();
        Self(Arc::new(numbers))
    }

    /// Counts an attempt at a second factor, whatever came of it.
    ///
    /// | argument | meaning |
    /// |---|---|
    /// | `throttle` | the rules it was judged by |
    /// | `took` | from the charge to the answer |
    pub fn second_factor(
        &self,
        method: Method,
        outcome: &Outcome<Accepted>,
        throttle: &Throttle,
        took: Duration,
    ) {
        let numbers = &*self.0;
        match outcome {
            Outcome::Passed(accepted) => {
                if let Factor::Code { offset, .. } = accepted.factor() {
                    let far = MAX_OFFSET.saturating_add(1);
                    let offset = [("offset", offset.clamp(far.saturating_neg(), far))];
                    numbers.window_offset_used.get_or_create(&offset).inc();
                }
            }
            Outcome::Refused(refused) => {
                if matches!(refused.reason(), Reason::Replayed | Reason::Raced) {
                    numbers.replays.inc();
                }
                if throttle.wait_seconds(refused.failures()) > 0 {
                    self.locked_out(Lockout::SecondFactor);
                }
            }
        }
        self.second_factor_ended(method, name_of(outcome), took);
    }

    /// Counts an attempt at a second factor that the store gave no answer to.
    pub fn second_factor_failed(&self, method: Method, took: Duration) {
        self.second_factor_ended(method, "failed", took);
    }

    /// Counts what Duo decided, by the name of the outcome.
    pub(crate) fn duo(&self, outcome: &'static str, took: Duration) {
        self.second_factor_ended(Method::Duo, outcome, took);
    }

    /// Counts that somebody has to wait from now on.
    pub fn locked_out(&self, of: Lockout) {
        let of = match of {
            Lockout::Password => "password",
            Lockout::SecondFactor => "second_factor",
        };
        self.0.lockouts.get_or_create(&[("of", of)]).inc();
    }

    pub(crate) fn password_hashed(&self, took: Duration) {
        self.0.password_hash_seconds.observe(took.as_secs_f64());
    }

    pub(crate) fn hash_queued(&self) {
        self.0.hash_queue_depth.inc();
    }

    pub(crate) fn hash_left_queue(&self) {
        self.0.hash_queue_depth.dec();
    }

    pub(crate) fn hash_turned_away(&self) {
        self.0.hash_turned_away.inc();
    }

    pub(crate) fn http_answered(&self, status: u16, took: Duration) {
        let class = match status {
            0..=199 => "1xx",
            200..=299 => "2xx",
            300..=399 => "3xx",
            400..=499 => "4xx",
            _ => "5xx",
        };
        self.0.http_requests.get_or_create(&[("class", class)]).inc();
        self.0.http_request_seconds.observe(took.as_secs_f64());
    }

    /// Counts what the gate did to the cookies of a response.
    pub(crate) fn cookies(&self, event: &Event<'_>) {
        let because = match event {
            Event::Undeclared { .. } => "undeclared",
            Event::Denied { reason: upheld_cookies::Reason::Gpc, .. } => "gpc",
            Event::Denied { reason: upheld_cookies::Reason::NoConsent, .. } => "no_consent",
            Event::Denied { .. } => "refused",
            Event::Removed { .. } => {
                self.0.cookies_removed.inc();
                return;
            }
            _ => return,
        };
        self.0.cookies_withheld.get_or_create(&[("because", because)]).inc();
    }

    /// All numbers as text.
    //= OpenMetrics 1.0 §Text format: what Prometheus reads
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        // Writing to a `String` does not fail.
        let _ = text::encode(&mut text, &self.0.registry);
        text
    }

    fn second_factor_ended(&self, method: Method, outcome: &'static str, took: Duration) {
        let method = match method {
            Method::Code => "code",
            Method::Resynchronization => "resynchronization",
            Method::Recovery => "recovery",
            Method::Message => "message",
            Method::Duo => "duo",
        };
        let labels = [("method", method), ("outcome", outcome)];
        self.0.second_factor.get_or_create(&labels).inc();
        self.0.second_factor_seconds.observe(took.as_secs_f64());
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

impl Numbers {
    /// A number that appears with its first event cannot be seen to rise by it.
    fn begin_at_zero(&self) {
        for method in ["code", "resynchronization", "recovery", "message"] {
            for outcome in OUTCOMES {
                let labels = [("method", method), ("outcome", outcome)];
                drop(self.second_factor.get_or_create(&labels));
            }
        }
        for outcome in DUO_OUTCOMES {
            let labels = [("method", "duo"), ("outcome", outcome)];
            drop(self.second_factor.get_or_create(&labels));
        }
        for of in ["password", "second_factor"] {
            drop(self.lockouts.get_or_create(&[("of", of)]));
        }
        for offset in -1..=1 {
            drop(self.window_offset_used.get_or_create(&[("offset", offset)]));
        }
        for because in ["undeclared", "gpc", "no_consent", "refused"] {
            drop(self.cookies_withheld.get_or_create(&[("because", because)]));
        }
        for class in ["2xx", "3xx", "4xx", "5xx"] {
            drop(self.http_requests.get_or_create(&[("class", class)]));
        }
    }

    /// Counters get their `_total` when they are written.
    fn register(&mut self) {
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        let all = &mut self.registry;
        all.register("build", "The program", build);
        all.register("second_factor", "Attempts at a second factor", self.second_factor.clone());
        all.register(
            "second_factor_seconds",
            "From the charge of an attempt to its answer",
            self.second_factor_seconds.clone(),
        );
        all.register(
            "window_offset_used",
            "Accepted codes by how many steps or presses they were ahead; 11 stands for more than 10",
            self.window_offset_used.clone(),
        );
        all.register(
            "replays",
            "Right codes that were used before, or by another request at the same time",
            self.replays.clone(),
        );
        all.register(
            "lockouts",
            "Failures after which the next attempt has to wait",
            self.lockouts.clone(),
        );
        all.register(
            "password_hash_seconds",
            "Time on a hashing thread",
            self.password_hash_seconds.clone(),
        );
        all.register(
            "hash_queue_depth",
            "Requests that hash a password or wait to",
            self.hash_queue_depth.clone(),
        );
        all.register(
            "hash_turned_away",
            "Requests answered with 503 because the queue was full",
            self.hash_turned_away.clone(),
        );
        all.register("http_requests", "Answers", self.http_requests.clone());
        all.register(
            "http_request_seconds",
            "From the headers of a request to its answer",
            self.http_request_seconds.clone(),
        );
        all.register(
            "cookies_withheld",
            "Cookies that were kept out of an answer",
            self.cookies_withheld.clone(),
        );
        all.register(
            "cookies_removed",
            "Answers that took away cookies which may no longer be there",
            self.cookies_removed.clone(),
        );
    }
}

/// What an attempt at a second factor can come to.
const OUTCOMES: [&str; 9] = [
    "accepted",
    "wrong",
    "replayed",
    "raced",
    "expired",
    "throttled",
    "disabled",
    "not_enrolled",
    "failed",
];

/// What Duo can decide.
const DUO_OUTCOMES: [&str; 6] =
    ["accepted", "refused", "not_asked", "throttled", "failed", "failed_open"];

const fn name_of(outcome: &Outcome<Accepted>) -> &'static str {
    match outcome {
        Outcome::Passed(_) => "accepted",
        Outcome::Refused(refused) => match refused.reason() {
            Reason::Wrong => "wrong",
            Reason::Replayed => "replayed",
            Reason::Raced => "raced",
            Reason::Expired => "expired",
            Reason::Throttled { .. } => "throttled",
            Reason::Disabled => "disabled",
            Reason::NotEnrolled => "not_enrolled",
            _ => "refused",
        },
    }
}
