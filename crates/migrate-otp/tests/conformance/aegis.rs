//! Aegis vaults.
//!
//! Source: the field names and values of Aegis' own description of its format (`docs/vault.md`,
//! vault version 1, content versions 1 to 3). The secrets are those of RFC 6238 and of `pyotp`'s
//! Steam test, so that the codes are somebody else's.

use upheld_migrate_otp::steam::SteamAccount;
use upheld_migrate_otp::{
    Credential, Entry, EntryFault, ExportError, Format, ImportError, JsonFault, JsonFaultKind,
    Parameter, Repair, aegis,
};
use upheld_totp::{
    Algorithm, Counter, Digits, Factor, KeyUri, Label, Period, Secret, SecretError, UnixSeconds,
};

const VAULT: &str = r#"{
    "version": 1,
    "header": {"slots": null, "params": null},
    "db": {
        "version": 3,
        "entries": [
            {
                "type": "totp", "uuid": "01234567-89ab-cdef-0123-456789abcdef",
                "name": "Bob", "issuer": "Google", "note": "Main account", "favorite": false,
                "icon": null, "icon_mime": null, "icon_hash": null,
                "info": {
                    "secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA",
                    "algo": "SHA256", "digits": 8, "period": 30
                },
                "groups": ["01234567-89ab-cdef-0123-456789abcdef"]
            },
            {
                "type": "hotp", "name": "", "issuer": "",
                "info": {
                    "secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
                    "algo": "SHA1", "digits": 6, "counter": 9
                }
            },
            {
                "type": "steam", "name": "a:b", "issuer": "Not Valve",
                "info": {
                    "secret": "FMXNK4QEGKVPULRTADY6JIDK5VHUBGZW",
                    "algo": "SHA1", "digits": 5, "period": 30
                }
            }
        ],
        "groups": [{"uuid": "01234567-89ab-cdef-0123-456789abcdef", "name": "Personal"}],
        "icons_optimized": true
    }
}"#;

fn fault(from: &str, to: &str) -> ImportError {
    assert!(VAULT.contains(from), "{from}");
    aegis::import(VAULT.replacen(from, to, 1).as_bytes()).unwrap_err()
}

#[test]
fn a_vault_is_read() {
    let entries = aegis::import(VAULT.as_bytes()).unwrap();
    assert_eq!(entries.len(), 3);

    let Credential::Otp(totp) = &entries[0].credential else { panic!("not OTP") };
    assert_eq!(totp.label, Label::new(Some("Google"), "Bob").unwrap());
    let code = totp.totp().unwrap().code_at(UnixSeconds(1_111_111_109));
    assert_eq!(code.to_text().expose(), "68084774", "RFC 6238 appendix B");
    assert!(entries[0].repairs.is_empty());

    let Credential::Otp(hotp) = &entries[1].credential else { panic!("not OTP") };
    assert_eq!(hotp.label, Label::new(None, "unnamed").unwrap());
    assert_eq!(hotp.factor, Factor::Hotp { counter: Counter(9) });
    let code = hotp.hotp().unwrap().code(Counter(9));
    assert_eq!(code.to_text().expose(), "520489", "RFC 4226 appendix D");
    assert_eq!(entries[1].repairs, [Repair::Unnamed]);

    let Credential::Steam(steam) = &entries[2].credential else { panic!("not Steam") };
    assert_eq!(steam.label, Label::new(Some("Not Valve"), "a-b").unwrap());
    assert_eq!(steam.guard().code_at(UnixSeconds(60)).to_text().expose(), "R3WQY");
    assert_eq!(entries[2].repairs, [Repair::Name]);
}

#[test]
fn an_encrypted_vault_is_recognised() {
    let vault = r#"{"version": 1, "header": {"slots": [{"type": 1}], "params": {"nonce": "00"}},
        "db": "RAj8"}"#;
    let error = aegis::import(vault.as_bytes()).unwrap_err();
    assert_eq!(error, ImportError::Encrypted { format: Format::Aegis });
}

#[test]
fn versions_yet_to_come_are_refused() {
    let version = |found, newest| ImportError::Version { format: Format::Aegis, found, newest };
    assert_eq!(fault("\"version\": 1", "\"version\": 2"), version(2, 1));
    assert_eq!(fault("\"version\": 3", "\"version\": 4"), version(4, 3));
}

#[test]
fn a_faulty_entry_is_named_and_nothing_is_imported() {
    let entry = |index, fault| ImportError::Entry { index, fault };
    let cases = [
        ("\"type\": \"hotp\"", "\"type\": \"motp\"", entry(1, EntryFault::Type)),
        ("\"algo\": \"SHA256\"", "\"algo\": \"MD5\"", entry(0, EntryFault::Md5)),
        ("\"algo\": \"SHA256\"", "\"algo\": \"SHA3\"", entry(0, EntryFault::Algorithm)),
        ("\"digits\": 8", "\"digits\": 10", entry(0, EntryFault::Digits)),
        ("\"digits\": 8", "\"digits\": -8", entry(0, EntryFault::Digits)),
        ("\"period\": 30", "\"period\": 0", entry(0, EntryFault::Period)),
        ("\"period\": 30", "\"period\": 4294967296", entry(0, EntryFault::Period)),
        ("\"counter\": 9", "\"counter\": -1", entry(1, EntryFault::Counter)),
        ("\"digits\": 5", "\"digits\": 6", entry(2, EntryFault::Steam)),
        ("FMXNK4Q", "FMXNK40", entry(2, EntryFault::Secret(SecretError::Alphabet { at: 6 }))),
        (
            "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\",",
            "\",",
            entry(1, EntryFault::Secret(SecretError::Empty)),
        ),
    ];
    for (from, to, error) in cases {
        assert_eq!(fault(from, to), error, "{to}");
    }
}

