//! The GPP string of the IAB's Global Privacy Platform, read and written.
//!
//! A header names the sections; each section is a TC string, a US Privacy string, a section of
//! one of the United States, or text that is passed on as it is.

use crate::bits::{BitWriter, Bits, End};
use crate::tcf::{TcError, TcString};
use crate::us_privacy::{UsPrivacy, UsPrivacyError};

mod layout;
mod section_id;
mod states;

pub use section_id::{Padding, SectionId};
pub use states::{FieldError, UsSection, UsSectionError};

/// The most sections of a string; 27 are defined.
pub const MAX_SECTIONS: usize = 64;

/// A GPP string, divided into its sections.
///
/// ```
/// use upheld_cookies::gpp::{Gpp, Section, SectionId};
///
/// let gpp = Gpp::parse("DBABLA~BVQqAAAAAgA.QA")?;
/// let Section::UnitedStates(section) = gpp.section(SectionId::UsNat).ok_or("no usnat")?? else {
///     return Err("another section".into());
/// };
/// assert_eq!(section.field("SaleOptOut"), Some(&[2][..])); // did not opt out
/// assert_eq!(section.gpc(), Some(false));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Source
///
/// IAB Tech Lab, Global Privacy Platform, Core Specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gpp<'a> {
    sections: Vec<(u16, &'a str)>,
}

/// A section that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Section<'a> {
    /// Section 2: a TC string.
    TcfEuV2(TcString<'a>),
    /// Section 6: a US Privacy string.
    UsPrivacy(UsPrivacy),
    /// Sections 7 to 27: the United States as a whole, and by state.
    UnitedStates(UsSection),
    /// A section that is passed on as it is.
    Other(&'a str),
}

/// Why a text is no GPP string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GppError {
    /// A header with characters that are no base64url.
    #[error("character {at} of the header is none of A-Z a-z 0-9 - _")]
    Character {
        /// Where it stands.
        at: usize,
    },
    /// A header that is cut off.
    #[error("the header has {bits} bits; {needed} are needed")]
    Truncated {
        /// How many it has.
        bits: usize,
        /// How many it would need at least.
        needed: usize,
    },
    /// Another type or version.
    #[error("the header has type {kind} and version {version}; 3 and 1 are needed")]
    Header {
        /// Its type.
        kind: u16,
        /// Its version.
        version: u16,
    },
    /// Section numbers that do not rise, or are beyond what is known.
    #[error("section numbers must rise from 1 to 4095, and be at most {MAX_SECTIONS}")]
    SectionIds,
    /// More or fewer sections than the header says.
    #[error("the header names {named} sections and {found} follow")]
    Count {
        /// How many the header names.
        named: usize,
        /// How many there are.
        found: usize,
    },
    /// A section without text.
    #[error("section {id} is empty")]
    Empty {
        /// Which section.
        id: u16,
    },
    /// The bits after the header's end are not all zero.
    #[error("the header goes on after its end")]
    Trailing,
}

