//! Google Authenticator exports: what is read is written and read again alike.

use data_encoding::BASE64;
use upheld_migrate_otp::{Entry, google};

use crate::credentials::{Zeros, described};

/// Reads the input as the lines of an export, and as the payload of a single URI.
///
/// A payload's URI is made here with another base64 encoder. What was read and can be written
/// comes back with the same names, secrets and parameters.
pub fn migration(data: &[u8]) {
    if let Ok(text) = str::from_utf8(data) {
        check(google::import(&text.lines().collect::<Vec<_>>()).ok());
    }
    let data = BASE64.encode(data).replace('+', "%2B").replace('/', "%2F").replace('=', "%3d");
    let uri = format!("otpauth-migration://offline?data={data}");
    check(google::import(&[&uri]).ok());
}

fn check(entries: Option<Vec<Entry>>) {
    let Some(entries) = entries else { return };
    let Ok(parts) = google::export(&entries, &mut Zeros) else { return };
    let parts: Vec<&str> = parts.iter().map(upheld_migrate_otp::SecretDocument::expose).collect();
    let again = google::import(&parts).expect("what was exported is an export");
    assert_eq!(described(&again), described(&entries));
    // The parts of a batch may come in any order, and none may be missing.
    let reversed: Vec<&str> = parts.iter().rev().copied().collect();
    let again = google::import(&reversed).expect("the order of the parts does not matter");
    assert_eq!(described(&again), described(&entries));
    if let Some((_, rest)) = parts.split_first() {
        assert!(google::import(rest).is_err(), "a part is missing");
    }
}
