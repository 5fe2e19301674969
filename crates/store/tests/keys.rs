//! The key ring: what it seals, what it refuses to open, and its file.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::convert::Infallible;

use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use data_encoding::HEXLOWER;
use proptest::prelude::*;
use rand::rngs::SysRng;
use rand_core::{TryCryptoRng, TryRng};
use upheld_store::keys::{
    KeyFileError, KeyId, KeyRing, OpenSealedError, Place, RetireError, Sealed,
};

const PLACE: Place<'_> = Place { table: "credentials", tenant: "northside", account: 42, row: 7 };

/// Draws 0, 1, 2, … so that another implementation can be asked for the same.
struct Counting(u8);

impl TryRng for Counting {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(0)
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
        for byte in to {
            *byte = self.0;
            self.0 = self.0.wrapping_add(1);
        }
        Ok(())
    }
}

impl TryCryptoRng for Counting {}

// Computed by libsodium through PyNaCl 1.6.2, from the key and nonce that `Counting` draws:
// crypto_aead_xchacha20poly1305_ietf_encrypt(b"12345678901234567890", aad, nonce, key) with
// aad = b"upheld sealed\x01" + (11).to_bytes(8) + b"credentials" + (9).to_bytes(8)
//     + b"northside" + (42).to_bytes(16) + (7).to_bytes(16) + (1).to_bytes(4)
#[test]
fn t44_libsodium_seals_alike() {
    let mut counting = Counting(0);
    let ring = KeyRing::generate(&mut counting).unwrap();
    let sealed = ring.seal(PLACE, b"12345678901234567890", &mut counting).unwrap();
    let expected = concat!(
        "01",
        "202122232425262728292a2b2c2d2e2f3031323334353637",
        "2c6b7eff4e0123b3018e618f7b7334e70a6de80ca7246e44f7cf4926540ad179393290ab"
    );
    assert_eq!(HEXLOWER.encode(&sealed.bytes), expected);
    assert_eq!(*ring.open(PLACE, &sealed).unwrap(), b"12345678901234567890");
}

/// draft-irtf-cfrg-xchacha-03 A.3.1: the cipher under the ring is the one of the draft.
#[test]
fn the_cipher_is_that_of_the_draft() {
    let (mut key, mut nonce) = ([0; 32], [0; 24]);
    Counting(0x80).try_fill_bytes(&mut key).unwrap();
    Counting(0x40).try_fill_bytes(&mut nonce).unwrap();
    let plaintext = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip \
                      for the future, sunscreen would be it.";
    let aad = HEXLOWER.decode(b"50515253c0c1c2c3c4c5c6c7").unwrap();
    let cipher = XChaCha20Poly1305::new(&key.into());
    let sealed = cipher.encrypt(&nonce.into(), Payload { msg: plaintext, aad: &aad }).unwrap();
    let expected = concat!(
        "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb",
        "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452",
        "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9",
        "21f9664c97637da9768812f615c68b13b52e",
        "c0875924c1c7987947deafd8780acf49",
    );
    assert_eq!(HEXLOWER.encode(&sealed), expected);
}

fn ring() -> KeyRing {
    KeyRing::generate(&mut SysRng).unwrap()
}

#[test]
fn t44_what_was_moved_does_not_open() {
    let ring = ring();
    let sealed = ring.seal(PLACE, b"secret", &mut SysRng).unwrap();
    for elsewhere in [
        Place { table: "credential", ..PLACE },
        Place { table: "credentialss", ..PLACE },
        Place { tenant: "southside", ..PLACE },
        Place { table: "credentialsn", tenant: "orthside", ..PLACE },
        Place { account: 43, ..PLACE },
        Place { row: 8, ..PLACE },
        Place { account: 7, row: 42, ..PLACE },
    ] {
        assert_eq!(ring.open(elsewhere, &sealed), Err(OpenSealedError::Tampered), "{elsewhere:?}");
    }
    let newer = ring.with_new_key(&mut SysRng).unwrap();
    let relabelled = Sealed { key: KeyId(2), ..sealed.clone() };
    assert_eq!(newer.open(PLACE, &relabelled), Err(OpenSealedError::Tampered));
    assert_eq!(ring.open(PLACE, &relabelled), Err(OpenSealedError::UnknownKey { key: KeyId(2) }));
    assert_eq!(self::ring().open(PLACE, &sealed), Err(OpenSealedError::Tampered));
}

