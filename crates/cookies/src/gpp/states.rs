//! A section of the United States: its fields by name.

use super::layout::{Extra, Layout};
use super::{Padding, SectionId};
use crate::bits::{BitWriter, Bits, End};

/// A section of the United States.
///
/// Values of two bits: for a notice 0 does not apply, 1 given, 2 not given; for an opt-out 0 does
/// not apply, 1 opted out, 2 did not; for a consent 0 does not apply, 1 no, 2 yes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsSection {
    id: SectionId,
    version: u16,
    values: Vec<(&'static str, Vec<u8>)>,
    gpc: Option<bool>,
    sensitive_data: Option<Vec<u8>>,
}

/// Why a text is no section of the United States.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UsSectionError {
    /// A character that is no base64url.
    #[error("section {id}: a character is none of A-Z a-z 0-9 - _")]
    Character {
        /// Which section.
        id: u16,
    },
    /// Too few bits.
    #[error("section {id}: a segment has {bits} bits; {needed} are needed")]
    Truncated {
        /// Which section.
        id: u16,
        /// How many it has.
        bits: usize,
        /// How many it would need.
        needed: usize,
    },
    /// A version that is not known.
    #[error("section {id}: version {version} is not known")]
    Version {
        /// Which section.
        id: u16,
        /// Its version.
        version: u16,
    },
    /// A segment of an unknown type, or one more than the section has.
    #[error("section {id}: there is a segment that it cannot have")]
    Segment {
        /// Which section.
        id: u16,
    },
    /// More than padding after the last field.
    #[error("section {id}: it goes on after its last field")]
    Trailing {
        /// Which section.
        id: u16,
    },
    /// No section of the United States.
    #[error("section {id} is none of the United States")]
    Section {
        /// Which section.
        id: u16,
    },
}

/// A field or value that a section cannot have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FieldError {
    /// The section has no such field.
    #[error("the section has no such field")]
    Name,
    /// Another number of values.
    #[error("the field has {expected} values")]
    Count {
        /// How many it has.
        expected: usize,
    },
    /// A value above 3.
    #[error("a value is a number from 0 to 3")]
    Value,
}

impl UsSection {
    /// A section with every value 0, in the current version.
    ///
    /// # Errors
    ///
    /// [`UsSectionError::Section`] for a section of another kind.
    pub fn new(id: SectionId) -> Result<Self, UsSectionError> {
        Self::with_version(id, if id == SectionId::UsNat { 2 } else { 1 })
    }

    /// A section with every value 0, in a version of one's own choice.
    ///
    /// # Errors
    ///
    /// [`UsSectionError::Section`] and [`UsSectionError::Version`].
    pub fn with_version(id: SectionId, version: u16) -> Result<Self, UsSectionError> {
        let number = id.number();
        let layout = Layout::of(id, version).ok_or(UsSectionError::Section { id: number })?;
        let newest = if id == SectionId::UsNat { 2 } else { 1 };
        if !(1..=newest).contains(&version) {
            return Err(UsSectionError::Version { id: number, version });
        }
        let values = layout.fields.iter().map(|(name, count)| (*name, vec![0; *count])).collect();
        Ok(Self { id, version, values, gpc: None, sensitive_data: None })
    }

    pub(super) fn parse(id: SectionId, text: &str) -> Result<Self, UsSectionError> {
        let number = id.number();
        let mut segments = text.split('.');
        let bits = |text| Bits::of(text).map_err(|_| UsSectionError::Character { id: number });
        let core = bits(segments.next().unwrap_or_default())?;
        let cut =
            |End { needed }| UsSectionError::Truncated { id: number, bits: core.len(), needed };
        let mut section = Self::with_version(id, core.short(0, 6).map_err(cut)?)?;
        let mut at = 6;
        for (_, values) in &mut section.values {
            for value in values {
                *value = u8::try_from(core.short(at, 2).map_err(cut)?).unwrap_or_default();
                at = at.saturating_add(2);
            }
        }
        section.check_end(core, at)?;
        if let Some(text) = segments.next() {
            section.add_segment(bits(text)?)?;
        }
        match segments.next() {
            None => Ok(section),
            Some(_) => Err(UsSectionError::Segment { id: number }),
        }
    }

    fn add_segment(&mut self, bits: Bits<'_>) -> Result<(), UsSectionError> {
        let id = self.id.number();
        let cut = |End { needed }| UsSectionError::Truncated { id, bits: bits.len(), needed };
        let end = match Layout::of(self.id, self.version).map(|layout| layout.extra) {
            Some(Extra::Gpc) => {
                //= IAB GPP Core Specification, GPC sub-section: type 1, then the signal
                if bits.short(0, 2).map_err(cut)? != 1 {
                    return Err(UsSectionError::Segment { id });
                }
                self.gpc = Some(bits.is_set(2).map_err(cut)?);
                3
            }
            Some(Extra::SensitiveData) => {
                let value = |place: usize| bits.short(place.saturating_mul(2), 2).map_err(cut);
                let values = (0..8).map(|place| value(place).map(narrow));
                self.sensitive_data = Some(values.collect::<Result<_, _>>()?);
                16
            }
            _ => return Err(UsSectionError::Segment { id }),
        };
        self.check_end(bits, end)
    }

