//! What staff do with a request: read, permitted, decided, shown as a letter, kept.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use upheld_consent::letter::Letter;
use upheld_consent::request::Rejection;

use super::super::App;
use super::super::filters;
use super::super::form::{Fields, Posted, TOKEN_FIELD};
use super::super::pages::{Problem, form, see_other};
use super::super::refusal::Refusal;
use super::super::visitor::FreshStaff;
use super::case::{find, show_again};
use super::commands::{self, Form, Unread};
use super::{complaint, forms};
use crate::CLINIC;
use crate::desk::{self, Case, Found, NoPermit};
use crate::id::Id;
use crate::language::phrase;
use crate::people::Role;
use crate::requests::RequestsError;
use crate::sessions::Session;
use crate::token::FormToken;

/// How a form says which events its sender has seen, and that the letter may go.
pub(super) const VERSION: &str = "version";
pub(super) const STEP: &str = "step";

pub(super) const UNREAD: Problem<'_> = Problem {
    what: phrase("Something is missing here, too long, or not what is asked for"),
    advice: phrase("Nothing was done."),
};
pub(super) const LEADS: Problem<'_> = Problem {
    what: phrase("This takes the privacy lead"),
    advice: phrase("Whatever gives a person less, later or for money is decided by them."),
};
pub(super) const OWN: Problem<'_> = Problem {
    what: phrase("This request is your own"),
    advice: phrase("Somebody else has to deal with it."),
};

/// Shows the letter before it goes.
#[derive(Template)]
#[template(path = "staff-letter.html")]
pub(super) struct LetterPage<'a> {
    session: &'a Session,
    form_token: FormToken,
    id: Id,
    slug: &'a str,
    fields: Vec<(&'a str, &'a str)>,
    letter: String,
    has_contact: bool,
    problem: Option<Problem<'a>>,
}

impl<'a> LetterPage<'a> {
    pub(super) fn show<R, E>(
        session: &'a Session,
        (case, slug): (&Case<R, E>, &'a str),
        fields: &'a Fields,
        letter: &Letter,
    ) -> Result<Response, Refusal> {
        let page = Self {
            session,
            form_token: session.token().to_form_token(),
            id: case.id,
            slug,
            fields: fields.besides(&[TOKEN_FIELD, STEP]),
            letter: letter.to_text(),
            has_contact: case.contact.is_some(),
            problem: None,
        };
        form(&page, None)
    }
}

pub(in super::super) async fn act(
    State(app): State<App>,
    Path((id, slug)): Path<(String, String)>,
    Posted { visitor: FreshStaff(session), fields }: Posted<FreshStaff>,
) -> Result<Response, Refusal> {
    let case = match find(&app, &id).await? {
        Found::Request(case) => case,
        Found::Complaint(case) => {
            return complaint::act(&app, &session, &case, (&slug, &fields)).await;
        }
    };
    let now = app.clock.now();
    let seen = fields.text(VERSION, 10).and_then(|seen| seen.parse().ok());
    if seen != Some(case.events.len()) {
        return Err(Refusal::Stale);
    }
    // Forms are made for what may be done as the request stands: any other is not of this portal.
    if !forms::is_offered(&slug, &case.request) {
        return Err(Refusal::NotFound);
    }
    let sent = Form(&fields);
    let command = commands::read(&slug, &sent, &case.request).ok_or(Refusal::NotFound)?;
    let command = command.and_then(|command| Ok((command, sent.day("day")?)));
    let again = Again { app: &app, session: &session, case: &case, slug: &slug, fields: &fields };
    let command = match command {
        Ok(command) => command,
        Err(Unread(field)) => return again.show(field, UNREAD).await,
    };
    let permit = match desk::permit(&session, &case, &command.0) {
        Ok(permit) => permit,
        Err(NoPermit::Reader) => return Err(Refusal::NotFound),
        Err(NoPermit::Own) => return again.show("", OWN).await,
        Err(NoPermit::Lead) => return again.show("", LEADS).await,
    };
    let draft = match desk::draft(&case, &permit, command, now) {
        Ok(draft) => draft,
        Err(RequestsError::Rejected(rejection)) => return again.refuse(&rejection).await,
        Err(error) => return Err(error.into()),
    };
    match &draft.letter {
        Some(letter) if fields.text(STEP, 8) != Some("send") => {
            LetterPage::show(&session, (&case, &slug), &fields, letter)
        }
        _ => {
            desk::keep(&app.records, &case, permit, draft, now).await?;
            tracing::info!(staff = %session.person(), request = %case.id, act = slug, "desk");
            Ok(see_other(&format!("/staff/requests/{}?done", case.id)))
        }
    }
}

/// A form that leads back to its page.
struct Again<'a> {
    app: &'a App,
    session: &'a Session,
    case: &'a Case,
    slug: &'a str,
    fields: &'a Fields,
}

impl Again<'_> {
    /// With all that was typed.
    async fn show(&self, field: &str, problem: Problem<'_>) -> Result<Response, Refusal> {
        let (whose, form) = ((self.session, self.case), (self.slug, field));
        show_again(self.app, whose, form, self.fields, problem).await
    }

    /// Says in the words of the law why nothing was done, and what it is about.
    async fn refuse(&self, rejection: &Rejection) -> Result<Response, Refusal> {
        let mut what = rejection.to_string();
        for (at, name) in rejection.names().iter().enumerate() {
            what.push_str(if at == 0 { ": " } else { ", " });
            what.push_str(name.as_str());
        }
        self.show("", Problem { what: &what, advice: phrase("Nothing was done.") }).await
    }
}
