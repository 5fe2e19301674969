//! The choice about cookies of somebody who is signed in: kept as consents, one to each purpose that
//! can be refused. What they refused comes along to the other browsers in which they sign in.
//!
//! The cookie is what a browser goes by; the record is what shows that there was consent.
//!
//! | the browser in which somebody signs in | what becomes of its cookie |
//! |---|---|
//! | has no choice, or one that is too old | if everything is refused, that, until the browser is closed; else the person is asked |
//! | chose on a later day than the record | it stays: the newer choice of a browser wins |
//! | chose on the same day or earlier | what both agree to, for no longer than it would have been |
//! | has one that is not relied on | it stays, and the person is asked |
//!
//! Nothing of this agrees to anything: a cookie outlives signing out, and whoever uses the browser
//! next would have agreed without being asked. A choice that is made while nobody is signed in is
//! recorded nowhere: it may be somebody else's.

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
use crate::cookie_notice::{optional, scope};
use crate::language::{Language, phrase};
use crate::records::Records;

/// What somebody chose.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) policy: &'a Policy,
    /// When that was published; none of the program's own.
    pub(crate) since: Option<UnixMillis>,
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
    /// What is to be recorded; nothing, if the same was on the same day, under the same declaration.
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
        // What is said now counts even by a clock that is behind that of who published.
        let since = self.since.map(|since| since.min(at));
        let is_of_today = word.is_some_and(|word| {
            day(word.at) == day(at)
                && word.version == Some(self.notice.content().version)
                && since.is_none_or(|since| word.at >= since)
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

/// The choice under a declaration that a record shows; none unless everything was answered on being
/// shown this notice.
pub(crate) fn recorded(
    record: &ConsentRecord,
    (policy, notice): (&Policy, &Notice),
    at: UnixMillis,
) -> Option<Choice> {
    let (mut granted, mut since) = (Vec::new(), None);
    for purpose in optional(policy) {
        let scope = scope(&purpose.id).ok()?;
        let word = Word::last(record, &scope)?;
        if word.version != Some(notice.content().version) {
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
    /// The recorded refusal of everything, for as long as the browser is open.
    Refusal(Choice),
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
            Reading::Absent => None,
            Reading::Current(own) => Some(own).filter(|own| !own.should_ask(policy, now)),
            _ => return Self::Nothing,
        };
        let Some(own) = own else {
            let is_refusal = !recorded.granted().meets(policy.choosable());
            return if is_refusal { Self::Refusal(recorded) } else { Self::Nothing };
        };
        // The cookie knows days alone. On the same day the record may be the later one.
        if own.at().map(Day::of) > recorded.at().map(Day::of) {
            return Self::Nothing;
        }
        let agreed: Vec<&str> = recorded.granted_ids(policy).collect();
        let optional = optional(policy);
        let is_optional = |id: &str| optional.iter().any(|purpose| purpose.id == id);
        let is_lost = |id: &&str| is_optional(id) && !agreed.contains(id);
        if !own.granted_ids(policy).any(|id| is_lost(&id)) {
            return Self::Nothing;
        }
        let both: Vec<&str> = own.granted_ids(policy).filter(|id| !is_lost(id)).collect();
        // A consent that is left is as old as it was; a refusal is of the day of the record.
        let since = if both.iter().any(|id| is_optional(id)) { own.at() } else { recorded.at() };
        Self::Narrowed(Choice::made(policy, &both, since.unwrap_or(now)))
    }
}

fn day(at: UnixMillis) -> Day {
    Day::of(Moment::from(at).to_cookie_time())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use upheld_cookies::consent_cookie::Reading;
    use upheld_cookies::policy::Policy;
    use upheld_cookies::{Choice, UnixSeconds};

    use super::Carried;

    /// Two things that can be refused.
    fn policy() -> Policy {
        let purpose =
            |id| format!("[[purpose]]\nid = '{id}'\nkind = 'statistics'\nname = '{id}'\n");
        let item = |id| {
            format!(
                "[[item]]\nname = '{id}'\nkind = 'http-cookie'\npurposes = ['{id}']\n\
                 basis = 'consent'\nlifetime = '1d'\n"
            )
        };
        let site = "schema = 1\n[site]\nhosts = ['a.example']\njurisdictions = ['uk']\n\
                    updated = '2026-11-27'\n";
        let parts = [site.to_owned(), purpose("one"), purpose("two"), item("one"), item("two")];
        Policy::parse_toml(&parts.concat()).unwrap()
    }

    #[test]
    fn a_record_only_takes_away_and_makes_no_consent_younger() {
        let policy = policy();
        let on = |day: i64, granted: &[&str]| {
            Choice::made(&policy, granted, UnixSeconds((20_800 + day) * 86_400))
        };
        let to =
            |reading, recorded| Carried::to(reading, recorded, &policy, on(50, &[]).at().unwrap());
        let both = on(1, &["one", "two"]);
        assert_eq!(
            to(Reading::Current(both), on(40, &["one"])),
            Carried::Narrowed(on(1, &["one"]))
        );
        assert_eq!(to(Reading::Current(both), on(40, &[])), Carried::Narrowed(on(40, &[])));
        assert_eq!(to(Reading::Current(both), on(0, &[])), Carried::Nothing);
        let refused = Reading::Current(on(1, &[]));
        assert_eq!(to(refused, on(40, &["one", "two"])), Carried::Nothing);
        // Where there is no choice, nothing but a refusal of everything is one.
        for granted in [&["one", "two"][..], &["one"]] {
            assert_eq!(to(Reading::Absent, on(40, granted)), Carried::Nothing);
        }
        assert_eq!(to(Reading::Absent, on(40, &[])), Carried::Refusal(on(40, &[])));
    }
}
