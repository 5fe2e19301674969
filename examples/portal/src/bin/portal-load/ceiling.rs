//! How many passwords this machine can hash at most: nothing but Argon2id on every core.

use std::num::NonZero;
use std::thread;
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};

/// As the portal stores passwords.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Passwords hashed per second by all cores together, over about `duration`.
///
/// `None` when the system gives no threads or no memory.
pub(crate) fn measure(duration: Duration) -> Option<f64> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let threads: Vec<_> = (0..cores).map(|_| thread::spawn(move || hash_for(duration))).collect();
    let rates = threads.into_iter().map(|thread| thread.join().ok().flatten());
    rates.sum()
}

/// Hashes in memory that is allocated once: what allocating costs is the portal's to save.
fn hash_for(duration: Duration) -> Option<f64> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).ok()?;
    let mut memory = vec![Block::default(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut hash_one = || {
        let mut hash = [0; 32];
        argon2.hash_password_into_with_memory(
            b"a password",
            b"a salt of bytes!",
            &mut hash,
            &mut memory,
        )
    };
    // The first touches the memory.
    hash_one().ok()?;
    let start = Instant::now();
    let mut count = 0_u32;
    while start.elapsed() < duration {
        hash_one().ok()?;
        count = count.saturating_add(1);
    }
    Some(f64::from(count) / start.elapsed().as_secs_f64())
}
