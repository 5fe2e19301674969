//! Laws of security keys: no bit of what is signed can be changed, and no bytes are too strange.

use proptest::collection::vec;
use proptest::prelude::{any, prop, prop_assert, proptest};
use upheld_duo_sim::webauthn::{
    Assertion, AttestationObject, AuthenticatorData, Challenge, PublicKey, RelyingParty,
};

use crate::authenticator::{Authenticator, CREDENTIAL, attestation};

const ORIGIN: &str = "https://localhost:9443";

/// The bytes with one bit changed, for every bit.
fn flipped(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..bytes.len() * 8).map(|bit| {
        let mut changed = bytes.to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        changed
    })
}

#[test]
fn no_bit_of_an_assertion_can_be_changed() {
    let website = RelyingParty::at_origin(ORIGIN).unwrap();
    let challenge = || Challenge::from_bytes(&[7; 32]);
    let mut key = Authenticator::new(b"key");
    let made = key.create(&challenge().to_text(), ORIGIN, "localhost");
    let credential = website.register(challenge(), &made).unwrap();
    let shown = key.get(&challenge().to_text(), ORIGIN, "localhost");
    let is_let_in = |change: &dyn Fn(&mut Assertion)| {
        let (mut shown, mut credential) = (shown.clone(), credential.clone());
        change(&mut shown);
        website.authenticate(challenge(), b"me", &mut credential, &shown).is_ok()
    };
    assert!(is_let_in(&|_| {}));
    for changed in flipped(&shown.client_data) {
        assert!(!is_let_in(&|shown| shown.client_data.clone_from(&changed)));
    }
    for changed in flipped(&shown.authenticator_data) {
        assert!(!is_let_in(&|shown| shown.authenticator_data.clone_from(&changed)));
    }
    for changed in flipped(&shown.signature) {
        assert!(!is_let_in(&|shown| shown.signature.clone_from(&changed)));
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..2_000)) {
        drop(AttestationObject::parse(&bytes));
        drop(AuthenticatorData::parse(&bytes));
        let mut rest = bytes.as_slice();
        if PublicKey::read(&mut rest).is_ok() {
            prop_assert!(bytes.ends_with(rest));
        }
    }

    #[test]
    fn an_object_that_is_changed_is_read_whole_or_refused(
        at in any::<prop::sample::Index>(),
        with in vec(any::<u8>(), 0..8),
    ) {
        let key = Authenticator::new(b"key");
        let object = attestation("none", Vec::new(), key.attested_data("localhost"));
        let start = at.index(object.len());
        let end = (start + with.len()).min(object.len());
        let mut changed = object;
        changed.splice(start..end, with);
        if let Ok(read) = AttestationObject::parse(&changed) {
            prop_assert!(read.authenticator_data().credential().is_some());
            let longer = [changed.as_slice(), &[0]].concat();
            prop_assert!(AttestationObject::parse(&longer).is_err());
        }
    }

    #[test]
    fn data_say_that_they_have_a_credential_or_have_none(flags in any::<u8>()) {
        let key = Authenticator::new(b"key");
        let read = AuthenticatorData::parse(&key.data("localhost", flags));
        prop_assert!(read.is_err() || flags & CREDENTIAL == 0);
    }
}
