//! What a person agreed to, in eight bytes.

use core::fmt;

use sha2::{Digest, Sha256};

use super::{Lifetime, Policy};

/// The material parts of a policy, hashed: who does what, for what, on what ground, for how long.
///
/// Names for people, descriptions, addresses, days and the order of the file are not material: a
/// corrected word asks nobody again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 8]);

impl Fingerprint {
    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }

    /// The fingerprint of these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    pub(super) fn of(policy: &Policy) -> Self {
        let mut hash = Sha256::new_with_prefix(b"upheld policy 1");
        let mut lines: Vec<Vec<String>> = Vec::new();
        for purpose in policy.purposes() {
            let tcf = joined(purpose.tcf.iter().map(u8::to_string));
            let kind = purpose.kind.as_str().to_owned();
            lines.push(vec!["purpose".to_owned(), purpose.id.clone(), kind, tcf]);
        }
        for vendor in policy.vendors() {
            let (id, role) = (vendor.id.clone(), vendor.role.as_str().to_owned());
            let gvl = vendor.gvl.map(|number| number.to_string()).unwrap_or_default();
            let domains = joined(vendor.domains.iter().map(ToString::to_string));
            lines.push(vec!["vendor".to_owned(), id, role, gvl, domains]);
        }
        for item in policy.items().iter().filter(|item| item.is_live()) {
            let by_jurisdiction = item.by_jurisdiction.iter();
            let by_jurisdiction =
                by_jurisdiction.map(|(at, basis)| format!("{}={}", at.as_str(), basis.as_str()));
            lines.push(vec![
                "item".to_owned(),
                item.name.as_str().to_owned(),
                item.kind.as_str().to_owned(),
                joined(item.purposes.iter().cloned()),
                item.basis.as_str().to_owned(),
                joined(by_jurisdiction),
                shown(item.lifetime),
                item.vendor.clone().unwrap_or_default(),
                joined(item.domains.iter().map(ToString::to_string)),
                joined(item.data.iter().map(|kind| kind.as_str().to_owned())),
                joined(item.recipients.iter().cloned()),
                shown(item.retention),
                item.sold_or_shared.to_string(),
            ]);
        }
        lines.sort();
        for field in lines.iter().flat_map(|line| line.iter().chain([&END])) {
            // Lengths keep one field from running into the next.
            hash.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(field.as_bytes());
        }
        let mut bytes = [0; 8];
        bytes.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
        Self(bytes)
    }
}

static END: String = String::new();

fn shown(lifetime: Option<Lifetime>) -> String {
    lifetime.map(|lifetime| lifetime.to_string()).unwrap_or_default()
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    let mut parts: Vec<String> = parts.collect();
    parts.sort();
    parts.join("\u{1F}")
}

/// Sixteen hexadecimal digits.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}
