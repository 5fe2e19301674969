//! The security key at the prompt: what the page asks it, and what it answers.

use data_encoding::BASE64URL_NOPAD;
use http::Response;
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json as object};
use upheld_duo::{Params, UnixSeconds};

use super::page::Offered;
use crate::Simulator;
use crate::state::{SecurityKey, Status, User};
use crate::webauthn::{
    Assertion, AssertionError, Challenge, PublicKey, Registration, RegistrationError, RelyingParty,
};

const SCRIPT: &str = include_str!("../../../templates/security-key.js");
/// How long a browser waits for somebody to touch a key.
const MILLISECONDS: u32 = 60_000;

/// Why a security key was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Problem {
    #[error("the browser's answer has fields that are missing or are not base64url")]
    Fields,
    #[error("this page has been used; try again")]
    NoChallenge,
    #[error("it is not one of yours")]
    Unknown,
    #[error("it has been added before")]
    Taken,
    #[error("keys can only be added before anything else is")]
    NotNow,
    #[error("this page has no name that keys know; open it at localhost")]
    NoName,
    #[error(transparent)]
    Registration(#[from] RegistrationError),
    #[error(transparent)]
    Assertion(#[from] AssertionError),
}

/// The script of the page.
pub(super) fn script() -> Response<Vec<u8>> {
    let mut reply = Response::new(SCRIPT.as_bytes().to_vec());
    let kind = HeaderValue::from_static("text/javascript; charset=utf-8");
    reply.headers_mut().insert(CONTENT_TYPE, kind);
    reply
}

/// Lets a page run that script, and none but it.
pub(super) fn allow_script(page: &mut Response<Vec<u8>>) {
    let policy = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; \
                  base-uri 'none'; frame-ancestors 'none'";
    page.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
}

impl Simulator {
    /// What the page can ask of a key: to sign, or to be added while its person has nothing else.
    pub(super) fn offer_security_key(&mut self, sid: &str, origin: &str) -> Option<Offered> {
        let relying_party = RelyingParty::at_origin(origin)?;
        let visit = self.visits.open.get(sid)?;
        let user = self.state.users.iter().find(|user| user.name == visit.username)?;
        let challenge = Challenge::from_bytes(&self.state.draw.bytes());
        let offered = if may_add(user) {
            Offered::Add { options: creation(&relying_party, user, &challenge).to_string() }
        } else if user.security_keys.is_empty() {
            return None;
        } else {
            Offered::Use { options: request(&relying_party, user, &challenge).to_string() }
        };
        // A page that is shown again asks anew.
        self.visits.challenges.insert(sid.to_owned(), challenge);
        Some(offered)
    }

    /// Adds a key to those of a user.
    pub(super) fn add_security_key(
        &mut self,
        sid: &str,
        user_id: &str,
        params: &Params,
        origin: &str,
        now: UnixSeconds,
    ) -> Result<(), Problem> {
        let challenge = self.visits.challenges.remove(sid).ok_or(Problem::NoChallenge)?;
        if !self.state.user(user_id).is_some_and(may_add) {
            return Err(Problem::NotNow);
        }
        let registration = Registration {
            client_data: field(params, "client_data")?,
            attestation_object: field(params, "attestation_object")?,
        };
        let relying_party = RelyingParty::at_origin(origin).ok_or(Problem::NoName)?;
        let credential = relying_party.register(challenge, &registration)?;
        let mut keys = self.state.users.iter().flat_map(|user| &user.security_keys);
        //= W3C WebAuthn Level 3 §7.1: a credential is registered for one person, once
        if keys.any(|known| known.credential.id() == credential.id()) {
            return Err(Problem::Taken);
        }
        let id = self.state.draw.id("WA");
        let user = self.state.user_mut(user_id).ok_or(Problem::NotNow)?;
        user.security_keys.push(SecurityKey { id, credential, added: now.0 });
        Ok(())
    }

    /// Checks that a key of a user was touched for this page.
    pub(super) fn check_security_key(
        &mut self,
        sid: &str,
        user_id: &str,
        params: &Params,
        origin: &str,
    ) -> Result<(), Problem> {
        let challenge = self.visits.challenges.remove(sid).ok_or(Problem::NoChallenge)?;
        let user_handle = params.get("user_handle").filter(|handle| !handle.is_empty());
        let assertion = Assertion {
            credential_id: field(params, "credential_id")?,
            client_data: field(params, "client_data")?,
            authenticator_data: field(params, "authenticator_data")?,
            signature: field(params, "signature")?,
            user_handle: user_handle.map(|_| field(params, "user_handle")).transpose()?,
        };
        let relying_party = RelyingParty::at_origin(origin).ok_or(Problem::NoName)?;
        let user = self.state.user_mut(user_id).ok_or(Problem::Unknown)?;
        let mut keys = user.security_keys.iter_mut();
        //= W3C WebAuthn Level 3 §7.2: the credential is one of this person's
        let key = keys.find(|key| key.credential.id() == assertion.credential_id);
        let credential = &mut key.ok_or(Problem::Unknown)?.credential;
        Ok(relying_party.authenticate(challenge, user_id.as_bytes(), credential, &assertion)?)
    }
}

/// Whether somebody may add a key without showing anything: only who has nothing to show.
fn may_add(user: &User) -> bool {
    user.adds_security_key && user.status == Status::Active && !user.is_enrolled()
}

/// `PublicKeyCredentialCreationOptions`: W3C WebAuthn §5.4.
fn creation(relying_party: &RelyingParty, user: &User, challenge: &Challenge) -> Value {
    let algorithms =
        PublicKey::ALGORITHMS.map(|number| object!({ "type": "public-key", "alg": number }));
    object!({
        "rp": { "id": relying_party.id(), "name": "Simulated prompt" },
        "user": {
            "id": BASE64URL_NOPAD.encode(user.id.as_bytes()),
            "name": user.name,
            "displayName": user.name,
        },
        "challenge": challenge.to_text(),
        "pubKeyCredParams": algorithms,
        "timeout": MILLISECONDS,
        "attestation": "none",
        "authenticatorSelection": { "residentKey": "discouraged", "userVerification": "discouraged" },
    })
}

/// `PublicKeyCredentialRequestOptions`: W3C WebAuthn §5.5.
fn request(relying_party: &RelyingParty, user: &User, challenge: &Challenge) -> Value {
    let keys = user.security_keys.iter().map(
        |key| object!({ "type": "public-key", "id": BASE64URL_NOPAD.encode(key.credential.id()) }),
    );
    object!({
        "rpId": relying_party.id(),
        "challenge": challenge.to_text(),
        "timeout": MILLISECONDS,
        "userVerification": "discouraged",
        "allowCredentials": keys.collect::<Vec<_>>(),
    })
}

fn field(params: &Params, name: &str) -> Result<Vec<u8>, Problem> {
    let text = params.get(name).ok_or(Problem::Fields)?;
    BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| Problem::Fields)
}
