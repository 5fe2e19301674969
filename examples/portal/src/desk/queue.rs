//! The queue of requests in pages, with what is left of the time for each.
//!
//! Its order is that of the days from which clocks run, oldest first, which the store has an index
//! for. That is close to the order of due dates and not the same: extensions and pauses move a due
//! date and no place. A due date is stored nowhere; it is derived for the rows of a page.

use upheld_consent::request::{Ask, Complaint, ComplaintStage, Stage};
use upheld_consent::{Date, Due};
use upheld_store::request::{COMPLAINT, Filter, Listed, Place};

use super::assignment;
use crate::clock::Moment;
use crate::complaints;
use crate::id::{Id, PersonId};
use crate::records::Records;
use crate::requests::{self, RequestsError};

/// How many requests a page lists.
const PAGE: usize = 25;
/// How many requests a page reads at most, to find those that are due by a day. What it has not
/// come to is on the next page, which may be empty and lead on.
const MAX_READ: usize = 100;
/// No time is shorter: a month from the end of January.
const SHORTEST: i32 = 28;

/// The stages in which the desk waits for the person.
const WAITING: [Stage; 5] = [
    Stage::AwaitingIdentity,
    Stage::AwaitingAuthority,
    Stage::AwaitingFee,
    Stage::AwaitingClarification,
    Stage::AwaitingChoice,
];

/// Where requests stand that are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Show {
    /// Those that are to be answered yet.
    #[default]
    Open,
    /// Those in which the person has to do something first.
    Waiting,
    /// Those in the state that the store knows by this name.
    In(&'static str),
    /// Those that are answered, or were taken back.
    Answered,
    All,
}

/// When requests are due that are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Within {
    #[default]
    Ever,
    Overdue,
    Days(i32),
}

/// Who deals with requests that are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum With {
    #[default]
    Anybody,
    Nobody,
    Somebody(PersonId),
}

/// Which requests are to be listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) show: Show,
    /// What the store calls it.
    pub(crate) kind: Option<&'static str>,
    pub(crate) within: Within,
    pub(crate) with: With,
}

impl Wanted {
    /// One filter, or several whose lists are to be merged.
    fn filters(self) -> Vec<Filter> {
        let filter = Filter::default();
        let filter = match self.kind {
            Some(kind) => filter.of_kind(kind),
            None => filter,
        };
        let filter = match self.with {
            With::Anybody => filter,
            With::Nobody => filter.unassigned(),
            With::Somebody(person) => filter.assigned_to(person.to_bits()),
        };
        match self.show {
            Show::Open => vec![filter.open()],
            Show::Answered => vec![filter.closed()],
            Show::All => vec![filter],
            Show::In(state) => vec![filter.in_state(state)],
            Show::Waiting => {
                let waiting = WAITING.iter();
                waiting.map(|stage| filter.clone().in_state(stage.name())).collect()
            }
        }
    }

    /// The last day on which what is listed may be due.
    fn last_day(self, today: Date) -> Option<Date> {
        match self.within {
            Within::Ever => None,
            Within::Overdue => today.plus_days(-1),
            Within::Days(days) => today.plus_days(days),
        }
    }
}

/// What a row is about, and where that stands.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Matter {
    Request(Ask, Stage),
    Complaint(ComplaintStage),
}

/// A request in the list, or a complaint.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) id: Id,
    pub(crate) matter: Matter,
    pub(crate) received: Date,
    pub(crate) time: Time,
    /// What who deals with it is called; none while nobody does.
    pub(crate) assignee: Option<String>,
}

/// What is left of the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Time {
    Left {
        days: usize,
        due: Date,
    },
    Over {
        days: usize,
        due: Date,
    },
    /// It has not begun, or it stands still: the person has to do something.
    Stopped,
    /// It has no last day: a complaint that was acknowledged.
    Prompt,
    /// Nothing is owed.
    Done,
}

impl Time {
    pub(crate) fn of(due: Option<Due>, today: Date) -> Self {
        let Some(due) = due else { return Self::Done };
        let Due::Running(deadline) = due else { return Self::Stopped };
        Self::until(deadline.due, today)
    }

