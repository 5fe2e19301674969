//! Asking a phone from a page of the portal: by a push, by a call, by passcodes.
//!
//! A push or a call is counted and committed before it is sent, and followed to its end in the
//! background, whatever the browser does meanwhile: so a report of fraud is never lost. What came
//! of it waits for the pending login that it was sent for.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use upheld_duo::auth::{
    Auth, AuthOutcome, Capability, Device, Factor, Preauth, PreauthChallenge, PreauthOutcome,
    PushInfo, PushText, StartAuth, Status, Target, User, VerifiedPush,
};
use upheld_duo::{FactorUsed, Failure, Fallback, PushAnswer, PushDecision};
use upheld_duo_reqwest::SendError;
use upheld_store::sql::{DatabaseError, Row, Transaction};

pub(crate) use upheld_duo::auth::Passcode;

use super::Duo;
use super::account::{self, Account};
use super::settings::NotAsked;
use super::verdict::{Admitted, On, Said, judge};
use crate::CLINIC;
use crate::attempts::{self, ChargeError, Subject};
use crate::clock::{Clock, Moment};
use crate::id::{Id, PersonId};
use crate::people;
use crate::records::{Records, RecordsError};
use crate::sign_in::PendingLogin;

/// How long a person has to answer. Duo gives up after a minute.
const ANSWER: Duration = Duration::from_secs(75);
/// How long a push without an answer is shown as waiting, if nobody follows it any more.
const WAIT_SECONDS: i64 = 90;
/// How long an answer waits for the browser.
const KEPT_SECONDS: i64 = 60;

/// How a phone is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Push,
    Call,
    /// Passcodes are sent, to be entered.
    Text,
}

/// Which phone to ask, and how.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) way: Way,
    /// By Duo's name for it.
    pub(crate) device: String,
    pub(crate) remember: bool,
    /// Where the browser is: a push shows it.
    pub(crate) from: IpAddr,
}

/// What came of wanting a phone to be asked.
#[derive(Debug)]
#[must_use]
pub(crate) enum Asked {
    /// It is being asked: see [`progress`].
    Waiting,
    /// Passcodes are on their way.
    PasscodesSent,
    /// Another push or call waits for its answer.
    Pending,
    /// There were too many, or the person has said that one was not theirs.
    TooMany,
    /// There is no such phone, or it cannot be asked in this way.
    Unable,
    /// Duo decided without asking.
    Decided(Option<Admitted>),
}

/// How far a push or a call is.
#[derive(Debug)]
#[must_use]
pub(crate) enum Progress {
    /// Nobody was asked, or it is over and taken up.
    Nothing,
    Waiting {
        way: Way,
        /// What the person calls the phone.
        device: String,
        /// What is to be typed on it.
        code: Option<String>,
    },
    /// The person may go in, and whether their browser is to be remembered.
    Admitted(Admitted, bool),
    Refused,
}

impl Way {
    pub(crate) const ALL: [Self; 3] = [Self::Push, Self::Call, Self::Text];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Call => "phone",
            Self::Text => "sms",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.as_str() == text)
    }

    const fn capability(self) -> Capability {
        match self {
            Self::Push => Capability::Push,
            Self::Call => Capability::Phone,
            Self::Text => Capability::Sms,
        }
    }

    /// Whether a device can be asked so.
    pub(crate) fn is_of(self, device: &Device) -> bool {
        device.capabilities.contains(&self.capability())
    }

    const fn factor_used(self) -> FactorUsed {
        match self {
            Self::Push => FactorUsed::DuoPush,
            Self::Call => FactorUsed::PhoneCall,
            Self::Text => FactorUsed::SmsRefresh,
        }
    }
}

