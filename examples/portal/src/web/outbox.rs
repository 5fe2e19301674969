//! The e-mails that were sent, for everyone to see: for trying out alone.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::App;
use super::filters;
use super::pages::{Problem, form};
use super::refusal::Refusal;
use crate::CLINIC;

/// Shows the e-mails.
#[derive(Template)]
#[template(path = "outbox.html")]
struct OutboxPage<'a> {
    messages: Vec<String>,
    problem: Option<Problem<'a>>,
}

pub(super) async fn page(State(app): State<App>) -> Result<Response, Refusal> {
    let Some(folder) = app.outbox.clone() else { return Err(Refusal::NotFound) };
    let read = tokio::task::spawn_blocking(move || folder.read()).await;
    let Ok(Ok(messages)) = read else { return Err(Refusal::Failed) };
    form(&OutboxPage { messages, problem: None }, None)
}
