//! Disclosures of device storage: read, written, and made into items.

use upheld_cookies::policy::Policy;
use upheld_cookies::publish::device_storage::DeviceStorage;

const POLICY: &str = "schema = 1\n[site]\nhosts = ['clinic.example']\njurisdictions = ['eea']\n\
                      updated = '2026-11-23'\n[[vendor]]\nid = 'v'\nname = 'V'\n";

/// What can be read is written so that it is read alike, and its items are TOML of a declaration;
/// faults have places.
pub fn device_storage(data: &[u8]) {
    let document = match DeviceStorage::parse(data) {
        Ok(document) => document,
        Err(error) => {
            assert!(!error.to_string().contains('\u{1B}'), "an escape reaches a terminal");
            return;
        }
    };
    let written = document.to_json();
    assert!(!written.contains(['<', '&']), "text could end a script");
    assert_eq!(DeviceStorage::parse(written.as_bytes()).as_ref(), Ok(&document));
    assert!(document.faults().iter().all(|fault| fault.path.contains('[')));
    let text = format!("{POLICY}\n{}", document.to_items("v"));
    if let Err(error) = Policy::parse_toml(&text) {
        for problem in error.problems() {
            // Twice the same name, or nothing that says what for: a person has to decide.
            let message = problem.fault.to_string();
            let is_left = ["there is another", "at least one purpose", "more than"];
            assert!(is_left.iter().any(|start| message.starts_with(start)), "{problem}\n{text}");
        }
    }
}
