//! TLS, ended by the portal itself, with a certificate that may be replaced while it serves.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

/// How soon a new certificate is noticed.
const INTERVAL: Duration = Duration::from_secs(2);

/// A certificate with its key, which may change.
#[derive(Clone, Debug)]
pub struct Identity(Arc<Current>);

#[derive(Debug)]
struct Current {
    files: Option<Files>,
    key: RwLock<Arc<CertifiedKey>>,
}

/// Where a certificate lies.
#[derive(Clone, Debug)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

/// Why a certificate cannot be served with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file that is not there, or may not be read.
    #[error("{} cannot be read: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        why: io::Error,
    },
    /// No certificate in the file.
    #[error("{} has no certificate; it must be PEM, with the site's certificate first", .0.display())]
    NoCertificate(PathBuf),
    /// No key in the file.
    #[error("{} has no private key; it must be PEM: PKCS#8, PKCS#1 or SEC 1", .0.display())]
    NoKey(PathBuf),
    /// A key that does not belong to the certificate, or of an unknown kind.
    #[error("the key and the certificate do not belong together, or are of a kind not known here")]
    Mismatch,
}

impl Identity {
    /// Reads a chain of certificates, the site's first, and its private key, both PEM.
    ///
    /// # Errors
    ///
    /// [`TlsError`].
    pub fn read(certificate: PathBuf, key: PathBuf) -> Result<Self, TlsError> {
        let files = Files { certificate, key };
        let key = RwLock::new(files.read()?);
        Ok(Self(Arc::new(Current { files: Some(files), key })))
    }

    /// A chain of certificates, the site's first, and its private key.
    ///
    /// # Errors
    ///
    /// [`TlsError::Mismatch`].
    pub fn new(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> Result<Self, TlsError> {
        let key = RwLock::new(certified(chain, key)?);
        Ok(Self(Arc::new(Current { files: None, key })))
    }

    /// What connections are taken with.
    pub(crate) fn to_server_config(&self) -> Result<Arc<ServerConfig>, rustls::Error> {
        let provider = Arc::new(ring::default_provider());
        let resolver: Arc<dyn ResolvesServerCert> = Arc::<Current>::clone(&self.0);
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    /// Reads the files whenever they have changed, for ever. What cannot be used is logged, and
    /// the certificate stays as it is.
    pub(crate) async fn follow(self) {
        let Some(files) = &self.0.files else { return };
        let mut interval = tokio::time::interval(INTERVAL);
        let mut known = files.version();
        loop {
            interval.tick().await;
            let found = files.version();
            if found == known {
                continue;
            }
            match files.read() {
                Ok(key) => {
                    *self.0.key.write().unwrap_or_else(PoisonError::into_inner) = key;
                    tracing::info!("the certificate was read anew");
                    known = found;
                }
                // Perhaps one of the two files is still to come: this is tried again.
                Err(error) => tracing::error!(%error, "the certificate stays as it was"),
            }
        }
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let key = self.key.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&key))
    }
}

impl Files {
    fn version(&self) -> [Option<SystemTime>; 2] {
        [&self.certificate, &self.key]
            .map(|path| fs::metadata(path).and_then(|file| file.modified()).ok())
    }

    fn read(&self) -> Result<Arc<CertifiedKey>, TlsError> {
        let read = |path: &PathBuf| {
            fs::read(path).map_err(|why| TlsError::Unreadable { path: path.clone(), why })
        };
        let no_certificate = || TlsError::NoCertificate(self.certificate.clone());
        let chain = CertificateDer::pem_slice_iter(&read(&self.certificate)?)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| no_certificate())?;
        if chain.is_empty() {
            return Err(no_certificate());
        }
        let key = zeroize::Zeroizing::new(read(&self.key)?);
        let key = PrivateKeyDer::from_pem_slice(&key);
        certified(chain, key.map_err(|_| TlsError::NoKey(self.key.clone()))?)
    }
}

fn certified(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<Arc<CertifiedKey>, TlsError> {
    let certified = CertifiedKey::from_der(chain, key, &ring::default_provider());
    certified.map(Arc::new).map_err(|_| TlsError::Mismatch)
}
