//! Recovery codes: ten codes on paper for the day the phone is lost.
//!
//! A new set is *pending* until the person says that it is saved: for an hour, in the session that
//! asked for it. It opens nothing until then, and the set before it goes on working.

use upheld_second_factor::{RecoveryHash, RecoverySet, Registry};
use upheld_store::sql::DatabaseError;
use zeroize::Zeroizing;

use crate::CLINIC;
use crate::clock::Moment;
use crate::events::{self, Event};
use crate::id::{Id, PersonId};
use crate::people;
use crate::random;
use crate::records::{Records, RecordsError};
use crate::sealed::{self, Table};
use crate::sessions::Session;

const PENDING_SECONDS: i64 = 60 * 60;
const HASH_BYTES: usize = 32;

/// A set that was shown and awaits that the person has saved it.
#[derive(Debug)]
pub(crate) struct Pending {
    id: Id,
    set: RecoverySet,
    /// One on each line.
    text: Zeroizing<String>,
}

/// Draws ten codes for the person of `session`, in place of those not confirmed before.
pub(crate) async fn start(
    records: &Records,
    session: &Session,
    now: Moment,
) -> Result<Id, RecordsError> {
    let (id, person, session) = (Id::generate()?, session.person(), session.id());
    let (set, text) = random::recovery_codes(person.into(), id.into())?;
    let bytes = to_bytes(&set, &text);
    let place = (Table::RecoveryCodes, id, person);
    let [key, sealed] = sealed::seal(records, place, &bytes)?;
    let started = records.database.transact(move |transaction| {
        transaction.execute(
            "INSERT INTO pending_recovery_codes (tenant, person, session, id, key_id, codes, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (tenant, person) DO UPDATE SET session = excluded.session,
                 id = excluded.id, key_id = excluded.key_id, codes = excluded.codes, expires_at = excluded.expires_at",
            &[
                person.into(),
                session.into(),
                id.into(),
                key,
                sealed,
                now.plus(PENDING_SECONDS).into(),
            ],
        )
    });
    started.await?;
    Ok(id)
}

/// Finds a pending set of `session`.
pub(crate) async fn find(
    records: &Records,
    session: &Session,
    id: Id,
    now: Moment,
) -> Result<Option<Pending>, RecordsError> {
    let rows = records
        .database
        .query(
            "SELECT key_id, codes FROM pending_recovery_codes
         WHERE tenant = $1 AND id = $2 AND session = $3 AND expires_at > $4",
            &[id.into(), session.id().into(), now.into()],
        )
        .await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let place = (Table::RecoveryCodes, id, session.person());
    let bytes = sealed::open(records, place, &sealed::read(row, 0)?)?;
    let (set, text) = from_bytes(id, &bytes)
        .ok_or(DatabaseError::Column { column: 0, wanted: "a set of recovery codes" })?;
    Ok(Some(Pending { id, set, text }))
}

impl Pending {
    pub(crate) const fn id(&self) -> Id {
        self.id
    }

    pub(crate) fn codes(&self) -> impl Iterator<Item = &str> {
        self.text.lines()
    }

    /// The codes as a file to keep.
    pub(crate) fn to_file(&self, account: &str, now: Moment) -> Zeroizing<String> {
        Zeroizing::new(format!(
            "Recovery codes for {CLINIC}\r\nAccount: {account}\r\nMade: {now}\r\n\r\n\
             Each code works once, instead of a code of your authenticator.\r\n\
             Keep them where you keep other papers of value.\r\n\r\n{}\r\n",
            self.text.replace('\n', "\r\n")
        ))
    }

    /// Makes the set count, and no other; `false` when it was replaced or confirmed already.
    pub(crate) async fn confirm(
        self,
        records: &Records,
        session: &Session,
        now: Moment,
    ) -> Result<bool, RecordsError> {
        let (id, set) = (self.id, self.set);
        let (person, session) = (session.person(), session.id());
        let sealed = records.guard.store().seal_recovery_set(person.into(), &set)?;
        let context = records.clone();
        let confirmed = records.database.transact(move |transaction| {
            let taken = people::hold(transaction, person)?
                && transaction.execute(
                    "DELETE FROM pending_recovery_codes
                     WHERE tenant = $1 AND id = $2 AND session = $3 AND expires_at > $4",
                    &[id.into(), session.into(), now.into()],
                )? == 1;
            if taken {
                sealed.replace(transaction, now.into())?;
                events::tell(&context, transaction, person, Event::RecoveryCodesReplaced, now)?;
            }
            Ok::<_, RecordsError>(taken)
        });
        confirmed.await
    }
}

/// The key, the hashes in order, and the text.
fn to_bytes(set: &RecoverySet, text: &str) -> Zeroizing<Vec<u8>> {
    let hashes = set.unused().iter().flat_map(|(_, RecoveryHash(hash))| hash);
    // Of the length it will have: a vector that grows leaves copies behind.
    let length = RecoverySet::KEY_BYTES
        .saturating_add(set.unused().len().saturating_mul(HASH_BYTES))
        .saturating_add(text.len());
    let mut bytes = Zeroizing::new(Vec::with_capacity(length));
    bytes.extend(set.expose_key().iter().chain(hashes).copied());
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

fn from_bytes(id: Id, bytes: &[u8]) -> Option<(RecoverySet, Zeroizing<String>)> {
    let (key, mut rest) = bytes.split_first_chunk::<{ RecoverySet::KEY_BYTES }>()?;
    let mut unused = Vec::new();
    for index in 0..RecoverySet::CODES {
        let (hash, after) = rest.split_first_chunk::<HASH_BYTES>()?;
        unused.push((index, RecoveryHash(*hash)));
        rest = after;
    }
    let text = Zeroizing::new(str::from_utf8(rest).ok()?.to_owned());
    Some((RecoverySet::from_parts(id.into(), Zeroizing::new(*key), unused), text))
}

/// How many codes a person has left.
pub(crate) async fn count_unused(records: &Records, person: PersonId) -> Result<u8, RecordsError> {
    Ok(records.guard.store().unused_recovery_codes(person.into()).await?)
}
