//! What the clinic has published, what a draft of another declaration would come to, and publishing it.

use askama::Template;
use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use upheld_consent::Notice;
use upheld_cookies::lint::{Finding, Severity};
use upheld_cookies::policy::{Edit, Policy, PolicyError};

use super::App;
use super::filters;
use super::form::{HASH_BYTES, Posted, TOKEN_FIELD};
use super::pages::{Problem, form, see_other};
use super::query::Query;
use super::refusal::Refusal;
use super::visitor::{FreshLead, Overseer};
use crate::CLINIC;
use crate::cookies::Cookies;
use crate::declaration::kept::{self, Outcome};
use crate::declaration::{draft, follow};
use crate::language::phrase;
use crate::people::Role;
use crate::publishing::{self, Examined, Listed, Version};
use crate::sessions::Session;
use crate::token::FormToken;

/// The most faults of a text that are shown.
const MOST_FAULTS: usize = 50;

const NO_DECLARATION: Problem<'_> = Problem {
    what: phrase("This is no declaration of cookies"),
    advice: phrase("What is wrong, and where, stands below the text."),
};
const TOO_LONG: Problem<'_> = Problem {
    what: phrase("This is too long for a declaration"),
    advice: phrase("It may have 32 KiB. Nothing was kept."),
};
const OTHER_DRAFT: Problem<'_> = Problem {
    what: phrase("This is not the text that you examined"),
    advice: phrase(
        "Nothing was published. Your draft was replaced, in another window perhaps. Look at what it \
         comes to now.",
    ),
};
const OVERTAKEN: Problem<'_> = Problem {
    what: phrase("Another version was published since you examined this one"),
    advice: phrase(
        "Nothing was published. What your draft would change about the new version stands below: \
         take over from it what is to stay, and examine your text again, or publish it as it is.",
    ),
};
const TOO_MANY: Problem<'_> = Problem {
    what: phrase("Twenty versions were published within a day"),
    advice: phrase(
        "Nothing was published. More are accepted later; your draft is kept for a week.",
    ),
};
const HINDERED: Problem<'_> = Problem {
    what: phrase("It cannot be published"),
    advice: phrase("Nothing was published. Why not stands below the text."),
};

/// A finding in the list.
struct Line {
    weight: &'static str,
    finding: Finding,
}

impl Line {
    fn of(finding: Finding) -> Self {
        let weight = match finding.severity {
            Severity::Error => phrase("Error"),
            Severity::Warning => phrase("Warning"),
            _ => phrase("Note"),
        };
        Self { weight, finding }
    }
}

/// What a text comes to, for the page.
struct Draft {
    examined: Examined,
    findings: Vec<Line>,
}

/// Shows what is published.
#[derive(Template)]
#[template(path = "staff-publishing.html")]
struct PublishingPage<'a> {
    session: &'a Session,
    form_token: FormToken,
    is_done: bool,
    versions: Vec<Version>,
    cookies: &'a Cookies,
    findings: Vec<Line>,
    /// What was pasted.
    text: &'a str,
    /// What that would change.
    draft: Option<Draft>,
    /// Why it is no declaration.
    faults: Vec<String>,
    problem: Option<Problem<'a>>,
}

pub(super) async fn page(
    State(app): State<App>,
    Extension(cookies): Extension<Cookies>,
    Overseer(session): Overseer,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let is_done = query.as_deref() == Some("published");
    let page = Page { app: &app, session: &session, cookies: &cookies, is_done };
    let draft = draft::find(&app.records, session.person()).await?;
    page.show(draft.as_deref().unwrap_or_default(), None).await
}

/// Examines a draft, and keeps that of somebody who may publish. Nothing is published by it.
pub(super) async fn check(
    State(app): State<App>,
    Extension(cookies): Extension<Cookies>,
    Posted { visitor: Overseer(session), fields }: Posted<Overseer>,
) -> Result<Response, Refusal> {
    let page = Page { app: &app, session: &session, cookies: &cookies, is_done: false };
    let text = fields.text("declaration", usize::MAX).unwrap_or_default();
    let text = draft::without_returns(text);
    if text.len() > draft::MAX_BYTES {
        return page.show(&text, Some(TOO_LONG)).await;
    }
    if session.role() == Role::PrivacyLead && Policy::parse_toml(&text).is_ok() {
        draft::keep(&app.records, session.person(), text.clone(), app.clock.now()).await?;
    }
    page.show(&text, None).await
}

