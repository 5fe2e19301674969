//! TC and GPP strings against the IAB's own libraries: `vectors/consent_strings.json`.

use serde_json::Value;
use upheld_cookies::gpp::{Gpp, Padding, Section, SectionId, UsSection};
use upheld_cookies::tcf::{Numbers, Segment, TcModel, TcString, Vendors};

fn vectors(kind: &str) -> Vec<Value> {
    let file: Value =
        serde_json::from_str(include_str!("../vectors/consent_strings.json")).unwrap();
    file[kind].as_array().unwrap().clone()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn vendors(vendors: Option<Vendors<'_>>) -> Vec<u16> {
    let mut all: Vec<u16> = vendors.iter().flat_map(Vendors::ranges).flatten().collect();
    all.sort_unstable();
    all
}

/// What we read, in the words of the vectors.
fn read(tc: &TcString<'_>) -> Value {
    let numbers = |numbers: Numbers| numbers.iter().collect::<Vec<u8>>();
    let model = TcModel::from(*tc);
    let publisher = tc.publisher().unwrap_or_default();
    serde_json::json!({
        "string": tc.as_str(),
        "created": tc.created_deciseconds(),
        "updated": tc.updated_deciseconds(),
        "cmp_id": tc.cmp_id(),
        "cmp_version": tc.cmp_version(),
        "consent_screen": tc.consent_screen(),
        "language": tc.language(),
        "vendor_list_version": tc.vendor_list_version(),
        "policy_version": tc.policy_version(),
        "is_service_specific": tc.is_service_specific(),
        "uses_non_standard_texts": tc.uses_non_standard_texts(),
        "special_feature_opt_ins": numbers(tc.special_feature_opt_ins()),
        "purposes_consent": numbers(tc.purposes_consent()),
        "purposes_interest": numbers(tc.purposes_interest()),
        "purpose_one_treatment": tc.purpose_one_treatment(),
        "publisher_country": tc.publisher_country(),
        "vendor_consents": vendors(Some(tc.vendor_consents())),
        "vendor_interests": vendors(Some(tc.vendor_interests())),
        "restrictions": model.restrictions.iter().map(|r| [r.purpose, r.kind]).collect::<Vec<_>>(),
        "disclosed": vendors(tc.disclosed_vendors()),
        "allowed": vendors(tc.allowed_vendors()),
        "publisher_consents": numbers(publisher.purposes_consent),
        "publisher_interests": numbers(publisher.purposes_interest),
        "custom_purposes": publisher.custom_purposes,
        "custom_consents": numbers(publisher.custom_consent),
    })
}

//= IAB TCF, Core String: every field, as the IAB's own library reads it
#[test]
fn tc_strings_are_read_alike() {
    let vectors = vectors("tc");
    assert_eq!(vectors.len(), 27);
    for expected in vectors {
        let tc = TcString::parse(text(&expected["string"])).unwrap();
        assert_eq!(read(&tc), expected);
    }
}

//= IAB TCF, Vendor Consent Section: the shorter form; written again, the string is as it was
#[test]
fn tc_strings_are_written_alike() {
    for vector in vectors("tc") {
        let string = text(&vector["string"]);
        let tc = TcString::parse(string).unwrap();
        let written = TcModel::from(tc).encode().unwrap();
        let again = TcString::parse(&written).unwrap();
        let mut expected = vector.clone();
        expected["string"] = written.clone().into();
        assert_eq!(read(&again), expected);
        // Platforms fill up with more zeros than are needed, each in its own way.
        let without_zeros = |text: &str| {
            let segments = text.split('.').map(|segment| segment.trim_end_matches('A').to_owned());
            segments.collect::<Vec<_>>()
        };
        assert_eq!(without_zeros(&written), without_zeros(string));
    }
}

/// The section's fields with the version and what follows the core, as the vectors have them.
fn fields(section: &UsSection) -> Value {
    let mut fields = serde_json::Map::new();
    fields.insert(section.version_field().to_owned(), section.version().into());
    for (name, values) in section.fields() {
        let is_list = name == "SensitiveDataProcessing" || values.len() > 1;
        let value = if is_list { Value::from(values) } else { values[0].into() };
        fields.insert(name.to_owned(), value);
    }
    if let Some(gpc) = section.gpc() {
        fields.insert("GpcSegmentType".to_owned(), 1.into());
        fields.insert("Gpc".to_owned(), gpc.into());
    }
    if let Some(values) = section.sensitive_data() {
        fields.insert("SensitiveDataProcessing".to_owned(), values.into());
    }
    fields.into()
}

//= IAB GPP Core Specification, GPC sub-section: every section, read and written
#[test]
fn gpp_strings_are_read_and_written_alike() {
    let vectors = vectors("gpp");
    assert_eq!(vectors.len(), 21 * 6);
    for vector in vectors {
        let (string, name) = (text(&vector["string"]), text(&vector["section"]));
        let gpp = Gpp::parse(string).unwrap();
        let id = SectionId::named(name).unwrap();
        let Some(Ok(Section::UnitedStates(section))) = gpp.section(id) else { panic!("{string}") };
        assert_eq!(fields(&section), vector["fields"], "{string}");
        let written = section.write(Padding::Bytes);
        assert_eq!(Gpp::write(&[(id.number(), &written)], Padding::Bytes).unwrap(), string);
        let shortest = section.write(Padding::Shortest);
        assert!(shortest.len() <= written.len());
        assert_eq!(Section::parse(id.number(), &shortest), Ok(Section::UnitedStates(section)));
    }
}

//= IAB GPP Core Specification, Range (Fibonacci): the examples of headers
#[test]
fn gpp_headers() {
    for (ids, shortest) in [(&[2][..], "DBABM"), (&[2, 6], "DBACNY"), (&[5, 6], "DBABjw")] {
        let sections: Vec<(u16, &str)> = ids.iter().map(|id| (*id, "x")).collect();
        let written = Gpp::write(&sections, Padding::Shortest).unwrap();
        assert_eq!(written.split('~').next(), Some(shortest));
        let read = Gpp::parse(&written).unwrap();
        assert_eq!(read.sections().collect::<Vec<_>>(), sections);
    }
    assert_eq!(Gpp::parse("DBABMA~x").map(|gpp| gpp.sections().len()), Ok(1));
}

#[test]
fn segments_keep_their_order() {
    let string = "COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA.YAAAAAAAAAA.IDKQA4AAgAKAGQAygAAA";
    let model = TcModel::from(TcString::parse(string).unwrap());
    let [Segment::PublisherTc(_), Segment::DisclosedVendors(vendors)] = &model.segments[..] else {
        panic!("{:?}", model.segments)
    };
    assert_eq!(vendors.ranges(), [1..=5, 100..=100, 404..=404]);
    assert_eq!(TcModel::from(TcString::parse(&model.encode().unwrap()).unwrap()), model);
}
