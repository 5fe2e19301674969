//! How answers are written.

use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, LOCATION};
use http::{Response, StatusCode};
use serde_json::{Value, json as object};

/// What a call answers.
pub(crate) type Json = Result<Done, Failure>;

/// A success.
#[derive(Debug)]
pub(crate) struct Done {
    response: Value,
    metadata: Option<Value>,
}

/// A failure, in Duo's words.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u32,
    message: &'static str,
    detail: Option<String>,
}

/// A success without anything beside it.
#[expect(clippy::unnecessary_wraps, reason = "it is what every call answers")]
pub(crate) fn json(response: Value) -> Json {
    Ok(Done { response, metadata: None })
}

/// A page of a list.
pub(crate) fn page(items: Vec<Value>, offset: usize, limit: usize) -> Done {
    let total = items.len();
    let end = offset.saturating_add(limit);
    let next = (end < total).then_some(end);
    let previous = (offset > 0).then(|| offset.saturating_sub(limit));
    let response = items.into_iter().skip(offset).take(limit).collect();
    let metadata =
        object!({ "next_offset": next, "prev_offset": previous, "total_objects": total });
    Done { response, metadata: Some(metadata) }
}

impl Failure {
    pub(crate) const fn new(code: u32, message: &'static str) -> Self {
        Self { code, message, detail: None }
    }

    pub(crate) fn about(mut self, detail: &str) -> Self {
        self.detail = Some(detail.to_owned());
        self
    }
}

/// The status and the envelope.
pub(crate) fn write(result: Json) -> (StatusCode, Value) {
    match result {
        Ok(Done { response, metadata: None }) => {
            (StatusCode::OK, object!({ "stat": "OK", "response": response }))
        }
        Ok(Done { response, metadata: Some(metadata) }) => {
            let envelope = object!({ "stat": "OK", "response": response, "metadata": metadata });
            (StatusCode::OK, envelope)
        }
        Err(Failure { code, message, detail }) => {
            let status = u16::try_from(code.checked_div(100).unwrap_or(500)).unwrap_or(500);
            let mut envelope = object!({ "stat": "FAIL", "code": code, "message": message });
            if let (Some(detail), Some(members)) = (detail, envelope.as_object_mut()) {
                members.insert("message_detail".to_owned(), detail.into());
            }
            (StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST), envelope)
        }
    }
}

/// A page for a browser.
pub(crate) fn html(status: StatusCode, text: String) -> Response<Vec<u8>> {
    let mut reply = Response::new(text.into_bytes());
    *reply.status_mut() = status;
    let headers = reply.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let policy =
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    reply
}

/// Sends a browser on.
pub(crate) fn redirect(to: &str) -> Response<Vec<u8>> {
    let mut reply = html(StatusCode::SEE_OTHER, String::new());
    match HeaderValue::from_str(to) {
        Ok(to) => drop(reply.headers_mut().insert(LOCATION, to)),
        Err(_) => *reply.status_mut() = StatusCode::BAD_REQUEST,
    }
    reply
}
