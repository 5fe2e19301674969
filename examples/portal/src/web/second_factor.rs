//! The pages of the second step: a code of an app or a token, a recovery code, a code by e-mail.

use askama::Template;
use axum::extract::State;
use axum::http::header::HeaderMap;
use axum::response::Response;
use upheld_second_factor::RecoveryCode;
use upheld_totp::{Code, Digits};

use super::App;
use super::cookie::Cookie;
use super::filters;
use super::form::{Fields, Posted, TOKEN_FIELD};
use super::pages::{Problem, form, see_other};
use super::refusal::Refusal;
use super::sign_in::welcome;
use crate::CLINIC;
use crate::devices;
use crate::duo;
use crate::id::PersonId;
use crate::language::phrase;
use crate::message_codes;
use crate::records::RecordsError;
use crate::second_factor::{self, Proof, Shown};
use crate::settings::RememberedDays;
use crate::sign_in::{self, PendingLogin, Wishes};
use crate::token::FormToken;
use crate::user_agent::BrowserName;

/// The longest code looked at: eight digits with spaces between them, and some around.
pub(super) const MAX_CODE_BYTES: usize = 32;
/// The longest recovery code looked at, with what people put between its groups.
const MAX_RECOVERY_CODE_BYTES: usize = 64;

pub(super) const CODE_REFUSED: Problem<'_> = Problem {
    what: phrase("That code was not accepted"),
    advice: phrase(
        "Wait until your app shows the next one. After several tries you have to wait, up to \
             15 minutes, before a right one is accepted.",
    ),
};
pub(super) const CODE_MALFORMED: Problem<'_> =
    Problem { what: phrase("Enter the 6 digits that your app shows"), advice: "" };
pub(super) const RECOVERY_CODE_REFUSED: Problem<'_> = Problem {
    what: phrase("That recovery code was not accepted"),
    advice: phrase(
        "Each works once: try the next on your list. After several tries you have to wait, up \
             to 15 minutes, before a right one is accepted.",
    ),
};
const RECOVERY_CODE_MALFORMED: Problem<'_> = Problem {
    what: phrase("That is no recovery code: check it for a slip"),
    advice: phrase("A recovery code has 24 letters and digits."),
};
const MESSAGE_CODE_REFUSED: Problem<'_> = Problem {
    what: phrase("That code was not accepted"),
    advice: phrase(
        "Use the newest message; its code works once, for 10 minutes. After several tries you \
             have to wait, up to 15 minutes, before a right one is accepted.",
    ),
};
const MESSAGE_CODE_MALFORMED: Problem<'_> =
    Problem { what: phrase("Enter the 8 digits from the e-mail"), advice: "" };

/// What the pages of the second step have in common.
pub(super) struct Offers {
    /// For how many days this browser may be remembered.
    pub(super) remember: Option<u8>,
    pub(super) email: bool,
    /// Whether the person has an app or a token.
    pub(super) app: bool,
    /// Whether the person has added Duo, and the portal has it.
    pub(super) duo: bool,
}

impl Offers {
    pub(super) async fn of(app: &App, person: PersonId) -> Result<Self, Refusal> {
        let App { records, clock, .. } = app;
        let has_app = !devices::list(records, person).await?.is_empty();
        let has_duo = records.duo.is_some()
            && duo::find(&records.database, person, clock.now()).await?.is_some();
        Ok(Self {
            remember: records.settings.remembered_browsers.map(RememberedDays::get),
            email: records.settings.email_codes,
            app: has_app,
            duo: has_duo,
        })
    }
}

/// Asks for a code.
#[derive(Template)]
#[template(path = "code.html")]
struct CodePage<'a> {
    form_token: FormToken,
    offers: Offers,
    problem: Option<Problem<'a>>,
}

/// Asks for a recovery code.
#[derive(Template)]
#[template(path = "recovery-code.html")]
struct RecoveryCodePage<'a> {
    form_token: FormToken,
    problem: Option<Problem<'a>>,
}

/// Asks for the code from an e-mail.
#[derive(Template)]
#[template(path = "email-code.html")]
struct EmailCodePage<'a> {
    form_token: FormToken,
    problem: Option<Problem<'a>>,
}

pub(super) async fn code_page(
    State(app): State<App>,
    login: PendingLogin,
) -> Result<Response, Refusal> {
    let offers = Offers::of(&app, login.person()).await?;
    if offers.duo && !offers.app {
        return Ok(see_other(super::duo::PATH));
    }
    show_code_page(&app, &login, None).await
}

pub(super) async fn code(
    State(app): State<App>,
    headers: HeaderMap,
    Posted { visitor: login, fields }: Posted<PendingLogin>,
) -> Result<Response, Refusal> {
    // Nothing is evaluated, so nothing is charged.
    let Some(code) = fields.text("code", MAX_CODE_BYTES).and_then(read_code) else {
        return show_code_page(&app, &login, Some(CODE_MALFORMED)).await;
    };
    match judge(&app, &login, Shown::Code(code)).await? {
        Some(proof) => {
            finish(&app, (proof, login), &headers, wants_to_be_remembered(&fields)).await
        }
        None => show_code_page(&app, &login, Some(CODE_REFUSED)).await,
    }
}

pub(super) async fn recovery_page(login: PendingLogin) -> Result<Response, Refusal> {
    show_recovery_page(&login, None)
}

