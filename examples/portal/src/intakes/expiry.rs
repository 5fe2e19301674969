//! What is deleted when its time is over: what nobody confirmed, and what has been answered for long.

use upheld_store::record::{Erasure, PersonId as Whose};
use upheld_store::sql::{DatabaseError, Row, Transaction};

use super::link::ACTOR;
use super::{DAY_SECONDS, counted_since, letters};
use crate::audit::{self, Actor, Entry};
use crate::clock::Moment;
use crate::id::{Id, PersonId};
use crate::records::Records;
use crate::requests::RequestsError;

/// How long what an answer needs is kept after it, however late it was.
const KEPT_AFTER_DAYS: i64 = 30;
/// How long it is kept for a letter that cannot be sent.
const LAST_LETTER_DAYS: i64 = 3;

// What was typed stays while an answer is owed: it is how whoever asks is written to. A day more
// each day is one write a day.
const PUT_OFF: &str = "UPDATE intakes SET expires_at = $3
    WHERE tenant = $1 AND expires_at <= $2 AND confirmed_at IS NOT NULL AND contents IS NOT NULL
        AND EXISTS (SELECT requests.id FROM requests WHERE requests.tenant = $1
                    AND requests.id = intakes.id AND requests.is_open = 1)";
// What an account has stays with the account. What nobody has goes with its record, by [`erase_due`].
const PURGE: &str = "DELETE FROM intakes WHERE tenant = $1 AND expires_at <= $2
    AND (confirmed_at IS NULL OR contents IS NULL)";
const FORGET: &str = "DELETE FROM intake_addresses WHERE tenant = $1 AND day < $2";
const DUE: &str = "SELECT id, person FROM intakes
    WHERE tenant = $1 AND expires_at <= $2 AND confirmed_at IS NOT NULL AND contents IS NOT NULL
        AND NOT EXISTS (SELECT letter.id FROM intake_letters AS letter WHERE letter.tenant = $1
                        AND letter.intake = intakes.id AND letter.next_try IS NOT NULL
                        AND letter.created_at > $3)";

/// Deletes what nobody confirmed in time, and what is older than it has to be.
pub(crate) fn purge(transaction: &mut Transaction<'_>, now: Moment) -> Result<(), DatabaseError> {
    let days = |number: i64| now.plus(number.saturating_mul(DAY_SECONDS));
    let put_off = [days(KEPT_AFTER_DAYS.saturating_sub(1)).into(), days(KEPT_AFTER_DAYS).into()];
    transaction.execute(PUT_OFF, &put_off)?;
    transaction.execute(PURGE, &[now.into()])?;
    transaction.execute(FORGET, &[counted_since(now).into()])?;
    letters::purge(transaction, now)
}

/// Erases the requests of people without an account once they are over, with what was typed.
///
/// It comes after [`purge`], which puts off those that are not.
//= UK GDPR, Article 5(1)(e): kept no longer than it is needed
pub(crate) async fn erase_due(records: &Records, now: Moment) -> Result<(), DatabaseError> {
    let unsent_since = now.minus(LAST_LETTER_DAYS.saturating_mul(DAY_SECONDS));
    let due = records.database.query(DUE, &[now.into(), unsent_since.into()]).await?;
    let named = |row: &Row| Ok::<_, DatabaseError>((Id::at(row, 0)?, PersonId::at(row, 1)?));
    let due: Result<Vec<_>, _> = due.iter().map(named).collect();
    for (id, person) in due? {
        if let Err(error) = erase(records, (id, person), now).await {
            tracing::error!(request = %id, %error, "a request of a form was not erased");
        }
    }
    Ok(())
}

async fn erase(
    records: &Records,
    (id, person): (Id, PersonId),
    now: Moment,
) -> Result<(), RequestsError> {
    let whose = Whose(person.to_bits());
    let kept = records.requests.records();
    let erasure = kept.erase_person_if_settled(whose, &[], now.to_millis(), ACTOR);
    // Taken up again in this moment: put off by the next purge.
    let Erasure::Erased { payloads, .. } = erasure.await? else { return Ok(()) };
    let erased = records.database.transact(move |transaction| {
        let sql = "DELETE FROM intakes WHERE tenant = $1 AND id = $2";
        if transaction.execute(sql, &[id.into()])? == 0 {
            return Ok(());
        }
        let action = format!("erased: a request of a form with {payloads} payloads");
        let subject = Some(person.to_bits());
        let entry = Entry { at: now.into(), actor: Actor::Portal, action: &action, subject };
        audit::append(transaction, &entry)
    });
    Ok(erased.await?)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use rusqlite::{Connection, params_from_iter};
    use upheld_store::Tenant;
    use upheld_store::sql::{Database, Settings};

    use super::super::COUNT_WAITING;
    use super::{DUE, FORGET, PURGE, PUT_OFF};
    use crate::schema;

    /// What SQLite says it does, without having seen how many rows there are.
    #[tokio::test]
    async fn what_is_due_is_found_by_an_index_and_not_by_reading_the_tenant() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("portal.db");
        let tenant = Tenant::new("clinic").unwrap();
        let database = Database::open(&Settings::sqlite(&file), tenant).await.unwrap();
        schema::migrate(&database).await.unwrap();
        let connection = Connection::open(&file).unwrap();
        let of_address = format!("{COUNT_WAITING} AND address_hash = $3");
        let by_expiry = "INDEX intakes_by_expiry (tenant=? AND expires_at<?)";
        for (sql, index) in [
            (PUT_OFF, by_expiry),
            (PURGE, by_expiry),
            (DUE, by_expiry),
            (FORGET, "INDEX intake_addresses_by_day (tenant=? AND day<?)"),
            (COUNT_WAITING, "INDEX intakes_waiting (tenant=? AND expires_at>?)"),
            (&*of_address, "INDEX intakes_by_address (tenant=? AND address_hash=?"),
        ] {
            let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let values = (0..statement.parameter_count()).map(|_| "");
            let steps = statement.query_map(params_from_iter(values), |row| row.get(3)).unwrap();
            let steps: Vec<String> = steps.map(Result::unwrap).collect();
            let plan = steps.join("\n");
            assert!(plan.contains(index), "{plan}");
            let reads_all = |step: &String| step.ends_with("(tenant=?)") || step.contains("SCAN");
            assert!(!steps.iter().any(reads_all), "{plan}");
        }
    }
}
