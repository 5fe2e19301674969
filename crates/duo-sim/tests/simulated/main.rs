//! The simulator without a network, asked by `upheld-duo`: what Duo does, it does.
//!
//! That it also does so in the eyes of Duo's own clients is shown by `cargo xtask e2e duo`.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

use http::{Request, Response};
use upheld_duo::auth::{Auth, AuthOutcome, Factor, Passcode, PushText, Target, User};
use upheld_duo::{
    ApiHost, Application, Call, IntegrationKey, RefusalKind, ReplyError, SecretKey, UnixSeconds,
};
use upheld_duo_sim::{Answer, Config, Keys, Simulator};

mod authentication;
mod authenticator;
mod control;
mod devices;
mod management;
mod methods;
mod prompt;
mod prompt_rules;
mod security_key;
mod webauthn;
mod webauthn_laws;

const NOW: UnixSeconds = UnixSeconds(1_700_000_000);
const HOST: &str = "localhost:9443";

struct Duo {
    simulator: Simulator,
    now: UnixSeconds,
    auth: Application,
    admin: Application,
}

fn application(keys: &Keys) -> Application {
    Application::new(
        ApiHost::parse(HOST).unwrap(),
        IntegrationKey::parse(&keys.key).unwrap(),
        SecretKey::parse(&keys.secret).unwrap(),
    )
}

impl Duo {
    fn new() -> Self {
        Self::with(Config::default())
    }

    fn with(config: Config) -> Self {
        let (auth, admin) = (application(&config.auth), application(&config.admin));
        Self { simulator: Simulator::new(config, HOST, 1).unwrap(), now: NOW, auth, admin }
    }

    /// Sends a call, and lets time pass while it waits.
    fn send<C: Call>(&mut self, call: &C) -> Result<C::Output, ReplyError> {
        let request = call.request(&self.auth, self.now).unwrap();
        let reply = self.exchange(&request);
        call.read(&self.auth, &reply, self.now)
    }

    fn manage<C: Call>(&mut self, call: &C) -> Result<C::Output, ReplyError> {
        let request = call.request(&self.admin, self.now).unwrap();
        let reply = self.exchange(&request);
        call.read(&self.admin, &reply, self.now)
    }

    fn exchange(&mut self, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        let mut answer = self.simulator.respond(request, self.now);
        loop {
            match answer {
                Answer::Reply(reply) => return reply,
                Answer::Wait(waiting) => {
                    assert!(waiting.until() > self.now, "time goes on");
                    self.now = waiting.until();
                    answer = self.simulator.resume(waiting, self.now);
                }
                other => panic!("{other:?}"),
            }
        }
    }

    fn passcode(&mut self, user: &str, code: &str) -> Result<AuthOutcome, ReplyError> {
        self.send(&Auth::new(User::named(user), Factor::Passcode(Passcode::parse(code).unwrap())))
    }

    fn is_allowed(&mut self, user: &str, code: &str) -> bool {
        matches!(self.passcode(user, code).unwrap(), AuthOutcome::Allowed(_))
    }

    fn only_asked(&self) -> String {
        let open: Vec<_> =
            self.simulator.asked().into_iter().filter(|asked| !asked.is_over).collect();
        assert_eq!(open.len(), 1);
        open[0].txid.clone()
    }
}

fn push(user: &str) -> Auth {
    Auth::new(User::named(user), Factor::Push(Target::Any, PushText::default()))
}

fn refusal<T: std::fmt::Debug>(outcome: Result<T, ReplyError>) -> (Option<u32>, RefusalKind) {
    match outcome {
        Err(ReplyError::Refused(refusal)) => (refusal.code, refusal.kind()),
        other => panic!("{other:?}"),
    }
}
