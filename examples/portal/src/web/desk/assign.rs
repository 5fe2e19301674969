//! Gives a request to somebody who deals with it.

use axum::extract::{Path, State};
use axum::response::Response;

use super::super::App;
use super::super::form::Posted;
use super::super::pages::{Problem, see_other};
use super::super::refusal::Refusal;
use super::super::visitor::FreshStaff;
use super::case::{find, show_again};
use super::complaint;
use crate::desk::Found;
use crate::desk::assignment::{self, Assigned};
use crate::id::{Id, PersonId};
use crate::language::phrase;

const IMPOSSIBLE: Problem<'_> = Problem {
    what: phrase("The request cannot be given to them"),
    advice: phrase("Staff who act deal with requests, and nobody with their own."),
};

pub(in super::super) async fn assign(
    State(app): State<App>,
    Path(id): Path<String>,
    Posted { visitor: FreshStaff(session), fields }: Posted<FreshStaff>,
) -> Result<Response, Refusal> {
    let (found, now) = (find(&app, &id).await?, app.clock.now());
    let (id, person): (Id, PersonId) = match &found {
        Found::Request(case) => (case.id, case.person),
        Found::Complaint(case) => (case.id, case.person),
    };
    let to = match fields.text("to", 32) {
        Some("") => Some(None),
        Some(to) => PersonId::parse(to).map(Some),
        None => None,
    };
    let assigned = match to {
        Some(to) => assignment::assign(&app.records, &session, ((id, person), to), now).await?,
        None => Assigned::Impossible,
    };
    if assigned == Assigned::Done {
        tracing::info!(staff = %session.person(), request = %id, "assigned");
        return Ok(see_other(&format!("/staff/requests/{id}?done")));
    }
    let form = ("assign", "to");
    match &found {
        Found::Request(case) => show_again(&app, (&session, case), form, &fields, IMPOSSIBLE).await,
        Found::Complaint(case) => {
            complaint::show_again(&app, (&session, case), form, &fields, IMPOSSIBLE).await
        }
    }
}