proptest! {
    #[test]
    fn t44_any_changed_bit_and_any_cut_is_noticed(
        secret in prop::collection::vec(any::<u8>(), 0..100),
        at in any::<prop::sample::Index>(),
        bit in 0..8_u8,
    ) {
        let ring = ring();
        let sealed = ring.seal(PLACE, &secret, &mut SysRng).unwrap();
        prop_assert_eq!(&*ring.open(PLACE, &sealed).unwrap(), &secret);
        let mut changed = sealed.clone();
        *at.get_mut(&mut changed.bytes) ^= 1 << bit;
        prop_assert!(ring.open(PLACE, &changed).is_err());
        let mut cut = sealed.clone();
        cut.bytes.truncate(at.index(sealed.bytes.len()));
        prop_assert!(ring.open(PLACE, &cut).is_err());
    }

    #[test]
    fn a_key_file_of_any_content_is_read_or_refused(text in "\\PC*|(upheld key ring 1\n)?([0-9]{1,3} [0-9a-f]{64} [0-9a-f]{8}( current)?\n){0,3}") {
        if let Ok(ring) = KeyRing::parse(&text) {
            let written = ring.to_text();
            prop_assert_eq!(KeyRing::parse(&written).unwrap().to_text(), written);
        }
    }
}

#[test]
fn two_seals_of_one_secret_differ() {
    let ring = ring();
    let seal = || ring.seal(PLACE, b"secret", &mut SysRng).unwrap().bytes;
    assert_ne!(seal(), seal());
}

#[test]
fn t45_a_key_in_use_stays() {
    let ring = ring().with_new_key(&mut SysRng).unwrap();
    assert_eq!(ring.current(), KeyId(2));
    let retire = |key, uses| ring.without_key(KeyId(key), uses).map(|ring| ring.ids().collect());
    assert_eq!(retire(1, 5), Err(RetireError::InUse { key: KeyId(1), rows: 5 }));
    assert_eq!(retire(2, 0), Err(RetireError::Current { key: KeyId(2) }));
    assert_eq!(retire(3, 0), Err(RetireError::Unknown { key: KeyId(3) }));
    assert_eq!(retire(1, 0), Ok(vec![KeyId(2)]));
}

#[test]
fn t45_what_an_older_key_sealed_opens_in_the_newer_ring() {
    let old = ring();
    let sealed = old.seal(PLACE, b"secret", &mut SysRng).unwrap();
    let new = old.with_new_key(&mut SysRng).unwrap();
    assert_eq!(*new.open(PLACE, &sealed).unwrap(), b"secret");
    assert_eq!(new.seal(PLACE, b"secret", &mut SysRng).unwrap().key, KeyId(2));
}

#[test]
fn t45_a_new_key_is_known_before_it_is_used() {
    let new = ring().with_new_key(&mut SysRng).unwrap();
    let known = new.with_current(KeyId(1)).unwrap();
    assert_eq!(known.seal(PLACE, b"secret", &mut SysRng).unwrap().key, KeyId(1));
    // By a node that is further on.
    let sealed = new.seal(PLACE, b"secret", &mut SysRng).unwrap();
    assert_eq!((sealed.key, &**known.open(PLACE, &sealed).unwrap()), (KeyId(2), &b"secret"[..]));
    assert!(new.with_current(KeyId(3)).is_none());
}

#[test]
fn a_key_file_is_written_read_and_checked() {
    let ring = KeyRing::generate(&mut Counting(0)).unwrap().with_new_key(&mut Counting(7)).unwrap();
    let text = ring.to_text();
    let read = KeyRing::parse(&format!("# kept by ops\n\n{}", text.as_str())).unwrap();
    assert_eq!((read.current(), read.ids().collect()), (KeyId(2), vec![KeyId(1), KeyId(2)]));
    let sealed = ring.seal(PLACE, b"secret", &mut SysRng).unwrap();
    assert_eq!(*read.open(PLACE, &sealed).unwrap(), b"secret");

    let lines: Vec<&str> = text.lines().collect();
    let [title, one, two] = lines[..] else { panic!("three lines") };
    let refused = |lines: &[&str]| KeyRing::parse(&lines.join("\n")).unwrap_err();
    assert_eq!(refused(&[]), KeyFileError::Title);
    assert_eq!(refused(&[one, two]), KeyFileError::Title);
    assert_eq!(refused(&[title]), KeyFileError::NoCurrent);
    assert_eq!(refused(&[title, one]), KeyFileError::NoCurrent);
    assert_eq!(refused(&[title, two, one]), KeyFileError::Order { line: 3 });
    assert_eq!(refused(&[title, two, two]), KeyFileError::Order { line: 3 });
    assert_eq!(refused(&[title, one.get(..60).unwrap()]), KeyFileError::Form { line: 2 });
    let also_current = format!("{one} current");
    assert_eq!(refused(&[title, &also_current, two]), KeyFileError::TwoCurrent { line: 3 });
    let flipped = one.replacen("01", "00", 1);
    assert_eq!(refused(&[title, &flipped, two]), KeyFileError::Check { line: 2 });
    let renamed = one.replacen('1', "2", 1);
    assert_eq!(refused(&[title, &renamed]), KeyFileError::Check { line: 2 });
    assert_eq!(refused(&[title, &"x".repeat(70_000)]), KeyFileError::TooLong);
}

#[test]
fn t42_a_key_ring_prints_names_alone() {
    let ring = KeyRing::generate(&mut Counting(0xA0)).unwrap();
    assert_eq!(format!("{ring:?}"), "KeyRing { keys: [KeyId(1)], current: KeyId(1), .. }");
}
