//! A processor's word on a request, believed only once its signature is: §8.8.

use data_encoding::BASE64;

use super::{Leniency, OpenDsrError, StatusReport};

/// Checks signatures; yours. It holds the certificates of the processors, and has checked that each
/// is issued by somebody trusted, not revoked, and for its domain.
pub trait Verifier {
    /// Whether `signature` is that of `domain` over the SHA-256 digest of `body`.
    fn verify(&self, domain: &str, body: &[u8], signature: &[u8]) -> SignatureVerdict;
}

/// What a [`Verifier`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a body is read only if its signature is valid"]
#[expect(clippy::exhaustive_enums, reason = "it is or it is not")]
pub enum SignatureVerdict {
    /// It is theirs.
    Valid,
    /// It is not, or the certificate is not to be trusted.
    Invalid,
}

/// The two headers of a signed message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headers {
    domain: String,
    signature: Vec<u8>,
}

/// Why the headers are not those of a signed message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeadersError {
    /// One is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// One is there twice, in one spelling or both.
    #[error("{0} is there twice")]
    Twice(&'static str),
    /// The signature is not base64.
    #[error("the signature is not base64")]
    Base64,
}

const DOMAIN: &str = "X-OpenDSR-Processor-Domain";
const SIGNATURE: &str = "X-OpenDSR-Signature";
/// More than any signature.
const MAX_SIGNATURE: usize = 8_192;

impl Headers {
    /// Finds them among the headers of a message, under their name or the older one
    /// (`X-OpenGDPR-…`), of any case.
    ///
    /// # Errors
    ///
    /// [`HeadersError`].
    pub fn find<'a>(
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, HeadersError> {
        let (mut domain, mut signature) = (None, None);
        for (name, value) in headers {
            let is = |ours: &str, older: &str| {
                name.eq_ignore_ascii_case(ours) || name.eq_ignore_ascii_case(older)
            };
            if is(DOMAIN, "X-OpenGDPR-Processor-Domain") {
                if domain.replace(value.trim().to_ascii_lowercase()).is_some() {
                    return Err(HeadersError::Twice(DOMAIN));
                }
            } else if is(SIGNATURE, "X-OpenGDPR-Signature") && signature.replace(value).is_some() {
                return Err(HeadersError::Twice(SIGNATURE));
            }
        }
        let domain = domain.ok_or(HeadersError::Missing(DOMAIN))?;
        let signature = signature.ok_or(HeadersError::Missing(SIGNATURE))?;
        if signature.len() > MAX_SIGNATURE {
            return Err(HeadersError::Base64);
        }
        // The specification's examples fold the value.
        let folded: String = signature.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let signature = BASE64.decode(folded.as_bytes()).map_err(|_| HeadersError::Base64)?;
        Ok(Self { domain, signature })
    }

    /// Writes them for a body that was signed by `domain`.
    #[must_use]
    pub fn write(domain: &str, signature: &[u8]) -> [(&'static str, String); 2] {
        [(DOMAIN, domain.to_owned()), (SIGNATURE, BASE64.encode(signature))]
    }

    /// Who signed, as they say.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }
}

/// A callback whose signature was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Callback {
    /// Whose it is.
    pub domain: String,
    /// What it says.
    pub report: StatusReport,
    /// What was let pass.
    pub leniency: Vec<Leniency>,
}

/// Why a callback is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackRefusal {
    /// It is not signed.
    #[error(transparent)]
    Headers(#[from] HeadersError),
    /// It comes from nobody that works for us.
    #[error("the domain is not that of a processor of ours")]
    UnknownProcessor,
    /// The signature is not theirs.
    #[error("the signature is not that of the processor")]
    Signature,
    /// The body, though signed, is not a callback.
    #[error(transparent)]
    Body(#[from] OpenDsrError),
    /// It is meant for somebody else.
    #[error("`status_callback_url` is not our own")]
    NotForUs,
}

impl CallbackRefusal {
    /// The status of the response: 403 for what is not believed (§8.8), 400 for what is not read.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Body(_) => 400,
            Self::Headers(_) | Self::UnknownProcessor | Self::Signature | Self::NotForUs => 403,
        }
    }
}

impl Callback {
    /// Receives a callback: first whose it is, then whether the signature is theirs over the bytes as
    /// they came, and only then what they say; last whether it is meant for us.
    ///
    /// | argument | meaning |
    /// |---|---|
    /// | `headers` | those of the message: name and value |
    /// | `body` | its body, untouched |
    /// | `processors` | the domains of our processors, in lower case |
    /// | `own_url` | the address at which it arrived, as we gave it out |
    ///
    /// Answer with status 202, or with that of the refusal.
    ///
    /// # Errors
    ///
    /// [`CallbackRefusal`].
    //= OpenDSR 2.0 §8.8: the signature is checked over the raw body before it is parsed
    pub fn receive<'a>(
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
        body: &[u8],
        processors: &[&str],
        own_url: &str,
        verifier: &impl Verifier,
    ) -> Result<Self, CallbackRefusal> {
        let headers = Headers::find(headers)?;
        if !processors.contains(&headers.domain.as_str()) {
            return Err(CallbackRefusal::UnknownProcessor);
        }
        match verifier.verify(&headers.domain, body, &headers.signature) {
            SignatureVerdict::Valid => {}
            SignatureVerdict::Invalid => return Err(CallbackRefusal::Signature),
        }
        let (report, leniency) = StatusReport::parse(body)?;
        match &report.status_callback_url {
            Some(url) if url == own_url => {}
            Some(_) => return Err(CallbackRefusal::NotForUs),
            None => {
                return Err(OpenDsrError::Missing { field: "status_callback_url" }.into());
            }
        }
        Ok(Self { domain: headers.domain, report, leniency })
    }
}
