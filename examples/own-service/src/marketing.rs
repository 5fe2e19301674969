//! The objection to marketing: one button, no questions.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::HeaderMap;
use upheld_consent::{ConsentRecord, RecordId};
use upheld_store::record::Written;

use crate::yours::random;
use crate::{Service, unavailable};

/// How often somebody else may be faster before the visitor is told to try again.
const TRIES: usize = 3;

/// Keeps the objection, with its entry in the log, before it says so.
///
/// # Errors
///
/// 401 without a session, 503.
pub(crate) async fn stop(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
) -> Result<&'static str, StatusCode> {
    let person = service.person(&headers)?;
    for _ in 0..TRIES {
        let mut record = match service.consents.load(person).await.map_err(unavailable)? {
            Some(record) => record,
            None => ConsentRecord::new(RecordId::from_random(random().map_err(unavailable)?)),
        };
        let seen = record.events().len();
        let objection = record.object(service.now_millis()?, None).map_err(unavailable)?;
        record.apply(objection).map_err(unavailable)?;
        let kept = service.consents.keep(person, &record, seen, "self-service").await;
        if let Written::Written { .. } = kept.map_err(unavailable)? {
            return Ok("No more marketing, by any channel.");
        }
    }
    Err(StatusCode::SERVICE_UNAVAILABLE)
}
