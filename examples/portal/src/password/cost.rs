//! What a password hash costs.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Params, Version};

/// How much memory and time Argon2id takes, on one lane.
///
/// The default is 19 MiB and two passes.
//= RFC 9106 §4: Argon2id, with what the server can spare; OWASP names the least that will do
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    memory_kib: u32,
    passes: u32,
}

/// Why a cost was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordCostError {
    /// Too cheap for whoever guesses at a stolen hash.
    #[error(
        "{memory_kib} KiB and {passes} passes are too cheap to guess at; use at least 19456 KiB \
         and 2, 12288 and 3, 9216 and 4, 7168 and 5, or 47104 and 1"
    )]
    TooCheap {
        /// The memory asked for.
        memory_kib: u32,
        /// The passes asked for.
        passes: u32,
    },
    /// Too dear for the server.
    #[error(
        "{memory_kib} KiB and {passes} passes would stall the portal; use at most {} KiB and {} \
         passes",
        PasswordCost::MAX_MEMORY_KIB,
        PasswordCost::MAX_PASSES
    )]
    TooDear {
        /// The memory asked for.
        memory_kib: u32,
        /// The passes asked for.
        passes: u32,
    },
}

impl PasswordCost {
    /// The most memory of a hash: 1 GiB.
    pub const MAX_MEMORY_KIB: u32 = 1024 * 1024;
    /// The most passes.
    pub const MAX_PASSES: u32 = 16;
    /// The pairs that OWASP's password storage cheat sheet holds equal.
    const LEAST: [(u32, u32); 5] = [(47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5)];

    /// A cost of `memory_kib` KiB and `passes` passes.
    ///
    /// # Errors
    ///
    /// [`PasswordCostError`].
    pub fn new(memory_kib: u32, passes: u32) -> Result<Self, PasswordCostError> {
        if memory_kib > Self::MAX_MEMORY_KIB || passes > Self::MAX_PASSES {
            return Err(PasswordCostError::TooDear { memory_kib, passes });
        }
        let suffices = |&(memory, count): &(u32, u32)| memory_kib >= memory && passes >= count;
        if !Self::LEAST.iter().any(suffices) {
            return Err(PasswordCostError::TooCheap { memory_kib, passes });
        }
        Ok(Self { memory_kib, passes })
    }

    /// The memory of one hash, in KiB.
    #[must_use]
    pub const fn memory_kib(self) -> u32 {
        self.memory_kib
    }

    /// How often the memory is gone over.
    #[must_use]
    pub const fn passes(self) -> u32 {
        self.passes
    }

    pub(super) fn params(self) -> argon2::Result<Params> {
        Params::new(self.memory_kib, self.passes, Self::LANES, None)
    }

    /// Whether `hash` was made at this cost, by this algorithm.
    pub(super) fn is_of(self, hash: &PasswordHash) -> bool {
        let version = hash.version == Some(Version::V0x13.into());
        hash.algorithm == Algorithm::Argon2id.ident()
            && version
            && Params::try_from(hash).is_ok_and(|params| {
                (params.m_cost(), params.t_cost(), params.p_cost())
                    == (self.memory_kib, self.passes, Self::LANES)
            })
    }

    const LANES: u32 = 1;
}

impl Default for PasswordCost {
    fn default() -> Self {
        Self { memory_kib: 19_456, passes: 2 }
    }
}

#[cfg(test)]
mod tests {
    use super::{PasswordCost, PasswordCostError};

    #[test]
    fn a_cost_is_neither_too_cheap_nor_too_dear() {
        let default = PasswordCost::default();
        assert_eq!(PasswordCost::new(default.memory_kib(), default.passes()), Ok(default));
        for (memory, passes) in [(47_104, 1), (12_288, 3), (9_216, 4), (7_168, 5), (7_168, 16)] {
            assert!(PasswordCost::new(memory, passes).is_ok());
        }
        for (memory, passes) in [(0, 0), (19_455, 2), (19_456, 1), (7_167, 16), (7_168, 4)] {
            let refused = PasswordCost::new(memory, passes);
            assert_eq!(refused, Err(PasswordCostError::TooCheap { memory_kib: memory, passes }));
        }
        for (memory, passes) in [(u32::MAX, 2), (1_048_577, 2), (19_456, 17)] {
            let refused = PasswordCost::new(memory, passes);
            assert_eq!(refused, Err(PasswordCostError::TooDear { memory_kib: memory, passes }));
        }
    }
}
