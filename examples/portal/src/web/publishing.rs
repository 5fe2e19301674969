//! What the clinic has published, and what a draft of another declaration would come to.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use upheld_cookies::lint::{Finding, Severity};
use upheld_cookies::policy::Policy;

use super::App;
use super::filters;
use super::form::{Posted, TOKEN_FIELD};
use super::pages::{Problem, form};
use super::refusal::Refusal;
use super::visitor::Overseer;
use crate::CLINIC;
use crate::language::phrase;
use crate::people::Role;
use crate::publishing::{self, Changed, Draft, Version};
use crate::sessions::Session;
use crate::token::FormToken;

const NO_DECLARATION: Problem<'_> = Problem {
    what: phrase("This is no declaration of cookies"),
    advice: phrase("What is wrong, and where, stands below the text."),
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

/// Shows what is published.
#[derive(Template)]
#[template(path = "staff-publishing.html")]
struct PublishingPage<'a> {
    session: &'a Session,
    form_token: FormToken,
    versions: Vec<Version>,
    policy: &'a Policy,
    findings: Vec<Line>,
    /// What was pasted.
    text: &'a str,
    /// What that would change.
    draft: Option<(Draft, Vec<Line>)>,
    /// Why it is no declaration.
    faults: Vec<String>,
    problem: Option<Problem<'a>>,
}

pub(super) async fn page(
    State(app): State<App>,
    Overseer(session): Overseer,
) -> Result<Response, Refusal> {
    show(&app, &session, "", None).await
}

/// Examines a draft. Nothing is published by it.
pub(super) async fn check(
    State(app): State<App>,
    Posted { visitor: Overseer(session), fields }: Posted<Overseer>,
) -> Result<Response, Refusal> {
    let text = fields.text("declaration", usize::MAX).unwrap_or_default();
    let hosts = app.cookies.policy().site().hosts.clone();
    // The hosts are those at which the portal is found, whatever the file says.
    let read = Policy::parse_toml(text).map(|policy| policy.with_hosts(hosts));
    show(&app, &session, text, Some(read.map_err(|error| faults(&error)))).await
}

fn faults(error: &upheld_cookies::policy::PolicyError) -> Vec<String> {
    error.problems().iter().map(ToString::to_string).collect()
}

async fn show(
    app: &App,
    session: &Session,
    text: &str,
    read: Option<Result<Policy, Vec<String>>>,
) -> Result<Response, Refusal> {
    let (policy, now) = (app.cookies.policy(), app.clock.now());
    let (draft, faults) = match read {
        Some(Ok(draft)) => (Some(Draft::of(policy, &draft, now)), Vec::new()),
        Some(Err(faults)) => (None, faults),
        None => (None, Vec::new()),
    };
    let problem = (!faults.is_empty()).then_some(NO_DECLARATION);
    let page = PublishingPage {
        session,
        form_token: session.token().to_form_token(),
        versions: publishing::versions(&app.records).await?,
        policy,
        findings: lines(publishing::findings(policy, now)),
        text,
        draft: draft.map(|(draft, findings)| (draft, lines(findings))),
        faults,
        problem,
    };
    form(&page, problem)
}

fn lines(findings: Vec<Finding>) -> Vec<Line> {
    findings.into_iter().map(Line::of).collect()
}
