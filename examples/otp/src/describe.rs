//! Credentials in words and in JSON.

use core::fmt::Display;

use serde_json::{Map, Value, json};
use upheld_migrate_otp::Credential;
use upheld_totp::Factor;

/// The parameters by the names that the URI has for them.
pub(crate) fn parameters(credential: &Credential, show_secret: bool) -> Map<String, Value> {
    let label = credential.label();
    let mut map = Map::new();
    let mut put = |name: &str, value: Value| map.insert(name.to_owned(), value);
    if let Credential::Otp(uri) = credential {
        let (kind, moving, value) = match uri.factor {
            Factor::Totp { period } => ("totp", "period", json!(period.as_seconds())),
            Factor::Hotp { counter } => ("hotp", "counter", json!(counter.0)),
        };
        put("type", json!(kind));
        put("algorithm", json!(uri.algorithm.name()));
        put("digits", json!(uri.digits.count()));
        put(moving, value);
    } else {
        put("type", json!("steam"));
    }
    put("issuer", json!(label.issuer()));
    put("account", json!(label.account()));
    if show_secret {
        put("secret", json!(credential.secret().to_base32().expose()));
    }
    map
}

/// One line for a person, without the secret.
pub(crate) fn summary(credential: &Credential) -> String {
    let label = credential.label();
    let name = match label.issuer() {
        Some(issuer) => format!("{issuer}: {}", label.account()),
        None => label.account().to_owned(),
    };
    let Credential::Otp(uri) = credential else { return format!("{name}, Steam Guard") };
    let moving = match uri.factor {
        Factor::Totp { period } => format!("TOTP every {} s", period.as_seconds()),
        Factor::Hotp { counter } => format!("HOTP, next counter {}", counter.0),
    };
    format!("{name}, {moving}, {} digits, {}", uri.digits.count(), uri.algorithm.name())
}

/// Each of the things in its own words.
pub(crate) fn texts<T: Display>(things: &[T]) -> Value {
    things.iter().map(ToString::to_string).collect()
}