/// Publishes the draft that was examined, and nothing else.
pub(super) async fn publish(
    State(app): State<App>,
    Extension(cookies): Extension<Cookies>,
    Posted { visitor: FreshLead(session), fields }: Posted<FreshLead>,
) -> Result<Response, Refusal> {
    let (records, now) = (&app.records, app.clock.now());
    let page = Page { app: &app, session: &session, cookies: &cookies, is_done: false };
    let text = draft::find(records, session.person()).await?.unwrap_or_default();
    let Ok(examined) = page.examine(&text, &page.notices().await?) else {
        return page.show(&text, Some(OTHER_DRAFT)).await;
    };
    if fields.text("hash", HASH_BYTES) != Some(&examined.hash.to_string()) {
        return page.show(&text, Some(OTHER_DRAFT)).await;
    }
    if !examined.may_be_published() {
        return page.show(&text, Some(HINDERED)).await;
    }
    let base = fields.text("base", 10).and_then(|base| base.parse().ok());
    let base = base.ok_or(Refusal::Stale)?;
    match kept::publish(records, &session, (text.clone(), base), now).await? {
        Outcome::Published(number) => {
            tracing::info!(staff = %session.person(), number, "staff: declaration published");
            // Should it fail, it is in force all the same, and tried again within two seconds. Until
            // then this node has the one before: the list of versions says which is which.
            Ok(see_other(match follow::newest(records, now).await {
                Ok(()) => "/staff/publishing?published",
                Err(error) => {
                    tracing::error!(%error, "the newest declaration of cookies is not known");
                    "/staff/publishing/versions"
                }
            }))
        }
        Outcome::Overtaken => {
            if let Err(error) = follow::newest(records, now).await {
                tracing::error!(%error, "the newest declaration of cookies is not known");
            }
            let cookies = app.cookies.current();
            let page = Page { cookies: &cookies, ..page };
            page.show(&text, Some(OVERTAKEN)).await
        }
        Outcome::TooMany => page.show(&text, Some(TOO_MANY)).await,
        Outcome::Unfit => page.show(&text, Some(HINDERED)).await,
        Outcome::NotTheirs => Err(Refusal::NotFound),
    }
}

/// Where the page stands, whatever is on it.
struct Page<'a> {
    app: &'a App,
    session: &'a Session,
    cookies: &'a Cookies,
    is_done: bool,
}

impl Page<'_> {
    /// The hosts are those at which the portal is found, whatever the text says.
    fn examine(&self, text: &str, notices: &[Notice]) -> Result<Examined, PolicyError> {
        let hosts = self.cookies.policy().site().hosts.clone();
        let policy = Policy::parse_toml(text)?.with_hosts(hosts);
        Examined::of(self.cookies, (text, &policy), notices, self.app.clock.now())
    }

    async fn notices(&self) -> Result<Vec<Notice>, Refusal> {
        let notices = self.app.records.consents.notices().await;
        Ok(notices.map_err(crate::consents::ConsentsError::from)?)
    }

    async fn show(&self, text: &str, problem: Option<Problem<'_>>) -> Result<Response, Refusal> {
        let now = self.app.clock.now();
        let notices = self.notices().await?;
        let (mut draft, mut faults, mut problem) = (None, Vec::new(), problem);
        if !text.is_empty() && text.len() <= draft::MAX_BYTES {
            match self.examine(text, &notices) {
                Ok(mut examined) => {
                    let findings = lines(std::mem::take(&mut examined.findings));
                    draft = Some(Draft { examined, findings });
                }
                Err(error) => {
                    let shown = error.problems().iter().take(MOST_FAULTS);
                    faults = shown.map(ToString::to_string).collect();
                    problem = problem.or(Some(NO_DECLARATION));
                }
            }
        }
        let page = PublishingPage {
            session: self.session,
            form_token: self.session.token().to_form_token(),
            is_done: self.is_done,
            versions: publishing::versions(&notices),
            cookies: self.cookies,
            findings: lines(publishing::findings(self.cookies.policy(), now)),
            text,
            draft,
            faults,
            problem,
        };
        form(&page, problem)
    }
}

fn lines(findings: Vec<Finding>) -> Vec<Line> {
    findings.into_iter().map(Line::of).collect()
}

/// Lists what was published, with what each changed.
#[derive(Template)]
#[template(path = "staff-versions.html")]
struct VersionsPage<'a> {
    session: &'a Session,
    form_token: FormToken,
    in_force: u32,
    versions: Vec<Listed>,
    /// The number that the next page begins with.
    next: Option<u32>,
    problem: Option<Problem<'a>>,
}

pub(super) async fn versions(
    State(app): State<App>,
    Extension(cookies): Extension<Cookies>,
    Overseer(session): Overseer,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    // A number that is none is the beginning.
    let last = Query::of(query).value("from").parse().unwrap_or(u32::MAX);
    let versions = publishing::listed(kept::up_to(&app.records.database, last).await?);
    let next = versions.last().and_then(|listed| listed.kept.number.checked_sub(1));
    let page = VersionsPage {
        session: &session,
        form_token: session.token().to_form_token(),
        in_force: cookies.declaration().number(),
        next: next.filter(|_| versions.len() == kept::PAGE),
        versions,
        problem: None,
    };
    form(&page, None)
}
