//! What the section of Duo means.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use upheld_duo::{ApiHost, BreakerPolicy, FailMode, SecretText};
use upheld_duo_reqwest::Roots;

use super::Reader;
use super::keys::{self, Key};
use super::values::Scalar;
use crate::duo::{DuoKeys, DuoSettings, NotAsked};

/// The section is at fault, which was noted.
pub(super) struct AtFault;

impl Reader<'_> {
    /// Nothing when there is no Duo.
    pub(super) fn duo(&mut self) -> Result<Option<DuoSettings>, AtFault> {
        let fail_mode = self.text(&keys::DUO_FAIL_MODE, |text| match text {
            "closed" => Ok(FailMode::Closed),
            "open" => Ok(FailMode::Open),
            _ => Err("use closed or open".to_owned()),
        });
        let not_asked = self.text(&keys::DUO_NOT_ASKED, |text| {
            NotAsked::parse(text).map_err(|error| error.to_string())
        });
        if self.values.of(&keys::DUO_HOST).is_none() {
            return if self.is_without_duo() { Ok(None) } else { Err(AtFault) };
        }
        let api_host = self
            .text(&keys::DUO_HOST, |text| ApiHost::parse(text).map_err(|error| error.to_string()));
        let prompt = self.pair(&keys::DUO_CLIENT_ID, &keys::DUO_CLIENT_SECRET);
        let has_phones = [&keys::DUO_INTEGRATION_KEY, &keys::DUO_SECRET_KEY]
            .into_iter()
            .any(|key| self.values.of(key).is_some());
        let phones = if has_phones {
            self.pair(&keys::DUO_INTEGRATION_KEY, &keys::DUO_SECRET_KEY)
        } else {
            None
        };
        let roots = self.roots();
        if has_phones && phones.is_none() {
            return Err(AtFault);
        }
        Ok(Some(DuoSettings {
            api_host: api_host.ok_or(AtFault)?,
            prompt: prompt.ok_or(AtFault)?,
            phones,
            roots: roots.ok_or(AtFault)?,
            fail_mode: fail_mode.ok_or(AtFault)?,
            not_asked: not_asked.ok_or(AtFault)?,
            breaker: BreakerPolicy::default(),
        }))
    }

    /// Keys without a host are a mistake.
    fn is_without_duo(&mut self) -> bool {
        let others = [
            &keys::DUO_CLIENT_ID,
            &keys::DUO_CLIENT_SECRET,
            &keys::DUO_INTEGRATION_KEY,
            &keys::DUO_SECRET_KEY,
            &keys::DUO_CA_FILE,
        ];
        let is_set = others.into_iter().any(|key| self.values.of(key).is_some());
        if is_set {
            self.missing(&keys::DUO_HOST, "the other settings of Duo need it");
        }
        !is_set
    }

    fn pair(&mut self, key: &'static Key, secret: &'static Key) -> Option<DuoKeys> {
        let set = |values: &super::Values, key: &Key| {
            values.of(key).and_then(|set| match &set.value {
                Scalar::Text(text) => Some(SecretText::new(text.as_str())),
                _ => None,
            })
        };
        let given = (set(self.values, key), set(self.values, secret));
        if given.0.is_none() {
            self.missing(key, "Duo's administration page shows it");
        }
        if given.1.is_none() {
            self.missing(secret, "Duo's administration page shows it");
        }
        let (Some(id), Some(secret)) = given else { return None };
        let keys = DuoKeys::new(id.expose(), secret).map_err(|error| error.to_string());
        let origin = self.origin_of(key);
        self.note(&origin, keys)
    }

    fn roots(&mut self) -> Option<Roots> {
        if self.values.of(&keys::DUO_CA_FILE).is_none() {
            return Some(Roots::Platform);
        }
        let path = self.path(&keys::DUO_CA_FILE)?;
        let read = CertificateDer::pem_file_iter(&path)
            .and_then(Iterator::collect::<Result<Vec<CertificateDer<'static>>, _>>);
        let found = match read {
            Ok(certificates) if certificates.is_empty() => {
                Err(format!("{} has no certificates in PEM", path.display()))
            }
            Ok(certificates) => Ok(Roots::Given(certificates)),
            Err(error) => Err(format!("{} cannot be read: {error}", path.display())),
        };
        let origin = self.origin_of(&keys::DUO_CA_FILE);
        self.note(&origin, found)
    }
}
