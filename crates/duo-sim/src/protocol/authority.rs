//! Whose request it is: signatures, dates, and the type of the application.

use http::Request;
use upheld_duo::sign::verify::{Claim, VerifyError};
use upheld_duo::{Params, SecretKey, UnixSeconds};

use super::Failure;
use crate::Simulator;
use crate::config::Keys;

impl Simulator {
    pub(super) fn authorize_auth(
        &self,
        request: &Request<Vec<u8>>,
        now: UnixSeconds,
    ) -> Result<Params, Failure> {
        let config = &self.state.config;
        self.authorize(request, &config.auth, now)
    }

    pub(super) fn authorize_admin(
        &self,
        request: &Request<Vec<u8>>,
        now: UnixSeconds,
    ) -> Result<Params, Failure> {
        let config = &self.state.config;
        self.authorize(request, &config.admin, now)
    }

    fn authorize(
        &self,
        request: &Request<Vec<u8>>,
        wanted: &Keys,
        now: UnixSeconds,
    ) -> Result<Params, Failure> {
        let claim = Claim::of(request).map_err(refuse)?;
        let config = &self.state.config;
        let all = [wanted, &config.auth, &config.admin, &config.prompt];
        let is_claimed = |keys: &&&Keys| keys.key == claim.integration_key().as_str();
        let unknown = Failure::new(40_102, "Invalid integration key in request credentials");
        let Some(keys) = all.iter().find(is_claimed) else { return Err(unknown) };
        let secret = SecretKey::parse(&keys.secret).map_err(|_| refuse(VerifyError::Signature))?;
        let verified = claim.verify(request, &secret, now).map_err(refuse)?;
        if **keys != *wanted {
            let forbidden = Failure::new(40_301, "Access forbidden");
            return Err(forbidden.about("Wrong integration type for this API."));
        }
        Ok(verified.params)
    }
}

fn refuse(error: VerifyError) -> Failure {
    let message = match error {
        VerifyError::Credentials => "Missing request credentials",
        VerifyError::NoDate => "Missing timestamp",
        VerifyError::Date => "Bad request timestamp",
        VerifyError::Params => "Invalid request parameters",
        _ => "Invalid signature in request credentials",
    };
    Failure::new(error.code(), message)
}
