//! Whose rows are meant.

use std::fmt;
use std::sync::Arc;

/// Whose rows are meant: 1 to 63 lower-case letters, digits, `-` and `_`.
///
/// Every key begins with it, so that one database serves many tenants and can be sharded by them.
///
/// ```
/// use upheld_store::Tenant;
///
/// let tenant = Tenant::new("northside")?;
/// assert_eq!(tenant.as_str(), "northside");
/// assert!(Tenant::new("North Side").is_err());
/// # Ok::<(), upheld_store::TenantError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Tenant(Arc<str>);

/// A text that is no [`Tenant`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TenantError {
    /// Too short or too long.
    #[error("{len} bytes; a tenant has 1 to {max}", max = Tenant::MAX_LEN)]
    Length {
        /// The length of the text in bytes.
        len: usize,
    },
    /// Something else than a letter, a digit, `-` or `_`.
    #[error("byte {at} is not one of a-z, 0-9, `-` and `_`")]
    Character {
        /// Where it stands.
        at: usize,
    },
}

impl Tenant {
    /// The most bytes of a name: what PostgreSQL takes for a name of its own.
    pub const MAX_LEN: usize = 63;

    /// Checks a name.
    ///
    /// # Errors
    ///
    /// [`TenantError`] says where it is none.
    pub fn new(name: &str) -> Result<Self, TenantError> {
        if name.is_empty() || name.len() > Self::MAX_LEN {
            return Err(TenantError::Length { len: name.len() });
        }
        let is_of_name = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_'
        };
        if let Some(at) = name.bytes().position(|byte| !is_of_name(byte)) {
            return Err(TenantError::Character { at });
        }
        Ok(Self(name.into()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tenant").field(&&*self.0).finish()
    }
}

impl fmt::Display for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
