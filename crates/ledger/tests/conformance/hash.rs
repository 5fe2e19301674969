//! Hashes of leaves and nodes against `sha2`'s streaming interface, and their text.

use sha2::{Digest, Sha256};
use upheld_ledger::Hash;

//= RFC 6962 §2.1: a leaf is hashed after a byte 0, a node after a byte 1
//= FIPS 180-4 §5.1.1: a bit 1, zeros, and the length in bits as 64 bits
#[test]
fn leaves_of_every_length() {
    for length in 0..1_000_usize {
        let data: Vec<u8> = (0..length).map(|index| (index * 31 + length) as u8).collect();
        let expected: [u8; 32] =
            Sha256::new().chain_update([0]).chain_update(&data).finalize().into();
        assert_eq!(Hash::of_leaf(&data).as_bytes(), &expected, "{length} bytes");
    }
}

#[test]
fn nodes() {
    for seed in 0..100_u8 {
        let hash = |salt: u8| Hash::from_bytes(Sha256::digest([seed, salt]).into());
        let (left, right) = (hash(1), hash(2));
        let message = [&[1][..], left.as_bytes(), right.as_bytes()].concat();
        let expected: [u8; 32] = Sha256::digest(message).into();
        assert_eq!(Hash::of_node(left, right).as_bytes(), &expected);
    }
}

//= RFC 6962 §2.1: the hash of an empty list is the hash of an empty string
#[test]
fn nothing() {
    let expected: [u8; 32] = Sha256::digest([]).into();
    assert_eq!(Hash::EMPTY.as_bytes(), &expected);
}

#[test]
fn texts_that_are_no_hash() {
    let good = Hash::EMPTY.to_string();
    assert_eq!(Hash::parse(&good), Ok(Hash::EMPTY));
    let bad = [
        "",
        "AAAA",
        &good[..43],
        &good.replace('=', "A"),
        &format!("{good}AAAA"),
        &good.replace('/', "_"),
        &format!(" {}", &good[1..]),
        // Spare bits that are set.
        &good.replace("FU=", "FV="),
        &"é".repeat(22),
        // Two texts in a row: 2 bytes and 30.
        &format!("AAA={}", "AAAA".repeat(10)),
    ];
    for text in bad {
        let error = Hash::parse(text).unwrap_err().to_string();
        assert_eq!(
            error,
            format!("{} bytes of text; a hash is 44 characters of base64 with padding", text.len())
        );
    }
}
