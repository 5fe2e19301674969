//! Whether the portal ends TLS itself, and with which files.

use std::path::PathBuf;

use super::fault::Fault;
use super::values::Scalar;
use super::{Reader, keys};

impl Reader<'_> {
    /// The files of the certificate and of its key: both, for an address that is https, or neither.
    pub(super) fn tls(&mut self) -> Option<(PathBuf, PathBuf)> {
        let is_https = self.values.of(&keys::PUBLIC_URL).is_none_or(
            |set| matches!(&set.value, Scalar::Text(text) if text.starts_with("https://")),
        );
        match (self.path(&keys::TLS_CERTIFICATE), self.path(&keys::TLS_KEY)) {
            (Some(certificate), Some(key)) if is_https => Some((certificate, key)),
            (None, None) => None,
            (Some(_), Some(_)) => {
                let plain = "server.tls_certificate is set, and server.public_url is not https";
                self.faults.push(Fault::Together(plain));
                None
            }
            _ => {
                let half =
                    "server.tls_certificate and server.tls_key are set together or not at all";
                self.faults.push(Fault::Together(half));
                None
            }
        }
    }
}
