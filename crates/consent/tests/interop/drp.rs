//! Data Rights Protocol 1.0: the protocol's example, and every way in which a message is not ours.

use upheld_consent::Moment;
use upheld_consent::drp::{
    DenialReason, Exercise, MAX_MESSAGE, OpenError, Opening, Right, SealError, Status, StatusError,
    StatusReport, Verifier,
};
use upheld_consent::opendsr::SignatureVerdict;
use upheld_consent::request::{Ask, Command, Ground, Outcome, Response, Sent, Text};

use crate::request;

/// §2.01, with times, a name, and the comma that the example lacks.
const BODY: &str = r#"{"agent-id":"AA","business-id":"CB","issued-at":"2025-08-01T12:00:00Z","expires-at":"2025-08-01T12:10:00+00:00","agent-request-id":"foo","drp.version":"1.0","exercise":"sale:opt-out","regime":"ccpa","relationships":["customer","marketing"],"status_callback":"https://dsr-agent.example.com/update_status","name":"Johanna Doe","email":"johanna@example.com","email_verified":true,"address":{"country":"US"}}"#;

/// Stands in for Ed25519: the "signature" repeats the length of what is signed and who signs.
struct Keys;

fn sign(agent: &str, message: &[u8]) -> [u8; 64] {
    let mut signature = [0; 64];
    let sum =
        message.iter().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add((*byte).into()));
    let text = format!("{agent}:{sum}:{}", message.len());
    signature.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
    signature
}

impl Verifier for Keys {
    fn verify(&self, agent: &str, message: &[u8], signature: &[u8; 64]) -> SignatureVerdict {
        if sign(agent, message) == *signature {
            SignatureVerdict::Valid
        } else {
            SignatureVerdict::Invalid
        }
    }
}

fn signed(agent: &str, body: &str) -> String {
    let mut message = sign(agent, body.as_bytes()).to_vec();
    message.extend(body.bytes());
    data_encoding::BASE64.encode(&message)
}

fn open(message: &str, at: &str) -> Result<Exercise, OpenError> {
    let now = Moment::parse(at).unwrap().unix_seconds();
    Exercise::open(message, &Opening { agent_id: "AA", business_id: "CB", now }, &Keys)
}

const DURING: &str = "2025-08-01T12:05:00Z";

//= Data Rights Protocol 1.0 §3.07: base64, signature, agent, business, issued, expires, in that order
#[test]
fn each_check_in_its_order() {
    let message = signed("AA", BODY);
    let exercise = open(&message, DURING).unwrap();
    assert_eq!(
        (exercise.exercise, exercise.claims.email_verified),
        (Right::SaleOptOut, Some(true))
    );
    assert!(exercise.claims.other.contains_key("address"));
    assert!(open(&format!("{message}\n"), DURING).is_ok());
    assert_eq!(open("not base64!", DURING), Err(OpenError::Encoding));
    assert_eq!(open("AAAA", DURING), Err(OpenError::Encoding));
    assert_eq!(open(&signed("BB", BODY), DURING), Err(OpenError::Signature));
    // Wrong in every later way, and unsigned: nothing of it is read.
    assert_eq!(open(&signed("BB", "{"), DURING), Err(OpenError::Signature));
    assert!(matches!(open(&signed("AA", "{"), DURING), Err(OpenError::Json { .. })));
    let other = BODY.replace("\"AA\"", "\"BB\"").replace("\"CB\"", "\"XX\"");
    assert_eq!(open(&signed("AA", &other), DURING), Err(OpenError::OtherAgent));
    let other = BODY.replace("\"CB\"", "\"XX\"");
    assert_eq!(open(&signed("AA", &other), "2020-01-01T00:00:00Z"), Err(OpenError::OtherBusiness));
    assert_eq!(open(&message, "2025-08-01T11:59:59Z"), Err(OpenError::NotYet));
    assert!(open(&message, "2025-08-01T12:00:00Z").is_ok());
    assert!(open(&message, "2025-08-01T12:09:59Z").is_ok());
    assert_eq!(open(&message, "2025-08-01T12:10:00Z"), Err(OpenError::Expired));
    let newer = BODY.replace("\"1.0\"", "\"0.9\"");
    assert_eq!(open(&signed("AA", &newer), DURING), Err(OpenError::Version));
    let long = "A".repeat(MAX_MESSAGE + 1);
    assert_eq!(open(&long, DURING), Err(OpenError::Long { length: MAX_MESSAGE + 1 }));
    let twice = BODY.replace("\"regime\"", "\"exercise\":\"deletion\",\"regime\"");
    assert!(matches!(open(&signed("AA", &twice), DURING), Err(OpenError::Json { .. })));
}

