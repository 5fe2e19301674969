//! The form for requests about data, and for complaints, without signing in, and the pages that its links lead to.

use askama::Template;
use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::HeaderMap;
use axum::response::Response;
use upheld_consent::request::Text;
use upheld_consent::{Controller, Date};
use zeroize::Zeroizing;

use super::cookie::Cookie;
use super::filters;
use super::form::{Fields, Posted, TOKEN_FIELD};
use super::pages::{self, Problem, form};
use super::query::Query;
use super::reading::Reading;
use super::refusal::Refusal;
use super::sign_in::form_cookie;
use super::visitor::Stranger;
use super::{App, Peer};
use crate::CLINIC;
use crate::complaints;
use crate::id::Id;
use crate::intakes::{self, Confirmed, Contents, Filled, Followed, Matter, Sent, Waiting};
use crate::language::phrase;
use crate::notice;
use crate::people::{DisplayName, Email, NameError};
use crate::requests;
use crate::token::FormToken;

const NOTHING_CHOSEN: Problem<'_> = Problem { what: phrase("Choose what you ask for"), advice: "" };
const NO_ADDRESS: Problem<'_> = Problem {
    what: phrase("Enter an e-mail address to which we can write"),
    advice: phrase("Such as name@example.com."),
};
const WORDS_UNREADABLE: Problem<'_> = Problem {
    what: phrase("Write at most 4,000 letters, without control characters"),
    advice: phrase("Nothing was sent."),
};
const NO_WORDS: Problem<'_> = Problem {
    what: phrase("Write what you complain about"),
    advice: phrase("Without that we cannot look into it."),
};
const TOO_MANY: Problem<'_> = Problem {
    what: phrase("Too many requests were sent by this form"),
    advice: phrase(
        "Nothing was sent. Try again later, or write to the clinic: the address is below.",
    ),
};

/// As much of a name as is looked at to say that it is too long.
const MAX_NAME_BYTES: usize = DisplayName::MAX_CHARACTERS * 4;

/// Asks what somebody asks for.
#[derive(Template)]
#[template(path = "intake.html")]
struct IntakePage<'a> {
    form_token: FormToken,
    asks: Vec<(&'static str, &'static str)>,
    clinic: Controller,
    /// What was typed, to be mended.
    typed: Typed<'a>,
    field: &'static str,
    problem: Option<Problem<'a>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Typed<'a> {
    ask: &'a str,
    name: &'a str,
    email: &'a str,
    words: &'a str,
}

impl<'a> Typed<'a> {
    fn of(fields: &'a Fields) -> Self {
        Self {
            ask: fields.typed("ask"),
            name: fields.typed("name"),
            email: fields.typed("email"),
            words: fields.typed("words"),
        }
    }
}

/// Asks whoever followed the link whether it was they who asked.
#[derive(Template)]
#[template(path = "intake-confirm.html")]
struct ConfirmPage<'a> {
    form_token: FormToken,
    link: Zeroizing<String>,
    is_complaint: bool,
    ask: &'static str,
    contents: &'a Contents,
    problem: Option<Problem<'a>>,
}

/// Shows where a request or a complaint stands, and nothing that was written about it.
#[derive(Template)]
#[template(path = "intake-state.html")]
struct StatePage<'a> {
    id: Id,
    is_complaint: bool,
    ask: &'static str,
    stage: &'static str,
    received: Date,
    due: Option<Date>,
    steps: Vec<String>,
    clinic: Controller,
    problem: Option<Problem<'a>>,
}

pub(super) async fn page(
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let (token, is_new) = form_cookie(&headers)?;
    // Pages that lead here choose what it is about.
    let ask = Query::of(query).value("ask");
    let mut page = show(token.to_form_token(), Typed { ask: &ask, ..Typed::default() }, None)?;
    if is_new {
        Cookie::Form.set(&token, None, &mut page);
    }
    Ok(page)
}

fn show(
    form_token: FormToken,
    typed: Typed<'_>,
    refused: Option<(&'static str, Problem<'_>)>,
) -> Result<Response, Refusal> {
    let (field, problem) = refused.unzip();
    let page = IntakePage {
        form_token,
        asks: Matter::all().map(|matter| (matter.name(), matter.heading())).collect(),
        clinic: notice::controller(),
        typed,
        field: field.unwrap_or_default(),
        problem,
    };
    form(&page, problem)
}

