//! One credential out of a file, with whatever had to be repaired to read it.

use upheld_totp::{
    Algorithm, Counter, Digits, Factor, KeyUri, Label, LabelError, Period, Secret, SecretError,
    UriFault,
};

use crate::steam::SteamAccount;

/// A credential that was imported, or is to be exported.
///
/// ```
/// use upheld_migrate_otp::{Credential, Entry, aegis};
/// use upheld_totp::KeyUri;
///
/// let uri = "otpauth://totp/alice?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
/// let entry = Entry::from(KeyUri::parse(uri)?.uri);
/// let vault = aegis::export(&[entry])?;
///
/// let entries = aegis::import(vault.expose().as_bytes())?;
/// assert_eq!(entries[0].credential.label().account(), "alice");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "callers build entries to export them")]
pub struct Entry {
    /// The credential.
    pub credential: Credential,
    /// What was repaired or left behind on import, in the order of discovery; else empty.
    pub repairs: Vec<Repair>,
}

/// What an [`Entry`] holds.
#[derive(Debug)]
#[non_exhaustive]
pub enum Credential {
    /// HOTP or TOTP.
    Otp(KeyUri),
    /// Steam Guard, which is neither.
    Steam(SteamAccount),
}

impl Credential {
    /// The names an authenticator shows beside the code.
    #[must_use]
    pub const fn label(&self) -> &Label {
        match self {
            Self::Otp(uri) => &uri.label,
            Self::Steam(account) => &account.label,
        }
    }

    /// The shared secret.
    #[must_use]
    pub const fn secret(&self) -> &Secret {
        match self {
            Self::Otp(uri) => &uri.secret,
            Self::Steam(account) => &account.secret,
        }
    }
}

impl From<KeyUri> for Entry {
    fn from(uri: KeyUri) -> Self {
        Self { credential: Credential::Otp(uri), repairs: Vec::new() }
    }
}

impl From<SteamAccount> for Entry {
    fn from(account: SteamAccount) -> Self {
        Self { credential: Credential::Steam(account), repairs: Vec::new() }
    }
}

/// A deviation with one sensible reading, which was taken; or something that was left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Repair {
    /// In an `otpauth` URI; the position counts from the start of its line.
    #[error(transparent)]
    Uri(#[from] UriFault),
    /// Colons and control characters became dashes, outer spaces were dropped.
    #[error("a name has no colon, no control character and no space around it")]
    Name,
    /// There was no account name; it is called `unnamed`.
    #[error("the account name is missing")]
    Unnamed,
    /// The name's prefix and the issuer differ; the issuer counts.
    #[error("the issuer before the account's name differs from the issuer")]
    IssuerMismatch,
    /// The secret was read like base32 that a person typed.
    #[error("the secret is written in upper case, without spaces")]
    SecretSpelling,
    /// The secret was accepted although it can be guessed.
    #[error("the secret has {bits} bits; RFC 4226 requires at least 128")]
    WeakSecret {
        /// Its length in bits.
        bits: usize,
    },
    /// `sha1`, `HMAC-SHA1`, `SHA-1` and the like were recognised.
    #[error("the algorithm is written SHA1, SHA256 or SHA512")]
    AlgorithmSpelling,
    /// A counter-based entry had no counter; it starts at zero.
    #[error("the counter is missing")]
    MissingCounter,
    /// A counter of −1, which `FreeOTP+` writes for a token not used yet, was read as zero.
    #[error("the counter is below zero")]
    NegativeCounter,
    /// A PSKC key did not say how long its codes are; six digits were taken.
    #[error("the length of a code is missing")]
    MissingDigits,
    /// A PSKC key's usage policy, which no `otpauth` URI can carry, was left behind.
    #[error("the usage policy was left behind")]
    Policy,
    /// A PSKC key's clock drift, which belongs to the verifier, was left behind.
    #[error("the clock drift was left behind")]
    TimeDrift,
    /// The container is signed; the signature was not checked.
    #[error("the signature was not checked")]
    Signature,
}

/// Why an entry of a file is not a credential. Carries nothing of the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryFault {
    /// No secret.
    #[error("the secret is missing")]
    MissingSecret,
    /// A secret that is none.
    #[error("the secret is not valid: {0}")]
    Secret(SecretError),
    /// Something other than TOTP, HOTP and Steam Guard.
    #[error("the type must be TOTP, HOTP or Steam")]
    Type,
    /// MD5.
    #[error("the algorithm is MD5; RFC 6238 has SHA1, SHA256 and SHA512")]
    Md5,
    /// Another algorithm.
    #[error("the algorithm must be SHA1, SHA256 or SHA512")]
    Algorithm,
    /// Another number of digits.
    #[error("the digits must be 6, 7 or 8")]
    Digits,
    /// A period of zero, or none.
    #[error("the period must be a number of seconds, at least 1")]
    Period,
    /// A counter below zero.
    #[error("the counter must be zero or more")]
    Counter,
    /// A Steam Guard entry with other parameters than Steam's.
    #[error("a Steam Guard entry has SHA1, five characters and 30 seconds")]
    Steam,
    /// A name of more than 160 bytes, which no repair makes one.
    #[error(transparent)]
    Name(#[from] LabelError),
    /// A PSKC key that cannot be taken out of its container.
    #[error(transparent)]
    Pskc(#[from] crate::pskc::KeyFault),
}

/// An entry as a file describes it, before anything is checked.
pub(crate) struct Draft<'a> {
    pub(crate) kind: Kind,
    pub(crate) issuer: &'a str,
    pub(crate) account: &'a str,
    pub(crate) algorithm: Option<&'a str>,
    pub(crate) digits: Option<i64>,
    pub(crate) period: Option<i64>,
    pub(crate) counter: Option<i64>,
    pub(crate) repairs: Vec<Repair>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Totp,
    Hotp,
    Steam,
}

