//! TC and GPP strings beside the IAB's own libraries.

use serde_json::{Map, Value, json};
use upheld_cookies::UnixSeconds;
use upheld_cookies::gpp::{Gpp, Padding, Section, SectionId, UsSection};
use upheld_cookies::tcf::{
    Numbers, PublisherTc, Restriction, Segment, TcError, TcFault, TcModel, TcString, VendorIds,
    Vendors,
};

use super::super::npm::Packages;
use super::super::{Outcome, check};
use super::ORACLE;
use super::exceptions::{Disagreements, Expected};
use super::generate::Generator;
use super::letters;

const STRINGS: u16 = 300;

/// Where `@iabtechlabtcf/core` departs, each with what we follow.
const TC_DEPARTURES: [&str; 2] = [RANGE, LETTERS];
const RANGE: &str = "a range of a restriction that ends before it begins, or one of a set that begins at 0: the \
                     string can be read, and is told to be invalid (TcFault); the other refuses it";
const LETTERS: &str = "a letter of a language or country beyond Z is none (IAB TC string format, \
                       core string); the other makes a character of it";

/// What we write, they read alike; what they write, we read alike; and both make the same of strings
/// that are broken.
pub(super) fn compare_tc(packages: &Packages) -> Outcome<()> {
    let mut from = Generator(2_003);
    let mut ours: Vec<String> = Vec::new();
    for _ in 0..STRINGS {
        ours.push(model(&mut from).encode()?);
    }
    let theirs: Vec<Value> = (0..STRINGS).map(|_| question(&mut from)).collect();
    let theirs = packages.ask(ORACLE, &theirs)?;
    let mut strings = ours;
    for answer in &theirs {
        let string = answer.pointer("/answer/string").and_then(Value::as_str);
        strings.push(string.ok_or_else(|| format!("no string: {answer}"))?.to_owned());
    }
    let broken: Vec<String> = strings.iter().map(|string| mutate(string, &mut from)).collect();
    strings.extend(broken);
    strings.sort();
    strings.dedup();

    let ask = |string: &String| json!({ "ask": "tc", "string": string });
    let answers = packages.ask(ORACLE, &strings.iter().map(ask).collect::<Vec<_>>())?;
    let mut disagreements = Disagreements::about("tc");
    for (string, answer) in strings.iter().zip(&answers) {
        let tc = TcString::parse(string);
        let ours = tc.map_or(Value::Null, |tc| read(&tc));
        let theirs = answer.get("answer").cloned().unwrap_or_default();
        let (foretold, departures) = match tc {
            Ok(tc) if has_odd_range(&tc) => (Value::Null, vec![RANGE]),
            Err(TcError::Letters { .. }) => {
                let usual =
                    |tc: &TcString<'_>| if has_odd_range(tc) { Value::Null } else { read(tc) };
                (letters::foretold(string, usual)?, vec![LETTERS])
            }
            _ => (ours.clone(), Vec::new()),
        };
        let expected = Expected { theirs: foretold, departures };
        disagreements.compare(string, &ours, &theirs, &expected);
    }
    disagreements.settle(&TC_DEPARTURES)
}

/// Whether a range of a restriction ends before it begins, or one of a set begins at 0.
fn has_odd_range(tc: &TcString<'_>) -> bool {
    let mut written = vec![tc.vendor_consents(), tc.vendor_interests()];
    written.extend(tc.disclosed_vendors());
    written.extend(tc.allowed_vendors());
    let mut ranges = written.into_iter().flat_map(|vendors| vendors.ranges());
    let begins_at_0 = ranges.any(|range| *range.start() == 0 && !range.is_empty());
    // A restriction of a known kind and purpose is at fault for its ranges alone.
    let restrictions = TcModel::from(*tc).restrictions;
    let mut known = restrictions.iter().map(|one| one.kind < 3 && (1..=24).contains(&one.purpose));
    let is_at_fault = tc.faults(UnixSeconds(0)).contains(&TcFault::Restriction);
    begins_at_0 || (is_at_fault && known.any(|is_known| is_known))
}

