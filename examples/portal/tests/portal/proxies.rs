//! Whom a request comes from, when proxies and liars stand between.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use portal::{TrustedProxies, TrustedProxiesError};
use proptest::prelude::{any, prop, prop_assert_eq, prop_oneof, proptest};
use proptest::strategy::Strategy;

fn ours() -> TrustedProxies {
    TrustedProxies::parse(["10.0.0.0/8", "192.0.2.7", "2001:db8:ffff::/48"]).unwrap()
}

fn client(peer: &str, forwarded: &[&str]) -> String {
    ours().client(peer.parse().unwrap(), forwarded.iter().copied()).to_string()
}

/// Forwarding headers from whoever has no business writing them.
#[test]
fn t38_nobody_speaks_for_another_unless_trusted() {
    assert_eq!(client("198.51.100.1", &["203.0.113.9"]), "198.51.100.1");
    let nobody = TrustedProxies::default();
    let loopback = IpAddr::from(Ipv4Addr::LOCALHOST);
    assert_eq!(nobody.client(loopback, ["203.0.113.9"].into_iter()), loopback);
}

/// Invented hops to the left of the true one.
#[test]
fn t38_the_rightmost_hop_that_is_no_proxy_counts() {
    assert_eq!(client("10.0.0.1", &["203.0.113.9"]), "203.0.113.9");
    assert_eq!(client("10.0.0.1", &["6.6.6.6, 203.0.113.9"]), "203.0.113.9");
    assert_eq!(client("10.0.0.1", &["6.6.6.6", "203.0.113.9, 10.1.1.1"]), "203.0.113.9");
    assert_eq!(client("10.0.0.1", &["203.0.113.9,192.0.2.7 , 10.1.1.1"]), "203.0.113.9");
    assert_eq!(client("2001:db8:ffff::1", &["2001:db8:1::9"]), "2001:db8:1::9");
    assert_eq!(client("10.0.0.1", &["203.0.113.9:4711"]), "203.0.113.9");
    assert_eq!(client("10.0.0.1", &["[2001:db8:1::9]:4711"]), "2001:db8:1::9");
}

/// Lists that end in nothing, in nonsense or in proxies alone.
#[test]
fn t38_what_is_no_address_is_not_passed_over() {
    for nonsense in ["", ",", "unknown", "_hidden", "6.6.6.6, x", "6.6.6.6,", "1.2.3.4.5", "\u{1}"]
    {
        assert_eq!(client("10.0.0.1", &[nonsense]), "10.0.0.1", "{nonsense:?}");
    }
    assert_eq!(client("10.0.0.1", &["6.6.6.6, x, 10.9.9.9"]), "10.9.9.9");
    assert_eq!(client("10.0.0.1", &["10.0.0.2, 10.0.0.3"]), "10.0.0.2");
    assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
}

#[test]
fn t38_ipv4_in_ipv6_form_is_ipv4() {
    assert_eq!(client("::ffff:10.0.0.1", &["::ffff:203.0.113.9"]), "203.0.113.9");
    assert_eq!(client("::ffff:198.51.100.1", &["203.0.113.9"]), "198.51.100.1");
}

#[test]
fn networks_that_cannot_be_meant_are_refused() {
    let parse = |text: &str| TrustedProxies::parse([text]).map(drop).unwrap_err();
    for malformed in ["", "*", "localhost", "10.0.0.0/33", "10.0.0", "10.0.0.0/", "::/129"] {
        assert_eq!(parse(malformed), TrustedProxiesError::Malformed(malformed.into()));
    }
    for everybody in ["0.0.0.0/0", "::/0"] {
        assert!(matches!(parse(everybody), TrustedProxiesError::Everybody(_)));
    }
    assert!(matches!(parse("10.0.0.1/8"), TrustedProxiesError::HostBits(_, _)));
    assert!(matches!(parse("::ffff:10.0.0.0/104"), TrustedProxiesError::Mapped(_)));
    assert!(TrustedProxies::parse([]).unwrap().is_empty());
}

fn an_address() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        any::<u32>().prop_map(|bits| Ipv4Addr::from_bits(bits).into()),
        any::<u128>().prop_map(|bits| Ipv6Addr::from_bits(bits).into()),
        any::<u32>().prop_map(|bits| Ipv4Addr::from_bits(bits).to_ipv6_mapped().into()),
    ]
}

fn a_visitor() -> impl Strategy<Value = IpAddr> {
    an_address().prop_filter("no proxy", |address| !ours().includes(*address))
}

fn a_proxy() -> impl Strategy<Value = IpAddr> {
    any::<u32>().prop_map(|bits| Ipv4Addr::from_bits(bits & 0x00ff_ffff | 0x0a00_0000).into())
}

proptest! {
    /// Whatever a visitor writes, the proxies behind it say where it is.
    #[test]
    fn t38_a_visitor_cannot_choose_its_address(
        visitor in a_visitor(),
        peer in a_proxy(),
        hops in prop::collection::vec(a_proxy(), 0..4),
        lies in prop::collection::vec(".{0,40}", 0..4),
        in_one_header in any::<bool>(),
    ) {
        let mut values = lies;
        let truth: Vec<_> =
            std::iter::once(visitor).chain(hops).map(|address| address.to_string()).collect();
        if in_one_header {
            values.extend(truth);
            values = vec![values.join(",")];
        } else {
            values.extend(truth);
        }
        let found = ours().client(peer, values.iter().map(String::as_str));
        prop_assert_eq!(found, visitor.to_canonical());
    }

    /// Without a trusted peer nothing that is written counts.
    #[test]
    fn t38_of_an_untrusted_peer_only_the_connection_counts(
        peer in a_visitor(),
        lies in prop::collection::vec(".{0,40}", 0..4),
    ) {
        let found = ours().client(peer, lies.iter().map(String::as_str));
        prop_assert_eq!(found, peer.to_canonical());
    }
}