#[test]
fn a_name_too_long_for_a_label_is_refused() {
    let name = |bytes: usize| VAULT.replace("Bob", &"b".repeat(bytes));
    assert_eq!(aegis::import(name(160).as_bytes()).unwrap().len(), 3);
    let error = aegis::import(name(161).as_bytes()).unwrap_err();
    assert!(matches!(error, ImportError::Entry { index: 0, fault: EntryFault::Name(_) }));
}

#[test]
fn json_of_another_shape_is_refused_with_its_place() {
    use JsonFaultKind::{CutOff, Shape, Syntax};
    let place = |error| match error {
        ImportError::Json(JsonFault { kind, line, .. }) => (kind, line),
        other => panic!("{other:?}"),
    };
    assert_eq!(place(fault("\"digits\": 8", "\"digits\": \"8\"")), (Shape, 13));
    assert_eq!(place(fault("\"digits\": 8", "\"digits\": 8.5")), (Shape, 13));
    assert_eq!(place(fault("\"digits\": 8", "\"digits\": 8, \"digits\": 8")), (Shape, 13));
    assert_eq!(place(fault("\"name\": \"Bob\"", "\"name\": 1")), (Shape, 9));
    assert_eq!(place(fault("\"type\": \"totp\",", "")), (Shape, 16));
    assert_eq!(place(fault("\"db\"", "\"bd\"")), (Shape, 35));
    assert_eq!(place(fault("\"db\": {", "\"db\": {]")), (Syntax, 4));
    assert_eq!(place(aegis::import(&VAULT.as_bytes()[..400]).unwrap_err()), (CutOff, 11));
}

#[test]
fn what_was_spelt_otherwise_is_listed() {
    let from =
        "\"secret\": \"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\",\n                    \"algo\": \"SHA1\"";
    let to = "\"secret\": \"gezd gnbv gy3t qojq\",\n                    \"algo\": \"hmac-sha-1\"";
    assert!(VAULT.contains(from));
    let entries = aegis::import(VAULT.replacen(from, to, 1).as_bytes()).unwrap();
    let repairs = [
        Repair::SecretSpelling,
        Repair::WeakSecret { bits: 80 },
        Repair::Unnamed,
        Repair::AlgorithmSpelling,
    ];
    assert_eq!(entries[1].repairs, repairs);
    assert_eq!(entries[1].credential.secret().expose(), b"1234567890");
    let entries = aegis::import(VAULT.replace(", \"counter\": 9", "").as_bytes()).unwrap();
    assert_eq!(entries[1].repairs, [Repair::Unnamed, Repair::MissingCounter]);
}

fn otp(factor: Factor) -> Entry {
    Entry::from(KeyUri {
        label: Label::new(Some("\"Q\" \\ ü"), "x\u{2028}\"}]").unwrap(),
        secret: Secret::from_bytes(b"12345678901234567890").unwrap(),
        algorithm: Algorithm::Sha512,
        digits: Digits::Seven,
        factor,
    })
}

#[test]
fn an_export_has_the_fields_that_the_app_requires() {
    let period = Period::from_seconds(2_147_483).unwrap();
    let steam = SteamAccount {
        label: Label::new(None, "gabe").unwrap(),
        secret: Secret::from_bytes(&[7; 20]).unwrap(),
    };
    let entries =
        [otp(Factor::Totp { period }), otp(Factor::Hotp { counter: Counter(7) }), steam.into()];
    let json = aegis::export(&entries).unwrap();
    let json: serde_json::Value = serde_json::from_str(json.expose()).unwrap();
    let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    let (name, issuer) = ("x\u{2028}\"}]", "\"Q\" \\ ü");
    let expected = serde_json::json!({
        "version": 1,
        "header": {"slots": null, "params": null},
        "db": {
            "version": 3,
            "entries": [
                {"type": "totp", "name": name, "issuer": issuer,
                 "info": {"secret": secret, "algo": "SHA512", "digits": 7, "period": 2_147_483}},
                {"type": "hotp", "name": name, "issuer": issuer,
                 "info": {"secret": secret, "algo": "SHA512", "digits": 7, "counter": 7}},
                {"type": "steam", "name": "gabe", "issuer": "",
                 "info": {"secret": "A4DQOBYHA4DQOBYHA4DQOBYHA4DQOBYH", "algo": "SHA1", "digits": 5,
                          "period": 30}},
            ],
            "groups": [],
        },
    });
    assert_eq!(json, expected);
}

#[test]
fn what_the_app_does_not_read_is_not_exported() {
    let short = Factor::Totp { period: Period::default() };
    let long = Factor::Totp { period: Period::from_seconds(2_147_484).unwrap() };
    let far = Factor::Hotp { counter: Counter(1 << 63) };
    for (factor, parameter) in [(long, Parameter::Period), (far, Parameter::Counter)] {
        let error = aegis::export(&[otp(short), otp(factor)]).unwrap_err();
        assert_eq!(error, ExportError::Unsupported { index: 1, parameter });
    }
    assert_eq!(aegis::export(&[]).unwrap_err(), ExportError::Nothing);
}
