//! The cookie that keeps a choice: short, and forged by nobody.
//!
//! It is a cache: who can set cookies for the host can put an older one of the same person back.
//! Proof of a consent is the record that the server keeps.
//!
//! | bytes | content |
//! |---|---|
//! | 1 | version, 1 |
//! | 1 | number of the key |
//! | 8 | [fingerprint](crate::policy::Fingerprint) of the policy |
//! | 2 | day, counted from 1 January 2020 |
//! | 1 | flags: 1, chosen while Global Privacy Control was sent |
//! | 1 | number of purposes, at most 64 |
//! | ⌈n/8⌉ | one bit to each purpose, by name in the file, the first lowest |
//! | 16 | HMAC-SHA-256 over the cookie's name, the host and all of the above, its first 16 bytes |
//!
//! in base64url without padding.

use core::fmt;

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::policy::{Fingerprint, Policy};
use crate::{Choice, Day, Host, PurposeSet, UnixSeconds, cookie_pairs};

/// The fewest bytes of a key.
pub const MIN_KEY: usize = 32;

const VERSION: u8 = 1;
const FIXED: usize = 14;
const MAC: usize = 16;
const DESPITE_GPC: u8 = 1;
/// 1 January 2020, counted from 1970.
const FIRST_DAY: i32 = 18_262;
/// The longest payload with its MAC: 64 purposes.
const LONGEST_BYTES: usize = FIXED + 8 + MAC;
/// The same as text.
const LONGEST: usize = 51;

/// A key, known by its number. Its bytes are wiped when it is dropped, and never shown.
pub struct ConsentKey {
    id: u8,
    mac: Hmac<Sha256>,
}

/// The keys of a site: the one that writes, and those that still count when a cookie is read.
#[derive(Debug)]
pub struct ConsentKeys {
    current: ConsentKey,
    previous: Vec<ConsentKey>,
}

/// Why keys are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConsentKeyError {
    /// Too few bytes.
    #[error("a key of {length} bytes; at least {MIN_KEY} random bytes are needed")]
    TooShort {
        /// How many there are.
        length: usize,
    },
    /// One number twice.
    #[error("two keys have the number {id}")]
    SameId {
        /// The number.
        id: u8,
    },
}

/// What the cookies of a request say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub enum Reading {
    /// A choice under this policy.
    Current(Choice),
    /// A choice under a policy that differs in something material: ask again.
    Superseded,
    /// No such cookie: nobody chose, or the browser forgot.
    Absent,
    /// Something that is not relied on: ask again.
    Rejected(Rejection),
}

/// Why a cookie is not relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// Two of the name, one of which somebody else may have set.
    #[error("there are two cookies of the name")]
    Duplicate,
    /// Not the form.
    #[error("the cookie does not have the form of version 1")]
    Malformed,
    /// A key that is not known, or not any more.
    #[error("the cookie names a key that is not known")]
    UnknownKey,
    /// Not written by the key, or for another name or host.
    #[error("the cookie was not written by the key for this name and host")]
    Forged,
}

impl ConsentKey {
    /// A key of random bytes.
    ///
    /// # Errors
    ///
    /// [`ConsentKeyError::TooShort`].
    pub fn new(id: u8, secret: &[u8]) -> Result<Self, ConsentKeyError> {
        let too_short = ConsentKeyError::TooShort { length: secret.len() };
        if secret.len() < MIN_KEY {
            return Err(too_short);
        }
        let mac = Hmac::new_from_slice(secret).map_err(|_| too_short)?;
        Ok(Self { id, mac })
    }

    /// The MAC before it is cut to sixteen bytes.
    fn mac(&self, name: &str, host: &Host, payload: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.mac.clone();
        mac.update(b"upheld consent cookie 1");
        for part in [name.as_bytes(), host.as_str().as_bytes(), payload] {
            // Lengths keep one part from running into the next.
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part);
        }
        mac
    }
}

impl fmt::Debug for ConsentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConsentKey({}, [redacted])", self.id)
    }
}

