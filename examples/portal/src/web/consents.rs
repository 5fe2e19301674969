//! The consent centre: what people are asked, what they answered, and receipts for it.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};
use upheld_consent::{ConsentEvent, Happening, Notice, NoticeRef, RecordId, Status};

use super::App;
use super::filters;
use super::form::{HASH_BYTES, Posted, TOKEN_FIELD};
use super::pages::{Problem, form, see_other};
use super::reading::Reading;
use super::refusal::Refusal;
use crate::CLINIC;
use crate::clock::Moment;
use crate::consents::{self, Done, Standing, Wish};
use crate::cookie_choices;
use crate::language::phrase;
use crate::notice::{Question, Topic};
use crate::people::Role;
use crate::random;
use crate::records::RecordsError;
use crate::sessions::Session;
use crate::token::FormToken;

/// The field that says which notice was on the page.
const NOTICE_FIELD: &str = "notice";

const NOTICE_CHANGED: Problem<'_> = Problem {
    what: phrase("The privacy notice has changed since you opened this page"),
    advice: phrase("Nothing was changed. Read what it says now, and decide again."),
};

/// Shows what is asked and what was answered.
#[derive(Template)]
#[template(path = "consents.html")]
struct ConsentsPage<'a> {
    form_token: FormToken,
    session: &'a Session,
    done: Option<&'static str>,
    notice: &'a Notice,
    effective_from: Moment,
    standings: Vec<Standing>,
    cookies: Vec<cookie_choices::Standing>,
    /// Whether the person's last word is that they want no marketing.
    is_stopped: bool,
    has_receipt: bool,
    problem: Option<Problem<'a>>,
}

pub(super) async fn page(
    State(app): State<App>,
    session: Session,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    show(&app, &session, query.as_deref().and_then(done), None).await
}

async fn show(
    app: &App,
    session: &Session,
    done: Option<&'static str>,
    problem: Option<Problem<'_>>,
) -> Result<Response, Refusal> {
    let records = &app.records;
    let record = consents::load(records, session.person()).await?;
    let standings = consents::standings(records, &record, app.clock.now()).await?;
    let language = Reading::current().language();
    let reading = Reading::current();
    let declared = (records, reading.cookies().ok_or(Refusal::Failed)?.policy());
    let cookies = cookie_choices::standings(declared, &record, app.clock.now()).await?;
    let has_receipt = standings.iter().any(|standing| standing.agreed.is_some())
        || cookies.iter().any(|standing| standing.agreed.is_some());
    let notice = records.notices.in_language(language);
    let page = ConsentsPage {
        form_token: session.token().to_form_token(),
        session,
        done,
        notice,
        effective_from: notice.content().effective_from.into(),
        standings,
        cookies,
        is_stopped: consents::last_word(&record) == Some(true),
        has_receipt,
        problem,
    };
    form(&page, problem)
}

/// What has just been done.
fn done(query: &str) -> Option<&'static str> {
    Some(match query {
        "given" => phrase("Your consent was noted. You can take it back here at any time."),
        "withdrawn" => phrase("Your consent was taken back."),
        "stopped" => phrase("You get no more news and offers from us, by any channel."),
        "unchanged" => phrase("It was so already. Nothing was changed."),
        _ => return None,
    })
}

fn after(outcome: Done, what: &str) -> Response {
    let what = if outcome == Done::Done { what } else { "unchanged" };
    see_other(&format!("/account/consents?{what}"))
}

pub(super) async fn give(
    State(app): State<App>,
    Path(name): Path<String>,
    Posted { visitor: session, fields }: Posted<Session>,
) -> Result<Response, Refusal> {
    let question = Question::find(&name).ok_or(Refusal::NotFound)?;
    let shown = fields.text(NOTICE_FIELD, HASH_BYTES).unwrap_or_default();
    //= UK GDPR, Article 4(11): consent is informed: it is to the words that were on the page
    let Some(notice) = app.records.notices.with_hash(shown) else {
        return show(&app, &session, None, Some(NOTICE_CHANGED)).await;
    };
    let wish = Wish::Give(question, notice, Reading::current().language());
    let done = consents::carry_out(&app.records, session.person(), wish, app.clock.now());
    Ok(after(done.await?, "given"))
}

