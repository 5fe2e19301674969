//! The TC string of the IAB's Transparency and Consent Framework 2, read and written.
//!
//! [`TcString`] reads without allocating: it checks the whole once and answers from the text.
//! [`TcModel`] is the same as plain data, and writes. Whether a string can be read and whether it
//! means anything are two questions; [`TcString::faults`] answers the second.
//!
//! Work and memory depend on the length of the text. A range of 65,534 vendors is one range here,
//! however often it is repeated.

use crate::bits::{Bits, End, Head, Spelling, next_dot};

mod faults;
mod fields;
mod model;
mod numbers;
mod vendors;

pub use faults::TcFault;
pub use model::{EncodeError, PublisherTc, Restriction, Segment, TcModel};
pub use numbers::Numbers;
pub use vendors::{VendorIds, VendorRanges, Vendors};

use vendors::Set;

/// A TC string, checked and borrowed.
///
/// ```
/// use upheld_cookies::tcf::TcString;
///
/// let tc = TcString::parse("COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA")?;
/// assert_eq!((tc.cmp_id(), tc.vendor_list_version(), &*tc.language()), (27, 15, "EN"));
/// assert!(tc.purposes_consent().contains(1) && tc.vendor_consents().contains(6));
/// assert!(!tc.vendor_consents().contains(7));
/// # Ok::<(), upheld_cookies::tcf::TcError>(())
/// ```
///
/// # Source
///
/// IAB Tech Lab, Transparency and Consent String with Global Vendor and CMP List Formats, v2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcString<'a> {
    text: &'a str,
    head: Head,
    consents: Set,
    interests: Set,
    restrictions_at: u32,
    /// Where the core ends.
    core: u32,
    /// Where the segments of types 1 to 3 stand.
    disclosed: Stretch,
    allowed: Stretch,
    publisher: Stretch,
}

/// A stretch of the text, so that the whole is small and cheap to hand on; empty for none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Stretch {
    start: u32,
    end: u32,
}

/// The most bytes of a TC string: the three sets of all vendors have 33 kB together.
pub const MAX_TC_STRING: usize = 1 << 20;

/// Why a text is no TC string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TcError {
    /// A character that is none of `A-Z a-z 0-9 - _`.
    #[error("character {at} is none of A-Z a-z 0-9 - _ and no dot between segments")]
    Character {
        /// Where it stands.
        at: usize,
    },
    /// Longer than any string is.
    #[error("the string has {length} bytes; at most {MAX_TC_STRING} are read")]
    TooLong {
        /// How many it has.
        length: usize,
    },
    /// The string is cut off.
    #[error("segment {segment} has {bits} bits; {needed} are needed")]
    Truncated {
        /// Which segment, from 0.
        segment: usize,
        /// How many it has.
        bits: usize,
        /// How many it would need at least.
        needed: usize,
    },
    /// Version 1, which ended in 2020.
    #[error("this is a consent string of version 1; version 2 begins with C")]
    VersionOne,
    /// Another version, such as that of a GPP header.
    #[error("version {version} is not 2; a string that begins with D is a GPP string")]
    Version {
        /// The version that it names.
        version: u16,
    },
    /// Two letters that are none.
    #[error("the two letters at bit {at} are not in A-Z")]
    Letters {
        /// Where they begin.
        at: usize,
    },
    /// A segment of an unknown type.
    #[error("segment {segment} has the type {kind}; 1, 2 and 3 are known")]
    SegmentType {
        /// Which segment, from 0.
        segment: usize,
        /// Its type.
        kind: u16,
    },
    /// Two segments of one type.
    #[error("segment {segment} is of a type that was there already")]
    RepeatedSegment {
        /// Which segment, from 0.
        segment: usize,
    },
}