impl Kind {
    /// The type's name as the apps write it, in any case.
    pub(crate) fn parse(name: &str) -> Result<Self, EntryFault> {
        let known = [("totp", Self::Totp), ("hotp", Self::Hotp), ("steam", Self::Steam)];
        let found = known.into_iter().find(|(known, _)| name.eq_ignore_ascii_case(known));
        found.map(|(_, kind)| kind).ok_or(EntryFault::Type)
    }
}

impl Draft<'_> {
    pub(crate) fn with_base32(mut self, text: &str) -> Result<Entry, EntryFault> {
        let plain = text.trim_end_matches('=');
        if !plain.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
            note(&mut self.repairs, Repair::SecretSpelling);
        }
        let secret = match Secret::from_base32(text) {
            Err(SecretError::TooShort { bits }) => {
                note(&mut self.repairs, Repair::WeakSecret { bits });
                Secret::from_base32_allowing_weak(text)
            }
            read => read,
        };
        self.with_secret(secret.map_err(EntryFault::Secret)?)
    }

    pub(crate) fn with_bytes(mut self, bytes: &[u8]) -> Result<Entry, EntryFault> {
        let secret = match Secret::from_bytes(bytes) {
            Err(SecretError::TooShort { bits }) => {
                note(&mut self.repairs, Repair::WeakSecret { bits });
                Secret::from_bytes_allowing_weak(bytes)
            }
            read => read,
        };
        self.with_secret(secret.map_err(EntryFault::Secret)?)
    }

    fn with_secret(mut self, secret: Secret) -> Result<Entry, EntryFault> {
        let label = self.label()?;
        let algorithm = self.algorithm()?;
        let credential = match self.kind {
            Kind::Steam => {
                let usual = algorithm == Algorithm::Sha1
                    && self.digits.is_none_or(|digits| digits == 5)
                    && self.period.is_none_or(|period| period == 30);
                if !usual {
                    return Err(EntryFault::Steam);
                }
                Credential::Steam(SteamAccount { label, secret })
            }
            Kind::Totp | Kind::Hotp => {
                let digits = self.digits()?;
                let factor = self.factor()?;
                Credential::Otp(KeyUri { label, secret, algorithm, digits, factor })
            }
        };
        Ok(Entry { credential, repairs: self.repairs })
    }

    fn label(&mut self) -> Result<Label, EntryFault> {
        let issuer = self.name(self.issuer);
        let mut account = self.name(self.account);
        if account.is_empty() {
            note(&mut self.repairs, Repair::Unnamed);
            account = "unnamed".into();
        }
        let issuer = Some(issuer).filter(|issuer| !issuer.is_empty());
        Ok(Label::new(issuer.as_deref(), &account)?)
    }

    fn name(&mut self, name: &str) -> String {
        let repaired =
            name.trim().replace(|character: char| character == ':' || character.is_control(), "-");
        if repaired != name {
            note(&mut self.repairs, Repair::Name);
        }
        repaired
    }

    fn algorithm(&mut self) -> Result<Algorithm, EntryFault> {
        let Some(name) = self.algorithm else { return Ok(Algorithm::default()) };
        let all = [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512];
        if let Some(algorithm) = all.into_iter().find(|algorithm| algorithm.name() == name) {
            return Ok(algorithm);
        }
        let spelled = name.to_ascii_uppercase().replace(['-', '_'], "");
        let spelled = spelled.strip_prefix("HMAC").unwrap_or(&spelled);
        if spelled == "MD5" {
            return Err(EntryFault::Md5);
        }
        let found = all.into_iter().find(|algorithm| algorithm.name() == spelled);
        note(&mut self.repairs, Repair::AlgorithmSpelling);
        found.ok_or(EntryFault::Algorithm)
    }

    fn digits(&self) -> Result<Digits, EntryFault> {
        let Some(count) = self.digits else { return Ok(Digits::default()) };
        let digits = u8::try_from(count).ok().and_then(|count| Digits::try_from(count).ok());
        digits.ok_or(EntryFault::Digits)
    }

    fn factor(&mut self) -> Result<Factor, EntryFault> {
        if self.kind == Kind::Totp {
            let Some(seconds) = self.period else {
                return Ok(Factor::Totp { period: Period::default() });
            };
            let period = u32::try_from(seconds).ok().and_then(Period::from_seconds);
            return Ok(Factor::Totp { period: period.ok_or(EntryFault::Period)? });
        }
        let Some(counter) = self.counter else {
            note(&mut self.repairs, Repair::MissingCounter);
            return Ok(Factor::Hotp { counter: Counter(0) });
        };
        let counter = u64::try_from(counter).map_err(|_| EntryFault::Counter)?;
        Ok(Factor::Hotp { counter: Counter(counter) })
    }
}

/// Splits `Issuer:account`, the form in which some programs put both names into one field.
pub(crate) fn split_name<'a>(
    issuer: &'a str,
    name: &'a str,
    repairs: &mut Vec<Repair>,
) -> (&'a str, &'a str) {
    let Some((prefix, account)) = name.split_once(':') else { return (issuer, name) };
    let prefix = prefix.trim();
    if !issuer.is_empty() && !prefix.is_empty() && prefix != issuer.trim() {
        note(repairs, Repair::IssuerMismatch);
    }
    (if issuer.is_empty() { prefix } else { issuer }, account.trim_start_matches(' '))
}

/// Lists a repair once.
pub(crate) fn note(repairs: &mut Vec<Repair>, repair: Repair) {
    if !repairs.contains(&repair) {
        repairs.push(repair);
    }
}
