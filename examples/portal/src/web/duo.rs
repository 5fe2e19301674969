//! The pages of signing in with Duo: on Duo's own page, or by asking a phone from here.

pub(super) mod account;
pub(super) mod callback;

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::header::HeaderMap;
use axum::response::Response;
use upheld_duo::auth::Device;

use super::filters;
use super::form::{Posted, TOKEN_FIELD};
use super::pages::{Problem, form, looks_again, see_other};
use super::refusal::Refusal;
use super::second_factor::{Offers, finish, wants_to_be_remembered};
use super::{App, Peer};
use crate::CLINIC;
use crate::duo::{
    self, Account, Admitted, Ask, Asked, Begun, Devices, Duo, Passcode, Progress, Purpose, Trip,
    Way,
};
use crate::id::PersonId;
use crate::language::phrase;
use crate::second_factor::Proof;
use crate::sign_in::PendingLogin;
use crate::token::FormToken;

pub(super) const PATH: &str = "/login/duo";
const WAITING: &str = "/login/duo/wait";
/// The longest passcode looked at, with what people put between its digits.
const MAX_PASSCODE_BYTES: usize = 96;

pub(super) const REFUSED: Problem<'_> = Problem {
    what: phrase("You were not signed in"),
    advice: phrase(
        "Duo was not approved, or did not answer in time. Try again, or use another way.",
    ),
};
const SILENT: Problem<'_> = Problem {
    what: phrase("Duo cannot be used at this moment"),
    advice: phrase(
        "Try again in a minute. If you have recovery codes or an authenticator app, use them \
             instead.",
    ),
};
const BLOCKED: Problem<'_> = Problem {
    what: phrase("Duo is not asked about your account for 10 minutes"),
    advice: phrase(
        "You have reported a sign-in that was not yours. Use a recovery code or an \
             authenticator app, and change your password.",
    ),
};
const PASSCODE_REFUSED: Problem<'_> = Problem {
    what: phrase("That passcode was not accepted"),
    advice: phrase(
        "Each works once. After several tries you have to wait, up to 15 minutes, before a \
             right one is accepted.",
    ),
};
const PASSCODE_MALFORMED: Problem<'_> =
    Problem { what: phrase("Enter a passcode of letters and digits"), advice: "" };
const UNABLE: Problem<'_> = Problem {
    what: phrase("That phone cannot be asked so"),
    advice: phrase("Choose another way."),
};
const PENDING: Problem<'_> = Problem {
    what: phrase("Your phone is being asked already"),
    advice: phrase("Answer it, or wait a minute until it is over."),
};
const TOO_MANY: Problem<'_> = Problem {
    what: phrase("Your phone was asked too often"),
    advice: phrase("Wait 10 minutes, or use a passcode."),
};

/// Offers Duo's page and the other ways.
#[derive(Template)]
#[template(path = "duo.html")]
struct DuoPage<'a> {
    form_token: FormToken,
    offers: Offers,
    asks_phones: bool,
    problem: Option<Problem<'a>>,
}

/// Offers the person's phones, and takes a passcode.
#[derive(Template)]
#[template(path = "duo-devices.html")]
struct DevicesPage<'a> {
    form_token: FormToken,
    offers: Offers,
    phones: Vec<Phone<'a>>,
    /// The first digit of the next passcode of the last text message.
    next: Option<&'a str>,
    sent: bool,
    field: &'static str,
    problem: Option<Problem<'a>>,
}

/// A phone, and how it can be asked.
struct Phone<'a> {
    id: &'a str,
    name: String,
    push: bool,
    call: bool,
    text: bool,
}

/// Says that a phone is being asked, and looks again every few seconds.
#[derive(Template)]
#[template(path = "duo-waiting.html")]
struct WaitingPage<'a> {
    form_token: FormToken,
    way: Way,
    device: &'a str,
    code: Option<&'a str>,
    /// Whether the page looks again by itself.
    looks_again: bool,
    problem: Option<Problem<'a>>,
}

pub(super) async fn page(
    State(app): State<App>,
    login: PendingLogin,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let (duo, account) = find(&app, login.person()).await?;
    let problem = match query.as_deref() {
        Some("refused") => Some(REFUSED),
        _ if account.is_blocked => Some(BLOCKED),
        _ => None,
    };
    let page = DuoPage::new(&app, &duo, &login, problem).await?;
    form(&page, None)
}

