//! Checkpoints, notes, proofs and keys as text.

use upheld_ledger::{Checkpoint, Note, NoteKey, ProofFile};

/// What reads is written as it was, but for what the formats pass over: extension lines of a
/// checkpoint and extra data of a proof.
pub fn ledger_text(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    if let Ok(checkpoint) = Checkpoint::parse(text) {
        let written = checkpoint.to_text();
        assert!(text.starts_with(&written));
        assert_eq!(Checkpoint::parse(&written), Ok(checkpoint));
    }
    if let Ok(note) = Note::parse(text) {
        assert_eq!(note.to_text(), text);
        assert!(Note::unsigned(note.text()).is_ok());
    }
    if let Ok(proof) = ProofFile::parse(text) {
        let written = proof.to_text();
        assert!(text == written || text.contains("\nextra "));
        assert_eq!(ProofFile::parse(&written), Ok(proof));
    }
    if let Ok(key) = NoteKey::parse(text) {
        assert_eq!(key.to_text(), text);
    }
}
