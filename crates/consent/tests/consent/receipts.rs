//! Receipts say what the record says, in each form; and what is emitted exists in its vocabulary.
//! Whether other people's validators agree is for `cargo xtask e2e consent`.

use std::collections::BTreeSet;

use serde_json::Value;
use upheld_consent::{Dossier, DossierError, ReceiptError, RecordId, Rejection, UnixMillis};

use crate::{day, empty, given, notice, scope};

const DOSSIER: &str = include_str!("../vectors/dossier.json");

fn dossier() -> Dossier {
    Dossier::parse(DOSSIER.as_bytes()).unwrap()
}

fn id() -> RecordId {
    RecordId::from_random([9; 16])
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_dossier_is_read_and_written() {
    let dossier = dossier();
    assert_eq!((dossier.principal(), dossier.record().events().len()), ("patient 4711", 9));
    assert_eq!(Dossier::parse(dossier.to_json().as_bytes()).unwrap(), dossier);
}

#[test]
fn what_cannot_have_happened_is_no_dossier() {
    let refused = |from: &str, to: &str| {
        let changed = DOSSIER.replacen(from, to, 1);
        assert_ne!(changed, DOSSIER);
        Dossier::parse(changed.as_bytes()).unwrap_err()
    };
    // Another word in the notice, and the consents are to something that is not there.
    let other = refused("We send you our newsletter.", "We send you our newsletter!");
    let DossierError::NoticeMissing { index: 1, notice: reference } = other else {
        panic!("{other}")
    };
    assert_eq!(reference, notice().reference());
    let twice = refused(r#""withdrawn": {"#, r#""renewed": {"#);
    assert!(matches!(twice, DossierError::Json { .. }), "{twice}");
    let early = refused("1782864000000", "1780272000000");
    let DossierError::Replay(error) = early else { panic!("{early}") };
    let last = UnixMillis::new(day(2).get()).unwrap();
    assert_eq!((error.index, error.rejection), (5, Rejection::OutOfOrder { last }));
    assert_eq!(refused(r#""v": 1"#, r#""v": 2"#), DossierError::Version);
    let said = refused("patient 4711", "\\u0000").to_string();
    assert!(said.contains("control character"), "{said}");
}

/// The hash alone does not say which notice it was; and what is wrong in a file is told by its place.
#[test]
fn a_dossier_is_checked_by_the_whole_reference_and_shows_no_text() {
    let reference = notice().reference();
    let version = format!("\"version\":{}", reference.version);
    let kept: String = dossier().to_json().split_whitespace().collect();
    let (start, events) = kept.split_once("\"events\"").unwrap();
    let other = events.replacen(&version, "\"version\":99", 1);
    assert_ne!(other, events);
    let refused = Dossier::parse(format!("{start}\"events\"{other}").as_bytes()).unwrap_err();
    assert!(matches!(refused, DossierError::NoticeMissing { .. }), "{refused}");
    let secret = Dossier::parse(br#"{"v":1,"Mrs Jones of 4 Mill Lane":true}"#).unwrap_err();
    assert!(!format!("{secret} {secret:?}").contains("Jones"), "{secret}");
    let long = vec![b' '; (4 << 20) + 1];
    assert_eq!(Dossier::parse(&long), Err(DossierError::Long { length: long.len() }));
}

#[test]
fn nothing_given_is_no_receipt() {
    let empty = Dossier::new(empty(), "patient 1", vec![notice()]).unwrap();
    assert_eq!(empty.receipt(id(), day(0)).unwrap_err(), ReceiptError::NothingGiven);
    let expired = Dossier::new(given(&scope("reminders")), "patient 1", vec![notice()]).unwrap();
    assert!(expired.receipt(id(), day(730)).is_ok());
    assert_eq!(expired.receipt(id(), day(731)).unwrap_err(), ReceiptError::NothingGiven);
    let missing = Dossier::new(given(&scope("reminders")), "patient 1", vec![]);
    assert!(matches!(missing, Err(DossierError::NoticeMissing { index: 0, .. })));
}

//= Kantara CR 1.1.0 §6: version, jurisdiction, timestamp in seconds, method, identifier, principal
//= Kantara CR 1.1.0 §6: a controller has a contact, a postal address, an e-mail address and a number
//= Kantara CR 1.1.0 §6: a third party is named if and only if data is disclosed to one
#[test]
fn kantara() {
    let dossier = dossier();
    let receipt = json(&dossier.receipt(id(), day(50)).unwrap().to_kantara());
    assert_eq!(receipt["version"], "KI-CR-v1.1.0");
    assert_eq!(receipt["consentTimestamp"], day(2).get() / 1_000);
    assert_eq!(receipt["collectionMethod"], "signed-form (in-person)");
    assert_eq!(receipt["consentReceiptID"], id().to_string());
    assert_eq!(receipt["piiPrincipalId"], "patient 4711");
    let controller = &receipt["piiControllers"][0];
    for field in ["piiController", "contact", "address", "email", "phone"] {
        assert!(!controller[field].is_null(), "{field}");
    }
    let purposes = receipt["services"][0]["purposes"].as_array().unwrap();
    let shown: Vec<_> = purposes
        .iter()
        .map(|it| (it["purposeCategory"][0].as_str().unwrap(), it["thirdPartyName"].as_str()))
        .collect();
    let university = Some("University of Northside");
    assert_eq!(
        shown,
        [
            ("6 - Marketing", None),
            ("4 - Contact Requested", None),
            ("11 - 3rd Party Sharing for Others", university),
        ]
    );
    assert_eq!(receipt["sensitive"], true);
    assert_eq!(receipt["spiCat"], serde_json::json!(["6 - Health"]));
    // Before it was withdrawn, it is on the receipt.
    let earlier = json(&dossier.receipt(id(), day(10)).unwrap().to_kantara());
    assert_eq!(earlier["services"][0]["purposes"].as_array().unwrap().len(), 4);
}

//= ISO/IEC TS 27560:2023 §6.3: header, processing, personal information, parties, events; §6.4: receipt
//= ISO/IEC TS 27560:2023 §6.3.7: time, validity, entity, type and state of each event
#[test]
fn iso27560() {
    let dossier = dossier();
    let receipt = json(&dossier.receipt(id(), day(61)).unwrap().to_iso27560());
    assert_eq!(receipt["record_id"], "6ba7b810-9dad-41d1-80b4-00c04fd430c8");
    assert_eq!(receipt["receipt_id"], id().to_string());
    let events = receipt["events"].as_array().unwrap();
    let states: Vec<_> = events.iter().map(|it| it["event_state"].as_str().unwrap()).collect();
    assert_eq!(
        states,
        [
            "dpv:ConsentRequested",
            "dpv:ConsentGiven",
            "dpv:ConsentGiven",
            "dpv:ConsentWithdrawn",
            "dpv:ConsentGiven",
            "dpv:RenewedConsentGiven",
            "dpv:ConsentGiven",
        ]
    );
    assert_eq!(events[1]["validity_duration"], "P731D");
    assert_eq!(events[6]["entity_id"], "guardian: account 902");
    assert_eq!(events[6]["event_time"], "2026-06-03T00:00:00Z");
    let ids = |name: &str, field: &str| -> BTreeSet<String> {
        let all = receipt[name].as_array().unwrap().iter();
        all.map(|it| it[field].as_str().unwrap().to_owned()).collect()
    };
    let parties = ids("party_identification", "party_id");
    assert_eq!(parties.len(), 5, "{parties:?}");
    assert_eq!(ids("events", "process_id"), ids("pii_processing", "process_id"));
}

//= ISO/IEC TS 27560:2023 §6.3.4: notice, language, purposes, controllers, storage, withdrawal
//= ISO/IEC TS 27560:2023 §6.3.5: the type of each piece of personal information, and whether it is special
//= ISO/IEC TS 27560:2023 §6.3.6: identifier, name, address, contact and type of each party
//= UK GDPR, Article 13(2)(d): the person is told that they may complain to the Commissioner
#[test]
fn iso27560_refers_to_what_it_has() {
    let dossier = dossier();
    let receipt = json(&dossier.receipt(id(), day(61)).unwrap().to_iso27560());
    let study = &receipt["pii_processing"][3];
    assert_eq!(study["privacy_notice"]["sha256"], notice().hash().to_string());
    let purpose = &study["purposes"][0];
    assert_eq!(purpose["pii_information"][0]["pii_type"], "pd:HealthRecord");
    assert_eq!(purpose["pii_information"][0]["sensitive_pii_category"], true);
    assert_eq!(purpose["storage_locations"], serde_json::json!(["GB"]));
    assert_eq!(purpose["withdrawal_method"].as_array().unwrap().len(), 3);
    let parties = receipt["party_identification"].as_array().unwrap();
    for party in ["controller", "university", "authority"] {
        let found = parties.iter().find(|it| it["party_id"] == party).unwrap();
        assert!(found["party_name"].is_string() && found["party_contact"].is_string());
    }
    assert_eq!(purpose["pii_controllers"], serde_json::json!(["controller"]));
    assert_eq!(purpose["recipient_third_parties"], serde_json::json!(["university"]));
    assert_eq!(purpose["authority_party"], "authority");
}

//= DPV 27560 guide §8: a record of processes, each with its purpose and status
//= DPV 27560 guide §9: a receipt of a record
#[test]
fn dpv() {
    let dossier = dossier();
    let receipt = json(&dossier.receipt(id(), day(61)).unwrap().to_dpv());
    assert_eq!(receipt["dct:conformsTo"]["@id"], "dpv-27560:receipt-eu-gdpr");
    let record = &receipt["dpv:hasRecordOfActivity"];
    assert_eq!(record["@type"], "dpv:ConsentRecord");
    let processes = record["dpv:hasProcess"].as_array().unwrap();
    assert_eq!(processes.len(), 4);
    let study = &processes[3];
    assert_eq!(study["dpv:hasPersonalData"][0]["@id"], "pd:HealthRecord");
    assert_eq!(study["dpv:hasLegalBasis"][1]["@id"], "eu-gdpr:A9-2-a");
    assert_eq!(
        study["dpv:hasConsentStatus"][0]["dpv:isIndicatedBy"]["dct:identifier"],
        "account 902"
    );
}

/// The properties of Dublin Core that are used (DCMI Metadata Terms, 2020-01-20), and of RDF.
const OTHER: [&str; 10] = [
    "dct:conformsTo",
    "dct:created",
    "dct:date",
    "dct:description",
    "dct:hasVersion",
    "dct:identifier",
    "dct:language",
    "dct:source",
    "rdf:value",
    "xsd:dateTime",
];

#[test]
fn every_emitted_term_exists() {
    let dossier = dossier();
    let receipt = dossier.receipt(id(), day(61)).unwrap();
    let known = crate::vocabulary::dpv();
    let mut found = BTreeSet::new();
    for text in [receipt.to_dpv(), receipt.to_iso27560()] {
        terms(&json(&text), &mut found);
    }
    let unknown: Vec<_> = found
        .iter()
        .filter(|term| !known.contains(&***term) && !OTHER.contains(&&***term))
        .filter(|term| *term != "xsd:duration")
        .collect();
    assert_eq!(unknown, [""; 0]);
    assert!(found.len() > 60, "{}", found.len());
}

/// Everything that looks like a term of one of the prefixes, names of members included.
fn terms(value: &Value, found: &mut BTreeSet<String>) {
    const PREFIXES: [&str; 9] =
        ["dpv", "pd", "eu-gdpr", "legal-gb", "loc", "dpv-27560", "dct", "rdf", "xsd"];
    let mut take = |text: &str| {
        if text.split_once(':').is_some_and(|(prefix, _)| PREFIXES.contains(&prefix)) {
            found.insert(text.to_owned());
        }
    };
    match value {
        Value::String(text) => take(text),
        Value::Array(all) => all.iter().for_each(|it| terms(it, found)),
        Value::Object(members) => {
            members.keys().for_each(|name| take(name));
            members.values().for_each(|it| terms(it, found));
        }
        _ => {}
    }
}
