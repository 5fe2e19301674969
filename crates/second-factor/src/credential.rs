//! An authenticator app or a hardware token, as a store keeps it.

use upheld_totp::{
    Algorithm, Code, Counter, Digits, Hotp, Match, Parameters, Secret, Step, Totp, UnixSeconds,
    Window,
};

use crate::{Chance, CredentialId, Policy};

/// An authenticator app or a hardware token of an account.
///
/// The step of TOTP and the counter of HOTP are both a *moving factor* (RFC 4226 §5.1). The store
/// keeps the last one accepted, and only ever raises it.
#[derive(Debug)]
pub struct Credential {
    id: CredentialId,
    kind: Kind,
    last_used: Option<u64>,
}

/// What makes the codes of a [`Credential`].
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "a store keeps every field of each kind")]
pub enum Kind {
    /// Time-based codes: RFC 6238.
    Totp {
        /// What the app holds too.
        secret: Secret,
        /// What the app was told beside it.
        parameters: Parameters,
    },
    /// Counter-based codes: RFC 4226.
    Hotp {
        /// What the token holds too.
        secret: Secret,
        /// The hash under the HMAC.
        algorithm: Algorithm,
        /// The length of a code.
        digits: Digits,
    },
}

impl Credential {
    /// Rebuilds a credential from what a store kept of it, or takes over one from elsewhere.
    ///
    /// | argument | meaning |
    /// |---|---|
    /// | `last_used` | the newest step or counter ever accepted; `None` before the first |
    ///
    /// For an app that a person enrols use [`Credential::confirmed`], which makes sure that the
    /// app and the server agree.
    #[must_use]
    pub const fn from_parts(id: CredentialId, kind: Kind, last_used: Option<u64>) -> Self {
        Self { id, kind, last_used }
    }

    /// Makes a credential of a secret that was shown to a person, if `code` proves that their app
    /// has it. That code is used up by it.
    ///
    /// `None` for a code that `kind` does not make: let the person try again, within limits of
    /// your own (the secret is not yet worth guessing at).
    ///
    /// ```
    /// use upheld_second_factor::{Credential, CredentialId, Kind, Policy};
    /// use upheld_totp::{Parameters, Secret, Totp, UnixSeconds};
    ///
    /// let (secret, parameters) = (Secret::from_bytes(&[7; 20])?, Parameters::default());
    /// let now = UnixSeconds(1_750_000_000);
    /// let shown_by_the_app = Totp::new(&secret, parameters).code_at(now);
    ///
    /// let kind = Kind::Totp { secret, parameters };
    /// let (id, policy) = (CredentialId(1), Policy::default());
    /// let credential = Credential::confirmed(id, kind, &shown_by_the_app, &policy, now);
    /// assert_eq!(credential.ok().and_then(|it| it.last_used()), Some(58_333_333));
    /// # Ok::<(), upheld_totp::SecretError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `kind`, unchanged, when `code` is none of its codes.
    //= RFC 6238 §5.2: the code that confirmed the enrolment is used up by it
    pub fn confirmed(
        id: CredentialId,
        kind: Kind,
        code: &Code,
        policy: &Policy,
        now: UnixSeconds,
    ) -> Result<Self, Kind> {
        let unused = Self { id, kind, last_used: None };
        match unused.find(code, policy, now) {
            Found::Unused { moving_factor, .. } => {
                Ok(Self { last_used: Some(moving_factor), ..unused })
            }
            Found::Used | Found::Nothing => Err(unused.kind),
        }
    }

    /// What names it.
    #[must_use]
    pub const fn id(&self) -> CredentialId {
        self.id
    }

    /// What makes its codes.
    #[must_use]
    pub const fn kind(&self) -> &Kind {
        &self.kind
    }

    /// Gives up what makes its codes.
    #[must_use]
    pub fn into_kind(self) -> Kind {
        self.kind
    }

    /// The newest step or counter ever accepted.
    #[must_use]
    pub const fn last_used(&self) -> Option<u64> {
        self.last_used
    }

    /// The chance of one guess against this credential.
    #[must_use]
    pub fn chance(&self, policy: &Policy) -> Chance {
        match self.kind {
            Kind::Totp { parameters, .. } => policy.chance_of_totp(parameters.digits),
            Kind::Hotp { digits, .. } => policy.chance_of_hotp(digits),
        }
    }

    /// Computes and compares every candidate.
    pub(crate) fn find(&self, code: &Code, policy: &Policy, now: UnixSeconds) -> Found {
        match &self.kind {
            Kind::Totp { secret, parameters } => {
                let totp = Totp::new(secret, *parameters);
                find_step(&totp, code, now, policy.window, self.last_used)
            }
            Kind::Hotp { secret, algorithm, digits } => {
                let Some(next) = self.next_counter() else { return Found::Nothing };
                let counter =
                    Hotp::new(secret, *algorithm, *digits).find(code, next, policy.look_ahead);
                counter.map_or(Found::Nothing, |counter| Found::at(counter, next))
            }
        }
    }

    /// Finds where two consecutive codes of a token stand.
    pub(crate) fn resynchronize(&self, codes: (&Code, &Code), policy: &Policy) -> Found {
        let Kind::Hotp { secret, algorithm, digits } = &self.kind else { return Found::Nothing };
        let Some(next) = self.next_counter() else { return Found::Nothing };
        let token = Hotp::new(secret, *algorithm, *digits);
        let counter = token.resynchronize(codes, &[], next, policy.resynchronization);
        counter.map_or(Found::Nothing, |counter| Found::at(counter, next))
    }

    fn next_counter(&self) -> Option<Counter> {
        self.last_used.map_or(Some(Counter(0)), |last| Counter(last).next())
    }
}

/// Where a code stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Unused { moving_factor: u64, offset: i64 },
    Used,
    Nothing,
}

impl Found {
    fn at(counter: Counter, next: Counter) -> Self {
        let offset = i64::try_from(counter.0.saturating_sub(next.0)).unwrap_or(i64::MAX);
        Self::Unused { moving_factor: counter.0, offset }
    }
}

fn find_step(
    totp: &Totp,
    code: &Code,
    now: UnixSeconds,
    window: Window,
    last_used: Option<u64>,
) -> Found {
    match totp.find(code, now, window, last_used.map(Step)) {
        Match::Unused { step, offset } => {
            Found::Unused { moving_factor: step.0, offset: offset.into() }
        }
        Match::Used { .. } => Found::Used,
        Match::Wrong => Found::Nothing,
    }
}
