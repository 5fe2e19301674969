//! `POST /oauth/v1/health_check`

use http::{Request, Response};
use rand_core::TryCryptoRng;
use serde::Deserialize;

use super::claims::assertion;
use super::prompt::draw;
use super::unique::Identifiers;
use crate::reply;
use crate::{
    Application, BeforeChallenge, Call, Params, Repeat, ReplyError, RequestError, UnixSeconds,
};

const PATH: &str = "/oauth/v1/health_check";

/// Asks whether the prompt is there, and whether the client ID and secret are right: before each
/// time that a browser is sent to it. Answers Duo's time.
#[derive(Clone, Debug)]
pub struct HealthCheck {
    identifiers: Identifiers,
}

impl HealthCheck {
    /// Draws what makes the requests unique: each that is written is another.
    ///
    /// # Errors
    ///
    /// Whatever `rng` reports.
    pub fn new<R: TryCryptoRng>(rng: &mut R) -> Result<Self, R::Error> {
        Ok(Self { identifiers: Identifiers::of(draw(rng)?) })
    }
}

impl Call for HealthCheck {
    type Output = UnixSeconds;

    const REPEAT: Repeat = Repeat::Freely;

    fn request(
        &self,
        application: &Application,
        now: UnixSeconds,
    ) -> Result<Request<Vec<u8>>, RequestError> {
        let assertion = assertion(application, PATH, self.identifiers.next(now), now);
        let form = Params::new()
            .with("client_id", application.integration_key().as_str())
            .with("client_assertion", assertion.expose());
        application.unsigned_form(PATH, &form)
    }

    fn read(
        &self,
        _application: &Application,
        reply: &Response<Vec<u8>>,
        _now: UnixSeconds,
    ) -> Result<UnixSeconds, ReplyError> {
        #[derive(Deserialize)]
        struct Health {
            timestamp: UnixSeconds,
        }
        reply::read::<Health>(reply, Self::MAX_REPLY_BYTES).map(|health| health.timestamp)
    }
}

impl BeforeChallenge for HealthCheck {}