/// What Duo offers a person: devices, or a decision without asking.
pub(crate) async fn devices(
    records: &Records,
    duo: &Duo,
    account: &Account,
    (from, now): (IpAddr, Moment),
) -> Result<Result<PreauthChallenge, Option<Admitted>>, RecordsError> {
    if account.is_blocked {
        return Ok(Err(None));
    }
    let preauth =
        Preauth::new(User::named(&account.username)).from_address(from).with_verified_push();
    let Some(application) = &duo.phones else { return Ok(Err(None)) };
    let said = match duo.send(application, &preauth).await {
        Ok(PreauthOutcome::Challenge(challenge)) => return Ok(Ok(challenge)),
        Ok(outcome) => Said::Preauth(outcome),
        Err(error) => match duo.settings.fail_mode.after(&preauth, error.failure()) {
            Fallback::Open(failed) => Said::FailedOpen(failed),
            Fallback::Closed => Said::Silent(error),
        },
    };
    judge(records, account.person, duo.settings.not_asked, said, now).await.map(Err)
}

/// Asks a phone for `login`.
pub(crate) async fn ask(
    records: &Records,
    duo: &Arc<Duo>,
    (login, account): (&PendingLogin, &Account),
    (ask, clock): (Ask, &Clock),
) -> Result<Asked, RecordsError> {
    let now = clock.now();
    // Anew, for the phones there are now and the code of a verified push.
    let challenge = match devices(records, duo, account, (ask.from, now)).await? {
        Ok(challenge) => challenge,
        Err(None) if account.is_blocked => return Ok(Asked::TooMany),
        Err(decided) => return Ok(Asked::Decided(decided)),
    };
    let is_meant = |device: &&Device| device.id.as_str() == ask.device && ask.way.is_of(device);
    let Some(device) = challenge.devices.iter().find(is_meant) else { return Ok(Asked::Unable) };
    let verified = challenge.verified_push.as_ref().filter(|_| ask.way == Way::Push);
    let id = Id::generate()?;
    let row = Challenge {
        login: login.id(),
        id,
        person: account.person,
        way: ask.way,
        device: label(device),
        code: verified.map(|verified| verified.code.expose().to_owned()),
        remember: ask.remember,
    };
    let name = ask.device.clone();
    let decision = records.database.transact(move |transaction| {
        if !people::hold(transaction, row.person)? {
            return Ok::<_, DatabaseError>(None);
        }
        let decision = account::count(transaction, row.person, &name, now)?;
        if decision == Some(PushDecision::Send) && row.way != Way::Text {
            row.store(transaction, now)?;
        }
        Ok(decision)
    });
    match decision.await? {
        Some(PushDecision::Send) => {}
        Some(PushDecision::Pending { .. }) => return Ok(Asked::Pending),
        Some(PushDecision::TooMany { .. }) => return Ok(Asked::TooMany),
        None => return Ok(Asked::Unable),
    }
    let asking = Asking {
        records: records.clone(),
        duo: Arc::clone(duo),
        person: account.person,
        id,
        way: ask.way,
        auth: auth(account, device, verified, &ask),
        clock: clock.clone(),
    };
    if ask.way == Way::Text {
        return asking.send_passcodes().await;
    }
    // By itself: what the visitor does then changes nothing of it.
    tokio::spawn(asking.follow());
    Ok(Asked::Waiting)
}

/// How far the push or call for `login` is. What is over is taken out.
pub(crate) async fn progress(
    records: &Records,
    login: &PendingLogin,
    now: Moment,
) -> Result<Progress, RecordsError> {
    let (id, person) = (login.id(), login.person());
    let found = records.database.transact(move |transaction| {
        let rows = transaction.query(
            "SELECT state, method, device, code, remember FROM duo_challenges
             WHERE tenant = $1 AND login = $2 AND person = $3 AND expires_at > $4 FOR UPDATE",
            &[id.into(), person.into(), now.into()],
        )?;
        let Some(row) = rows.into_iter().next() else { return Ok::<_, DatabaseError>(None) };
        if row.text(0)? == "waiting" {
            return Ok(Some(row));
        }
        let taken = transaction.execute(
            "DELETE FROM duo_challenges WHERE tenant = $1 AND login = $2 AND person = $3",
            &[id.into(), person.into()],
        )?;
        Ok(Some(row).filter(|_| taken == 1))
    });
    let Some(row) = found.await? else { return Ok(Progress::Nothing) };
    let rule = records.duo.as_ref().map_or(NotAsked::Refuse, |duo| duo.settings.not_asked);
    let admitted = |on| Ok(Progress::Admitted(Admitted::recall(person, on), is_yes(&row, 4)?));
    match row.text(0)? {
        "waiting" => Ok(Progress::Waiting {
            way: Way::parse(row.text(1)?).unwrap_or(Way::Push),
            device: row.text(2)?.to_owned(),
            code: row.optional_text(3)?.map(str::to_owned),
        }),
        "shown" => admitted(On::Shown),
        "unasked" if rule == NotAsked::Full => admitted(On::CountsAsShown),
        "unasked" if rule == NotAsked::Limited => admitted(On::NotAsked),
        _ => Ok(Progress::Refused),
    }
}

