//! A request from a controller to a processor: §7.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    IdentityFormat, IdentityType, Leniency, OpenDsrError, SubjectIdentity, SubjectRequestId, read,
    write,
};
use crate::Moment;
use crate::request::Ask;
use crate::word::words;

/// Under which law: §7.1.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "their names say it")]
pub enum Regulation {
    Gdpr,
    Ccpa,
}

words!(Regulation: Gdpr = "gdpr", Ccpa = "ccpa");

/// What is asked for: §6.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RequestType {
    /// A copy.
    Access,
    /// A copy for machines.
    Portability,
    /// Deletion.
    Erasure,
    /// Correction, which the specification does not have: it is read and never written.
    Rectification,
}

words!(RequestType:
    Access = "access",
    Portability = "portability",
    Erasure = "erasure",
    Rectification = "rectification",
);

impl RequestType {
    /// What a request is to a processor; `None` where the protocol has no word for it.
    #[must_use]
    pub const fn of(ask: Ask) -> Option<Self> {
        match ask {
            Ask::Access => Some(Self::Access),
            Ask::Portability => Some(Self::Portability),
            Ask::Erasure => Some(Self::Erasure),
            Ask::Rectification
            | Ask::Restriction
            | Ask::Objection
            | Ask::MarketingObjection
            | Ask::DecisionReview
            | Ask::ConsentWithdrawal => None,
        }
    }

    /// What it is to whoever receives it.
    #[must_use]
    pub const fn ask(self) -> Ask {
        match self {
            Self::Access => Ask::Access,
            Self::Portability => Ask::Portability,
            Self::Erasure => Ask::Erasure,
            Self::Rectification => Ask::Rectification,
        }
    }
}

/// A request from a controller to a processor.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "§7.1.1")]
pub struct Order {
    /// Under which law; none if it was not said, and then it is not written.
    pub regulation: Option<Regulation>,
    /// What it is called.
    pub subject_request_id: SubjectRequestId,
    /// What is asked for.
    pub subject_request_type: RequestType,
    /// When the person asked.
    pub submitted_time: Moment,
    /// Who the person is.
    pub subject_identities: Vec<SubjectIdentity>,
    /// The version that is wanted.
    pub api_version: Option<String>,
    /// Where the status is told.
    pub status_callback_urls: Vec<String>,
    /// What single processors want besides, by their domain.
    pub extensions: Map<String, Value>,
    /// Fields that the specification does not know.
    pub other: BTreeMap<String, Value>,
}

#[derive(Deserialize, Serialize)]
struct Wire {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    regulation: Option<Regulation>,
    subject_request_id: String,
    subject_request_type: RequestType,
    submitted_time: Moment,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    subject_identities: Vec<WireIdentity>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    api_version: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    status_callback_urls: Vec<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    extensions: Map<String, Value>,
    #[serde(flatten)]
    other: BTreeMap<String, Value>,
}

#[derive(Deserialize, Serialize)]
struct WireIdentity {
    #[serde(rename = "identity_type")]
    kind: String,
    #[serde(rename = "identity_value")]
    value: String,
    #[serde(rename = "identity_format", default, skip_serializing_if = "Option::is_none")]
    format: Option<IdentityFormat>,
}

impl Order {
    /// Reads a request, and says what was let pass.
    ///
    /// # Errors
    ///
    /// [`OpenDsrError`].
    pub fn parse(body: &[u8]) -> Result<(Self, Vec<Leniency>), OpenDsrError> {
        let wire: Wire = read(body)?;
        let mut leniency = Vec::new();
        let id = parse_id(&wire.subject_request_id, &mut leniency)?;
        if wire.regulation.is_none() {
            leniency.push(Leniency::NoRegulation);
        }
        if wire.subject_request_type == RequestType::Rectification {
            leniency.push(Leniency::RectificationType);
        }
        if wire.status_callback_urls.iter().any(|url| !url.starts_with("https://")) {
            leniency.push(Leniency::PlainCallback);
        }
        if !wire.other.is_empty() {
            leniency.push(Leniency::UnknownFields);
        }
        if wire.subject_identities.is_empty() && wire.extensions.is_empty() {
            return Err(OpenDsrError::Missing { field: "subject_identities" });
        }
        let identity = |identity: WireIdentity| {
            let known = IdentityType::parse(&identity.kind);
            let unknown = known.is_none().then_some(identity.kind);
            if unknown.is_some() {
                leniency.push(Leniency::UnknownIdentityType);
            }
            if identity.format.is_none() {
                leniency.push(Leniency::NoIdentityFormat);
            }
            SubjectIdentity {
                identity_type: known,
                other_type: unknown,
                identity_value: identity.value,
                identity_format: identity.format.unwrap_or(IdentityFormat::Raw),
            }
        };
        let subject_identities = wire.subject_identities.into_iter().map(identity).collect();
        leniency.sort_unstable();
        leniency.dedup();
        let order = Self {
            regulation: wire.regulation,
            subject_request_id: id,
            subject_request_type: wire.subject_request_type,
            submitted_time: wire.submitted_time,
            subject_identities,
            api_version: wire.api_version,
            status_callback_urls: wire.status_callback_urls,
            extensions: wire.extensions,
            other: wire.other,
        };
        Ok((order, leniency))
    }

    /// Writes it as the specification has it.
    ///
    /// # Errors
    ///
    /// [`OpenDsrError`] for what the specification does not allow: no regulation, no identity, a type
    /// or a kind of identity of another list, a callback without TLS.
    pub fn to_json(&self) -> Result<String, OpenDsrError> {
        if self.regulation.is_none() {
            return Err(OpenDsrError::Missing { field: "regulation" });
        }
        if self.subject_request_type == RequestType::Rectification {
            let wanted = "access, portability or erasure";
            return Err(OpenDsrError::Value { field: "subject_request_type", wanted });
        }
        if self.subject_identities.is_empty() && self.extensions.is_empty() {
            return Err(OpenDsrError::Missing { field: "subject_identities" });
        }
        if self.status_callback_urls.iter().any(|url| !url.starts_with("https://")) {
            let wanted = "addresses that begin with https://";
            return Err(OpenDsrError::Value { field: "status_callback_urls", wanted });
        }
        let identity = |identity: &SubjectIdentity| {
            let wanted = "one of the list in §5.1";
            let kind = identity
                .identity_type
                .ok_or(OpenDsrError::Value { field: "identity_type", wanted })?;
            Ok(WireIdentity {
                kind: kind.name().into(),
                value: identity.identity_value.clone(),
                format: Some(identity.identity_format),
            })
        };
        let identities = self.subject_identities.iter().map(identity);
        write(&Wire {
            regulation: self.regulation,
            subject_request_id: self.subject_request_id.as_str().into(),
            subject_request_type: self.subject_request_type,
            submitted_time: self.submitted_time.clone(),
            subject_identities: identities.collect::<Result<_, OpenDsrError>>()?,
            api_version: self.api_version.clone(),
            status_callback_urls: self.status_callback_urls.clone(),
            extensions: self.extensions.clone(),
            other: self.other.clone(),
        })
    }
}

pub(super) fn parse_id(
    text: &str,
    leniency: &mut Vec<Leniency>,
) -> Result<SubjectRequestId, OpenDsrError> {
    let wanted = "a UUID of version 4";
    let id = SubjectRequestId::parse(text)
        .ok_or(OpenDsrError::Value { field: "subject_request_id", wanted })?;
    if id.as_str() != text {
        leniency.push(Leniency::UpperCaseId);
    }
    Ok(id)
}
