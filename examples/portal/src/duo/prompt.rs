//! Sending a browser to Duo's own page, the Universal Prompt, and taking it back.
//!
//! What must come back is kept here, encrypted, bound to the pending login or session that it was
//! made for, and deleted as it is taken out: it is good once, in one browser, for five minutes.

use rand::rngs::SysRng;
use sha2::{Digest, Sha256};
use upheld_duo::universal::{Callback, HealthCheck, Login, Pending, Returned};
use upheld_duo::{FailMode, Fallback, SecretText};
use upheld_store::sql::{DatabaseError, Row, Value};

use super::account::Account;
use super::traffic::{Charge, charge_call, fallback};
use super::verdict::{Admitted, Said, judge};
use super::{Duo, settings::NotAsked};
use crate::clock::Moment;
use crate::id::{Id, PersonId};
use crate::random::NoRandomness;
use crate::records::{Records, RecordsError};
use crate::sealed::{self, Table};
use crate::sign_in::PENDING_SECONDS;

/// What a trip to the prompt is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    SignIn,
    Reauthenticate,
    /// Adding Duo.
    Add,
}

/// Which pending login or session a trip belongs to, and whose it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Holder {
    pub(crate) id: Id,
    pub(crate) person: PersonId,
}

/// A trip to the prompt: who takes it and why.
#[derive(Debug)]
pub(crate) struct Trip {
    pub(crate) holder: Holder,
    pub(crate) purpose: Purpose,
    /// As Duo knows the person.
    pub(crate) username: String,
    /// Where to go afterwards, in a word of the portal's own.
    pub(crate) leads_to: String,
    /// Whether the browser is to be remembered.
    pub(crate) remember: bool,
}

/// What came of wanting to go to the prompt.
#[derive(Debug)]
#[must_use]
pub(crate) enum Begun {
    /// Send the browser there.
    Redirect(SecretText),
    /// Duo is out of reach, and the settings let this person in.
    Admitted(Admitted),
    /// It was asked too often about this person, and is not asked now.
    TooMany,
    /// Duo is out of reach.
    Refused,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign in",
            Self::Reauthenticate => "reauthenticate",
            Self::Add => "add",
        }
    }

    fn at(row: &Row, column: usize) -> Result<Self, DatabaseError> {
        match row.text(column)? {
            "sign in" => Ok(Self::SignIn),
            "reauthenticate" => Ok(Self::Reauthenticate),
            "add" => Ok(Self::Add),
            _ => Err(DatabaseError::Column { column, wanted: "a purpose" }),
        }
    }

    /// People get in without Duo at sign-in alone, if at all.
    const fn fail_mode(self, configured: FailMode) -> FailMode {
        match self {
            Self::SignIn => configured,
            Self::Reauthenticate | Self::Add => FailMode::Closed,
        }
    }
}

/// Asks Duo whether it is there, and writes the address to send the browser to.
pub(crate) async fn begin(
    records: &Records,
    duo: &Duo,
    trip: Trip,
    now: Moment,
) -> Result<Begun, RecordsError> {
    let person = trip.holder.person;
    if charge_call(records, person, now).await? == Charge::TooMany {
        return Ok(Begun::TooMany);
    }
    let health = HealthCheck::new(&mut SysRng).map_err(|_| NoRandomness)?;
    if let Err(error) = duo.send(duo.prompt.application(), &health).await {
        tracing::warn!(%person, %error, "Duo's prompt is not there");
        let fail_mode = trip.purpose.fail_mode(duo.settings.fail_mode);
        let said = match fallback(records, person, fail_mode, (&health, &error)).await? {
            Fallback::Open(failed) => Said::FailedOpen(failed),
            Fallback::Closed => Said::Silent(error),
        };
        let judged = judge(records, person, NotAsked::Refuse, said, now).await?;
        return Ok(judged.map_or(Begun::Refused, Begun::Admitted));
    }
    let Ok(login) = Login::new(&trip.username) else {
        let said = Said::NoAnswer("not asked, the name is none that it takes");
        let judged = judge(records, person, NotAsked::Refuse, said, now).await?;
        return Ok(judged.map_or(Begun::Refused, Begun::Admitted));
    };
    let login = login.within(u32::try_from(PENDING_SECONDS).unwrap_or(0));
    let login = match trip.purpose {
        Purpose::SignIn => login,
        // What was shown at the sign-in does not count again.
        Purpose::Reauthenticate | Purpose::Add => login.with_max_age(0).asking_again(),
    };
    let begun = duo.prompt.begin(&login, duo.client.now(), &mut SysRng);
    let (address, pending) = begun.map_err(|_| NoRandomness)?;
    keep(records, &trip, &pending, now).await?;
    Ok(Begun::Redirect(address))
}

