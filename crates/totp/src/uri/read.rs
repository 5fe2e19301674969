//! Reading the Key URI format, strictly or with repairs.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::fault::{UriFault, UriFaultKind, UriFaultKind as Kind};
use super::{Factor, KeyUri, Label, is_foreign};
use crate::secret::Hidden;
use crate::{Algorithm, Counter, Digits, Period, Secret, SecretError};

/// The longest URI read, in bytes.
const MAX_LEN: usize = 2048;

/// A URI that was read, and what was found on the way.
#[derive(Debug)]
#[non_exhaustive]
pub struct Reading {
    /// The credential.
    pub uri: KeyUri,
    /// Unknown parameters, and in the lenient reading every repair, in the order of discovery.
    pub findings: Vec<UriFault>,
}

impl KeyUri {
    /// Reads a URI that follows the format to the letter; for URIs of one's own making.
    ///
    /// Unknown parameters (`image`, `lock`) are reported in [`Reading::findings`].
    ///
    /// # Errors
    ///
    /// The first [`UriFault`].
    pub fn parse(text: &str) -> Result<Reading, UriFault> {
        Reader { text, lenient: false, findings: Vec::new() }.read()
    }

    /// Reads a URI as other programs write it, and lists what had to be repaired.
    ///
    /// # Errors
    ///
    /// The first [`UriFault`] that has no single sensible reading.
    pub fn parse_lenient(text: &str) -> Result<Reading, UriFault> {
        Reader { text, lenient: true, findings: Vec::new() }.read()
    }
}

struct Reader<'a> {
    text: &'a str,
    lenient: bool,
    findings: Vec<UriFault>,
}

/// The values of the known parameters as they stand in the text.
#[derive(Default)]
struct Values<'a> {
    secret: Option<&'a str>,
    issuer: Option<&'a str>,
    algorithm: Option<&'a str>,
    digits: Option<&'a str>,
    period: Option<&'a str>,
    counter: Option<&'a str>,
}

impl<'a> Reader<'a> {
    fn read(mut self) -> Result<Reading, UriFault> {
        if self.text.len() > MAX_LEN {
            return Err(UriFault { kind: Kind::TooLong, at: MAX_LEN });
        }
        if let Some(at) = self.text.find('#') {
            return Err(UriFault { kind: Kind::Fragment, at });
        }
        let (scheme, rest) = split(self.text, "://");
        self.expect_word(scheme, &["otpauth"], Kind::Scheme)?;
        let (path, query) = split(rest, "?");
        let (name, label) = split(path, "/");
        let is_totp = self.expect_word(name, &["totp", "hotp"], Kind::Type)? == "totp";

        let values = self.values(query)?;
        let secret = self.secret(values.secret.ok_or(self.fault(Kind::MissingSecret, query))?)?;
        let label = self.label(label, values.issuer)?;
        let algorithm =
            values.algorithm.map_or(Ok(Algorithm::default()), |value| self.algorithm(value))?;
        let digits = self.number(values.digits, Kind::Digits, |n| {
            Digits::try_from(u8::try_from(n).ok()?).ok()
        })?;
        let period = self.number(values.period, Kind::Period, |n| {
            Period::from_seconds(u32::try_from(n).ok()?)
        })?;
        let counter = self.number(values.counter, Kind::Counter, |n| Some(Counter(n)))?;
        let (other, factor) = if is_totp {
            (values.counter, Factor::Totp { period: period.unwrap_or_default() })
        } else {
            if counter.is_none() {
                self.repair(Kind::MissingCounter, query)?;
            }
            (values.period, Factor::Hotp { counter: counter.unwrap_or_default() })
        };
        if let Some(other) = other {
            self.repair(Kind::OtherType, other)?;
        }
        let digits = digits.unwrap_or_default();
        let uri = KeyUri { label, secret, algorithm, digits, factor };
        Ok(Reading { uri, findings: self.findings })
    }

    /// One of `words` in lower case, or a repairable spelling of it.
    fn expect_word(
        &mut self,
        part: &'a str,
        words: &[&'static str],
        kind: Kind,
    ) -> Result<&'static str, UriFault> {
        let word = words.iter().find(|word| part.eq_ignore_ascii_case(word));
        let word = *word.ok_or(self.fault(kind, part))?;
        if part != word {
            self.repair(Kind::Case, part)?;
        }
        Ok(word)
    }

    fn values(&mut self, query: &'a str) -> Result<Values<'a>, UriFault> {
        let mut values = Values::default();
        for pair in query.split('&') {
            let Some((name, value)) = pair.split_once('=') else {
                self.repair(Kind::NoValue, pair)?;
                continue;
            };
            let slot = match name {
                "secret" => &mut values.secret,
                "issuer" => &mut values.issuer,
                "algorithm" => &mut values.algorithm,
                "digits" => &mut values.digits,
                "period" => &mut values.period,
                "counter" => &mut values.counter,
                _ => {
                    self.findings.push(self.fault(Kind::Unknown, name));
                    continue;
                }
            };
            if slot.replace(value).is_some() {
                return Err(self.fault(Kind::Duplicate, name));
            }
        }
        Ok(values)
    }

    fn secret(&mut self, value: &'a str) -> Result<Secret, UriFault> {
        let decoded = Hidden(self.decode(value, Part::Parameter)?.into_owned());
        if !decoded.0.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
            self.repair(Kind::SecretSpelling, value)?;
        }
        match Secret::from_base32(&decoded.0) {
            Err(SecretError::TooShort { bits }) => {
                self.repair(Kind::WeakSecret { bits }, value)?;
                Secret::from_base32_allowing_weak(&decoded.0)
            }
            read => read,
        }
        .map_err(|error| self.fault(Kind::Secret(error), value))
    }

