//! Whose certificates are believed.

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;

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
    /// Those on a list, which [`Pins::DUO_1_0`] is.
    Pinned(Pins),
}

/// The roots that Duo's own clients believe, and no others.
///
/// Lists end: programs that carried an older one stopped working in 2026. This is data, to be
/// replaced by a newer list when Duo publishes one; [`Roots::Platform`] needs none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "anybody may write a list")]
pub struct Pins {
    /// Which list it is.
    pub version: &'static str,
    /// The certificates, as PEM (RFC 7468); text between them is passed over.
    pub certificates: &'static str,
}

impl Pins {
    /// What Duo's clients call `ca_bundle/1.0`, published in 2025: fifteen roots. Three of them are
    /// not on Mozilla's list: `DigiCert High Assurance EV Root CA`, `GTS Root R2` and
    /// `IdenTrust Commercial Root TLS ECC CA 2`.
    pub const DUO_1_0: Self =
        Self { version: "ca_bundle/1.0", certificates: include_str!("../roots/ca_bundle-1.0.pem") };

    fn parse(self) -> Result<Vec<CertificateDer<'static>>, SettingsError> {
        let all = CertificateDer::pem_slice_iter(self.certificates.as_bytes());
        let read =
            all.enumerate().map(|(index, one)| one.map_err(|_| SettingsError::Root { index }));
        read.collect()
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
            Self::Pinned(pins) => builder.with_root_certificates(store(pins.parse()?)?),
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