    /// Nothing but up to two bytes of zeros follows.
    fn check_end(&self, bits: Bits<'_>, at: usize) -> Result<(), UsSectionError> {
        let is_zero = (at..bits.len()).all(|place| bits.is_set(place) == Ok(false));
        let is_short = bits.len().saturating_sub(at) <= 16;
        let id = self.id.number();
        if is_zero && is_short { Ok(()) } else { Err(UsSectionError::Trailing { id }) }
    }

    /// Which section.
    #[must_use]
    pub const fn id(&self) -> SectionId {
        self.id
    }

    /// Its version.
    #[must_use]
    pub const fn version(&self) -> u16 {
        self.version
    }

    /// The name of the version's own field: `Version` or `MspaVersion`.
    #[must_use]
    pub fn version_field(&self) -> &'static str {
        Layout::of(self.id, self.version).map_or("Version", |layout| layout.version)
    }

    /// The fields in order, by the names of the specification.
    #[must_use]
    pub fn fields(&self) -> impl ExactSizeIterator<Item = (&'static str, &[u8])> {
        self.values.iter().map(|(name, values)| (*name, values.as_slice()))
    }

    /// The values of a field; most have one.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&[u8]> {
        self.values.iter().find(|(other, _)| *other == name).map(|(_, values)| values.as_slice())
    }

    /// Sets the values of a field.
    ///
    /// # Errors
    ///
    /// [`FieldError`].
    pub fn set(&mut self, name: &str, values: &[u8]) -> Result<(), FieldError> {
        let found = self.values.iter_mut().find(|(other, _)| *other == name);
        let (_, place) = found.ok_or(FieldError::Name)?;
        if place.len() != values.len() {
            return Err(FieldError::Count { expected: place.len() });
        }
        if values.iter().any(|value| *value > 3) {
            return Err(FieldError::Value);
        }
        place.copy_from_slice(values);
        Ok(())
    }

    /// Whether the browser sent the Global Privacy Control signal, if the section says.
    #[must_use]
    pub const fn gpc(&self) -> Option<bool> {
        self.gpc
    }

    /// Sets what the section says of the Global Privacy Control signal.
    ///
    /// # Errors
    ///
    /// [`FieldError::Name`] when the section has no place for it.
    pub fn set_gpc(&mut self, gpc: Option<bool>) -> Result<(), FieldError> {
        self.check_extra(Extra::Gpc)?;
        self.gpc = gpc;
        Ok(())
    }

    /// The choices for sensitive data that stand in a segment of their own, if it is there.
    #[must_use]
    pub fn sensitive_data(&self) -> Option<&[u8]> {
        self.sensitive_data.as_deref()
    }

    /// Sets the choices for sensitive data that stand in a segment of their own.
    ///
    /// # Errors
    ///
    /// [`FieldError`].
    pub fn set_sensitive_data(&mut self, values: Option<&[u8; 8]>) -> Result<(), FieldError> {
        self.check_extra(Extra::SensitiveData)?;
        if values.is_some_and(|values| values.iter().any(|value| *value > 3)) {
            return Err(FieldError::Value);
        }
        self.sensitive_data = values.map(|values| values.to_vec());
        Ok(())
    }

    fn check_extra(&self, wanted: Extra) -> Result<(), FieldError> {
        let extra = Layout::of(self.id, self.version).map(|layout| layout.extra);
        if extra == Some(wanted) { Ok(()) } else { Err(FieldError::Name) }
    }

    /// Whether the person opted out of the sale or sharing of data, or of targeted advertising.
    #[must_use]
    pub fn opted_out(&self) -> bool {
        let fields = ["SaleOptOut", "SharingOptOut", "TargetedAdvertisingOptOut"];
        self.gpc == Some(true) || fields.iter().any(|name| self.field(name) == Some(&[1]))
    }

    /// Writes the section.
    #[must_use]
    pub fn write(&self, padding: Padding) -> String {
        let mut core = BitWriter::default();
        core.push(self.version.into(), 6);
        let values = self.values.iter().flat_map(|(_, values)| values);
        values.for_each(|value| core.push((*value).into(), 2));
        let mut text = padding.finish(core);
        let mut extra = BitWriter::default();
        if let Some(gpc) = self.gpc {
            extra.push(1, 2);
            extra.push_bit(gpc);
        }
        let values = self.sensitive_data.iter().flatten();
        values.for_each(|value| extra.push((*value).into(), 2));
        if extra.len() > 0 {
            text.push('.');
            text.push_str(&padding.finish(extra));
        }
        text
    }
}

fn narrow(value: u16) -> u8 {
    u8::try_from(value).unwrap_or_default()
}
