//! Codes in messages: by SMS, call or e-mail, each for one request.

use std::fmt;

use rand_core::TryCryptoRng;
use subtle::ConstantTimeEq;
use upheld_totp::{Code, Digits, UnixSeconds};
use zeroize::Zeroizing;

use crate::recovery::keyed;
use crate::{AccountId, MessageLifetime, RequestId};

/// How a message goes.
///
/// SMS and calls can be diverted by whoever controls the number: offer something stronger beside
/// them, and say so to the person (ASVS 5.0 §6.6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Channel {
    /// A text message.
    Sms,
    /// A call that reads the code out.
    Call,
    /// An e-mail.
    Email,
}

/// Sends a code to a person. The application implements it.
pub trait Delivery {
    /// Why a message did not go out.
    type Error;

    /// Sends `code` to `address` by `channel`, or puts it where a sender will find it.
    ///
    /// The message should say what the code is for, when it ends, and that nobody will ask for it.
    fn deliver(
        &self,
        channel: Channel,
        address: &str,
        code: &Code,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// A code that was sent, as a store keeps it until it is used, replaced or too old.
///
/// The key must be encrypted at rest: a million codes are tried in a second by whoever has it.
pub struct Challenge {
    request: RequestId,
    key: Zeroizing<[u8; Self::KEY_BYTES]>,
    hash: ChallengeHash,
    digits: Digits,
    expires_at: UnixSeconds,
}

/// The code of a [`Challenge`] under its key, its request and its account.
#[derive(Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "32 bytes, as the store keeps them")]
pub struct ChallengeHash(pub [u8; 32]);

impl Challenge {
    /// The length of the key.
    pub const KEY_BYTES: usize = 32;

    /// Draws a code for one request of `account`.
    ///
    /// # Errors
    ///
    /// Whatever `rng` reports.
    pub(crate) fn generate<R: TryCryptoRng>(
        account: AccountId,
        request: RequestId,
        digits: Digits,
        expires_at: UnixSeconds,
        rng: &mut R,
    ) -> Result<(Self, Code), R::Error> {
        let code = draw_code(digits, rng)?;
        let mut key = Zeroizing::new([0; Self::KEY_BYTES]);
        rng.try_fill_bytes(key.as_mut_slice())?;
        let hash = hash(&key, account, request, &code);
        Ok((Self { request, key, hash, digits, expires_at }, code))
    }

    /// Rebuilds a challenge from what a store kept.
    #[must_use]
    pub const fn from_parts(
        request: RequestId,
        key: Zeroizing<[u8; Self::KEY_BYTES]>,
        hash: ChallengeHash,
        digits: Digits,
        expires_at: UnixSeconds,
    ) -> Self {
        Self { request, key, hash, digits, expires_at }
    }

    /// The request that the code is for.
    #[must_use]
    pub const fn request(&self) -> RequestId {
        self.request
    }

    /// Shows the key, to encrypt it for storage.
    #[must_use]
    pub fn expose_key(&self) -> &[u8; Self::KEY_BYTES] {
        &self.key
    }

    /// The code under the key.
    #[must_use]
    pub const fn hash(&self) -> ChallengeHash {
        self.hash
    }

    /// The length of the code.
    #[must_use]
    pub const fn digits(&self) -> Digits {
        self.digits
    }

    /// The first moment at which the code is no longer good.
    #[must_use]
    pub const fn expires_at(&self) -> UnixSeconds {
        self.expires_at
    }

    /// Whether the code is still good at `now`. A clock set back by more than the longest
    /// lifetime does not revive it.
    pub(crate) fn is_current(&self, now: UnixSeconds) -> bool {
        let remaining = self.expires_at.0.saturating_sub(now.0);
        (1..=u64::from(MessageLifetime::MAX_SECONDS)).contains(&remaining)
    }

    pub(crate) fn is_code(&self, account: AccountId, code: &Code) -> bool {
        hash(&self.key, account, self.request, code).0.ct_eq(&self.hash.0).into()
    }
}

impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Challenge")
            .field("request", &self.request)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ChallengeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

fn hash(
    key: &[u8; Challenge::KEY_BYTES],
    account: AccountId,
    request: RequestId,
    code: &Code,
) -> ChallengeHash {
    let text = code.to_text();
    ChallengeHash(keyed(
        key,
        b"upheld out-of-band code",
        account.0,
        request.0,
        text.expose().as_bytes(),
    ))
}

/// Draws each digit from the bytes below 250, so that all are equally likely.
fn draw_code<R: TryCryptoRng>(digits: Digits, rng: &mut R) -> Result<Code, R::Error> {
    let length = usize::from(digits.count());
    let mut text = Zeroizing::new(String::with_capacity(length));
    let mut byte = Zeroizing::new([0_u8]);
    loop {
        rng.try_fill_bytes(byte.as_mut_slice())?;
        let [drawn] = *byte;
        if drawn < 250 {
            text.push(char::from(b'0'.saturating_add(drawn % 10)));
        }
        if text.len() == length
            && let Ok(code) = Code::parse(&text)
        {
            return Ok(code);
        }
    }
}
