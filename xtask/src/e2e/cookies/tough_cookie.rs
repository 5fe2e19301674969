//! What tough-cookie makes of a `Set-Cookie` field: what RFC 6265bis says, but for some departures.
//!
//! Read from the text of the draft, clause by clause, without our parser; only dates and public
//! suffixes are taken from there. tough-cookie is run in its loose mode, as browsers read names,
//! with strict prefixes.

use serde_json::{Value, json};
use upheld_cookies::{PublicSuffixes, RequestUrl, SuffixList, UnixSeconds, default_path};

use super::exceptions::Expected;

/// Where tough-cookie departs, each with what we follow.
pub(super) const DEPARTURES: [&str; 12] = [
    SAME_SITE,
    PARTITIONED,
    ROUNDED,
    EMPTY,
    LEADING_EQUALS,
    NAMELESS,
    NAMELESS_HTTP,
    HTTP_PREFIX,
    PREFIX_CASE,
    TAB,
    EMPTY_DOMAIN,
    HOST_PATH,
];
const SAME_SITE: &str = "SameSite=None without Secure is dropped (RFC 6265bis, 5.7, step 19); \
                         tough-cookie stores it";
const PARTITIONED: &str =
    "Partitioned without Secure is dropped (CHIPS); tough-cookie does not know the attribute";
const ROUNDED: &str = "a Max-Age beyond 2^53 is rounded, as every number of JavaScript is; ours is \
                       the greatest of 64 bits, and both mean 400 days (RFC 6265bis, 5.5)";
const EMPTY: &str = "a cookie with neither name nor value is dropped (RFC 6265bis, 5.7, step 2); \
                     tough-cookie stores it";
const LEADING_EQUALS: &str = "what begins with = has an empty name, and the rest is its value \
                              (RFC 6265bis, 5.6, step 3); tough-cookie takes off that = first";
const NAMELESS: &str = "a nameless cookie must not have a value that begins with __Secure- or \
                        __Host- (RFC 6265bis, 5.7, step 22); tough-cookie stores it";
const NAMELESS_HTTP: &str = "a nameless cookie must not have a value that begins with __Http- \
                             (draft-ietf-httpbis-layered-cookies); tough-cookie stores it";
const HTTP_PREFIX: &str = "__Http- needs Secure and HttpOnly (draft-ietf-httpbis-layered-cookies); \
                           tough-cookie does not know the prefix";
const PREFIX_CASE: &str = "prefixes are compared in any case of letters (RFC 6265bis, 5.4); \
                           tough-cookie compares them as written";
const TAB: &str = "a tab within a value is no reason to drop the cookie (RFC 6265bis, 5.6, step 1); \
                   tough-cookie drops it";
const EMPTY_DOMAIN: &str = "the last Domain counts, and an empty one is the host alone (RFC \
                            6265bis, 5.6.3 and 5.7, step 7); tough-cookie ignores an empty one";
const HOST_PATH: &str = "a Path that begins with no slash is the default path, and where that is / \
                         it will do for __Host- (RFC 6265bis, 5.6.4 and 5.7, step 21); \
                         tough-cookie wants the slash written";

/// A field, taken apart at every semicolon and first equals sign.
struct Field<'f> {
    name: &'f str,
    value: &'f str,
    /// Names in lower case, and values.
    attributes: Vec<(String, &'f str)>,
}

impl<'f> Field<'f> {
    fn of(field: &'f str) -> Self {
        let trim = |text: &'f str| text.trim_matches([' ', '\t']);
        let (pair, rest) = field.split_once(';').unwrap_or((field, ""));
        let (name, value) = pair.split_once('=').unwrap_or(("", pair));
        let attribute = |whole: &'f str| {
            let (name, value) = whole.split_once('=').unwrap_or((whole, ""));
            (trim(name).to_ascii_lowercase(), trim(value))
        };
        let attributes = rest.split(';').map(attribute).collect();
        Self { name: trim(name), value: trim(value), attributes }
    }

    fn all(&self, name: &'static str) -> impl DoubleEndedIterator<Item = &'f str> {
        self.attributes.iter().filter(move |(own, _)| own == name).map(|(_, value)| *value)
    }

    fn has(&self, name: &'static str) -> bool {
        self.all(name).next().is_some()
    }

    fn same_site(&self) -> Option<String> {
        let last = self.all("samesite").next_back()?.to_ascii_lowercase();
        ["strict", "lax", "none"].contains(&&*last).then_some(last)
    }

    /// The number as JavaScript has it, and whether that is rounded.
    fn max_age(&self) -> (Value, bool) {
        let is_number = |text: &&str| {
            let digits = text.strip_prefix('-').unwrap_or(text);
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        };
        let Some(last) = self.all("max-age").rfind(is_number) else { return (Value::Null, false) };
        match last.parse::<i64>() {
            Ok(number) => (number.into(), false),
            Err(_) => (last.parse::<f64>().unwrap_or_default().into(), true),
        }
    }
}

