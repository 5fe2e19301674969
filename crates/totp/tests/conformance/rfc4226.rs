//! RFC 4226: the algorithm, its published values, look-ahead.

use upheld_totp::{Algorithm, Counter, Digits, Hotp, Secret, SecretError};

use crate::{rfc_key, rows};

const APPENDIX_D: &str = include_str!("../vectors/rfc4226-appendix-d.txt");

//= RFC 4226 §5.3: the code is the number modulo ten to the power of the digits
//= RFC 4226 §5.3: the last byte chooses the offset, also in the longer MACs of RFC 6238
#[test]
fn appendix_d() {
    let rows = rows(APPENDIX_D);
    assert_eq!(rows.len(), 10, "a vector went missing");
    let key = rfc_key(Algorithm::Sha1);
    for row in rows {
        let counter = Counter(row[0].parse().unwrap());
        let code = |digits| Hotp::new(&key, Algorithm::Sha1, digits).code(counter);
        assert_eq!(code(Digits::Six).to_text().expose(), row[2], "counter {}", row[0]);
        // The truncated value is printed too, and its last digits are the longer codes.
        let truncated: u32 = row[1].parse().unwrap();
        let eight = format!("{:08}", truncated % 100_000_000);
        assert_eq!(code(Digits::Eight).to_text().expose(), eight, "counter {}", row[0]);
        assert_eq!(code(Digits::Seven).to_text().expose(), &eight[1..], "counter {}", row[0]);
    }
}

//= RFC 4226 §4 R6: at least 128 bits, 160 recommended
#[test]
fn r6_length_of_the_shared_secret() {
    assert!(Secret::from_bytes(&[1; 16]).is_ok());
    assert_eq!(Secret::from_bytes(&[1; 15]).unwrap_err(), SecretError::TooShort { bits: 120 });
    assert_eq!(Algorithm::default().mac_len() * 8, 160);
}
