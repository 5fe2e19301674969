//! 2FAS backups.
//!
//! Source: the fields of backups that the 2FAS Android app writes, schema versions 1 to 4. The
//! secrets are those of RFC 4226, RFC 6238 and `pyotp`'s Steam test.

use upheld_migrate_otp::{Credential, Entry, EntryFault, Format, ImportError, Repair, two_fas};
use upheld_totp::{Counter, Factor, Label, UnixSeconds};

const BACKUP: &str = r#"{"services":[
{"name":"Clinic","secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ","updatedAt":1702934567518,"otp":{"link":"otpauth://totp/Clinic:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ","label":"Clinic:alice","account":"alice","issuer":"Northside Clinic","digits":8,"period":30,"algorithm":"SHA1","tokenType":"TOTP","source":"Link"},"order":{"position":0},"icon":{"selected":"Label","label":{"text":"DE","backgroundColor":"Yellow"}}},
{"name":"Lab","secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ","otp":{"label":"Lab:bob","digits":6,"algorithm":"SHA1","counter":2,"tokenType":"HOTP","source":"Manual"}},
{"name":"Boeing","secret":"FMXNK4QEGKVPULRTADY6JIDK5VHUBGZW","otp":{"account":"Sophia","issuer":"Boeing","digits":5,"period":30,"algorithm":"SHA1","tokenType":"STEAM"}},
{"name":"By hand","secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ","otp":{"label":"","account":"","source":"Manual"}},
{"name":null,"secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"}
],"groups":[],"updatedAt":1702934732299,"schemaVersion":4,"appVersionCode":5000009,"appVersionName":"5.1.0","appOrigin":"android"}"#;

fn label(entry: &Entry) -> (Option<&str>, &str) {
    let label: &Label = entry.credential.label();
    (label.issuer(), label.account())
}

#[test]
fn a_backup_is_read() {
    let entries = two_fas::import(BACKUP.as_bytes()).unwrap();
    assert_eq!(entries.len(), 5);
    let Credential::Otp(totp) = &entries[0].credential else { panic!("not OTP") };
    assert_eq!(label(&entries[0]), (Some("Northside Clinic"), "alice"));
    let code = totp.totp().unwrap().code_at(UnixSeconds(20_000_000_000));
    assert_eq!(code.to_text().expose(), "65353130", "RFC 6238 appendix B");

    let Credential::Otp(hotp) = &entries[1].credential else { panic!("not OTP") };
    assert_eq!(label(&entries[1]), (Some("Lab"), "bob"));
    assert_eq!(hotp.factor, Factor::Hotp { counter: Counter(2) });
    let code = hotp.hotp().unwrap().code(Counter(2));
    assert_eq!(code.to_text().expose(), "359152", "RFC 4226 appendix D");

    let Credential::Steam(steam) = &entries[2].credential else { panic!("not Steam") };
    assert_eq!(steam.guard().code_at(UnixSeconds(0)).to_text().expose(), "C5V56");

    assert_eq!(label(&entries[3]), (Some("By hand"), "unnamed"));
    assert_eq!(label(&entries[4]), (None, "unnamed"));
    let repairs: Vec<&[Repair]> = entries.iter().map(|entry| &entry.repairs[..]).collect();
    assert_eq!(repairs, [&[][..], &[], &[], &[Repair::Unnamed], &[Repair::Unnamed]]);
}

#[test]
fn every_schema_up_to_the_fourth_is_read() {
    for version in [1, 2, 3, 4] {
        let backup = BACKUP.replace(":4,", &format!(":{version},"));
        assert_eq!(two_fas::import(backup.as_bytes()).unwrap().len(), 5);
    }
    let error = two_fas::import(BACKUP.replace(":4,", ":5,").as_bytes()).unwrap_err();
    assert_eq!(error, ImportError::Version { format: Format::TwoFas, found: 5, newest: 4 });
}

#[test]
fn an_encrypted_backup_is_recognised_whatever_stands_beside_it() {
    let encrypted =
        BACKUP.replace("\"groups\"", "\"servicesEncrypted\":\"PCeJ:8H3t:2vpQ\",\"groups\"");
    for backup in [
        &encrypted,
        "{\"services\":[],\"servicesEncrypted\":\"x\"}",
        "{\"servicesEncrypted\":\"x\"}",
    ] {
        let error = two_fas::import(backup.as_bytes()).unwrap_err();
        assert_eq!(error, ImportError::Encrypted { format: Format::TwoFas });
    }
}

#[test]
fn a_faulty_entry_is_named() {
    let cases = [
        ("\"HOTP\"", "\"MOTP\"", 1, EntryFault::Type),
        ("\"digits\":8", "\"digits\":5", 0, EntryFault::Digits),
        ("\"SHA1\",\"counter\"", "\"MD5\",\"counter\"", 1, EntryFault::Md5),
        (
            "\"period\":30,\"algorithm\":\"SHA1\",\"tokenType\":\"STEAM\"",
            "\"period\":60,\"tokenType\":\"STEAM\"",
            2,
            EntryFault::Steam,
        ),
    ];
    for (from, to, index, fault) in cases {
        assert!(BACKUP.contains(from));
        let error = two_fas::import(BACKUP.replacen(from, to, 1).as_bytes()).unwrap_err();
        assert_eq!(error, ImportError::Entry { index, fault });
    }
}
