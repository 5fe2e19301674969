//! The pages about cookies: what the portal stores, what a person chose about it, and how to refuse.
//!
//! What may be stored is decided by `upheld-cookies`, and nothing else leaves the gate before every
//! response; these pages show its decisions and keep the choice.

use std::time::Duration;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue, SET_COOKIE};
use axum::response::{IntoResponse, Response};
use upheld_consent::{Date, Method};
use upheld_cookies::Choice;
use upheld_cookies::publish::{BannerCategory, BannerConfig, PolicyPage, gpc_file};
use upheld_cookies_tower::Consent;

use super::App;
use super::cookie::{Cookie, only};
use super::filters;
use super::form::{Fields, HASH_BYTES, Posted, TOKEN_FIELD};
use super::pages::{Problem, form, see_other};
use super::reading::Reading;
use super::refusal::Refusal;
use super::routes;
use super::visitor::Passerby;
use crate::CLINIC;
use crate::clock::Moment;
use crate::consents::{self, ConsentsError, Done, Wish};
use crate::cookie_choices::{self, Answer, Carried};
use crate::cookies::{ADVERT_COOKIE, ADVERT_SECONDS, Cookies, day_of};
use crate::declaration::{TextHash, kept};
use crate::id::{Id, PersonId};
use crate::language::phrase;
use crate::records::RecordsError;
use crate::sessions::Session;

/// What stands before the name of a purpose in a form.
const PURPOSE_FIELD: &str = "purpose-";
/// The field that says which declaration was on the page, by its hash: the program's own is another in
/// another program.
pub(super) const DECLARATION_FIELD: &str = "declaration";
/// The longest path that a form brings along.
const PATH_BYTES: usize = 256;
/// How long a refusal waits to be recorded: well within the time that a request has.
const REFUSAL_PATIENCE: Duration = Duration::from_secs(5);

/// Shows everything that the portal stores.
#[derive(Template)]
#[template(path = "cookies.html")]
struct PolicyView<'a> {
    heading: &'static str,
    /// HTML.
    text: String,
    opting_out: Option<OptingOut>,
    version: Option<Shown>,
    problem: Option<Problem<'a>>,
}

/// Which version of the declaration a page shows.
struct Shown {
    number: u32,
    since: Option<Moment>,
    is_in_force: bool,
}

impl Shown {
    /// The number of the one that was in force before.
    const fn before(&self) -> Option<u32> {
        self.number.checked_sub(1)
    }
}

/// What the page on refusing begins with.
struct OptingOut {
    form_token: String,
    /// Whether there is anything to refuse that is used at this moment.
    is_used: bool,
    is_done: bool,
}

pub(super) async fn policy(
    State(app): State<App>,
    Extension(cookies): Extension<Cookies>,
) -> Result<Response, Refusal> {
    let language = Reading::current().language();
    let page = PolicyPage::new(cookies.policy(), day_of(app.clock.now()));
    let text = page.html_fragment_in(language.tag(), &|english| language.known(english));
    let declared = cookies.declaration();
    let (number, since) = (declared.number(), declared.since().copied());
    show_policy(text, Shown { number, since, is_in_force: true })
}

/// Shows a version of the declaration that was in force before.
pub(super) async fn version(
    State(app): State<App>,
    Extension(cookies): Extension<Cookies>,
    Path(number): Path<String>,
) -> Result<Response, Refusal> {
    let number: u32 = number.parse().map_err(|_| Refusal::NotFound)?;
    if number == cookies.declaration().number() {
        return Ok(see_other("/cookies"));
    }
    let kept = kept::find(&app.records.database, number).await?.ok_or(Refusal::NotFound)?;
    let policy = kept.read().map_err(|error| {
        tracing::error!(%error, "a version of the declaration was not shown");
        Refusal::Failed
    })?;
    let policy = policy.with_hosts(cookies.policy().site().hosts.clone());
    let language = Reading::current().language();
    let page = PolicyPage::new(&policy, day_of(app.clock.now()));
    let text = page.html_fragment_in(language.tag(), &|english| language.known(english));
    show_policy(text, Shown { number, since: Some(kept.at), is_in_force: false })
}

fn show_policy(text: String, version: Shown) -> Result<Response, Refusal> {
    let heading = phrase("Cookies and similar technologies");
    let version = Some(version);
    form(&PolicyView { heading, text, opting_out: None, version, problem: None }, None)
}

