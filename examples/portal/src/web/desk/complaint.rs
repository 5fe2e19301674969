//! A complaint at the desk: its page, and what is done about it.

use askama::Template;
use axum::response::Response;
use upheld_consent::Date;
use upheld_consent::letter::Letter;
use upheld_consent::request::{
    ComplaintAct, ComplaintCommand, ComplaintEvent, ComplaintOutcome, Name, Text,
    complaint_transition,
};

use super::super::App;
use super::super::filters;
use super::super::form::{Fields, TOKEN_FIELD};
use super::super::pages::{Problem, form, see_other};
use super::super::refusal::Refusal;
use super::act::{LEADS, LetterPage, OWN, STEP, UNREAD, VERSION};
use super::commands::{Form as Sent, Unread};
use super::fields::{Input, choice, field, words};
use super::forms::Form;
use super::handling::{Handling, put_back, role_at};
use super::labels;
use super::timeline::Line;
use crate::CLINIC;
use crate::complaints;
use crate::desk::NoPermit;
use crate::desk::complaint::{self, ComplaintCase};
use crate::desk::queue::Time;
use crate::language::phrase;
use crate::people::Role;
use crate::requests::{self, RequestsError};
use crate::sessions::Session;
use crate::token::FormToken;

/// Shows a complaint.
#[derive(Template)]
#[template(path = "staff-complaint.html")]
struct ComplaintPage<'a> {
    session: &'a Session,
    form_token: FormToken,
    done: bool,
    case: &'a ComplaintCase,
    version: usize,
    stage: &'static str,
    received: Date,
    /// What the time is for.
    due: &'static str,
    time: Time,
    steps: Vec<String>,
    handling: Handling,
    letters: Vec<String>,
    forms: Vec<Form>,
    /// The form to be shown open, with what was typed.
    opened: &'a str,
    field: String,
    problem: Option<Problem<'a>>,
}

pub(super) async fn show(
    app: &App,
    session: &Session,
    case: &ComplaintCase,
    done: bool,
) -> Result<Response, Refusal> {
    form(&ComplaintPage { done, ..write(app, session, case).await? }, None)
}

/// Shows it again because of a form that was not taken, with what was typed in it.
pub(super) async fn show_again(
    app: &App,
    (session, case): (&Session, &ComplaintCase),
    (slug, field): (&str, &str),
    fields: &Fields,
    problem: Problem<'_>,
) -> Result<Response, Refusal> {
    let mut page = write(app, session, case).await?;
    page.opened = slug;
    page.field = put_back(&mut page.forms, (slug, field), fields);
    page.problem = Some(problem);
    form(&page, Some(problem))
}

async fn write<'a>(
    app: &App,
    session: &'a Session,
    case: &'a ComplaintCase,
) -> Result<ComplaintPage<'a>, RequestsError> {
    let (records, complaint) = (&app.records, &case.request);
    let today = requests::today(None, app.clock.now())?;
    let role = role_at(session, case);
    let lines = case.events.iter().map(|it| Line {
        at: it.at,
        by: Some(it.by.to_string()).filter(|_| it.event.act() != ComplaintAct::Receive),
        what: labels::done_with_complaint(it.event.act()),
        words: written(&it.event),
    });
    let letters = case.paper()?.sent_of_complaint(&case.events)?;
    let steps = complaints::steps(complaint)?;
    Ok(ComplaintPage {
        session,
        form_token: session.token().to_form_token(),
        done: false,
        case,
        version: case.events.len(),
        stage: labels::complaint_stage(complaint.stage()),
        received: complaint.received(),
        due: if steps.is_empty() {
            phrase("To be answered")
        } else {
            phrase("To be acknowledged by")
        },
        time: Time::of_complaint(complaint, today)?,
        steps,
        handling: Handling::of(records, case, role, lines.collect()).await?,
        letters: letters.iter().map(Letter::to_text).collect(),
        forms: forms(case, role),
        opened: "",
        field: String::new(),
        problem: None,
    })
}

/// What was written down about it.
fn written(event: &ComplaintEvent) -> Vec<String> {
    let texts = match event {
        ComplaintEvent::Investigated { steps: text }
        | ComplaintEvent::ProgressReported { told: text } => vec![text],
        ComplaintEvent::Decided { enquiries, outcome } => match outcome {
            ComplaintOutcome::Upheld { remedy } => vec![enquiries, remedy],
            ComplaintOutcome::PartlyUpheld { remedy, reasons } => vec![enquiries, remedy, reasons],
            ComplaintOutcome::NotUpheld { reasons } => vec![enquiries, reasons],
            _ => vec![enquiries],
        },
        _ => Vec::new(),
    };
    texts.into_iter().map(ToString::to_string).collect()
}

