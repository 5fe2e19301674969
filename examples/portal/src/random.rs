//! Where randomness comes from: the operating system, and nowhere else.

use rand::TryRng;
use rand::rngs::SysRng;
use upheld_second_factor::{AccountId, CredentialId, RecoverySet};
use upheld_totp::{Algorithm, Secret};
use zeroize::Zeroizing;

/// The operating system could not provide randomness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system provided no randomness; nothing was issued")]
#[non_exhaustive]
pub struct NoRandomness;

/// Makes up a password of 80 random bits: four groups of four letters and digits.
///
/// # Errors
///
/// [`NoRandomness`].
pub fn generate_password() -> Result<Zeroizing<String>, NoRandomness> {
    /// Thirty-two signs, without those that are easily taken for another.
    const SIGNS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut password = Zeroizing::new(String::with_capacity(19));
    for (at, byte) in bytes::<16>()?.iter().enumerate() {
        if at > 0 && at % 4 == 0 {
            password.push('-');
        }
        password.extend(SIGNS.get(usize::from(byte & 31)).copied().map(char::from));
    }
    Ok(password)
}

pub(crate) fn bytes<const N: usize>() -> Result<Zeroizing<[u8; N]>, NoRandomness> {
    let mut bytes = Zeroizing::new([0; N]);
    SysRng.try_fill_bytes(bytes.as_mut_slice()).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

pub(crate) fn totp_secret() -> Result<Secret, NoRandomness> {
    Secret::generate(Algorithm::Sha1, &mut SysRng).map_err(|_| NoRandomness)
}

/// Draws a set of recovery codes for `account`, and their text, one on each line.
pub(crate) fn recovery_codes(
    account: AccountId,
    id: CredentialId,
) -> Result<(RecoverySet, Zeroizing<String>), NoRandomness> {
    let drawn = RecoverySet::generate(account, id, &mut SysRng);
    let (set, codes) = drawn.map_err(|_| NoRandomness)?;
    let mut text = Zeroizing::new(String::with_capacity(512));
    for (at, code) in codes.iter().enumerate() {
        if at > 0 {
            text.push('\n');
        }
        text.push_str(&code.to_text());
    }
    Ok((set, text))
}
