//! The queue of requests in pages, with what is left of the time for each.
//!
//! Its order is that of the days from which clocks run, oldest first, which the store has an index
//! for. That is close to the order of due dates and not the same: extensions and pauses move a due
//! date and no place. A due date is stored nowhere; it is derived for the rows of a page.

use upheld_consent::request::{Ask, Complaint, ComplaintStage, Stage};
use upheld_consent::{Date, Due};
use upheld_second_factor::AccountId;
use upheld_store::request::{COMPLAINT, Filter, Listed, Place};

use super::assignment;
use crate::clock::Moment;
use crate::complaints;
use crate::id::{Id, PersonId};
use crate::people::Contacts;
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

/// Whether the clock may run in a stage. It has not begun while somebody is asked who they are, that
/// they may, or for a fee; and of what is answered nothing is owed. A question may come too late to
/// stop it.
const fn may_run(stage: Stage) -> bool {
    let is_before_clock =
        matches!(stage, Stage::AwaitingIdentity | Stage::AwaitingAuthority | Stage::AwaitingFee);
    stage.is_open() && !is_before_clock
}

/// Where requests stand that are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Show {
    /// Those that are to be answered yet.
    #[default]
    Open,
    /// Those in which the person has to do something first.
    Waiting,
    /// Those in this stage, and complaints in the one of the same name.
    In(Stage),
    /// Complaints in a stage that no request has.
    OfComplaint(ComplaintStage),
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
    /// One filter, or several whose lists are to be merged; none where nothing can be meant. Where a
    /// day is asked for, what has no due date is not even read.
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
        let has_day = self.within != Within::Ever;
        let of_stages = |stages: &[Stage]| {
            let stages = stages.iter().filter(|stage| !has_day || may_run(**stage));
            stages.map(|stage| filter.clone().in_state(stage.name())).collect()
        };
        match self.show {
            Show::Answered if has_day => Vec::new(),
            Show::All if has_day => vec![filter.open()],
            Show::Open => vec![filter.open()],
            Show::Answered => vec![filter.closed()],
            Show::All => vec![filter],
            Show::In(stage) => of_stages(&[stage]),
            // Receipt of what is looked into may be acknowledged later.
            Show::OfComplaint(stage) if has_day && stage != ComplaintStage::Investigating => {
                Vec::new()
            }
            Show::OfComplaint(stage) => vec![filter.in_state(stage.name())],
            Show::Waiting => of_stages(&WAITING),
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
        if let Some(deadline) = complaints::deadline(complaint)? {
            return Ok(Self::until(deadline.acknowledge_by, today));
        }
        //= DPA 2018 §164A(4): the answer comes without undue delay
        Ok(if complaint.stage().is_open() { Self::Prompt } else { Self::Done })
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
    let (mut rows, mut read, mut contacts) = (Vec::new(), 0_usize, Contacts::default());
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
            if let Some(mut row) = row.filter(is_wanted) {
                row.assignee = match listed.summary.assignee() {
                    Some(bits) => {
                        let person = PersonId::from(AccountId(bits));
                        Some(assignment::name_of(records, &mut contacts, person).await?)
                    }
                    None => None,
                };
                rows.push(row);
            }
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

/// What a row shows, without a name; none of what was erased, or is no request.
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
    Ok(Some(Row { id: Id::from_bits(record.0), matter, received, time, assignee: None }))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use upheld_consent::Due;
    use upheld_consent::request::{
        Ask, Burden, Channel, Command, Context, ControllerStatus, Fee, FeeGround, Identity, Name,
        Receipt, Request, Requester, Stage, Text, decide,
    };

    use super::{Show, Wanted, Within, may_run};
    use crate::requests;

    /// What has no due date is not looked through for one that is due.
    #[test]
    fn a_day_is_asked_only_of_requests_that_can_have_one() {
        let count = |show, within| {
            let wanted = Wanted { show, within, ..Wanted::default() };
            wanted.filters().len()
        };
        for within in [Within::Overdue, Within::Days(7)] {
            assert_eq!(count(Show::Answered, within), 0);
            assert_eq!(count(Show::Waiting, within), 2);
            assert_eq!(count(Show::Open, within), 1);
            for stage in Stage::ALL {
                let expected = usize::from(may_run(stage));
                assert_eq!(count(Show::In(stage), within), expected, "{stage}");
            }
            let [all, open] = [Show::All, Show::Open]
                .map(|show| Wanted { show, within, ..Wanted::default() }.filters());
            assert_eq!(all, open);
        }
        assert_eq!(count(Show::Answered, Within::Ever), 1);
        assert_eq!(count(Show::Waiting, Within::Ever), 5);
        assert_eq!(count(Show::In(Stage::Closed), Within::Ever), 1);
    }

    /// By what `upheld-consent` says of requests in each of these stages.
    #[test]
    fn no_clock_runs_where_it_is_said_that_none_can() {
        let today = upheld_consent::Date::parse("2026-09-21").unwrap();
        let (by, calendar) = (Name::new("desk").unwrap(), requests::calendar());
        let controller = ControllerStatus::HealthProfessional;
        let context = Context { at: today, today, by: &by, calendar: &calendar, controller };
        let text = || Text::new("text").unwrap();
        let then = |requester, commands: Vec<Command>| {
            let identity = Identity::SignedIn;
            let receipt =
                Receipt { ask: Ask::Access, channel: Channel::SelfService, requester, identity };
            let mut events = decide(None, Command::Receive(receipt), &context).unwrap();
            for command in commands {
                let request = Request::replay(&events).unwrap();
                events.extend(decide(Some(&request), command, &context).unwrap());
            }
            let request = Request::replay(&events).unwrap();
            let is_running = matches!(request.due(&calendar).unwrap(), Some(Due::Running(_)));
            assert!(may_run(request.stage()) || !is_running, "{}", request.stage());
            (request.stage(), is_running)
        };
        let own = |commands| then(Requester::Subject, commands);
        let doubt = Command::RequestIdentity { doubt: text() };
        let ground = FeeGround::Excessive(Burden { shown_by: text(), weighed: text() });
        let fee = Command::ChargeFee(Fee { pence: 1_500, ground, covers: text() });
        assert_eq!(own(vec![]), (Stage::Received, true));
        assert_eq!(own(vec![Command::Accept]), (Stage::InProgress, true));
        assert_eq!(own(vec![doubt]), (Stage::AwaitingIdentity, false));
        assert_eq!(own(vec![fee]), (Stage::AwaitingFee, false));
        let authority = then(Requester::Representative, vec![Command::RequestAuthority]);
        assert_eq!(authority, (Stage::AwaitingAuthority, false));
        assert_eq!(own(vec![Command::Withdraw]), (Stage::Withdrawn, false));
        assert_eq!(own(vec![Command::Withdraw, Command::Close]), (Stage::Closed, false));
    }
}
