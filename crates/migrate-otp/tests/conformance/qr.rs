//! Every drawing is read back with `rqrr`, a QR reader that shares nothing with the encoder.

use rqrr::PreparedImage;
use upheld_migrate_otp::qr::{QrCode, QrError};
use upheld_totp::{Algorithm, Counter, Digits, Factor, KeyUri, Label, Period, Secret};

/// Rows of modules, `true` is dark, quiet zone included.
type Modules = Vec<Vec<bool>>;

fn uri(account: &str) -> KeyUri {
    KeyUri {
        label: Label::new(Some("Northside Clinic"), account).unwrap(),
        secret: Secret::from_bytes(b"12345678901234567890").unwrap(),
        algorithm: Algorithm::Sha1,
        digits: Digits::Six,
        factor: Factor::Totp { period: Period::default() },
    }
}

/// What a reader makes of the modules, photographed at five pixels each.
fn scan(modules: &Modules) -> String {
    let side = modules.len() * 5;
    let pixel = |x: usize, y: usize| if modules[y / 5][x / 5] { 0 } else { 255 };
    let mut image = PreparedImage::prepare_from_greyscale(side, side, pixel);
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1);
    grids[0].decode().unwrap().1
}

/// The quiet zone that a reader may rely on.
//= ISO/IEC 18004 §6.3.8: four light modules on every side
fn assert_quiet(modules: &Modules) {
    let side = modules.len();
    for (y, row) in modules.iter().enumerate() {
        assert_eq!(row.len(), side);
        for (x, dark) in row.iter().enumerate() {
            let inside = (4..side - 4).contains(&x) && (4..side - 4).contains(&y);
            assert!(inside || !dark, "({x}, {y}) in the quiet zone is dark");
        }
    }
}

