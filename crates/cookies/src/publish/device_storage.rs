//! What a vendor stores on devices, in the form of the IAB: Vendor Device Storage and Operational
//! Disclosures, version 1.1, for the Transparency and Consent Framework.
//!
//! A site that is a vendor itself publishes one ([`DeviceStorage::of`], [`DeviceStorage::to_json`]).
//! A site that takes a vendor's script reads the vendor's ([`DeviceStorage::parse`]), looks at what
//! is wrong with it ([`DeviceStorage::faults`]), and begins its own declaration from that
//! ([`DeviceStorage::to_items`]).

mod export;
mod faults;
mod import;

pub use faults::{Fault, Flaw};

use serde::{Deserialize, Serialize};

use super::json;
use crate::policy::Policy;

/// The longest document that is read, in bytes.
pub const MAX_DEVICE_STORAGE: usize = 4 << 20;

/// What a vendor stores on devices, and its domains.
///
/// ```
/// use upheld_cookies::publish::device_storage::{DeviceStorage, Flaw};
///
/// let document = DeviceStorage::parse(br#"{
///     "disclosures": [{
///         "identifier": "retarget*", "type": "cookie", "maxAgeSeconds": 2592000000,
///         "cookieRefresh": false, "domains": ["ads.example"], "purposes": [1, 3, 4]
///     }],
///     "domains": [{ "domain": "ads.example", "use": "Retargeting" }]
/// }"#)?;
/// assert!(document.disclosures[0].needs_consent());
/// assert_eq!(document.faults()[0].flaw, Flaw::Milliseconds);
/// assert!(document.to_items("ads").contains("name = \"retarget*\""));
/// # Ok::<(), upheld_cookies::publish::device_storage::DeviceStorageError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeviceStorage {
    /// What is stored or read.
    pub disclosures: Vec<Disclosure>,
    /// The domains that collect or process personal data.
    #[serde(default)]
    pub domains: Vec<DomainUse>,
    /// The packages for apps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sdks: Vec<SdkUse>,
}

/// One thing that is stored or read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Disclosure {
    /// Its name, with `*` for a part that varies.
    pub identifier: String,
    /// Where it is stored.
    #[serde(rename = "type")]
    pub storage: Storage,
    /// For how many seconds; 0 is a session, and `None` what cannot be said.
    #[serde(default)]
    pub max_age_seconds: Option<i64>,
    /// Whether the time begins again with each visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cookie_refresh: Option<bool>,
    /// The domains on which it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<String>,
    /// The same in the older form, for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// The purposes of the Global Vendor List. The first one says that consent is needed.
    #[serde(default)]
    pub purposes: Vec<u16>,
    /// The special purposes of the list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub special_purposes: Vec<u16>,
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it keeps that somebody opted out.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub opt_out: bool,
}

/// Where something is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Storage {
    /// A cookie.
    Cookie,
    /// Any other storage of a browser.
    Web,
    /// The storage of an app.
    App,
}

/// A domain of the vendor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DomainUse {
    /// The domain, with `*.` for all below it.
    pub domain: String,
    /// What it is used for.
    #[serde(rename = "use", default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
}

/// A package for apps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SdkUse {
    /// Its identifier.
    pub name: String,
    /// What it is used for.
    #[serde(rename = "use", default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
}

/// Why a text is no such document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeviceStorageError {
    /// More than is read.
    #[error("{length} bytes; at most {MAX_DEVICE_STORAGE} are read")]
    TooLong {
        /// How many there are.
        length: usize,
    },
    /// No JSON, or not of this form.
    #[error("line {line}, column {column}: not a device storage disclosure: {message}")]
    Form {
        /// Counted from 1; 0 if the text is empty.
        line: usize,
        /// In bytes, counted from 1; 0 at the start of a line.
        column: usize,
        /// What the reader says.
        message: String,
    },
}

impl DeviceStorage {
    /// Reads a document. Members that version 1.1 does not have are passed over.
    ///
    /// Whether it can be read and whether it is as the specification asks are two questions: see
    /// [`Self::faults`].
    ///
    /// # Errors
    ///
    /// [`DeviceStorageError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, DeviceStorageError> {
        let length = bytes.len();
        if length > MAX_DEVICE_STORAGE {
            return Err(DeviceStorageError::TooLong { length });
        }
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        serde_json::from_slice(bytes).map_err(|error| {
            let message = error.to_string();
            let end = message.rfind(" at line ").unwrap_or(message.len());
            // It may repeat a word of the document.
            let message = message.get(..end).unwrap_or_default().escape_debug().to_string();
            DeviceStorageError::Form { line: error.line(), column: error.column(), message }
        })
    }

    /// What a declaration says of a vendor, or with `None` of the site itself; `None` if there is no
    /// such vendor.
    ///
    /// It has what is stored in a browser. Beacons and scripts have no place in this form, and things
    /// that are no longer used are left out.
    #[must_use]
    pub fn of(policy: &Policy, vendor: Option<&str>) -> Option<Self> {
        export::of(policy, vendor)
    }

    /// The document, to be served as `application/json` with `Access-Control-Allow-Origin: *`.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::text(self)
    }

    /// What is not as the specification asks, in the order of the document.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        faults::of(self)
    }

    /// Items for a declaration in TOML, of a vendor by its name in the file.
    ///
    /// They are where to begin: what a vendor says of itself is to be held against what is observed.
    /// Consent is asked for each, also where the vendor claims that none is needed.
    #[must_use]
    pub fn to_items(&self, vendor: &str) -> String {
        import::items(self, vendor)
    }
}

impl Disclosure {
    /// Whether the vendor says that consent is needed to store it.
    #[must_use]
    pub fn needs_consent(&self) -> bool {
        //= TCF Vendor Device Storage 1.1, disclosures: purpose 1 is there if and only if consent is needed
        self.purposes.contains(&1)
    }

    /// The domains, in whichever form they are given.
    pub fn all_domains(&self) -> impl Iterator<Item = &str> {
        self.domains.iter().chain(&self.domain).map(String::as_str)
    }
}
