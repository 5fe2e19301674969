//! Reading a cookie allocates nothing. A file of its own, because the count is of the process.

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