/// Where the fields of the core segment begin, in bits.
mod at {
    pub(super) const CREATED: usize = 6;
    pub(super) const UPDATED: usize = 42;
    pub(super) const CMP_ID: usize = 78;
    pub(super) const CMP_VERSION: usize = 90;
    pub(super) const SCREEN: usize = 102;
    pub(super) const LANGUAGE: usize = 108;
    pub(super) const LIST_VERSION: usize = 120;
    pub(super) const POLICY_VERSION: usize = 132;
    pub(super) const SERVICE_SPECIFIC: usize = 138;
    pub(super) const NON_STANDARD_TEXTS: usize = 139;
    pub(super) const SPECIAL_FEATURES: usize = 140;
    pub(super) const PURPOSES_CONSENT: usize = 152;
    pub(super) const PURPOSES_INTEREST: usize = 176;
    pub(super) const PURPOSE_ONE: usize = 200;
    pub(super) const COUNTRY: usize = 201;
    pub(super) const VENDORS: usize = 213;
}

impl<'a> TcString<'a> {
    /// Reads a TC string and checks all of its structure, without allocating.
    ///
    /// # Errors
    ///
    /// [`TcError`].
    pub fn parse(text: &'a str) -> Result<Self, TcError> {
        if text.len() > MAX_TC_STRING {
            return Err(TcError::TooLong { length: text.len() });
        }
        let bytes = text.as_bytes();
        let (spelling, clean) = Spelling::of(bytes);
        let is_clean = spelling != Spelling::OTHER;
        let is_whole = spelling == Spelling::DIGITS;
        let mut end = if is_whole { text.len() } else { next_dot(bytes, clean) };
        let mut tc = Self::of_core(text, segment(text, (0, end), is_clean)?)?;
        let mut number = 0_usize;
        while end < text.len() {
            let start = end.wrapping_add(1);
            end = next_dot(bytes, start);
            number = number.wrapping_add(1);
            let bits = segment(text, (start, end), is_clean)?;
            tc.add_segment(bits, Stretch::of(start, end), number)?;
        }
        Ok(tc)
    }

    #[inline]
    fn of_core(text: &'a str, core: Bits<'a>) -> Result<Self, TcError> {
        let cut = |end| truncated(0, core, end);
        match core.first(6).map_err(cut)? {
            1 => return Err(TcError::VersionOne),
            2 => {}
            version => return Err(TcError::Version { version: version.into() }),
        }
        // The shortest has 44 digits.
        let head = Head::of(core).ok_or_else(|| cut(End { needed: Head::BITS }))?;
        for at in [at::LANGUAGE, at::COUNTRY] {
            if head.number(at, 6) > 25 || head.number(at.saturating_add(6), 6) > 25 {
                return Err(TcError::Letters { at });
            }
        }
        let (max_and_form, at) = (head.number(at::VENDORS, Set::HEAD), at::VENDORS + Set::HEAD);
        let (consents, end) = Set::read_after(core, max_and_form, at).map_err(cut)?;
        let (interests, restrictions_at) = Set::read(core, end).map_err(cut)?;
        restrictions(core, restrictions_at, |_, _, _| {}).map_err(cut)?;
        Ok(Self {
            text,
            head,
            consents,
            interests,
            restrictions_at: place(restrictions_at),
            core: place(core.digits()),
            disclosed: Stretch::default(),
            allowed: Stretch::default(),
            publisher: Stretch::default(),
        })
    }

    fn add_segment(
        &mut self,
        bits: Bits<'a>,
        stretch: Stretch,
        segment: usize,
    ) -> Result<(), TcError> {
        let cut = |end| truncated(segment, bits, end);
        let found = match bits.first(3).map_err(cut)? {
            kind @ (1 | 2) => {
                Set::read(bits, 3).map_err(cut)?;
                if kind == 1 { &mut self.disclosed } else { &mut self.allowed }
            }
            3 => {
                let custom = bits.few::<6>(51).map_err(cut)?;
                let custom = usize::try_from(custom).unwrap_or(usize::MAX);
                let end = custom.saturating_mul(2).saturating_add(57);
                if end > bits.len() {
                    return Err(cut(End { needed: end }));
                }
                &mut self.publisher
            }
            kind => return Err(TcError::SegmentType { segment, kind: kind.into() }),
        };
        if *found != Stretch::default() {
            return Err(TcError::RepeatedSegment { segment });
        }
        *found = stretch;
        Ok(())
    }