/// Sends the browser to Duo's page.
pub(super) async fn to_prompt(
    State(app): State<App>,
    headers: HeaderMap,
    Posted { visitor: login, fields }: Posted<PendingLogin>,
) -> Result<Response, Refusal> {
    let (duo, account) = find(&app, login.person()).await?;
    if account.is_blocked {
        duo::refuse_blocked(&account);
        return refuse(&app, &duo, &login, BLOCKED).await;
    }
    let remember = wants_to_be_remembered(&fields);
    let trip = Trip { remember, ..Trip::of(&account, login.id(), Purpose::SignIn) };
    match duo::begin(&app.records, &duo, trip, app.clock.now()).await? {
        Begun::Redirect(address) => Ok(see_other(address.expose())),
        Begun::Admitted(admitted) => {
            finish(&app, (Proof::Admitted(admitted), login), &headers, false).await
        }
        Begun::TooMany => refuse(&app, &duo, &login, TOO_MANY).await,
        Begun::Refused => refuse(&app, &duo, &login, SILENT).await,
    }
}

pub(super) async fn devices_page(
    State(app): State<App>,
    Extension(Peer(from)): Extension<Peer>,
    headers: HeaderMap,
    login: PendingLogin,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let whose = find_with_phones(&app, login.person()).await?;
    let sent = query.as_deref() == Some("sent");
    match duo::devices(&app.records, &whose.0, &whose.1, (from, app.clock.now())).await? {
        Devices::Offered(challenge) => {
            let page = DevicesPage::new(&app, &login, &whose.1, &challenge.devices).await?;
            form(&DevicesPage { sent, ..page }, None)
        }
        Devices::TooMany => {
            show_passcode_alone(&app, (&login, &whose.1), ("enter", TOO_MANY)).await
        }
        Devices::Decided(decided) => follow_decision(&app, whose, (decided, login), &headers).await,
    }
}

/// Asks a phone.
pub(super) async fn ask(
    State(app): State<App>,
    Extension(Peer(from)): Extension<Peer>,
    headers: HeaderMap,
    Posted { visitor: login, fields }: Posted<PendingLogin>,
) -> Result<Response, Refusal> {
    let whose = find_with_phones(&app, login.person()).await?;
    let chosen = fields.text("way", 128).unwrap_or_default();
    let (way, device) = chosen.split_once(' ').unwrap_or_default();
    let problem = if let Some(way) = Way::parse(way) {
        let remember = wants_to_be_remembered(&fields);
        let ask = Ask { way, device: device.to_owned(), remember, from };
        let asked = duo::ask(&app.records, &whose.0, (&login, &whose.1), (ask, &app.clock));
        match asked.await? {
            Asked::Waiting => return Ok(see_other(WAITING)),
            Asked::PasscodesSent => return Ok(see_other("/login/duo/here?sent")),
            Asked::Pending => PENDING,
            Asked::TooMany => TOO_MANY,
            Asked::Unable => UNABLE,
            Asked::Decided(decided) => {
                return follow_decision(&app, whose, (decided, login), &headers).await;
            }
        }
    } else {
        UNABLE
    };
    show_devices_again(&app, whose, (login, from), &headers, ("ways", problem)).await
}

pub(super) async fn passcode(
    State(app): State<App>,
    Extension(Peer(from)): Extension<Peer>,
    headers: HeaderMap,
    Posted { visitor: login, fields }: Posted<PendingLogin>,
) -> Result<Response, Refusal> {
    let whose = find_with_phones(&app, login.person()).await?;
    let typed = fields.text("passcode", MAX_PASSCODE_BYTES).map(Passcode::parse);
    let Some(Ok(passcode)) = typed else {
        // Duo is asked nothing, so nothing is charged.
        let problem = ("passcode", PASSCODE_MALFORMED);
        return show_passcode_alone(&app, (&login, &whose.1), problem).await;
    };
    let (shown, now) = ((passcode, from), app.clock.now());
    let judged = duo::check_passcode(&app.records, &whose.0, &whose.1, shown, now).await?;
    if let Some(admitted) = judged {
        let remember = wants_to_be_remembered(&fields);
        return finish(&app, (Proof::Admitted(admitted), login), &headers, remember).await;
    }
    let problem = ("passcode", PASSCODE_REFUSED);
    show_devices_again(&app, whose, (login, from), &headers, problem).await
}

/// How far a push or a call is. What was approved opens a session.
///
/// The one `GET`, beside the way back from Duo, that changes something: the page looks again by
/// itself, and what it takes up is bound to the cookie of this pending login.
pub(super) async fn wait(
    State(app): State<App>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    login: PendingLogin,
) -> Result<Response, Refusal> {
    find_with_phones(&app, login.person()).await?;
    match duo::progress(&app.records, &login, app.clock.now()).await? {
        Progress::Nothing => Ok(see_other(PATH)),
        Progress::Refused => Ok(see_other("/login/duo?refused")),
        Progress::Admitted(admitted, remember) => {
            finish(&app, (Proof::Admitted(admitted), login), &headers, remember).await
        }
        Progress::Waiting { way, device, code } => {
            let form_token = login.token().to_form_token();
            let (device, code) = (&*device, code.as_deref());
            let looks_again = looks_again(query.as_deref());
            form(&WaitingPage { form_token, way, device, code, looks_again, problem: None }, None)
        }
    }
}