pub(super) async fn withdraw(
    State(app): State<App>,
    Path(name): Path<String>,
    Posted { visitor: session, .. }: Posted<Session>,
) -> Result<Response, Refusal> {
    let question = Question::find(&name).ok_or(Refusal::NotFound)?;
    let wish = Wish::Withdraw(question);
    let done = consents::carry_out(&app.records, session.person(), wish, app.clock.now());
    Ok(after(done.await?, "withdrawn"))
}

pub(super) async fn stop_marketing(
    State(app): State<App>,
    Posted { visitor: session, .. }: Posted<Session>,
) -> Result<Response, Refusal> {
    let wish = Wish::StopMarketing;
    let done = consents::carry_out(&app.records, session.person(), wish, app.clock.now());
    Ok(after(done.await?, "stopped"))
}

/// Something that happened, for the person.
struct Entry {
    at: Moment,
    what: &'static str,
    statement: Option<String>,
    notice: Option<NoticeRef>,
}

impl Entry {
    fn of(event: &ConsentEvent, statement: Option<String>) -> Self {
        let what = match event.what() {
            Happening::Consent { change, .. } => consents::said(change),
            Happening::MarketingObjection { .. } => consents::OBJECTED,
            Happening::RecipientTold { .. } => consents::TOLD,
        };
        let notice = consents::shown(event).cloned();
        Self { at: event.effective().into(), what, statement, notice }
    }
}

/// Shows everything that happened, the newest first.
#[derive(Template)]
#[template(path = "consent-history.html")]
struct HistoryPage<'a> {
    form_token: FormToken,
    session: &'a Session,
    entries: Vec<Entry>,
    problem: Option<Problem<'a>>,
}

pub(super) async fn history(State(app): State<App>, session: Session) -> Result<Response, Refusal> {
    let record = consents::load(&app.records, session.person()).await?;
    let language = Reading::current().language();
    let statements = consents::statements(&app.records, &record, language).await?;
    let events = record.events().iter().zip(statements).rev();
    let page = HistoryPage {
        form_token: session.token().to_form_token(),
        session: &session,
        entries: events.map(|(event, statement)| Entry::of(event, statement)).collect(),
        problem: None,
    };
    form(&page, None)
}

/// Sends a receipt for the consents that stand, in one of three formats.
pub(super) async fn receipt(
    State(app): State<App>,
    session: Session,
    Path(format): Path<String>,
) -> Result<Response, Refusal> {
    let records = &app.records;
    let record = consents::load(records, session.person()).await?;
    let at = consents::with_all(&record, app.clock.now());
    let dossier = consents::dossier(records, record, session.email()).await?;
    let name = random::bytes().map_err(RecordsError::from)?;
    let receipt = dossier.receipt(RecordId::from_random(*name), at);
    let receipt = receipt.map_err(|_| Refusal::NotFound)?;
    let (kind, file, text) = match &*format {
        "kantara" => ("application/json", "consent-receipt-kantara.json", receipt.to_kantara()),
        "iso27560" => ("application/json", "consent-receipt-iso27560.json", receipt.to_iso27560()),
        "dpv" => ("application/ld+json", "consent-receipt-dpv.jsonld", receipt.to_dpv()),
        _ => return Err(Refusal::NotFound),
    };
    let file = HeaderValue::from_str(&format!("attachment; filename=\"{file}\""));
    let file = file.map_err(|_| Refusal::Failed)?;
    let headers = [(CONTENT_TYPE, HeaderValue::from_static(kind)), (CONTENT_DISPOSITION, file)];
    Ok((headers, text).into_response())
}