async fn keep(
    records: &Records,
    trip: &Trip,
    pending: &Pending,
    now: Moment,
) -> Result<(), RecordsError> {
    let Holder { id, person } = trip.holder;
    let json = pending.to_json();
    let place = (Table::DuoPrompts, id, person);
    let [key, sealed] = sealed::seal(records, place, json.expose().as_bytes())?;
    let values: [Value; 9] = [
        id.into(),
        person.into(),
        hash_of(pending.state().expose()),
        trip.purpose.as_str().into(),
        trip.leads_to.as_str().into(),
        trip.remember.into(),
        key,
        sealed,
        now.plus(PENDING_SECONDS).into(),
    ];
    let kept = records.database.transact(move |transaction| {
        transaction.execute(
            "INSERT INTO duo_prompts (tenant, holder, person, state_hash, purpose, leads_to,
                                      remember, key_id, pending, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             ON CONFLICT (tenant, holder) DO UPDATE SET person = excluded.person,
                 state_hash = excluded.state_hash, purpose = excluded.purpose,
                 leads_to = excluded.leads_to, remember = excluded.remember,
                 key_id = excluded.key_id, pending = excluded.pending,
                 expires_at = excluded.expires_at",
            &values,
        )
    });
    kept.await?;
    Ok(())
}

/// A trip that has come to its end: what was kept of it, taken out.
#[derive(Debug)]
pub(crate) struct Taken {
    holder: Holder,
    pub(crate) purpose: Purpose,
    pub(crate) leads_to: String,
    pub(crate) remember: bool,
    pending: Pending,
}

/// Takes out what `holder` has to bring `state` back for; `None` when there is nothing such, or no
/// longer. Another's state leaves it where it is.
pub(crate) async fn take(
    records: &Records,
    holder: Holder,
    state: &str,
    now: Moment,
) -> Result<Option<Taken>, RecordsError> {
    let (state, Holder { id, person }) = (hash_of(state), holder);
    let taken = records.database.transact(move |transaction| {
        let values = [id.into(), person.into(), state, now.into()];
        let rows = transaction.query(
            "SELECT purpose, leads_to, remember, key_id, pending FROM duo_prompts
             WHERE tenant = $1 AND holder = $2 AND person = $3 AND state_hash = $4
                   AND expires_at > $5 FOR UPDATE",
            &values,
        )?;
        let deleted = transaction.execute(
            "DELETE FROM duo_prompts WHERE tenant = $1 AND holder = $2 AND person = $3
             AND state_hash = $4 AND expires_at > $5",
            &values,
        )?;
        Ok::<_, DatabaseError>(rows.into_iter().next().filter(|_| deleted == 1))
    });
    let Some(row) = taken.await? else { return Ok(None) };
    let json = sealed::open(records, (Table::DuoPrompts, id, person), &sealed::read(&row, 3)?)?;
    let wanted = DatabaseError::Column { column: 4, wanted: "a trip to the prompt" };
    let pending = str::from_utf8(&json).ok().and_then(|json| Pending::from_json(json).ok());
    Ok(Some(Taken {
        holder,
        purpose: Purpose::at(&row, 0)?,
        leads_to: row.text(1)?.to_owned(),
        remember: row.integer(2)? == 1,
        pending: pending.ok_or(wanted)?,
    }))
}

/// Judges what a person came back with.
pub(crate) async fn come_back(
    records: &Records,
    duo: &Duo,
    (taken, callback): (Taken, &Callback),
    now: Moment,
) -> Result<Option<Admitted>, RecordsError> {
    let (person, purpose) = (taken.holder.person, taken.purpose);
    let said = match taken.pending.finish(callback, duo.client.now()) {
        Ok(Returned::Exchange(exchange)) => {
            Said::Prompt(duo.send(duo.prompt.application(), &exchange).await)
        }
        Ok(Returned::Denied(_)) => Said::GaveUp,
        Err(_) => Said::NoAnswer("the answer of the prompt does not belong to this sign-in"),
    };
    let rule = match purpose {
        Purpose::SignIn | Purpose::Reauthenticate => duo.settings.not_asked,
        // Who was asked nothing has proved to have nothing.
        Purpose::Add => NotAsked::Refuse,
    };
    judge(records, person, rule, said, now).await
}

impl Trip {
    /// A trip of somebody who has added Duo.
    pub(crate) fn of(account: &Account, holder: Id, purpose: Purpose) -> Self {
        let holder = Holder { id: holder, person: account.person };
        let (username, leads_to) = (account.username.clone(), String::new());
        Self { holder, purpose, username, leads_to, remember: false }
    }
}

fn hash_of(state: &str) -> Value {
    Value::Blob(Sha256::digest(state.as_bytes()).to_vec())
}