pub(super) async fn opt_out(
    State(app): State<App>,
    Extension(cookies): Extension<Cookies>,
    Extension(consent): Extension<Consent>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let language = Reading::current().language();
    let page = PolicyPage::new(cookies.policy(), day_of(app.clock.now()));
    let text = page.html_opt_out_in(language.tag(), &|english| language.known(english));
    let is_used = purposes(&cookies, &consent).iter().any(|it| !it.is_required && it.is_used);
    // An address that says so is not enough: anybody may follow it, and have agreed since.
    let has_chosen = consent.reading().to_choice().is_made();
    let is_done = query.as_deref() == Some("done") && has_chosen && !is_used;
    tied(|form_token| {
        let opting_out = Some(OptingOut { form_token, is_used, is_done });
        let heading = phrase("Opting out");
        form(&PolicyView { heading, text, opting_out, version: None, problem: None }, None)
    })
}

/// What a purpose is, and where it stands.
struct Purpose {
    id: String,
    name: String,
    description: String,
    /// Names of what belongs to it.
    items: Vec<String>,
    is_required: bool,
    is_agreed: bool,
    /// Whether everything of it is used at this moment.
    is_used: bool,
}

/// Lets a person choose, purpose by purpose.
#[derive(Template)]
#[template(path = "cookie-preferences.html")]
struct PreferencesPage<'a> {
    form_token: String,
    declaration: TextHash,
    done: Option<&'static str>,
    /// Whether the choice was made about another declaration.
    is_changed: bool,
    sends_gpc: bool,
    chosen_on: Option<Date>,
    is_choice: bool,
    purposes: Vec<Purpose>,
    problem: Option<Problem<'a>>,
}

pub(super) async fn page(
    Extension(cookies): Extension<Cookies>,
    Extension(consent): Extension<Consent>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let done = match query.as_deref() {
        Some("saved") => Some(phrase("Your choice was saved.")),
        _ => None,
    };
    let purposes = purposes(&cookies, &consent);
    let chosen_at = consent.reading().to_choice().at();
    let page = |form_token| PreferencesPage {
        is_choice: purposes.iter().any(|purpose| !purpose.is_required),
        form_token,
        declaration: cookies.declaration().hash(),
        done,
        is_changed: query.as_deref() == Some("changed"),
        sends_gpc: consent.gpc(),
        chosen_on: chosen_at.and_then(|at| Moment::from(at).to_date().ok()),
        purposes,
        problem: None,
    };
    tied(|form_token| form(&page(form_token), None))
}

fn purposes(cookies: &Cookies, consent: &Consent) -> Vec<Purpose> {
    let (policy, visit) = (cookies.policy(), consent.visit());
    let granted: Vec<_> = visit.choice().granted_ids(policy).collect();
    let categories = BannerConfig::of(policy).categories.into_iter();
    let purpose = |category: BannerCategory| Purpose {
        is_agreed: granted.contains(&&*category.id),
        is_used: cookies.is_allowed(&visit, &category.id),
        is_required: category.required,
        items: category.items.into_iter().map(|item| item.name).collect(),
        id: category.id,
        name: category.name,
        description: category.description,
    };
    categories.map(purpose).collect()
}

/// A page with a form, tied to the browser by a cookie that it has or is given.
fn tied(page: impl FnOnce(String) -> Result<Response, Refusal>) -> Result<Response, Refusal> {
    let reading = Reading::current();
    let form_token = reading.asking().form_token().ok_or(Refusal::Failed)?;
    let mut response = page(form_token.as_str().to_owned())?;
    if let Some(token) = reading.asking().offered() {
        Cookie::Form.set(&token, None, &mut response);
    }
    Ok(response)
}

/// Keeps what the person chose. What may not stay is removed by the gate in the same response.
pub(super) async fn choose(
    State(app): State<App>,
    Extension(cookies): Extension<Cookies>,
    Extension(consent): Extension<Consent>,
    headers: HeaderMap,
    Posted { fields, .. }: Posted<Passerby>,
) -> Result<Response, Refusal> {
    let policy = cookies.policy();
    let all = policy.purposes().iter().map(|purpose| &*purpose.id);
    let (granted, method): (Vec<&str>, _) = match fields.text("choice", PATH_BYTES) {
        //= PECR, Schedule A1: what is agreed to is what was asked about
        Some("accept") => (all.collect(), Method::PressedButton),
        Some("reject") => (Vec::new(), Method::PressedButton),
        Some("save") => (all.filter(|id| is_ticked(&fields, id)).collect(), Method::TickedBox),
        // Nothing was chosen.
        _ => return Ok(see_other("/cookies/preferences")),
    };
    //= UK GDPR, Article 4(11): consent is informed: it is to what was on the page
    let shown = fields.text(DECLARATION_FIELD, HASH_BYTES);
    if !granted.is_empty() && shown != Some(&cookies.declaration().hash().to_string()) {
        return Ok(see_other("/cookies/preferences?changed"));
    }
    let choice = Choice::made(policy, &granted, app.clock.now().to_cookie_time());
    let cookie = cookies.to_keep(&choice, &consent).ok_or(Refusal::Failed)?;
    let recorded = record(&app, (&cookies, &consent), &headers, (&choice, method));
    if choice.granted().meets(policy.choosable()) {
        recorded.await?;
    } else {
        // Refusing needs no record: what was allowed ends, whatever the database is up to.
        match tokio::time::timeout(REFUSAL_PATIENCE, recorded).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "a refusal of cookies was not recorded"),
            Err(_) => tracing::error!("a refusal of cookies was not recorded in time"),
        }
    }
    let mut response = see_other(match fields.text("path", PATH_BYTES) {
        Some("/cookies/opt-out") if granted.is_empty() => "/cookies/opt-out?done",
        Some("/cookies/preferences") | None => "/cookies/preferences?saved",
        Some(path) if routes::is_page(path) => path,
        Some(_) => "/",
    });
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(response)
}

