//! Reads commands from forms.

use upheld_consent::Date;
use upheld_consent::request::{
    Ask, Burden, Choice, Clearance, Command, ExtensionGround, Fee, FeeGround, Ground, Item, Name,
    Notified, Outcome, Record, Request, Response, SearchPlan, SearchResult, Sent, Text, Verdict,
};

use super::super::form::Fields;
use super::answers;
use super::grounds::{self, Evidence};

/// Longer than any field but texts.
const MAX_WORD: usize = 64;
/// As many lines as a list may have.
const MAX_LINES: usize = 50;

/// A field that says nothing which fits there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unread(pub(super) &'static str);

/// A form as it came in.
pub(super) struct Form<'a>(pub(super) &'a Fields);

impl Form<'_> {
    pub(super) fn word(&self, field: &str) -> &str {
        self.0.text(field, MAX_WORD).unwrap_or_default().trim()
    }

    pub(super) fn text(&self, field: &'static str) -> Result<Text, Unread> {
        self.optional(field)?.ok_or(Unread(field))
    }

    pub(super) fn optional(&self, field: &'static str) -> Result<Option<Text>, Unread> {
        self.0.words(field).map_err(|_| Unread(field))
    }

    pub(super) fn name(&self, field: &'static str) -> Result<Name, Unread> {
        let typed = self.0.text(field, Name::MAX).unwrap_or_default();
        Name::new(typed).map_err(|_| Unread(field))
    }

    pub(super) fn optional_name(&self, field: &'static str) -> Result<Option<Name>, Unread> {
        if self.is_empty(field) { Ok(None) } else { self.name(field).map(Some) }
    }

    /// One text to each line.
    pub(super) fn lines(&self, field: &'static str) -> Result<Vec<Text>, Unread> {
        let lines = self.split(field)?;
        lines.iter().map(|line| Text::new(line).map_err(|_| Unread(field))).collect()
    }

    pub(super) fn names(&self, field: &'static str) -> Result<Vec<Name>, Unread> {
        let lines = self.split(field)?;
        lines.iter().map(|line| Name::new(line).map_err(|_| Unread(field))).collect()
    }

    /// None where nothing is stated; a dash states that there is none.
    pub(super) fn stated(&self, field: &'static str) -> Result<Option<Vec<Text>>, Unread> {
        match self.optional(field)?.as_ref().map(Text::as_str) {
            None => Ok(None),
            Some("-") => Ok(Some(Vec::new())),
            Some(_) => self.lines(field).map(Some),
        }
    }

    pub(super) fn day(&self, field: &'static str) -> Result<Option<Date>, Unread> {
        match self.word(field) {
            "" if self.is_empty(field) => Ok(None),
            day => Date::parse(day).map(Some).map_err(|_| Unread(field)),
        }
    }

    /// Whether there is nothing in it; too much is not nothing.
    fn is_empty(&self, field: &str) -> bool {
        self.0.typed(field).trim().is_empty()
    }

    fn split(&self, field: &'static str) -> Result<Vec<String>, Unread> {
        let typed = self.optional(field)?;
        let lines = typed.as_ref().map_or("", Text::as_str).lines().map(str::trim);
        let lines: Vec<_> = lines.filter(|line| !line.is_empty()).map(str::to_owned).collect();
        if lines.len() > MAX_LINES { Err(Unread(field)) } else { Ok(lines) }
    }

    /// The ground that was chosen, with its evidence.
    pub(super) fn ground(&self) -> Result<Ground, Unread> {
        let choice = grounds::find(self.word("ground")).ok_or(Unread("ground"))?;
        let opinion = match (self.optional_name("opinion_by")?, self.day("opinion_day")?) {
            (Some(by), Some(day)) => Some((by, day)),
            (Some(_), None) => return Err(Unread("opinion_day")),
            (None, _) => None,
        };
        let evidence = Evidence {
            because: self.text("because")?,
            weighed: self.optional("weighed")?,
            opinion,
        };
        choice.ground(evidence).ok_or(Unread("weighed"))
    }

    fn search_result(&self) -> Result<SearchResult, Unread> {
        match self.word("result") {
            "searched" => Ok(SearchResult::Searched),
            "not-searched" => self.text("why").map(SearchResult::NotSearched),
            _ => Err(Unread("result")),
        }
    }
}

