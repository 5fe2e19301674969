//! What the types promise whatever their values.

use core::error::Error;

use upheld_totp::{
    Algorithm, Code, CodeError, DigitsError, Hotp, KeyUri, LabelError, OsRandomError, Secret,
    SecretError, SecretText, Totp, UriFault, WindowError,
};

#[test]
fn credentials_cross_threads() {
    fn check<T: Send + Sync + 'static>() {}
    check::<Secret>();
    check::<SecretText>();
    check::<Code>();
    check::<Hotp>();
    check::<Totp>();
    check::<KeyUri>();
}

#[test]
fn errors_are_errors_that_cross_threads() {
    fn check<T: Error + Send + Sync + Clone + PartialEq + 'static>() {}
    check::<CodeError>();
    check::<DigitsError>();
    check::<LabelError>();
    check::<OsRandomError>();
    check::<SecretError>();
    check::<UriFault>();
    check::<WindowError>();
}

/// Errors and algorithm names are read by people: no full stop, no capital, one line.
#[test]
fn messages_have_one_form() {
    let errors: [&dyn Error; 5] = [
        &Secret::from_base32("0").unwrap_err(),
        &Code::parse("").unwrap_err(),
        &KeyUri::parse("").unwrap_err(),
        &Secret::from_bytes(&[]).unwrap_err(),
        &SecretError::Padding,
    ];
    for error in errors {
        let text = error.to_string();
        assert!(
            !text.ends_with('.') && !text.contains('\n') && !text.starts_with(char::is_uppercase),
            "{text}"
        );
    }
    assert_eq!(Algorithm::Sha512.name(), "SHA512");
}