/// A model with anything in it.
fn model(from: &mut Generator) -> TcModel {
    let moment = u64::from(from.below(20_000)).saturating_mul(864_000);
    let mut segments = Vec::new();
    if from.flag() {
        segments.push(Segment::DisclosedVendors(vendors(from)));
    }
    if from.flag() {
        let custom = from.below(20);
        segments.push(Segment::PublisherTc(PublisherTc {
            purposes_consent: numbers(from, 24),
            purposes_interest: numbers(from, 24),
            custom_purposes: custom,
            custom_consent: numbers(from, custom),
            custom_interest: numbers(from, custom),
        }));
    }
    let mut restrictions = Vec::new();
    for purpose in 1..=from.below(4) {
        let kind = from.below(3);
        restrictions.push(Restriction { purpose, kind, vendors: VendorIds::of(&some(from)) });
    }
    TcModel {
        created: moment,
        updated: moment,
        cmp_id: from.below(4094).saturating_add(2),
        cmp_version: from.below(4095).saturating_add(1),
        consent_screen: from.below(64),
        language: "EN".to_owned(),
        vendor_list_version: from.below(4095).saturating_add(1),
        policy_version: from.below(6),
        is_service_specific: from.flag(),
        uses_non_standard_texts: from.flag(),
        special_feature_opt_ins: numbers(from, 12),
        purposes_consent: numbers(from, 24),
        purposes_interest: numbers(from, 24),
        purpose_one_treatment: from.flag(),
        publisher_country: "GB".to_owned(),
        vendor_consents: vendors(from),
        vendor_interests: vendors(from),
        restrictions,
        segments,
    }
}

fn numbers(from: &mut Generator, most: u16) -> Numbers {
    let numbers = from.numbers(most, 4);
    let narrow = |number: &u16| u8::try_from(*number).unwrap_or_default();
    Numbers::of(&numbers.iter().map(narrow).collect::<Vec<u8>>())
}

/// Vendors, few or many, far apart or next to each other; at least one.
fn some(from: &mut Generator) -> Vec<u16> {
    let of_ten = from.below(10);
    let most = from.below(300);
    let mut vendors = from.numbers(most, of_ten);
    if from.flag() {
        let start = from.below(5000).saturating_add(1);
        vendors.extend(start..=start.saturating_add(from.below(400)));
    }
    vendors.push(from.below(60_000).saturating_add(1));
    vendors
}

fn vendors(from: &mut Generator) -> VendorIds {
    if from.below(8) == 0 { VendorIds::of(&[]) } else { VendorIds::of(&some(from)) }
}

fn question(from: &mut Generator) -> Value {
    json!({
        "ask": "tc-encode",
        "vendors": (1..=400).collect::<Vec<u16>>(),
        "consents": from.numbers(400, 3),
        "interests": from.numbers(400, 2),
        "purposes": from.numbers(11, 6),
        "interest_purposes": [2, 7, 8, 9],
        "disclosed": from.numbers(400, 8),
        "cmp": from.below(4000).saturating_add(2),
    })
}

/// Cut, changed, or with something in it that does not belong there.
fn mutate(string: &str, from: &mut Generator) -> String {
    let length = u16::try_from(string.len()).unwrap_or(u16::MAX);
    let at = usize::from(from.below(length));
    let (before, after) = string.split_at_checked(at).unwrap_or((string, ""));
    let rest = after.get(1..).unwrap_or_default();
    match from.below(4) {
        0 => before.to_owned(),
        1 => format!("{before}{}{rest}", from.pick(&["A", "B", "_", "f", "8"])),
        2 => format!("{before}{}{after}", from.pick(&[".", "=", "+", " ", "~"])),
        _ => format!("{string}{}", from.pick(&["A", ".A", ".", "AAAA", ".QAAA"])),
    }
}

