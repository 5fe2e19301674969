//! Appending to a log and verifying it, beside `audit-trail`, with the facts of its own benches.
//!
//! What each does for an entry, in SHA-256's blocks of 64 bytes:
//!
//! | | `upheld-ledger` | `audit-trail` |
//! |---|---|---|
//! | says | who, what, when, on what, outcome, number | the same |
//! | hashes | canonical JSON, 110 bytes: 2 blocks | fields and the hash before, 86 bytes: 2 |
//! | binds it | by a node of a tree, on average: 2 blocks | by the hash before |
//! | keeps | the JSON and its hash | three strings, the numbers and two hashes |
//!
//! The tree takes twice the blocks, and gives proofs without the log, which a chain has not. No block
//! can begin before the one it follows, so that "its hashes alone" is the least an append can take.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    reason = "a benchmark that cannot be set up must stop"
)]

use std::cell::Cell;
use std::hint::black_box;

use audit_trail::{Action, Actor, Chain, Clock, MemorySink, Outcome, OwnedRecord, Sha256Hasher};
use audit_trail::{Target, Timestamp, Verifier as Replay};
use criterion::Criterion;
use upheld_ledger::{Draft, Hash, Log, Object, Record, RecordRef, UnixMillis, Value, Verifier};

mod settings;

const ENTRIES: usize = 1_000;

fn main() {
    let mut criterion = settings::criterion();
    append(&mut criterion);
    verify(&mut criterion);
    criterion.final_summary();
}

/// Both keep what they append.
fn append(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("ledger-append");
    group.bench_function("upheld", |b| {
        let facts = facts("record:1337", "denied");
        let mut log = Log::default();
        let mut kept: Vec<Record> = Vec::with_capacity(ENTRIES);
        let mut millis = 0;
        b.iter(|| {
            millis += 1;
            let at = UnixMillis::new(millis).expect("a small number");
            let draft = Draft::new(at, black_box("user-42"), black_box("record.delete"));
            let draft = draft.with_facts(black_box(&facts));
            kept.push(log.append(&draft).expect("a short entry"));
        });
    });
    group.bench_function("upheld, its hashes alone", |b| {
        let records = our_records();
        let entry = records.last().expect("there are some").entry().as_bytes();
        let mut node = Hash::EMPTY;
        b.iter(|| node = Hash::of_node(node, Hash::of_leaf(black_box(entry))));
        black_box(node);
    });
    group.bench_function("audit-trail 1.1", |b| {
        let sink = MemorySink::with_capacity(ENTRIES);
        let mut chain = Chain::new(Sha256Hasher::new(), sink, Tick(Cell::new(1)));
        b.iter(|| {
            chain.append(
                black_box(Actor::new("user-42")),
                black_box(Action::new("record.delete")),
                black_box(Target::new("record:1337")),
                black_box(Outcome::Denied),
            )
        });
    });
    group.finish();
}

fn verify(criterion: &mut Criterion) {
    let (ours, theirs) = (our_records(), their_records());
    let lines: Vec<String> = ours.iter().map(Record::to_line).collect();
    let mut group = criterion.benchmark_group("ledger-verify");
    // One record to an iteration, and the log again from its beginning after the last.
    let mut index = 0;
    group.bench_function("upheld", |b| {
        b.iter(|| {
            let record = ours.get(index).expect("in range").as_ref();
            black_box(record).check(u64::try_from(index).expect("small")).expect("as it was");
            index = (index + 1) % ENTRIES;
        });
    });
    let (mut index, mut verifier) = (0, Verifier::default());
    group.bench_function("upheld with its tree", |b| {
        b.iter(|| {
            let record = ours.get(index).expect("in range").as_ref();
            verifier.push(black_box(record)).expect("as it was");
            index = (index + 1) % ENTRIES;
            if index == 0 {
                verifier = Verifier::default();
            }
        });
    });
    let (mut index, mut verifier) = (0, Verifier::default());
    group.bench_function("upheld with its tree, from text", |b| {
        b.iter(|| {
            let line = lines.get(index).expect("in range").as_bytes();
            let record = RecordRef::parse_line(black_box(line)).expect("as it was");
            verifier.push(record).expect("as it was");
            index = (index + 1) % ENTRIES;
            if index == 0 {
                verifier = Verifier::default();
            }
        });
    });
    let (mut index, mut replay) = (0, Replay::new(Sha256Hasher::new()));
    group.bench_function("audit-trail 1.1", |b| {
        b.iter(|| {
            let record = theirs.get(index).expect("in range").as_record();
            replay.verify(black_box(&record)).expect("as it was");
            index = (index + 1) % ENTRIES;
            if index == 0 {
                replay = Replay::new(Sha256Hasher::new());
            }
        });
    });
    group.finish();
}

fn facts(target: &str, outcome: &str) -> Object {
    [("outcome", Value::from(outcome)), ("target", Value::from(target))].into_iter().collect()
}

fn our_records() -> Vec<Record> {
    let mut log = Log::default();
    let record = |number: usize| {
        let at = u64::try_from(number).ok().and_then(UnixMillis::new).expect("a small number");
        let actor = format!("user-{number}");
        let facts = facts(&format!("record:{number}"), "success");
        let draft = Draft::new(at, &actor, "record.read").with_facts(&facts);
        log.append(&draft).expect("a short entry")
    };
    (0..ENTRIES).map(record).collect()
}

fn their_records() -> Vec<OwnedRecord> {
    let sink = MemorySink::with_capacity(ENTRIES);
    let mut chain = Chain::new(Sha256Hasher::new(), sink, Tick(Cell::new(1)));
    for number in 0..ENTRIES {
        let (actor, target) = (format!("user-{number}"), format!("record:{number}"));
        let actor = Actor::new(&actor);
        let target = Target::new(&target);
        chain
            .append(actor, Action::new("record.read"), target, Outcome::Success)
            .expect("memory does not refuse");
    }
    let (_, sink, _) = chain.into_parts();
    sink.into_records()
}

struct Tick(Cell<u64>);

impl Clock for Tick {
    fn now(&self) -> Timestamp {
        self.0.set(self.0.get() + 1);
        Timestamp::from_nanos(self.0.get())
    }
}
