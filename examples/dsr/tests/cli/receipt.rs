//! `dsr receipt`

use crate::{Folder, dsr};

const DOSSIER: &str = include_str!("../../../../crates/consent/tests/vectors/dossier.json");
const AT: &str = "2026-08-01T12:00:00Z";

#[test]
fn each_form() {
    let folder = Folder::new();
    let file = folder.write("record.json", DOSSIER);
    let receipt = |format| dsr(&["receipt", &file, "--format", format, "--at", AT]).json();
    assert_eq!(receipt("kantara")["version"], "KI-CR-v1.1.0");
    assert_eq!(receipt("iso27560")["schema_version"], "ISO/IEC TS 27560:2023");
    assert_eq!(receipt("dpv")["@type"], "dpv:ConsentReceipt");
    let id = "6ba7b811-9dad-41d1-80b4-00c04fd430c8";
    let named = dsr(&["receipt", &file, "--at", AT, "--id", id]).json();
    assert_eq!(named["consentReceiptID"], id);
    // Two receipts have two names.
    assert_ne!(receipt("kantara")["consentReceiptID"], receipt("kantara")["consentReceiptID"]);
}

#[test]
fn bad_records() {
    let folder = Folder::new();
    let complaint = |text: &str| {
        let file = folder.write("record.json", text);
        dsr(&["receipt", &file, "--at", AT]).complaint(2)
    };
    let said = complaint(&DOSSIER.replacen("our newsletter.", "our newsletter!", 1));
    assert!(said.contains("event 1 is about version 3 of the notice privacy"), "{said}");
    let said = complaint(&DOSSIER.replace("ticked-box", "pre-ticked"));
    assert!(said.contains("line 181, column 36: no consent record"), "{said}");
    let said = complaint("{}");
    assert!(said.contains("line 1, column 2: no consent record"), "{said}");
    let file = folder.write("record.json", DOSSIER);
    let said = dsr(&["receipt", &file, "--at", "2026-05-01T00:00:00Z"]).complaint(2);
    assert!(said.contains("no consent stands at that time"), "{said}");
    let said = dsr(&["receipt", &folder.name("nothing.json")]).complaint(2);
    assert!(said.contains("cannot read"), "{said}");
    let said = dsr(&["receipt", &file, "--format", "jwt"]).complaint(2);
    assert!(said.contains("kantara, iso27560, dpv"), "{said}");
    let said = dsr(&["receipt", &file, "--id", "x"]).complaint(2);
    assert!(said.contains("UUID"), "{said}");
}
