//! What is a code and what is not.

use upheld_totp::{Code, CodeError, Digits};

#[test]
fn digits_with_single_spaces_between_them() {
    for (typed, digits, text) in [
        ("000000", Digits::Six, "000000"),
        ("012 345", Digits::Six, "012345"),
        ("1 2 3 4 5 6", Digits::Six, "123456"),
        ("9999999", Digits::Seven, "9999999"),
        ("0000 0001", Digits::Eight, "00000001"),
        ("99999999", Digits::Eight, "99999999"),
    ] {
        let code = Code::parse(typed).unwrap();
        assert_eq!(code.digits(), digits, "{typed}");
        assert_eq!(code.to_text().expose(), text, "{typed}");
    }
}

#[test]
fn everything_else_is_refused_with_its_place() {
    let refused = [
        ("", CodeError::Length { digits: 0 }),
        ("12345", CodeError::Length { digits: 5 }),
        ("1 2", CodeError::Length { digits: 2 }),
        ("123456789", CodeError::Length { digits: 9 }),
        ("1234567890123456789012345678901234567890", CodeError::Length { digits: 9 }),
        ("+12345", CodeError::Character { at: 0 }),
        ("-12345", CodeError::Character { at: 0 }),
        ("123_456", CodeError::Character { at: 3 }),
        ("123-456", CodeError::Character { at: 3 }),
        ("123  456", CodeError::Character { at: 4 }),
        (" 123456", CodeError::Character { at: 0 }),
        ("123456 ", CodeError::Character { at: 6 }),
        ("123456\n", CodeError::Character { at: 6 }),
        ("123456\0", CodeError::Character { at: 6 }),
        ("123\u{a0}456", CodeError::Character { at: 3 }),
        ("\u{ff11}\u{ff12}\u{ff13}456", CodeError::Character { at: 0 }),
        ("12345\u{0666}", CodeError::Character { at: 5 }),
        ("1234e5", CodeError::Character { at: 4 }),
        ("0x1234", CodeError::Character { at: 1 }),
        ("12345678 ", CodeError::Character { at: 8 }),
        ("12345678 9", CodeError::Length { digits: 9 }),
        (" ", CodeError::Character { at: 0 }),
    ];
    for (typed, error) in refused {
        assert_eq!(Code::parse(typed), Err(error), "{typed:?}");
    }
}

#[test]
fn a_code_is_its_number_and_its_length() {
    let parse = |text| Code::parse(text).unwrap();
    assert_eq!(parse("012345"), parse("01 23 45"));
    assert_ne!(parse("012345"), parse("012346"));
    assert_ne!(parse("012345"), parse("0012345"), "a leading zero is part of the code");
}

#[test]
fn only_three_lengths_exist() {
    for count in 0..=u8::MAX {
        match Digits::try_from(count) {
            Ok(digits) => assert!((6..=8).contains(&count) && u8::from(digits) == count),
            Err(error) => assert!(!(6..=8).contains(&count) && error.0 == count),
        }
    }
}
