//! `Code::parse` takes exactly the syntax it documents.

use upheld_totp::{Code, CodeError};

/// Reads the input as a code.
///
/// Whether it is one is judged here by splitting: groups of ASCII digits with one space between
/// two groups, six to eight digits in all. What is read is written back as those digits.
pub fn code_parse(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let digits: String = text.split(' ').collect();
    let is_group = |group: &str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    let is_code = text.split(' ').all(is_group) && (6..=8).contains(&digits.len());

    match Code::parse(text) {
        Ok(code) => {
            assert!(is_code, "a text that is no code was read");
            assert_eq!(code.to_text().expose(), digits);
            assert_eq!(usize::from(code.digits().count()), digits.len());
            assert_eq!(Code::parse(&digits), Ok(code), "the digits alone are another code");
        }
        Err(error) => {
            assert!(!is_code, "a code was refused: {error}");
            check_error(text, error);
        }
    }
}

/// The error says what is wrong, and where.
fn check_error(text: &str, error: CodeError) {
    match error {
        CodeError::Character { at } => {
            let (before, rest) = text.split_at(at);
            assert!(before.bytes().all(|byte| byte == b' ' || byte.is_ascii_digit()));
            let character = rest.chars().next().expect("the position is within the text");
            let is_stray = at == 0 || rest == " " || before.ends_with(' ');
            assert!(!character.is_ascii_digit() && (character != ' ' || is_stray), "{error}");
        }
        CodeError::Length { digits } => {
            let there = text.bytes().filter(u8::is_ascii_digit).count();
            assert!(!(6..=8).contains(&there) && there.min(9) == usize::from(digits), "{error}");
        }
        other => panic!("an error without a law: {other}"),
    }
}
