//! The token by which a client shows that it knows its secret, once.

use std::collections::BTreeMap;

use serde_json::Value;
use upheld_duo::universal::jwt;
use upheld_duo::{Params, UnixSeconds};

use super::is_current;
use crate::Simulator;
use crate::protocol::Failure;

/// The identifiers that were used, and when the tokens with them end, which is within an hour.
#[derive(Debug, Default)]
pub(super) struct Seen(BTreeMap<String, u64>);

/// The longest identifier, in bytes.
const MAX_IDENTIFIER: usize = 1_024;

impl Seen {
    /// Notes an identifier; `false` if it was used before.
    fn note(&mut self, identifier: &str, ends: u64, now: UnixSeconds) -> bool {
        self.0.retain(|_, ends| *ends >= now.0);
        self.0.insert(identifier.to_owned(), ends).is_none()
    }
}

impl Simulator {
    /// Checks that a client knows its secret, and that it has not said so with this token before:
    /// RFC 7523 §3.
    pub(super) fn check_assertion(
        &mut self,
        params: &Params,
        host: &str,
        endpoint: &str,
        now: UnixSeconds,
    ) -> Result<(), Failure> {
        let invalid = || {
            Failure::new(40_002, "invalid_client")
                .about("The provided client_assertion was invalid.")
        };
        let id = &self.state.config.prompt.key;
        let key = self.prompt_key().ok_or_else(invalid)?;
        let assertion = params.get("client_assertion").ok_or_else(invalid)?;
        let claims: Value = jwt::decode(assertion, &key).map_err(|_| invalid())?;
        let is_us = |claim: &str| claims.get(claim).is_some_and(|value| value == id.as_str());
        let audience = ["https://", host, endpoint].concat();
        let client_id = params.get("client_id");
        let holds = is_us("iss")
            && is_us("sub")
            && claims.get("aud").is_some_and(|value| *value == audience)
            && client_id.is_none_or(|client_id| client_id == id)
            && is_current(&claims, now);
        let identifier = claims.get("jti").and_then(Value::as_str);
        let identifier = identifier.filter(|text| (1..=MAX_IDENTIFIER).contains(&text.len()));
        let identifier = identifier.filter(|_| holds).ok_or_else(invalid)?;
        //= RFC 7523 §3: whoever checks assertions may refuse one whose identifier was used
        let ends = now.0.saturating_add(super::LONGEST_SECONDS);
        if self.visits.assertions.note(identifier, ends, now) { Ok(()) } else { Err(invalid()) }
    }
}
