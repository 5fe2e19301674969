//! Copying a string, and looking on the way whether it has anything that is escaped.
//!
//! An entry is a dozen strings of some letters. They are taken by whole words, of which the last
//! overlaps the one before: a letter at a time took a third of what an entry costs beside its hashes.

/// Copies bytes to a place of their length, and returns whether none of them is escaped.
#[inline]
pub(super) fn copy(from: &[u8], to: &mut [u8]) -> bool {
    if let (Some(first), Some(last)) = (from.first_chunk(), from.last_chunk()) {
        let mut escaped = escaped_in(u64::from_le_bytes(*first));
        escaped |= escaped_in(u64::from_le_bytes(*last));
        put_ends(first, last, to);
        if from.len() > 16 {
            escaped |= copy_words(from, to);
        }
        return escaped == 0;
    }
    if let (Some(first), Some(last)) = (from.first_chunk(), from.last_chunk()) {
        let both = [u32::from_le_bytes(*first), u32::from_le_bytes(*last)].map(u64::from);
        put_ends(first, last, to);
        return escaped_in(both[0] | both[1] << 32) == 0;
    }
    to.iter_mut().zip(from).fold(true, |is_plain, (place, byte)| {
        *place = *byte;
        is_plain & !is_escaped(*byte)
    })
}

#[inline]
fn put_ends<const LENGTH: usize>(first: &[u8; LENGTH], last: &[u8; LENGTH], to: &mut [u8]) {
    if let Some(place) = to.first_chunk_mut() {
        *place = *first;
    }
    if let Some(place) = to.last_chunk_mut() {
        *place = *last;
    }
}

fn copy_words(from: &[u8], to: &mut [u8]) -> u64 {
    let (words, _) = from.as_chunks();
    let (places, _) = to.as_chunks_mut();
    places.iter_mut().zip(words).fold(0, |escaped, (place, word)| {
        *place = *word;
        escaped | escaped_in(u64::from_le_bytes(*word))
    })
}

const fn is_escaped(byte: u8) -> bool {
    byte < b' ' || byte == b'"' || byte == b'\\'
}

/// 1 in each byte of a word.
const EACH: u64 = u64::MAX / 0xff;

/// 0 where no byte of a word is escaped.
#[inline]
const fn escaped_in(word: u64) -> u64 {
    // What is subtracted from a byte that is too small for it leaves the highest bit set, and borrows
    // from the next; that one may look too small as well, but only then.
    let control = word.wrapping_sub(EACH * 0x20);
    let quote = (word ^ (EACH * 0x22)).wrapping_sub(EACH);
    let backslash = (word ^ (EACH * 0x5c)).wrapping_sub(EACH);
    (control | quote | backslash) & !word & (EACH * 0x80)
}

#[cfg(test)]
mod tests {
    use super::{copy, is_escaped};

    /// Every byte at every place of strings of every length to three words, among others of all kinds.
    #[test]
    fn every_byte_is_seen_at_every_place() {
        for length in 1..=40_usize {
            for (place, byte) in
                (0..length).flat_map(|place| (0..=255).map(move |byte| (place, byte)))
            {
                for around in [b' ', b'a', b'!', b'#', b'[', b']', 0x7f, 0x80, 0xff] {
                    let mut from = vec![around; length];
                    from[place] = byte;
                    let mut to = vec![0; length];
                    let is_plain = copy(&from, &mut to);
                    assert_eq!(is_plain, !is_escaped(byte), "{byte} at {place} of {length}");
                    assert_eq!(to, from);
                }
            }
        }
        assert!(copy(&[], &mut []));
    }
}
