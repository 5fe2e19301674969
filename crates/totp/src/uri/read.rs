//! Reading the Key URI format, strictly or with repairs.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem::take;

use super::fault::{UriFault, UriFaultKind as Kind};
use super::percent::{self, IN_PATH, IN_QUERY, cut};
use super::{Factor, KeyUri, Label, Reading, is_foreign};
use crate::secret::Hidden;
use crate::{Algorithm, Counter, Digits, Period, Secret, SecretError};

/// The longest URI read, in bytes.
pub(super) const MAX_LEN: usize = 2048;

type Read<T> = Result<T, UriFault>;

pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) lenient: bool,
    pub(super) findings: Vec<UriFault>,
}

/// The parameters that the format knows.
const NAMES: [&str; 6] = ["secret", "issuer", "algorithm", "digits", "period", "counter"];

impl<'a> Reader<'a> {
    pub(super) fn read(mut self) -> Read<Reading> {
        if self.text.len() > MAX_LEN {
            return Err(UriFault { kind: Kind::TooLong, at: MAX_LEN });
        }
        if percent::holds(self.text, b'#') {
            return Err(self.fault(Kind::Fragment, end_of(cut(self.text, b'#').0)));
        }
        let (scheme, rest) = cut(self.text, b':');
        let rest = rest.and_then(|rest| rest.strip_prefix("//"));
        let rest = rest.ok_or(self.fault(Kind::Scheme, scheme))?;
        self.word(scheme, &["otpauth"], Kind::Scheme)?;
        let (path, query) = cut(rest, b'?');
        let query = query.unwrap_or(end_of(path));
        let (name, label) = cut(path, b'/');
        let label = label.unwrap_or(end_of(path));
        let is_totp = self.word(name, &["totp", "hotp"], Kind::Type)? == "totp";

        let [secret, issuer, algorithm, digits, period, counter] = self.values(query)?;
        let secret = self.secret(secret.ok_or(self.fault(Kind::MissingSecret, query))?)?;
        let label = self.label(label, issuer)?;
        let algorithm = self.algorithm(algorithm)?;
        let digits =
            self.number(digits, Kind::Digits, |n| Digits::try_from(u8::try_from(n).ok()?).ok())?;
        let (other, factor) = if is_totp {
            let seconds = |n| Period::from_seconds(u32::try_from(n).ok()?);
            (counter, Factor::Totp { period: self.number(period, Kind::Period, seconds)? })
        } else {
            if counter.is_none() {
                self.repair(Kind::MissingCounter, query)?;
            }
            (period, Factor::Hotp { counter: Counter(self.number(counter, Kind::Counter, Some)?) })
        };
        if let Some(other) = other {
            self.repair(Kind::OtherType, other)?;
        }
        let uri = KeyUri { label, secret, algorithm, digits, factor };
        Ok(Reading { uri, findings: self.findings })
    }