/// Why a section of a GPP string cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SectionError {
    /// No TC string.
    #[error("section 2: {0}")]
    Tcf(#[from] TcError),
    /// No US Privacy string.
    #[error("section 6: {0}")]
    UsPrivacy(#[from] UsPrivacyError),
    /// No section of a state.
    #[error(transparent)]
    UnitedStates(#[from] UsSectionError),
}

impl<'a> Gpp<'a> {
    /// Divides a GPP string and checks its header.
    ///
    /// # Errors
    ///
    /// [`GppError`].
    pub fn parse(text: &'a str) -> Result<Self, GppError> {
        let mut parts = text.split('~');
        let ids = read_header(parts.next().unwrap_or_default())?;
        let found = parts.clone().count();
        if found != ids.len() {
            return Err(GppError::Count { named: ids.len(), found });
        }
        let sections: Vec<(u16, &str)> = ids.into_iter().zip(parts).collect();
        if let Some((id, _)) = sections.iter().find(|(_, text)| text.is_empty()) {
            return Err(GppError::Empty { id: *id });
        }
        Ok(Self { sections })
    }

    /// The sections' numbers and texts, in order.
    #[must_use]
    pub fn sections(&self) -> impl ExactSizeIterator<Item = (u16, &'a str)> {
        self.sections.iter().copied()
    }

    /// Reads a section, if it is there.
    #[must_use]
    pub fn section(&self, id: SectionId) -> Option<Result<Section<'a>, SectionError>> {
        let number = id.number();
        let (_, text) = self.sections.iter().find(|(other, _)| *other == number)?;
        Some(Section::parse(number, text))
    }

    /// Whether a section says that the browser sent the Global Privacy Control signal.
    #[must_use]
    pub fn gpc(&self) -> Option<bool> {
        let sections = self.sections.iter().filter_map(|(id, text)| Section::parse(*id, text).ok());
        let signals = sections.filter_map(|section| match section {
            Section::UnitedStates(section) => section.gpc(),
            _ => None,
        });
        signals.reduce(|one, other| one || other)
    }

    /// Puts a string together from sections' numbers and texts, which must rise.
    ///
    /// ```
    /// use upheld_cookies::gpp::{Gpp, Padding};
    ///
    /// assert_eq!(Gpp::write(&[(6, "1YNN")], Padding::Shortest)?, "DBABT~1YNN");
    /// # Ok::<(), upheld_cookies::gpp::GppError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`GppError::SectionIds`] and [`GppError::Empty`].
    pub fn write(sections: &[(u16, &str)], padding: Padding) -> Result<String, GppError> {
        let mut text = write_header(sections.iter().map(|(id, _)| *id), padding)?;
        for (id, section) in sections {
            if section.is_empty() || section.contains('~') {
                return Err(GppError::Empty { id: *id });
            }
            text.push('~');
            text.push_str(section);
        }
        Ok(text)
    }
}

impl<'a> Section<'a> {
    /// Reads the text of a section.
    ///
    /// # Errors
    ///
    /// [`SectionError`].
    pub fn parse(id: u16, text: &'a str) -> Result<Self, SectionError> {
        Ok(match SectionId::of(id) {
            Some(SectionId::TcfEuV2) => Self::TcfEuV2(TcString::parse(text)?),
            Some(SectionId::UspV1) => Self::UsPrivacy(UsPrivacy::parse(text)?),
            Some(id) => Self::UnitedStates(UsSection::parse(id, text)?),
            None => Self::Other(text),
        })
    }
}

/// Reads type, version and the sections' numbers.
fn read_header(text: &str) -> Result<Vec<u16>, GppError> {
    let bits = Bits::of(text).map_err(|at| GppError::Character { at })?;
    let cut = |End { needed }| GppError::Truncated { bits: bits.len(), needed };
    let kind = bits.short(0, 6).map_err(cut)?;
    let version = bits.short(6, 6).map_err(cut)?;
    if (kind, version) != (3, 1) {
        return Err(GppError::Header { kind, version });
    }
    let count = bits.short(12, 12).map_err(cut)?;
    let (mut ids, mut last, mut at) = (Vec::new(), 0_u16, 24_usize);
    for _ in 0..count {
        let is_group = bits.is_set(at).map_err(cut)?;
        let (offset, end) = read_fibonacci(bits, at.saturating_add(1))?;
        let first = last.checked_add(offset).ok_or(GppError::SectionIds)?;
        at = end;
        last = first;
        if is_group {
            //= IAB GPP Core Specification, Range (Fibonacci): the end is an offset as well
            let (length, end) = read_fibonacci(bits, at)?;
            last = first.checked_add(length).ok_or(GppError::SectionIds)?;
            at = end;
        }
        let more = usize::from(last.saturating_sub(first)).saturating_add(1);
        if ids.len().saturating_add(more) > MAX_SECTIONS || last > 0xFFF {
            return Err(GppError::SectionIds);
        }
        ids.extend(first..=last);
    }
    let is_over = (at..bits.len()).all(|place| bits.is_set(place) == Ok(false));
    if is_over { Ok(ids) } else { Err(GppError::Trailing) }
}

/// Reads a number in Fibonacci coding, which ends with two ones; returns where it ends.
fn read_fibonacci(bits: Bits<'_>, at: usize) -> Result<(u16, usize), GppError> {
    let (mut number, mut was_set) = (0_u16, false);
    let (mut weight, mut next) = (1_u16, 2_u16);
    for place in at..bits.len() {
        let is_set = bits.is_set(place) == Ok(true);
        if is_set && was_set {
            return Ok((number, place.saturating_add(1)));
        }
        if is_set {
            number = number.checked_add(weight).ok_or(GppError::SectionIds)?;
        }
        was_set = is_set;
        (weight, next) = (next, weight.saturating_add(next));
    }
    Err(GppError::Truncated { bits: bits.len(), needed: bits.len().saturating_add(1) })
}

fn write_header(ids: impl Iterator<Item = u16>, padding: Padding) -> Result<String, GppError> {
    let mut ranges: Vec<(u16, u16)> = Vec::new();
    let mut count = 0_usize;
    for id in ids {
        count = count.saturating_add(1);
        match ranges.last_mut() {
            Some((_, last)) if id == last.saturating_add(1) => *last = id,
            Some((_, last)) if id <= *last => return Err(GppError::SectionIds),
            _ => ranges.push((id, id)),
        }
    }
    let is_known = ranges.iter().all(|(first, last)| *first > 0 && *last <= 0xFFF);
    if !is_known || count > MAX_SECTIONS {
        return Err(GppError::SectionIds);
    }
    let mut bits = BitWriter::default();
    bits.push(3, 6);
    bits.push(1, 6);
    bits.push(u64::try_from(ranges.len()).unwrap_or_default(), 12);
    let mut before = 0;
    for (first, last) in ranges {
        bits.push_bit(last > first);
        write_fibonacci(&mut bits, first.saturating_sub(before));
        if last > first {
            write_fibonacci(&mut bits, last.saturating_sub(first));
        }
        before = last;
    }
    Ok(padding.finish(bits))
}

fn write_fibonacci(bits: &mut BitWriter, number: u16) {
    let mut weights = vec![1_u16, 2];
    while let [.., one, two] = weights[..] {
        match one.checked_add(two) {
            Some(next) if next <= number => weights.push(next),
            _ => break,
        }
    }
    let mut left = number;
    let mut digits: Vec<bool> = Vec::new();
    for weight in weights.into_iter().rev() {
        let is_set = weight <= left;
        if is_set {
            left = left.saturating_sub(weight);
        }
        if is_set || !digits.is_empty() {
            digits.push(is_set);
        }
    }
    digits.into_iter().rev().for_each(|digit| bits.push_bit(digit));
    bits.push_bit(true);
}