#[test]
fn what_is_sealed_is_opened() {
    let exercise = open(&signed("AA", BODY), DURING).unwrap();
    let message = exercise.seal(|body| sign("AA", body)).unwrap();
    assert_eq!(open(&message, DURING), Ok(exercise.clone()));
    let expires_at = Moment::parse("2025-08-01T12:10:01Z").unwrap();
    let long = Exercise { expires_at, ..exercise.clone() };
    assert_eq!(long.seal(|body| sign("AA", body)), Err(SealError::Times));
    let backwards = Exercise { expires_at: exercise.issued_at.clone(), ..exercise.clone() };
    assert_eq!(backwards.seal(|body| sign("AA", body)), Err(SealError::Times));
    let newer = Exercise { version: "2.0".into(), ..exercise.clone() };
    assert_eq!(newer.seal(|body| sign("AA", body)), Err(SealError::Version));
    let plain = Exercise { status_callback: Some("http://x.example".into()), ..exercise.clone() };
    assert_eq!(plain.seal(|body| sign("AA", body)), Err(SealError::Callback));
    assert!(!format!("{exercise:?}").contains("Johanna"));
}

/// Each row of the table in §3.02.
#[test]
fn every_status_of_the_protocol() {
    let mut all = vec![
        Status::Open,
        Status::InProgress,
        Status::NeedUserVerification,
        Status::Fulfilled,
        Status::Revoked,
        Status::Expired,
    ];
    all.extend(DenialReason::ALL.iter().map(|reason| Status::Denied(*reason)));
    assert_eq!(all.len(), 13);
    for status in all {
        let (word, reason) = status.words();
        assert_eq!(Status::parse(word, reason), Some(status));
        let is_final = matches!(word, "fulfilled" | "revoked" | "denied");
        assert_eq!(status.is_final(), is_final, "{word}");
    }
    assert_eq!(
        Status::parse("denied", Some("bad_mood")),
        Some(Status::Denied(DenialReason::Other))
    );
    assert_eq!(Status::parse("lost", None), None);
}

/// §3.03.
#[test]
fn the_status_of_the_protocols_example() {
    let body = br#"{"request_id":"c789ff35-7644-4ceb-9981-4b35c264aac3","agent_request_id":"foo","status":"in_progress","reason":"need_user_verification","received_at":"2025-08-01T12:00:00Z","expected_by":"2025-09-15T12:00:00Z","processing_details":"this user has many records","user_verification_url":"https://example.com/data-rights/verify/c789ff35-7644-4ceb-9981-4b35c264aac3"}"#;
    let report = StatusReport::parse(body).unwrap();
    assert_eq!(report.status, Status::NeedUserVerification);
    assert_eq!(report.to_json().unwrap().as_bytes(), body);
    let without = StatusReport { expected_by: None, ..report.clone() };
    assert_eq!(without.to_json(), Err(StatusError::Missing("expected_by")));
    let without = StatusReport { user_verification_url: None, ..report.clone() };
    assert_eq!(without.to_json(), Err(StatusError::Missing("user_verification_url")));
    let denied = StatusReport {
        status: Status::Denied(DenialReason::NoMatch),
        processing_details: None,
        ..report
    };
    assert_eq!(denied.to_json(), Err(StatusError::Missing("processing_details")));
    assert!(StatusReport::parse(br#"{"request_id":"x","status":"lost"}"#).is_err());
    let long = vec![b' '; (1 << 16) + 1];
    assert_eq!(StatusReport::parse(&long), Err(StatusError::Long { length: long.len() }));
}

#[test]
fn a_request_of_ours_has_a_status_of_theirs() {
    let text = |words| Text::new(words).unwrap();
    let status = |commands| Status::of(&request(Ask::Erasure, commands));
    assert_eq!(status(Vec::new()), Status::Open);
    assert_eq!(status(vec![Command::Accept]), Status::InProgress);
    let doubt = || Command::RequestIdentity { doubt: text("x") };
    assert_eq!(status(vec![doubt()]), Status::NeedUserVerification);
    let lapse = Command::Lapse { efforts: text("x") };
    let lapsed = status(vec![doubt(), lapse]);
    assert_eq!(lapsed, Status::Denied(DenialReason::InsufficientVerification));
    assert_eq!(status(vec![Command::Withdraw]), Status::Revoked);
    let refusal = Response {
        outcome: Outcome::Refused(vec![Ground::NoCaseForErasure(text("x"))]),
        letter: Sent::Rendered,
    };
    let refused = status(vec![Command::Accept, Command::Respond(refusal)]);
    assert_eq!(refused, Status::Denied(DenialReason::ClaimNotCovered));
    assert_eq!(Right::Deletion.ask(), Some(Ask::Erasure));
    assert_eq!(Right::SaleOptIn.ask(), None);
}
