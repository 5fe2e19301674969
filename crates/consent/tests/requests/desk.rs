//! A desk that handles one request after the other, for the tests.

use upheld_consent::request::{
    AccessAnswer, Ask, Burden, Channel, Choice, Clearance, Command, Context, ControllerStatus,
    CopyForm, Done, ErasureAnswer, ExtensionGround, Fee, FeeGround, Ground, Identity, Item,
    Notified, Outcome, PortabilityAnswer, Receipt, Record, Recorded, RectificationAnswer,
    Rejection, Request, Requester, ResidualCopies, Response, RestrictionAnswer, RestrictionCase,
    ReviewAnswer, SearchPlan, SearchResult, Sent, Verdict, decide,
};
use upheld_consent::{Calendar, Date, Division, Due};

use crate::{date, name, text};

/// One request, on its way.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) controller: ControllerStatus,
    pub(crate) events: Vec<Recorded>,
    pub(crate) request: Option<Request>,
}

impl Desk {
    pub(crate) const fn new() -> Self {
        let controller = ControllerStatus::HealthProfessional;
        Self { controller, events: Vec::new(), request: None }
    }

    /// A request of somebody known, received on 1 June 2026 by e-mail.
    pub(crate) fn with(ask: Ask) -> Self {
        let mut desk = Self::new();
        desk.must("2026-06-01", Command::Receive(receipt(ask)));
        desk
    }

    pub(crate) fn of_a_platform(self) -> Self {
        Self { controller: ControllerStatus::Other, ..self }
    }

    pub(crate) fn try_on(&mut self, at: Date, command: Command) -> Result<(), Rejection> {
        let calendar = Calendar::of(Division::EnglandAndWales);
        let by = name("desk");
        let context = Context {
            at,
            today: date("2028-06-01"),
            by: &by,
            calendar: &calendar,
            controller: self.controller,
        };
        let events = decide(self.request.as_ref(), command, &context)?;
        assert!(!events.is_empty());
        for event in &events {
            self.request = Some(match self.request.take() {
                Some(request) => request.apply(event).unwrap(),
                None => Request::replay([event]).unwrap(),
            });
        }
        self.events.extend(events);
        Ok(())
    }

    #[track_caller]
    pub(crate) fn must(&mut self, at: &str, command: Command) {
        let act = command.act();
        assert_eq!(self.try_on(date(at), command), Ok(()), "{act}");
    }

    #[track_caller]
    pub(crate) fn refused(&mut self, at: &str, command: Command) -> Rejection {
        self.try_on(date(at), command).unwrap_err()
    }

    #[track_caller]
    pub(crate) fn request(&self) -> &Request {
        self.request.as_ref().unwrap()
    }

    #[track_caller]
    pub(crate) fn due(&self) -> Option<Due> {
        self.request().due(&Calendar::of(Division::EnglandAndWales)).unwrap()
    }

    /// The day it is due.
    #[track_caller]
    pub(crate) fn day(&self) -> Date {
        match self.due() {
            Some(Due::Running(deadline)) => deadline.due,
            other => panic!("{other:?}"),
        }
    }

    /// Brings a request for access or portability to where its items are reviewed.
    pub(crate) fn reviewing(ask: Ask, items: &[Item]) -> Self {
        let mut desk = Self::with(ask);
        desk.must("2026-06-02", Command::Accept);
        desk.must("2026-06-02", Command::BeginCollection(plan(&["records"])));
        for item in items {
            desk.must("2026-06-03", Command::FindItem(item.clone()));
        }
        let source = name("records");
        desk.must("2026-06-03", Command::FinishSource { source, result: SearchResult::Searched });
        desk.must("2026-06-04", Command::SubmitForReview);
        desk
    }
}

/// A request that is refused on that ground if `respond` says so: with an item that is withheld on
/// it, where it is about what stands in one.
pub(crate) fn before_refusal(ask: Ask, ground: &Ground) -> Desk {
    if !ask.needs_search() {
        let mut desk = Desk::with(ask);
        desk.must("2026-06-02", Command::Accept);
        return desk;
    }
    if !ground.is_about_items() || !ground.limits(ask) || ground.is_against_others() {
        return Desk::reviewing(ask, &[]);
    }
    let mut desk = Desk::reviewing(ask, &[item("note 1", Record::Health, true)]);
    let verdict = Verdict::Withhold(ground.clone());
    desk.must("2026-06-04", Command::Review { item: name("note 1"), verdict });
    desk
}

/// A request that lapsed on that ground, if there is such a thing.
pub(crate) fn lapsed(ask: Ask, ground: &Ground) -> Option<Desk> {
    let mut desk = Desk::new();
    let mut receipt = receipt(ask);
    let command = match ground {
        Ground::NotIdentified(_) => Command::RequestIdentity { doubt: text("a new address") },
        Ground::NotAuthorised(_) => {
            receipt.requester = Requester::Representative;
            Command::RequestAuthority
        }
        Ground::FeeUnpaid(_) => Command::ChargeFee(fee()),
        _ => return None,
    };
    desk.must("2026-06-01", Command::Receive(receipt));
    desk.must("2026-06-02", command);
    desk.must("2026-06-05", Command::Lapse { efforts: text("as the file shows") });
    Some(desk)
}

