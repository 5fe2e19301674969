//! A ZIP archive of files that are stored as they are: the part of the format that has one way to
//! be written, so that the same files give the same bytes.

use std::io::{self, ErrorKind, Write};

/// The longest archive, in bytes: beyond it the format needs other fields.
pub const MAX_ZIP: u64 = 0xffff_fffe;
/// The most files, for the same reason.
const MAX_FILES: u16 = 0xfffe;

/// 1980-01-01, the first day that the format knows.
const DAY: u16 = 1 << 5 | 1;
/// What a reader must know: version 2.0 of the format.
const VERSION: u16 = 20;
/// A regular file that its owner alone writes and reads, made on Unix.
const MADE_BY: u16 = 3 << 8 | VERSION;
const MODE: u32 = 0o100_600 << 16;

/// Writes files in the given order. Their paths are ASCII.
pub(super) fn write<'a, W: Write>(
    files: impl Iterator<Item = (&'a str, &'a [u8])>,
    mut to: W,
) -> io::Result<()> {
    let (mut offset, mut count, mut directory) = (0_u64, 0_u16, Vec::new());
    for (path, content) in files {
        let fields = fields(path, content)?;
        let start = word(offset)?;
        let header = local_header(&fields, path);
        let grown = length(&header)?.checked_add(length(content)?);
        offset = grown.and_then(|grown| grown.checked_add(offset)).ok_or_else(too_large)?;
        word(offset)?;
        count = count.checked_add(1).filter(|count| *count <= MAX_FILES).ok_or_else(too_large)?;
        entry(&fields, path, start, &mut directory);
        to.write_all(&header)?;
        to.write_all(content)?;
    }
    let size = length(&directory)?;
    word(offset.saturating_add(size).saturating_add(22))?;
    to.write_all(&directory)?;
    to.write_all(&end(count, word(size)?, word(offset)?))?;
    to.flush()
}

/// The fields that stand before a file and in the directory alike.
fn fields(path: &str, content: &[u8]) -> io::Result<Vec<u8>> {
    let size = word(length(content)?)?;
    let name = u16::try_from(path.len()).map_err(|_| too_large())?;
    let mut fields = Vec::new();
    //= APPNOTE.TXT §4.3.7: version needed, flags, method 0, time, date, CRC-32, sizes, lengths
    short(VERSION, &mut fields);
    short(0, &mut fields);
    short(0, &mut fields);
    short(0, &mut fields);
    short(DAY, &mut fields);
    long(crc32fast::hash(content), &mut fields);
    long(size, &mut fields);
    long(size, &mut fields);
    short(name, &mut fields);
    short(0, &mut fields);
    Ok(fields)
}

fn local_header(fields: &[u8], path: &str) -> Vec<u8> {
    let mut header = b"PK\x03\x04".to_vec();
    header.extend(fields);
    header.extend(path.as_bytes());
    header
}

//= APPNOTE.TXT §4.3.12: the fields again, a comment, disk, attributes, where the file begins
fn entry(fields: &[u8], path: &str, start: u32, directory: &mut Vec<u8>) {
    directory.extend(b"PK\x01\x02");
    short(MADE_BY, directory);
    directory.extend(fields);
    short(0, directory);
    short(0, directory);
    short(0, directory);
    long(MODE, directory);
    long(start, directory);
    directory.extend(path.as_bytes());
}

//= APPNOTE.TXT §4.3.16: disks, entries on this one and in all, size and place of the directory
fn end(count: u16, size: u32, offset: u32) -> Vec<u8> {
    let mut end = b"PK\x05\x06".to_vec();
    short(0, &mut end);
    short(0, &mut end);
    short(count, &mut end);
    short(count, &mut end);
    long(size, &mut end);
    long(offset, &mut end);
    short(0, &mut end);
    end
}

fn short(number: u16, to: &mut Vec<u8>) {
    to.extend(number.to_le_bytes());
}

fn long(number: u32, to: &mut Vec<u8>) {
    to.extend(number.to_le_bytes());
}

fn length(bytes: &[u8]) -> io::Result<u64> {
    u64::try_from(bytes.len()).map_err(|_| too_large())
}

fn word(number: u64) -> io::Result<u32> {
    u32::try_from(number).ok().filter(|_| number <= MAX_ZIP).ok_or_else(too_large)
}

fn too_large() -> io::Error {
    io::Error::new(ErrorKind::FileTooLarge, "more than a ZIP archive holds: 4 GiB, 65,534 files")
}
