//! Pictures of what the browser shows: kept for people, and read by a QR decoder.

use std::fs;
use std::io::Cursor;
use std::path::PathBuf;

use png::{ColorType, Decoder, Transformations};
use serde_json::json;

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
        show_as(browser, Some(320), "light")?;
        let width = browser.evaluate("return document.documentElement.scrollWidth")?;
        check(width == json!(320), &format!("{name} is {width} pixels wide on a phone of 320"))?;
        self.write(&format!("{name}-320.png"), &browser.screenshot()?)?;
        show_as(browser, Some(320), "dark")?;
        self.write(&format!("{name}-320-dark.png"), &browser.screenshot()?)?;
        show_as(browser, None, "light")
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

/// On paper there is what `selector` finds, and nothing to press or to go to.
pub(super) fn check_paper(browser: &Browser<'_>, selector: &str) -> Outcome<()> {
    let paper = json!({ "media": "print" });
    browser.devtools("Emulation.setEmulatedMedia", &paper)?;
    let seen = browser.evaluate(&format!(
        "const seen = (found) => [...found].some((it) => it.checkVisibility());
         return ['{selector}', '.bar, footer, button, .within, .after']
             .map((it) => seen(document.querySelectorAll(it)));"
    ))?;
    show_as(browser, None, "light")?;
    check(seen == json!([true, false]), &format!("{selector} and the rest on paper: {seen}"))
}

fn show_as(browser: &Browser<'_>, width: Option<u32>, scheme: &str) -> Outcome<()> {
    match width {
        Some(width) => {
            let phone =
                json!({ "width": width, "height": 800, "deviceScaleFactor": 2, "mobile": true });
            browser.devtools("Emulation.setDeviceMetricsOverride", &phone)?;
        }
        None => {
            browser.devtools("Emulation.clearDeviceMetricsOverride", &json!({}))?;
        }
    }
    let scheme =
        json!({ "media": "", "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
    browser.devtools("Emulation.setEmulatedMedia", &scheme).map(drop)
}