    /// The core, which was checked.
    fn core(&self) -> Bits<'a> {
        self.bits(Stretch { start: 0, end: self.core })
    }

    /// A segment, which was checked; no bits for one that is not there.
    fn bits(&self, stretch: Stretch) -> Bits<'a> {
        Bits::checked(self.text, to_usize(stretch.start), to_usize(stretch.end))
    }

    /// The vendors of a segment, if it is there.
    fn vendors(&self, stretch: Stretch) -> Option<Vendors<'a>> {
        let bits = self.bits(stretch);
        let (set, _) = Set::read(bits, 3).ok().filter(|_| bits.len() > 0)?;
        Some(Vendors::of(bits, set))
    }

    /// The text that was read.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.text
    }

    /// A field of the core that was checked to be there.
    fn field(&self, at: usize, bits: usize) -> u16 {
        u16::try_from(self.head.number(at, bits)).unwrap_or_default()
    }

    fn flag(&self, at: usize) -> bool {
        self.field(at, 1) == 1
    }

    /// Whether `vendor` may do what `purpose` stands for, on the ground of consent.
    ///
    /// The purpose and the vendor are consented to, the vendor was disclosed if the string says
    /// who was, and the publisher restricts nothing.
    ///
    /// # Source
    ///
    /// IAB Europe, TCF Policies; the restriction types 0 (not allowed) and 2 (legitimate interest
    /// alone) stand in the way of consent.
    #[must_use]
    pub fn allows(&self, purpose: u8, vendor: u16) -> bool {
        let is_consented = self.purposes_consent().contains(purpose)
            && self.vendor_consents().contains(vendor)
            && self.disclosed_vendors().is_none_or(|disclosed| disclosed.contains(vendor));
        if !is_consented {
            return false;
        }
        let mut is_restricted = false;
        let at = to_usize(self.restrictions_at);
        let _ = restrictions(self.core(), at, |number, kind, vendors| {
            let concerns = number == u16::from(purpose) && (kind == 0 || kind == 2);
            is_restricted |= concerns && vendors.contains(vendor);
        });
        !is_restricted
    }
}

impl Stretch {
    fn of(start: usize, end: usize) -> Self {
        Self { start: place(start), end: place(end) }
    }
}

/// A place in a text whose length was checked.
fn place(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

fn to_usize(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

/// A segment whose characters are checked, here if they were not before.
fn segment(text: &str, (start, end): (usize, usize), is_clean: bool) -> Result<Bits<'_>, TcError> {
    if is_clean {
        return Ok(Bits::checked(text, start, end));
    }
    let bits = Bits::of(text.get(start..end).unwrap_or_default());
    bits.map_err(|at| TcError::Character { at: at.saturating_add(start) })
}

fn truncated(segment: usize, bits: Bits<'_>, end: End) -> TcError {
    TcError::Truncated { segment, bits: bits.len(), needed: end.needed }
}

/// Goes through the publisher's restrictions: purpose, kind, vendors.
#[inline]
fn restrictions<'a>(
    core: Bits<'a>,
    at: usize,
    mut found: impl FnMut(u16, u16, Vendors<'a>),
) -> Result<(), End> {
    let count = core.few::<12>(at)?;
    let mut at = at.wrapping_add(12);
    for _ in 0..count {
        let (purpose, kind) = (core.short(at, 6)?, core.short(at.saturating_add(6), 2)?);
        let (set, end) = Set::read_ranges(core, at.saturating_add(8), u16::MAX)?;
        found(purpose, kind, Vendors::of(core, set));
        at = end;
    }
    Ok(())
}