/// The command of the form that is called `slug`; `None` where there is no such form.
pub(super) fn read(
    slug: &str,
    form: &Form<'_>,
    request: &Request,
) -> Option<Result<Command, Unread>> {
    Some(match slug {
        "request-identity" => form.text("words").map(|doubt| Command::RequestIdentity { doubt }),
        "confirm-identity" => form.text("words").map(|how| Command::ConfirmIdentity { how }),
        "request-authority" => Ok(Command::RequestAuthority),
        "receive-authority" => form.text("words").map(|how| Command::ReceiveAuthority { how }),
        "charge-fee" => fee(form).map(Command::ChargeFee),
        "pay-fee" => Ok(Command::PayFee),
        "waive-fee" => form.text("words").map(|why| Command::WaiveFee { why }),
        "lapse" => form.text("words").map(|efforts| Command::Lapse { efforts }),
        "accept" => Ok(Command::Accept),
        "ask-clarification" => {
            form.text("words").map(|question| Command::AskClarification { question })
        }
        "clarify" => form.text("words").map(|answer| Command::Clarify { answer }),
        "proceed-unclarified" => form.text("words").map(|why| Command::ProceedUnclarified { why }),
        "extend" => extend(form),
        "require-account-deletion" => {
            form.text("words").map(|why| Command::RequireAccountDeletion { why })
        }
        "choose" => choose(form),
        "begin-collection" => plan(form).map(Command::BeginCollection),
        "find-item" => item(form).map(Command::FindItem),
        "finish-source" => finish_source(form),
        "instruct-processor" => {
            form.name("name").map(|processor| Command::InstructProcessor { processor })
        }
        "finish-processor" => finish_processor(form),
        "submit-for-review" => Ok(Command::SubmitForReview),
        "review" => review(form),
        "fulfil" => answers::fulfil(form, request).map(respond),
        "refuse" => form.ground().map(|ground| respond(Outcome::Refused(vec![ground]))),
        "nothing-held" => {
            form.text("words").map(|searched| respond(Outcome::NothingHeld { searched }))
        }
        "notify-recipient" => notify(form),
        "send-copy" => send_copy(form),
        "lift-restriction" => lift(form),
        "reopen" => form.text("words").map(|news| Command::Reopen { news }),
        "close" => Ok(Command::Close),
        _ => return None,
    })
}

const fn respond(outcome: Outcome) -> Command {
    Command::Respond(Response { outcome, letter: Sent::Rendered })
}

fn fee(form: &Form<'_>) -> Result<Fee, Unread> {
    let pence = form.word("pence").parse().map_err(|_| Unread("pence"))?;
    let burden = Burden { shown_by: form.text("because")?, weighed: form.text("weighed")? };
    let ground = match form.word("ground") {
        "unfounded" => FeeGround::Unfounded(burden),
        "excessive" => FeeGround::Excessive(burden),
        _ => return Err(Unread("ground")),
    };
    Ok(Fee { pence, ground, covers: form.text("words")? })
}

fn extend(form: &Form<'_>) -> Result<Command, Unread> {
    let ground = match form.word("ground") {
        "complexity" => ExtensionGround::Complexity,
        "number" => ExtensionGround::Number,
        _ => return Err(Unread("ground")),
    };
    Ok(Command::Extend { ground, reasons: form.text("words")? })
}

fn choose(form: &Form<'_>) -> Result<Command, Unread> {
    Ok(Command::Choose(match form.word("choice") {
        "delete" => Choice::DeleteAccount,
        "narrow" => Choice::Narrow(form.text("words")?),
        _ => return Err(Unread("choice")),
    }))
}

fn plan(form: &Form<'_>) -> Result<SearchPlan, Unread> {
    Ok(SearchPlan {
        scope: form.text("words")?,
        sources: form.names("sources")?,
        proportionate: form.text("because")?,
    })
}

fn item(form: &Form<'_>) -> Result<Item, Unread> {
    let (record, health_data) = match form.word("kind") {
        "health" => (Record::Health, true),
        "other-health" => (Record::Other, true),
        "other" => (Record::Other, false),
        _ => return Err(Unread("kind")),
    };
    Ok(Item { name: form.name("name")?, source: form.name("source")?, record, health_data })
}

fn finish_source(form: &Form<'_>) -> Result<Command, Unread> {
    Ok(Command::FinishSource { source: form.name("source")?, result: form.search_result()? })
}

fn finish_processor(form: &Form<'_>) -> Result<Command, Unread> {
    let processor = form.name("source")?;
    Ok(Command::FinishProcessor { processor, result: form.search_result()? })
}

fn review(form: &Form<'_>) -> Result<Command, Unread> {
    let clearance = Clearance::Ordinary;
    let verdict = match form.word("verdict") {
        "disclose" => Verdict::Disclose(clearance),
        "redact" => Verdict::Redact { ground: form.ground()?, rest: clearance },
        "withhold" => Verdict::Withhold(form.ground()?),
        _ => return Err(Unread("verdict")),
    };
    Ok(Command::Review { item: form.name("item")?, verdict })
}

fn notify(form: &Form<'_>) -> Result<Command, Unread> {
    let result = match form.word("result") {
        "told" => Notified::Told,
        "impossible" => Notified::Impossible(form.text("why")?),
        "disproportionate" => Notified::Disproportionate(form.text("why")?),
        _ => return Err(Unread("result")),
    };
    Ok(Command::NotifyRecipient { recipient: form.name("recipient")?, result })
}

fn send_copy(form: &Form<'_>) -> Result<Command, Unread> {
    let pence = form.word("pence");
    let fee_pence = if pence.is_empty() { None } else { Some(pence.parse()) };
    Ok(Command::SendCopy { fee_pence: fee_pence.transpose().map_err(|_| Unread("pence"))? })
}

fn lift(form: &Form<'_>) -> Result<Command, Unread> {
    let informed = form.day("informed")?.ok_or(Unread("informed"))?;
    Ok(Command::LiftRestriction { informed })
}

/// Whether an answer to such a request may do a part of it, for a ground that the form has.
pub(super) const fn may_be_partial(ask: Ask) -> bool {
    !ask.needs_search() && !matches!(ask, Ask::MarketingObjection | Ask::ConsentWithdrawal)
}