pub(super) async fn recovery_code(
    State(app): State<App>,
    headers: HeaderMap,
    Posted { visitor: login, fields }: Posted<PendingLogin>,
) -> Result<Response, Refusal> {
    let typed = fields.text("recovery_code", MAX_RECOVERY_CODE_BYTES);
    let Some(Ok(code)) = typed.map(RecoveryCode::parse) else {
        return show_recovery_page(&login, Some(RECOVERY_CODE_MALFORMED));
    };
    match judge(&app, &login, Shown::RecoveryCode(code)).await? {
        Some(proof) => {
            finish(&app, (proof, login), &headers, wants_to_be_remembered(&fields)).await
        }
        None => show_recovery_page(&login, Some(RECOVERY_CODE_REFUSED)),
    }
}

pub(super) async fn email_page(
    State(app): State<App>,
    login: PendingLogin,
) -> Result<Response, Refusal> {
    if !app.records.settings.email_codes {
        return Err(Refusal::NotFound);
    }
    show_email_page(&login, None)
}

/// Sends a code, or none when too many were asked for; the page says the same.
pub(super) async fn send_email(
    State(app): State<App>,
    Posted { visitor: login, .. }: Posted<PendingLogin>,
) -> Result<Response, Refusal> {
    if !app.records.settings.email_codes {
        return Err(Refusal::NotFound);
    }
    message_codes::send(&app.records, &login, app.clock.now()).await?;
    Ok(see_other("/login/email"))
}

pub(super) async fn email_code(
    State(app): State<App>,
    headers: HeaderMap,
    Posted { visitor: login, fields }: Posted<PendingLogin>,
) -> Result<Response, Refusal> {
    if !app.records.settings.email_codes {
        return Err(Refusal::NotFound);
    }
    let code = fields.text("code", MAX_CODE_BYTES).and_then(read_code);
    let Some(code) = code.filter(|code| code.digits() == Digits::Eight) else {
        return show_email_page(&login, Some(MESSAGE_CODE_MALFORMED));
    };
    match judge(&app, &login, Shown::MessageCode(login.id(), code)).await? {
        Some(proof) => {
            finish(&app, (proof, login), &headers, wants_to_be_remembered(&fields)).await
        }
        None => show_email_page(&login, Some(MESSAGE_CODE_REFUSED)),
    }
}

pub(super) async fn cancel(
    State(app): State<App>,
    Posted { visitor: login, .. }: Posted<PendingLogin>,
) -> Result<Response, Refusal> {
    sign_in::cancel(&app.records, login).await?;
    let mut response = see_other("/login");
    Cookie::Login.clear(&mut response);
    Ok(response)
}

/// Whether the browser should be remembered.
pub(super) fn wants_to_be_remembered(fields: &Fields) -> bool {
    fields.text("remember", 8) == Some("yes")
}

/// Reads a code; people and password managers add spaces.
pub(super) fn read_code(typed: &str) -> Option<Code> {
    Code::parse(typed.trim_ascii()).ok()
}

/// Reads whichever second factor a form shows, and names the field it is in.
pub(super) fn read_shown(fields: &Fields) -> (&'static str, Option<Shown>) {
    let recovery = fields.text("recovery_code", MAX_RECOVERY_CODE_BYTES);
    if let Some(typed) = recovery.filter(|typed| !typed.is_empty()) {
        return ("recovery_code", RecoveryCode::parse(typed).ok().map(Shown::RecoveryCode));
    }
    let code = fields.text("code", MAX_CODE_BYTES).and_then(read_code);
    ("code", code.map(Shown::Code))
}

async fn judge(
    app: &App,
    login: &PendingLogin,
    shown: Shown,
) -> Result<Option<Proof>, RecordsError> {
    let (records, now) = (&app.records, app.clock.now());
    let judged = second_factor::judge(records, login.person(), &shown, now).await?;
    Ok(judged.map(Proof::Accepted))
}

/// Opens the session of whoever has shown a second factor.
pub(super) async fn finish(
    app: &App,
    shown: (Proof, PendingLogin),
    headers: &HeaderMap,
    remember: bool,
) -> Result<Response, Refusal> {
    let wishes = Wishes {
        browser: BrowserName::of(headers),
        known: Cookie::find_browser(headers).map(|known| known.id),
        remember,
    };
    let now = app.clock.now();
    let signed_in = sign_in::with_second_factor(&app.records, shown, wishes, now).await?;
    Ok(welcome(app, &signed_in.ok_or(Refusal::SignInFirst)?).await)
}

async fn show_code_page(
    app: &App,
    login: &PendingLogin,
    problem: Option<Problem<'_>>,
) -> Result<Response, Refusal> {
    let form_token = login.token().to_form_token();
    let offers = Offers::of(app, login.person()).await?;
    form(&CodePage { form_token, offers, problem }, problem)
}

fn show_recovery_page(
    login: &PendingLogin,
    problem: Option<Problem<'_>>,
) -> Result<Response, Refusal> {
    let form_token = login.token().to_form_token();
    form(&RecoveryCodePage { form_token, problem }, problem)
}

fn show_email_page(
    login: &PendingLogin,
    problem: Option<Problem<'_>>,
) -> Result<Response, Refusal> {
    let form_token = login.token().to_form_token();
    form(&EmailCodePage { form_token, problem }, problem)
}
