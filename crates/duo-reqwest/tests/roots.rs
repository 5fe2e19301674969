//! The list of roots against Mozilla's (`webpki-roots`), which names them.

use upheld_duo_reqwest::{Client, Pins, Roots, Settings, SettingsError};

#[test]
fn twelve_of_the_pins_are_roots_of_mozillas() {
    let anchors = Pins::DUO_1_0.anchors();
    // Mozilla's list for TLS has no longer, or not yet: DigiCert High Assurance EV Root CA, GTS
    // Root R2, IdenTrust Commercial Root TLS ECC CA 2.
    assert_eq!(Pins::DUO_1_0.keys.len(), 15);
    assert_eq!(anchors.len(), 12, "a root is gone, or a hash is wrong");
    let names: Vec<String> = anchors
        .iter()
        .map(|anchor| String::from_utf8_lossy(&anchor.subject).into_owned())
        .collect();
    for name in [
        "Amazon Root CA 1",
        "Amazon Root CA 4",
        "Starfield Services Root Certificate Authority - G2",
        "DigiCert TLS RSA4096 Root G5",
        "GlobalSign Root R46",
        "GTS Root R4",
        "IdenTrust Commercial Root CA 1",
    ] {
        assert!(names.iter().any(|other| other.contains(name)), "{name} in {names:?}");
    }
    let none = Pins { version: "none", keys: &["++MBgDH5WGvL9Bcn5Be30cRcL0f5O+NyoXuWtQdX1aA="] };
    assert_eq!(none.anchors().len(), 0);
}

#[test]
fn what_is_no_certificate_is_said_to_be_none() {
    let settings =
        Settings { roots: Roots::Given(vec![b"not DER".to_vec().into()]), ..Settings::default() };
    assert_eq!(Client::new(settings).err(), Some(SettingsError::Root { index: 0 }));
    let pinned = Settings { roots: Roots::Pinned(Pins::DUO_1_0), ..Settings::default() };
    assert!(Client::new(pinned).is_ok());
}
