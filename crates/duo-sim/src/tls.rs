//! A certificate authority of the moment, for `localhost`.

use rcgen::string::Ia5String;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

/// A certificate authority that is made anew, and a certificate of it for this machine: for
/// `localhost` and `127.0.0.1`, which stands there as a name too, because some clients look there.
///
/// Its key is not kept: nobody can issue anything more.
#[derive(Debug)]
pub struct DevCa {
    authority: CertificateDer<'static>,
    authority_pem: String,
    certificate_pem: String,
    chain: Vec<CertificateDer<'static>>,
    key: KeyPair,
}

/// A certificate could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the certificates of the simulator could not be made")]
#[non_exhaustive]
pub struct DevCaError;

impl DevCa {
    /// Makes both certificates.
    ///
    /// # Errors
    ///
    /// [`DevCaError`] when the system has no randomness to give.
    pub fn generate() -> Result<Self, DevCaError> {
        Self::try_generate().map_err(|_| DevCaError)
    }

    fn try_generate() -> Result<Self, rcgen::Error> {
        let authority_key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Upheld Duo simulator");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let authority = params.self_signed(&authority_key)?;
        let (authority_pem, authority) = (authority.pem(), authority.der().clone());
        let issuer = Issuer::new(params, authority_key);

        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "localhost");
        params.use_authority_key_identifier_extension = true;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.subject_alt_names = vec![
            SanType::DnsName(Ia5String::try_from("localhost")?),
            SanType::DnsName(Ia5String::try_from("127.0.0.1")?),
            SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            SanType::IpAddress(IpAddr::V6(Ipv6Addr::LOCALHOST)),
        ];
        let certificate = params.signed_by(&key, &issuer)?;
        let certificate_pem = certificate.pem();
        let chain = vec![certificate.der().clone(), authority.clone()];
        Ok(Self { authority, authority_pem, certificate_pem, chain, key })
    }

    /// The certificate of the authority, for a client to believe.
    #[must_use]
    pub fn authority(&self) -> CertificateDer<'static> {
        self.authority.clone()
    }

    /// The same as PEM, for a file.
    #[must_use]
    pub fn authority_pem(&self) -> &str {
        &self.authority_pem
    }

    /// The certificate of this machine as PEM, for a client that believes it alone.
    #[must_use]
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// The certificate of this machine and that of the authority, and the key, for another server
    /// beside the simulator.
    #[must_use]
    pub fn identity(&self) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        let key = PrivatePkcs8KeyDer::from(self.key.serialize_der());
        (self.chain.clone(), PrivateKeyDer::Pkcs8(key))
    }

    pub(crate) fn server_config(&self) -> Result<ServerConfig, DevCaError> {
        let (chain, key) = self.identity();
        ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
            .map_err(|_| DevCaError)
    }
}
