//! How a secret is made, held and shown.

use rand_core::{TryCryptoRng, TryRng};
use upheld_totp::{Algorithm, Secret, SecretError};

#[test]
fn lengths_are_bounded_on_both_sides() {
    assert_eq!(Secret::from_bytes(&[]).unwrap_err(), SecretError::Empty);
    assert_eq!(Secret::from_bytes_allowing_weak(&[]).unwrap_err(), SecretError::Empty);
    assert_eq!(Secret::from_bytes(&[0; 1]).unwrap_err(), SecretError::TooShort { bits: 8 });
    assert!(Secret::from_bytes_allowing_weak(&[0; 1]).is_ok());
    assert!(Secret::from_bytes(&[0; 256]).is_ok());
    assert_eq!(Secret::from_bytes(&[0; 257]).unwrap_err(), SecretError::TooLong);
    assert_eq!(Secret::from_bytes_allowing_weak(&[0; 257]).unwrap_err(), SecretError::TooLong);
}

#[test]
fn text_is_bounded_like_bytes() {
    // 80 bits: the length of the example in the Key URI format's description.
    let weak = "JBSWY3DPEHPK3PXP";
    assert_eq!(Secret::from_base32(weak).unwrap_err(), SecretError::TooShort { bits: 80 });
    assert_eq!(Secret::from_base32_allowing_weak(weak).unwrap().expose().len(), 10);
    assert_eq!(Secret::from_base32(&"A".repeat(416)).unwrap_err(), SecretError::TooLong);
    assert_eq!(Secret::from_base32(&"A".repeat(410)).unwrap().expose(), [0; 256]);
    let spaced = "A ".repeat(512);
    assert_eq!(Secret::from_base32(&spaced).unwrap_err(), SecretError::TooLong, "320 bytes");
    assert_eq!(Secret::from_base32(&" ".repeat(1024)).unwrap_err(), SecretError::Empty);
    assert_eq!(Secret::from_base32(&" ".repeat(1025)).unwrap_err(), SecretError::TooLong);
}

#[test]
fn a_generator_that_fails_makes_no_secret() {
    #[derive(Debug, PartialEq)]
    struct Exhausted;

    impl core::fmt::Display for Exhausted {
        fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
            f.write_str("exhausted")
        }
    }

    impl core::error::Error for Exhausted {}

    struct Empty;

    impl TryRng for Empty {
        type Error = Exhausted;

        fn try_next_u32(&mut self) -> Result<u32, Exhausted> {
            Err(Exhausted)
        }

        fn try_next_u64(&mut self) -> Result<u64, Exhausted> {
            Err(Exhausted)
        }

        fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Exhausted> {
            Err(Exhausted)
        }
    }

    impl TryCryptoRng for Empty {}

    assert_eq!(Secret::generate(Algorithm::Sha1, &mut Empty).unwrap_err(), Exhausted);
}
