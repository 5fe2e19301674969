//! Files of a ledger, as anybody may have left them.

use sha2::{Digest, Sha256};
use upheld_ledger::{Entry, Hash, RecordRef, Verifier};

/// What verifies is, line by line, what would be written, and its root is that of RFC 6962.
pub fn ledger_file(data: &[u8]) {
    let mut verifier = Verifier::default();
    let mut leaves: Vec<[u8; 32]> = Vec::new();
    for line in data.split(|byte| *byte == b'\n') {
        let Ok(record) = RecordRef::parse_line(line) else { return };
        let entry = Entry::parse(record.entry()).expect("a line that reads holds an entry");
        let is_sound = verifier.push(record).is_ok();
        let leaf = Sha256::new().chain_update([0]).chain_update(record.entry()).finalize().into();
        let number = u64::try_from(leaves.len()).expect("fewer lines than that");
        let expected = entry.index == number && record.leaf() == Hash::from_bytes(leaf);
        assert_eq!(is_sound, expected);
        if !is_sound {
            return;
        }
        leaves.push(leaf);
        assert_eq!(verifier.tree().root(), Hash::from_bytes(root(&leaves)));
    }
}

/// The definition of RFC 6962 §2.1, taken at its word.
fn root(leaves: &[[u8; 32]]) -> [u8; 32] {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => *leaf,
        _ => {
            let mut middle = 1;
            while middle * 2 < leaves.len() {
                middle *= 2;
            }
            let (left, right) = leaves.split_at(middle);
            let node = Sha256::new().chain_update([1]).chain_update(root(left));
            node.chain_update(root(right)).finalize().into()
        }
    }
}
