//! What a processor says: §§6, 7.3, 7.5, 8.3, 9.2.

use core::fmt;

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};

use super::order::parse_id;
use super::{IdentityFormat, IdentityType, Leniency, OpenDsrError, RequestType, SubjectRequestId};
use super::{read, write};
use crate::Moment;
use crate::request::{Request, Stage};
use crate::word::words;

/// Where a request stands with a processor: §8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RequestStatus {
    /// It is there. As long as it is so, it may be cancelled.
    Pending,
    /// It is being dealt with.
    InProgress,
    /// It is done.
    Completed,
    /// It was cancelled.
    Cancelled,
}

words!(RequestStatus:
    Pending = "pending",
    InProgress = "in_progress",
    Completed = "completed",
    Cancelled = "cancelled",
);

impl RequestStatus {
    /// What a request of ours is to whoever asks by this protocol.
    #[must_use]
    pub fn of(request: &Request) -> Self {
        match request.stage() {
            Stage::Received => Self::Pending,
            Stage::Responded => Self::Completed,
            Stage::Closed if request.response().is_some() => Self::Completed,
            Stage::Withdrawn | Stage::Closed => Self::Cancelled,
            _ => Self::InProgress,
        }
    }

    /// Reads a status, of the other spellings too.
    fn read(text: &str, leniency: &mut Vec<Leniency>) -> Result<Self, OpenDsrError> {
        let other = match text {
            "in-progress" => Some(Self::InProgress),
            "canceled" => Some(Self::Cancelled),
            _ => None,
        };
        if other.is_some() {
            leniency.push(Leniency::StatusSpelling);
        }
        let wanted = "pending, in_progress, completed or cancelled";
        other
            .or_else(|| Self::parse(text))
            .ok_or(OpenDsrError::Value { field: "request_status", wanted })
    }
}

/// That a request is there: §7.3. `Debug` does not print the request.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Receipt {
    /// Who the controller is to the processor.
    pub controller_id: String,
    /// When it is expected to be done.
    pub expected_completion_time: Moment,
    /// When it came.
    pub received_time: Moment,
    /// The request as it came, in base64. It is personal: neither logged nor stored.
    pub encoded_request: String,
    /// What the request is called.
    pub subject_request_id: SubjectRequestId,
    /// A signature in the body; what counts is the one in the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub processor_signature: Option<String>,
}

#[derive(Deserialize)]
struct WireReceipt {
    controller_id: String,
    expected_completion_time: Moment,
    received_time: Moment,
    encoded_request: String,
    subject_request_id: String,
    processor_signature: Option<String>,
}

impl Receipt {
    /// Answers a request, whose bytes are given as they came.
    #[must_use]
    pub fn of(
        raw: &[u8],
        id: &SubjectRequestId,
        controller_id: &str,
        received: Moment,
        expected: Moment,
    ) -> Self {
        Self {
            controller_id: controller_id.into(),
            expected_completion_time: expected,
            received_time: received,
            encoded_request: BASE64.encode(raw),
            subject_request_id: id.clone(),
            processor_signature: None,
        }
    }

    /// Reads it, and says what was let pass.
    ///
    /// # Errors
    ///
    /// [`OpenDsrError`], also when the request that it returns is not the one that was `sent`.
    pub fn parse(body: &[u8], sent: &[u8]) -> Result<(Self, Vec<Leniency>), OpenDsrError> {
        let wire: WireReceipt = read(body)?;
        let mut leniency = Vec::new();
        let id = parse_id(&wire.subject_request_id, &mut leniency)?;
        let wanted = "the request that was sent, in base64";
        if BASE64.decode(wire.encoded_request.as_bytes()).as_deref() != Ok(sent) {
            return Err(OpenDsrError::Value { field: "encoded_request", wanted });
        }
        if wire.processor_signature.is_none() {
            leniency.push(Leniency::NoSignatureInBody);
        }
        let receipt = Self {
            controller_id: wire.controller_id,
            expected_completion_time: wire.expected_completion_time,
            received_time: wire.received_time,
            encoded_request: wire.encoded_request,
            subject_request_id: id,
            processor_signature: wire.processor_signature,
        };
        Ok((receipt, leniency))
    }

    /// Writes it.
    ///
    /// # Errors
    ///
    /// None that its values can bring about.
    pub fn to_json(&self) -> Result<String, OpenDsrError> {
        write(self)
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipt")
            .field("controller_id", &self.controller_id)
            .field("expected_completion_time", &self.expected_completion_time)
            .field("received_time", &self.received_time)
            .field("encoded_request", &"[redacted]")
            .field("subject_request_id", &self.subject_request_id)
            .finish_non_exhaustive()
    }
}

