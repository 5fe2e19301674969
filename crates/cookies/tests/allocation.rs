//! What reading allocates. A file of its own, because the count is of the process.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may panic")]

use upheld_cookies::tcf::{TcModel, TcString};
use upheld_cookies::{SetCookie, Syntax};

#[test]
fn reading_allocates_nothing() {
    let header: &[u8] = b"__Secure-id=31d4d96e407aad42; Domain=.clinic.example; Path=/staff; \
        Expires=Wed, 09 Jun 2027 10:18:14 GMT; Max-Age=86400; Secure; HttpOnly; SameSite=Lax; x=y";
    let made = allocation_counter::measure(|| {
        assert!(SetCookie::parse(header).is_ok());
        assert_eq!(Syntax::of(header).attributes().count(), 8);
        assert!(SetCookie::parse(b"a\x00").is_err());
    });
    assert_eq!(made.count_total, 0);
}

/// A TC string with 1,000 ranges of 65,534 vendors each.
fn explosive() -> String {
    // 1,000 times 1 to 65,534, written bit by bit: 5,546 characters.
    let mut bits = "000010".to_owned();
    bits.push_str(&"0".repeat(72 + 12 + 12 + 6 + 12 + 12 + 6 + 2 + 12 + 24 + 24 + 1 + 12));
    bits.push_str("11111111111111101");
    bits.push_str("001111101000");
    for _ in 0..1000 {
        bits.push_str("100000000000000011111111111111110");
    }
    bits.push_str(&"0".repeat(17 + 12));
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digit = |six: &[u8]| {
        let text = str::from_utf8(six).unwrap();
        char::from(alphabet[usize::from_str_radix(&format!("{text:0<6}"), 2).unwrap()])
    };
    bits.as_bytes().chunks(6).map(digit).collect()
}

//= IAB TCF, Vendor Consent Section: a range of any width is one entry
#[test]
fn a_range_is_one_entry_however_wide() {
    let text = explosive();
    assert_eq!(text.len(), 5546);
    let read = allocation_counter::measure(|| {
        let tc = TcString::parse(&text).unwrap();
        assert!(tc.vendor_consents().contains(40_000) && !tc.vendor_consents().contains(65_535));
    });
    assert_eq!(read.count_total, 0);
    let owned = allocation_counter::measure(|| {
        let model = TcModel::from(TcString::parse(&text).unwrap());
        assert_eq!(model.vendor_consents.ranges(), [1..=65_534]);
        assert!(model.encode().unwrap().len() < 60);
    });
    assert!(owned.bytes_total < 64 * 1024, "{}", owned.bytes_total);
}
