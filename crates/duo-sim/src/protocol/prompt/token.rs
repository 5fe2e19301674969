//! `/oauth/v1/token`

use data_encoding::BASE64URL_NOPAD;
use http::{Response, StatusCode};
use ring::hmac;
use serde_json::{Value, json as object};
use upheld_duo::universal::jwt;
use upheld_duo::{Params, SecretKey, UnixSeconds};

use super::{Grant, json_page};
use crate::Simulator;
use crate::fault::{Fault, edit};

impl Simulator {
    /// Exchanges a code, once, for a token.
    pub(super) fn grant(
        &mut self,
        params: &Params,
        host: &str,
        fault: Option<&Fault>,
        now: UnixSeconds,
    ) -> Response<Vec<u8>> {
        if self.check_assertion(params, host, "/oauth/v1/token", now).is_err() {
            return failed("invalid_client", "The provided client_assertion was invalid.");
        }
        if params.get("grant_type") != Some("authorization_code") {
            return failed("unsupported_grant_type", "grant_type must be authorization_code");
        }
        let grant = params.get("code").and_then(|code| self.visits.grants.remove(code));
        let is_same = |grant: &Grant| {
            Some(grant.visit.redirect_uri.as_str()) == params.get("redirect_uri")
                && now.0 < grant.expires
        };
        let Some((grant, key)) = grant.filter(is_same).zip(self.prompt_key()) else {
            return failed(
                "invalid_grant",
                "The provided authorization grant or refresh token is invalid, expired, revoked, \
                 does not match the redirection URI.",
            );
        };
        let mut claims = self.claims(&grant, host, now);
        if let Some(Fault::Claim { pointer, value }) = fault {
            edit(&mut claims, pointer, value);
        }
        let token = write_token(&claims, &key, &self.state.config.prompt.secret, fault);
        let mut answer = object!({
            "id_token": token,
            "access_token": self.state.draw.hex(),
            "expires_in": 3600,
            "token_type": "Bearer",
        });
        if let Some(Fault::Edit { pointer, value }) = fault {
            edit(&mut answer, pointer, value);
        }
        json_page(StatusCode::OK, &answer)
    }

    fn claims(&self, grant: &Grant, host: &str, now: UnixSeconds) -> Value {
        let visit = &grant.visit;
        let id = self.state.user_named(&visit.username).map(|user| user.id.clone());
        let mut claims = object!({
            "iss": format!("https://{host}/oauth/v1/token"),
            "sub": visit.username,
            "aud": self.state.config.prompt.key,
            "exp": now.0.saturating_add(3_600),
            "iat": now.0,
            "auth_time": grant.shown.at.0,
            "preferred_username": visit.username,
            "auth_result": { "result": "allow", "status": "allow", "status_msg": "Login Successful" },
            "auth_context": {
                "txid": grant.txid,
                "timestamp": grant.shown.at.0,
                "event_type": "authentication",
                "factor": grant.shown.factor,
                "reason": grant.shown.reason,
                "result": "success",
                "alias": "",
                "email": "",
                "ood_software": null,
                "user": { "key": id, "name": visit.username, "groups": [] },
                "application": { "key": self.state.config.prompt.key, "name": "Simulated" },
                "auth_device": { "ip": null, "name": null, "location": {} },
                "access_device": { "ip": "192.0.2.7", "hostname": null, "browser": "Chrome" },
            },
        });
        if let (Some(nonce), Some(members)) = (&visit.nonce, claims.as_object_mut()) {
            members.insert("nonce".to_owned(), nonce.clone().into());
        }
        claims
    }
}

fn write_token(claims: &Value, key: &SecretKey, secret: &str, fault: Option<&Fault>) -> String {
    let payload = claims.to_string();
    match fault {
        Some(Fault::Algorithm { name }) => {
            let header = object!({ "alg": name, "typ": "JWT" }).to_string();
            let encode = |text: &str| BASE64URL_NOPAD.encode(text.as_bytes());
            let signed = [encode(&header), encode(&payload)].join(".");
            let mac = BASE64URL_NOPAD.encode(&mac_by(name, secret, &signed));
            [signed, mac].join(".")
        }
        Some(Fault::Key) => match SecretKey::parse("somebody-elses-secret-0123456789abcdefgh") {
            Ok(other) => jwt::encode(payload.as_bytes(), &other).expose().to_owned(),
            Err(_) => String::new(),
        },
        _ => jwt::encode(payload.as_bytes(), key).expose().to_owned(),
    }
}

/// A signature that is good by the algorithm that the header names, as far as the client secret can
/// make one: who looks at nothing else believes the token.
fn mac_by(algorithm: &str, secret: &str, signed: &str) -> Vec<u8> {
    let algorithm = match algorithm {
        "none" => return Vec::new(),
        "HS256" => hmac::HMAC_SHA256,
        "HS384" => hmac::HMAC_SHA384,
        _ => hmac::HMAC_SHA512,
    };
    let key = hmac::Key::new(algorithm, secret.as_bytes());
    hmac::sign(&key, signed.as_bytes()).as_ref().to_vec()
}

/// An error of RFC 6749 §5.2.
fn failed(error: &str, description: &str) -> Response<Vec<u8>> {
    let answer = object!({ "error": error, "error_description": description });
    json_page(StatusCode::BAD_REQUEST, &answer)
}
