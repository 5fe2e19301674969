//! The protobuf wire format, as much of it as the schema needs.
//!
//! # Source
//!
//! Protocol Buffers, "Encoding": a message is a sequence of fields, each a tag (number and wire
//! type) and a value. Fields that are not known are skipped; groups, which nobody writes any
//! more, are refused.

use super::fault::MigrationFault;
use crate::wiped::ByteBuffer;

/// A message that is read field by field.
pub(super) struct Message<'a> {
    rest: &'a [u8],
    /// Offset of `rest` in the payload.
    at: usize,
}

/// A field and where its value begins.
pub(super) struct Field<'a> {
    pub(super) number: u64,
    pub(super) value: Value<'a>,
    pub(super) at: usize,
}

#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    Varint(u64),
    Bytes(&'a [u8]),
    /// Four or eight bytes, which no field of the schema has.
    Fixed,
}

impl<'a> Message<'a> {
    pub(super) const fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { rest: bytes, at }
    }

    pub(super) fn next(&mut self) -> Result<Option<Field<'a>>, MigrationFault> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let tag_at = self.at;
        let tag = self.varint()?;
        let number = tag >> 3;
        let at = self.at;
        let value = match tag & 7 {
            _ if number == 0 => return Err(MigrationFault::WireType { at: tag_at }),
            0 => Value::Varint(self.varint()?),
            2 => {
                let len = self.varint()?;
                let at = self.at;
                let len = usize::try_from(len).map_err(|_| MigrationFault::CutOff { at })?;
                return Ok(Some(Field { number, at, value: Value::Bytes(self.take(len)?) }));
            }
            1 => self.take(8).map(|_| Value::Fixed)?,
            5 => self.take(4).map(|_| Value::Fixed)?,
            _ => return Err(MigrationFault::WireType { at: tag_at }),
        };
        Ok(Some(Field { number, value, at }))
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], MigrationFault> {
        let split = self.rest.split_at_checked(len);
        let (taken, rest) = split.ok_or(MigrationFault::CutOff { at: self.at })?;
        self.rest = rest;
        self.at = self.at.saturating_add(len);
        Ok(taken)
    }

    /// Seven bits to a byte, the lowest first; ten bytes hold the 64 of a negative number.
    fn varint(&mut self) -> Result<u64, MigrationFault> {
        let at = self.at;
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let [byte] = *self.take(1)? else { return Err(MigrationFault::CutOff { at }) };
            let bits = u64::from(byte & 0x7f);
            // The tenth byte has room for the last bit alone.
            if shift == 63 && bits > 1 {
                return Err(MigrationFault::Number { at });
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(MigrationFault::Number { at })
    }
}

impl<'a> Field<'a> {
    /// Puts a number into an empty slot.
    pub(super) fn number_into(&self, slot: &mut Option<u64>) -> Result<(), MigrationFault> {
        let Value::Varint(number) = self.value else {
            return Err(MigrationFault::WireType { at: self.at });
        };
        self.once(slot.replace(number).is_some())
    }

    /// Puts bytes into an empty slot.
    pub(super) fn bytes_into(&self, slot: &mut Option<&'a [u8]>) -> Result<(), MigrationFault> {
        self.once(slot.replace(self.bytes()?).is_some())
    }

    /// Puts a text into an empty slot.
    pub(super) fn text_into(&self, slot: &mut Option<&'a str>) -> Result<(), MigrationFault> {
        let text = str::from_utf8(self.bytes()?).map_err(|error| MigrationFault::Text {
            at: self.at.saturating_add(error.valid_up_to()),
        })?;
        self.once(slot.replace(text).is_some())
    }

    pub(super) const fn bytes(&self) -> Result<&'a [u8], MigrationFault> {
        match self.value {
            Value::Bytes(bytes) => Ok(bytes),
            _ => Err(MigrationFault::WireType { at: self.at }),
        }
    }

    const fn once(&self, again: bool) -> Result<(), MigrationFault> {
        if again { Err(MigrationFault::Duplicate { at: self.at }) } else { Ok(()) }
    }
}

/// Writes a field with a number; negative ones sign-extended to 64 bits.
pub(super) fn push_number(to: &mut ByteBuffer, field: u8, number: i64) {
    push_varint(to, u64::from(field) << 3);
    push_varint(to, number.cast_unsigned());
}

/// Writes a field with bytes, a text or a message.
pub(super) fn push_bytes(to: &mut ByteBuffer, field: u8, bytes: &[u8]) {
    push_varint(to, u64::from(field) << 3 | 2);
    push_varint(to, u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    to.push(bytes);
}

fn push_varint(to: &mut ByteBuffer, mut number: u64) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            return to.push(&[low & 0x7f]);
        }
        to.push(&[low | 0x80]);
    }
}
