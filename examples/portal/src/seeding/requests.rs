//! Requests by the hundred thousand, for measuring the desk.

use upheld_consent::request::{
    Ask, Channel, Command, Context, ControllerStatus, Identity, Name, Receipt, Recorded, Request,
    Requester, Text, decide,
};
use upheld_second_factor::AccountId;
use upheld_store::record::{PersonId as Whose, RecordId};
use upheld_store::request::{self, SealedRequest};

use super::BATCH;
use crate::clock::Moment;
use crate::id::{Id, PersonId};
use crate::people;
use crate::records::{Records, RecordsError};
use crate::requests::{self, ASKS, RequestsError};
use crate::server::{OpenError, Portal};

/// Who acts, in the log.
const ACTOR: &str = "load run";
/// Who becomes staff.
const STAFF: &str = "person-0@example.com";
/// Over how many days they came: the oldest are overdue.
const DAYS: usize = 90;
const DAY_SECONDS: i64 = 24 * 60 * 60;

impl Portal {
    /// Adds requests of people that [`Portal::seed`] has added, and makes the first of them staff.
    ///
    /// They came over ninety days. Of eight one waits for proof of identity and one was taken back. Of
    /// three the member of staff deals with one.
    ///
    /// # Errors
    ///
    /// [`OpenError`] when the database or the system fails, or there are no such people.
    pub async fn seed_requests(&self, count: usize) -> Result<(), OpenError> {
        let (records, now) = (self.records(), self.clock().now());
        let (staff, people) = prepare(records).await.map_err(OpenError::because)?;
        let Some(staff) = staff.filter(|_| !people.is_empty()) else {
            return Err(OpenError::because("there is nobody who could ask"));
        };
        let mut next = 0_usize;
        while next < count {
            let end = next.saturating_add(BATCH).min(count);
            let mut sealed = Vec::with_capacity(BATCH);
            for (number, person) in (next..end).zip(people.iter().cycle()) {
                let one = seal(records, *person, number, now);
                let assignee = (number % 3 == 0).then_some(staff);
                sealed.push((one.map_err(OpenError::because)?, assignee));
            }
            let kept = records.database.transact(move |transaction| {
                for ((id, request), assignee) in sealed {
                    let _written = request.keep(transaction)?;
                    let assignee = assignee.map(PersonId::to_bits);
                    let _assigned = request::assign(transaction, id, assignee)?;
                }
                Ok::<_, RequestsError>(())
            });
            kept.await.map_err(OpenError::because)?;
            next = end;
        }
        Ok(())
    }
}

/// Makes one person staff; the others are who asks.
async fn prepare(records: &Records) -> Result<(Option<PersonId>, Vec<PersonId>), RecordsError> {
    let promoted = records.database.transact(|transaction| {
        let sql = "UPDATE people SET role = 'staff' WHERE tenant = $1 AND email = $2";
        transaction.execute(sql, &[STAFF.into()])
    });
    promoted.await?;
    let sql = "SELECT id FROM people WHERE tenant = $1 AND role = 'patient' ORDER BY id LIMIT 1000";
    let rows = records.database.query(sql, &[]).await?;
    let people = rows.iter().map(|row| PersonId::at(row, 0)).collect::<Result<_, _>>()?;
    Ok((people::with_address(&records.database, STAFF).await?, people))
}

fn seal(
    records: &Records,
    person: PersonId,
    number: usize,
    now: Moment,
) -> Result<(RecordId, SealedRequest), RequestsError> {
    let days = i64::try_from(DAYS.saturating_sub(number % DAYS)).unwrap_or_default();
    let events = events(number, now.minus(days.saturating_mul(DAY_SECONDS)))?;
    let (id, AccountId(person)) = (Id::generate().map_err(RecordsError::from)?, person.into());
    let at = (now.to_millis(), ACTOR);
    let id = RecordId(id.to_bits());
    Ok((id, records.requests.seal(id, Whose(person), (&events, 0), at)?))
}

fn events(number: usize, at: Moment) -> Result<Vec<Recorded>, RequestsError> {
    let today = requests::today(None, at)?;
    let (by, calendar) = (Name::new(ACTOR)?, requests::calendar());
    let controller = ControllerStatus::HealthProfessional;
    let context = Context { at: today, today, by: &by, calendar: &calendar, controller };
    let ask = number.checked_rem(ASKS.len()).and_then(|at| ASKS.get(at)).copied();
    let ask = ask.unwrap_or(Ask::Access);
    let (channel, requester) = (Channel::SelfService, Requester::Subject);
    let receipt = Receipt { ask, channel, requester, identity: Identity::SignedIn };
    let mut events = decide(None, Command::Receive(receipt), &context)?;
    let next = match number % 8 {
        0 => Command::RequestIdentity { doubt: Text::new("another address")? },
        1 => Command::Withdraw,
        2..=4 => Command::Accept,
        _ => return Ok(events),
    };
    let request = Request::replay(&events).map_err(request::RequestError::from)?;
    events.extend(decide(Some(&request), next, &context)?);
    Ok(events)
}
