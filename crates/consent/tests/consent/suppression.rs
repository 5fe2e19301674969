//! Whoever objected is not written to again, whatever is erased or imported afterwards.

use proptest::prelude::*;
use upheld_consent::{Channel, SuppressionError, SuppressionList};
use upheld_ledger::PseudonymKey;

use crate::day;

fn key() -> PseudonymKey {
    PseudonymKey::from_bytes([7; 32])
}

fn with(channel: Channel, address: &str) -> SuppressionList {
    let mut list = SuppressionList::default();
    list.add(&key(), channel, address, day(3)).unwrap();
    list
}

/// However somebody else writes the address, it is the same.
//= UK GDPR, Article 21(3): after an objection, nothing more is done with it for marketing
//= ITU-T E.164 §6.2.1: at most fifteen digits with the country code
#[test]
fn an_address_is_known_again() {
    let same = [
        (Channel::Email, "Ann.Sample@Example.org", " ann.sample@EXAMPLE.ORG. "),
        (Channel::Sms, "07700 900123", "+44 7700 900123"),
        (Channel::Sms, "+44 (0)7700 900-123", "0044 7700 900123"),
        (Channel::Sms, "447700900123", "07700 900123"),
        (Channel::Sms, "+44 07700 900123", "+44 7700 900123"),
        (Channel::Sms, "440 7700 900123", "7700 900123"),
        (Channel::LiveCall, "+49 0441 5550", "+4904415550"),
        (Channel::Post, "4 Mill Lane\nYork YO1 7EX", "4, Mill Lane, york, yo17ex"),
        (Channel::Push, "device-1", " device-1 "),
    ];
    for (channel, objected, imported) in same {
        let list = with(channel, objected);
        let since = list.since(&key(), channel, imported);
        assert_eq!(since, Ok(Some(day(3))), "{channel:?}");
    }
    // A number is one, whether it is called or written to; an address of another kind is another.
    let list = with(Channel::Sms, "07700 900123");
    for channel in [Channel::LiveCall, Channel::AutomatedCall] {
        assert_eq!(list.since(&key(), channel, "07700900123"), Ok(Some(day(3))));
    }
    assert_eq!(list.since(&key(), Channel::Post, "07700900123"), Ok(None));
    assert_eq!(list.since(&key(), Channel::Sms, "07700 900124"), Ok(None));
}

/// The first objection counts, and only the person's own wish takes it off.
#[test]
fn an_objection_stands_until_it_is_lifted() {
    let mut list = with(Channel::Email, "ann@example.org");
    list.add(&key(), Channel::Email, "ann@example.org", day(9)).unwrap();
    list.add(&key(), Channel::Email, "ann@example.org", day(1)).unwrap();
    assert_eq!((list.len(), list.is_empty()), (1, false));
    assert_eq!(list.since(&key(), Channel::Email, "ann@example.org"), Ok(Some(day(1))));
    assert_eq!(list.lift(&key(), Channel::Email, "Ann@example.org"), Ok(true));
    assert_eq!(list.lift(&key(), Channel::Email, "ann@example.org"), Ok(false));
    assert!(list.is_empty());
}

/// What is kept after an erasure tells nothing of the person, and nothing without the key.
#[test]
fn nothing_can_be_read_from_the_list() {
    let list = with(Channel::Email, "ann@example.org");
    for text in [list.to_json(), format!("{list:?}")] {
        assert!(!text.contains("ann") && !text.contains("example"), "{text}");
    }
    let other = PseudonymKey::from_bytes([8; 32]);
    assert_eq!(list.since(&other, Channel::Email, "ann@example.org"), Ok(None));
}

#[test]
fn what_is_no_address_is_an_error() {
    let list = SuppressionList::default();
    let long = "x".repeat(SuppressionList::MAX_ADDRESS + 1);
    for (channel, address) in [
        (Channel::Email, "ann"),
        (Channel::Email, "@example.org"),
        (Channel::Email, "ann@"),
        (Channel::Email, "ann smith@example.org"),
        (Channel::Email, "Ann<ann@example.org>"),
        (Channel::Email, "mailto:ann@example.org"),
        (Channel::Email, "ann@example.org,ben@example.org"),
        (Channel::Email, "ann@example.org;"),
        (Channel::Email, "\"ann\"@example.org"),
        (Channel::Email, "ann(home)@example.org"),
        (Channel::Email, "ann@ben@example.org"),
        (Channel::Sms, "call me"),
        (Channel::Sms, "0123"),
        (Channel::LiveCall, "+1234567890123456"),
        (Channel::Post, " , "),
        (Channel::Push, " "),
    ] {
        let refused = list.since(&key(), channel, address);
        assert_eq!(refused, Err(SuppressionError::NoAddress), "{address}");
    }
    let refused = list.since(&key(), Channel::Post, &long);
    assert_eq!(refused, Err(SuppressionError::Long { most: SuppressionList::MAX_ADDRESS }));
}

#[test]
fn a_list_is_kept_and_read() {
    let mut list = with(Channel::Email, "ann@example.org");
    list.add(&key(), Channel::Post, "4 Mill Lane, York", day(5)).unwrap();
    assert_eq!(SuppressionList::parse(list.to_json().as_bytes()), Ok(list.clone()));
    let damaged = list.to_json().replacen("\"name\":\"", "\"name\":\"zz", 1);
    let refused = SuppressionList::parse(damaged.as_bytes());
    assert_eq!(refused, Err(SuppressionError::Entry { index: 0 }));
    let newer = list.to_json().replace("\"v\":1", "\"v\":2");
    assert_eq!(SuppressionList::parse(newer.as_bytes()), Err(SuppressionError::Version));
    let cut =
        SuppressionList::parse(b"{\"v\":1,\"entries\":[{\"ann@example.org\":1}]}").unwrap_err();
    assert!(!format!("{cut} {cut:?}").contains("ann"), "{cut}");
}

proptest! {
    /// Any text at all: an entry or an error, and what is added is found.
    #[test]
    fn any_address(address in "\\PC{0,40}", which in 0..6_usize) {
        let channels = [
            Channel::Email, Channel::Sms, Channel::Push, Channel::LiveCall,
            Channel::AutomatedCall, Channel::Post,
        ];
        let mut list = SuppressionList::default();
        let added = list.add(&key(), channels[which], &address, day(0));
        let found = list.since(&key(), channels[which], &address);
        prop_assert_eq!(found.is_ok(), added.is_ok());
        prop_assert_eq!(found.ok().flatten(), added.ok().map(|()| day(0)));
    }
}
