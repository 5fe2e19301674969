//! A `Set-Cookie` header field as a user agent reads it.

use core::fmt;

use crate::{Dropped, UnixSeconds};

mod syntax;

pub use syntax::{Attribute, Attributes, Part, Syntax};

/// The most bytes that name and value have together.
///
/// # Source
///
/// RFC 6265bis §5.6.
pub const MAX_NAME_AND_VALUE: usize = 4096;

/// The most bytes that the value of an attribute has; a longer one is ignored.
///
/// # Source
///
/// RFC 6265bis §5.6.
pub const MAX_ATTRIBUTE_VALUE: usize = 1024;

/// The longest time for which user agents keep a cookie: 400 days, in seconds.
///
/// # Source
///
/// RFC 6265bis §5.5.
pub const MAX_AGE_LIMIT: i64 = 400 * 86_400;

/// One cookie as a response sets it, borrowed from the header field's value.
///
/// What the header says, before anything is known of who sent it and when: see
/// [`Jar`](crate::Jar) for what becomes of it.
///
/// ```
/// use upheld_cookies::{SameSite, SetCookie};
///
/// let cookie = SetCookie::parse(b"__Host-session=31d4; Path=/; Secure; HttpOnly; SameSite=Lax")?;
/// assert_eq!((cookie.name(), cookie.value()), (&b"__Host-session"[..], &b"31d4"[..]));
/// assert!(cookie.is_secure() && cookie.is_http_only());
/// assert_eq!(cookie.same_site(), SameSite::Lax);
/// # Ok::<(), upheld_cookies::Dropped>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SetCookie<'a> {
    name: &'a [u8],
    value: &'a [u8],
    expires: Option<UnixSeconds>,
    max_age: Option<i64>,
    domain: Option<&'a [u8]>,
    path: PathAttribute<'a>,
    same_site: SameSite,
    secure: bool,
    http_only: bool,
    partitioned: bool,
}

/// Which requests from other sites a cookie goes with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SameSite {
    /// Nothing was said, or something unknown: like `Lax`, but some user agents send such a
    /// cookie for two minutes with unsafe top-level requests as well.
    #[default]
    Default,
    /// With none.
    Strict,
    /// With top-level navigation by a safe method.
    Lax,
    /// With all.
    None,
}

/// The `Path` attribute.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum PathAttribute<'a> {
    /// There is none.
    #[default]
    Absent,
    /// There is one that does not begin with a slash, so that the default path is taken.
    Default,
    /// A path.
    Path(&'a [u8]),
}

impl<'a> SetCookie<'a> {
    /// Reads a header field's value, without allocating.
    ///
    /// Bytes stay as they are: nothing is decoded, and nothing but spaces and tabs is trimmed.
    ///
    /// # Errors
    ///
    /// [`Dropped`] when every user agent ignores the whole: a control character, more than 4,096
    /// bytes, or neither name nor value.
    ///
    /// # Source
    ///
    /// RFC 6265bis §5.6 and §5.7, steps 2 to 4.
    pub fn parse(header: &'a [u8]) -> Result<Self, Dropped> {
        if has_control(header) {
            let at = header.iter().position(|byte| is_control(*byte)).unwrap_or_default();
            return Err(Dropped::Control { at });
        }
        let syntax = Syntax::of(header);
        let (name, value) = (syntax.name().text, syntax.value().text);
        //= RFC 6265bis §5.6: name and value have at most 4096 octets together
        let length = name.len().saturating_add(value.len());
        if length > MAX_NAME_AND_VALUE {
            return Err(Dropped::TooLong { length });
        }
        //= RFC 6265bis §5.7: a cookie without name and value is ignored
        if length == 0 {
            return Err(Dropped::Empty);
        }
        let mut cookie = Self {
            name,
            value,
            expires: None,
            max_age: None,
            domain: None,
            path: PathAttribute::Absent,
            same_site: SameSite::Default,
            secure: false,
            http_only: false,
            partitioned: false,
        };
        for attribute in syntax.attributes() {
            cookie.apply(attribute.name.text, attribute.value.map_or(&[], |value| value.text));
        }
        Ok(cookie)
    }

