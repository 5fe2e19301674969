//! Where the parts of a `Set-Cookie` header field stand.

use core::ops::Range;

use memchr::memchr;

/// The parts of a header field's value, each with its place.
///
/// Nothing is lost: between the parts there is one `=` or `;` each, and spaces and tabs.
///
/// ```
/// use upheld_cookies::Syntax;
///
/// let syntax = Syntax::of(b"a = 1 ; Secure");
/// assert_eq!((syntax.name().text, syntax.value().range()), (&b"a"[..], 4..5));
/// let secure = syntax.attributes().next().ok_or("no attribute")?;
/// assert_eq!((secure.name.at, secure.value), (8, None));
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Syntax<'a> {
    name: Part<'a>,
    value: Part<'a>,
    has_equals: bool,
    rest: Option<Part<'a>>,
}

/// A stretch of a header field's value.
#[derive(Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a slice and where it begins")]
pub struct Part<'a> {
    /// What stands there.
    pub text: &'a [u8],
    /// Where it begins, in bytes.
    pub at: usize,
}

/// One attribute: what stands between two semicolons.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attribute<'a> {
    /// All of it, with the spaces around.
    pub whole: Part<'a>,
    /// What stands before the first `=`.
    pub name: Part<'a>,
    /// What stands after it, if there is one.
    pub value: Option<Part<'a>>,
}

/// The attributes in the order in which they stand.
#[derive(Clone, PartialEq, Eq)]
pub struct Attributes<'a> {
    /// What is left, from after a semicolon on; `None` when no semicolon is left.
    rest: Option<Part<'a>>,
}

impl<'a> Syntax<'a> {
    /// Divides a header field's value, whatever it is.
    ///
    /// # Source
    ///
    /// RFC 6265bis §5.6.
    #[must_use]
    pub fn of(header: &'a [u8]) -> Self {
        let (pair, equals, rest) = Part { text: header, at: 0 }.until_semicolon();
        //= RFC 6265bis §5.6: without "=" the whole is the value
        let (name, value) = match equals.map(|place| pair.around(place)) {
            Some(parts) => parts,
            None => (Part { text: &[], at: 0 }, pair),
        };
        let has_equals = equals.is_some();
        Self { name: name.trim(), value: value.trim(), has_equals, rest }
    }

    /// The name; empty at byte 0 if there is none.
    #[must_use]
    pub const fn name(&self) -> Part<'a> {
        self.name
    }

    /// The value.
    #[must_use]
    pub const fn value(&self) -> Part<'a> {
        self.value
    }

    /// Whether a `=` stands before the value.
    #[must_use]
    pub const fn has_equals(&self) -> bool {
        self.has_equals
    }

    /// The attributes, unknown and empty ones included.
    #[must_use]
    pub const fn attributes(&self) -> Attributes<'a> {
        Attributes { rest: self.rest }
    }
}

impl Part<'_> {
    /// The place as a range of bytes.
    #[must_use]
    pub const fn range(&self) -> Range<usize> {
        self.at..self.at.saturating_add(self.text.len())
    }

    /// What stands before the first semicolon, where its first `=` is, and what comes after.
    fn until_semicolon(self) -> (Self, Option<usize>, Option<Self>) {
        let parts = memchr(b';', self.text).map(|place| self.around(place));
        let (before, after) = parts.map_or((self, None), |(before, after)| (before, Some(after)));
        (before, memchr(b'=', before.text), after)
    }

    /// What stands before a place and what after the byte there.
    fn around(self, place: usize) -> (Self, Self) {
        let (before, after) = self.text.split_at_checked(place).unwrap_or((self.text, &[]));
        let after = after.split_first().map_or(&[][..], |(_, after)| after);
        let at = self.at.saturating_add(place).saturating_add(1);
        (Self { text: before, at: self.at }, Self { text: after, at })
    }

    /// Without the spaces and tabs around.
    fn trim(self) -> Self {
        //= RFC 6265bis §5.6: only spaces and tabs are trimmed
        let mut part = self;
        while let [b' ' | b'\t', rest @ ..] = part.text {
            part = Self { text: rest, at: part.at.saturating_add(1) };
        }
        while let [rest @ .., b' ' | b'\t'] = part.text {
            part.text = rest;
        }
        part
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Attribute<'a>;

    fn next(&mut self) -> Option<Attribute<'a>> {
        let (whole, equals, rest) = self.rest?.until_semicolon();
        self.rest = rest;
        let parts = equals.map(|place| whole.around(place));
        let (name, value) = parts.map_or((whole, None), |(name, value)| (name, Some(value)));
        Some(Attribute { whole, name: name.trim(), value: value.map(Part::trim) })
    }
}

/// Values are credentials: these print where something stands and not what.
mod debug {
    use core::fmt;

    use super::{Attribute, Attributes, Part, Syntax};

    impl fmt::Debug for Part<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "[bytes {:?}]", self.range())
        }
    }

    impl fmt::Debug for Attribute<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let Self { name, value, .. } = self;
            f.debug_struct("Attribute").field("name", name).field("value", value).finish()
        }
    }

    impl fmt::Debug for Attributes<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.debug_list().entries(self.clone()).finish()
        }
    }

    impl fmt::Debug for Syntax<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.debug_struct("Syntax")
                .field("name", &self.name)
                .field("value", &self.value)
                .field("attributes", &self.attributes())
                .finish()
        }
    }
}
