//! Passwords: hashed by Argon2id, a few at a time.
//!
//! A hash takes 19 MiB and some 30 ms on purpose. Hashing runs on as many threads as there are
//! cores; a bounded number of requests waits for them, and the rest is turned away at once. So
//! a flood of passwords costs those who sign in a wait, and everybody else nothing.

mod cost;
mod memory;

use std::fmt;
use std::num::NonZero;
use std::sync::Arc;
use std::time::Instant;

use argon2::password_hash::Error as HashError;
use argon2::password_hash::phc::PasswordHash;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zeroize::Zeroizing;

pub use cost::{PasswordCost, PasswordCostError};
use memory::{Memory, Spare};

use crate::id::PersonId;
use crate::observe::Metrics;
use crate::random::{self, NoRandomness};

/// The longest password looked at, in bytes; measured before anything is hashed.
pub(crate) const MAX_BYTES: usize = 1024;

/// How passwords are hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "settings are written out by whoever has them")]
pub struct PasswordSettings {
    /// What one hash costs. Older ones are replaced when their owner next signs in.
    pub cost: PasswordCost,
    /// How many hashes are made at a time.
    pub threads: NonZero<u16>,
    /// How many requests may hash or wait to hash; the next is answered with 503.
    pub queue: NonZero<u16>,
}

impl Default for PasswordSettings {
    /// The default cost on every core, and a queue of 64.
    fn default() -> Self {
        let cores = std::thread::available_parallelism().ok();
        let threads = cores.and_then(|cores| NonZero::<u16>::try_from(cores).ok());
        Self {
            cost: PasswordCost::default(),
            threads: threads.unwrap_or(NonZero::<u16>::MIN),
            queue: NonZero::new(64).unwrap_or(NonZero::<u16>::MIN),
        }
    }
}

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
    replacement: Option<Replacement>,
}

/// What to store of a password instead of what is stored.
#[derive(Debug)]
pub(crate) struct Replacement {
    /// What the password was compared with: somebody may have stored another since.
    pub(crate) stored: Credential,
    pub(crate) new: Credential,
}

impl Proven {
    pub(crate) const fn person(&self) -> PersonId {
        self.person
    }

    /// What to store instead, when what is stored was made at another cost.
    pub(crate) const fn replacement(&self) -> Option<&Replacement> {
        self.replacement.as_ref()
    }
}

/// Why a password was neither hashed nor compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum PasswordError {
    #[error("as many passwords as may are being hashed or wait for it; try again")]
    Busy,
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    #[error("hashing failed: {0}")]
    Hash(HashError),
    #[error("the thread that hashed went away")]
    Lost,
}

/// Hashes and compares passwords.
#[derive(Clone, Debug)]
pub(crate) struct Passwords {
    settings: PasswordSettings,
    queue: Arc<Semaphore>,
    threads: Arc<Semaphore>,
    memory: Spare,
    /// Compared with when there is no such person, so that this takes as long.
    nobody: Credential,
    metrics: Metrics,
}

/// A place in the queue: what it is for will be done.
#[derive(Debug)]
pub(crate) struct Place {
    _held: OwnedSemaphorePermit,
    passwords: Passwords,
}

impl Drop for Place {
    fn drop(&mut self) {
        let passwords = &self.passwords;
        passwords.metrics.hash_left_queue();
        // This place is still counted.
        passwords.memory.keep(passwords.waiting().saturating_sub(1));
    }
}

impl Passwords {
    pub(crate) async fn new(
        settings: PasswordSettings,
        metrics: Metrics,
    ) -> Result<Self, PasswordError> {
        let mut passwords = Self {
            settings,
            queue: Arc::new(Semaphore::new(settings.queue.get().into())),
            threads: Arc::new(Semaphore::new(settings.threads.get().into())),
            memory: Spare::default(),
            nobody: Credential::from_phc(String::new()),
            metrics,
        };
        passwords.nobody = passwords.hash(random::generate_password()?).await?;
        Ok(passwords)
    }

