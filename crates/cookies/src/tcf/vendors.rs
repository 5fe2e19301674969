//! Sets of vendors: as the text has them, and as one's own.

use core::ops::RangeInclusive;

use super::to_usize;
use crate::bits::{BitWriter, Bits, End};

/// A set of vendors, borrowed from a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vendors<'a> {
    bits: Bits<'a>,
    at: usize,
    max: u16,
    form: Form,
}

/// Where a set stands in its segment, and its form, in one word: it is handed on often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Set(u64);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// A bit to each vendor.
    Field,
    /// Ranges, this many.
    Ranges(u16),
}

impl Set {
    /// Above the place, which has fewer than 32 bits.
    const MAX: u32 = 32;
    /// Above the greatest number: how many ranges there are, at most [`MOST_RANGES`].
    const COUNT: u32 = 48;
    /// How many bits the greatest number and the form have.
    pub(super) const HEAD: usize = 17;
    /// The highest bit: whether there are ranges.
    const RANGES: u64 = 1 << 63;

    fn new(at: usize, max: u16, form: Form) -> Self {
        let form = match form {
            Form::Field => 0,
            Form::Ranges(count) => Self::RANGES | u64::from(count) << Self::COUNT,
        };
        Self(form | u64::from(max) << Self::MAX | u64::from(super::place(at)))
    }

    /// Reads the greatest number, the form and the set; returns where it ends.
    #[inline]
    pub(super) fn read(bits: Bits<'_>, at: usize) -> Result<(Self, usize), End> {
        let head = bits.few::<{ Self::HEAD }>(at)?;
        Self::read_after(bits, head, at.wrapping_add(Self::HEAD))
    }

    /// The same from behind the greatest number and the form.
    #[inline]
    pub(super) fn read_after(bits: Bits<'_>, head: u64, at: usize) -> Result<(Self, usize), End> {
        let max = u16::try_from(head >> 1).unwrap_or(u16::MAX);
        if head & 1 == 1 {
            return Self::read_ranges(bits, at, max);
        }
        let end = at.wrapping_add(max.into());
        if end > bits.len() {
            return Err(End { needed: end });
        }
        Ok((Self::new(at, max, Form::Field), end))
    }

    /// Reads the number of ranges and the ranges; returns where they end.
    pub(super) fn read_ranges(bits: Bits<'_>, at: usize, max: u16) -> Result<(Self, usize), End> {
        let count = bits.few::<12>(at)?;
        let at = at.wrapping_add(12);
        let mut end = at;
        for _ in 0..count {
            end = end.wrapping_add(if bits.is_set(end)? { 33 } else { 17 });
        }
        if end > bits.len() {
            return Err(End { needed: end });
        }
        Ok((Self::new(at, max, Form::Ranges(u16::try_from(count).unwrap_or_default())), end))
    }

    /// The lowest 16 bits from a place on.
    fn short(self, place: u32) -> u16 {
        u16::try_from(self.0 >> place & 0xFFFF).unwrap_or_default()
    }
}

impl<'a> Vendors<'a> {
    pub(super) fn of(bits: Bits<'a>, set: Set) -> Self {
        let at = to_usize(u32::try_from(set.0 & 0xFFFF_FFFF).unwrap_or_default());
        let form = match set.0 & Set::RANGES {
            0 => Form::Field,
            _ => Form::Ranges(set.short(Set::COUNT) & 0xFFF),
        };
        Self { bits, at, max: set.short(Set::MAX), form }
    }

    /// The greatest number that the set speaks of.
    #[must_use]
    pub const fn max(&self) -> u16 {
        self.max
    }

    /// Whether it is written as ranges.
    #[must_use]
    pub const fn is_ranges(&self) -> bool {
        matches!(self.form, Form::Ranges(_))
    }

    /// Whether a vendor is in the set: in one step for a bit field, in one to a range for ranges.
    ///
    /// No set has vendor 0.
    #[must_use]
    pub fn contains(&self, vendor: u16) -> bool {
        match self.form {
            Form::Field => {
                let at = self.at.saturating_add(vendor.into()).saturating_sub(1);
                vendor > 0 && vendor <= self.max && self.bits.is_set(at).unwrap_or_default()
            }
            Form::Ranges(_) => vendor > 0 && self.ranges().any(|range| range.contains(&vendor)),
        }
    }

    /// The set as ranges: as they are written, or the runs of a bit field.
    ///
    /// Ranges that are written may overlap, and one that ends before it begins is empty.
    #[must_use]
    pub const fn ranges(&self) -> VendorRanges<'a> {
        VendorRanges { vendors: *self, at: self.at, next: 0 }
    }
}

/// The ranges of [`Vendors`].
#[derive(Clone, Debug)]
pub struct VendorRanges<'a> {
    vendors: Vendors<'a>,
    at: usize,
    /// The ranges that are read already, or the last vendor that is.
    next: u16,
}

impl Iterator for VendorRanges<'_> {
    type Item = RangeInclusive<u16>;

    fn next(&mut self) -> Option<RangeInclusive<u16>> {
        match self.vendors.form {
            Form::Field => self.next_run(),
            Form::Ranges(count) => {
                if self.next >= count {
                    return None;
                }
                self.next = self.next.saturating_add(1);
                let bits = self.vendors.bits;
                let head = bits.number(self.at, 17).ok()?;
                let is_range = head >> 16 == 1;
                let start = u16::try_from(head & 0xFFFF).ok()?;
                self.at = self.at.saturating_add(17);
                if !is_range {
                    return Some(start..=start);
                }
                let end = bits.short(self.at, 16).ok()?;
                self.at = self.at.saturating_add(16);
                Some(start..=end)
            }
        }
    }
}

