//! C2SP `signed-note`, `tlog-checkpoint` and `tlog-proof`: the examples of the specifications,
//! with their signatures checked by `ring`.

use ring::rand::SystemRandom;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use upheld_ledger::{Checkpoint, CheckpointError, Hash, Inclusion, MAX_NOTE, Note, NoteError};
use upheld_ledger::{NoteKey, ProofError, ProofFile, ProofFileError, Tree};

use crate::records;

/// <https://c2sp.org/signed-note>, Verifier keys, Example.
const KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const NOTE: &str = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
/// <https://c2sp.org/signed-note>, the note at its head.
const POEM: &str = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";
/// <https://c2sp.org/tlog-checkpoint>, the checkpoint at its head.
const CHECKPOINT: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";

fn ed25519(public: &[u8], text: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, public).verify(text, signature).is_ok()
}

//= C2SP signed-note, Ed25519 signatures: the first four bytes of a hash of name, type and key
#[test]
fn the_verifier_key_verifies_the_note() {
    let key = NoteKey::parse(KEY).unwrap();
    assert_eq!((key.name(), key.algorithm(), key.to_text().as_str()), ("example.com/foo", 1, KEY));
    let note = Note::parse(NOTE).unwrap();
    assert_eq!(note.verify(&key, ed25519), Ok(()));
    assert_eq!(note.to_text(), NOTE);
    let changed = Note::parse(&NOTE.replace("example message", "Example message")).unwrap();
    assert_eq!(changed.verify(&key, ed25519), Err(NoteError::Forged));
}

//= C2SP signed-note, Format: the last empty line parts the text from the signatures
#[test]
fn a_text_may_have_empty_lines() {
    let note = Note::parse(POEM).unwrap();
    assert!(note.text().ends_with(":\n\ned è subito sera.\n"));
    assert_eq!(note.to_text(), POEM);
}

//= C2SP signed-note, Signatures: those of unknown keys are ignored, a wrong one of a known key is not
#[test]
fn signatures_of_known_and_unknown_keys() {
    let known = NoteKey::parse(KEY).unwrap();
    let unknown = NoteKey::ed25519("example.com/foo", &[9; 32]).unwrap();
    let note = Note::parse(NOTE).unwrap();
    assert_eq!(note.verify(&unknown, ed25519), Err(NoteError::NotSigned));
    let cosigned = note.clone().signed(&unknown, b"anything");
    assert_eq!(cosigned.verify(&known, ed25519), Ok(()));
    assert_eq!(Note::parse(&cosigned.to_text()), Ok(cosigned));
    let doubly = note.signed(&known, b"wrong");
    assert_eq!(doubly.verify(&known, ed25519), Err(NoteError::Forged));
}

#[test]
fn our_notes_by_an_ed25519_signer() {
    let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    let pair = Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap();
    let public = pair.public_key().as_ref().try_into().unwrap();
    let key = NoteKey::ed25519("clinic.example/log", &public).unwrap();
    assert_eq!(NoteKey::parse(&key.to_text()).as_ref(), Ok(&key));

    let (log, records) = records(7);
    let checkpoint = Checkpoint::of("clinic.example/log", log.tree()).unwrap();
    let note = Note::unsigned(&checkpoint.to_text()).unwrap();
    let signature = pair.sign(note.text().as_bytes());
    let note = Note::parse(&note.signed(&key, signature.as_ref()).to_text()).unwrap();
    note.verify(&key, ed25519).unwrap();

    let leaves: Vec<Hash> = records.iter().map(upheld_ledger::Record::leaf).collect();
    let proof = ProofFile::new(Inclusion::prove(4, &leaves).unwrap(), note).unwrap();
    let read = ProofFile::parse(&proof.to_text()).unwrap();
    assert_eq!(read, proof);
    read.note().verify(&key, ed25519).unwrap();
    assert_eq!(read.inclusion().verify(leaves[4], read.checkpoint().root()), Ok(()));
    assert!(read.inclusion().verify(leaves[3], read.checkpoint().root()).is_err());
    let with_extra = proof.to_text().replace("@v1\n", "@v1\nextra AAAA\n");
    assert_eq!(ProofFile::parse(&with_extra), Ok(proof));
}