    /// Takes a place in the queue, or none if it is full. Never waits.
    pub(crate) fn queue(&self) -> Result<Place, PasswordError> {
        let Ok(held) = Arc::clone(&self.queue).try_acquire_owned() else {
            self.metrics.hash_turned_away();
            return Err(PasswordError::Busy);
        };
        self.metrics.hash_queued();
        Ok(Place { _held: held, passwords: self.clone() })
    }

    pub(crate) async fn hash(
        &self,
        password: Zeroizing<String>,
    ) -> Result<Credential, PasswordError> {
        let salt = random::bytes::<16>()?;
        let (place, cost) = (self.queue()?, self.settings.cost);
        let hash =
            self.work(place, move |memory| credential(cost, memory, &password, &salt)).await?;
        hash.map_err(PasswordError::Hash)
    }

    /// Compares `password` with what is stored; with as much work when nothing is.
    ///
    /// A right password whose hash is of another cost is hashed anew in the same place of the
    /// queue: see [`Proven::replacement`].
    pub(crate) async fn verify(
        &self,
        place: Place,
        password: Zeroizing<String>,
        stored: Option<(PersonId, Credential)>,
    ) -> Result<Option<Proven>, PasswordError> {
        let (person, stored) = match stored {
            Some((person, credential)) => (Some(person), credential),
            None => (None, self.nobody.clone()),
        };
        let (salt, cost) = (random::bytes::<16>()?, self.settings.cost);
        let compare = move |memory: &mut Memory| -> Result<_, HashError> {
            let hash = PasswordHash::new(stored.as_phc())?;
            memory.verify(password.as_bytes(), &hash)?;
            if cost.is_of(&hash) {
                return Ok(None);
            }
            let new = credential(cost, memory, &password, &salt)?;
            Ok(Some(Replacement { stored, new }))
        };
        match (self.work(place, compare).await?, person) {
            (Ok(replacement), Some(person)) => Ok(Some(Proven { person, replacement })),
            (Ok(_), None) | (Err(HashError::PasswordInvalid), _) => Ok(None),
            (Err(error), _) => Err(PasswordError::Hash(error)),
        }
    }

    /// Runs on a thread that may block, when one is free. Goes on if the caller is dropped.
    async fn work<T: Send + 'static>(
        &self,
        place: Place,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let thread = Arc::clone(&self.threads).acquire_owned().await;
        let thread = thread.map_err(|_| PasswordError::Lost)?;
        let done = tokio::task::spawn_blocking(move || {
            let start = Instant::now();
            let mut memory = place.passwords.memory.take();
            let done = work(&mut memory);
            place.passwords.metrics.password_hashed(start.elapsed());
            place.passwords.memory.put(memory);
            drop((thread, place));
            done
        });
        done.await.map_err(|_| PasswordError::Lost)
    }

    /// How many have a place in the queue and no thread.
    fn waiting(&self) -> usize {
        let taken = |semaphore: &Semaphore, of: NonZero<u16>| {
            usize::from(of.get()).saturating_sub(semaphore.available_permits())
        };
        let hashing = taken(&self.threads, self.settings.threads);
        taken(&self.queue, self.settings.queue).saturating_sub(hashing)
    }
}