/// Judges a passcode: of Duo Mobile, of a text message, of a hardware token, or a bypass code.
pub(crate) async fn check_passcode(
    records: &Records,
    duo: &Duo,
    account: &Account,
    (passcode, from): (Passcode, IpAddr),
    now: Moment,
) -> Result<Option<Admitted>, RecordsError> {
    let Some(application) = &duo.phones else { return Ok(None) };
    let subjects = [Subject::Passcode(account.person)];
    let charged =
        records.database.transact(move |transaction| attempts::charge(transaction, &subjects, now));
    match charged.await {
        Ok(()) => {}
        Err(ChargeError::Throttled) => {
            tracing::warn!(person = %account.person, "Duo passcode refused: too soon after others");
            return Ok(None);
        }
        Err(ChargeError::Database(error)) => return Err(error.into()),
    }
    let factor = Factor::Passcode(passcode);
    let auth = Auth::new(User::named(&account.username), factor).from_address(from);
    let said = Said::Asked(FactorUsed::Passcode, duo.send(application, &auth).await);
    let judged = judge(records, account.person, duo.settings.not_asked, said, now).await?;
    if judged.is_some() {
        let subjects = [Subject::Passcode(account.person)];
        let forgiven =
            records.database.transact(move |transaction| attempts::forgive(transaction, &subjects));
        forgiven.await?;
    }
    Ok(judged)
}

/// A phone that is being asked.
struct Asking {
    records: Records,
    duo: Arc<Duo>,
    person: PersonId,
    id: Id,
    way: Way,
    auth: Auth,
    clock: Clock,
}

impl Asking {
    /// Sends the push or call, waits for its end, and writes down what it came to.
    async fn follow(self) {
        let (outcome, answer) = self.send().await;
        let now = self.clock.now();
        let said = Said::Asked(self.way.factor_used(), outcome);
        let rule = self.duo.settings.not_asked;
        let judged = match judge(&self.records, self.person, rule, said, now).await {
            Ok(judged) => judged,
            Err(error) => {
                tracing::error!(person = %self.person, %error, "the answer of a phone was lost");
                return;
            }
        };
        let state = judged.map_or("refused", |admitted| admitted.on().as_state());
        if let Err(error) = self.end(state, answer, now).await {
            tracing::error!(person = %self.person, %error, "the answer of a phone was lost");
        }
    }

    /// The outcome, and what becomes of the count: nothing while the phone may still ring.
    async fn send(&self) -> (Result<AuthOutcome, SendError>, Option<PushAnswer>) {
        let Some(application) = &self.duo.phones else {
            return (Err(SendError::Unreachable), Some(PushAnswer::Denied));
        };
        let txid = match self.duo.send(application, &StartAuth(self.auth.clone())).await {
            Ok(txid) => txid,
            Err(error) => {
                let rings = is_unclear(error.failure());
                let answer = (!rings).then_some(PushAnswer::Denied);
                return (Err(error), answer);
            }
        };
        let outcome = self.duo.client.follow(application, &txid, ANSWER, |_| {}).await;
        let answer = outcome.as_ref().ok().map(answer_of);
        (outcome, answer)
    }