impl VendorRanges<'_> {
    fn next_run(&mut self) -> Option<RangeInclusive<u16>> {
        let max = u32::from(self.vendors.max);
        let start = self.next_bit(u32::from(self.next).saturating_add(1), true);
        if start > max {
            return None;
        }
        let end = self.next_bit(start, false).saturating_sub(1);
        self.next = u16::try_from(end).ok()?;
        Some(u16::try_from(start).ok()?..=self.next)
    }

    /// The first vendor from `from` on whose bit is `wanted`; one beyond the last if there is none.
    fn next_bit(&self, from: u32, wanted: bool) -> u32 {
        let Vendors { bits, at, max, .. } = self.vendors;
        let end = u32::from(max).saturating_add(1);
        let mut vendor = from;
        while vendor < end {
            let length = end.saturating_sub(vendor).min(32);
            let (place, width) = (to_usize(vendor.saturating_sub(1)), to_usize(length));
            let Ok(word) = bits.number(at.saturating_add(place), width) else { return end };
            let word = if wanted { word } else { !word };
            let unused = 64_u32.saturating_sub(length);
            let before = word.checked_shl(unused).unwrap_or_default().leading_zeros();
            if before < length {
                return vendor.saturating_add(before);
            }
            vendor = vendor.saturating_add(length);
        }
        end
    }
}

/// A set of vendors of one's own: ranges in order that neither overlap nor touch.
///
/// ```
/// use upheld_cookies::tcf::VendorIds;
///
/// let vendors = VendorIds::of_ranges([11..=12, 2..=2, 12..=40]);
/// assert_eq!(vendors.ranges(), [2..=2, 11..=40]);
/// assert!(vendors.contains(13) && !vendors.contains(3));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct VendorIds {
    ranges: Vec<RangeInclusive<u16>>,
    max: u16,
}

impl VendorIds {
    /// The set of single vendors.
    #[must_use]
    pub fn of(vendors: &[u16]) -> Self {
        Self::of_ranges(vendors.iter().map(|vendor| *vendor..=*vendor))
    }

    /// The union of ranges; number 0 is no vendor.
    #[must_use]
    pub fn of_ranges(ranges: impl IntoIterator<Item = RangeInclusive<u16>>) -> Self {
        let from_one = ranges.into_iter().map(|range| *range.start().max(&1)..=*range.end());
        let mut all: Vec<RangeInclusive<u16>> =
            from_one.filter(|range| !range.is_empty()).collect();
        all.sort_unstable_by_key(|range| *range.start());
        let mut ranges: Vec<RangeInclusive<u16>> = Vec::new();
        for range in all {
            match ranges.last_mut() {
                Some(last) if *range.start() <= last.end().saturating_add(1) => {
                    *last = *last.start()..=*last.end().max(range.end());
                }
                _ => ranges.push(range),
            }
        }
        let max = ranges.last().map_or(0, |range| *range.end());
        Self { ranges, max }
    }

    /// The same, said to speak of vendors up to `max`, if that is more.
    #[must_use]
    pub fn up_to(mut self, max: u16) -> Self {
        self.max = self.max.max(max);
        self
    }

    /// The ranges.
    #[must_use]
    pub fn ranges(&self) -> &[RangeInclusive<u16>] {
        &self.ranges
    }

    /// The greatest number that the set speaks of.
    #[must_use]
    pub const fn max(&self) -> u16 {
        self.max
    }

    /// Whether a vendor is in the set.
    #[must_use]
    pub fn contains(&self, vendor: u16) -> bool {
        let after = self.ranges.partition_point(|range| *range.end() < vendor);
        self.ranges.get(after).is_some_and(|range| range.contains(&vendor))
    }

    /// Writes the smaller of both forms.
    pub(super) fn write(&self, to: &mut BitWriter) {
        //= IAB TCF, Vendor Consent Section: the shorter of bit field and ranges
        let is_ranges = self.ranges.len() <= MOST_RANGES && self.ranges_length() < self.max.into();
        to.push(self.max.into(), 16);
        to.push_bit(is_ranges);
        if is_ranges {
            self.write_ranges(to);
            return;
        }
        let mut next = 1_u32;
        for range in &self.ranges {
            let (start, end) = (u32::from(*range.start()), u32::from(*range.end()));
            (next..start).for_each(|_| to.push_bit(false));
            (start..=end).for_each(|_| to.push_bit(true));
            next = end.saturating_add(1);
        }
        (next..=self.max.into()).for_each(|_| to.push_bit(false));
    }

    pub(super) fn write_ranges(&self, to: &mut BitWriter) {
        to.push(u64::try_from(self.ranges.len()).unwrap_or_default(), 12);
        for range in &self.ranges {
            let (start, end) = (*range.start(), *range.end());
            to.push_bit(start < end);
            to.push(start.into(), 16);
            if start < end {
                to.push(end.into(), 16);
            }
        }
    }

    fn ranges_length(&self) -> usize {
        let bits = |range: &RangeInclusive<u16>| if range.start() < range.end() { 33 } else { 17 };
        self.ranges.iter().map(bits).fold(12, usize::saturating_add)
    }
}

/// The most ranges that twelve bits can count.
pub(super) const MOST_RANGES: usize = 0xFFF;

impl From<Vendors<'_>> for VendorIds {
    fn from(vendors: Vendors<'_>) -> Self {
        Self::of_ranges(vendors.ranges()).up_to(vendors.max)
    }
}
