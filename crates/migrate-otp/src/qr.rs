//! QR codes of `otpauth` URIs and of every other secret text, as SVG, PNG and terminal text.
//!
//! # Source
//!
//! ISO/IEC 18004. The symbol is drawn by `qrcodegen-no-heap` into buffers that are wiped; its
//! own arrays on the stack are not.

use core::fmt;

use qrcodegen_no_heap::{QrCode as Symbol, QrCodeEcc, Version};
use upheld_totp::KeyUri;
use zeroize::Zeroizing;

mod draw;

/// The longest text that a QR code holds, in bytes.
const MAX_TEXT: usize = 2_953;

/// The longest text that more correction does not make too fine to photograph off a screen: what
/// 97 × 97 modules hold.
const SHORT_TEXT: usize = 666;

/// A QR code of a secret text.
///
/// Prints as `[redacted]` and is wiped on drop; so are the images drawn from it.
///
/// ```
/// use upheld_migrate_otp::qr::QrCode;
/// use upheld_totp::KeyUri;
///
/// let uri = "otpauth://totp/alice?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
/// let code = QrCode::of_uri(&KeyUri::parse(uri)?.uri)?;
/// let svg = code.to_svg("Scan to add alice to your authenticator");
/// assert!(svg.expose().starts_with("<svg "));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct QrCode {
    size: u8,
    /// Whether each module is dark, row by row.
    dark: Zeroizing<Vec<bool>>,
}

impl QrCode {
    /// Encodes a credential for an authenticator to scan.
    ///
    /// # Errors
    ///
    /// Those of [`QrCode::of_text`]; every URI that the core writes fits.
    pub fn of_uri(uri: &KeyUri) -> Result<Self, QrError> {
        Self::of_text(uri.to_text().expose())
    }

    /// Encodes a text of up to 2,953 bytes, such as a part of a Google Authenticator export.
    ///
    /// The symbol is the smallest that corrects 15 % of its area, or 7 % when the text is longer
    /// than 666 bytes and its modules small. Whatever is left over goes into more correction.
    ///
    /// # Errors
    ///
    /// [`QrError::TooLong`] or [`QrError::Empty`].
    pub fn of_text(text: &str) -> Result<Self, QrError> {
        if text.is_empty() {
            return Err(QrError::Empty);
        }
        let too_long = QrError::TooLong { bytes: text.len() };
        if text.len() > MAX_TEXT {
            return Err(too_long);
        }
        let mut scratch = Zeroizing::new(vec![0; Version::MAX.buffer_len()]);
        let mut drawn = Zeroizing::new(vec![0; Version::MAX.buffer_len()]);
        let correction = if text.len() <= SHORT_TEXT { QrCodeEcc::Medium } else { QrCodeEcc::Low };
        let (least, most, mask) = (Version::MIN, Version::MAX, None);
        let symbol = Symbol::encode_text(
            text,
            &mut scratch,
            &mut drawn,
            correction,
            least,
            most,
            mask,
            true,
        );
        symbol.map(|symbol| Self::copy(&symbol)).map_err(|_| too_long)
    }

    fn copy(symbol: &Symbol<'_>) -> Self {
        let size = symbol.size();
        let rows = (0..size).flat_map(|y| (0..size).map(move |x| (x, y)));
        let mut dark = Zeroizing::new(Vec::with_capacity(177 * 177));
        dark.extend(rows.map(|(x, y)| symbol.get_module(x, y)));
        Self { size: u8::try_from(size).unwrap_or_default(), dark }
    }

    /// The number of modules on each side, quiet zone excluded: 21 to 177.
    #[must_use]
    pub const fn size(&self) -> u8 {
        self.size
    }

    /// Whether the module at a place is dark. All places outside the symbol are light.
    #[must_use]
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        let size = usize::from(self.size);
        let place = y.checked_mul(size).and_then(|row| row.checked_add(x));
        x < size && place.and_then(|place| self.dark.get(place)).is_some_and(|dark| *dark)
    }
}

impl fmt::Debug for QrCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("QrCode([redacted])")
    }
}

/// Why no QR code was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QrError {
    /// Nothing to encode.
    #[error("there is no text to encode")]
    Empty,
    /// Too much to encode.
    #[error("{bytes} bytes; a QR code holds at most {MAX_TEXT}")]
    TooLong {
        /// The length of the text.
        bytes: usize,
    },
    /// A scale of zero or more than 32.
    #[error("{scale} pixels to a module; 1 to 32 are possible")]
    Scale {
        /// The scale asked for.
        scale: u8,
    },
    /// The PNG encoder failed.
    #[error("the PNG could not be written")]
    Png,
}
