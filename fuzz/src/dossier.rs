//! Consent records from anywhere, and the receipts made of them.

use serde_json::Value;
use upheld_consent::{Dossier, RecordId, UnixMillis};

/// What is read is written and read again as the same; a receipt is JSON in every form, at every
/// moment at which something happened.
pub fn dossier(input: &[u8]) {
    let Ok(dossier) = Dossier::parse(input) else { return };
    assert_eq!(Dossier::parse(dossier.to_json().as_bytes()), Ok(dossier.clone()));
    let record = dossier.record();
    let moments = record.events().iter().map(upheld_consent::ConsentEvent::at);
    let late = UnixMillis::new(4_000_000_000_000);
    for at in moments.chain(late).take(64) {
        for scope in record.scopes() {
            let _ = record.status_at(scope, at);
        }
        drop(record.obligations(at));
        let Ok(receipt) = dossier.receipt(RecordId::from_random([0; 16]), at) else { continue };
        for text in [receipt.to_kantara(), receipt.to_iso27560(), receipt.to_dpv()] {
            assert!(serde_json::from_str::<Value>(&text).is_ok_and(|it| it.is_object()));
        }
    }
}
