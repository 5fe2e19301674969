//! Reading the Key URI format, strictly or with repairs.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::fault::{UriFault, UriFaultKind, UriFaultKind as Kind};
use super::{Factor, KeyUri, Label, Reading, is_foreign, percent};
use crate::secret::Hidden;
use crate::{Algorithm, Counter, Digits, Period, Secret, SecretError};

/// The longest URI read, in bytes.
const MAX_LEN: usize = 2048;

pub(super) struct Reader<'a> {
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
    pub(super) const fn new(text: &'a str, lenient: bool) -> Self {
        Self { text, lenient, findings: Vec::new() }
    }

    pub(super) fn read(mut self) -> Result<Reading, UriFault> {
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
        let secret = values.secret.ok_or(self.fault(Kind::MissingSecret, query))?;
        let secret = self.secret(secret)?;
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
        for pair in query.split('&').filter(|_| !query.is_empty()) {
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
        let decoded = Hidden(self.decode(value, true)?.into_owned());
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
        let decoded = self.decode(part, false)?;
        let (prefix, account) = decoded.split_once(':').unwrap_or(("", &decoded));
        if decoded.starts_with(':') {
            self.repair(Kind::EmptyIssuer, part)?;
        }
        let mut issuer = self.name(prefix, part)?;
        let mut account = self.name(account.trim_start_matches(' '), part)?;
        if account.is_empty() {
            self.repair(Kind::Account, part)?;
            account = "unnamed".into();
        }
        if let Some(value) = parameter {
            let decoded = self.decode(value, true)?;
            let name = self.name(&decoded, value)?;
            if name.is_empty() {
                self.repair(Kind::EmptyIssuer, value)?;
            } else {
                if !issuer.is_empty() && issuer != name {
                    self.repair(Kind::IssuerMismatch, value)?;
                }
                issuer = name;
            }
        }
        let issuer = Some(issuer).filter(|issuer| !issuer.is_empty());
        Label::new(issuer.as_deref(), &account).map_err(|_| self.fault(Kind::Name, part))
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

    fn decode(&mut self, raw: &'a str, is_parameter: bool) -> Result<Cow<'a, str>, UriFault> {
        let decoded = percent::decode(raw, is_parameter).ok_or(self.fault(Kind::Escape, raw))?;
        if decoded.has_plus {
            self.repair(Kind::Plus, raw)?;
        }
        if decoded.has_unescaped {
            self.repair(Kind::Unescaped, raw)?;
        }
        Ok(decoded.text)
    }

    fn repair(&mut self, kind: UriFaultKind, part: &'a str) -> Result<(), UriFault> {
        let fault = self.fault(kind, part);
        if !self.lenient {
            return Err(fault);
        }
        self.findings.push(fault);
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