    //= Key URI Format, Label: issuer and account are joined by a colon, which neither contains
    fn label(&mut self, part: &'a str, parameter: Option<&'a str>) -> Result<Label, UriFault> {
        let decoded = self.decode(part, Part::Label)?;
        let (prefix, account) = decoded.split_once(':').unwrap_or(("", &decoded));
        let mut issuer = self.name(prefix, part)?;
        let mut account = self.name(account.trim_start_matches(' '), part)?;
        if account.is_empty() {
            self.repair(Kind::Account, part)?;
            account = "unnamed".into();
        }
        if let Some(value) = parameter {
            let decoded = self.decode(value, Part::Parameter)?;
            let name = self.name(&decoded, value)?;
            match () {
                () if name.is_empty() => self.repair(Kind::EmptyIssuer, value)?,
                () if issuer.is_empty() => issuer = name,
                () if issuer == name => {}
                () => {
                    self.repair(Kind::IssuerMismatch, value)?;
                    issuer = name;
                }
            }
        }
        let issuer = Some(issuer).filter(|issuer| !issuer.is_empty());
        Label::new(issuer.as_deref(), &account).ok_or(self.fault(Kind::Name, part))
    }

    /// A name as [`Label`] takes it, from one that may need repair.
    fn name(&mut self, name: &str, part: &'a str) -> Result<String, UriFault> {
        let repaired = name.trim().replace(is_foreign, "-");
        if repaired != name {
            self.repair(Kind::Name, part)?;
        }
        Ok(repaired)
    }

    fn algorithm(&mut self, value: &'a str) -> Result<Algorithm, UriFault> {
        let all = [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512];
        if let Some(algorithm) = all.into_iter().find(|algorithm| algorithm.name() == value) {
            return Ok(algorithm);
        }
        let spelled = value.to_ascii_uppercase().replace(['-', '_'], "");
        let name = spelled.strip_prefix("HMAC").unwrap_or(&spelled);
        let found = all.into_iter().find(|algorithm| algorithm.name() == name);
        let algorithm = found.ok_or(self.fault(Kind::Algorithm, value))?;
        self.repair(Kind::AlgorithmSpelling, value)?;
        Ok(algorithm)
    }

    /// A number in its shortest form that `make` accepts.
    fn number<T>(
        &self,
        value: Option<&'a str>,
        kind: UriFaultKind,
        make: impl Fn(u64) -> Option<T>,
    ) -> Result<Option<T>, UriFault> {
        let Some(value) = value else { return Ok(None) };
        let shortest = value == "0" || !value.starts_with(['0', '+']);
        let number = value.parse().ok().filter(|_| shortest).and_then(make);
        number.map(Some).ok_or(self.fault(kind, value))
    }

    //= RFC 3986 §2.1, §3.3, §3.4: what may stand for itself in a path or a query, and what %XX is
    fn decode(&mut self, raw: &'a str, part: Part) -> Result<Cow<'a, str>, UriFault> {
        let is_plain =
            |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*,;=:@".contains(&byte);
        if raw.bytes().all(is_plain) {
            return Ok(raw.into());
        }
        let mut bytes = Hidden(Vec::with_capacity(raw.len()));
        let mut rest = raw.bytes();
        while let Some(byte) = rest.next() {
            match byte {
                b'%' => bytes.0.push(hex_pair(&mut rest).ok_or(self.fault(Kind::Escape, raw))?),
                b'+' if part == Part::Parameter => {
                    self.repair(Kind::Plus, raw)?;
                    bytes.0.push(b' ');
                }
                b'+' => bytes.0.push(byte),
                b'/' | b'?' if part == Part::Parameter => bytes.0.push(byte),
                _ => {
                    if !is_plain(byte) {
                        self.repair(Kind::Unescaped, raw)?;
                    }
                    bytes.0.push(byte);
                }
            }
        }
        String::from_utf8(core::mem::take(&mut bytes.0))
            .map(Cow::Owned)
            .map_err(|_| self.fault(Kind::Escape, raw))
    }

    fn repair(&mut self, kind: UriFaultKind, part: &'a str) -> Result<(), UriFault> {
        let fault = self.fault(kind, part);
        if !self.lenient {
            return Err(fault);
        }
        if self.findings.last() != Some(&fault) {
            self.findings.push(fault);
        }
        Ok(())
    }

    fn fault(&self, kind: UriFaultKind, part: &'a str) -> UriFault {
        UriFault { kind, at: part.as_ptr().addr().saturating_sub(self.text.as_ptr().addr()) }
    }
}

/// The text before and after `separator`, or all of it and its empty end.
fn split<'a>(text: &'a str, separator: &str) -> (&'a str, &'a str) {
    text.split_once(separator).unwrap_or_else(|| text.split_at(text.len()))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Label,
    Parameter,
}

fn hex_pair(bytes: &mut core::str::Bytes<'_>) -> Option<u8> {
    let mut digit =
        || char::from(bytes.next()?).to_digit(16).and_then(|half| u8::try_from(half).ok());
    Some(digit()? << 4 | digit()?)
}
