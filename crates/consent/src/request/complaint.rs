//! Complaints to the controller: section 164A of the Data Protection Act 2018.

use serde::{Deserialize, Serialize};

use super::{Channel, Context, Name, Recorded, Text, Version};
use crate::{Calendar, ComplaintDeadline, Date, DeadlineError, complaint_deadline};

mod stage;

pub use stage::{ComplaintAct, ComplaintStage, complaint_transition};

/// What somebody wants to do with a complaint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum ComplaintCommand {
    /// Takes a complaint in.
    Receive {
        /// How it came. An electronic form is one way; there is another: section 164A(2).
        channel: Channel,
        /// What it is about.
        about: Text,
        /// The request that it is about, if it is about one.
        request: Option<Name>,
    },
    /// Notes that the person was told that it is there.
    Acknowledge,
    /// Makes enquiries.
    Investigate {
        /// Which.
        steps: Text,
    },
    /// Notes that the person was told how it goes.
    ReportProgress {
        /// What they were told.
        told: Text,
    },
    /// Notes that the person was told what came of it.
    Decide {
        /// What was enquired into.
        enquiries: Text,
        /// What came of it.
        outcome: ComplaintOutcome,
    },
    /// Notes that the person took it back.
    Withdraw,
    /// Is done with it.
    Close,
}

/// What came of a complaint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum ComplaintOutcome {
    /// The person is right.
    Upheld {
        /// What is done about it.
        remedy: Text,
    },
    /// The person is right in part.
    PartlyUpheld {
        /// What is done about it.
        remedy: Text,
        /// Why not more.
        reasons: Text,
    },
    /// The person is not.
    NotUpheld {
        /// Why not.
        reasons: Text,
    },
}

/// What happened to a complaint. Each is what came of the command with the same contents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each is described at its command")]
pub enum ComplaintEvent {
    Received { channel: Channel, about: Text, request: Option<Name> },
    Acknowledged,
    Investigated { steps: Text },
    ProgressReported { told: Text },
    Decided { enquiries: Text, outcome: ComplaintOutcome },
    Withdrawn,
    Closed,
}

impl ComplaintCommand {
    /// Its name.
    #[must_use]
    pub const fn act(&self) -> ComplaintAct {
        match self {
            Self::Receive { .. } => ComplaintAct::Receive,
            Self::Acknowledge => ComplaintAct::Acknowledge,
            Self::Investigate { .. } => ComplaintAct::Investigate,
            Self::ReportProgress { .. } => ComplaintAct::ReportProgress,
            Self::Decide { .. } => ComplaintAct::Decide,
            Self::Withdraw => ComplaintAct::Withdraw,
            Self::Close => ComplaintAct::Close,
        }
    }

    fn into_event(self) -> ComplaintEvent {
        match self {
            Self::Receive { channel, about, request } => {
                ComplaintEvent::Received { channel, about, request }
            }
            Self::Acknowledge => ComplaintEvent::Acknowledged,
            Self::Investigate { steps } => ComplaintEvent::Investigated { steps },
            Self::ReportProgress { told } => ComplaintEvent::ProgressReported { told },
            Self::Decide { enquiries, outcome } => ComplaintEvent::Decided { enquiries, outcome },
            Self::Withdraw => ComplaintEvent::Withdrawn,
            Self::Close => ComplaintEvent::Closed,
        }
    }
}

impl ComplaintEvent {
    /// The act that it came of.
    #[must_use]
    pub const fn act(&self) -> ComplaintAct {
        match self {
            Self::Received { .. } => ComplaintAct::Receive,
            Self::Acknowledged => ComplaintAct::Acknowledge,
            Self::Investigated { .. } => ComplaintAct::Investigate,
            Self::ProgressReported { .. } => ComplaintAct::ReportProgress,
            Self::Decided { .. } => ComplaintAct::Decide,
            Self::Withdrawn => ComplaintAct::Withdraw,
            Self::Closed => ComplaintAct::Close,
        }
    }
}

/// Why a command about a complaint is not granted, or an event is out of place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ComplaintRejection {
    /// There is no such thing to do where the complaint stands.
    #[error("{act} is nothing to do with a complaint that {}", stands(.stage.as_ref()))]
    NotHere {
        /// What was wanted.
        act: ComplaintAct,
        /// Where it stands; nowhere if it has not been received.
        stage: Option<ComplaintStage>,
    },
    /// The day has not come.
    #[error("{at} is after today, {today}")]
    Future {
        /// When it is said to have happened.
        at: Date,
        /// The day.
        today: Date,
    },
    /// It is said to have happened before what it follows.
    #[error("{act} on {at} is before {after}, which it follows")]
    Order {
        /// What was wanted.
        act: ComplaintAct,
        /// When it is said to have happened.
        at: Date,
        /// What it cannot come before.
        after: Date,
    },
    /// It was done already.
    #[error("{act} was done already")]
    Already {
        /// What was wanted.
        act: ComplaintAct,
    },
}

fn stands(stage: Option<&ComplaintStage>) -> String {
    match stage {
        Some(stage) => format!("is {stage}"),
        None => "was not received".into(),
    }
}