impl ConsentKeys {
    /// A site with one key.
    #[must_use]
    pub const fn new(current: ConsentKey) -> Self {
        Self { current, previous: Vec::new() }
    }

    /// The same with a key that wrote cookies before.
    ///
    /// # Errors
    ///
    /// [`ConsentKeyError::SameId`].
    pub fn with_previous(mut self, key: ConsentKey) -> Result<Self, ConsentKeyError> {
        let id = key.id;
        if self.find(id).is_some() {
            return Err(ConsentKeyError::SameId { id });
        }
        self.previous.push(key);
        Ok(self)
    }

    fn find(&self, id: u8) -> Option<&ConsentKey> {
        core::iter::once(&self.current).chain(&self.previous).find(|key| key.id == id)
    }

    /// Writes the value of the cookie for a choice; `None` for one that was not made, or not under
    /// this policy.
    ///
    /// ```
    /// use upheld_cookies::consent_cookie::{ConsentKey, ConsentKeys, Reading};
    /// use upheld_cookies::{Choice, Host, UnixSeconds};
    /// # use upheld_cookies::policy::Policy;
    /// # let policy = Policy::parse_toml("schema = 1\nsite = { hosts = ['a.example'], \
    /// #     jurisdictions = ['uk'], updated = '2026-01-01' }\nitem = [{ name = 'a', \
    /// #     kind = 'js-cookie', purposes = ['statistics'], lifetime = '1d' }]")?;
    /// let keys = ConsentKeys::new(ConsentKey::new(1, &[7; 32])?); // random bytes of yours
    /// let host = Host::parse("clinic.example")?;
    /// let choice = Choice::made(&policy, &["statistics"], UnixSeconds(1_795_478_400));
    ///
    /// let value = keys.write(&policy, &host, &choice).ok_or("not made")?;
    /// assert!(value.len() <= 50);
    /// let field = format!("theme=dark; __Host-consent={value}");
    /// let Reading::Current(read) = keys.read(&policy, &host, [field.as_bytes()]) else { panic!() };
    /// assert!(read.granted_ids(&policy).eq(["statistics"]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn write(&self, policy: &Policy, host: &Host, choice: &Choice) -> Option<String> {
        let (at, fingerprint) = choice.at().zip(choice.fingerprint())?;
        if fingerprint != policy.fingerprint() {
            return None;
        }
        let day = Day::of(at).as_days().saturating_sub(FIRST_DAY);
        let day = u16::try_from(day.clamp(0, i32::from(u16::MAX))).unwrap_or_default();
        let count = policy.purposes().len();
        let flags = if choice.was_despite_gpc() { DESPITE_GPC } else { 0 };
        let mut bytes = vec![VERSION, self.current.id];
        bytes.extend_from_slice(fingerprint.as_bytes());
        bytes.extend_from_slice(&day.to_be_bytes());
        bytes.extend_from_slice(&[flags, u8::try_from(count).ok()?]);
        let granted = choice.granted().bits().to_le_bytes();
        bytes.extend(granted.iter().take(count.div_ceil(8)));
        if let (Some(last), rest @ 1..) = (bytes.last_mut(), count % 8) {
            *last &= 0xFF_u8 >> 8_usize.saturating_sub(rest);
        }
        let mac = self.current.mac(&policy.consent().cookie, host, &bytes).finalize();
        bytes.extend(mac.as_bytes().iter().take(MAC));
        Some(BASE64URL_NOPAD.encode(&bytes))
    }

    /// Writes the value of the `Set-Cookie` header field for a choice, as [`Self::write`] does.
    ///
    /// A script may read it, to show a person what they chose, only if `script_reads` is set.
    #[must_use]
    pub fn set_cookie(
        &self,
        policy: &Policy,
        host: &Host,
        choice: &Choice,
        script_reads: bool,
    ) -> Option<String> {
        let value = self.write(policy, host, choice)?;
        let (name, age) = (&policy.consent().cookie, policy.consent());
        // A refusal is remembered for as long as nobody is asked again.
        let most = u64::try_from(crate::MAX_AGE_LIMIT).unwrap_or(u64::MAX);
        let age = age.valid_for.max(age.ask_again_after).min(most);
        let http_only = if script_reads { "" } else { "; HttpOnly" };
        Some(format!("{name}={value}; Path=/; Max-Age={age}; Secure; SameSite=Lax{http_only}"))
    }

    /// Reads the choice from the values of a request's `Cookie` header fields.
    pub fn read<'f>(
        &self,
        policy: &Policy,
        host: &Host,
        cookie_fields: impl IntoIterator<Item = &'f [u8]>,
    ) -> Reading {
        let name = policy.consent().cookie.as_bytes();
        let pairs = cookie_fields.into_iter().flat_map(cookie_pairs);
        let mut values = pairs.filter(|(other, _)| *other == name).map(|(_, value)| value);
        let Some(value) = values.next() else { return Reading::Absent };
        if values.next().is_some() {
            return Reading::Rejected(Rejection::Duplicate);
        }
        match self.verified(policy, host, value) {
            Ok(Some(choice)) => Reading::Current(choice),
            Ok(None) => Reading::Superseded,
            Err(rejection) => Reading::Rejected(rejection),
        }
    }

    fn verified(
        &self,
        policy: &Policy,
        host: &Host,
        value: &[u8],
    ) -> Result<Option<Choice>, Rejection> {
        if value.len() > LONGEST {
            return Err(Rejection::Malformed);
        }
        let mut buffer = [0; LONGEST_BYTES];
        let length = BASE64URL_NOPAD.decode_len(value.len()).map_err(|_| Rejection::Malformed)?;
        let bytes = buffer.get_mut(..length).ok_or(Rejection::Malformed)?;
        BASE64URL_NOPAD.decode_mut(value, bytes).map_err(|_| Rejection::Malformed)?;
        let bytes = &*bytes;
        let payload = bytes.len().checked_sub(MAC).ok_or(Rejection::Malformed)?;
        let (payload, mac) = bytes.split_at_checked(payload).ok_or(Rejection::Malformed)?;
        let (fixed, grants) = payload.split_at_checked(FIXED).ok_or(Rejection::Malformed)?;
        let &[VERSION, id, f1, f2, f3, f4, f5, f6, f7, f8, d1, d2, flags, count] = fixed else {
            return Err(Rejection::Malformed);
        };
        let is_sized = count <= 64 && grants.len() == usize::from(count).div_ceil(8);
        if !is_sized || flags & !DESPITE_GPC != 0 {
            return Err(Rejection::Malformed);
        }
        let key = self.find(id).ok_or(Rejection::UnknownKey)?;
        // Compared in constant time.
        let expected = key.mac(&policy.consent().cookie, host, payload);
        expected.verify_truncated_left(mac).map_err(|_| Rejection::Forged)?;

        let fingerprint = Fingerprint::from_bytes([f1, f2, f3, f4, f5, f6, f7, f8]);
        let is_of_policy = usize::from(count) == policy.purposes().len();
        if fingerprint != policy.fingerprint() || !is_of_policy {
            return Ok(None);
        }
        let mut bits = [0; 8];
        bits.iter_mut().zip(grants).for_each(|(to, from)| *to = *from);
        let granted = PurposeSet::from_bits(u64::from_le_bytes(bits));
        let day = i64::from(FIRST_DAY).saturating_add(i64::from(u16::from_be_bytes([d1, d2])));
        let at = UnixSeconds(day.saturating_mul(86_400));
        let choice = Choice::of_sets(policy, granted, at);
        Ok(Some(if flags & DESPITE_GPC == 0 { choice } else { choice.despite_gpc() }))
    }
}

impl Reading {
    /// The choice to decide by: none where there is no cookie, and refusal of everything where one
    /// is not relied on, so that no objection is lost.
    #[must_use]
    pub const fn to_choice(self) -> Choice {
        match self {
            Self::Current(choice) => choice,
            Self::Absent => Choice::undecided(),
            Self::Superseded | Self::Rejected(_) => Choice::unknown(),
        }
    }
}
