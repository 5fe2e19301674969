//! The README's pictures: of one size each, and small enough for a repository.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use png::{BitDepth, ColorType, Compression, Encoder, Filter};

use super::super::screen::{Pixels, Screen, show_on};
use super::super::webdriver::Browser;
use super::super::{Outcome, check, say};

const MAX_BYTES: usize = 150_000;
const MAX_COLOURS: usize = 256;

/// What a picture shows, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Picture {
    pub(super) name: &'static str,
    /// In pixels of the page; a picture has half as many again on a desk, twice as many on a phone.
    pub(super) width: u32,
    /// Where it is cut off.
    pub(super) height: u32,
    pub(super) scheme: &'static str,
}

impl Picture {
    /// 1200 pixels wide.
    pub(super) const fn of_desk(name: &'static str, height: u32) -> Self {
        Self { name, width: 800, height, scheme: "light" }
    }

    pub(super) const fn of_phone(name: &'static str, height: u32) -> Self {
        Self { name, width: 390, height, scheme: "light" }
    }

    pub(super) const fn dark(self) -> Self {
        Self { scheme: "dark", ..self }
    }
}

/// The folder of the pictures.
pub(super) struct Gallery(pub(super) PathBuf);

impl Gallery {
    /// Takes a picture of the page from its top.
    pub(super) fn take(&self, browser: &Browser<'_>, picture: Picture) -> Outcome<()> {
        let Picture { name, width, height, scheme } = picture;
        let is_phone = width < 500;
        let scale = if is_phone { 2.0 } else { 1.5 };
        show_on(browser, Some(Screen { width, height, scale, is_phone }), scheme)?;
        // No cursor that blinks, and no ring around what has the focus by itself.
        browser.evaluate("document.activeElement?.blur(); window.scrollTo(0, 0);")?;
        let taken = browser.screenshot_of(height)?;
        show_on(browser, None, "light")?;
        let small = shrink(&taken)?;
        let bytes = small.len();
        check(bytes <= MAX_BYTES, &format!("{name} has {bytes} bytes, at most {MAX_BYTES}"))?;
        fs::create_dir_all(&self.0)?;
        fs::write(self.0.join(name).with_extension("png"), small)?;
        say(&format!("tour: {name}.png, {bytes} bytes"));
        Ok(())
    }
}

/// Writes a picture anew with a palette: pages have few colours, and shades of them around letters.
fn shrink(bytes: &[u8]) -> Outcome<Vec<u8>> {
    let Pixels { width, height, channels, bytes } = Pixels::of_png(bytes)?;
    let colours = bytes.chunks_exact(channels).filter_map(|pixel| match pixel {
        [red, green, blue, ..] => Some([*red, *green, *blue]),
        _ => None,
    });
    let colours: Vec<[u8; 3]> = colours.collect();
    // The finest steps of brightness with which the colours fit into a palette.
    for step in 0..5_u32 {
        let round = |colour: [u8; 3]| colour.map(|value| value >> step);
        // The first of each colour that is rounded alike stands for all.
        let mut palette: BTreeMap<[u8; 3], (usize, [u8; 3])> = BTreeMap::new();
        let mut indices = Vec::with_capacity(colours.len());
        for colour in &colours {
            let next = palette.len();
            let (index, _) = palette.entry(round(*colour)).or_insert((next, *colour));
            indices.push(u8::try_from(*index).unwrap_or(u8::MAX));
        }
        if palette.len() <= MAX_COLOURS {
            let mut entries: Vec<_> = palette.into_values().collect();
            entries.sort_unstable();
            let entries: Vec<u8> = entries.into_iter().flat_map(|(_, colour)| colour).collect();
            return encode((width, height), entries, &indices);
        }
    }
    Err("a picture of too many colours".into())
}

fn encode((width, height): (u32, u32), palette: Vec<u8>, indices: &[u8]) -> Outcome<Vec<u8>> {
    let mut written = Vec::new();
    let mut encoder = Encoder::new(&mut written, width, height);
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_palette(palette);
    encoder.set_compression(Compression::High);
    encoder.set_filter(Filter::NoFilter);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(indices)?;
    writer.finish()?;
    Ok(written)
}
