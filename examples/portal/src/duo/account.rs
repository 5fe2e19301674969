//! Who confirms with Duo, under which name, and what limits how often their phone rings.

use upheld_duo::{PushAnswer, PushDecision, PushPolicy, PushRecord, UnixSeconds};
use upheld_store::sql::{Database, DatabaseError, Row, Transaction};

use crate::clock::Moment;
use crate::id::PersonId;

/// A person as Duo knows them.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) person: PersonId,
    pub(crate) username: String,
    /// The phone that was asked last, by Duo's name for it.
    pub(crate) device: Option<String>,
    pub(crate) added_at: Moment,
    pub(crate) used_at: Option<Moment>,
    /// Whether the person has lately said that a push was not theirs.
    pub(crate) is_blocked: bool,
}

pub(super) fn policy() -> PushPolicy {
    PushPolicy::default()
}

/// The account of a person at Duo, if they have added it.
pub(crate) async fn find(
    database: &Database,
    person: PersonId,
    now: Moment,
) -> Result<Option<Account>, DatabaseError> {
    let rows = database
        .query(
            "SELECT username, device, added_at, used_at, pushes FROM duo_accounts
             WHERE tenant = $1 AND person = $2",
            &[person.into()],
        )
        .await?;
    let account = |row: &Row| {
        Ok(Account {
            person,
            username: row.text(0)?.to_owned(),
            device: row.optional_text(1)?.map(str::to_owned),
            added_at: Moment::at(row, 2)?,
            used_at: Moment::at_optional(row, 3)?,
            is_blocked: record(row, 4)?.blocked_until(&policy(), seconds(now)).is_some(),
        })
    };
    rows.first().map(account).transpose()
}

/// Whether a person has added Duo.
pub(crate) fn has(
    transaction: &mut Transaction<'_>,
    person: PersonId,
) -> Result<bool, DatabaseError> {
    let sql = "SELECT username FROM duo_accounts WHERE tenant = $1 AND person = $2";
    Ok(!transaction.query(sql, &[person.into()])?.is_empty())
}

/// Lets a person confirm with Duo from now on; `false` when they do already, or somebody else has
/// this name there.
pub(crate) fn add(
    transaction: &mut Transaction<'_>,
    person: PersonId,
    username: &str,
    now: Moment,
) -> Result<bool, DatabaseError> {
    let added = transaction.execute(
        "INSERT INTO duo_accounts (tenant, person, username, pushes, added_at)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        &[person.into(), username.into(), written(&PushRecord::default()).into(), now.into()],
    )?;
    Ok(added == 1)
}

/// Takes Duo away from a person; `false` when they have not added it.
pub(crate) fn remove(
    transaction: &mut Transaction<'_>,
    person: PersonId,
) -> Result<bool, DatabaseError> {
    end_what_was_begun(transaction, person)?;
    let sql = "DELETE FROM duo_accounts WHERE tenant = $1 AND person = $2";
    Ok(transaction.execute(sql, &[person.into()])? == 1)
}

/// Gives up trips to the prompt and pushes that are under way.
pub(crate) fn end_what_was_begun(
    transaction: &mut Transaction<'_>,
    person: PersonId,
) -> Result<(), DatabaseError> {
    for sql in [
        "DELETE FROM duo_prompts WHERE tenant = $1 AND person = $2",
        "DELETE FROM duo_challenges WHERE tenant = $1 AND person = $2",
    ] {
        transaction.execute(sql, &[person.into()])?;
    }
    Ok(())
}

pub(crate) fn note_use(
    transaction: &mut Transaction<'_>,
    person: PersonId,
    now: Moment,
) -> Result<(), DatabaseError> {
    transaction.execute_later(
        "UPDATE duo_accounts SET used_at = $3 WHERE tenant = $1 AND person = $2",
        &[person.into(), now.into()],
    )?;
    Ok(())
}

/// Counts a push, a call or a text message, if there may be one. The caller holds the person.
pub(super) fn count(
    transaction: &mut Transaction<'_>,
    person: PersonId,
    device: &str,
    now: Moment,
) -> Result<Option<PushDecision>, DatabaseError> {
    let Some(mut record) = load(transaction, person)? else { return Ok(None) };
    let decision = record.begin(&policy(), seconds(now));
    if decision == PushDecision::Send {
        transaction.execute(
            "UPDATE duo_accounts SET pushes = $3, device = $4 WHERE tenant = $1 AND person = $2",
            &[person.into(), written(&record).into(), device.into()],
        )?;
    }
    Ok(Some(decision))
}

/// Notes how what was counted has ended. The caller holds the person.
pub(super) fn settle(
    transaction: &mut Transaction<'_>,
    person: PersonId,
    answer: PushAnswer,
    now: Moment,
) -> Result<(), DatabaseError> {
    let Some(mut record) = load(transaction, person)? else { return Ok(()) };
    record.settle(&policy(), seconds(now), answer);
    transaction.execute(
        "UPDATE duo_accounts SET pushes = $3 WHERE tenant = $1 AND person = $2",
        &[person.into(), written(&record).into()],
    )?;
    Ok(())
}

pub(crate) fn purge(transaction: &mut Transaction<'_>, now: Moment) -> Result<(), DatabaseError> {
    for sql in [
        "DELETE FROM duo_prompts WHERE tenant = $1 AND expires_at <= $2",
        "DELETE FROM duo_challenges WHERE tenant = $1 AND expires_at <= $2",
    ] {
        transaction.execute(sql, &[now.into()])?;
    }
    Ok(())
}

fn load(
    transaction: &mut Transaction<'_>,
    person: PersonId,
) -> Result<Option<PushRecord>, DatabaseError> {
    let sql = "SELECT pushes FROM duo_accounts WHERE tenant = $1 AND person = $2";
    let rows = transaction.query(sql, &[person.into()])?;
    rows.first().map(|row| record(row, 0)).transpose()
}

fn record(row: &Row, column: usize) -> Result<PushRecord, DatabaseError> {
    let wanted = |_| DatabaseError::Column { column, wanted: "a record of pushes" };
    serde_json::from_str(row.text(column)?).map_err(wanted)
}

fn written(record: &PushRecord) -> String {
    // Numbers are always JSON.
    serde_json::to_string(record).unwrap_or_default()
}

pub(super) fn seconds(moment: Moment) -> UnixSeconds {
    UnixSeconds(upheld_totp::UnixSeconds::from(moment).0)
}