/// A complaint, as the events so far have made it.
///
/// ```
/// use upheld_consent::request::{
///     Channel, Complaint, ComplaintCommand, Context, ControllerStatus, Name, Text, decide_complaint,
/// };
/// use upheld_consent::{Calendar, Date, Division};
///
/// let (by, calendar) = (Name::new("dpo")?, Calendar::of(Division::EnglandAndWales));
/// let at = Date::new(2026, 7, 1)?;
/// let controller = ControllerStatus::Other;
/// let context = Context { at, today: at, by: &by, calendar: &calendar, controller };
/// let command = ComplaintCommand::Receive {
///     channel: Channel::Form,
///     about: Text::new("my records went to the wrong address")?,
///     request: None,
/// };
/// let complaint = Complaint::replay(&[decide_complaint(None, command, &context)?])?;
/// let by = complaint.acknowledge_by(&calendar)?.map(|deadline| deadline.acknowledge_by);
/// assert_eq!(by, Some(Date::new(2026, 7, 31)?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    stage: ComplaintStage,
    received: Date,
    latest: Date,
    about: Text,
    request: Option<Name>,
    acknowledged: Option<Date>,
    outcome: Option<(Date, Text, ComplaintOutcome)>,
}

/// Says what comes of a command about a complaint: an event to be stored and then applied.
///
/// # Errors
///
/// [`ComplaintRejection`].
pub fn decide_complaint(
    complaint: Option<&Complaint>,
    command: ComplaintCommand,
    context: &Context<'_>,
) -> Result<Recorded<ComplaintEvent>, ComplaintRejection> {
    let (act, stage) = (command.act(), complaint.map(Complaint::stage));
    if complaint_transition(stage, act).is_none() {
        return Err(ComplaintRejection::NotHere { act, stage });
    }
    let Context { at, today, .. } = *context;
    if at > today {
        return Err(ComplaintRejection::Future { at, today });
    }
    if let Some(complaint) = complaint {
        let is_end =
            matches!(act, ComplaintAct::Decide | ComplaintAct::Withdraw | ComplaintAct::Close);
        let after = if is_end { complaint.latest } else { complaint.received };
        if at < after {
            return Err(ComplaintRejection::Order { act, at, after });
        }
        if act == ComplaintAct::Acknowledge && complaint.acknowledged.is_some() {
            return Err(ComplaintRejection::Already { act });
        }
    }
    Ok(Recorded { v: Version, at, by: context.by.clone(), event: command.into_event() })
}

impl Complaint {
    /// Makes a complaint of its events, in the order in which they were recorded.
    ///
    /// # Errors
    ///
    /// [`ComplaintRejection::NotHere`] for an event out of place, and when there are none.
    pub fn replay<'a>(
        events: impl IntoIterator<Item = &'a Recorded<ComplaintEvent>>,
    ) -> Result<Self, ComplaintRejection> {
        let mut events = events.into_iter();
        let first = events.next();
        let mut complaint = match first {
            Some(Recorded {
                at, event: ComplaintEvent::Received { about, request, .. }, ..
            }) => Self {
                stage: ComplaintStage::Received,
                received: *at,
                latest: *at,
                about: about.clone(),
                request: request.clone(),
                acknowledged: None,
                outcome: None,
            },
            other => {
                let act = other.map_or(ComplaintAct::Receive, |other| other.event.act());
                return Err(ComplaintRejection::NotHere { act, stage: None });
            }
        };
        for event in events {
            complaint = complaint.apply(event)?;
        }
        Ok(complaint)
    }

    /// Applies an event.
    ///
    /// # Errors
    ///
    /// [`ComplaintRejection::NotHere`] when it cannot have happened where the complaint stands.
    pub fn apply(
        mut self,
        recorded: &Recorded<ComplaintEvent>,
    ) -> Result<Self, ComplaintRejection> {
        let (at, act, stage) = (recorded.at, recorded.event.act(), Some(self.stage));
        let Some(next) = complaint_transition(stage, act) else {
            return Err(ComplaintRejection::NotHere { act, stage });
        };
        match &recorded.event {
            ComplaintEvent::Acknowledged => self.acknowledged = Some(at),
            ComplaintEvent::Decided { enquiries, outcome } => {
                self.outcome = Some((at, enquiries.clone(), outcome.clone()));
            }
            _ => {}
        }
        self.latest = self.latest.max(at);
        self.stage = next;
        Ok(self)
    }

    /// Where it stands.
    #[must_use]
    pub const fn stage(&self) -> ComplaintStage {
        self.stage
    }

    /// When it came.
    #[must_use]
    pub const fn received(&self) -> Date {
        self.received
    }

    /// What it is about.
    #[must_use]
    pub const fn about(&self) -> &Text {
        &self.about
    }

    /// The request that it is about, if it is about one.
    #[must_use]
    pub const fn request(&self) -> Option<&Name> {
        self.request.as_ref()
    }

    /// What came of it: when, after which enquiries, and what.
    #[must_use]
    pub fn outcome(&self) -> Option<(Date, &Text, &ComplaintOutcome)> {
        self.outcome.as_ref().map(|(at, enquiries, outcome)| (*at, enquiries, outcome))
    }

    /// When receipt must be acknowledged; `None` once it was, or the outcome told.
    ///
    /// # Errors
    ///
    /// Those of [`complaint_deadline`].
    //= DPA 2018 §164A(3): receipt is acknowledged within 30 days
    pub fn acknowledge_by(
        &self,
        calendar: &Calendar,
    ) -> Result<Option<ComplaintDeadline>, DeadlineError> {
        if !self.stage.is_open() || self.acknowledged.is_some() {
            return Ok(None);
        }
        complaint_deadline(self.received, calendar).map(Some)
    }
}
