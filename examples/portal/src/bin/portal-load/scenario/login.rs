//! Signing in as a person does: the form, the password, the code, the session.

use std::rc::Rc;

use portal::seeding::{Awaited, Seeded};
use tokio::task::JoinError;
use upheld_totp::{Parameters, Totp};

use super::{Oddity, Run, Target, closed_loop, now, second_factor};
use crate::connection::{Answer, Connection};
use crate::request::{self, hidden_field};
use crate::tally::Kind;

const PATH: &str = "/login";
const FORM: &str = "__Host-form";
const LOGIN: &str = "__Host-login";

/// What a browser that has asked for the sign-in form holds.
#[derive(Debug)]
pub(crate) struct Form {
    cookie: String,
    token: String,
}

/// Signs each person in once.
pub(crate) async fn run(
    target: &Target,
    people: Vec<Seeded>,
    password: &str,
) -> Result<Run, JoinError> {
    let (host, password) = (target.host.clone(), password.to_owned());
    closed_loop(
        target,
        Rc::new(people),
        async move |connection: &mut Connection, seeded: &Seeded| {
            sign_in(connection, &host, seeded, &password).await
        },
    )
    .await
}

/// Signs somebody in, and returns the cookie of the session.
pub(crate) async fn enter(
    connection: &mut Connection,
    host: &str,
    seeded: &Seeded,
    password: &str,
) -> Result<String, Oddity> {
    let awaited = await_code(connection, host, &seeded.email, password).await?;
    let code = Totp::new(&seeded.secret, Parameters::default()).code_at(now());
    let answer = connection.ask(&second_factor::form(host, &awaited, &code)).await?;
    let session = answer.cookie(second_factor::SESSION);
    let session = session.ok_or_else(|| Oddity::missing(second_factor::SESSION))?;
    Ok(format!("{}={session}", second_factor::SESSION))
}

/// Shows the password, and returns what the browser then holds.
pub(crate) async fn await_code(
    connection: &mut Connection,
    host: &str,
    email: &str,
    password: &str,
) -> Result<Awaited, Oddity> {
    let form = Form::ask(connection, host).await?;
    let answer = connection.ask(&form.filled_in(host, email, password)).await?;
    if (answer.status, answer.header("location")) != (303, Some(second_factor::PATH)) {
        return Err(Oddity::status(&answer));
    }
    let cookie = login_of(&answer)?;
    page_with_form(connection, host, cookie).await
}

async fn sign_in(
    connection: &mut Connection,
    host: &str,
    seeded: &Seeded,
    password: &str,
) -> Result<Kind, Oddity> {
    let form = Form::ask(connection, host).await?;
    let answer = connection.ask(&form.filled_in(host, &seeded.email, password)).await?;
    match (answer.status, answer.header("location")) {
        (303, Some(second_factor::PATH)) => {}
        (422, _) => return Ok(Kind::Refused),
        (503, _) => return Ok(Kind::Busy),
        _ => return Err(Oddity::status(&answer)),
    }
    let cookie = login_of(&answer)?;
    let awaited = page_with_form(connection, host, cookie).await?;
    let code = Totp::new(&seeded.secret, Parameters::default()).code_at(now());
    second_factor::judge(&connection.ask(&second_factor::form(host, &awaited, &code)).await?)
}

/// The cookie of the pending login that an answer brings.
fn login_of(answer: &Answer<'_>) -> Result<String, Oddity> {
    let login = answer.cookie(LOGIN).ok_or_else(|| Oddity::missing(LOGIN))?;
    Ok(format!("{LOGIN}={login}"))
}

/// Asks for the page with the field for the code.
async fn page_with_form(
    connection: &mut Connection,
    host: &str,
    cookie: String,
) -> Result<Awaited, Oddity> {
    let page = connection.ask(&request::get(host, second_factor::PATH, &cookie)).await?;
    if page.status != 200 {
        return Err(Oddity::status(&page));
    }
    Ok(Awaited { form_token: form_token(page.body)?, cookie })
}

impl Form {
    /// Asks for the sign-in form.
    pub(crate) async fn ask(connection: &mut Connection, host: &str) -> Result<Self, Oddity> {
        let page = connection.ask(&request::get(host, PATH, "")).await?;
        if page.status != 200 {
            return Err(Oddity::status(&page));
        }
        let cookie = page.cookie(FORM).ok_or_else(|| Oddity::missing(FORM))?;
        Ok(Self { cookie: format!("{FORM}={cookie}"), token: form_token(page.body)? })
    }

    /// The form with what somebody typed into it.
    pub(crate) fn filled_in(&self, host: &str, email: &str, password: &str) -> Vec<u8> {
        let body: String = form_urlencoded::Serializer::new(String::new())
            .append_pair("form_token", &self.token)
            .append_pair("email", email)
            .append_pair("password", password)
            .finish();
        request::post(host, PATH, &self.cookie, &body)
    }
}

fn form_token(page: &[u8]) -> Result<String, Oddity> {
    let page = str::from_utf8(page).map_err(|_| Oddity::missing("UTF-8"))?;
    let token =
        hidden_field(page, "form_token").ok_or_else(|| Oddity::missing("the form token"))?;
    Ok(token.to_owned())
}