    /// One of `words` in lower case, or a repairable spelling of it.
    fn word(&mut self, part: &'a str, words: &[&'static str], kind: Kind) -> Read<&'static str> {
        if let Some(word) = words.iter().find(|word| part == **word) {
            return Ok(word);
        }
        let word = words.iter().find(|word| part.eq_ignore_ascii_case(word));
        let word = word.ok_or(self.fault(kind, part))?;
        self.repair(Kind::Case, part)?;
        Ok(word)
    }

    /// The values of the known parameters as they stand in the text.
    fn values(&mut self, query: &'a str) -> Read<[Option<&'a str>; 6]> {
        let mut values = [None; 6];
        let mut rest = Some(query).filter(|query| !query.is_empty());
        while let Some(pairs) = rest {
            let (pair, after) = cut(pairs, b'&');
            rest = after;
            let (name, Some(value)) = cut(pair, b'=') else {
                self.repair(Kind::NoValue, pair)?;
                continue;
            };
            let known = |name: &str| NAMES.iter().position(|known| *known == name);
            let mut place = known(name);
            if place.is_none() {
                // A name counts as what it decodes to, as it does for other readers.
                let decoded = percent::decode(name, IN_QUERY);
                place = known(&decoded.ok_or(self.fault(Kind::Escape, name))?.0.0);
            }
            match place.and_then(|place| values.get_mut(place)) {
                None => self.findings.push(self.fault(Kind::Unknown, name)),
                Some(Some(_)) => return Err(self.fault(Kind::Duplicate, name)),
                Some(slot) => *slot = Some(value),
            }
        }
        Ok(values)
    }

    /// Reads the secret. Its symbols are compared with delimiters here, and else only by base32.
    fn secret(&mut self, value: &'a str) -> Read<Secret> {
        let owned;
        let text = if percent::holds(value, b'%') || percent::holds(value, b'+') {
            owned = Hidden(self.decode(value, IN_QUERY)?);
            &owned.0
        } else {
            value
        };
        let secret = Secret::from_base32_allowing_weak(text)
            .map_err(|error| self.fault(Kind::Secret(error), value))?;
        let len = secret.expose().len();
        // Bits 5 and 6 are both set in lower-case letters, and in no other symbol.
        let lower = text.bytes().fold(0, |lower, byte| lower | byte & (byte << 1) & 0x40);
        if lower != 0 || text.len() != len.saturating_mul(8).div_ceil(5) {
            self.repair(Kind::SecretSpelling, value)?;
        }
        if let Err(SecretError::TooShort { bits }) = Secret::check_length(len, Secret::MIN_BYTES) {
            self.repair(Kind::WeakSecret { bits }, value)?;
        }
        Ok(secret)
    }

    //= Key URI Format, Label: issuer and account are joined by a colon, which neither contains
    fn label(&mut self, part: &'a str, parameter: Option<&'a str>) -> Read<Label> {
        let decoded = self.decode(part, IN_PATH)?;
        let (first, rest) = cut(&decoded, b':');
        let (prefix, account) = rest.map_or(("", first), |account| (first, account));
        if decoded.starts_with(':') {
            self.repair(Kind::EmptyIssuer, part)?;
        }
        let mut issuer = self.name(prefix, part)?;
        let mut account = self.name(account.trim_start_matches(' '), part)?;
        if account.is_empty() {
            self.repair(Kind::Account, part)?;
            account = "unnamed".into();
        }
        let decoded = parameter.map(|value| self.decode(value, IN_QUERY)).transpose()?;
        // The issuer that the label has named already is a name, and the same.
        if let (Some(decoded), Some(value)) = (&decoded, parameter)
            && (decoded.is_empty() || *decoded != issuer)
        {
            let name = self.name(decoded, value)?;
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
        Ok(Label { issuer: issuer.map(Into::into), account: account.into() })
    }

    /// A name as [`Label`] takes it, or none, from one that may need repair.
    fn name<'n>(&mut self, name: &'n str, part: &'a str) -> Read<Cow<'n, str>> {
        if name.is_empty() || Label::is_name(name) {
            return Ok(name.into());
        }
        self.repair(Kind::Name, part)?;
        let repaired = name.trim().replace(is_foreign, "-");
        if !repaired.is_empty() && !Label::is_name(&repaired) {
            return Err(self.fault(Kind::Name, part));
        }
        Ok(repaired.into())
    }

    fn algorithm(&mut self, value: Option<&'a str>) -> Read<Algorithm> {
        let Some(value) = value else { return Ok(Algorithm::default()) };
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

    /// A number in its shortest form that `make` accepts, or what counts if none is given.
    fn number<T: Default>(
        &self,
        value: Option<&'a str>,
        kind: Kind,
        make: fn(u64) -> Option<T>,
    ) -> Read<T> {
        let Some(value) = value else { return Ok(T::default()) };
        let shortest = value == "0" || !value.starts_with(['0', '+']);
        value.parse().ok().filter(|_| shortest).and_then(make).ok_or(self.fault(kind, value))
    }

    fn decode(&mut self, raw: &'a str, plain: u128) -> Read<String> {
        let (mut text, has_plus, has_unescaped) =
            percent::decode(raw, plain).ok_or(self.fault(Kind::Escape, raw))?;
        if has_plus {
            self.repair(Kind::Plus, raw)?;
        }
        if has_unescaped {
            self.repair(Kind::Unescaped, raw)?;
        }
        Ok(take(&mut text.0))
    }

    fn repair(&mut self, kind: Kind, part: &'a str) -> Read<()> {
        let fault = self.fault(kind, part);
        if !self.lenient {
            return Err(fault);
        }
        self.findings.push(fault);
        Ok(())
    }

    fn fault(&self, kind: Kind, part: &'a str) -> UriFault {
        UriFault { kind, at: part.as_ptr().addr().saturating_sub(self.text.as_ptr().addr()) }
    }
}

fn end_of(text: &str) -> &str {
    text.split_at(text.len()).1
}