/// The acts that have a form, what is on its button, and what it does, where that needs saying.
const FORMS: [(ComplaintAct, &str, &str); 6] = [
    (
        ComplaintAct::Acknowledge,
        phrase("Acknowledge it"),
        phrase("Within 30 days of the day on which it came."),
    ),
    (ComplaintAct::Investigate, phrase("Look into it"), ""),
    (ComplaintAct::ReportProgress, phrase("Tell them how it is going"), ""),
    (
        ComplaintAct::Decide,
        phrase("Tell them what came of it"),
        phrase("That they are not right, or not in everything, takes the privacy lead to say."),
    ),
    (ComplaintAct::Withdraw, phrase("Note that they took it back"), ""),
    (ComplaintAct::Close, phrase("Close it"), ""),
];

/// The forms that somebody of this role may send about a complaint as it stands.
fn forms(case: &ComplaintCase, role: Role) -> Vec<Form> {
    if matches!(role, Role::Patient | Role::Auditor) {
        return Vec::new();
    }
    let here = FORMS.iter().filter(|(act, ..)| is_offered(*act, case));
    let form = |(act, heading, hint): &(ComplaintAct, &'static str, &'static str)| Form {
        slug: act.name(),
        heading,
        hint,
        fields: match act {
            ComplaintAct::Investigate => vec![words(phrase("What is looked into"))],
            ComplaintAct::ReportProgress => vec![words(phrase("What they are told"))],
            ComplaintAct::Decide => vec![
                field("enquiries", phrase("What was looked into, and how"), Input::Words),
                choice(
                    "outcome",
                    phrase("What came of it"),
                    &[
                        ("upheld", phrase("They are right")),
                        ("partly-upheld", phrase("They are right in part")),
                        ("not-upheld", phrase("They are not right")),
                    ],
                ),
                field("remedy", phrase("If they are right: what is done about it"), Input::Words),
                field("reasons", phrase("If not in everything: the reasons"), Input::Words),
            ],
            _ => Vec::new(),
        },
    };
    here.map(form).collect()
}

fn is_offered(act: ComplaintAct, case: &ComplaintCase) -> bool {
    let was_done = || case.events.iter().any(|it| it.event.act() == act);
    complaint_transition(Some(case.request.stage()), act).is_some()
        && !(act == ComplaintAct::Acknowledge && was_done())
}

/// The command of a form.
fn read(act: ComplaintAct, form: &Sent<'_>) -> Result<ComplaintCommand, Unread> {
    Ok(match act {
        ComplaintAct::Acknowledge => ComplaintCommand::Acknowledge,
        ComplaintAct::Investigate => ComplaintCommand::Investigate { steps: form.text("words")? },
        ComplaintAct::ReportProgress => {
            ComplaintCommand::ReportProgress { told: form.text("words")? }
        }
        ComplaintAct::Decide => {
            let enquiries = form.text("enquiries")?;
            let outcome = match form.word("outcome") {
                "upheld" => ComplaintOutcome::Upheld { remedy: form.text("remedy")? },
                "partly-upheld" => ComplaintOutcome::PartlyUpheld {
                    remedy: form.text("remedy")?,
                    reasons: form.text("reasons")?,
                },
                "not-upheld" => ComplaintOutcome::NotUpheld { reasons: form.text("reasons")? },
                _ => return Err(Unread("outcome")),
            };
            ComplaintCommand::Decide { enquiries, outcome }
        }
        ComplaintAct::Withdraw => ComplaintCommand::Withdraw,
        _ => ComplaintCommand::Close,
    })
}

/// Does what a form says, or shows its letter first.
pub(super) async fn act(
    app: &App,
    session: &Session,
    case: &ComplaintCase,
    (slug, fields): (&str, &Fields),
) -> Result<Response, Refusal> {
    let seen = fields.text(VERSION, 10).and_then(|seen| seen.parse().ok());
    if seen != Some(case.events.len()) {
        return Err(Refusal::Stale);
    }
    let offered = FORMS.iter().find(|(act, ..)| act.name() == slug && is_offered(*act, case));
    let (act, ..) = offered.ok_or(Refusal::NotFound)?;
    let again = |field, problem| show_again(app, (session, case), (slug, field), fields, problem);
    let command = match read(*act, &Sent(fields)) {
        Ok(command) => command,
        Err(Unread(field)) => return again(field, UNREAD).await,
    };
    let permit = match complaint::permit(session, case, &command) {
        Ok(permit) => permit,
        Err(NoPermit::Reader) => return Err(Refusal::NotFound),
        Err(NoPermit::Own) => return again("", OWN).await,
        Err(NoPermit::Lead) => return again("", LEADS).await,
    };
    let now = app.clock.now();
    let draft = complaint::draft(case, &permit, command, now)?;
    match &draft.letter {
        Some(letter) if fields.text(STEP, 8) != Some("send") => {
            LetterPage::show(session, (case, slug), fields, letter)
        }
        _ => {
            complaint::keep(&app.records, case, permit, draft, now).await?;
            tracing::info!(staff = %session.person(), complaint = %case.id, act = slug, "desk");
            Ok(see_other(&format!("/staff/requests/{}?done", case.id)))
        }
    }
}
