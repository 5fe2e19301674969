//! A `Cookie` header field, taken apart.

use memchr::memchr;

/// The names and values in the value of a `Cookie` header field, in order.
///
/// What has no `=` is left out. See [`cookie_pairs`].
#[derive(Clone)]
pub struct CookiePairs<'a> {
    rest: Option<&'a [u8]>,
}

/// Divides the value of a `Cookie` header field into names and values, without allocating.
///
/// ```
/// use upheld_cookies::cookie_pairs;
///
/// let pairs: Vec<_> = cookie_pairs(b"theme=dark; nameless; id=a=b").collect();
/// assert_eq!(pairs, [(&b"theme"[..], &b"dark"[..]), (b"id", b"a=b")]);
/// ```
///
/// # Source
///
/// RFC 6265bis §4.2.1.
#[must_use]
pub const fn cookie_pairs(field: &[u8]) -> CookiePairs<'_> {
    CookiePairs { rest: Some(field) }
}

impl<'a> Iterator for CookiePairs<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = self.rest?;
            let (pair, after) = divided(b';', rest).map_or((rest, None), |(a, b)| (a, Some(b)));
            self.rest = after;
            if let Some((name, value)) = divided(b'=', pair) {
                return Some((name.trim_ascii(), value.trim_ascii()));
            }
        }
    }
}

/// What stands before the first such byte, and what after it.
fn divided(byte: u8, text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (before, after) = text.split_at_checked(memchr(byte, text)?)?;
    Some((before, after.get(1..)?))
}

/// Values are credentials: this prints the names.
impl core::fmt::Debug for CookiePairs<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let names = self.clone().map(|(name, _)| name.escape_ascii().to_string());
        f.debug_list().entries(names).finish()
    }
}