#[test]
fn notes_out_of_form() {
    let cases = [
        (String::new(), NoteError::Unsigned),
        ("text\n".into(), NoteError::Unsigned),
        ("text\n\n".into(), NoteError::Unsigned),
        ("te\rxt\n\n— a AAAAAAAA\n".into(), NoteError::Text),
        ("text\n\n— a AAAAAAAA".into(), NoteError::Unsigned),
        ("text\n\n— a AAAAAA==\n".into(), NoteError::Signature { number: 0 }),
        ("text\n\n- a AAAAAAAA\n".into(), NoteError::Signature { number: 0 }),
        ("text\n\n— a+b AAAAAAAA\n".into(), NoteError::Signature { number: 0 }),
        ("text\n\n— a AAAAAAAA\n— a AAAAAAA\n".into(), NoteError::Signature { number: 1 }),
        ("text\n\n— a AAA=AAAA\n".into(), NoteError::Signature { number: 0 }),
        (format!("text\n\n{}", "— a AAAAAAAA\n".repeat(65)), NoteError::Signatures),
        ("x".repeat(MAX_NOTE + 1), NoteError::Length { length: MAX_NOTE + 1 }),
    ];
    for (text, error) in cases {
        assert_eq!(Note::parse(&text), Err(error));
    }
    assert!(Note::parse(&format!("text\n\n{}", "— a AAAAAAAA\n".repeat(64))).is_ok());
    for text in ["", "text", "a\0\n"] {
        assert_eq!(Note::unsigned(text), Err(NoteError::Text));
    }
    let keys = [
        "",
        "a+b",
        &KEY.replace("530d", "530e"),
        &KEY.replace("Ae", "Be"),
        &KEY.replace('k', "k="),
        &KEY.replace("/foo", " foo"),
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    ];
    for key in keys {
        assert!(NoteKey::parse(key).is_err() || key.contains("+Be"), "{key}");
    }
    assert_eq!(NoteKey::ed25519("a b", &[0; 32]), Err(NoteError::Key));
}

//= C2SP tlog-checkpoint, Note text: origin, size, root, and lines that are opaque
#[test]
fn the_example_checkpoint() {
    let note = Note::parse(CHECKPOINT).unwrap();
    let checkpoint = Checkpoint::parse(note.text()).unwrap();
    assert_eq!(
        (checkpoint.origin(), checkpoint.size()),
        ("example.com/behind-the-sofa", 20_852_163)
    );
    assert_eq!(checkpoint.root().to_string(), "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=");
    assert_eq!(checkpoint.to_text(), note.text());
    let extended = format!("{}opaque\n", note.text());
    assert_eq!(Checkpoint::parse(&extended), Ok(checkpoint.clone()));
    // As it was kept: with its signatures, or what they are of.
    for kept in [CHECKPOINT, note.text()] {
        assert_eq!(Checkpoint::parse_kept(kept), Ok(checkpoint.clone()));
    }
    assert_eq!(Checkpoint::parse_kept("text\n\n— a AAAAAAAA\n"), Err(CheckpointError::Lines));
}

#[test]
fn checkpoints_out_of_form() {
    let root = Hash::of_leaf(b"");
    let error = |text: &str| Checkpoint::parse(text).unwrap_err();
    assert_eq!(error(""), CheckpointError::Lines);
    assert_eq!(error("a\n1\n"), CheckpointError::Lines);
    assert_eq!(error(&format!("a\n1\n{root}")), CheckpointError::Lines);
    assert_eq!(error(&format!("a\n1\n{root}\n\n")), CheckpointError::Lines);
    assert_eq!(error(&format!("\n1\n{root}\n")), CheckpointError::Origin);
    for size in ["", "01", "-1", "+1", "1 ", "18446744073709551616", "0"] {
        assert_eq!(error(&format!("a\n{size}\n{root}\n")), CheckpointError::Size);
    }
    assert!(matches!(error("a\n1\nAAAA\n"), CheckpointError::Root(_)));
    assert_eq!(Checkpoint::of("a\nb", &Tree::default()), Err(CheckpointError::Origin));
}

//= C2SP tlog-proof, Format: heading, extra, index, hashes, an empty line, the checkpoint
#[test]
fn proof_files_out_of_form() {
    let file = |front: &str| ProofFile::parse(&format!("{front}\n\n{CHECKPOINT}"));
    assert_eq!(file("c2sp.org/tlog-proof@v2\nindex 0"), Err(ProofFileError::Lines));
    assert_eq!(file("c2sp.org/tlog-proof@v1"), Err(ProofFileError::Lines));
    assert_eq!(file("c2sp.org/tlog-proof@v1\nindex 00"), Err(ProofFileError::Lines));
    assert_eq!(file("c2sp.org/tlog-proof@v1\nindex 0\nAAAA"), Err(ProofFileError::Lines));
    let length = ProofError::Length { found: 0, expected: 25 };
    assert_eq!(file("c2sp.org/tlog-proof@v1\nindex 0"), Err(ProofFileError::Proof(length)));
    let hashes = format!("\n{}", Hash::EMPTY).repeat(25);
    assert!(file(&format!("c2sp.org/tlog-proof@v1\nindex 0{hashes}")).is_ok());
    let two = Inclusion::from_parts(0, 2, vec![Hash::EMPTY]).unwrap();
    let note = Note::parse(CHECKPOINT).unwrap();
    let mismatch = ProofFileError::Size { proof: 2, log: 20_852_163 };
    assert_eq!(ProofFile::new(two, note), Err(mismatch));
}