/// Whether a text begins with a prefix in any case of letters.
fn begins(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// What it must answer to `field` from `url`.
pub(super) fn answer(field: &str, url: &RequestUrl) -> Expected {
    let mut departures = Vec::new();
    let mut departs = |is_here: bool, departure| {
        if is_here {
            departures.push(departure);
        }
    };
    let pair = field.split(';').next().unwrap_or_default();
    let without = pair.strip_prefix('=').is_some_and(|rest| rest.find('=') > Some(0));
    departs(without, LEADING_EQUALS);
    let field = if without { field.get(1..).unwrap_or_default() } else { field };
    let read = Field::of(field);
    let dropped = |departures| Expected { theirs: Value::Null, departures };
    // The oracle's own test of a control character takes the tab for one.
    let is_tab = read.value.contains('\t');
    departs(is_tab, TAB);
    if is_tab || field.is_empty() || read.value.contains('\u{1}') {
        return dropped(departures);
    }
    departs(read.name.is_empty() && read.value.is_empty(), EMPTY);

    let host = url.host().as_str();
    let secure = read.has("secure");
    let without_dot =
        |domain: &str| domain.strip_prefix('.').unwrap_or(domain).to_ascii_lowercase();
    let domain = read.all("domain").map(without_dot).rfind(|domain| !domain.is_empty());
    let is_empty = read.all("domain").next_back().is_some_and(str::is_empty);
    departs(is_empty && domain.is_some(), EMPTY_DOMAIN);
    let is_foreign = domain.as_ref().is_some_and(|domain| {
        PublicSuffixes.is_public_suffix(domain) || !url.host().domain_matches(domain)
    });
    let written = read.all("path").next_back();
    let slashed = written.filter(|path| path.starts_with('/'));
    let default = str::from_utf8(default_path(url.path())).unwrap_or_default();
    let path = slashed.unwrap_or(default);
    departs(read.same_site().as_deref() == Some("none") && !secure, SAME_SITE);
    departs(read.has("partitioned") && !secure, PARTITIONED);

    let for_one_host = secure && domain.is_none();
    let is_host = for_one_host && slashed == Some("/");
    let is_host_by_default = for_one_host && slashed.is_none() && written.is_some() && path == "/";
    departs(begins(read.name, "__Host-") && is_host_by_default, HOST_PATH);
    let [lacks_secure, lacks_host] = [("__Secure-", secure), ("__Host-", is_host)]
        .map(|(prefix, is_kept)| (begins(read.name, prefix) && !is_kept).then_some(prefix));
    let broken = lacks_secure.or(lacks_host);
    let is_spelt = broken.is_some_and(|prefix| read.name.starts_with(prefix));
    departs(broken.is_some() && !is_spelt, PREFIX_CASE);
    departs(begins(read.name, "__Http-") && !(secure && read.has("httponly")), HTTP_PREFIX);
    let nameless = |prefix| read.name.is_empty() && begins(read.value, prefix);
    departs(nameless("__Secure-") || nameless("__Host-"), NAMELESS);
    departs(nameless("__Http-"), NAMELESS_HTTP);
    if is_foreign || is_spelt {
        return dropped(departures);
    }

    let (max_age, is_rounded) = read.max_age();
    departs(is_rounded, ROUNDED);
    let date = |text: &str| UnixSeconds::parse_cookie_date(text.as_bytes()).ok();
    let theirs = json!({
        "name": read.name,
        "value": read.value,
        "domain": domain.as_deref().unwrap_or(host),
        "host_only": domain.is_none(),
        "path": path,
        "expires": read.all("expires").filter_map(date).next_back().map(|moment| moment.0),
        "max_age": max_age,
        "secure": secure,
        "http_only": read.has("httponly"),
        "same_site": read.same_site(),
    });
    Expected { theirs, departures }
}
