//! RFC 2104 and FIPS 180-4: the HMAC of this crate against the `hmac` crate, whose key set-up and
//! padding are its own.

use hmac::{EagerHash, Hmac, KeyInit, Mac};
use upheld_totp::{Algorithm, Counter, Digits, Hotp, Secret};

use crate::pattern;

/// RFC 4226 §5.3 over a general HMAC, written for reading.
fn reference<D: EagerHash>(key: &[u8], counter: u64) -> u32 {
    let mac =
        Hmac::<D>::new_from_slice(key).unwrap().chain_update(counter.to_be_bytes()).finalize();
    let mac = mac.into_bytes();
    let offset = usize::from(mac[mac.len() - 1] & 0xf);
    u32::from_be_bytes(mac[offset..offset + 4].try_into().unwrap()) & 0x7fff_ffff
}

//= RFC 2104 §2: the key, hashed first if longer than a block, is combined with 0x36 and 0x5c
//= FIPS 180-4 §5.1: one bit, zeros, and the length in bits end the message
//= FIPS 180-4 §5.3.1, §5.3.3, §5.3.5: the initial hash values
#[test]
fn every_key_length_agrees_with_the_hmac_crate() {
    let mut offsets = [0_u32; 16];
    for length in 1..=256_usize {
        let key = pattern(length);
        let secret = Secret::from_bytes_allowing_weak(&key).unwrap();
        for counter in [0, 1, u64::try_from(length).unwrap(), u64::from(u32::MAX), u64::MAX] {
            for (algorithm, expected) in [
                (Algorithm::Sha1, reference::<sha1::Sha1>(&key, counter)),
                (Algorithm::Sha256, reference::<sha2::Sha256>(&key, counter)),
                (Algorithm::Sha512, reference::<sha2::Sha512>(&key, counter)),
            ] {
                let code = Hotp::new(&secret, algorithm, Digits::Eight).code(Counter(counter));
                let expected = format!("{:08}", expected % 100_000_000);
                assert_eq!(code.to_text().expose(), expected, "{algorithm:?}, {length} bytes");
            }
            let mac = Hmac::<sha1::Sha1>::new_from_slice(&key).unwrap();
            let mac = mac.chain_update(counter.to_be_bytes()).finalize().into_bytes();
            offsets[usize::from(mac[19] & 0xf)] += 1;
        }
    }
    assert!(offsets.iter().all(|seen| *seen > 0), "an offset was never taken: {offsets:?}");
}
