//! The two readers of `otpauth` URIs agree, what is written is read back, and `url` agrees too.

use percent_encoding::percent_decode_str;
use upheld_totp::{Factor, KeyUri, Reading, SecretError, UriFault, UriFaultKind};
use url::Url;

/// The longest URI that is read, in bytes.
const MAX_LEN: usize = 2048;
/// The shortest secret that is strong, in bytes.
const MIN_SECRET: usize = 16;

/// Reads the input as a URI, strictly and with repairs.
pub fn uri(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let strict = KeyUri::parse(text);
    let lenient = KeyUri::parse_lenient(text);

    for fault in [&strict, &lenient].into_iter().flat_map(faults) {
        check_position(text, fault);
    }
    check_strictness(&strict, &lenient);
    if let Ok(Reading { uri, .. }) = &strict {
        assert!(uri.secret.expose().len() >= MIN_SECRET);
        check_separator(text, uri);
        check_with_url(text, uri);
    }
    if let Ok(Reading { uri, .. }) = &lenient {
        check_duplicates(text);
        check_written(uri);
    }
}

fn faults(reading: &Result<Reading, UriFault>) -> &[UriFault] {
    match reading {
        Ok(reading) => &reading.findings,
        Err(fault) => core::slice::from_ref(fault),
    }
}

/// The fault lies within the text, between two characters unless the text is too long.
fn check_position(text: &str, fault: &UriFault) {
    let UriFault { at, kind, .. } = *fault;
    assert!(at <= text.len() && (text.is_char_boundary(at) || kind == UriFaultKind::TooLong));
    if let UriFaultKind::Secret(
        SecretError::Alphabet { at: within } | SecretError::SpareBits { at: within },
    ) = kind
    {
        // The secret is the value, percent-decoded, which makes it no longer.
        assert!(at + within < text.len());
    }
}

/// What the strict reader takes, the lenient one takes alike; what it refuses, the other one
/// refuses or lists first.
fn check_strictness(strict: &Result<Reading, UriFault>, lenient: &Result<Reading, UriFault>) {
    let repaired = |finding: &&UriFault| finding.kind != UriFaultKind::Unknown;
    match (strict, lenient) {
        (Ok(strict), Ok(lenient)) => {
            assert_same(&strict.uri, &lenient.uri);
            assert_eq!(strict.findings, lenient.findings);
            assert_eq!(lenient.findings.iter().find(repaired), None);
        }
        (Err(fault), Ok(lenient)) => {
            assert_eq!(lenient.findings.iter().find(repaired), Some(fault));
        }
        (Err(_), Err(_)) => {}
        (Ok(_), Err(fault)) => panic!("only the strict reader took it: {fault}"),
    }
}

/// What is written is read back the same, without findings, and written the same.
fn check_written(uri: &KeyUri) {
    let text = uri.to_text();
    let strict = KeyUri::parse(text.expose());
    assert!(text.expose().len() <= MAX_LEN, "a URI was written that is too long to be read");
    let bytes = uri.secret.expose().len();
    let reading = if bytes < MIN_SECRET {
        let weak = UriFaultKind::WeakSecret { bits: bytes * 8 };
        assert_eq!(strict.err().map(|fault| fault.kind), Some(weak));
        let reading = KeyUri::parse_lenient(text.expose()).expect("a weak secret is repaired");
        assert!(matches!(reading.findings.as_slice(), [only] if only.kind == weak));
        reading
    } else {
        let reading = strict.expect("its own text is read");
        assert_eq!(reading.findings, []);
        reading
    };
    assert_same(&reading.uri, uri);
    assert_eq!(reading.uri.to_text().expose(), text.expose());
}

fn assert_same(one: &KeyUri, other: &KeyUri) {
    assert_eq!(one.label, other.label);
    assert_eq!(one.secret.expose(), other.secret.expose());
    assert_eq!((one.algorithm, one.digits), (other.algorithm, other.digits));
    assert_eq!(one.factor, other.factor);
}

/// A parameter that counts is given once, so that every reader takes the same one.
fn check_duplicates(text: &str) {
    let known = ["secret", "issuer", "algorithm", "digits", "period", "counter"];
    let query = text.split_once('?').map_or("", |(_, query)| query);
    let names = || query.split('&').filter_map(|pair| pair.split_once('=')).map(|pair| pair.0);
    for name in known {
        assert!(names().filter(|other| *other == name).count() <= 1, "{name} was given twice");
    }
}

/// A colon may be encoded and spaces may follow it.
//= Key URI Format, Label: the separator is a colon or %3A, and any number of %20 after it
fn check_separator(text: &str, uri: &KeyUri) {
    let Some((path, query)) = text.split_once('?') else { return };
    let Some((start, end)) = path.rsplit_once(':').filter(|(start, _)| start.contains(':')) else {
        return;
    };
    for separator in ["%3A", "%3a", ":%20", "%3A%20%20"] {
        let other = format!("{start}{separator}{end}?{query}");
        if other.len() <= MAX_LEN {
            let reading = KeyUri::parse(&other).expect("the separator is one");
            assert_same(&reading.uri, uri);
        }
    }
}

/// A strict URI means the same to a general reader of URLs.
fn check_with_url(text: &str, uri: &KeyUri) {
    // Reading a URL begins with removing control characters and outer spaces, and the names of
    // its parameters are decoded; in the format they are words that stand as they are.
    let query = text.split_once('?').map_or("", |(_, query)| query);
    let is_encoded = |pair: &str| pair.split('=').next().is_some_and(|name| name.contains('%'));
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) || query.split('&').any(is_encoded) {
        return;
    }
    let url = Url::parse(text).expect("a strict URI is a URL");
    assert_eq!(url.scheme(), "otpauth");
    let kind = match uri.factor {
        Factor::Totp { .. } => "totp",
        Factor::Hotp { .. } => "hotp",
    };
    assert_eq!(url.host_str(), Some(kind));
    check_label(&url, uri);

    let value = |name: &str| {
        let found = url.query_pairs().find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned())
    };
    assert_eq!(value("secret").as_deref(), Some(uri.secret.to_base32().expose()));
    if let Some(issuer) = value("issuer") {
        assert_eq!(Some(issuer.as_str()), uri.label.issuer());
    }
    assert_eq!(value("algorithm").as_deref().unwrap_or("SHA1"), uri.algorithm.name());
    let digits = value("digits").unwrap_or_else(|| "6".to_owned());
    assert_eq!(digits, uri.digits.count().to_string());
    let (moves, on) = match uri.factor {
        Factor::Totp { period } => (value("period"), u64::from(period.as_seconds())),
        Factor::Hotp { counter } => (value("counter"), counter.0),
    };
    assert_eq!(moves.unwrap_or_else(|| "30".to_owned()), on.to_string());
}

/// The path is the label: the account after the issuer and a colon, or the account alone.
fn check_label(url: &Url, uri: &KeyUri) {
    let path = url.path().strip_prefix('/').expect("a label follows the type");
    let path = percent_decode_str(path).decode_utf8().expect("names are UTF-8");
    let account = path.split_once(':').map_or(&*path, |(_, account)| account);
    // To a URL, an account called `.` or `..` is no name but a direction, and is resolved.
    if !path.is_empty() {
        assert_eq!(account.trim_start_matches(' '), uri.label.account());
    }
    let prefix = path.split_once(':').map(|(issuer, _)| issuer);
    if let Some(issuer) = prefix.filter(|issuer| !issuer.is_empty()) {
        assert_eq!(Some(issuer), uri.label.issuer());
    }
}
