//! `OpenDSR` 2.0: the specification's examples, and what a live implementation sends.

use std::cell::RefCell;

use upheld_consent::Moment;
use upheld_consent::opendsr::{
    Callback, CallbackRefusal, Cancelled, Discovery, Headers, HeadersError, IdentityType, Leniency,
    MAX_BODY, OpenDsrError, Order, Receipt, Regulation, RequestStatus, RequestType,
    SignatureVerdict, StatusReport, SubjectRequestId, Verifier,
};
use upheld_consent::request::{Ask, Command, Done, Outcome, Response, Sent, Text};

use crate::request;

/// §7.2 of the specification, without the comma before a closing brace that its JSON has.
const ORDER: &str = r#"{
  "subject_request_id": "a7551968-d5d6-44b2-9831-815ac9017798",
  "subject_request_type": "erasure",
  "submitted_time": "2018-10-02T15:00:00Z",
  "subject_identities": [
    {"identity_type": "email", "identity_value": "johndoe@example.com", "identity_format": "raw"}
  ],
  "api_version": "2.0",
  "status_callback_urls": ["https://examplecontroller.com/opendsr/callbacks"],
  "extensions": {
    "example-processor.com": {"foo-processor-custom-id": 123456, "property_id": "123456"},
    "example-other-processor.com": {"foo-other-processor-custom-id": 654321}
  }
}"#;

/// §8.7.
const CALLBACK: &str = r#"{
    "controller_id":"example_controller_id",
    "expected_completion_time":"2018-11-01T15:00:01Z",
    "status_callback_url":"https://examplecontroller.com/opendsr/callbacks",
    "subject_request_id": "a7551968-d5d6-44b2-9831-815ac9017798",
    "request_status":"pending",
    "results_url":"https://exampleprocessor.com/secure/d188d4ba-12db-48a0-898c-cd0f8ba7b345",
    "results_count":340
}"#;
const OWN: &str = "https://examplecontroller.com/opendsr/callbacks";

fn order() -> (Order, Vec<Leniency>) {
    Order::parse(ORDER.as_bytes()).unwrap()
}

#[test]
fn the_example_of_the_specification() {
    let (mut order, leniency) = order();
    assert_eq!(leniency, [Leniency::NoRegulation]);
    assert_eq!(order.subject_request_type, RequestType::Erasure);
    assert_eq!(order.subject_identities.first().unwrap().identity_type, Some(IdentityType::Email));
    assert_eq!(order.to_json(), Err(OpenDsrError::Missing { field: "regulation" }));
    order.regulation = Some(Regulation::Gdpr);
    let written = order.to_json().unwrap();
    assert_eq!(Order::parse(written.as_bytes()), Ok((order, Vec::new())));
    // As the specification prints it, it is not JSON.
    let printed = ORDER.replace("\"property_id\": \"123456\"}", "\"property_id\": \"123456\",}");
    let error = Order::parse(printed.as_bytes()).unwrap_err();
    assert!(matches!(error, OpenDsrError::Json { line: 11, .. }), "{error}");
}

/// The endpoint of `AppsFlyer`: `rectification`, `property_id` at the top, other spellings of statuses.
#[test]
fn what_a_live_implementation_sends() {
    let theirs = ORDER.replace("\"erasure\"", "\"rectification\"").replace(
        "\"api_version\"",
        "\"property_id\": \"id123\", \"regulation\": \"gdpr\", \"api_version\"",
    );
    let (order, leniency) = Order::parse(theirs.as_bytes()).unwrap();
    assert_eq!(leniency, [Leniency::RectificationType, Leniency::UnknownFields]);
    assert_eq!(order.other.get("property_id").unwrap(), "id123");
    assert!(matches!(
        order.to_json(),
        Err(OpenDsrError::Value { field: "subject_request_type", .. })
    ));
    for (theirs, ours) in
        [("in-progress", RequestStatus::InProgress), ("canceled", RequestStatus::Cancelled)]
    {
        let body = CALLBACK.replace("pending", theirs);
        let (report, leniency) = StatusReport::parse(body.as_bytes()).unwrap();
        assert_eq!((report.request_status, leniency), (ours, vec![Leniency::StatusSpelling]));
        let written = report.to_json().unwrap();
        assert!(written.contains(&format!("\"request_status\":\"{}\"", ours.name())), "{written}");
    }
}

#[test]
fn everything_else_that_is_let_pass() {
    let odd = ORDER
        .replace("a7551968", "A7551968")
        .replace("\"email\"", "\"telephone\"")
        .replace(", \"identity_format\": \"raw\"", "")
        .replace("https://examplecontroller.com", "http://examplecontroller.com");
    let (order, leniency) = Order::parse(odd.as_bytes()).unwrap();
    let expected = [
        Leniency::NoRegulation,
        Leniency::UpperCaseId,
        Leniency::NoIdentityFormat,
        Leniency::UnknownIdentityType,
        Leniency::PlainCallback,
    ];
    assert_eq!(leniency, expected);
    assert_eq!(order.subject_request_id.as_str(), "a7551968-d5d6-44b2-9831-815ac9017798");
    let regulated = Order { regulation: Some(Regulation::Ccpa), ..order };
    assert!(matches!(
        regulated.to_json(),
        Err(OpenDsrError::Value { field: "status_callback_urls", .. })
    ));
    let secure = Order { status_callback_urls: Vec::new(), ..regulated };
    assert!(matches!(secure.to_json(), Err(OpenDsrError::Value { field: "identity_type", .. })));
}

