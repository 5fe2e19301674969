//! Laws that hold for whatever is logged.

use proptest::prelude::*;
use upheld_ledger::{
    Consistency, Draft, Entry, Hash, Inclusion, Integer, Log, Object, RecordRef, Value,
};

use crate::{at, tree};

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (-9_007_199_254_740_991..=9_007_199_254_740_991_i64)
            .prop_map(|number| Value::Integer(Integer::new(number).unwrap())),
        any::<String>().prop_map(Value::Text),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::vec((any::<String>(), inner), 0..6).prop_map(|members| {
                Value::Object(
                    members.iter().map(|(name, value)| (name.as_str(), value.clone())).collect(),
                )
            }),
        ]
    })
}

proptest! {
    #[test]
    fn canonical_json_reads_back(value in value()) {
        let text = value.to_canonical();
        prop_assert_eq!(Value::parse_canonical(text.as_bytes()), Ok(value));
        let other: serde_json::Value = serde_json::from_str(&text).unwrap();
        let pretty = serde_json::to_string_pretty(&other).unwrap();
        prop_assert_eq!(Value::parse(pretty.as_bytes()).unwrap().to_canonical(), text);
    }

    #[test]
    fn entries_read_back(actor in any::<String>(), kind in any::<String>(), millis in 0..9_007_199_254_740_992_u64, fact in value()) {
        let facts: Object = [("fact", fact)].into_iter().collect();
        let record = Log::default().append(&Draft::new(at(millis), &actor, &kind).with_facts(&facts)).unwrap();
        let entry = Entry::parse(record.entry().as_bytes()).unwrap();
        prop_assert_eq!((entry.actor, entry.kind, entry.at.get()), (actor, kind, millis));
        prop_assert_eq!(entry.facts, Some(facts));
        let line = record.to_line();
        prop_assert_eq!(RecordRef::parse_line(line.as_bytes()), Ok(record.as_ref()));
    }

    #[test]
    fn proofs_hold(seeds in prop::collection::vec(any::<u8>(), 1..60), one in any::<prop::sample::Index>()) {
        let leaves: Vec<Hash> = seeds.iter().map(|seed| Hash::of_leaf(&[*seed])).collect();
        let at = one.index(leaves.len());
        let root = tree(&leaves).root();
        let inclusion = Inclusion::prove(at as u64, &leaves).unwrap();
        prop_assert_eq!(inclusion.verify(leaves[at], root), Ok(()));
        let consistency = Consistency::prove(at as u64 + 1, &leaves).unwrap();
        prop_assert_eq!(consistency.verify(tree(&leaves[..=at]).root(), root), Ok(()));
    }

    #[test]
    fn a_bent_proof_does_not_hold(count in 2..60_usize, one in any::<prop::sample::Index>(), step in any::<prop::sample::Index>()) {
        let leaves: Vec<Hash> = (0..count).map(|number| Hash::of_leaf(&number.to_be_bytes())).collect();
        let at = one.index(count);
        let proof = Inclusion::prove(at as u64, &leaves).unwrap();
        let mut path = proof.path().to_vec();
        let bent = step.index(path.len());
        path[bent] = Hash::of_leaf(path[bent].as_bytes());
        let bent = Inclusion::from_parts(at as u64, count as u64, path).unwrap();
        prop_assert!(bent.verify(leaves[at], tree(&leaves).root()).is_err());
    }
}
