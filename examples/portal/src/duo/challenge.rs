//! A push or a call that was sent for a pending login, until it is answered.
//!
//! It is counted and committed before it is sent, and followed to its end in the background,
//! whatever the browser does meanwhile: so a report of fraud is never lost. What came of it waits
//! for the pending login that it was sent for.

use std::sync::Arc;
use std::time::Duration;

use upheld_duo::auth::{Auth, AuthOutcome, StartAuth, Status};
use upheld_duo::{Failure, PushAnswer};
use upheld_duo_reqwest::SendError;
use upheld_store::sql::{DatabaseError, Row, Transaction};

use super::Duo;
use super::account;
use super::phone::{Asked, Way};
use super::settings::NotAsked;
use super::verdict::{Admitted, On, Said, judge};
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

/// A row of the table.
pub(super) struct Challenge {
    pub(super) login: Id,
    pub(super) id: Id,
    pub(super) person: PersonId,
    pub(super) way: Way,
    pub(super) device: String,
    pub(super) code: Option<String>,
    pub(super) remember: bool,
}

impl Challenge {
    pub(super) fn store(
        &self,
        transaction: &mut Transaction<'_>,
        now: Moment,
    ) -> Result<(), DatabaseError> {
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

/// A phone that is being asked.
pub(super) struct Asking {
    pub(super) records: Records,
    pub(super) duo: Arc<Duo>,
    pub(super) person: PersonId,
    pub(super) id: Id,
    pub(super) way: Way,
    pub(super) auth: Auth,
    pub(super) clock: Clock,
}

impl Asking {
    /// Sends the push or call, waits for its end, and writes down what it came to.
    pub(super) async fn follow(self) {
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
        let turn = match self.duo.turn() {
            Ok(turn) => turn,
            // Nothing was sent, whatever it counts as: no phone rings.
            Err(error) => return (Err(error), Some(PushAnswer::Denied)),
        };
        let txid = match turn.send(application, &StartAuth(self.auth.clone())).await {
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

    pub(super) async fn send_passcodes(self) -> Result<Asked, RecordsError> {
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

fn is_yes(row: &Row, column: usize) -> Result<bool, DatabaseError> {
    Ok(row.integer(column)? == 1)
}
