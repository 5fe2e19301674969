//! `TcString` and `TcModel` against bits read one by one.

use std::collections::BTreeSet;

use upheld_cookies::UnixSeconds;
use upheld_cookies::tcf::{TcModel, TcString, VendorIds};

/// Reads the input as a TC string.
///
/// Its vendors are those that a set of single numbers has; what is read is written, shorter or as
/// long, and read again alike.
pub fn tcf(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let Ok(tc) = TcString::parse(text) else { return };
    let _faults = tc.faults(UnixSeconds(1_795_500_000));
    let bits = bits(text.split('.').next().expect("a core segment"));
    assert_eq!(number(&bits, 0, 6), 2);
    assert_eq!(number(&bits, 78, 12), u64::from(tc.cmp_id()));
    for purpose in 1..=24_u8 {
        let at = 151 + usize::from(purpose);
        assert_eq!(bits.get(at) == Some(&true), tc.purposes_consent().contains(purpose));
    }
    // Single numbers take time in proportion to the width; a few of them are enough here.
    if text.len() < 400 {
        let expected = vendors(&bits, 213);
        for vendor in (0..700).chain(expected.iter().copied().take(99)) {
            let is_there = expected.contains(&vendor);
            assert_eq!(tc.vendor_consents().contains(vendor), is_there, "{vendor}");
            assert_eq!(VendorIds::from(tc.vendor_consents()).contains(vendor), is_there);
        }
    }
    let model = TcModel::from(tc);
    let written = model.encode().expect("what was read has room");
    let again = TcString::parse(&written).expect("what was written can be read");
    assert_eq!(TcModel::from(again), model);
    assert!(written.len() <= text.len());
    for (purpose, vendor) in [(1, 1), (2, 40), (7, 130)] {
        assert_eq!(again.allows(purpose, vendor), tc.allows(purpose, vendor));
    }
}

fn bits(segment: &str) -> Vec<bool> {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digits = segment.chars().map(|digit| alphabet.find(digit).expect("a digit"));
    digits.flat_map(|digit| (0..6).rev().map(move |place| digit >> place & 1 == 1)).collect()
}

fn number(bits: &[bool], at: usize, length: usize) -> u64 {
    let bits = bits.iter().skip(at).take(length);
    bits.fold(0, |number, bit| number * 2 + u64::from(*bit))
}

fn vendors(bits: &[bool], at: usize) -> BTreeSet<u16> {
    let short = |at, length| u16::try_from(number(bits, at, length)).expect("16 bits");
    let max = short(at, 16);
    if number(bits, at + 16, 1) == 0 {
        let is_set = |vendor: &u16| number(bits, at + 16 + usize::from(*vendor), 1) == 1;
        return (1..=max).filter(is_set).collect();
    }
    let mut found = BTreeSet::new();
    let mut place = at + 29;
    for _ in 0..number(bits, at + 17, 12) {
        let start = short(place + 1, 16);
        if number(bits, place, 1) == 1 {
            found.extend(start..=short(place + 17, 16));
            place += 33;
        } else {
            found.insert(start);
            place += 17;
        }
    }
    // Ours says nothing of vendor 0, which does not exist, when it is its own.
    found.remove(&0);
    found
}
