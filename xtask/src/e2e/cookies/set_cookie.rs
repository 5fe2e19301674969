//! `Set-Cookie` beside tough-cookie.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use upheld_cookies::{Jar, PublicSuffixes, Received, Request, RequestUrl, SetCookie, UnixSeconds};

use super::super::Outcome;
use super::super::npm::Packages;
use super::ORACLE;
use super::exceptions::Disagreements;
use super::generate::{Generator, set_cookie};
use super::tough_cookie;

/// Below two directories, and at the root, where the default path is that of `__Host-`.
const URLS: [&str; 2] = ["https://www.clinic.example/staff/rota", "https://www.clinic.example/"];
const FIELDS: usize = 1500;

pub(super) fn compare(packages: &Packages) -> Outcome<()> {
    let mut from = Generator(6_265);
    let fields: BTreeSet<String> =
        std::iter::repeat_with(|| set_cookie(&mut from)).take(FIELDS).collect();
    let mut disagreements = Disagreements::about("set-cookie");
    for url in URLS {
        let ask = |field: &String| json!({ "ask": "cookie", "header": field, "url": url });
        let questions: Vec<Value> = fields.iter().map(ask).collect();
        let answers = packages.ask(ORACLE, &questions)?;
        let url = RequestUrl::parse(url)?;
        for (field, answer) in fields.iter().zip(&answers) {
            // An error and `null` both mean that nothing is stored.
            let theirs = answer.get("answer").cloned().unwrap_or_default();
            let expected = tough_cookie::answer(field, &url);
            disagreements.compare(field, &ours(field, &url), &theirs, &expected);
        }
    }
    disagreements.settle(&tough_cookie::DEPARTURES)
}

/// What we make of it, in the words of the oracle.
fn ours(field: &str, url: &RequestUrl) -> Value {
    let Ok(read) = SetCookie::parse(field.as_bytes()) else { return Value::Null };
    // Before every date, so that nothing is expired yet and every cookie can be looked at.
    let now = UnixSeconds::EARLIEST;
    let mut jar = Jar::new(PublicSuffixes);
    let outcome = jar.receive(field.as_bytes(), &Request::new(url, now));
    if matches!(outcome, Received::Dropped(_)) {
        return Value::Null;
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let domain = read.domain().map(text).filter(|domain| !domain.is_empty());
    let path = match read.path() {
        upheld_cookies::PathAttribute::Path(path) => text(path),
        _ => text(upheld_cookies::default_path(url.path())),
    };
    json!({
        "name": text(read.name()),
        "value": text(read.value()),
        "domain": domain.as_deref().unwrap_or(url.host().as_str()).to_ascii_lowercase(),
        "host_only": domain.is_none(),
        "path": path,
        "expires": read.expires().map(|moment| moment.0),
        "max_age": read.max_age(),
        "secure": read.is_secure(),
        "http_only": read.is_http_only(),
        "same_site": read.same_site().as_str().map(str::to_ascii_lowercase),
    })
}