    fn apply(&mut self, name: &[u8], value: &'a [u8]) {
        //= RFC 6265bis §5.6: an attribute with a value of more than 1024 octets is ignored
        if value.len() > MAX_ATTRIBUTE_VALUE {
            return;
        }
        match AttributeName::of(name) {
            Some(AttributeName::Expires) => {
                //= RFC 6265bis §5.6.1: what is no date is ignored
                self.expires = UnixSeconds::parse_cookie_date(value).ok().or(self.expires);
            }
            Some(AttributeName::MaxAge) => self.max_age = parse_max_age(value).or(self.max_age),
            Some(AttributeName::Domain) => {
                //= RFC 6265bis §5.6.3: one leading dot is taken off
                self.domain = Some(value.strip_prefix(b".").unwrap_or(value));
            }
            Some(AttributeName::Path) => {
                //= RFC 6265bis §5.6.4: what does not begin with a slash is the default path
                let is_path = value.starts_with(b"/");
                self.path =
                    if is_path { PathAttribute::Path(value) } else { PathAttribute::Default };
            }
            Some(AttributeName::SameSite) => self.same_site = SameSite::parse(value),
            Some(AttributeName::Secure) => self.secure = true,
            Some(AttributeName::HttpOnly) => self.http_only = true,
            Some(AttributeName::Partitioned) => self.partitioned = true,
            None => {}
        }
    }

    /// The name; empty if there is none.
    #[must_use]
    pub const fn name(&self) -> &'a [u8] {
        self.name
    }

    /// The value, quotes included.
    #[must_use]
    pub const fn value(&self) -> &'a [u8] {
        self.value
    }

    /// The moment of the last valid `Expires`, not limited.
    #[must_use]
    pub const fn expires(&self) -> Option<UnixSeconds> {
        self.expires
    }

    /// The seconds of the last valid `Max-Age`, not limited; clamped to the type.
    #[must_use]
    pub const fn max_age(&self) -> Option<i64> {
        self.max_age
    }

    /// The last `Domain` without a leading dot, in the case in which it was sent.
    #[must_use]
    pub const fn domain(&self) -> Option<&'a [u8]> {
        self.domain
    }

    /// The last `Path`.
    #[must_use]
    pub const fn path(&self) -> PathAttribute<'a> {
        self.path
    }

    /// The last `SameSite`.
    #[must_use]
    pub const fn same_site(&self) -> SameSite {
        self.same_site
    }

    /// Whether `Secure` is there.
    #[must_use]
    pub const fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether `HttpOnly` is there.
    #[must_use]
    pub const fn is_http_only(&self) -> bool {
        self.http_only
    }

    /// Whether `Partitioned` is there.
    #[must_use]
    pub const fn is_partitioned(&self) -> bool {
        self.partitioned
    }

    /// When a cookie received at `now` expires; `None` at the end of the session.
    ///
    /// ```
    /// use upheld_cookies::{MAX_AGE_LIMIT, SetCookie, UnixSeconds};
    ///
    /// let ten_years = SetCookie::parse(b"a=1; Max-Age=315360000; Expires=Thu, 01 Jan 1970 00:00:00 GMT")?;
    /// assert_eq!(ten_years.expiry(UnixSeconds(1000)), Some(UnixSeconds(1000 + MAX_AGE_LIMIT)));
    /// # Ok::<(), upheld_cookies::Dropped>(())
    /// ```
    #[must_use]
    pub fn expiry(&self, now: UnixSeconds) -> Option<UnixSeconds> {
        //= RFC 6265bis §5.7: Max-Age counts before Expires, wherever they stand
        if let Some(seconds) = self.max_age {
            //= RFC 6265bis §5.6.2: zero and less is the earliest moment
            let has_ended = seconds <= 0;
            //= RFC 6265bis §5.5: no cookie is kept longer than 400 days
            let ends = now.saturating_add(seconds.min(MAX_AGE_LIMIT));
            return Some(if has_ended { UnixSeconds::EARLIEST } else { ends });
        }
        Some(self.expires?.min(now.saturating_add(MAX_AGE_LIMIT)))
    }
}

