//! The list of roots against the pins that Duo's own clients for Java and .NET carry: SHA-256 of each
//! public key (RFC 7469 §2.4), and whose it is.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use data_encoding::BASE64;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use sha2::{Digest, Sha256};
use upheld_duo_reqwest::{Client, Pins, Roots, Settings, SettingsError};

const PINS: [(&str, &str); 15] = [
    ("++MBgDH5WGvL9Bcn5Be30cRcL0f5O+NyoXuWtQdX1aI=", "Amazon Root CA 1"),
    ("f0KW/FtqTjs108NpYj42SrGvOB2PpxIVM8nWxjPqJGE=", "Amazon Root CA 2"),
    ("NqvDJlas/GRcYbcWE8S/IceH9cq77kg0jVhZeAPXq8k=", "Amazon Root CA 3"),
    ("9+ze1cZgR9KO1kZrVDxA4HQ6voHRCSVNz4RdTCx4U8U=", "Amazon Root CA 4"),
    (
        "KwccWaCgrnaw6tsrrSO61FgLacNgG2MMLq8GE6+oP5I=",
        "Starfield Services Root Certificate Authority - G2",
    ),
    ("WoiWRyIOVNa9ihaBciRSC7XHjliYS9VwUGOIud4PB18=", "DigiCert High Assurance EV Root CA"),
    ("oC+voZLIy4HLE0FVT5wFtxzKKokLDRKY1oNkfJYe+98=", "DigiCert TLS ECC P384 Root G5"),
    ("ape1HIIZ6T5d7GS61YBs3rD4NVvkfnVwELcCRW4Bqv0=", "DigiCert TLS RSA4096 Root G5"),
    ("rn+WLLnmp9v3uDP7GPqbcaiRdd+UnCMrap73yz3yu/w=", "GlobalSign Root R46"),
    ("4EoCLOMvTM8sf2BGKHuCijKpCfXnUUR/g/0scfb9gXM=", "GlobalSign Root E46"),
    ("Vfd95BwDeSQo+NUYxVEEIlvkOlWY2SalKK1lPhzOx78=", "GTS Root R2"),
    ("mEflZT5enoR1FuXLgYYGqnVEoZvmf9c2bVBpiOjYQ0c=", "GTS Root R4"),
    ("B+hU8mp8vTiZJ6oEG/7xts0h3RQ4GK2UfcZVqeWH/og=", "IdenTrust Commercial Root CA 1"),
    ("uu5PB+MS9L3/ffB/PuTG6A+WjsTtTaF52qqjrcHFXRU=", "IdenTrust Commercial Root TLS ECC CA 2"),
    ("gI1os/q0iEpflxrOfRBVDXqVoWN3Tz7Dav/7IT++THQ=", "Starfield Root Certificate Authority - G2"),
];

/// One SEQUENCE of DER around what an anchor holds of it.
fn sequence(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    let head = match length {
        [0, short] if short < 0x80 => vec![0x30, short],
        [0, long] => vec![0x30, 0x81, long],
        [high, low] => vec![0x30, 0x82, high, low],
    };
    [head.as_slice(), content].concat()
}

#[test]
fn every_pin_has_its_root_and_every_root_its_pin() {
    let pem = Pins::DUO_1_0.certificates.as_bytes();
    let found: Vec<(String, String)> = CertificateDer::pem_slice_iter(pem)
        .map(|certificate| {
            let mut store = RootCertStore::empty();
            store.add(certificate.unwrap()).unwrap();
            let anchor = store.roots.pop().unwrap();
            let key = sequence(&anchor.subject_public_key_info);
            let subject = String::from_utf8_lossy(&anchor.subject).into_owned();
            (BASE64.encode(&Sha256::digest(key)), subject)
        })
        .collect();
    assert_eq!(found.len(), PINS.len());
    for ((pin, subject), (wanted, name)) in found.iter().zip(PINS) {
        assert_eq!(pin, wanted, "{name}");
        assert!(subject.ends_with(name), "{name} in {subject}");
    }
}

#[test]
fn what_is_no_certificate_is_said_to_be_none() {
    let error = |roots| Client::new(Settings { roots, ..Settings::default() }).err();
    let given = Roots::Given(vec![b"not DER".to_vec().into()]);
    assert_eq!(error(given), Some(SettingsError::Root { index: 0 }));
    let pinned = |certificates| Roots::Pinned(Pins { version: "ours", certificates });
    assert_eq!(error(Roots::Pinned(Pins::DUO_1_0)), None);
    let broken = pinned("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    assert_eq!(error(broken), Some(SettingsError::Root { index: 0 }));
    let cut = pinned("-----BEGIN CERTIFICATE-----\nAAAA\n");
    assert_eq!(error(cut), Some(SettingsError::Root { index: 0 }));
}