#[test]
fn what_is_not_let_pass() {
    let refused = [
        ORDER.replace("\"erasure\"", "\"deletion\""),
        ORDER.replace("44b2", "34b2"),
        ORDER.replace("a7551968-", ""),
        ORDER.replace("2018-10-02T15:00:00Z", "yesterday"),
        ORDER.replace("\"raw\"", "\"rot13\""),
        ORDER.replace("\"api_version\"", "\"subject_request_type\": \"access\", \"api_version\""),
        ORDER.replace("\"api_version\"", "\"regulation\": \"hipaa\", \"api_version\""),
        "[]".into(),
        "[".repeat(100_000),
        String::new(),
    ];
    for body in refused {
        let error = Order::parse(body.as_bytes()).unwrap_err();
        assert!(!error.to_string().contains("johndoe"), "{error}");
    }
    let nobody = r#"{"regulation":"gdpr","subject_request_id":"a7551968-d5d6-44b2-9831-815ac9017798","subject_request_type":"access","submitted_time":"2018-10-02T15:00:00Z"}"#;
    assert_eq!(
        Order::parse(nobody.as_bytes()),
        Err(OpenDsrError::Missing { field: "subject_identities" })
    );
    let long = vec![b' '; MAX_BODY + 1];
    assert_eq!(Order::parse(&long), Err(OpenDsrError::Long { length: MAX_BODY + 1 }));
}

#[test]
fn nothing_personal_is_printed() {
    let (order, _) = order();
    assert!(!format!("{order:?}").contains("johndoe"));
    let time = || Moment::parse("2018-10-02T15:00:01Z").unwrap();
    let receipt = Receipt::of(ORDER.as_bytes(), &order.subject_request_id, "c", time(), time());
    assert!(!format!("{receipt:?}").contains(&receipt.encoded_request));
}

#[test]
fn a_receipt_returns_the_request() {
    let (order, _) = order();
    let time = |text| Moment::parse(text).unwrap();
    let (received, expected) = (time("2018-10-02T15:00:01Z"), time("2018-11-01T15:00:01Z"));
    let receipt =
        Receipt::of(ORDER.as_bytes(), &order.subject_request_id, "example", received, expected);
    let body = receipt.to_json().unwrap();
    let (read, leniency) = Receipt::parse(body.as_bytes(), ORDER.as_bytes()).unwrap();
    assert_eq!((read, leniency), (receipt, vec![Leniency::NoSignatureInBody]));
    let other = Receipt::parse(body.as_bytes(), b"another request").unwrap_err();
    assert!(matches!(other, OpenDsrError::Value { field: "encoded_request", .. }));
}

/// A processor that signs by adding a number to the length: enough to see what was signed.
struct Signed<'a> {
    body: &'a [u8],
    asked: RefCell<Vec<String>>,
}

impl Verifier for Signed<'_> {
    fn verify(&self, domain: &str, body: &[u8], signature: &[u8]) -> SignatureVerdict {
        self.asked.borrow_mut().push(domain.into());
        if body == self.body && signature == b"signed" {
            SignatureVerdict::Valid
        } else {
            SignatureVerdict::Invalid
        }
    }
}

fn receive(
    headers: &[(&str, &str)],
    signed: &str,
    body: &str,
) -> Result<Callback, CallbackRefusal> {
    let verifier = Signed { body: signed.as_bytes(), asked: RefCell::default() };
    let processors = ["example-processor.com"];
    let headers = headers.iter().copied();
    Callback::receive(headers, body.as_bytes(), &processors, OWN, &verifier)
}