/// The attributes that have a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AttributeName {
    Expires,
    MaxAge,
    Domain,
    Path,
    Secure,
    HttpOnly,
    SameSite,
    Partitioned,
}

impl AttributeName {
    pub(crate) const ALL: [Self; 8] = [
        Self::Expires,
        Self::MaxAge,
        Self::Domain,
        Self::Path,
        Self::Secure,
        Self::HttpOnly,
        Self::SameSite,
        Self::Partitioned,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Expires => "Expires",
            Self::MaxAge => "Max-Age",
            Self::Domain => "Domain",
            Self::Path => "Path",
            Self::Secure => "Secure",
            Self::HttpOnly => "HttpOnly",
            Self::SameSite => "SameSite",
            Self::Partitioned => "Partitioned",
        }
    }

    pub(crate) fn of(name: &[u8]) -> Option<Self> {
        let (candidate, other) = match name.len() {
            4 => (Self::Path, None),
            6 => (Self::Domain, Some(Self::Secure)),
            7 => (Self::Expires, Some(Self::MaxAge)),
            8 => (Self::SameSite, Some(Self::HttpOnly)),
            11 => (Self::Partitioned, None),
            _ => return None,
        };
        let is = |known: &Self| name.eq_ignore_ascii_case(known.as_str().as_bytes());
        Some(candidate).filter(is).or_else(|| other.filter(is))
    }
}

impl SameSite {
    fn parse(value: &[u8]) -> Self {
        //= RFC 6265bis §5.6.7: an unknown value is "Default"
        let known = [(&b"strict"[..], Self::Strict), (b"lax", Self::Lax), (b"none", Self::None)];
        let found = known.iter().find(|(word, _)| value.eq_ignore_ascii_case(word));
        found.map_or(Self::Default, |(_, same_site)| *same_site)
    }

    /// The value of the attribute; `None` when nothing was said.
    #[must_use]
    pub const fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Default => None,
            Self::Strict => Some("Strict"),
            Self::Lax => Some("Lax"),
            Self::None => Some("None"),
        }
    }
}

/// Whether any byte is a control character that ends the matter.
fn has_control(text: &[u8]) -> bool {
    // Without an early exit, so that it is compared many bytes at a time.
    text.iter().fold(false, |found, byte| found | is_control(*byte))
}

/// A control character other than the tab.
pub(crate) const fn is_control(byte: u8) -> bool {
    //= RFC 6265bis §5.6: %x00-08, %x0A-1F and %x7F
    (byte < 0x20 && byte != b'\t') || byte == 0x7F
}

fn parse_max_age(value: &[u8]) -> Option<i64> {
    //= RFC 6265bis §5.6.2: an optional minus sign and digits, and nothing else
    let digits = value.strip_prefix(b"-").unwrap_or(value);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let negative = digits.len() < value.len();
    Some(digits.iter().fold(0_i64, |number, digit| {
        let digit = i64::from(digit.wrapping_sub(b'0'));
        let tenfold = number.saturating_mul(10);
        if negative { tenfold.saturating_sub(digit) } else { tenfold.saturating_add(digit) }
    }))
}

/// Prints the name and how long the value is: values are credentials.
impl fmt::Debug for SetCookie<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetCookie")
            .field("name", &self.name.escape_ascii().to_string())
            .field("value", &format_args!("[{} bytes]", self.value.len()))
            .field("expires", &self.expires)
            .field("max_age", &self.max_age)
            .field("domain", &self.domain.map(|domain| domain.escape_ascii().to_string()))
            .field("path", &self.path)
            .field("same_site", &self.same_site)
            .field("secure", &self.secure)
            .field("http_only", &self.http_only)
            .field("partitioned", &self.partitioned)
            .finish()
    }
}

impl fmt::Debug for PathAttribute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("Absent"),
            Self::Default => f.write_str("Default"),
            Self::Path(path) => write!(f, "Path(\"{}\")", path.escape_ascii()),
        }
    }
}
