//! A request for access, and the day on which the answer is due.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::HeaderMap;
use jiff::Timestamp;
use jiff::tz::Offset;
use upheld_consent::request::{
    Ask, Channel, Command, Context, ControllerStatus, Identity, Name, Receipt, Request, Requester,
    decide,
};
use upheld_consent::{Calendar, Date, Division, Due};
use upheld_store::record::{PersonId, RecordId, Written};

use crate::yours::random;
use crate::{Service, unavailable};

/// Takes a request in.
///
/// # Errors
///
/// 401 without a session, 503.
pub(crate) async fn access(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
) -> Result<String, StatusCode> {
    let person = service.person(&headers)?;
    let due = receive(&service, person).await.map_err(unavailable)?;
    Ok(format!("You will have an answer by {due}."))
}

async fn receive(service: &Service, person: PersonId) -> anyhow::Result<Date> {
    // In UTC: the day is never later than it is here.
    let now = i64::try_from(service.now().0)?;
    let today = Offset::UTC.to_datetime(Timestamp::from_second(now)?).date().to_string();
    let today = Date::parse(&today)?;
    let (by, calendar) = (Name::new("self-service")?, Calendar::of(Division::EnglandAndWales));
    let controller = ControllerStatus::HealthProfessional;
    let context = Context { at: today, today, by: &by, calendar: &calendar, controller };
    let receipt = Receipt {
        ask: Ask::Access,
        channel: Channel::SelfService,
        requester: Requester::Subject,
        identity: Identity::SignedIn,
    };
    let events = decide(None, Command::Receive(receipt), &context)?;
    let request = Request::replay(&events)?;

    let id = RecordId(u128::from_be_bytes(random()?));
    let at = service.now_millis().map_err(|_| anyhow::anyhow!("no moment"))?;
    let written = service.requests.keep(id, person, (&events, 0), (at, "self-service")).await?;
    anyhow::ensure!(matches!(written, Written::Written { .. }), "the name of a request came twice");

    // Derived whenever it is shown: it changes with every question, holiday and extension.
    match request.due(&calendar)? {
        Some(Due::Running(deadline)) => Ok(deadline.due),
        waiting => anyhow::bail!("the clock does not run: {waiting:?}"),
    }
}