    async fn send_passcodes(self) -> Result<Asked, RecordsError> {
        let Some(application) = &self.duo.phones else { return Ok(Asked::Unable) };
        let outcome = self.duo.send(application, &self.auth).await;
        let now = self.clock.now();
        // No answer is waited for.
        self.end("refused", Some(PushAnswer::Denied), now).await?;
        if matches!(outcome, Ok(AuthOutcome::PasscodesSent(_))) {
            return Ok(Asked::PasscodesSent);
        }
        let said = Said::Asked(self.way.factor_used(), outcome);
        let rule = self.duo.settings.not_asked;
        judge(&self.records, self.person, rule, said, now).await.map(Asked::Decided)
    }

    /// Notes the answer where it waits for the browser, and that the next may be sent.
    async fn end(
        &self,
        state: &'static str,
        answer: Option<PushAnswer>,
        now: Moment,
    ) -> Result<(), DatabaseError> {
        let (id, person) = (self.id, self.person);
        let ended = self.records.database.transact(move |transaction| {
            people::hold(transaction, person)?;
            if let Some(answer) = answer {
                account::settle(transaction, person, answer, now)?;
            }
            transaction.execute(
                "UPDATE duo_challenges SET state = $4, expires_at = $5
                 WHERE tenant = $1 AND person = $2 AND id = $3 AND state = 'waiting'",
                &[person.into(), id.into(), state.into(), now.plus(KEPT_SECONDS).into()],
            )
        });
        ended.await.map(drop)
    }
}

fn answer_of(outcome: &AuthOutcome) -> PushAnswer {
    match outcome {
        AuthOutcome::Allowed(_) => PushAnswer::Approved,
        AuthOutcome::Denied(denied) if denied.status == Status::Fraud => PushAnswer::Fraud,
        AuthOutcome::Denied(_) | AuthOutcome::PasscodesSent(_) => PushAnswer::Denied,
    }
}

/// Whether the phone may ring although the call failed.
const fn is_unclear(failure: Failure) -> bool {
    matches!(failure, Failure::Broken | Failure::Timeout | Failure::Unavailable { .. })
}

/// A row of the table.
struct Challenge {
    login: Id,
    id: Id,
    person: PersonId,
    way: Way,
    device: String,
    code: Option<String>,
    remember: bool,
}

impl Challenge {
    fn store(&self, transaction: &mut Transaction<'_>, now: Moment) -> Result<(), DatabaseError> {
        transaction.execute(
            "INSERT INTO duo_challenges (tenant, login, id, person, method, device, code, remember,
                                         state, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', $9)
             ON CONFLICT (tenant, login) DO UPDATE SET id = excluded.id, person = excluded.person,
                 method = excluded.method, device = excluded.device, code = excluded.code,
                 remember = excluded.remember, state = excluded.state,
                 expires_at = excluded.expires_at",
            &[
                self.login.into(),
                self.id.into(),
                self.person.into(),
                self.way.as_str().into(),
                self.device.as_str().into(),
                self.code.as_deref().into(),
                self.remember.into(),
                now.plus(WAIT_SECONDS).into(),
            ],
        )?;
        Ok(())
    }
}

fn auth(account: &Account, device: &Device, verified: Option<&VerifiedPush>, ask: &Ask) -> Auth {
    let target = Target::Device(device.id.clone());
    let factor = match ask.way {
        Way::Push => {
            let text = PushText::default();
            let text = match PushInfo::from_lines([("Signing in to", CLINIC)]) {
                Ok(info) => text.with_info(info),
                Err(_) => text,
            };
            Factor::Push(
                target,
                match verified {
                    Some(verified) => text.verified_by(verified.txid.clone()),
                    None => text,
                },
            )
        }
        Way::Call => Factor::Phone(target),
        Way::Text => Factor::Sms(target),
    };
    Auth::new(User::named(&account.username), factor).from_address(ask.from)
}

/// What a person calls a device, as far as Duo knows.
pub(crate) fn label(device: &Device) -> String {
    let names = [&device.display_name, &device.name, &device.number];
    let name = names.into_iter().find(|name| !name.trim().is_empty());
    let plain = |name: &String| name.chars().filter(|it| !it.is_control()).take(80).collect();
    name.map_or_else(|| "Your device".to_owned(), plain)
}

fn is_yes(row: &Row, column: usize) -> Result<bool, DatabaseError> {
    Ok(row.integer(column)? == 1)
}