/// Answers the same whoever's the address is.
pub(super) async fn send(
    State(app): State<App>,
    Extension(Peer(from)): Extension<Peer>,
    Posted { visitor: Stranger(token), fields }: Posted<Stranger>,
) -> Result<Response, Refusal> {
    let typed = Typed::of(&fields);
    let filled = match read(&fields) {
        Ok(filled) => filled,
        Err(Unread { field, problem, name }) => {
            let name = name.map(|error| error.to_string());
            let problem = match &name {
                Some(what) => Problem { what, advice: "" },
                None => problem,
            };
            return show(token.to_form_token(), typed, Some((field, problem)));
        }
    };
    match intakes::submit(&app.records, filled, from, app.clock.now()).await? {
        Sent::TooMany => show(token.to_form_token(), typed, Some(("main", TOO_MANY))),
        Sent::Taken => {
            let advice = phrase(
                "We have written to the address that you gave. Follow the link in that e-mail within \
                 three days: without that we delete what you sent. There is no e-mail? Look into the \
                 spam folder, check the spelling, or write to the clinic.",
            );
            Ok(pages::message(StatusCode::OK, phrase("Look at your e-mail"), advice))
        }
    }
}

/// Why a form was not read: which field, and what is said about it.
struct Unread {
    field: &'static str,
    problem: Problem<'static>,
    name: Option<NameError>,
}

impl Unread {
    const fn of(field: &'static str, problem: Problem<'static>) -> Self {
        Self { field, problem, name: None }
    }
}

fn read(fields: &Fields) -> Result<Filled, Unread> {
    let matter = fields.text("ask", 32).and_then(Matter::of);
    let matter = matter.ok_or(Unread::of("ask-access", NOTHING_CHOSEN))?;
    let too_long = NameError::TooLong { max: DisplayName::MAX_CHARACTERS };
    let name = fields.text("name", MAX_NAME_BYTES).map_or(Err(too_long), DisplayName::parse);
    let name =
        name.map_err(|error| Unread { name: Some(error), ..Unread::of("name", TOO_MANY) })?;
    let email = fields.text("email", Email::MAX_BYTES).and_then(intakes::mailbox);
    let email = email.ok_or(Unread::of("email", NO_ADDRESS))?;
    let words = fields.words("words").map_err(|_| Unread::of("words", WORDS_UNREADABLE))?;
    if matter == Matter::Complaint && words.is_none() {
        return Err(Unread::of("words", NO_WORDS));
    }
    let language = Reading::current().language();
    Ok(Filled { matter, contents: Contents { name, email, words }, language })
}

/// Following the link changes nothing: programs that look at mail follow links as well.
pub(super) async fn confirm_page(waiting: Waiting) -> Result<Response, Refusal> {
    let page = ConfirmPage {
        form_token: waiting.token().to_form_token(),
        link: waiting.token().to_text(),
        is_complaint: waiting.matter == Matter::Complaint,
        ask: waiting.matter.heading(),
        contents: &waiting.contents,
        problem: None,
    };
    form(&page, None)
}

pub(super) async fn confirm(
    State(app): State<App>,
    Posted { visitor: waiting, .. }: Posted<Waiting>,
) -> Result<Response, Refusal> {
    let (heading, advice) = match waiting.matter {
        Matter::Request(_) => (
            phrase("We have your request"),
            phrase(
                "It is with the clinic’s privacy desk. A second e-mail says until when we answer, \
                 and has a link by which you see where it stands.",
            ),
        ),
        Matter::Complaint => (
            phrase("We have your complaint"),
            phrase(
                "It is with the clinic’s privacy desk. A second e-mail says what happens next, and \
                 has a link by which you see where it stands.",
            ),
        ),
    };
    match waiting.confirm(&app.records, app.clock.now()).await? {
        Confirmed::TooLate => Err(Refusal::RequestLinkExpired),
        Confirmed::Done => Ok(pages::message(StatusCode::OK, heading, advice)),
    }
}

pub(super) async fn state(followed: Followed) -> Result<Response, Refusal> {
    let clinic = notice::controller();
    let page = match &followed {
        Followed::Request(asked) => StatePage {
            id: asked.id,
            is_complaint: false,
            ask: requests::heading(asked.request.ask()),
            stage: requests::where_it_stands(asked.request.stage()),
            received: asked.request.received(),
            due: asked.due()?,
            steps: asked.steps()?,
            clinic,
            problem: None,
        },
        Followed::Complaint(complained) => StatePage {
            id: complained.id,
            is_complaint: true,
            ask: complaints::HEADING,
            stage: complaints::where_it_stands(complained.complaint.stage()),
            received: complained.complaint.received(),
            due: complained.due()?,
            steps: complaints::steps(&complained.complaint)?,
            clinic,
            problem: None,
        },
    };
    form(&page, None)
}
