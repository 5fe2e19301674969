//! Credentials in a form that can be compared, and a generator that is none.

use core::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};
use upheld_migrate_otp::{Credential, Entry};

/// The credentials of entries without their repairs, which a second reading has no need of.
pub(crate) fn described(entries: &[Entry]) -> Vec<String> {
    let describe = |entry: &Entry| match &entry.credential {
        Credential::Otp(uri) => uri.to_text().expose().to_owned(),
        Credential::Steam(account) => {
            format!("steam {:?} {:?}", account.label, account.secret.expose())
        }
        other => panic!("a credential without a description: {other:?}"),
    };
    entries.iter().map(describe).collect()
}

/// The `otpauth` URI of an entry that has one.
pub(crate) fn uri(entry: &Entry) -> Option<String> {
    let Credential::Otp(uri) = &entry.credential else { return None };
    Some(uri.to_text().expose().to_owned())
}

/// Not random, so that a law gives the same verdict each time.
pub(crate) struct Zeros;

impl TryRng for Zeros {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(0)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(0);
        Ok(())
    }
}

impl TryCryptoRng for Zeros {}
