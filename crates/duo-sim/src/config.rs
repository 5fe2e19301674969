//! What the simulator starts with.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// Keys, rules and people. The default has a user for each thing that can happen.
///
/// ```
/// use upheld_duo_sim::Config;
///
/// let config = Config::from_toml(
///     r#"
///     [auth]
///     key = "DIWJ8X6AEYOR5OMC6TQ1"
///     secret = "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep"
///
///     [[users]]
///     name = "alice"
///     decision = "approve"
///     [[users.phones]]
///     number = "+15555550100"
///     "#,
/// )?;
/// assert_eq!(config.users.len(), 1);
/// # Ok::<(), upheld_duo_sim::ConfigError>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "a configuration is written out")]
pub struct Config {
    /// The application of the type Auth API.
    pub auth: Keys,
    /// The application of the type Admin API.
    pub admin: Keys,
    /// The application of the type Web SDK: client ID and secret.
    pub prompt: Keys,
    /// After how many failures in a row a user is locked out.
    pub lockout: u32,
    /// For how many seconds the prompt remembers a browser, if its person wishes; 0 is never.
    pub remembered_seconds: u64,
    /// From where people are let in without being asked.
    pub trusted_networks: Vec<IpAddr>,
    /// The users.
    pub users: Vec<Person>,
}

/// A pair of keys. They are not secret: nothing real is behind them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "a configuration is written out")]
pub struct Keys {
    /// The integration key, or client ID.
    pub key: String,
    /// The secret key, or client secret.
    pub secret: String,
}

/// A user.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "a configuration is written out")]
pub struct Person {
    /// The user name.
    pub name: String,
    /// `active`, `bypass`, `disabled` or `locked out`.
    pub status: Option<String>,
    /// What the user does when asked; the phone page decides unless said.
    pub decision: Decision,
    /// After how many seconds.
    pub delay: u64,
    /// Whether a push is to be confirmed by a code on the screen.
    pub verified_push: bool,
    /// Whether pushes do not get through at first.
    pub push_fails: bool,
    /// Whether the prompt lets the user begin with a security key, as long as there is nothing else
    /// to sign in with.
    pub adds_security_key: bool,
    /// Phones.
    pub phones: Vec<PhoneOf>,
    /// Hardware tokens.
    pub tokens: Vec<TokenOf>,
    /// Bypass codes.
    pub bypass_codes: Vec<String>,
}

/// What a user does when asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "there is nothing else to do")]
pub enum Decision {
    /// Waits for somebody to press a button on the phone page.
    #[default]
    Ask,
    /// Approves.
    Approve,
    /// Refuses.
    Deny,
    /// Reports fraud.
    Fraud,
    /// Does nothing.
    Ignore,
}

/// A phone.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "a configuration is written out")]
pub struct PhoneOf {
    /// What it is called.
    pub name: String,
    /// Its number, or nothing for a tablet.
    pub number: String,
    /// Whether it has Duo Mobile.
    pub push: bool,
    /// Whether it can be sent text messages.
    pub sms: bool,
    /// Whether it can be called.
    pub call: bool,
}

/// A hardware token.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "a configuration is written out")]
pub struct TokenOf {
    /// What is printed on it.
    pub serial: String,
    /// `h6`, `h8`, `t6` or `t8`.
    pub kind: String,
    /// The key in hexadecimal.
    pub secret: String,
    /// The next counter.
    pub counter: u64,
}

/// A text that is no configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the configuration cannot be read: {0}")]
#[non_exhaustive]
pub struct ConfigError(String);

impl ConfigError {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

impl Config {
    /// Reads a configuration. What it leaves out is as in the default.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with the place and what was expected there.
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        toml::from_str(text).map_err(|error| ConfigError::new(error.message()))
    }
}

impl Default for Config {
    fn default() -> Self {
        let keys = |key: &str, secret: &str| Keys { key: key.into(), secret: secret.into() };
        Self {
            auth: keys("DISIMULATEDAUTHAPI01", "auth-api-secret-of-the-simulator-0123456"),
            admin: keys("DISIMULATEDADMINAPI1", "admin-api-secret-of-the-simulator-012345"),
            prompt: keys("DISIMULATEDWEBSDK001", "web-sdk-secret-of-the-simulator-01234567"),
            lockout: 10,
            remembered_seconds: 43_200,
            trusted_networks: Vec::new(),
            users: default_users(),
        }
    }
}

impl Default for PhoneOf {
    fn default() -> Self {
        let (name, number) = (String::new(), "+15555550100".into());
        Self { name, number, push: true, sms: true, call: true }
    }
}

fn default_users() -> Vec<Person> {
    let person = |name: &str| Person { name: name.into(), ..Person::default() };
    let with_phone = |name: &str| Person { phones: vec![PhoneOf::default()], ..person(name) };
    let token = TokenOf {
        serial: "100001".into(),
        kind: "h6".into(),
        // RFC 4226 appendix D: "12345678901234567890".
        secret: "3132333435363738393031323334353637383930".into(),
        counter: 0,
    };
    vec![
        Person { decision: Decision::Approve, ..with_phone("push-allow") },
        Person { decision: Decision::Deny, ..with_phone("push-deny") },
        Person { verified_push: true, ..with_phone("verified-push") },
        Person { bypass_codes: vec!["123456789".into()], ..with_phone("passcode") },
        with_phone("sms"),
        Person {
            phones: vec![PhoneOf { push: false, sms: false, ..PhoneOf::default() }],
            ..person("phone")
        },
        Person { tokens: vec![token], ..person("hardware-token") },
        Person { adds_security_key: true, ..person("security-key") },
        Person { status: Some("locked out".into()), ..with_phone("locked") },
        person("unenrolled"),
        Person { status: Some("bypass".into()), ..with_phone("bypass") },
    ]
}