impl<'a> DuoPage<'a> {
    async fn new(
        app: &App,
        duo: &Duo,
        login: &PendingLogin,
        problem: Option<Problem<'a>>,
    ) -> Result<Self, Refusal> {
        let form_token = login.token().to_form_token();
        let offers = Offers::of(app, login.person()).await?;
        Ok(Self { form_token, offers, asks_phones: duo.asks_phones(), problem })
    }
}

impl<'a> DevicesPage<'a> {
    async fn new(
        app: &App,
        login: &PendingLogin,
        account: &Account,
        devices: &'a [Device],
    ) -> Result<Self, Refusal> {
        let mut devices: Vec<&Device> = devices.iter().collect();
        // The one that was asked last comes first.
        devices.sort_by_key(|device| Some(device.id.as_str()) != account.device.as_deref());
        let phones = devices.iter().map(|device| Phone {
            id: device.id.as_str(),
            name: duo::label(device),
            push: Way::Push.is_of(device),
            call: Way::Call.is_of(device),
            text: Way::Text.is_of(device),
        });
        let phones = phones.filter(|phone| phone.push || phone.call || phone.text).collect();
        Ok(Self {
            form_token: login.token().to_form_token(),
            offers: Offers::of(app, login.person()).await?,
            phones,
            next: devices.iter().find_map(|device| device.next_sms_code.as_deref()),
            sent: false,
            field: "",
            problem: None,
        })
    }
}

/// The person as Duo knows them; for others the pages are not there.
pub(super) async fn find(app: &App, person: PersonId) -> Result<(Arc<Duo>, Account), Refusal> {
    let duo = app.records.duo.clone().ok_or(Refusal::NotFound)?;
    let account = duo::find(&app.records.database, person, app.clock.now()).await?;
    Ok((duo, account.ok_or(Refusal::NotFound)?))
}

async fn find_with_phones(app: &App, person: PersonId) -> Result<(Arc<Duo>, Account), Refusal> {
    let whose = find(app, person).await?;
    if whose.0.asks_phones() { Ok(whose) } else { Err(Refusal::NotFound) }
}

/// What follows when Duo has decided without asking.
async fn follow_decision(
    app: &App,
    (duo, account): (Arc<Duo>, Account),
    (decided, login): (Option<Admitted>, PendingLogin),
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    match decided {
        Some(admitted) => finish(app, (Proof::Admitted(admitted), login), headers, false).await,
        None if account.is_blocked => refuse(app, &duo, &login, BLOCKED).await,
        None => refuse(app, &duo, &login, SILENT).await,
    }
}

async fn show_devices_again(
    app: &App,
    whose: (Arc<Duo>, Account),
    (login, from): (PendingLogin, std::net::IpAddr),
    headers: &HeaderMap,
    (field, problem): (&'static str, Problem<'static>),
) -> Result<Response, Refusal> {
    match duo::devices(&app.records, &whose.0, &whose.1, (from, app.clock.now())).await? {
        Devices::Offered(challenge) => {
            let page = DevicesPage::new(app, &login, &whose.1, &challenge.devices).await?;
            form(&DevicesPage { field, problem: Some(problem), ..page }, Some(problem))
        }
        Devices::TooMany => {
            let field = if field == "ways" { "enter" } else { field };
            show_passcode_alone(app, (&login, &whose.1), (field, problem)).await
        }
        Devices::Decided(decided) => follow_decision(app, whose, (decided, login), headers).await,
    }
}

/// The page without the phones, for which Duo is not asked: a passcode may be entered all the same.
async fn show_passcode_alone(
    app: &App,
    (login, account): (&PendingLogin, &Account),
    (field, problem): (&'static str, Problem<'_>),
) -> Result<Response, Refusal> {
    let page = DevicesPage::new(app, login, account, &[]).await?;
    form(&DevicesPage { field, problem: Some(problem), ..page }, Some(problem))
}

async fn refuse(
    app: &App,
    duo: &Duo,
    login: &PendingLogin,
    problem: Problem<'_>,
) -> Result<Response, Refusal> {
    let page = DuoPage::new(app, duo, login, Some(problem)).await?;
    form(&page, Some(problem))
}
