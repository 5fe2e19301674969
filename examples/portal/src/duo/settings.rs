//! What whoever runs a portal decides about Duo. The default is strict.

use upheld_duo::universal::Prompt;
use upheld_duo::{
    ApiHost, Application, BreakerPolicy, FailMode, IntegrationKey, SecretKey, SecretText,
};
use upheld_duo_reqwest::Roots;

/// Which account at Duo, and how far its word goes.
#[derive(Clone, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "settings are written out by whoever runs the portal"
)]
pub struct DuoSettings {
    /// The host of the account.
    pub api_host: ApiHost,
    /// The keys of an application of the type *Web SDK*: Duo's own page.
    pub prompt: DuoKeys,
    /// The keys of one of the type *Auth API*, if phones are to be asked from pages of the portal.
    pub phones: Option<DuoKeys>,
    /// Whose certificates are believed.
    pub roots: Roots,
    /// What to do with people while Duo is out of reach.
    pub fail_mode: FailMode,
    /// What to do with people whom Duo lets in without asking them for anything.
    pub not_asked: NotAsked,
    /// When a Duo that does not answer is left alone, and for how long.
    pub breaker: BreakerPolicy,
}

/// A key and its secret, as Duo's administration page shows them.
#[derive(Clone, Debug)]
pub struct DuoKeys {
    pub(super) key: IntegrationKey,
    pub(super) secret: SecretText,
}

/// Not a pair of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Duo's keys have 20 letters and digits, and their secrets 40")]
#[non_exhaustive]
pub struct DuoKeysError;

/// A rule that has another name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("use refuse, limited or full")]
#[non_exhaustive]
pub struct DuoSettingsError;

/// What to do with people whom Duo lets in without asking: in bypass mode, on a network or a
/// device that it trusts, or by a policy. Each is written into the audit, whatever the rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotAsked {
    /// They do not get in.
    Refuse,
    /// They get in, but have not shown a second factor: staff cannot act as staff, and nobody can
    /// change what protects an account.
    #[default]
    Limited,
    /// It counts as a second factor.
    Full,
}

impl DuoKeys {
    /// Takes a pair of keys over.
    ///
    /// # Errors
    ///
    /// [`DuoKeysError`] when they are none.
    pub fn new(key: &str, secret: SecretText) -> Result<Self, DuoKeysError> {
        let key = IntegrationKey::parse(key).map_err(|_| DuoKeysError)?;
        let parsed = SecretKey::parse(secret.expose()).map_err(|_| DuoKeysError)?;
        let host = ApiHost::parse("api.invalid").map_err(|_| DuoKeysError)?;
        // The lengths are those that the prompt asks for.
        let application = Application::new(host, key.clone(), parsed);
        Prompt::new(application, "https://portal.invalid/").map_err(|_| DuoKeysError)?;
        Ok(Self { key, secret })
    }
}

impl NotAsked {
    /// Reads the name of a rule.
    ///
    /// # Errors
    ///
    /// [`DuoSettingsError`] with the names there are.
    pub fn parse(text: &str) -> Result<Self, DuoSettingsError> {
        match text {
            "refuse" => Ok(Self::Refuse),
            "limited" => Ok(Self::Limited),
            "full" => Ok(Self::Full),
            _ => Err(DuoSettingsError),
        }
    }
}
