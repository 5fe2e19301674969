//! `FreeOTP+` backups.
//!
//! Source: the fields of the JSON that `FreeOTP+` writes; its `counter` is the one whose code the
//! app shows next. The secrets are those of RFC 4226 and RFC 6238, as signed bytes.

use upheld_migrate_otp::{Credential, Entry, EntryFault, ImportError, Repair, freeotp_plus};
use upheld_totp::{Counter, Factor, SecretError, UnixSeconds};

const BACKUP: &str = r#"{"tokenOrder":["Lab:bob","nobody","Clinic:alice"],"tokens":[
{"algo":"SHA1","counter":0,"digits":8,"issuerExt":"Clinic","issuerInt":"Clinic","label":"alice","period":30,"secret":[49,50,51,52,53,54,55,56,57,48,49,50,51,52,53,54,55,56,57,48],"type":"TOTP"},
{"digits":6,"issuerExt":"","label":"last","period":30,"secret":[-128,-1,0,1,127,0,0,0,0,0,0,0,0,0,0,0],"type":"TOTP"},
{"algo":"SHA1","counter":4,"digits":6,"issuerExt":"Lab","issuerInt":"Lab","label":"bob","period":30,"secret":[49,50,51,52,53,54,55,56,57,48,49,50,51,52,53,54,55,56,57,48],"type":"HOTP"}
]}"#;

fn import(from: &str, to: &str) -> Result<Vec<Entry>, ImportError> {
    assert!(BACKUP.contains(from), "{from}");
    freeotp_plus::import(BACKUP.replacen(from, to, 1).as_bytes())
}

fn names(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.credential.label().account()).collect()
}

#[test]
fn a_backup_is_read_in_the_order_of_the_screen() {
    let entries = freeotp_plus::import(BACKUP.as_bytes()).unwrap();
    assert_eq!(names(&entries), ["bob", "alice", "last"]);
    let Credential::Otp(hotp) = &entries[0].credential else { panic!("not OTP") };
    assert_eq!(hotp.factor, Factor::Hotp { counter: Counter(4) });
    let code = hotp.hotp().unwrap().code(Counter(4));
    assert_eq!(code.to_text().expose(), "338314", "RFC 4226 appendix D");
    let Credential::Otp(totp) = &entries[1].credential else { panic!("not OTP") };
    let code = totp.totp().unwrap().code_at(UnixSeconds(1_234_567_890));
    assert_eq!(code.to_text().expose(), "89005924", "RFC 6238 appendix B");
    let negative = entries[2].credential.secret().expose();
    assert_eq!(negative[..5], [0x80, 0xff, 0, 1, 0x7f]);
    assert!(entries.iter().all(|entry| entry.repairs.is_empty()));

    let unordered =
        import("\"tokenOrder\":[\"Lab:bob\",\"nobody\",\"Clinic:alice\"],", "").unwrap();
    assert_eq!(names(&unordered), ["alice", "last", "bob"]);
}

#[test]
fn what_the_person_wrote_over_a_name_counts() {
    let entries = import(
        "\"label\":\"alice\"",
        "\"label\":\"alice\",\"labelAlt\":\"my: own\",\"issuerAlt\":\"GP\"",
    )
    .unwrap();
    let label = entries[1].credential.label();
    assert_eq!((label.issuer(), label.account()), (Some("GP"), "my- own"));
    assert_eq!(entries[1].repairs, [Repair::Name]);
    let entries = import("\"issuerInt\":\"Clinic\"", "\"issuerInt\":\"Hospital\"").unwrap();
    // The order knows the token by its issuer parameter, and so no longer finds it.
    assert_eq!(entries[1].credential.label().issuer(), Some("Hospital"));
    assert_eq!(entries[1].repairs, [Repair::IssuerMismatch]);
}

#[test]
fn a_counter_before_the_first_is_the_first() {
    let entries = import("\"counter\":4", "\"counter\":-1").unwrap();
    let Credential::Otp(hotp) = &entries[0].credential else { panic!("not OTP") };
    assert_eq!(hotp.factor, Factor::Hotp { counter: Counter(0) });
    assert_eq!(entries[0].repairs, [Repair::NegativeCounter]);
    let error = import("\"counter\":4", "\"counter\":-2").unwrap_err();
    assert_eq!(error, ImportError::Entry { index: 2, fault: EntryFault::Counter });
}

#[test]
fn no_issuer_makes_a_token_steam() {
    let token = "\"digits\":8,\"issuerExt\":\"Clinic\",\"issuerInt\":\"Clinic\"";
    let entries =
        import(token, "\"digits\":8,\"issuerExt\":\"Steam\",\"issuerInt\":\"Steam\"").unwrap();
    assert!(entries.iter().all(|entry| matches!(entry.credential, Credential::Otp(_))));
    let error =
        import(token, "\"digits\":5,\"issuerExt\":\"Steam\",\"issuerInt\":\"Steam\"").unwrap_err();
    assert_eq!(error, ImportError::Entry { index: 0, fault: EntryFault::Digits });
}

#[test]
fn a_secret_is_an_array_of_bytes() {
    let secret = "[-128,-1,0,1,127,0,0,0,0,0,0,0,0,0,0,0]";
    let fault = |to: &str| import(secret, to).unwrap_err();
    let entry = |error| ImportError::Entry { index: 1, fault: EntryFault::Secret(error) };
    assert_eq!(fault("[]"), entry(SecretError::Empty));
    for len in [257, 258, 100_000] {
        assert_eq!(fault(&format!("[7{}]", ",7".repeat(len - 1))), entry(SecretError::TooLong));
    }
    for wrong in ["[128]", "[-129]", "[1.0]", "[null]", "\"MTIz\"", "[[1]]", "7", "null"] {
        assert!(matches!(fault(wrong), ImportError::Json(_)), "{wrong}");
    }
}