/// Rasterises the SVG: a background, and rectangles one module high.
fn modules_of_svg(svg: &str) -> Modules {
    let side: usize =
        svg.split("viewBox=\"0 0 ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let background = format!("<path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/>");
    let paths = svg.split_once(&background).unwrap().1;
    let path = paths.split("d=\"").nth(1).unwrap().split('"').next().unwrap();
    let mut modules = vec![vec![false; side]; side];
    for run in path.split_terminator('z') {
        let (place, shape) = run.strip_prefix('M').unwrap().split_once('h').unwrap();
        let (x, y) = place.split_once(' ').unwrap();
        let (width, back) = shape.split_once("v1h-").unwrap();
        assert_eq!(width, back);
        let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
        modules[y][x..x + width.parse::<usize>().unwrap()].fill(true);
    }
    modules
}

fn modules_of_png(png: &[u8], scale: usize) -> Modules {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    assert_eq!(reader.info().bit_depth, png::BitDepth::One);
    assert_eq!(reader.info().color_type, png::ColorType::Grayscale);
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    let width = reader.info().width as usize;
    assert_eq!(reader.info().height as usize, width);
    let rows: Vec<&[u8]> = pixels.chunks(width).collect();
    let module = |x: usize, y: usize| {
        let pixels: Vec<u8> = (0..scale * scale)
            .map(|n| rows[y * scale + n / scale][x * scale + n % scale])
            .collect();
        assert!(pixels.iter().all(|pixel| *pixel == pixels[0] && [0, 255].contains(pixel)));
        pixels[0] == 0
    };
    let side = width / scale;
    (0..side).map(|y| (0..side).map(|x| module(x, y)).collect()).collect()
}

fn modules_of_terminal(text: &str) -> Modules {
    let mut modules = Vec::new();
    for line in text.lines() {
        let line = line.strip_prefix("\u{1b}[38;5;16;48;5;231m").unwrap();
        let line = line.strip_suffix("\u{1b}[0m").unwrap();
        let dark = |blocks: &str| line.chars().map(|block| blocks.contains(block)).collect();
        assert!(line.chars().all(|block| " ▄▀█".contains(block)));
        modules.push(dark("▀█"));
        modules.push(dark("▄█"));
    }
    // Two rows to a line: the last line's lower half lies below the quiet zone.
    let below: Option<Vec<bool>> = modules.pop();
    assert!(!below.unwrap().contains(&true));
    modules
}

#[test]
fn every_drawing_reads_back_as_the_uri() {
    for account in ["alice", "Zoë Müller 医者", &"long name ".repeat(16)] {
        let uri = uri(account.trim());
        let text = uri.to_text();
        let code = QrCode::of_uri(&uri).unwrap();

        let svg = modules_of_svg(code.to_svg("Scan me").expose());
        assert_quiet(&svg);
        assert_eq!(scan(&svg), text.expose());
        assert_eq!(svg.len(), usize::from(code.size()) + 8);

        for scale in [1, 3, 32] {
            let png = code.to_png(scale).unwrap();
            assert_eq!(modules_of_png(png.expose(), scale.into()), svg, "scale {scale}");
        }
        assert_eq!(modules_of_terminal(code.to_terminal().expose()), svg);
    }
}

#[test]
fn texts_of_every_length_up_to_the_largest_symbol_read_back() {
    let text = "otpauth-migration://offline?data=CjUKEPqlBekzoNEukL7qlsjBCDYSDnBp/".repeat(50);
    for len in [1, 17, 106, 500, 666, 667, 1_273, 2_953] {
        let code = QrCode::of_text(&text[..len]).unwrap();
        assert_eq!(scan(&modules_of_svg(code.to_svg("").expose())), text[..len]);
    }
    let sizes = [(666, 97), (1_273, 117), (2_953, 177)];
    for (len, size) in sizes {
        assert_eq!(QrCode::of_text(&text[..len]).unwrap().size(), size);
    }
}

#[test]
fn the_longest_uri_fits() {
    let uri = KeyUri {
        label: Label::new(Some(&"ä".repeat(80)), &"医".repeat(53)).unwrap(),
        secret: Secret::from_bytes(&[0xff; 256]).unwrap(),
        algorithm: Algorithm::Sha512,
        digits: Digits::Eight,
        factor: Factor::Hotp { counter: Counter(u64::MAX) },
    };
    let code = QrCode::of_uri(&uri).unwrap();
    assert_eq!(scan(&modules_of_svg(code.to_svg("x").expose())), uri.to_text().expose());
}

#[test]
fn what_does_not_fit_is_refused() {
    let error = QrCode::of_text(&"x".repeat(2_954)).unwrap_err();
    assert_eq!(error, QrError::TooLong { bytes: 2_954 });
    assert_eq!(QrCode::of_text("").unwrap_err(), QrError::Empty);
    let code = QrCode::of_text("x").unwrap();
    assert_eq!(code.to_png(0).unwrap_err(), QrError::Scale { scale: 0 });
    assert_eq!(code.to_png(33).unwrap_err(), QrError::Scale { scale: 33 });
}

#[test]
fn the_svg_needs_nothing_that_a_strict_policy_forbids() {
    let svg =
        QrCode::of_uri(&uri("alice")).unwrap().to_svg("Scan </title><script>1</script>\u{0}&");
    let svg = svg.expose();
    assert!(svg.contains("<title>Scan &lt;/title&gt;&lt;script&gt;1&lt;/script&gt; &amp;</title>"));
    assert!(svg.contains(" role=\"img\" shape-rendering=\"crispEdges\""));
    for forbidden in ["<script", "style", "href", "url(", " on", "<image", "<foreign"] {
        assert!(!svg.contains(forbidden), "{forbidden}");
    }
    assert_eq!(svg.matches("http").count(), 1, "the namespace alone");
}

#[test]
fn places_outside_the_symbol_are_light() {
    let code = QrCode::of_text("x").unwrap();
    assert_eq!(code.size(), 21);
    assert!(code.is_dark(0, 0) && code.is_dark(20, 0) && code.is_dark(0, 20));
    for (x, y) in [(21, 0), (0, 21), (usize::MAX, 0), (0, usize::MAX), (21, 20)] {
        assert!(!code.is_dark(x, y));
    }
}
