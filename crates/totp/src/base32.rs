//! Base32 (RFC 4648 §6) in constant time: no branch and no address depends on a symbol's value.
//!
//! Not secret: the length, where spaces, dashes and padding stand, whether the text is valid,
//! and where the first fault is.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::SecretError;
use crate::secret::Hidden;

/// Longer than any secret written with a separator after every symbol.
const MAX_TEXT: usize = 1024;

/// Reads base32 as people type it: any case, spaces and dashes anywhere, padding or none.
pub(crate) fn decode(text: &str) -> Result<Hidden<Box<[u8]>>, SecretError> {
    if text.len() > MAX_TEXT {
        return Err(SecretError::TooLong);
    }
    decode_symbols(text.as_bytes()).map_or_else(|| decode_typed(text), Ok)
}

/// Reads what is left of a text without its spaces, dashes and padding.
fn decode_typed(text: &str) -> Result<Hidden<Box<[u8]>>, SecretError> {
    let mut symbols = Hidden(Vec::with_capacity(text.len()));
    let mut padding = 0_usize;
    for byte in text.bytes() {
        match byte {
            b' ' | b'-' => {}
            b'=' => padding = padding.saturating_add(1),
            _ if padding > 0 => return Err(SecretError::Padding),
            _ => symbols.0.push(byte),
        }
    }
    //= RFC 4648 §6: padding, if there is any, completes a group of eight
    if padding > 0 && padding != symbols.0.len().next_multiple_of(8).abs_diff(symbols.0.len()) {
        return Err(SecretError::Padding);
    }
    decode_symbols(&symbols.0).ok_or_else(|| explain(text, symbols.0.len()))
}

/// Says what is wrong with a text that has no misplaced padding.
fn explain(text: &str, symbols: usize) -> SecretError {
    let foreign =
        |byte| !matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'2'..=b'7' | b' ' | b'-' | b'=');
    if let Some(at) = text.bytes().position(foreign) {
        return SecretError::Alphabet { at };
    }
    if !is_whole(symbols) {
        return SecretError::Length { symbols };
    }
    SecretError::SpareBits { at: text.rfind(|c: char| c.is_ascii_alphanumeric()).unwrap_or(0) }
}

//= RFC 4648 §6: 2, 4, 5 or 7 symbols may follow the groups of eight
const fn is_whole(symbols: usize) -> bool {
    !matches!(symbols % 8, 1 | 3 | 6)
}

/// Decodes symbols alone. The one branch that depends on them is whether all is well.
fn decode_symbols(symbols: &[u8]) -> Option<Hidden<Box<[u8]>>> {
    if !is_whole(symbols.len()) {
        return None;
    }
    // Not of zeros: most allocators take longer to hand out cleared memory.
    let mut bytes = Hidden(vec![b'A'; symbols.len().saturating_mul(5) / 8].into_boxed_slice());
    let mut fault = 0;
    let (groups, rest) = symbols.as_chunks();
    let (whole, part) = bytes.0.as_chunks_mut();
    for (group, to) in groups.iter().zip(whole) {
        *to = decode_group(*group, &mut fault);
    }
    if !rest.is_empty() {
        let mut padded = Hidden([b'A'; 8]);
        padded.0.get_mut(..rest.len())?.copy_from_slice(rest);
        let last = decode_group(padded.0, &mut fault);
        let (last, spare) = last.split_at_checked(part.len())?;
        part.copy_from_slice(last);
        //= RFC 4648 §3.5: the bits past the last byte must be zero
        // They all lie in the first byte past it; the padding itself decodes to zeros.
        fault |= u64::from(spare.first().copied().unwrap_or_default());
    }
    (fault == 0).then_some(bytes)
}

fn decode_group(symbols: [u8; 8], fault: &mut u64) -> [u8; 5] {
    let [_, _, _, decoded @ ..] = pack(values(symbols, fault)).to_be_bytes();
    decoded
}

/// One in each of eight bytes.
const ONES: u64 = 0x0101_0101_0101_0101;

/// The values of eight symbols, one to a byte. `fault` becomes non-zero if any is not base32.
fn values(symbols: [u8; 8], fault: &mut u64) -> u64 {
    let high = ONES << 7;
    let bytes = u64::from_le_bytes(symbols);
    let ascii = bytes & !high;
    let lower = ascii | ONES << 5;
    // Adding 0x7f - c to a byte below 0x80 sets its high bit if and only if it is above c.
    let above = |bytes: u64, c: u8| bytes.wrapping_add(ONES.wrapping_mul((0x7f ^ c).into()));
    let letters = above(lower, b'a' - 1) & !above(lower, b'z') & high;
    let digits = above(ascii, b'2' - 1) & !above(ascii, b'7') & high;
    *fault |= bytes & high | high & !letters & !digits;

    // `a` is 0x61 and stands for 0, so its low bits count from one; `2` is 0x32 and stands for 26.
    let mask = |bits: u64| (bits >> 2).wrapping_sub(bits >> 7);
    let of_letters = (lower & mask(letters)).wrapping_sub(letters >> 7);
    let of_digits = ascii.wrapping_sub(ONES.wrapping_mul(0x18)) & mask(digits);
    of_letters.wrapping_add(of_digits)
}

/// Joins eight values of five bits, the first in the lowest byte, into forty bits, the first in the
/// highest: first in pairs, then in fours, then all.
const fn pack(values: u64) -> u64 {
    let pairs = (values & 0x001f_001f_001f_001f) << 5 | values >> 8 & 0x001f_001f_001f_001f;
    let fours = (pairs & 0x0000_03ff_0000_03ff) << 10 | pairs >> 16 & 0x0000_03ff_0000_03ff;
    (fours & 0x000f_ffff) << 20 | fours >> 32
}

/// Writes upper-case base32 without padding.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().saturating_mul(8).div_ceil(5));
    for group in bytes.chunks(5) {
        let bits = (0..5).fold(0_u64, |bits, place| {
            bits << 8 | u64::from(group.get(place).copied().unwrap_or_default())
        });
        let symbols = group.len().saturating_mul(8).div_ceil(5);
        for place in (0..40).step_by(5).rev().take(symbols) {
            let [low, ..] = (bits >> place).to_le_bytes();
            text.push(symbol(low & 0x1f).into());
        }
    }
    text
}

/// The upper-case symbol of a value below 32.
fn symbol(value: u8) -> u8 {
    // `A` is 0x41 and `2`, which stands for 26, is 0x32: 0x29 less than a letter would be.
    let [past_letters, _] = 25_u16.wrapping_sub(value.into()).to_be_bytes();
    value.wrapping_add(0x41).wrapping_sub(0x29 & past_letters)
}
