//! Drawing a symbol.

use png::{BitDepth, ColorType, Encoder};

use super::{QrCode, QrError};
use crate::wiped::{ByteBuffer, TextBuffer, push_escaped};
use crate::{SecretDocument, SecretImage};

//= ISO/IEC 18004 §6.3.8: four light modules on every side
const QUIET: usize = 4;
const MAX_SCALE: u8 = 32;

impl QrCode {
    /// Draws an SVG that scales to any size.
    ///
    /// It has no script, no style and no reference to anything outside, so it works under any
    /// content security policy, inline or as a file. `title` is what a screen reader says; it
    /// stands in the image, escaped.
    #[must_use]
    pub fn to_svg(&self, title: &str) -> SecretDocument {
        let side = self.side().to_string();
        let modules = usize::from(self.size());
        let room = modules.saturating_mul(modules).saturating_mul(5).saturating_add(title.len());
        let mut svg = TextBuffer::with_capacity(room.saturating_add(512));
        svg.push_all(&["<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ", &side, " "]);
        svg.push_all(&[&side, "\" role=\"img\" shape-rendering=\"crispEdges\"><title>"]);
        for character in title.chars() {
            push_escaped(&mut svg, if character.is_control() { ' ' } else { character });
        }
        svg.push_all(&["</title><path fill=\"#fff\" d=\"M0 0h", &side, "v", &side, "H0z\"/>"]);
        svg.push("<path d=\"");
        for y in 0..modules {
            self.push_row(&mut svg, y);
        }
        svg.push("\"/></svg>\n");
        svg.into_document()
    }

    /// One rectangle for every run of dark modules.
    fn push_row(&self, svg: &mut TextBuffer, y: usize) {
        let mut x = 0_usize;
        while x < usize::from(self.size()) {
            let run = (x..self.side()).take_while(|x| self.is_dark(*x, y)).count();
            if run > 0 {
                let [left, top] = [x, y].map(|place| place.saturating_add(QUIET).to_string());
                let run = run.to_string();
                svg.push_all(&["M", &left, " ", &top, "h", &run, "v1h-", &run, "z"]);
            }
            x = x.saturating_add(run).saturating_add(1);
        }
    }

    /// Draws a PNG in black and white, `scale` pixels to a module: 1 to 32.
    ///
    /// What the `png` crate holds while it compresses is not wiped.
    ///
    /// # Errors
    ///
    /// [`QrError::Scale`]. [`QrError::Png`] cannot happen in memory.
    pub fn to_png(&self, scale: u8) -> Result<SecretImage, QrError> {
        if !(1..=MAX_SCALE).contains(&scale) {
            return Err(QrError::Scale { scale });
        }
        let fault = |_| QrError::Png;
        let pixels = self.side().saturating_mul(scale.into());
        let mut file = ByteBuffer::with_capacity(pixels.saturating_mul(4).saturating_add(1_024));
        let side = u32::try_from(pixels).map_err(|_| QrError::Png)?;
        let mut encoder = Encoder::new(&mut file, side, side);
        encoder.set_color(ColorType::Grayscale);
        encoder.set_depth(BitDepth::One);
        let mut writer = encoder.write_header().map_err(fault)?;
        writer.write_image_data(self.bitmap(scale.into()).as_slice()).map_err(fault)?;
        writer.finish().map_err(fault)?;
        Ok(file.into_image())
    }

    /// One bit to a pixel, white is one, every row filled up to a whole byte.
    fn bitmap(&self, scale: usize) -> ByteBuffer {
        let pixels = self.side().saturating_mul(scale);
        let mut bitmap = ByteBuffer::with_capacity(pixels.div_ceil(8).saturating_mul(pixels));
        for y in 0..self.side() {
            let mut row = ByteBuffer::with_capacity(pixels.div_ceil(8));
            let mut bits = (0..self.side())
                .flat_map(|x| core::iter::repeat_n(self.is_light(x, y), scale))
                .peekable();
            while bits.peek().is_some() {
                let byte =
                    (0..8).fold(0, |byte, _| byte << 1 | u8::from(bits.next() == Some(true)));
                row.push(&[byte]);
            }
            (0..scale).for_each(|_| bitmap.push(row.as_slice()));
        }
        bitmap
    }

    /// Draws text for a terminal, two modules to a character, black on white whatever the
    /// terminal's colours are.
    ///
    /// Lines end with a line feed and reset the colours. The terminal must show 256 colours (all
    /// in use do) and half blocks, and be as wide as [`QrCode::size`] and eight.
    #[must_use]
    pub fn to_terminal(&self) -> SecretDocument {
        let side = self.side();
        let lines = side.div_ceil(2);
        let room = side.saturating_mul(3).saturating_add(32).saturating_mul(lines);
        let mut text = TextBuffer::with_capacity(room);
        for line in 0..lines {
            // Black and white of the 256 colours; themes change the first sixteen only.
            text.push("\u{1b}[38;5;16;48;5;231m");
            let top = line.saturating_mul(2);
            for x in 0..side {
                text.push(match (self.is_light(x, top), self.is_light(x, top.saturating_add(1))) {
                    (true, true) => " ",
                    (true, false) => "▄",
                    (false, true) => "▀",
                    (false, false) => "█",
                });
            }
            text.push("\u{1b}[0m\n");
        }
        text.into_document()
    }

    /// The number of modules on each side, quiet zone included.
    fn side(&self) -> usize {
        usize::from(self.size()).saturating_add(QUIET.saturating_mul(2))
    }

    /// Whether a module is light, counted from the corner of the quiet zone.
    fn is_light(&self, x: usize, y: usize) -> bool {
        let (Some(x), Some(y)) = (x.checked_sub(QUIET), y.checked_sub(QUIET)) else { return true };
        !self.is_dark(x, y)
    }
}
