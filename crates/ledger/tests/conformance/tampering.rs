//! What was done to a log, and what of it is found.

use upheld_ledger::{
    Checkpoint, Draft, Fault, Hash, Log, Record, RecordRef, Tampering, Tree, Verifier,
};

use crate::{at, records};

fn verify(records: &[Record], checkpoints: Vec<Checkpoint>) -> Result<Tree, Tampering> {
    let mut verifier = Verifier::against(checkpoints);
    for record in records {
        verifier.push(record.as_ref())?;
    }
    verifier.finish()
}

fn checkpoint(log: &Log) -> Checkpoint {
    Checkpoint::of("clinic", log.tree()).unwrap()
}

#[test]
fn an_untouched_log_verifies() {
    for count in 0..40 {
        let (log, records) = records(count);
        assert_eq!(verify(&records, Vec::new()).as_ref(), Ok(log.tree()));
        assert_eq!(verify(&records, vec![checkpoint(&log)]).as_ref(), Ok(log.tree()));
    }
}

/// Every byte of every line, changed in turn.
#[test]
fn any_changed_byte_is_found_and_named() {
    let (_, records) = records(3);
    for (index, record) in records.iter().enumerate() {
        let line = record.to_line().into_bytes();
        for at in 0..line.len() {
            let mut changed = line.clone();
            changed[at] ^= 1;
            let read = RecordRef::parse_line(&changed);
            let found = read.is_err_and(|_| true)
                || read.is_ok_and(|read| read.check(index as u64).is_err());
            assert!(found, "byte {at} of entry {index}");
        }
    }
}

#[test]
fn moved_removed_and_inserted_records_are_named() {
    let (_, good) = records(9);
    let found = |records: &[Record]| verify(records, Vec::new()).unwrap_err();
    let tampered = |index| Tampering::Record { index, fault: Fault::Index };
    let mut swapped = good.clone();
    swapped.swap(3, 4);
    assert_eq!(found(&swapped), tampered(3));
    let mut removed = good.clone();
    removed.remove(5);
    assert_eq!(found(&removed), tampered(5));
    let mut repeated = good.clone();
    repeated.insert(2, good[1].clone());
    assert_eq!(found(&repeated), tampered(2));
    assert_eq!(found(&good[1..]), tampered(0));
    assert_eq!(tampered(2).to_string(), "entry 2: the entry has another number");
}

/// Somebody who changes an entry and makes every hash match.
#[test]
fn a_rewritten_log_is_found_by_a_checkpoint_alone() {
    let (log, good) = records(9);
    let mut rewritten = Log::default();
    let forged: Vec<Record> = (0..9)
        .map(|number| {
            let kind = if number == 4 { "record.delete" } else { "record.read" };
            let facts = [("target", upheld_ledger::Value::Text(format!("record:{number}")))]
                .into_iter()
                .collect();
            rewritten
                .append(
                    &Draft::new(at(1_750_000_000_000 + number), "clerk", kind).with_facts(&facts),
                )
                .unwrap()
        })
        .collect();
    assert_eq!(
        (forged[3] == good[3], forged[4] == good[4], forged[5] == good[5]),
        (true, false, true)
    );
    assert!(verify(&forged, Vec::new()).is_ok(), "nothing inside the log shows it");
    let history = Tampering::History { entries: 9 };
    assert_eq!(verify(&forged, vec![checkpoint(&log)]), Err(history));
    // With several, it is narrowed down to between two of them.
    let kept: Vec<Checkpoint> = [8, 2, 4, 6].map(|count| checkpoint(&records(count).0)).into();
    assert_eq!(verify(&forged, kept.clone()), Err(Tampering::History { entries: 6 }));
    assert!(verify(&good, kept).is_ok());
}

#[test]
fn a_cut_end_is_found_by_a_checkpoint_alone() {
    let (log, good) = records(9);
    for left in 0..9 {
        assert!(verify(&good[..left], Vec::new()).is_ok());
        let truncated = Tampering::Truncated { entries: left as u64, expected: 9 };
        assert_eq!(verify(&good[..left], vec![checkpoint(&log)]), Err(truncated));
    }
}

#[test]
fn an_empty_log_and_a_checkpoint_of_another() {
    let empty = checkpoint(&Log::default());
    assert!(verify(&[], vec![empty.clone()]).is_ok());
    assert!(verify(&records(3).1, vec![empty]).is_ok(), "every log continues the empty one");
}

#[test]
fn a_hash_beside_another_entry() {
    let (_, good) = records(2);
    let mixed = RecordRef::from_parts(good[0].entry().as_bytes(), good[1].leaf());
    assert_eq!(mixed.check(0), Err(Fault::Leaf));
    let other = RecordRef::from_parts(b"\xff", Hash::of_leaf(b"\xff"));
    assert_eq!(other.check(0), Err(Fault::Index));
}