fn credential(
    cost: PasswordCost,
    memory: &mut Memory,
    password: &Zeroizing<String>,
    salt: &[u8; 16],
) -> Result<Credential, HashError> {
    let hash = memory.hash(cost.params()?, password.as_bytes(), salt)?;
    Ok(Credential(hash.to_string()))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use std::sync::Arc;
    use std::task::{Context, Poll, Waker};

    use zeroize::Zeroizing;

    use super::{Credential, PasswordCost, PasswordError, PasswordSettings, Passwords, Proven};
    use crate::id::PersonId;
    use crate::observe::Metrics;

    fn text(text: &str) -> Zeroizing<String> {
        Zeroizing::new(text.to_owned())
    }

    async fn passwords() -> Passwords {
        Passwords::new(PasswordSettings::default(), Metrics::new()).await.unwrap()
    }

    async fn verify(
        passwords: &Passwords,
        password: &str,
        stored: Option<&Credential>,
    ) -> Option<Proven> {
        let stored = stored.map(|stored| (PersonId::generate().unwrap(), stored.clone()));
        passwords.verify(passwords.queue().unwrap(), text(password), stored).await.unwrap()
    }

    #[tokio::test]
    async fn only_the_right_password_of_a_person_proves_anything() {
        let passwords = passwords().await;
        let stored = passwords.hash(text("correct horse")).await.unwrap();
        assert!(stored.as_phc().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored:?}");
        let proven = verify(&passwords, "correct horse", Some(&stored)).await.unwrap();
        assert!(proven.replacement().is_none());
        assert!(verify(&passwords, "correct horse ", Some(&stored)).await.is_none());
        assert!(verify(&passwords, "correct horse", None).await.is_none());
    }

    #[tokio::test]
    async fn memory_goes_back_when_nobody_waits() {
        let passwords = passwords().await;
        assert_eq!(passwords.memory.len(), 0);
        let hashing = passwords.queue().unwrap();
        let thread = passwords.threads.try_acquire().unwrap();
        assert_eq!(passwords.waiting(), 0);
        let waiting = passwords.queue().unwrap();
        assert_eq!(passwords.waiting(), 1);
        drop((hashing, thread));

        // The hash leaves its memory to whoever waits beside it, until they leave as well.
        passwords.hash(text("correct horse")).await.unwrap();
        assert_eq!(passwords.memory.len(), 1);
        drop(waiting);
        assert_eq!(passwords.memory.len(), 0);
    }

    #[tokio::test]
    async fn a_right_password_of_another_cost_is_hashed_anew() {
        let cost = PasswordCost::new(12_288, 3).unwrap();
        let settings = PasswordSettings { cost, ..PasswordSettings::default() };
        let (old, new) =
            (passwords().await, Passwords::new(settings, Metrics::new()).await.unwrap());
        let stored = old.hash(text("correct horse")).await.unwrap();
        assert!(verify(&new, "wrong horse", Some(&stored)).await.is_none());

        let proven = verify(&new, "correct horse", Some(&stored)).await.unwrap();
        let replacement = proven.replacement().unwrap();
        assert_eq!(replacement.stored.as_phc(), stored.as_phc());
        let replacement = &replacement.new;
        assert!(replacement.as_phc().starts_with("$argon2id$v=19$m=12288,t=3,p=1$"));
        let proven = verify(&new, "correct horse", Some(replacement)).await.unwrap();
        assert!(proven.replacement().is_none());
        assert!(verify(&new, "wrong horse", Some(replacement)).await.is_none());
    }

    /// The hashes under way cannot end while this holds every thread, and whoever comes too late
    /// is told so all the same.
    #[tokio::test]
    async fn t59_a_full_queue_turns_away_before_any_hash_ends() {
        let passwords = passwords().await;
        let settings = PasswordSettings::default();
        let threads = u32::from(settings.threads.get());
        let held = Arc::clone(&passwords.threads).acquire_many_owned(threads).await.unwrap();

        let mut waiting: Vec<_> = (0..settings.queue.get())
            .map(|_| Box::pin(passwords.hash(text("correct horse"))))
            .collect();
        let mut context = Context::from_waker(Waker::noop());
        for hash in &mut waiting {
            assert!(matches!(hash.as_mut().poll(&mut context), Poll::Pending));
        }
        let mut late = Box::pin(passwords.hash(text("correct horse")));
        let answer = late.as_mut().poll(&mut context);
        assert!(matches!(answer, Poll::Ready(Err(PasswordError::Busy))));
        assert!(matches!(passwords.queue(), Err(PasswordError::Busy)));
        assert!(waiting.iter_mut().all(|hash| hash.as_mut().poll(&mut context).is_pending()));

        // Whoever hangs up makes room, and the rest is served.
        waiting.truncate(1);
        drop(held);
        assert!(passwords.queue().is_ok());
        assert!(waiting.pop().unwrap().await.is_ok());
    }
}
