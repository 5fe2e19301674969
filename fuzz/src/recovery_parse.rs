//! Recovery codes as people type them.

use upheld_second_factor::{RecoveryCode, RecoveryCodeError};

const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A text is a code if and only if its symbols are 24 of the alphabet and sum to nothing; what is
/// read is written as the same symbols, and reads alike.
pub fn recovery_parse(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let read = RecoveryCode::parse(text);
    if text.len() > 64 {
        assert!(matches!(read, Err(RecoveryCodeError::Length { .. })));
        return;
    }
    let spelled = text.to_ascii_uppercase().replace(['-', ' '], "");
    let spelled = spelled.replace('O', "0").replace(['I', 'L'], "1");
    let values: Option<Vec<u8>> = spelled.chars().map(value_of).collect();
    let expected = values.filter(|values| values.len() == 24 && sum(values) == 0);
    assert_eq!(read.is_ok(), expected.is_some());
    if let Ok(code) = read {
        let written = code.to_text();
        assert_eq!(written.replace('-', ""), spelled);
        assert_eq!(written.len(), 29);
        let again = RecoveryCode::parse(&written).expect("what was written reads");
        assert_eq!(again.to_text(), written);
    }
}

fn value_of(sign: char) -> Option<u8> {
    ALPHABET.find(sign).and_then(|at| u8::try_from(at).ok())
}

/// The sum of each symbol times a power of x, in GF(2)\[x\] modulo x⁵ + x² + 1, by long
/// multiplication.
fn sum(values: &[u8]) -> u8 {
    let mut power = 1;
    let mut sum = 0;
    for value in values.iter().rev() {
        sum ^= product(*value, power);
        power = product(power, 2);
    }
    sum
}

fn product(one: u8, other: u8) -> u8 {
    let mut wide = 0_u16;
    for bit in 0..5 {
        if other >> bit & 1 == 1 {
            wide ^= u16::from(one) << bit;
        }
    }
    for bit in (5..10).rev() {
        if wide >> bit & 1 == 1 {
            wide ^= 0b10_0101 << (bit - 5);
        }
    }
    u8::try_from(wide).expect("five bits remain")
}
