//! Action Message Format: passing over values, and reading names.

use super::SolError;

/// How deep values may be nested.
pub(super) const DEPTH: usize = 32;

/// Bytes read from front to back.
pub(super) struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Input<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) const fn at(&self) -> usize {
        self.at
    }

    pub(super) const fn left(&self) -> usize {
        self.bytes.len().saturating_sub(self.at)
    }

    pub(super) fn bytes(&mut self, length: usize) -> Result<&'a [u8], SolError> {
        let end = self.at.saturating_add(length);
        let bytes = self.bytes.get(self.at..end);
        let bytes = bytes.ok_or(SolError::Truncated { at: self.bytes.len() })?;
        self.at = end;
        Ok(bytes)
    }

    pub(super) fn byte(&mut self) -> Result<u8, SolError> {
        Ok(self.bytes(1)?.first().copied().unwrap_or_default())
    }

    fn number(&mut self, length: usize) -> Result<u32, SolError> {
        let bytes = self.bytes(length)?;
        Ok(bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }

    fn short(&mut self) -> Result<usize, SolError> {
        Ok(usize::try_from(self.number(2)?).unwrap_or_default())
    }

    pub(super) fn long(&mut self) -> Result<u32, SolError> {
        self.number(4)
    }

    fn long_length(&mut self) -> Result<usize, SolError> {
        Ok(usize::try_from(self.long()?).unwrap_or(usize::MAX))
    }

    /// Text after its length in two bytes.
    pub(super) fn short_text(&mut self) -> Result<&'a str, SolError> {
        let length = self.short()?;
        self.text(length)
    }

    fn text(&mut self, length: usize) -> Result<&'a str, SolError> {
        let text = str::from_utf8(self.bytes(length)?);
        text.map_err(|_| SolError::Text { at: self.at })
    }

    /// One to four bytes, the upper bit of each saying whether another follows.
    fn varying(&mut self) -> Result<usize, SolError> {
        let mut number = 0_usize;
        for _ in 0..3 {
            let byte = self.byte()?;
            number = number << 7 | usize::from(byte & 0x7F);
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Ok(number << 8 | usize::from(self.byte()?))
    }
}

fn check_depth(input: &Input<'_>, depth: usize) -> Result<usize, SolError> {
    let too_deep = depth >= DEPTH;
    if too_deep { Err(SolError::TooDeep { at: input.at }) } else { Ok(depth.saturating_add(1)) }
}

/// Passes over a value of AMF 0.
pub(super) fn skip_amf0(input: &mut Input<'_>, depth: usize) -> Result<(), SolError> {
    let depth = check_depth(input, depth)?;
    let kind = input.byte()?;
    //= Adobe AMF 0, Data Types: every kind of value has an end that can be found
    match kind {
        // A number; true or false; a reference; a date with its zone.
        0x00 => input.bytes(8).map(drop),
        0x01 => input.bytes(1).map(drop),
        0x07 => input.bytes(2).map(drop),
        0x0B => input.bytes(10).map(drop),
        // Nothing: null, undefined, unsupported.
        0x05 | 0x06 | 0x0D => Ok(()),
        0x02 => {
            let length = input.short()?;
            input.bytes(length).map(drop)
        }
        // Long text and XML.
        0x0C | 0x0F => {
            let length = input.long_length()?;
            input.bytes(length).map(drop)
        }
        0x03 => skip_members(input, depth),
        0x08 => {
            input.long()?;
            skip_members(input, depth)
        }
        // An array: as many values as it says, each at least a byte long.
        0x0A => {
            let count = input.long_length()?;
            for _ in 0..count {
                skip_amf0(input, depth)?;
            }
            Ok(())
        }
        // An object of a class.
        0x10 => {
            input.short_text()?;
            skip_members(input, depth)
        }
        _ => Err(SolError::Kind { at: input.at.saturating_sub(1) }),
    }
}

/// Names and values up to an empty name and the mark 09.
fn skip_members(input: &mut Input<'_>, depth: usize) -> Result<(), SolError> {
    loop {
        let length = input.short()?;
        input.bytes(length)?;
        if length == 0 && input.bytes.get(input.at) == Some(&0x09) {
            return input.byte().map(drop);
        }
        skip_amf0(input, depth)?;
    }
}