/// Keeps the choice of somebody who is signed in as consents, too.
async fn record(
    app: &App,
    (cookies, consent): (&Cookies, &Consent),
    headers: &HeaderMap,
    (choice, method): (&Choice, Method),
) -> Result<(), ConsentsError> {
    let (records, policy, now) = (&app.records, cookies.policy(), app.clock.now());
    let language = Reading::current().language();
    let Some(notice) = cookies.declaration().notice(language) else { return Ok(()) };
    let Some(token) = Cookie::Session.find(headers) else { return Ok(()) };
    let session = Session::find(records, token, now).await.map_err(RecordsError::from)?;
    // To an account that is being closed nothing is added.
    let Some(session) = session.filter(|session| session.closing().is_none()) else {
        return Ok(());
    };
    //= W3C GPC, semantics: the signal refuses sale, sharing and targeted advertising, and consents to nothing
    let is_heeded = |id: &&str| !cookies.is_overruled(consent, choice, id);
    let granted: Vec<&str> = choice.granted_ids(policy).filter(is_heeded).collect();
    let since = cookies.declaration().since().copied().map(Moment::to_millis);
    let answer = Answer { policy, since, notice, granted: &granted, method, language };
    let done = consents::carry_out(records, session.person(), Wish::Choose(&answer), now);
    // What was so before needs no second record.
    let (Done::Done | Done::Already) = done.await?;
    Ok(())
}

/// Brings what somebody refused while they were signed in elsewhere along to a browser in which they
/// have just signed in. Signing in does not fail for it.
pub(super) async fn carry_over(app: &App, person: PersonId, response: &mut Response) {
    let (records, now) = (&app.records, app.clock.now());
    let reading = Reading::current();
    let (Some(consent), Some(cookies)) = (reading.consent(), reading.cookies()) else { return };
    let Some(notice) = cookies.declaration().notice(reading.language()) else { return };
    let policy = cookies.policy();
    let record = match consents::load(records, person).await {
        Ok(record) => record,
        Err(error) => return tracing::warn!(%error, "no refusal of cookies was brought along"),
    };
    let at = consents::with_all(&record, now);
    let Some(recorded) = cookie_choices::recorded(&record, (policy, notice), at) else { return };
    let carried = Carried::to(consent.reading(), recorded, policy, now.to_cookie_time());
    let cookie = match carried {
        Carried::Nothing => None,
        Carried::Refusal(refusal) => cookies.to_lend(&refusal, consent),
        Carried::Narrowed(choice) => cookies.to_keep(&choice, consent),
    };
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

fn is_ticked(fields: &Fields, purpose: &str) -> bool {
    fields.text(&format!("{PURPOSE_FIELD}{purpose}"), 2) == Some("on")
}

/// Says to programs that Global Privacy Control is honoured.
pub(super) async fn signals(Extension(cookies): Extension<Cookies>) -> Result<Response, Refusal> {
    let file = gpc_file(cookies.policy()).ok_or(Refusal::NotFound)?;
    Ok(([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], file).into_response())
}

/// The advertisement, which recognises the browser: whether it may is not asked here but at the gate.
pub(super) async fn advert(
    Extension(cookies): Extension<Cookies>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    if !cookies.has_advert() {
        return Err(Refusal::NotFound);
    }
    let svg = include_str!("../../assets/advert.svg");
    let kind = [(CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"))];
    let mut response = (kind, svg).into_response();
    if only(&headers, ADVERT_COOKIE).and_then(Id::parse).is_some() {
        return Ok(response);
    }
    let id = Id::generate().map_err(RecordsError::from)?;
    let cookie = format!(
        "{ADVERT_COOKIE}={id}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={ADVERT_SECONDS}"
    );
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}
