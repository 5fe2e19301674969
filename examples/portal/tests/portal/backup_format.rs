//! The form of backups, against whoever gets at them.

use portal::backup::{BackupError, open, seal};
use rand::rngs::SysRng;
use upheld_store::Tenant;
use upheld_store::keys::KeyRing;

const PIECE: usize = 64 * 1024;

fn tenant() -> Tenant {
    Tenant::new("northside").unwrap()
}

fn sealed(keys: &KeyRing, database: &[u8]) -> Vec<u8> {
    let mut backup = Vec::new();
    seal(keys, &tenant(), &mut &*database, &mut backup).unwrap();
    backup
}

fn opened(keys: &KeyRing, mut backup: &[u8]) -> Result<Vec<u8>, BackupError> {
    let mut database = Vec::new();
    open(keys, &tenant(), &mut backup, &mut database)?;
    Ok(database)
}

#[test]
fn what_was_backed_up_comes_back() {
    let keys = KeyRing::generate(&mut SysRng).unwrap();
    for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 77] {
        let database: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let backup = sealed(&keys, &database);
        assert!(opened(&keys, &backup).unwrap() == database, "{length}");
        assert!(length < 64 || !backup.windows(64).any(|it| it == &database[..64]), "{length}");
    }
}

#[test]
fn t56_no_piece_can_be_changed_left_out_or_exchanged() {
    let keys = KeyRing::generate(&mut SysRng).unwrap();
    let database: Vec<u8> = (0..2 * PIECE + 9).map(|at| u8::try_from(at % 251).unwrap()).collect();
    let backup = sealed(&keys, &database);
    let head = backup.len() - 2 * PIECE - 9;
    let overhead = (head - 23 - 16) / 3;
    let piece = PIECE + overhead;
    let start = 23 + 16;
    let refused = |backup: &[u8], what: &str| assert!(opened(&keys, backup).is_err(), "{what}");

    for at in [0, 22, 23, 38, start, start + 3, start + 4, start + 8, start + 9, start + 40] {
        let mut changed = backup.clone();
        changed[at] ^= 1;
        refused(&changed, "a byte changed");
    }
    for length in [0, 10, 23, start, start + 5, start + 100, start + piece, start + 2 * piece] {
        refused(&backup[..length], "cut off");
    }
    refused(&backup[..backup.len() - 1], "cut off by a byte");
    refused(&[&backup[..], b"x"].concat(), "a byte added");
    refused(&[&backup[..], &backup[start..]].concat(), "pieces added");
    let (first, second) =
        (&backup[start..start + piece], &backup[start + piece..start + 2 * piece]);
    refused(&[&backup[..start], second, first, &backup[start + 2 * piece..]].concat(), "exchanged");
    refused(&[&backup[..start], second, &backup[start + 2 * piece..]].concat(), "one left out");
    let other = sealed(&keys, &database);
    let mixed = [&backup[..start + piece], &other[start + piece..]].concat();
    refused(&mixed, "a piece of another backup");

    let huge = [&backup[..start + 4], &[0xff; 4], &backup[start + 8..]].concat();
    assert!(matches!(opened(&keys, &huge), Err(BackupError::Length)));
    let others = KeyRing::generate(&mut SysRng).unwrap();
    assert!(matches!(opened(&others, &backup), Err(BackupError::Piece { piece: 0, .. })));
    let mut elsewhere = Vec::new();
    let tenant = Tenant::new("southside").unwrap();
    assert!(open(&keys, &tenant, &mut &*backup, &mut elsewhere).is_err());
    assert!(matches!(opened(&keys, b"SQLite format 3\0"), Err(BackupError::Title)));
}