//= OpenDSR 2.0 §8.8: the signature is checked over the raw body before it is parsed
#[test]
fn a_callback_is_believed_once_its_signature_is() {
    let domain = ("X-OpenDSR-Processor-Domain", "Example-Processor.com");
    let signature = ("x-opendsr-signature", "c2ln\n bmVk");
    let callback = receive(&[domain, signature], CALLBACK, CALLBACK).unwrap();
    assert_eq!(callback.domain, "example-processor.com");
    assert_eq!(callback.report.results_count, Some(340));
    let older = [("X-OpenGDPR-Processor-Domain", domain.1), ("X-OpenGDPR-Signature", "c2lnbmVk")];
    assert!(receive(&older, CALLBACK, CALLBACK).is_ok());
    // One byte of the body, though it means the same.
    let spaced = CALLBACK.replace("\":", "\" :");
    let forged = receive(&[domain, signature], CALLBACK, &spaced).unwrap_err();
    assert_eq!((forged.status(), forged), (403, CallbackRefusal::Signature));
    // What is not believed is not read: no error tells about its contents.
    let garbage = receive(&[domain, signature], CALLBACK, "{").unwrap_err();
    assert_eq!(garbage, CallbackRefusal::Signature);
    let signed_garbage = receive(&[domain, signature], "{", "{").unwrap_err();
    assert_eq!(signed_garbage.status(), 400);
    let stranger = ("X-OpenDSR-Processor-Domain", "evil.example");
    let refused = receive(&[stranger, signature], CALLBACK, CALLBACK);
    assert_eq!(refused, Err(CallbackRefusal::UnknownProcessor));
    let elsewhere = CALLBACK.replace("examplecontroller.com", "other.example");
    let refused = receive(&[domain, signature], &elsewhere, &elsewhere);
    assert_eq!(refused, Err(CallbackRefusal::NotForUs));
    for headers in [vec![domain], vec![signature], Vec::new()] {
        let refused = receive(&headers, CALLBACK, CALLBACK).unwrap_err();
        assert!(matches!(refused, CallbackRefusal::Headers(HeadersError::Missing(_))));
    }
    for twice in [vec![domain, domain, signature], vec![domain, signature, older[1]]] {
        let refused = receive(&twice, CALLBACK, CALLBACK).unwrap_err();
        assert!(matches!(refused, CallbackRefusal::Headers(HeadersError::Twice(_))));
    }
    let odd = ("X-OpenDSR-Signature", "no-base64");
    let refused = receive(&[domain, odd], CALLBACK, CALLBACK);
    assert_eq!(refused, Err(CallbackRefusal::Headers(HeadersError::Base64)));
}

#[test]
fn an_unknown_processor_is_not_even_verified() {
    let verifier = Signed { body: b"", asked: RefCell::default() };
    let headers =
        [("X-OpenDSR-Processor-Domain", "evil.example"), ("X-OpenDSR-Signature", "c2lnbmVk")];
    assert!(Callback::receive(headers, b"", &["us.example"], OWN, &verifier).is_err());
    assert!(verifier.asked.borrow().is_empty());
}

#[test]
fn headers_are_written_as_they_are_read() {
    let written = Headers::write("example-processor.com", b"signed");
    let read = Headers::find(written.iter().map(|(name, value)| (*name, value.as_str()))).unwrap();
    assert_eq!(read.domain(), "example-processor.com");
}

/// §6.4 and §9.3.
#[test]
fn discovery_and_cancellation() {
    let discovery = br#"{"api_version":"2.0","supported_identities":[{"identity_type":"email","identity_format":"raw"},{"identity_type":"email","identity_format":"sha256"}],"supported_subject_request_types":["erasure"],"processor_certificate":"https://exampleprocessor.com/cert.pem"}"#;
    let read = Discovery::parse(discovery).unwrap();
    assert_eq!(read.supported_identities.len(), 2);
    assert_eq!(serde_json::to_vec(&read).unwrap(), discovery);
    let cancelled = br#"{"controller_id":"example_controller_id","received_time":"2018-10-02T15:00:01Z","subject_request_id":"a7551968-d5d6-44b2-9831-815ac9017798","api_version":"2.0"}"#;
    assert_eq!(serde_json::to_vec(&Cancelled::parse(cancelled).unwrap()).unwrap(), cancelled);
    assert!(Cancelled::parse(br#"{"controller_id":"c","received_time":"2018-10-02T15:00:01Z","subject_request_id":"7"}"#).is_err());
}

#[test]
fn a_request_of_ours_has_a_status_of_theirs() {
    let refusal = || {
        let ground = upheld_consent::request::Ground::NoCaseForErasure(Text::new("x").unwrap());
        Command::Respond(Response {
            outcome: Outcome::Refused(vec![ground]),
            letter: Sent::Rendered,
        })
    };
    let status = |commands| RequestStatus::of(&request(Ask::Erasure, commands));
    assert_eq!(status(Vec::new()), RequestStatus::Pending);
    assert_eq!(status(vec![Command::Accept]), RequestStatus::InProgress);
    assert_eq!(status(vec![Command::Withdraw]), RequestStatus::Cancelled);
    assert_eq!(status(vec![Command::Withdraw, Command::Close]), RequestStatus::Cancelled);
    assert_eq!(status(vec![Command::Accept, refusal()]), RequestStatus::Completed);
    assert_eq!(status(vec![Command::Accept, refusal(), Command::Close]), RequestStatus::Completed);
    let stopped = Done::Objection { stopped: vec![Text::new("post").unwrap()] };
    let stop = Response { outcome: Outcome::Fulfilled(stopped), letter: Sent::Rendered };
    let objection = request(Ask::MarketingObjection, vec![Command::Accept, Command::Respond(stop)]);
    assert_eq!(RequestStatus::of(&objection), RequestStatus::Completed);
    for ask in Ask::ALL {
        if let Some(kind) = RequestType::of(ask) {
            assert_eq!(kind.ask(), ask);
        }
    }
    let id = SubjectRequestId::from_random([0x5a; 16]);
    assert_eq!(SubjectRequestId::parse(id.as_str()), Some(id));
}
