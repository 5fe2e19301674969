//! Messages of the Data Rights Protocol as they come from anywhere.

use upheld_consent::drp::{Exercise, Opening, StatusReport, Verifier};
use upheld_consent::opendsr::SignatureVerdict;

/// Takes every signature: what lies behind it is what is looked at.
struct Trusting;

impl Verifier for Trusting {
    fn verify(&self, _: &str, _: &[u8], _: &[u8; 64]) -> SignatureVerdict {
        SignatureVerdict::Valid
    }
}

/// A body that is opened and can be sealed is opened again as the same; a status that can be written
/// is read again as the same.
pub fn drp(body: &[u8]) {
    let mut signed = vec![0; 64];
    signed.extend(body);
    let message = data_encoding::BASE64.encode(&signed);
    let opening = Opening { agent_id: "AA", business_id: "CB", now: 1_754_049_900 };
    if let Ok(exercise) = Exercise::open(&message, &opening, &Trusting) {
        assert_eq!(exercise.agent_id, "AA");
        assert!(exercise.issued_at.unix_seconds() <= opening.now);
        assert!(opening.now < exercise.expires_at.unix_seconds());
        if let Ok(sealed) = exercise.seal(|_| [0; 64]) {
            assert_eq!(Exercise::open(&sealed, &opening, &Trusting), Ok(exercise));
        }
    }
    if let Ok(text) = core::str::from_utf8(body) {
        let _ = Exercise::open(text, &opening, &Trusting).is_ok();
    }
    if let Ok(report) = StatusReport::parse(body)
        && let Ok(written) = report.to_json()
    {
        assert_eq!(StatusReport::parse(written.as_bytes()), Ok(report));
    }
}
