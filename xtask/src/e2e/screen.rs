//! Pictures of what the browser shows: kept for people, and read by a QR decoder.

use std::fs;
use std::io::Cursor;
use std::path::PathBuf;

use png::{ColorType, Decoder, Transformations};
use serde_json::{Value, json};

use super::webdriver::Browser;
use super::{Outcome, check};

/// A folder for pictures.
pub(super) struct Album(PathBuf);

impl Album {
    pub(super) fn in_folder(folder: PathBuf) -> Outcome<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }

    /// Keeps the page as it is shown on a desk, on a small phone, and on a dark one.
    ///
    /// Fails when the page is wider than the phone.
    pub(super) fn keep(&self, browser: &Browser<'_>, name: &str) -> Outcome<()> {
        self.write(&format!("{name}.png"), &browser.screenshot()?)?;
        let phone = Some(Screen::of_phone(320, 2.0));
        show_on(browser, phone, "light")?;
        let width = browser.evaluate("return document.documentElement.scrollWidth")?;
        check(width == json!(320), &format!("{name} is {width} pixels wide on a phone of 320"))?;
        self.write(&format!("{name}-320.png"), &browser.screenshot()?)?;
        show_on(browser, phone, "dark")?;
        self.write(&format!("{name}-320-dark.png"), &browser.screenshot()?)?;
        show_on(browser, None, "light")
    }

    fn write(&self, name: &str, png: &[u8]) -> Outcome<()> {
        Ok(fs::write(self.0.join(name), png)?)
    }
}

/// A picture, pixel by pixel.
pub(super) struct Pixels {
    pub(super) width: u32,
    pub(super) height: u32,
    /// How many bytes a pixel has: red, green, blue and perhaps how opaque it is.
    pub(super) channels: usize,
    pub(super) bytes: Vec<u8>,
}

impl Pixels {
    pub(super) fn of_png(png: &[u8]) -> Outcome<Self> {
        let mut decoder = Decoder::new(Cursor::new(png));
        decoder.set_transformations(Transformations::normalize_to_color8());
        let mut reader = decoder.read_info()?;
        let mut bytes = vec![0; reader.output_buffer_size().ok_or("too large a picture")?];
        let frame = reader.next_frame(&mut bytes)?;
        let channels = match frame.color_type {
            ColorType::Rgb => 3,
            ColorType::Rgba => 4,
            other => return Err(format!("a picture in {other:?}").into()),
        };
        Ok(Self { width: frame.width, height: frame.height, channels, bytes })
    }
}

/// The text of the QR code in a picture.
pub(super) fn read_qr(png: &[u8]) -> Outcome<String> {
    let Pixels { width, height, channels, bytes } = Pixels::of_png(png)?;
    let (width, height) = (usize::try_from(width)?, usize::try_from(height)?);
    // Black and white are the same in every channel: the first one will do.
    let bright: Vec<u8> = bytes.iter().copied().step_by(channels).collect();
    let grey = |x: usize, y: usize| {
        let at = y.saturating_mul(width).saturating_add(x);
        bright.get(at).copied().unwrap_or(u8::MAX)
    };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, grey);
    let grids = image.detect_grids();
    let [grid] = &*grids else {
        return Err(format!("{} QR codes in the picture", grids.len()).into());
    };
    Ok(grid.decode()?.1)
}

/// A screen that is not the browser's window: its size in pixels of the page, and how many of its own
/// each of those takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Screen {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) scale: f64,
    pub(super) is_phone: bool,
}

impl Screen {
    pub(super) const fn of_phone(width: u32, scale: f64) -> Self {
        Self { width, height: 800, scale, is_phone: true }
    }
}

/// Shows pages on a screen, or in the browser's window again, in this colour scheme.
pub(super) fn show_on(browser: &Browser<'_>, screen: Option<Screen>, scheme: &str) -> Outcome<()> {
    let schemes = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
    show_in(browser, screen, &json!({ "media": "", "features": schemes }))
}

/// The same, in another medium.
pub(super) fn show_in(
    browser: &Browser<'_>,
    screen: Option<Screen>,
    medium: &Value,
) -> Outcome<()> {
    match screen {
        Some(Screen { width, height, scale, is_phone }) => {
            let metrics = json!({
                "width": width, "height": height, "deviceScaleFactor": scale, "mobile": is_phone,
            });
            browser.devtools("Emulation.setDeviceMetricsOverride", &metrics)?;
        }
        None => {
            browser.devtools("Emulation.clearDeviceMetricsOverride", &json!({}))?;
        }
    }
    browser.devtools("Emulation.setEmulatedMedia", medium).map(drop)
}
