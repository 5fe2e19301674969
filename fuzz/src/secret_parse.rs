//! `Secret::from_base32` reads what a strict decoder reads once it was tidied up, and no more.

use data_encoding::{BASE32, BASE32_NOPAD};
use upheld_totp::{Secret, SecretError};

/// The longest text that is read, in bytes.
const MAX_TEXT: usize = 1024;
/// The lengths that a secret may have, in bytes.
const MIN: usize = 16;
const MAX: usize = 256;

/// Reads the input as a base32 secret and compares with `data-encoding`, which is strict.
pub fn secret_parse(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let expected = decode(text);
    let lenient = Secret::from_base32_allowing_weak(text);
    let strict = Secret::from_base32(text);

    let may_be_held = |bytes: &Vec<u8>| (1..=MAX).contains(&bytes.len());
    match (&lenient, expected.as_ref().filter(|bytes| may_be_held(bytes))) {
        (Ok(secret), Some(bytes)) => check_secret(secret, bytes),
        (Err(error), None) => check_error(text, *error, expected.as_deref()),
        (Ok(_), None) => panic!("a text was read that is no base32"),
        (Err(error), Some(_)) => panic!("base32 was refused: {error}"),
    }
    match (strict, lenient) {
        (Ok(secret), Ok(same)) => {
            assert!(secret.expose().len() >= MIN);
            assert_eq!(secret.expose(), same.expose());
        }
        (Err(SecretError::TooShort { bits }), Ok(weak)) => {
            assert!(bits < MIN * 8 && bits == weak.expose().len() * 8);
        }
        (Err(error), Err(same)) => assert_eq!(error, same),
        (strict, lenient) => panic!("{strict:?} against {lenient:?}"),
    }
}

/// What the text stands for, if it is base32 with separators and any padding is right.
fn decode(text: &str) -> Option<Vec<u8>> {
    let tidy = text.replace([' ', '-'], "").to_ascii_uppercase();
    let symbols = tidy.trim_end_matches('=');
    let bytes = BASE32_NOPAD.decode(symbols.as_bytes()).ok()?;
    let is_padded = tidy.len() > symbols.len();
    // Alone, `data-encoding` would also take padding after a complete group, as another group.
    let is_right = !is_padded || BASE32.encode(&bytes) == tidy;
    (is_right && text.len() <= MAX_TEXT).then_some(bytes)
}

/// The secret has these bytes and is written so that all readers agree on it.
fn check_secret(secret: &Secret, bytes: &[u8]) {
    assert_eq!(secret.expose(), bytes);
    let text = secret.to_base32();
    assert_eq!(text.expose(), BASE32_NOPAD.encode(bytes));
    let again = Secret::from_base32_allowing_weak(text.expose());
    assert_eq!(again.expect("its own text is read").expose(), bytes);
    let copied = Secret::from_bytes_allowing_weak(bytes);
    assert_eq!(copied.expect("its own bytes are taken").expose(), bytes);
}

/// The error says what is wrong, and where.
fn check_error(text: &str, error: SecretError, decoded: Option<&[u8]>) {
    let is_separator = |c: char| c == ' ' || c == '-';
    let is_symbol = |c: char| matches!(c, 'A'..='Z' | 'a'..='z' | '2'..='7');
    match error {
        SecretError::Empty => assert_eq!(decoded, Some(&[][..])),
        SecretError::TooLong => {
            assert!(text.len() > MAX_TEXT || decoded.is_some_and(|bytes| bytes.len() > MAX));
        }
        SecretError::Alphabet { at } => {
            let (before, rest) = text.split_at(at);
            assert!(before.chars().all(|c| is_symbol(c) || is_separator(c)));
            let character = rest.chars().next().expect("the position is within the text");
            assert!(!is_symbol(character) && !is_separator(character) && character != '=');
        }
        SecretError::Length { symbols } => {
            assert_eq!(text.chars().filter(|c| is_symbol(*c)).count(), symbols);
            assert!(matches!(symbols % 8, 1 | 3 | 6));
        }
        SecretError::SpareBits { at } => {
            let (_, rest) = text.split_at(at);
            assert!(rest.starts_with(is_symbol));
            assert!(!rest.chars().skip(1).any(is_symbol), "the last symbol is another");
        }
        SecretError::Padding => assert!(text.contains('=')),
        other => panic!("an error without a law: {other}"),
    }
}
