//! andOTP backups.
//!
//! Source: the fields of the JSON that andOTP writes, padding of the base32 included, and of older
//! backups without `issuer`. The secrets are those of RFC 6238 and `pyotp`'s Steam test.

use upheld_migrate_otp::{Credential, EntryFault, ImportError, Repair, andotp};
use upheld_totp::{Counter, Factor, Label, UnixSeconds};

const BACKUP: &str = r#"[{"secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA====","issuer":"Clinic","label":"alice","digits":8,"type":"TOTP","algorithm":"SHA256","thumbnail":"Default","last_used":1608146844162,"used_frequency":0,"period":30,"tags":["a"]},
{"secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ","issuer":"","label":"Clinic - bob","digits":6,"type":"HOTP","algorithm":"SHA1","thumbnail":"Default","last_used":0,"used_frequency":0,"counter":3,"tags":[]},
{"secret":"FMXNK4QEGKVPULRTADY6JIDK5VHUBGZW","issuer":"Boeing","label":"Sophia","digits":5,"type":"STEAM","algorithm":"SHA1","thumbnail":"Default","last_used":1608146877325,"used_frequency":0,"tags":[]},
{"secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ","label":"old"}]"#;

#[test]
fn a_backup_is_read() {
    let entries = andotp::import(BACKUP.as_bytes()).unwrap();
    assert_eq!(entries.len(), 4);
    let Credential::Otp(totp) = &entries[0].credential else { panic!("not OTP") };
    assert_eq!(totp.label, Label::new(Some("Clinic"), "alice").unwrap());
    let code = totp.totp().unwrap().code_at(UnixSeconds(2_000_000_000));
    assert_eq!(code.to_text().expose(), "90698825", "RFC 6238 appendix B");

    let Credential::Otp(hotp) = &entries[1].credential else { panic!("not OTP") };
    assert_eq!(hotp.label, Label::new(None, "Clinic - bob").unwrap());
    assert_eq!(hotp.factor, Factor::Hotp { counter: Counter(3) });

    let Credential::Steam(steam) = &entries[2].credential else { panic!("not Steam") };
    assert_eq!(steam.guard().code_at(UnixSeconds(119)).to_text().expose(), "JG3T3");

    let Credential::Otp(old) = &entries[3].credential else { panic!("not OTP") };
    let code = old.totp().unwrap().code_at(UnixSeconds(59));
    // RFC 6238 appendix B has eight digits: 94287082.
    assert_eq!(code.to_text().expose(), "287082");
    assert!(entries.iter().all(|entry| entry.repairs.is_empty()));
}

#[test]
fn what_is_missing_is_repaired_or_refused() {
    let entries = andotp::import(BACKUP.replace("\"counter\":3,", "").as_bytes()).unwrap();
    assert_eq!(entries[1].repairs, [Repair::MissingCounter]);
    let error = andotp::import(BACKUP.replace("\"HOTP\"", "\"STEAM\"").as_bytes()).unwrap_err();
    assert_eq!(error, ImportError::Entry { index: 1, fault: EntryFault::Steam });
    let error = andotp::import(BACKUP.replace("\"label\":\"old\"", "\"secret\":\"\"").as_bytes());
    assert!(matches!(error.unwrap_err(), ImportError::Json(_)), "a secret given twice");
    let error = andotp::import(br#"[{"label":"x"}]"#).unwrap_err();
    assert!(matches!(error, ImportError::Json(_)), "no secret");
    assert_eq!(andotp::import(b"[]").unwrap().len(), 0);
}

#[test]
fn an_encrypted_backup_is_not_text() {
    let error = andotp::import(&[0, 2, 0x1f, 0xfe, 0x80]).unwrap_err();
    assert_eq!(error, ImportError::NotText { at: 3 });
}