/// What we read, in the words of the oracle.
fn read(tc: &TcString<'_>) -> Value {
    let list = |numbers: Numbers| numbers.iter().collect::<Vec<u8>>();
    let all = |vendors: Option<Vendors<'_>>| {
        let mut all: Vec<u16> = vendors.iter().flat_map(Vendors::ranges).flatten().collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    let model = TcModel::from(*tc);
    let publisher = tc.publisher().unwrap_or_default();
    let restrictions = model.restrictions.iter().map(|restriction| {
        let vendors = restriction.vendors.ranges().iter().cloned().flatten();
        json!([restriction.purpose, restriction.kind, vendors.collect::<Vec<u16>>()])
    });
    json!({
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
        "special_feature_opt_ins": list(tc.special_feature_opt_ins()),
        "purposes_consent": list(tc.purposes_consent()),
        "purposes_interest": list(tc.purposes_interest()),
        "purpose_one_treatment": tc.purpose_one_treatment(),
        "publisher_country": tc.publisher_country(),
        "vendor_consents": all(Some(tc.vendor_consents())),
        "vendor_interests": all(Some(tc.vendor_interests())),
        "restrictions": restrictions.collect::<Vec<Value>>(),
        "disclosed": all(tc.disclosed_vendors()),
        "allowed": all(tc.allowed_vendors()),
        "publisher_consents": list(publisher.purposes_consent),
        "publisher_interests": list(publisher.purposes_interest),
        "custom_purposes": publisher.custom_purposes,
        "custom_consents": list(publisher.custom_consent),
        "custom_interests": list(publisher.custom_interest),
    })
}

const SECTIONS: [&str; 21] = [
    "usnat", "usca", "usva", "usco", "usut", "usct", "usfl", "usmt", "usor", "ustx", "usde",
    "usia", "usne", "usnh", "usnj", "ustn", "usmn", "usmd", "usin", "usky", "usri",
];

/// What they write, we read alike and write again to the letter; what we write, they read alike.
pub(super) fn compare_gpp(packages: &Packages) -> Outcome<()> {
    let pairs = SECTIONS.iter().flat_map(|section| (0..20_u32).map(move |seed| (*section, seed)));
    let pairs: Vec<(&str, u32)> = pairs.collect();
    let ask = |(section, seed): &(&str, u32)| json!({ "ask": "gpp-encode", "section": section, "seed": seed });
    let answers = packages.ask(ORACLE, &pairs.iter().map(ask).collect::<Vec<_>>())?;
    let mut disagreements = Disagreements::about("gpp");
    let mut written = Vec::new();
    for ((name, _), answer) in pairs.iter().zip(&answers) {
        let string = answer.pointer("/answer/string").and_then(Value::as_str);
        let string = string.ok_or_else(|| format!("no string of {name}: {answer}"))?;
        let section = section(name, string)?;
        let theirs = answer.pointer("/answer/fields").cloned().unwrap_or_default();
        let ours = fields(&section);
        disagreements.compare(string, &ours, &theirs, &Expected::agreement(ours.clone()));
        let id = SectionId::named(name).ok_or("an unknown section")?.number();
        let again = Gpp::write(&[(id, &section.write(Padding::Bytes))], Padding::Bytes)?;
        check(again == string, &format!("{string} is written as {again}"))?;
        written.push((
            *name,
            Gpp::write(&[(id, &section.write(Padding::Shortest))], Padding::Shortest)?,
            theirs,
        ));
    }
    let ask = |(section, string, _): &(&str, String, Value)| json!({ "ask": "gpp", "section": section, "string": string });
    let answers = packages.ask(ORACLE, &written.iter().map(ask).collect::<Vec<_>>())?;
    for ((_, string, expected), answer) in written.iter().zip(&answers) {
        let read = answer.pointer("/answer/fields").unwrap_or(answer);
        disagreements.compare(string, expected, read, &Expected::agreement(expected.clone()));
    }
    disagreements.settle(&[])
}

fn section(name: &str, string: &str) -> Outcome<UsSection> {
    let gpp = Gpp::parse(string)?;
    let id = SectionId::named(name).ok_or("an unknown section")?;
    match gpp.section(id) {
        Some(Ok(Section::UnitedStates(section))) => Ok(section),
        other => Err(format!("{name} of {string} is read as {other:?}").into()),
    }
}

/// A section in the words of the oracle.
fn fields(section: &UsSection) -> Value {
    let mut fields = Map::new();
    fields.insert(section.version_field().to_owned(), section.version().into());
    for (name, values) in section.fields() {
        let is_list = name == "SensitiveDataProcessing" || values.len() > 1;
        let one = values.first().copied().unwrap_or_default();
        fields.insert(name.to_owned(), if is_list { Value::from(values) } else { one.into() });
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
