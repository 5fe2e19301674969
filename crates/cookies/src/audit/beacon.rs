//! Telling beacons: requests whose purpose is to tell of themselves.

use crate::har::Entry;
use crate::policy::ItemKind;

/// A body of at most so many bytes is too small to show anything.
const TINY: u64 = 100;
/// A query of so many bytes tells something.
const TELLING: usize = 20;

/// Endpoints that exist to be told: a host or a domain with `.` before it, and how the path begins.
/// From the vendors' own documentation of their tags; the last word says whether for advertising.
const ENDPOINTS: [(&str, &str, bool); 27] = [
    ("d.adroll.com", "/", true),
    ("a.adroll.com", "/pixel", true),
    ("s.adroll.com", "/pixel", true),
    (".google-analytics.com", "/g/collect", false),
    (".google-analytics.com", "/collect", false),
    (".google-analytics.com", "/r/collect", false),
    (".analytics.google.com", "/g/collect", false),
    (".g.doubleclick.net", "/", true),
    ("ad.doubleclick.net", "/activity", true),
    ("www.google.com", "/pagead/", true),
    ("www.google.com", "/ads/ga-audiences", true),
    ("www.googleadservices.com", "/pagead/", true),
    ("www.facebook.com", "/tr", true),
    ("bat.bing.com", "/action/", true),
    ("px.ads.linkedin.com", "/", true),
    ("ct.pinterest.com", "/", true),
    ("analytics.tiktok.com", "/api/", true),
    ("t.co", "/i/adsct", true),
    ("analytics.twitter.com", "/i/adsct", true),
    ("alb.reddit.com", "/rp.gif", true),
    ("tr.snapchat.com", "/", true),
    (".clarity.ms", "/c.gif", false),
    (".clarity.ms", "/collect", false),
    ("pixel.wp.com", "/", false),
    ("plausible.io", "/api/event", false),
    ("cloudflareinsights.com", "/cdn-cgi/rum", false),
    (".hotjar.io", "/", false),
];

/// How the paths of pictures begin that tell that an e-mail was opened, as services for sending
/// e-mails document them.
const OPENED: [&str; 8] = [
    "/wf/open",
    "/track/open.php",
    "/open.aspx",
    "/e/o/",
    "/e2t/o/",
    "/o.gif",
    "/track/open",
    "/trk/open",
];

/// Whether an entry is a beacon, and of which kind.
pub(super) fn kind(entry: &Entry, url: &Parts<'_>, is_third_party: bool) -> Option<ItemKind> {
    let is_tiny = is_tiny_image(entry);
    if is_tiny && OPENED.iter().any(|start| url.path.starts_with(start)) {
        return Some(ItemKind::EmailPixel);
    }
    // What browsers call `sendBeacon` and `<a ping>`.
    let is_ping = entry.resource_type().is_some_and(|kind| matches!(kind, "ping" | "beacon"));
    let is_told = url.query.len() >= TELLING || entry.method() == "POST";
    let is_empty = entry.status() == 204 || (entry.status() == 200 && entry.size() == Some(0));
    let tells = (is_tiny && (is_third_party || url.query.len() >= TELLING))
        || (is_empty && is_told && is_third_party);
    (is_ping || is_endpoint(url.host, url.path) || tells).then_some(ItemKind::Beacon)
}

fn is_endpoint(host: &str, path: &str) -> bool {
    ENDPOINTS.iter().any(|(known, start, _)| is_of(host, known) && path.starts_with(start))
}

/// Whether a domain is one of advertising.
pub(super) fn is_advertising(domain: &str) -> bool {
    ENDPOINTS.iter().any(|(known, start, is_advertising)| {
        // Of a domain that serves other things as well, only some paths are.
        let is_whole = *start == "/" || !known.starts_with("www.");
        let domain_of = known.trim_start_matches("d.").trim_start_matches('.');
        *is_advertising && is_whole && (is_of(domain, known) || domain == domain_of)
    })
}

fn is_of(host: &str, known: &str) -> bool {
    match known.strip_prefix('.') {
        Some(domain) => host == domain || host.ends_with(known),
        None => host == known,
    }
}

fn is_tiny_image(entry: &Entry) -> bool {
    let is_image = entry.mime_type().starts_with("image/");
    let is_small = entry.size().is_some_and(|size| size > 0 && size <= TINY);
    let is_one_pixel = match entry.body_start() {
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', size @ ..] => size.starts_with(&[1, 0, 1, 0]),
        [0x89, b'P', b'N', b'G', ..] => {
            entry.body_start().get(16..24) == Some(&[0, 0, 0, 1, 0, 0, 0, 1])
        }
        _ => false,
    };
    (is_image && is_small) || is_one_pixel
}

/// The parts of an address that tell beacons.
pub(super) struct Parts<'a> {
    pub(super) host: &'a str,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
}
