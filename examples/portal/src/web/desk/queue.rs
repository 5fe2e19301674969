//! The queue: what is asked, where it stands, and what is left of the time.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use upheld_consent::request::{Ask, ComplaintStage, Stage};
use upheld_consent::{Date, RequestKind};
use upheld_store::request::{COMPLAINT, Place};

use super::super::App;
use super::super::filters;
use super::super::form::TOKEN_FIELD;
use super::super::pages::{Problem, form};
use super::super::query::{Query, address};
use super::super::refusal::Refusal;
use super::super::visitor::Reader;
use super::labels;
use crate::CLINIC;
use crate::desk::queue::{self, Matter, Row, Show, Time, Wanted, With, Within};
use crate::id::Id;
use crate::language::phrase;
use crate::people::Role;
use crate::requests;
use crate::sessions::Session;
use crate::token::FormToken;

/// Where complaints stand and requests never do.
const OF_COMPLAINTS: [ComplaintStage; 3] =
    [ComplaintStage::Acknowledged, ComplaintStage::Investigating, ComplaintStage::Decided];

/// A choice of a filter: its value in addresses, and what it is called.
type Choice = (String, &'static str);

/// A request in the list.
struct Line {
    id: Id,
    ask: &'static str,
    stage: &'static str,
    received: Date,
    time: Time,
    assignee: Option<String>,
}

impl Line {
    fn of(row: Row) -> Self {
        let (ask, stage) = match row.matter {
            Matter::Request(ask, stage) => (requests::heading(ask), labels::stage(stage)),
            Matter::Complaint(stage) => (phrase("Complaint"), labels::complaint_stage(stage)),
        };
        Self {
            id: row.id,
            ask,
            stage,
            received: row.received,
            time: row.time,
            assignee: row.assignee,
        }
    }
}

/// Lists requests.
#[derive(Template)]
#[template(path = "staff-requests.html")]
struct QueuePage<'a> {
    session: &'a Session,
    form_token: FormToken,
    rows: Vec<Line>,
    shows: Vec<Choice>,
    kinds: Vec<Choice>,
    withins: Vec<Choice>,
    withs: Vec<Choice>,
    show: String,
    kind: String,
    within: String,
    with: String,
    /// The address of the first page, on the others.
    first: Option<String>,
    next: Option<String>,
    problem: Option<Problem<'a>>,
}

pub(in super::super) async fn page(
    State(app): State<App>,
    Reader(session): Reader,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let query = Query::of(query);
    let (show, kind, within) = (query.value("show"), query.value("kind"), query.value("due"));
    let with = query.value("with");
    let wanted = Wanted {
        show: read_show(&show),
        kind: read_kind(&kind),
        within: read_within(&within),
        with: match &*with {
            "me" => With::Somebody(session.person()),
            "nobody" => With::Nobody,
            _ => With::Anybody,
        },
    };
    // A place that is none is the beginning.
    let after = Place::parse(&query.value("after")).ok();
    let page = queue::page(&app.records, wanted, after, app.clock.now()).await?;
    let chosen = [("show", &*show), ("kind", &*kind), ("due", &*within), ("with", &*with)];
    let at = |place: &str| address("/staff/requests", &[&chosen[..], &[("after", place)]].concat());
    let (next, first) = (page.next.map(|next| at(&next.to_string())), after.map(|_| at("")));
    let page = QueuePage {
        session: &session,
        form_token: session.token().to_form_token(),
        rows: page.rows.into_iter().map(Line::of).collect(),
        shows: shows(),
        kinds: kinds(),
        withins: withins(),
        withs: withs(),
        show,
        kind,
        within,
        with,
        first,
        next,
        problem: None,
    };
    form(&page, None)
}

fn read_show(text: &str) -> Show {
    match text {
        "waiting" => Show::Waiting,
        "answered" => Show::Answered,
        "all" => Show::All,
        other => {
            let stage = Stage::ALL.into_iter().find(|stage| stage.name() == other).map(Show::In);
            let of_complaint = OF_COMPLAINTS.into_iter().find(|stage| stage.name() == other);
            stage.or(of_complaint.map(Show::OfComplaint)).unwrap_or_default()
        }
    }
}

fn read_kind(text: &str) -> Option<&'static str> {
    let kinds = RequestKind::ALL.into_iter().map(RequestKind::name);
    kinds.chain([COMPLAINT]).find(|kind| *kind == text)
}

fn read_within(text: &str) -> Within {
    match text {
        "overdue" => Within::Overdue,
        "7" => Within::Days(7),
        "14" => Within::Days(14),
        "30" => Within::Days(30),
        _ => Within::Ever,
    }
}

fn shows() -> Vec<Choice> {
    let groups = [
        ("", phrase("All that are open")),
        ("waiting", phrase("Waiting for the person")),
        ("answered", phrase("Answered or taken back")),
        ("all", phrase("All there are")),
    ];
    let groups = groups.map(|(value, name)| (value.to_owned(), name));
    let stages = Stage::ALL.map(|stage| (stage.name().to_owned(), labels::stage(stage)));
    let others =
        OF_COMPLAINTS.map(|stage| (stage.name().to_owned(), labels::complaint_stage(stage)));
    groups.into_iter().chain(stages).chain(others).collect()
}

fn kinds() -> Vec<Choice> {
    // Of the two objections one stands for both.
    let kinds = Ask::ALL.into_iter().filter(|ask| *ask != Ask::MarketingObjection);
    let kinds = kinds.map(|ask| (ask.kind().name().to_owned(), requests::heading(ask)));
    let complaint = (COMPLAINT.to_owned(), phrase("Complaint"));
    [(String::new(), phrase("Anything"))].into_iter().chain(kinds).chain([complaint]).collect()
}

fn withins() -> Vec<Choice> {
    let withins = [
        ("", phrase("At any time")),
        ("overdue", phrase("Overdue")),
        ("7", phrase("Within 7 days")),
        ("14", phrase("Within 14 days")),
        ("30", phrase("Within 30 days")),
    ];
    withins.map(|(value, name)| (value.to_owned(), name)).into()
}

fn withs() -> Vec<Choice> {
    let withs = [("", phrase("Anybody")), ("me", phrase("You")), ("nobody", phrase("Nobody yet"))];
    withs.map(|(value, name)| (value.to_owned(), name)).into()
}
