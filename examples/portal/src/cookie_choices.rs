//! The choice about cookies of somebody who is signed in: kept as consents, one to each purpose that
//! can be refused, and brought along to the other browsers in which they sign in.
//!
//! The cookie is what a browser goes by; the record is what shows that there was consent.
//!
//! | the browser in which somebody signs in | what becomes of its cookie |
//! |---|---|
//! | has no choice, or one that is too old | the recorded choice, until the browser is closed |
//! | chose on a later day than the record | it stays: the newer choice of a browser wins |
//! | chose on the same day or earlier | what both agree to: a withdrawal comes along, consent does not |
//! | has one that is not relied on | it stays, and the person is asked |
//!
//! Nothing of this agrees to more than the person did in some browser. A choice that is made while
//! nobody is signed in is recorded nowhere: it may be somebody else's.

use upheld_consent::{
    Affirmation, Capacity, Change, Circumstances, Command, ConsentEvent, ConsentKind,
    ConsentRecord, Happening, IdentifierError, Means, Method, Notice, Rejection, Scope, State,
    Status, UnixMillis,
};
use upheld_cookies::consent_cookie::Reading;
use upheld_cookies::policy::{self, Policy};
use upheld_cookies::{Choice, Day, UnixSeconds};

use crate::clock::Moment;
use crate::consents::{self, Agreed, ConsentsError};
use crate::cookie_notice::{optional, scope, version};
use crate::language::{Language, phrase};
use crate::records::Records;

/// What somebody chose.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) policy: &'a Policy,
    /// What they were shown.
    pub(crate) notice: &'a Notice,
    /// The purposes that they agreed to, and that no signal of their browser refuses.
    pub(crate) granted: &'a [&'a str],
    /// By a button for everything, or by a tick to each.
    pub(crate) method: Method,
    pub(crate) language: Language,
}

/// Why no event came of an answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AnswerError {
    #[error("a purpose of the declaration has no name for records: {0}")]
    Identifier(#[from] IdentifierError),
    #[error("the notice does not hold what is asked: {0}")]
    Rejected(#[from] Rejection),
}

/// The last that somebody said about a purpose.
#[derive(Clone, Copy, Debug)]
struct Word {
    at: UnixMillis,
    is_agreed: bool,
    /// Of the notice that was shown.
    version: Option<u32>,
}

impl Word {
    fn last(record: &ConsentRecord, scope: &Scope) -> Option<Self> {
        let (mut version, mut word) = (None, None);
        for event in record.events() {
            let Happening::Consent { scope: about, change } = event.what() else { continue };
            if about != scope {
                continue;
            }
            let is_agreed = match change {
                Change::Requested { notice } => {
                    version = Some(notice.version);
                    continue;
                }
                Change::Given(grant) | Change::Renewed(grant) => {
                    version = Some(grant.notice.version);
                    true
                }
                Change::Refused | Change::Withdrawn { .. } => false,
                _ => continue,
            };
            word = Some(Self { at: event.effective(), is_agreed, version });
        }
        word
    }
}

impl Answer<'_> {
    /// What is to be recorded; nothing, if the same was on the same day.
    pub(crate) fn to_events(
        self,
        record: &ConsentRecord,
        at: UnixMillis,
    ) -> Result<Vec<ConsentEvent>, AnswerError> {
        let mut after = record.clone();
        for purpose in optional(self.policy) {
            let scope = scope(&purpose.id)?;
            while let Some(command) = self.next(&after, purpose, &scope, at) {
                let circumstances =
                    Circumstances { at, notice: self.notice, capacity: Capacity::Own };
                let event = after.decide(&scope, command, &circumstances)?;
                after.apply(event)?;
            }
        }
        Ok(after.events().iter().skip(record.events().len()).cloned().collect())
    }

    /// What is still to be done about a purpose.
    fn next(
        &self,
        record: &ConsentRecord,
        purpose: &policy::Purpose,
        scope: &Scope,
        at: UnixMillis,
    ) -> Option<Command<'static>> {
        let word = Word::last(record, scope);
        let is_of_today = word.is_some_and(|word| {
            day(word.at) == day(at) && word.version == Some(self.notice.content().version)
        });
        let stands = record.status_at(scope, at).is_valid();
        let wants = self.granted.contains(&&*purpose.id);
        match (wants, stands) {
            (true, true) | (false, false) if is_of_today => None,
            (true, true) => Some(Command::Renew(self.affirmation(purpose, at))),
            (true, false) => Some(Command::Give(self.affirmation(purpose, at))),
            (false, true) => Some(Command::Withdraw(Means::Web)),
            // A refusal says nothing of what was shown: the question does.
            (false, false) => Some(match record.state(scope) {
                State::Requested(notice) if *notice == self.notice.reference() => Command::Refuse,
                _ => Command::Request,
            }),
        }
    }

    fn affirmation(&self, purpose: &policy::Purpose, at: UnixMillis) -> Affirmation {
        let name = self.language.say(&purpose.name);
        let statement = match self.method {
            Method::PressedButton => {
                format!("{} ({name})", self.language.say(phrase("Accept all")))
            }
            _ => name.into_owned(),
        };
        let valid_for = self.policy.consent().valid_for.saturating_mul(1000);
        Affirmation {
            kind: ConsentKind::Expressed,
            method: self.method,
            means: Means::Web,
            statement,
            reference: None,
            guardian: None,
            until: UnixMillis::new(at.get().saturating_add(valid_for)),
        }
    }
}

