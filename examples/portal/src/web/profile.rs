//! The page on which people see what the clinic calls them, correct it, and ask for what they
//! cannot correct themselves.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use upheld_consent::DataCategory;
use upheld_consent::request::{Ask, Text};

use super::App;
use super::filters;
use super::form::{Posted, TOKEN_FIELD};
use super::held::{self, Kind};
use super::pages::{Problem, form, see_other};
use super::reading::Reading;
use super::refusal::Refusal;
use crate::CLINIC;
use crate::clock::Moment;
use crate::language::{Language, fill, phrase};
use crate::people::{self, DisplayName, Email, NameError, Role};
use crate::requests::{self, MAX_OPEN};
use crate::sessions::Session;
use crate::token::FormToken;

/// Enough for the longest name in any script.
const MAX_NAME_BYTES: usize = 4 * DisplayName::MAX_CHARACTERS;

const NO_ADDRESS: Problem<'_> =
    Problem { what: phrase("Enter another e-mail address"), advice: phrase("Nothing was sent.") };

pub(super) async fn home() -> Response {
    see_other("/account")
}

/// Something that the clinic knows of a person.
struct Field {
    kind: Kind,
    changed_at: Option<Moment>,
    language: Language,
}

impl Field {
    fn is_name(&self) -> bool {
        self.kind.category == DataCategory::Name
    }

    fn is_email(&self) -> bool {
        self.kind.category == DataCategory::EmailAddress
    }
}

/// Shows each field with where it comes from, what it is for and when it was changed.
#[derive(Template)]
#[template(path = "profile.html")]
struct ProfilePage<'a> {
    form_token: FormToken,
    session: &'a Session,
    fields: Vec<Field>,
    /// What stands in the form for the name.
    name: &'a str,
    is_saved: bool,
    at_fault: &'static str,
    problem: Option<Problem<'a>>,
}

pub(super) async fn page(
    State(app): State<App>,
    session: Session,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let is_saved = query.as_deref() == Some("saved");
    show(&app, &session, (session.display_name(), is_saved), None).await
}

async fn show(
    app: &App,
    session: &Session,
    (name, is_saved): (&str, bool),
    refused: Option<(&'static str, Problem<'_>)>,
) -> Result<Response, Refusal> {
    let (held, kinds) = held::look(app, session).await?;
    let fields = kinds.into_iter().filter_map(|kind| {
        let changed_at = match kind.category {
            DataCategory::Name => held.name_changed_at,
            DataCategory::EmailAddress => None,
            DataCategory::Preference => held.language_changed_at,
            _ => return None,
        };
        Some(Field { kind, changed_at, language: held.language })
    });
    let (at_fault, problem) = refused.unzip();
    let page = ProfilePage {
        form_token: session.token().to_form_token(),
        session,
        fields: fields.collect(),
        name,
        is_saved,
        at_fault: at_fault.unwrap_or_default(),
        problem,
    };
    form(&page, problem)
}

pub(super) async fn rename(
    State(app): State<App>,
    Posted { visitor: session, fields }: Posted<Session>,
) -> Result<Response, Refusal> {
    let typed = fields.text("display_name", MAX_NAME_BYTES);
    let too_long = NameError::TooLong { max: DisplayName::MAX_CHARACTERS };
    let name = match typed.map_or(Err(too_long), DisplayName::parse) {
        Ok(name) => name,
        Err(error) => {
            let problem = Problem { what: &error.to_string(), advice: "" };
            let name = typed.unwrap_or_else(|| session.display_name());
            return show(&app, &session, (name, false), Some(("display_name", problem))).await;
        }
    };
    let (person, now) = (session.person(), app.clock.now());
    let renamed = app
        .records
        .database
        .transact(move |transaction| people::rename(transaction, person, &name, now));
    renamed.await?;
    Ok(see_other("/account?saved"))
}

/// Asks the clinic for what a person may not change alone: the address that resets the password.
pub(super) async fn correct(
    State(app): State<App>,
    Posted { visitor: session, fields }: Posted<Session>,
) -> Result<Response, Refusal> {
    let refuse = |problem| {
        let name = (session.display_name(), false);
        show(&app, &session, name, Some(("email", problem)))
    };
    let typed = fields.text("email", Email::MAX_BYTES).and_then(Email::parse);
    let new = typed.filter(|new| new.as_str().contains('@') && new.as_str() != session.email());
    let Some(new) = new else { return refuse(NO_ADDRESS).await };
    let (records, person) = (&app.records, session.person());
    if requests::count(records, person).await?.open_requests >= MAX_OPEN {
        return refuse(super::requests::TOO_MANY).await;
    }
    let words = phrase("My e-mail address is {new}, and no longer {old}.");
    let words = Reading::current().language().say(words).into_owned();
    let words = fill(&fill(&words, "new", &new.as_str()), "old", &session.email());
    let Ok(words) = Text::new(words) else { return refuse(NO_ADDRESS).await };
    let asked = (Ask::Rectification, Some(words));
    let id = requests::receive(records, person, asked, app.clock.now()).await?;
    Ok(see_other(&format!("/requests/{id}?received")))
}
