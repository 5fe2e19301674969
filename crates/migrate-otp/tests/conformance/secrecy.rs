//! Secrets planted in files of every format, faulty in every way, show up in no error and no
//! `Debug`.

use rand::rngs::SysRng;
use upheld_migrate_otp::steam::SteamAccount;
use upheld_migrate_otp::{Entry, aegis, google, import, pskc, qr::QrCode};
use upheld_totp::{KeyUri, Label, Secret};

/// A secret, and names that would be as unwelcome in a log.
const BASE32: &str = "LBMVUWSZL5IEYVKHJBPUMUSPIJHVUWRB";
const BYTES: &[u8] = b"XYZZY_PLUGH_FROBOZZ!";
const BASE64: &str = "WFlaWllfUExVR0hfRlJPQk9aWiE=";
const NAME: &str = "Mallory";

fn assert_silent(text: &str) {
    let signed = BYTES.iter().map(u8::to_string).collect::<Vec<_>>();
    let shown = [
        BASE32,
        &BASE32[..8],
        "XYZZ",
        "PLUGH",
        "FROBOZZ",
        BASE64,
        &BASE64[..8],
        &hex(&BYTES[..4]),
        &signed[..4].join(","),
        &signed[..4].join(", "),
        NAME,
    ];
    for secret in shown {
        let lower = text.to_lowercase();
        assert!(!lower.contains(&secret.to_lowercase()), "{secret} in {text}");
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

fn files() -> Vec<String> {
    let array = BYTES.iter().map(u8::to_string).collect::<Vec<_>>().join(",");
    let entry = format!(
        r#"{{"type":"TOTP","secret":"{BASE32}","label":"{NAME}","issuer":"{NAME}","name":"{NAME}",
        "digits":6,"period":30,"counter":1,"algorithm":"SHA1",
        "info":{{"secret":"{BASE32}","algo":"SHA1","digits":6,"period":30}},
        "otp":{{"link":"otpauth://totp/{NAME}?secret={BASE32}","account":"{NAME}","digits":6}}}}"#
    );
    let mut message = vec![0x0a, 31, 0x0a, 20];
    message.extend(BYTES);
    message.extend([0x12, 7]);
    message.extend(NAME.as_bytes());
    vec![
        format!("otpauth://totp/{NAME}?secret={BASE32}&digits=6"),
        format!("otpauth://steam/{NAME}?secret={BASE32}&digits=5"),
        format!("otpauth-migration://offline?data={}", base64(&message)),
        format!("[{entry}]"),
        format!("{{\"services\":[{entry}]}}"),
        format!("{{\"version\":1,\"db\":{{\"version\":1,\"entries\":[{entry}]}}}}"),
        format!("{{\"tokens\":[{{\"type\":\"HOTP\",\"secret\":[{array}],\"label\":\"{NAME}\"}}]}}"),
        format!(
            "<KeyContainer Version='1.0' xmlns='urn:ietf:params:xml:ns:keyprov:pskc'><KeyPackage>\
             <Key Id='{NAME}' Algorithm='urn:ietf:params:xml:ns:keyprov:pskc:hotp'><Issuer>{NAME}\
             </Issuer><Data><Secret><PlainValue>{BASE64}</PlainValue></Secret><Counter><PlainValue>1\
             </PlainValue></Counter></Data></Key></KeyPackage></KeyContainer>"
        ),
    ]
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Every file with one byte taken out, doubled or replaced, at every place.
#[test]
fn no_error_shows_what_it_is_about() {
    let mut errors = std::collections::BTreeSet::new();
    for file in files() {
        import(file.as_bytes()).unwrap();
        for at in 0..file.len() {
            let (head, tail) = file.as_bytes().split_at(at);
            let variants = [
                head.to_vec(),
                [head, &tail[1..]].concat(),
                [head, &tail[..1], tail].concat(),
                [head, b"\x01", &tail[1..]].concat(),
                [head, b"9", &tail[1..]].concat(),
                [head, b"\xff", &tail[1..]].concat(),
                [head, b"\"", &tail[1..]].concat(),
                [head, b"<!", &tail[1..]].concat(),
            ];
            for variant in variants {
                match import(&variant) {
                    Ok(import) => {
                        for entry in &import.entries {
                            let shown =
                                format!("{:?} {:?}", entry.credential.secret(), entry.repairs);
                            assert_silent(&shown);
                            for repair in &entry.repairs {
                                assert_silent(&repair.to_string());
                            }
                        }
                    }
                    Err(error) => {
                        let shown = format!("{error} {error:?}");
                        assert_silent(&shown);
                        errors.insert(format!("{:?}", core::mem::discriminant(&error)));
                    }
                }
            }
        }
    }
    // The variants reach errors of most kinds.
    assert!(errors.len() >= 8, "{errors:?}");
}

#[test]
fn no_debug_shows_a_secret() {
    let uri = format!("otpauth://totp/alice?secret={BASE32}");
    let secret = || Secret::from_bytes(BYTES).unwrap();
    let steam = SteamAccount { label: Label::new(None, "gabe").unwrap(), secret: secret() };
    let guard = steam.guard();
    let otp = [Entry::from(KeyUri::parse(&uri).unwrap().uri)];
    let key = pskc::PreSharedKey::from_bytes(*b"XYZZYPLUGHFROBOZ");
    let code = QrCode::of_text(&uri).unwrap();
    let sealed = pskc::export_encrypted(&otp, &key, "k", &mut SysRng).unwrap();
    let shown = format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        otp,
        steam,
        guard,
        key,
        code,
        code.to_svg("x"),
        code.to_png(1).unwrap(),
        code.to_terminal(),
        aegis::export(&otp).unwrap(),
        google::export(&otp, &mut SysRng).unwrap(),
        pskc::export(&otp).unwrap(),
        sealed,
    );
    assert_silent(&shown);
    assert!(!shown.contains('█') && !shown.contains("<svg"));
    // A key given in the wrong form is not shown either.
    let error = pskc::PreSharedKey::from_hex("XYZZY").unwrap_err();
    assert_silent(&format!("{error} {error:?}"));
}
