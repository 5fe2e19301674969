//! `POST /oauth/v1/token`

use http::{Request, Response, StatusCode};
use serde::Deserialize;

use super::claims::assertion;
use super::id_token::{Expected, PromptOutcome};
use super::pending::Asked;
use super::unique::Identifiers;
use crate::reply;
use crate::{
    Application, Call, Params, Refusal, Repeat, ReplyError, RequestError, SecretText,
    StatusMessage, UnixSeconds,
};

const PATH: &str = "/oauth/v1/token";

/// Exchanges the code that the browser brought back for a token, and believes the token only if it
/// is Duo's, for this application, about this person and this login, and says that they may go in.
///
/// Everything secret goes in the body: queries end up in logs.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub(super) code: SecretText,
    pub(super) asked: Asked,
    pub(super) identifiers: Identifiers,
}

impl Call for Exchange {
    type Output = PromptOutcome;

    const REPEAT: Repeat = Repeat::AfterRefusal;

    fn request(
        &self,
        application: &Application,
        now: UnixSeconds,
    ) -> Result<Request<Vec<u8>>, RequestError> {
        let assertion = assertion(application, PATH, self.identifiers.next(now), now);
        let form = Params::new()
            .with("grant_type", "authorization_code")
            .with("code", self.code.expose())
            .with("redirect_uri", &self.asked.redirect_uri)
            .with("client_id", application.integration_key().as_str())
            .with("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
            .with("client_assertion", assertion.expose());
        application.unsigned_form(PATH, &form)
    }

    fn read(
        &self,
        application: &Application,
        reply: &Response<Vec<u8>>,
        now: UnixSeconds,
    ) -> Result<PromptOutcome, ReplyError> {
        #[derive(Deserialize)]
        struct Granted {
            id_token: SecretText,
        }
        reply::check_size(reply, Self::MAX_REPLY_BYTES)?;
        if reply.status() != StatusCode::OK {
            return Err(refusal(reply));
        }
        let granted: Granted = reply::parse(reply.body())?;
        let expected = Expected { application, asked: &self.asked, now };
        expected.read(granted.id_token.expose())
    }
}

/// The errors of OAuth (RFC 6749 §5.2), or those of Duo's envelope.
fn refusal(reply: &Response<Vec<u8>>) -> ReplyError {
    #[derive(Deserialize)]
    struct Failure {
        error: StatusMessage,
        #[serde(default)]
        error_description: Option<StatusMessage>,
    }
    let status = reply.status().as_u16();
    match reply::parse::<Failure>(reply.body()) {
        Ok(Failure { error: message, error_description: detail }) => {
            Refusal { status, code: None, message, detail }.into()
        }
        Err(_) => reply::refusal(reply),
    }
}
