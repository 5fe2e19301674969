//! Entries as they are appended, written and read back.

use upheld_ledger::{AppendError, Draft, Entry, EntryError, JsonError, LineError, Log, MAX_LINE};
use upheld_ledger::{Object, RecordRef, Tree, UnixMillis, Value};

use crate::{at, records};

#[test]
fn an_entry_reads_back() {
    let facts: Object =
        [("target", Value::from("record:\"7\"\n")), ("n", Value::Null)].into_iter().collect();
    let mut log = Log::default();
    log.append(&Draft::new(at(1), "x", "y")).unwrap();
    let record =
        log.append(&Draft::new(at(9_007_199_254_740_991), "é", "k").with_facts(&facts)).unwrap();
    assert_eq!(
        record.entry(),
        "{\"actor\":\"é\",\"at\":9007199254740991,\"facts\":{\"n\":null,\"target\":\"record:\\\"7\\\"\\n\"},\"kind\":\"k\",\"seq\":1}"
    );
    let entry = Entry::parse(record.entry().as_bytes()).unwrap();
    assert_eq!((entry.index, entry.actor.as_str(), entry.kind.as_str()), (1, "é", "k"));
    assert_eq!((entry.at.get(), entry.facts), (9_007_199_254_740_991, Some(facts)));
    let line = record.to_line();
    assert!(Value::parse_canonical(line.as_bytes()).is_ok(), "a line is canonical JSON itself");
    assert_eq!(RecordRef::parse_line(line.as_bytes()), Ok(record.as_ref()));
    assert_eq!(UnixMillis::new(9_007_199_254_740_992), None);
}

#[test]
fn entries_of_other_forms() {
    let good = r#"{"actor":"a","at":0,"kind":"k","seq":0}"#;
    assert!(Entry::parse(good.as_bytes()).is_ok());
    let member = |name| EntryError::Member { name };
    let cases = [
        ("[]", EntryError::NoObject),
        (r#"{"at":0,"kind":"k","seq":0}"#, member("actor")),
        (r#"{"actor":1,"at":0,"kind":"k","seq":0}"#, member("actor")),
        (r#"{"actor":"a","at":-1,"kind":"k","seq":0}"#, member("at")),
        (r#"{"actor":"a","at":0,"commitment":"x","kind":"k","seq":0}"#, member("commitment")),
        (r#"{"actor":"a","at":0,"commitment":null,"kind":"k","seq":0}"#, member("commitment")),
        (r#"{"actor":"a","at":0,"facts":[],"kind":"k","seq":0}"#, member("facts")),
        (r#"{"actor":"a","at":0,"kind":"k","person":"AAAA","seq":0}"#, member("person")),
        (r#"{"actor":"a","at":0,"kind":"k"}"#, member("seq")),
        (r#"{"actor":"a","at":0,"kind":"k","seq":0,"z":0}"#, EntryError::Unknown),
        (r#"{"at":0,"actor":"a","kind":"k","seq":0}"#, JsonError::Spelling { at: 3 }.into()),
        (r#"{"actor":"a","at":0,"kind":"k","seq":0} "#, JsonError::Spelling { at: 39 }.into()),
    ];
    for (text, error) in cases {
        assert_eq!(Entry::parse(text.as_bytes()), Err(error), "{text}");
    }
}

#[test]
fn lines_of_other_forms() {
    let (_, records) = records(1);
    let line = records[0].to_line();
    let read = |line: &str| RecordRef::parse_line(line.as_bytes()).map(|_| ());
    assert_eq!(read(&line), Ok(()));
    for bad in [
        "",
        "{}",
        &line[1..],
        &line[..line.len() - 1],
        &format!("{line}\n"),
        &line.replace("leaf", "Leaf"),
    ] {
        assert_eq!(read(bad), Err(LineError::Frame), "{bad}");
    }
    assert!(matches!(read(&line.replace("=\"}", "A\"}")), Err(LineError::Leaf(_))));
    assert!(matches!(read(&line.replace("\"at\"", "\"au\"")), Err(LineError::Entry(_))));
    let long = "x".repeat(MAX_LINE + 1);
    assert_eq!(read(&long), Err(LineError::Length { length: MAX_LINE + 1 }));
}

/// The longest entry that is appended makes the longest line that is read.
#[test]
fn entries_too_long_are_not_appended() {
    let mut log = Log::default();
    let overhead = log.clone().append(&Draft::new(at(0), "", "")).unwrap().to_line().len();
    let longest = "x".repeat(MAX_LINE - overhead);
    let line = log.append(&Draft::new(at(0), &longest, "")).unwrap().to_line();
    assert_eq!(line.len(), MAX_LINE);
    assert!(RecordRef::parse_line(line.as_bytes()).is_ok());
    let before = log.tree().clone();
    let error = log.append(&Draft::new(at(0), &longest, "y")).unwrap_err();
    assert_eq!(error, AppendError::TooLong { length: MAX_LINE + 1 });
    assert_eq!(log.tree(), &before);
}

#[test]
fn a_log_ends_where_its_indexes_do() {
    let size = 9_007_199_254_740_991_u64;
    let peaks = vec![upheld_ledger::Hash::EMPTY; 53];
    let mut log = Log::resume(Tree::from_peaks(size, peaks).unwrap());
    assert!(log.append(&Draft::new(at(0), "a", "k")).is_ok());
    assert_eq!(log.append(&Draft::new(at(0), "a", "k")), Err(AppendError::Full));
}

#[test]
fn a_resumed_log_goes_on_alike() {
    let (mut log, _) = records(37);
    let mut resumed = Log::resume(Tree::from_peaks(37, log.tree().peaks().to_vec()).unwrap());
    let draft = Draft::new(at(5), "a", "k");
    assert_eq!(log.append(&draft), resumed.append(&draft));
    assert_eq!(log.tree(), resumed.tree());
}
