//! The memory that hashes are made in.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::{Error, Result};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::Zeroize;

/// Memory of hashes that ended, for those that wait.
///
/// To be given memory by the system and to return it takes half as long again as the hash itself.
/// So it is handed on as long as somebody waits, and returned when nobody does.
#[derive(Clone, Debug, Default)]
pub(super) struct Spare(Arc<Mutex<Vec<Memory>>>);

impl Spare {
    pub(super) fn take(&self) -> Memory {
        self.lock().pop().unwrap_or_default()
    }

    pub(super) fn put(&self, memory: Memory) {
        self.lock().push(memory);
    }

    /// Keeps as many as there are that wait.
    pub(super) fn keep(&self, waiting: usize) {
        let mut spare = self.lock();
        let wanted = waiting.min(spare.len());
        let unwanted = spare.split_off(wanted);
        drop(spare);
        // Wiped while nobody waits for the lock.
        drop(unwanted);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Memory>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }
}

/// What Argon2 fills, derived from a password: wiped when dropped.
#[derive(Default)]
pub(super) struct Memory(Vec<Block>);

impl Memory {
    /// Argon2id of a password, with everything it takes to verify it.
    pub(super) fn hash(
        &mut self,
        params: Params,
        password: &[u8],
        salt: &[u8],
    ) -> Result<PasswordHash> {
        let (algorithm, version) = (Algorithm::Argon2id, Version::V0x13);
        let argon2 = Argon2::new(algorithm, version, params);
        Ok(PasswordHash {
            algorithm: algorithm.ident(),
            version: Some(version.into()),
            params: ParamsString::try_from(argon2.params())?,
            salt: Some(Salt::new(salt)?),
            hash: Some(self.output(&argon2, password, salt)?),
        })
    }

    /// Compares a password with the hash of one, whatever that cost.
    pub(super) fn verify(&mut self, password: &[u8], hash: &PasswordHash) -> Result<()> {
        let algorithm = Algorithm::try_from(hash.algorithm.as_str())?;
        let version = hash.version.map(Version::try_from).transpose()?.unwrap_or_default();
        let argon2 = Argon2::new(algorithm, version, Params::try_from(hash)?);
        let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else {
            return Err(Error::PasswordInvalid);
        };
        // In constant time: so `Output` compares.
        if self.output(&argon2, password, salt)? == *expected {
            Ok(())
        } else {
            Err(Error::PasswordInvalid)
        }
    }

    fn output(&mut self, argon2: &Argon2<'_>, password: &[u8], salt: &[u8]) -> Result<Output> {
        let params = argon2.params();
        let blocks = self.blocks(params.block_count())?;
        let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
        let mut output = [0; Output::MAX_LENGTH];
        let output = output.get_mut(..length).ok_or(Error::OutputSize)?;
        argon2.hash_password_into_with_memory(password, salt, output, blocks)?;
        Output::new(output).map_err(Error::from)
    }

    /// That many blocks, of which those that are there need not be cleared.
    //= RFC 9106 §3.2: the first pass makes each block of such as it has made, and of the password
    fn blocks(&mut self, count: usize) -> Result<&mut [Block]> {
        let missing = count.saturating_sub(self.0.len());
        self.0.try_reserve_exact(missing).map_err(|_| Error::OutOfMemory)?;
        self.0.resize(count.max(self.0.len()), Block::default());
        self.0.get_mut(..count).ok_or(Error::OutOfMemory)
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.0.iter_mut().for_each(Zeroize::zeroize);
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[redacted, {} blocks]", self.0.len())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use argon2::password_hash::phc::PasswordHash;
    use argon2::password_hash::{Error, PasswordHasher, PasswordVerifier};
    use argon2::{Algorithm, Argon2, Params, Version};

    use super::{Memory, Spare};

    /// From the tests of the reference implementation, phc-winner-argon2: "password", "somesalt".
    const PUBLISHED: [&str; 3] = [
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA",
    ];

    #[test]
    fn published_hashes_are_verified_in_memory_that_another_left() {
        let mut memory = Memory::default();
        for published in PUBLISHED {
            let hash = PasswordHash::new(published).unwrap();
            assert_eq!(memory.verify(b"password", &hash), Ok(()));
            assert_eq!(memory.verify(b"Password", &hash), Err(Error::PasswordInvalid));
        }
    }

    #[test]
    fn hashes_are_those_of_the_library_in_memory_of_its_own() {
        let mut memory = Memory::default();
        for (kib, passes, lanes) in [(64, 1, 1), (8, 3, 1), (64, 2, 4), (72, 1, 1)] {
            let params = Params::new(kib, passes, lanes, None).unwrap();
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
            let ours = memory.hash(params, b"correct horse", b"a salt of bytes!").unwrap();
            let theirs =
                argon2.hash_password_with_salt(b"correct horse", b"a salt of bytes!").unwrap();
            assert_eq!(ours.to_string(), theirs.to_string());
            assert_eq!(argon2.verify_password(b"correct horse", &ours), Ok(()));
            assert_eq!(memory.verify(b"correct horse", &theirs), Ok(()));
        }
    }

    #[test]
    fn what_is_no_hash_of_a_password_is_not_compared() {
        let mut memory = Memory::default();
        for incomplete in ["$argon2id$v=19$m=64,t=2,p=1", "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ"]
        {
            let hash = PasswordHash::new(incomplete).unwrap();
            assert_eq!(memory.verify(b"password", &hash), Err(Error::PasswordInvalid));
        }
        let other = PasswordHash::new("$scrypt$ln=1,r=8,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA");
        assert_eq!(memory.verify(b"password", &other.unwrap()), Err(Error::Algorithm));
    }

    #[test]
    fn memory_is_kept_for_those_who_wait_alone() {
        let spare = Spare::default();
        for (waiting, kept) in [(2, 1), (2, 2), (2, 2), (3, 3), (0, 0), (5, 1)] {
            spare.put(Memory::default());
            spare.keep(waiting);
            assert_eq!(spare.len(), kept);
        }
        let _memory = spare.take();
        assert_eq!(spare.len(), 0);
    }
}
