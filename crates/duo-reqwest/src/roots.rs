//! Whose certificates are believed.

use std::sync::Arc;

use data_encoding::BASE64;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, TrustAnchor};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use sha2::{Digest, Sha256};

use crate::SettingsError;

/// Whose certificates are believed.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Roots {
    /// Whatever the operating system believes.
    #[default]
    Platform,
    /// These alone: a simulator's, or those of a company that looks into its traffic.
    Given(Vec<CertificateDer<'static>>),
    /// Those among Mozilla's roots whose public keys are on a list.
    Pinned(Pins),
}

/// The public keys of the roots that Duo's own clients believe, as SHA-256 in base64.
///
/// Lists end: programs that carried an older one stopped working in 2026. This is data, to be
/// replaced by a newer list when Duo publishes one; [`Roots::Platform`] needs none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "anybody may write a list")]
pub struct Pins {
    /// Which list it is.
    pub version: &'static str,
    /// SHA-256 of each `SubjectPublicKeyInfo` (RFC 7469 §2.4).
    pub keys: &'static [&'static str],
}

impl Pins {
    /// What Duo's clients call `ca_bundle/1.0`, published in 2025.
    pub const DUO_1_0: Self = Self {
        version: "ca_bundle/1.0",
        keys: &[
            "++MBgDH5WGvL9Bcn5Be30cRcL0f5O+NyoXuWtQdX1aI=", // Amazon Root CA 1
            "f0KW/FtqTjs108NpYj42SrGvOB2PpxIVM8nWxjPqJGE=", // Amazon Root CA 2
            "NqvDJlas/GRcYbcWE8S/IceH9cq77kg0jVhZeAPXq8k=", // Amazon Root CA 3
            "9+ze1cZgR9KO1kZrVDxA4HQ6voHRCSVNz4RdTCx4U8U=", // Amazon Root CA 4
            "KwccWaCgrnaw6tsrrSO61FgLacNgG2MMLq8GE6+oP5I=", // Starfield Services Root G2
            "WoiWRyIOVNa9ihaBciRSC7XHjliYS9VwUGOIud4PB18=", // DigiCert High Assurance EV
            "oC+voZLIy4HLE0FVT5wFtxzKKokLDRKY1oNkfJYe+98=", // DigiCert TLS ECC P384 G5
            "ape1HIIZ6T5d7GS61YBs3rD4NVvkfnVwELcCRW4Bqv0=", // DigiCert TLS RSA4096 G5
            "rn+WLLnmp9v3uDP7GPqbcaiRdd+UnCMrap73yz3yu/w=", // GlobalSign R46
            "4EoCLOMvTM8sf2BGKHuCijKpCfXnUUR/g/0scfb9gXM=", // GlobalSign E46
            "Vfd95BwDeSQo+NUYxVEEIlvkOlWY2SalKK1lPhzOx78=", // GTS Root R2
            "mEflZT5enoR1FuXLgYYGqnVEoZvmf9c2bVBpiOjYQ0c=", // GTS Root R4
            "B+hU8mp8vTiZJ6oEG/7xts0h3RQ4GK2UfcZVqeWH/og=", // IdenTrust Commercial Root CA 1
            "uu5PB+MS9L3/ffB/PuTG6A+WjsTtTaF52qqjrcHFXRU=", // IdenTrust Commercial Root TLS ECC CA 2
            "gI1os/q0iEpflxrOfRBVDXqVoWN3Tz7Dav/7IT++THQ=", // Starfield Root CA G2
        ],
    };

    /// The roots among Mozilla's that have one of these keys: twelve of [`DUO_1_0`](Self::DUO_1_0),
    /// as three of those are not on Mozilla's list.
    #[must_use]
    pub fn anchors(&self) -> Vec<TrustAnchor<'static>> {
        let all = webpki_roots::TLS_SERVER_ROOTS.iter();
        all.filter(|anchor| self.keys.contains(&&*pin(anchor))).cloned().collect()
    }
}

impl Roots {
    pub(crate) fn into_config(self) -> Result<ClientConfig, SettingsError> {
        let provider: Arc<CryptoProvider> = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|_| SettingsError::Tls)?;
        let builder = match self {
            Self::Platform => builder.with_platform_verifier().map_err(|_| SettingsError::Tls)?,
            Self::Given(certificates) => builder.with_root_certificates(store(certificates)?),
            Self::Pinned(pins) => {
                builder.with_root_certificates(RootCertStore { roots: pins.anchors() })
            }
        };
        Ok(builder.with_no_client_auth())
    }
}

fn store(certificates: Vec<CertificateDer<'static>>) -> Result<RootCertStore, SettingsError> {
    let mut store = RootCertStore::empty();
    for (index, certificate) in certificates.into_iter().enumerate() {
        store.add(certificate).map_err(|_| SettingsError::Root { index })?;
    }
    Ok(store)
}

//= RFC 7469 §2.4: a pin is the SHA-256 of the SubjectPublicKeyInfo, in base64
fn pin(anchor: &TrustAnchor<'_>) -> String {
    // An anchor holds what is inside of the outermost SEQUENCE of DER.
    let content = &anchor.subject_public_key_info;
    let length = content.len().to_be_bytes();
    let significant: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    let mut hash = Sha256::new();
    hash.update([0x30]);
    if content.len() >= 0x80 {
        hash.update([significant.len().to_le_bytes().first().map_or(0, |count| 0x80 | count)]);
    }
    hash.update(&significant);
    hash.update(content);
    BASE64.encode(&hash.finalize())
}