    /// Until receipt of a complaint has to be acknowledged, and after that.
    pub(crate) fn of_complaint(complaint: &Complaint, today: Date) -> Result<Self, RequestsError> {
        use ComplaintStage::{Acknowledged, Investigating, Received};
        if let Some(deadline) = complaints::deadline(complaint)? {
            return Ok(Self::until(deadline.acknowledge_by, today));
        }
        //= DPA 2018 §164A(4): the answer comes without undue delay
        let is_open = matches!(complaint.stage(), Received | Acknowledged | Investigating);
        Ok(if is_open { Self::Prompt } else { Self::Done })
    }

    fn until(due: Date, today: Date) -> Self {
        let left = due.days_since(today);
        let days = usize::try_from(left.unsigned_abs()).unwrap_or(usize::MAX);
        if left < 0 { Self::Over { days, due } } else { Self::Left { days, due } }
    }

    const fn due(self) -> Option<Date> {
        match self {
            Self::Left { due, .. } | Self::Over { due, .. } => Some(due),
            Self::Stopped | Self::Prompt | Self::Done => None,
        }
    }
}

/// A page of the queue.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) rows: Vec<Row>,
    /// Where the next one begins; none after the last.
    pub(crate) next: Option<Place>,
}

/// Lists requests from after a place on.
pub(crate) async fn page(
    records: &Records,
    wanted: Wanted,
    mut after: Option<Place>,
    now: Moment,
) -> Result<Page, RequestsError> {
    let today = requests::today(None, now)?;
    let last_day = wanted.last_day(today);
    let (mut rows, mut read) = (Vec::new(), 0_usize);
    loop {
        let (stretch, next) = stretch(records, wanted, after).await?;
        for (listed, is_last) in
            stretch.iter().enumerate().map(|(at, one)| (one, at.saturating_add(1) == stretch.len()))
        {
            let earliest = listed.summary.runs_from().plus_days(SHORTEST);
            if last_day.is_some_and(|last| earliest.is_none_or(|earliest| earliest > last)) {
                return Ok(Page { rows, next: None });
            }
            let row = read_row(records, listed, today).await?;
            let is_wanted = |row: &Row| {
                last_day.is_none_or(|last| row.time.due().is_some_and(|due| due <= last))
            };
            rows.extend(row.filter(is_wanted));
            if rows.len() >= PAGE {
                let next = if is_last { next } else { Some(listed.place()) };
                return Ok(Page { rows, next });
            }
        }
        read = read.saturating_add(stretch.len());
        if next.is_none() || read >= MAX_READ {
            return Ok(Page { rows, next });
        }
        after = next;
    }
}

/// The next requests of one list, or of several that are merged.
async fn stretch(
    records: &Records,
    wanted: Wanted,
    after: Option<Place>,
) -> Result<(Vec<Listed>, Option<Place>), RequestsError> {
    let limit = u32::try_from(PAGE).unwrap_or(u32::MAX);
    let (mut all, mut is_more) = (Vec::new(), false);
    for filter in wanted.filters() {
        let page = records.requests.list(&filter, after, limit).await?;
        is_more |= page.next.is_some();
        all.extend(page.rows);
    }
    all.sort_by_key(Listed::place);
    is_more |= all.len() > PAGE;
    all.truncate(PAGE);
    let next = all.last().filter(|_| is_more).map(Listed::place);
    Ok((all, next))
}

/// What a row shows; none of what was erased, or is no request.
async fn read_row(
    records: &Records,
    listed: &Listed,
    today: Date,
) -> Result<Option<Row>, RequestsError> {
    let record = listed.request;
    let (matter, received, time) = if listed.summary.kind() == COMPLAINT {
        let Some(kept) = complaints::read(records, record).await? else { return Ok(None) };
        let complaint = kept.complaint;
        let time = Time::of_complaint(&complaint, today)?;
        (Matter::Complaint(complaint.stage()), complaint.received(), time)
    } else {
        let Some(kept) = requests::read(records, record).await? else { return Ok(None) };
        let request = kept.request;
        let time = Time::of(request.due(&requests::calendar())?, today);
        (Matter::Request(request.ask(), request.stage()), request.received(), time)
    };
    Ok(Some(Row {
        id: Id::from_bits(record.0),
        matter,
        received,
        time,
        assignee: match listed.summary.assignee() {
            Some(bits) => Some(assignment::name_of(records, bits).await?),
            None => None,
        },
    }))
}
