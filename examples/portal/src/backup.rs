//! Backups of a SQLite database: one file, encrypted under the key ring's current key
//! (XChaCha20-Poly1305), readable with the key file alone.
//!
//! ```text
//! upheld portal backup 1
//! 16 random bytes, the backup's own
//! then pieces of up to 64 KiB: the key's number, the length (both four bytes, the highest
//! first) and what was sealed, bound to the tenant, the backup, its place, and whether it is the last
//! ```
//!
//! So no piece can be changed, left out, added, or taken from another backup.

use std::io::{self, Read, Write};

use rand::rngs::SysRng;
use upheld_store::Tenant;
use upheld_store::keys::{KeyId, KeyRing, OpenSealedError, Place, Sealed};
use zeroize::Zeroizing;

use crate::random;

const TITLE: &[u8] = b"upheld portal backup 1\n";
const PIECE_BYTES: u64 = 64 * 1024;
/// More than the format byte, the nonce and the tag of a sealed piece.
const MAX_SEALED_BYTES: u64 = PIECE_BYTES + 256;
const ID_BYTES: usize = 16;

/// Why a backup was not written, or not read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// A file could not be read or written.
    #[error("a file could not be read or written: {0}")]
    File(#[from] io::Error),
    /// The first line is another one.
    #[error("this is no backup, or one of a newer version")]
    Title,
    /// It ends within a piece, before the last piece, or goes on after it.
    #[error("the backup is cut off, or something was added to it")]
    Length,
    /// A piece does not open.
    #[error("piece {piece} does not open: {error}")]
    Piece {
        /// Which one, from 0.
        piece: u64,
        /// Why.
        error: OpenSealedError,
    },
    /// No randomness, or more than can be encrypted.
    #[error("the backup could not be encrypted: {0}")]
    Seal(&'static str),
}

/// Encrypts `database` into `backup`.
///
/// # Errors
///
/// [`BackupError`]; what was written so far is of no use then.
pub fn seal(
    keys: &KeyRing,
    tenant: &Tenant,
    database: &mut impl Read,
    backup: &mut impl Write,
) -> Result<(), BackupError> {
    let id = random::bytes::<ID_BYTES>().map_err(|_| BackupError::Seal("no randomness"))?;
    backup.write_all(TITLE)?;
    backup.write_all(id.as_slice())?;
    let account = u128::from_be_bytes(*id);
    let mut piece = read_piece(database)?;
    for number in 0_u64.. {
        let next = read_piece(database)?;
        let is_last = next.is_empty();
        let place = place(tenant, account, number, is_last);
        let sealed = keys.seal(place, &piece, &mut SysRng);
        let sealed = sealed.map_err(|_| BackupError::Seal("no randomness, or too long"))?;
        let length = u32::try_from(sealed.bytes.len());
        let length = length.map_err(|_| BackupError::Seal("a piece is too long"))?;
        backup.write_all(&sealed.key.0.to_be_bytes())?;
        backup.write_all(&length.to_be_bytes())?;
        backup.write_all(&sealed.bytes)?;
        if is_last {
            break;
        }
        piece = next;
    }
    Ok(backup.flush()?)
}

/// Decrypts `backup` into `database`.
///
/// # Errors
///
/// [`BackupError`]; what was written so far must not be used then.
pub fn open(
    keys: &KeyRing,
    tenant: &Tenant,
    backup: &mut impl Read,
    database: &mut impl Write,
) -> Result<(), BackupError> {
    let mut title = [0; TITLE.len()];
    backup.read_exact(&mut title).map_err(|_| BackupError::Title)?;
    if title != TITLE {
        return Err(BackupError::Title);
    }
    let account = u128::from_be_bytes(read_exactly(backup)?);
    let mut sealed = read_sealed(backup)?.ok_or(BackupError::Length)?;
    for number in 0_u64.. {
        let next = read_sealed(backup)?;
        let place = place(tenant, account, number, next.is_none());
        let piece = keys.open(place, &sealed);
        let piece = piece.map_err(|error| BackupError::Piece { piece: number, error })?;
        database.write_all(&piece)?;
        match next {
            Some(next) => sealed = next,
            None => break,
        }
    }
    Ok(database.flush()?)
}

/// Where a piece belongs: in this backup, at this place, at its end or not.
fn place(tenant: &Tenant, backup: u128, number: u64, is_last: bool) -> Place<'_> {
    let row = u128::from(number).saturating_mul(2).saturating_add(is_last.into());
    Place { table: "backup", tenant: tenant.as_str(), account: backup, row }
}

fn read_piece(database: &mut impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut piece = Zeroizing::new(Vec::new());
    database.take(PIECE_BYTES).read_to_end(&mut piece)?;
    Ok(piece)
}

/// The next piece, or none at the end.
fn read_sealed(backup: &mut impl Read) -> Result<Option<Sealed>, BackupError> {
    let mut first = [0; 1];
    if backup.read(&mut first)? == 0 {
        return Ok(None);
    }
    let [b, c, d] = read_exactly(backup)?;
    let key = KeyId(u32::from_be_bytes([first[0], b, c, d]));
    let length = u64::from(u32::from_be_bytes(read_exactly(backup)?));
    if length > MAX_SEALED_BYTES {
        return Err(BackupError::Length);
    }
    let mut bytes = Vec::new();
    let read = backup.take(length).read_to_end(&mut bytes)?;
    if u64::try_from(read).ok() != Some(length) {
        return Err(BackupError::Length);
    }
    Ok(Some(Sealed { key, bytes }))
}

fn read_exactly<const N: usize>(backup: &mut impl Read) -> Result<[u8; N], BackupError> {
    let mut bytes = [0; N];
    match backup.read_exact(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(BackupError::Length),
        Err(error) => Err(error.into()),
    }
}