/// Where a request stands: §8.3. With `status_callback_url` it is a callback: §8.6.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "§8.3, §8.6")]
pub struct StatusReport {
    /// Who the controller is to the processor.
    pub controller_id: String,
    /// When it is expected to be done.
    pub expected_completion_time: Moment,
    /// What the request is called.
    pub subject_request_id: SubjectRequestId,
    /// Where it stands.
    pub request_status: RequestStatus,
    /// Where the callback goes.
    pub status_callback_url: Option<String>,
    /// The version.
    pub api_version: Option<String>,
    /// Where the results are.
    pub results_url: Option<String>,
    /// How many there are.
    pub results_count: Option<u64>,
}

#[derive(Deserialize, Serialize)]
struct WireStatus {
    controller_id: String,
    expected_completion_time: Moment,
    subject_request_id: String,
    request_status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status_callback_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    api_version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    results_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    results_count: Option<u64>,
}

impl StatusReport {
    /// Reads it, and says what was let pass.
    ///
    /// # Errors
    ///
    /// [`OpenDsrError`].
    pub fn parse(body: &[u8]) -> Result<(Self, Vec<Leniency>), OpenDsrError> {
        let wire: WireStatus = read(body)?;
        let mut leniency = Vec::new();
        let report = Self {
            subject_request_id: parse_id(&wire.subject_request_id, &mut leniency)?,
            request_status: RequestStatus::read(&wire.request_status, &mut leniency)?,
            controller_id: wire.controller_id,
            expected_completion_time: wire.expected_completion_time,
            status_callback_url: wire.status_callback_url,
            api_version: wire.api_version,
            results_url: wire.results_url,
            results_count: wire.results_count,
        };
        Ok((report, leniency))
    }

    /// Writes it.
    ///
    /// # Errors
    ///
    /// None that its values can bring about.
    pub fn to_json(&self) -> Result<String, OpenDsrError> {
        write(&WireStatus {
            controller_id: self.controller_id.clone(),
            expected_completion_time: self.expected_completion_time.clone(),
            subject_request_id: self.subject_request_id.as_str().into(),
            request_status: self.request_status.name().into(),
            status_callback_url: self.status_callback_url.clone(),
            api_version: self.api_version.clone(),
            results_url: self.results_url.clone(),
            results_count: self.results_count,
        })
    }
}

/// That a request was cancelled, with status 202: §9.2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "§9.2")]
pub struct Cancelled {
    /// Who the controller is to the processor.
    pub controller_id: String,
    /// When the cancellation came.
    pub received_time: Moment,
    /// What the request is called.
    pub subject_request_id: String,
    /// The version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
}

/// What a processor can do: §6.3.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "§6.3")]
pub struct Discovery {
    /// The version.
    pub api_version: String,
    /// By what it knows people.
    pub supported_identities: Vec<SupportedIdentity>,
    /// What it can be asked for.
    pub supported_subject_request_types: Vec<RequestType>,
    /// Where the certificate is by which it signs.
    pub processor_certificate: String,
}

/// A kind of identifier, and how it is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "§6.3")]
pub struct SupportedIdentity {
    /// What kind.
    pub identity_type: IdentityType,
    /// How it is encoded.
    pub identity_format: IdentityFormat,
}

impl Cancelled {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// [`OpenDsrError`].
    pub fn parse(body: &[u8]) -> Result<Self, OpenDsrError> {
        let cancelled: Self = read(body)?;
        parse_id(&cancelled.subject_request_id, &mut Vec::new())?;
        Ok(cancelled)
    }
}

impl Discovery {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// [`OpenDsrError`].
    pub fn parse(body: &[u8]) -> Result<Self, OpenDsrError> {
        read(body)
    }
}

/// An error, with status 400: §7.6. Nothing personal goes into it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "§7.6")]
pub struct ErrorBody {
    /// The error.
    pub error: ErrorDetail,
}

/// What was wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "§7.6")]
pub struct ErrorDetail {
    /// The status of the response.
    pub code: u16,
    /// In words.
    pub message: String,
}

impl OpenDsrError {
    /// The body of the response that says so. It has the field and the place, never the contents.
    #[must_use]
    pub fn to_body(&self) -> ErrorBody {
        ErrorBody { error: ErrorDetail { code: 400, message: self.to_string() } }
    }
}
