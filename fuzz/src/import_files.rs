//! Files of every format: what is read is written and read again alike.

use upheld_migrate_otp::{MAX_ENTRIES, aegis, import, pskc, uri_list};

use crate::credentials::described;

/// Imports the input, whatever its format, and takes what was read through the formats that
/// are written.
pub fn import_files(data: &[u8]) {
    let Ok(read) = import(data) else { return };
    assert!(read.entries.len() <= MAX_ENTRIES);
    let entries = read.entries;

    if let Ok(vault) = aegis::export(&entries) {
        let again = aegis::import(vault.expose().as_bytes()).expect("a vault was exported");
        assert_eq!(described(&again), described(&entries));
    }
    if let Ok(container) = pskc::export(&entries) {
        let again = pskc::import(container.expose().as_bytes()).expect("a container was exported");
        assert_eq!(described(&again), described(&entries));
    }
    let uris: Option<Vec<String>> = entries.iter().map(crate::credentials::uri).collect();
    if let Some(uris) = uris.filter(|uris| !uris.is_empty()) {
        let again = uri_list::import(uris.join("\n").as_bytes()).expect("every line is a URI");
        assert_eq!(described(&again), described(&entries));
    }
}