/// What AMF 3 refers back to.
#[derive(Default)]
pub(super) struct Tables<'a> {
    texts: Vec<&'a str>,
    traits: Vec<Trait>,
}

#[derive(Clone, Copy)]
struct Trait {
    members: usize,
    is_dynamic: bool,
    is_external: bool,
}

impl<'a> Tables<'a> {
    /// A text, or a reference to an earlier one.
    pub(super) fn text(&mut self, input: &mut Input<'a>) -> Result<&'a str, SolError> {
        let at = input.at;
        let header = input.varying()?;
        if header & 1 == 0 {
            return self.texts.get(header >> 1).copied().ok_or(SolError::Kind { at });
        }
        let text = input.text(header >> 1)?;
        if !text.is_empty() {
            self.texts.push(text);
        }
        Ok(text)
    }

    /// Passes over a value; `false` if it has a format of its own, so that its end is not known.
    pub(super) fn skip(&mut self, input: &mut Input<'a>, depth: usize) -> Result<bool, SolError> {
        let depth = check_depth(input, depth)?;
        let kind = input.byte()?;
        //= Adobe AMF 3, Data Types: every kind of value, with references to earlier texts and traits
        match kind {
            // Undefined, null, false, true.
            0x00..=0x03 => {}
            0x04 => _ = input.varying()?,
            0x05 => _ = input.bytes(8)?,
            0x06 => _ = self.text(input)?,
            0x09 => return self.skip_array(input, depth),
            0x0A => return self.skip_object(input, depth),
            0x07 | 0x08 | 0x0B..=0x11 => {
                let header = input.varying()?;
                let count = header >> 1;
                if header & 1 == 0 {
                    return Ok(true);
                }
                match kind {
                    0x08 => _ = input.bytes(8)?,
                    // XML and bytes; vectors of numbers after a flag; of doubles.
                    0x07 | 0x0B | 0x0C => _ = input.bytes(count)?,
                    0x0D | 0x0E => _ = input.bytes(count.saturating_mul(4).saturating_add(1))?,
                    0x0F => _ = input.bytes(count.saturating_mul(8).saturating_add(1))?,
                    0x10 => {
                        input.byte()?;
                        self.text(input)?;
                        return self.skip_all(input, count, depth);
                    }
                    _ => {
                        input.byte()?;
                        return self.skip_all(input, count.saturating_mul(2), depth);
                    }
                }
            }
            _ => return Err(SolError::Kind { at: input.at.saturating_sub(1) }),
        }
        Ok(true)
    }

    fn skip_all(
        &mut self,
        input: &mut Input<'a>,
        count: usize,
        depth: usize,
    ) -> Result<bool, SolError> {
        // Every value has at least one byte, so this ends with the input.
        for _ in 0..count {
            if !self.skip(input, depth)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Names and values up to an empty name.
    fn skip_named(&mut self, input: &mut Input<'a>, depth: usize) -> Result<bool, SolError> {
        while !self.text(input)?.is_empty() {
            if !self.skip(input, depth)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn skip_array(&mut self, input: &mut Input<'a>, depth: usize) -> Result<bool, SolError> {
        let header = input.varying()?;
        if header & 1 == 0 {
            return Ok(true);
        }
        Ok(self.skip_named(input, depth)? && self.skip_all(input, header >> 1, depth)?)
    }

    fn skip_object(&mut self, input: &mut Input<'a>, depth: usize) -> Result<bool, SolError> {
        let at = input.at;
        let header = input.varying()?;
        if header & 1 == 0 {
            return Ok(true);
        }
        let found = if header & 2 == 0 {
            self.traits.get(header >> 2).copied().ok_or(SolError::Kind { at })?
        } else {
            self.read_trait(input, header)?
        };
        if found.is_external {
            return Ok(false);
        }
        let members = self.skip_all(input, found.members, depth)?;
        Ok(members && (!found.is_dynamic || self.skip_named(input, depth)?))
    }

    fn read_trait(&mut self, input: &mut Input<'a>, header: usize) -> Result<Trait, SolError> {
        self.text(input)?;
        let (is_external, is_dynamic) = (header & 4 == 4, header & 8 == 8);
        let members = if is_external { 0 } else { header >> 4 };
        for _ in 0..members {
            self.text(input)?;
        }
        let found = Trait { members, is_dynamic, is_external };
        self.traits.push(found);
        Ok(found)
    }
}
