//! Paths that mean one file on every system that unpacks them.

/// The longest path, in bytes.
pub const MAX_PATH: usize = 200;

/// What Windows takes for devices, whatever their ending.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// Checks a relative path of plain parts.
pub(super) fn check(path: &str) -> Result<(), FileNameError> {
    if path.is_empty() || path.len() > MAX_PATH {
        return Err(FileNameError::Length { length: path.len() });
    }
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    if let Some(at) = path.bytes().position(|byte| !is_plain(byte)) {
        return Err(FileNameError::Character { at });
    }
    let mut at = 0_usize;
    for part in path.split('/') {
        let stem = part.split('.').next().unwrap_or_default().to_ascii_lowercase();
        let stem = stem.trim_end_matches(|digit: char| digit.is_ascii_digit());
        if part.is_empty() || part.starts_with('.') || part.ends_with('.') {
            return Err(FileNameError::Part { at });
        }
        if DEVICES.contains(&stem) {
            return Err(FileNameError::Device { at });
        }
        at = at.saturating_add(part.len()).saturating_add(1);
    }
    Ok(())
}

/// Why a text is no path of a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileNameError {
    /// Empty, or too long for some system.
    #[error("{length} bytes; a path has 1 to {MAX_PATH}")]
    Length {
        /// In bytes.
        length: usize,
    },
    /// A character that some system reads otherwise.
    #[error("byte {at}: a path is of letters, digits, -, _ and ., with / between its parts")]
    Character {
        /// Where.
        at: usize,
    },
    /// A part that is empty, begins with a dot or ends with one.
    #[error("byte {at}: a part of a path is not empty and neither begins nor ends with a dot")]
    Part {
        /// Where the part begins.
        at: usize,
    },
    /// A name that is a device on some system.
    #[error("byte {at}: this name is a device on Windows")]
    Device {
        /// Where the part begins.
        at: usize,
    },
}