/// The choice under a declaration that a record shows; none unless everything was answered.
pub(crate) fn recorded(record: &ConsentRecord, policy: &Policy, at: UnixMillis) -> Option<Choice> {
    let (mut granted, mut since) = (Vec::new(), None);
    for purpose in optional(policy) {
        let scope = scope(&purpose.id).ok()?;
        let word = Word::last(record, &scope)?;
        if word.version != Some(version(policy)) {
            return None;
        }
        if word.is_agreed && record.status_at(&scope, at).is_valid() {
            granted.push(&*purpose.id);
        }
        since = Some(since.map_or(word.at, |since: UnixMillis| since.min(word.at)));
    }
    let since = Moment::from(since?).to_cookie_time();
    Some(Choice::made(policy, &granted, since))
}

/// Where one purpose of the cookies stands that can be refused.
#[derive(Debug)]
pub(crate) struct Standing {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) status: Status,
    pub(crate) agreed: Option<Agreed>,
}

/// Says where each such purpose stands by what the person chose while they were signed in.
pub(crate) async fn standings(
    (records, policy): (&Records, &Policy),
    record: &ConsentRecord,
    now: Moment,
) -> Result<Vec<Standing>, ConsentsError> {
    let at = consents::with_all(record, now);
    let mut standings = Vec::new();
    for purpose in optional(policy) {
        let scope = scope(&purpose.id)?;
        standings.push(Standing {
            name: purpose.name.clone(),
            description: purpose.description.clone(),
            status: record.status_at(&scope, at),
            agreed: consents::agreed(records, record, &scope, at).await?,
        });
    }
    Ok(standings)
}

/// What becomes of a browser's cookie when somebody signs in whose choice was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Carried {
    /// It stays as it is.
    Nothing,
    /// The recorded choice, for as long as the browser is open.
    Lent(Choice),
    /// The browser's own choice, with less in it.
    Narrowed(Choice),
}

impl Carried {
    pub(crate) fn to(
        reading: Reading,
        recorded: Choice,
        policy: &Policy,
        now: UnixSeconds,
    ) -> Self {
        if recorded.should_ask(policy, now) {
            return Self::Nothing;
        }
        let own = match reading {
            Reading::Absent => return Self::Lent(recorded),
            Reading::Current(own) if own.should_ask(policy, now) => return Self::Lent(recorded),
            Reading::Current(own) => own,
            _ => return Self::Nothing,
        };
        // The cookie knows days alone. On the same day the record may be the later one.
        if own.at().map(Day::of) > recorded.at().map(Day::of) {
            return Self::Nothing;
        }
        let agreed: Vec<&str> = recorded.granted_ids(policy).collect();
        let optional = optional(policy);
        let is_lost =
            |id: &&str| optional.iter().any(|purpose| purpose.id == **id) && !agreed.contains(id);
        if !own.granted_ids(policy).any(|id| is_lost(&id)) {
            return Self::Nothing;
        }
        let both: Vec<&str> = own.granted_ids(policy).filter(|id| !is_lost(id)).collect();
        let narrowed = Choice::made(policy, &both, recorded.at().unwrap_or(now));
        Self::Narrowed(if own.was_despite_gpc() { narrowed.despite_gpc() } else { narrowed })
    }
}

fn day(at: UnixMillis) -> Day {
    Day::of(Moment::from(at).to_cookie_time())
}
