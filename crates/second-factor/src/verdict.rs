//! What comes of an attempt.

use std::fmt;

use upheld_totp::UnixSeconds;

use crate::{AccountId, CredentialId};

/// Whether an attempt got past a stage.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "an attempt that was refused must not go on"]
#[expect(clippy::exhaustive_enums, reason = "a caller must decide on both")]
pub enum Outcome<T> {
    /// It did; here is what the next stage takes.
    Passed(T),
    /// It ends here.
    Refused(Refused),
}

/// An attempt ended. Says the same to the person whatever the reason.
///
/// Telling a wrong code from a used one, or either from a lock, tells an attacker that a stolen
/// code was right. The reason is for the audit.
///
/// ```
/// # use upheld_second_factor::{AccountId, Guard, MemoryStore, Outcome, Policy};
/// # use upheld_totp::{Code, UnixSeconds};
/// # let guard = Guard::new(MemoryStore::default(), Policy::default());
/// # let (account, now) = (AccountId(1), UnixSeconds(0));
/// # let code = Code::parse("000000")?;
/// # let waker = std::task::Waker::noop();
/// # let mut context = std::task::Context::from_waker(waker);
/// # let mut future = std::pin::pin!(guard.verify_code(account, &code, now));
/// # let std::task::Poll::Ready(outcome) = future.as_mut().poll(&mut context) else { panic!() };
/// if let Outcome::Refused(refused) = outcome? {
///     println!("{refused}"); // to the person
///     eprintln!("{:?}", refused.reason()); // to the audit
/// #   assert_eq!(refused.to_string(), "the code was not accepted");
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    pub(crate) reason: Reason,
    pub(crate) failures: u32,
}

impl Refused {
    /// Why, for the audit alone.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.reason
    }

    /// How many attempts have failed since the last success, this one included; 0 when it was
    /// not charged. Tell the person by another channel when there are several: somebody may have
    /// their password.
    #[must_use]
    pub const fn failures(&self) -> u32 {
        self.failures
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the code was not accepted")
    }
}

/// Why an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// No code of any credential.
    Wrong,
    /// The code of a step that was used before, or lies before one that was.
    Replayed,
    /// The right code, but another request used it first, or its credential was removed.
    Raced,
    /// The message with the code is too old.
    Expired,
    /// It came too early; nothing was evaluated.
    Throttled {
        /// When the next one may come.
        until: UnixSeconds,
    },
    /// Too many failures; nothing is evaluated until somebody with authority unlocks it.
    Disabled,
    /// The account has nothing that this could be a code of. Nothing was counted.
    NotEnrolled,
}

/// A second factor was shown, just now and for the first time; the store knows.
///
/// Nothing but [`Guard::consume`](crate::Guard::consume) makes one. Let it be what opens a
/// session, and no way leads around it:
///
/// ```
/// # struct Session;
/// fn open_session(accepted: upheld_second_factor::Accepted) -> Session {
///     let _whose = accepted.account();
/// #   Session
///     // …
/// }
/// ```
/// ```compile_fail,E0451
/// # use upheld_second_factor::Accepted;
/// fn forge(accepted: Accepted) -> Accepted {
///     Accepted { ..accepted }
/// }
/// ```
/// ```compile_fail,E0599
/// # use upheld_second_factor::Accepted;
/// let twice = |accepted: Accepted| (accepted.clone(), accepted);
/// ```
/// ```compile_fail
/// # use upheld_second_factor::Accepted;
/// #![deny(unused_must_use)]
/// fn forgotten(accept: impl FnOnce() -> Accepted) {
///     accept();
/// }
/// ```
#[derive(Debug, PartialEq, Eq)]
#[must_use = "the code is used up; do what it was for"]
pub struct Accepted {
    pub(crate) account: AccountId,
    pub(crate) factor: Factor,
}

impl Accepted {
    /// Whose it was.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// What was shown.
    #[must_use]
    pub const fn factor(&self) -> Factor {
        self.factor
    }
}

/// What was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Factor {
    /// A code of an app or a token.
    Code {
        /// Which one.
        credential: CredentialId,
        /// How many steps its clock is ahead, or how many presses its counter was.
        offset: i64,
    },
    /// A recovery code.
    Recovery {
        /// The set it belonged to.
        set: CredentialId,
        /// How many unused codes the set had left when this one was found, without it.
        left: u8,
    },
    /// A code from a message.
    Message,
}
