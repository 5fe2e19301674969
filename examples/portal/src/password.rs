//! Passwords: hashed by Argon2id, a few at a time.
//!
//! A hash takes 19 MiB and some 30 ms on purpose. Hashing runs on as many threads as there are
//! cores; a bounded number of requests waits for them, and the rest is turned away at once.

use std::fmt;
use std::num::NonZero;
use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zeroize::Zeroizing;

use crate::id::PersonId;
use crate::random::{self, NoRandomness};

/// The longest password looked at, in bytes; measured before anything is hashed.
pub(crate) const MAX_BYTES: usize = 1024;

/// How many requests may hash or wait to hash.
const QUEUE: usize = 64;

//= RFC 9106 §4: Argon2id; memory, passes and lanes as OWASP's first choice for web sign-in
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// What is stored of a password: the PHC string of its hash.
#[derive(Clone)]
pub(crate) struct Credential(String);

impl Credential {
    pub(crate) const fn from_phc(phc: String) -> Self {
        Self(phc)
    }

    pub(crate) fn as_phc(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Somebody showed the password of this person. Made by [`Passwords::verify`] alone.
#[derive(Debug)]
pub(crate) struct Proven {
    person: PersonId,
}

impl Proven {
    pub(crate) const fn person(&self) -> PersonId {
        self.person
    }
}

/// Why a password was neither hashed nor compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum PasswordError {
    #[error("{QUEUE} passwords are being hashed or wait for it; try again")]
    Busy,
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    #[error("hashing failed: {0}")]
    Hash(argon2::password_hash::Error),
    #[error("the thread that hashed went away")]
    Lost,
}

/// Hashes and compares passwords.
#[derive(Clone, Debug)]
pub(crate) struct Passwords {
    queue: Arc<Semaphore>,
    cores: Arc<Semaphore>,
    /// Compared with when there is no such person, so that this takes as long.
    nobody: Credential,
}

/// A place in the queue: what it is for will be done.
#[derive(Debug)]
pub(crate) struct Place {
    _held: OwnedSemaphorePermit,
}

impl Passwords {
    pub(crate) async fn new() -> Result<Self, PasswordError> {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let mut passwords = Self {
            queue: Arc::new(Semaphore::new(QUEUE)),
            cores: Arc::new(Semaphore::new(cores)),
            nobody: Credential::from_phc(String::new()),
        };
        passwords.nobody = passwords.hash(random::generate_password()?).await?;
        Ok(passwords)
    }

    /// Takes a place in the queue, or none if it is full.
    pub(crate) fn queue(&self) -> Result<Place, PasswordError> {
        let held = Arc::clone(&self.queue).try_acquire_owned();
        held.map(|held| Place { _held: held }).map_err(|_| PasswordError::Busy)
    }

    pub(crate) async fn hash(
        &self,
        password: Zeroizing<String>,
    ) -> Result<Credential, PasswordError> {
        let salt = random::bytes::<16>()?;
        let place = self.queue()?;
        let hash = move || argon2()?.hash_password_with_salt(password.as_bytes(), salt.as_slice());
        let hash: PasswordHash = self.work(place, hash).await?.map_err(PasswordError::Hash)?;
        Ok(Credential(hash.to_string()))
    }

    /// Compares `password` with what is stored; with as much work when nothing is.
    pub(crate) async fn verify(
        &self,
        place: Place,
        password: Zeroizing<String>,
        stored: Option<(PersonId, Credential)>,
    ) -> Result<Option<Proven>, PasswordError> {
        let (person, Credential(phc)) = match stored {
            Some((person, credential)) => (Some(person), credential),
            None => (None, self.nobody.clone()),
        };
        let matches = move || {
            let hash = PasswordHash::new(&phc)?;
            argon2()?.verify_password(password.as_bytes(), &hash)
        };
        match (self.work(place, matches).await?, person) {
            (Ok(()), Some(person)) => Ok(Some(Proven { person })),
            (Ok(()), None) | (Err(argon2::password_hash::Error::PasswordInvalid), _) => Ok(None),
            (Err(error), _) => Err(PasswordError::Hash(error)),
        }
    }

    /// Runs on a thread that may block, when a core is free. Goes on if the caller is dropped.
    async fn work<T: Send + 'static>(
        &self,
        place: Place,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let core = Arc::clone(&self.cores).acquire_owned().await;
        let core = core.map_err(|_| PasswordError::Lost)?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((core, place));
            done
        });
        done.await.map_err(|_| PasswordError::Lost)
    }
}

fn argon2() -> argon2::password_hash::Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use zeroize::Zeroizing;

    use super::{PasswordError, Passwords, QUEUE};

    fn text(text: &str) -> Zeroizing<String> {
        Zeroizing::new(text.to_owned())
    }

    #[tokio::test]
    async fn only_the_right_password_of_a_person_proves_anything() {
        let passwords = Passwords::new().await.unwrap();
        let stored = passwords.hash(text("correct horse")).await.unwrap();
        assert!(stored.as_phc().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored:?}");

        let verify = async |password: &str, known: bool| {
            let stored = known.then(|| (crate::id::PersonId::generate().unwrap(), stored.clone()));
            passwords.verify(passwords.queue().unwrap(), text(password), stored).await.unwrap()
        };
        assert!(verify("correct horse", true).await.is_some());
        assert!(verify("correct horse ", true).await.is_none());
        assert!(verify("correct horse", false).await.is_none());
    }

    #[tokio::test]
    async fn a_full_queue_turns_away_at_once() {
        let passwords = Passwords::new().await.unwrap();
        let places: Vec<_> = (0..QUEUE).map(|_| passwords.queue().unwrap()).collect();
        assert!(matches!(passwords.queue(), Err(PasswordError::Busy)));
        drop(places);
        assert!(passwords.queue().is_ok());
    }
}