pub(crate) fn receipt(ask: Ask) -> Receipt {
    Receipt {
        ask,
        channel: Channel::Email,
        requester: Requester::Subject,
        identity: Identity::SignedIn,
    }
}

pub(crate) fn plan(sources: &[&str]) -> SearchPlan {
    SearchPlan {
        scope: text("everything since 2020"),
        sources: sources.iter().map(|source| name(source)).collect(),
        proportionate: text("the person has been a patient since 2020"),
    }
}

pub(crate) fn item(called: &str, record: Record, health_data: bool) -> Item {
    Item { name: name(called), source: name("records"), record, health_data }
}

pub(crate) fn burden() -> Burden {
    Burden {
        shown_by: text("the fourth request for the same letter in four weeks"),
        weighed: text("nothing has changed since, and the copy was received each time"),
    }
}

pub(crate) fn fee() -> Fee {
    Fee { pence: 1_500, ground: FeeGround::Excessive(burden()), covers: text("copying and post") }
}

pub(crate) fn access() -> AccessAnswer {
    let one = |words| Some(vec![text(words)]);
    AccessAnswer {
        purposes: one("to care for you"),
        categories: one("your clinical record"),
        recipients: Some(Vec::new()),
        retention: one("eight years from your last visit"),
        sources: Some(Vec::new()),
        automated_decisions: Some(Vec::new()),
        transfers: Some(Vec::new()),
        copy: Some(CopyForm::Electronic),
    }
}

pub(crate) fn erasure(account_deleted: bool) -> ErasureAnswer {
    ErasureAnswer {
        erased: vec![text("your survey answers")],
        account_deleted,
        residual: ResidualCopies {
            caches: Some(text("search engines may show the page for some weeks")),
            archives: None,
            other_people: Some(text("members may have saved your posts")),
            backups_until: Some(date("2026-08-01")),
        },
        recipients: vec![name("Mailer Ltd")],
        published_to: vec![name("Archive of the Web")],
    }
}

pub(crate) fn done(ask: Ask) -> Done {
    let recipients = vec![name("Mailer Ltd")];
    match ask {
        Ask::Access => Done::Access(access()),
        Ask::Portability => {
            Done::Portability(PortabilityAnswer { format: name("NDJSON"), sent_to: None })
        }
        Ask::Rectification => Done::Rectification(RectificationAnswer {
            changed: vec![text("your address")],
            recipients,
        }),
        Ask::Erasure => Done::Erasure(erasure(false)),
        Ask::Restriction => Done::Restriction(RestrictionAnswer {
            case: RestrictionCase::AccuracyContested,
            restricted: vec![text("the note of 3 May")],
            recipients,
        }),
        Ask::DecisionReview => Done::DecisionReview(ReviewAnswer {
            reviewer: name("Dr Okafor"),
            representations: None,
            decision: text("the appointment is granted"),
        }),
        Ask::ConsentWithdrawal => {
            Done::ConsentWithdrawal { purposes: vec![text("newsletters")], recipients }
        }
        _ => Done::Objection { stopped: vec![text("marketing by e-mail")] },
    }
}

pub(crate) fn fulfilled(ask: Ask) -> Command {
    respond(Outcome::Fulfilled(done(ask)))
}

pub(crate) fn respond(outcome: Outcome) -> Command {
    Command::Respond(Response { outcome, letter: Sent::Rendered })
}

/// One of each command, as it would be given for such a request.
pub(crate) fn samples(ask: Ask) -> Vec<Command> {
    vec![
        Command::Receive(receipt(ask)),
        Command::RequestIdentity { doubt: text("the address is new to us") },
        Command::ConfirmIdentity { how: text("passport shown at the desk") },
        Command::RequestAuthority,
        Command::ReceiveAuthority { how: text("signed mandate") },
        Command::ChargeFee(fee()),
        Command::PayFee,
        Command::WaiveFee { why: text("hardship") },
        Command::Lapse { efforts: text("two letters and a call") },
        Command::Accept,
        Command::AskClarification { question: text("which years?") },
        Command::Clarify { answer: text("all of 2025") },
        Command::ProceedUnclarified { why: text("no answer in a week") },
        Command::Extend { ground: ExtensionGround::Complexity, reasons: text("nine sources") },
        Command::RequireAccountDeletion { why: text("the log-in name is the e-mail address") },
        Command::Choose(Choice::DeleteAccount),
        Command::BeginCollection(plan(&["records", "mail"])),
        Command::FindItem(item("note 3", Record::Other, false)),
        Command::FinishSource { source: name("records"), result: SearchResult::Searched },
        Command::InstructProcessor { processor: name("Cloud Ltd") },
        Command::FinishProcessor { processor: name("Lab Ltd"), result: SearchResult::Searched },
        Command::SubmitForReview,
        Command::Review { item: name("note 1"), verdict: Verdict::Disclose(Clearance::Ordinary) },
        fulfilled(ask),
        Command::NotifyRecipient { recipient: name("Mailer Ltd"), result: Notified::Told },
        Command::SendCopy { fee_pence: None },
        Command::LiftRestriction { informed: date("2026-06-29") },
        Command::Complain { complaint: name("complaint 1") },
        Command::Reopen { news: text("a second folder turned up") },
        Command::Withdraw,
        Command::Close,
    ]
}
