//! Changing the keys that secrets are sealed under, while everything goes on.
//!
//! 1. Make a key: [`KeyRing::with_new_key`](crate::keys::KeyRing::with_new_key), and first give it
//!    to every node beside the old one, which stays the current one
//!    ([`KeyRing::with_current`](crate::keys::KeyRing::with_current)). Once all have it, give them
//!    the new ring, as file and by [`SharedKeys::replace`]. From then on new secrets are sealed
//!    under it, every node opens them, and old ones still open.
//! 2. Seal the old ones anew: [`reseal`], again and again until nothing is left. It works in
//!    batches, each durable by itself, so it may be interrupted anywhere and run anywhere else.
//! 3. Drop the old key: [`uses`] says how many rows still need it, in the database as a whole;
//!    [`KeyRing::without_key`](crate::keys::KeyRing::without_key) refuses while there are any.
//!    Keep the key as long as backups from before are kept.

use std::collections::BTreeMap;

use rand::rngs::SysRng;

use crate::Tenant;
use crate::columns::id_of;
use crate::keys::{KeyId, KeyRing, OpenSealedError, Place, Sealed, SharedKeys};
use crate::sql::{Database, DatabaseError, Row, Value};

/// A table with a sealed column, its key ending in an account and a row of 16 bytes each.
///
/// The names stand in statements as they are: they are constants of the program, never input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "written as constants by whoever has tables")]
pub struct SealedTable {
    /// The table, as in [`Place::table`].
    pub name: &'static str,
    /// The column of [`Place::account`].
    pub account: &'static str,
    /// The column of [`Place::row`].
    pub row: &'static str,
    /// The column of what is sealed. The key's id is in `key_id`.
    pub sealed: &'static str,
}

/// The sealed tables of [`second_factor`](crate::second_factor).
pub const SECOND_FACTOR_TABLES: [SealedTable; 3] = [
    SealedTable { name: "credentials", account: "account", row: "id", sealed: "sealed" },
    SealedTable { name: "recovery_sets", account: "account", row: "id", sealed: "sealed" },
    SealedTable { name: "challenges", account: "account", row: "request", sealed: "sealed" },
];

/// The sealed tables of [`record`](crate::record).
pub const RECORD_TABLES: [SealedTable; 2] = [
    SealedTable { name: "ledger_people", account: "person", row: "id", sealed: "sealed" },
    SealedTable { name: "record_events", account: "record", row: "version", sealed: "sealed" },
];

/// What a batch did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resealed {
    /// Rows that are sealed under the current key now.
    pub rows: u64,
    /// Rows that do not open, and were left as they are. Sound the alarm.
    pub refused: Vec<RefusedRow>,
}

/// A row that does not open.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefusedRow {
    /// Its table.
    pub table: &'static str,
    /// Its tenant.
    pub tenant: String,
    /// Its account.
    pub account: u128,
    /// Its row.
    pub row: u128,
    /// Why.
    pub error: OpenSealedError,
}

/// Why a batch did nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResealError {
    /// The database gave no answer; run it again.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The system had no randomness for a nonce.
    #[error("the system provided no randomness; run it again")]
    NoRandomness,
}

/// Counts the rows that are sealed under each key, of all tenants.
///
/// # Errors
///
/// [`DatabaseError`]
pub async fn uses(
    database: &Database,
    tables: &[SealedTable],
) -> Result<BTreeMap<KeyId, u64>, DatabaseError> {
    let mut uses = BTreeMap::new();
    for SealedTable { name, sealed, .. } in tables {
        let sql = format!(
            "SELECT key_id, count(*) FROM {name}
             WHERE CAST($1 AS text) IS NOT NULL AND key_id IS NOT NULL AND {sealed} IS NOT NULL
             GROUP BY key_id"
        );
        for row in database.query(&sql, &[]).await? {
            let rows = u64::try_from(row.integer(1)?).unwrap_or_default();
            let count: &mut u64 = uses.entry(key_of(&row, 0)?).or_default();
            *count = count.saturating_add(rows);
        }
    }
    Ok(uses)
}

/// Seals up to `rows` rows of each table under the current key, of all tenants.
///
/// A row that was changed meanwhile is left to whoever changed it. Done when it answers with no
/// rows; refused rows are passed over, and come again each time.
///
/// # Errors
///
/// [`ResealError`]; what earlier batches did stays done.
pub async fn reseal(
    database: &Database,
    keys: &SharedKeys,
    tables: &[SealedTable],
    rows: u32,
) -> Result<Resealed, ResealError> {
    let ring = keys.ring();
    let mut resealed = Resealed::default();
    for table in tables {
        reseal_table(database, &ring, *table, rows, &mut resealed).await?;
    }
    Ok(resealed)
}

/// Walks the table in the order of its key, so that refused rows do not stand in the way.
async fn reseal_table(
    database: &Database,
    ring: &KeyRing,
    table: SealedTable,
    rows: u32,
    resealed: &mut Resealed,
) -> Result<(), ResealError> {
    let SealedTable { name, account, row, sealed } = table;
    let sql = format!(
        "SELECT tenant, {account}, {row}, key_id, {sealed} FROM {name}
         WHERE CAST($1 AS text) IS NOT NULL AND key_id <> $2 AND {sealed} IS NOT NULL
         AND (tenant, {account}, {row}) > ($3, $4, $5)
         ORDER BY tenant, {account}, {row} LIMIT $6"
    );
    let mut left = rows;
    let mut after = [Value::from(""), Value::from([0; 0]), Value::from([0; 0])];
    while left > 0 {
        let [tenant, account, row] = after.clone();
        let current = Value::from(ring.current().0);
        let found = database.query(&sql, &[current, tenant, account, row, left.into()]).await?;
        let Some(last) = found.last() else { return Ok(()) };
        after = [last.text(0)?.into(), last.blob(1)?.into(), last.blob(2)?.into()];
        let mut changes = Vec::new();
        for row in &found {
            match change_of(ring, table, row)? {
                Ok(change) => changes.push(change),
                Err(refused) => resealed.refused.push(refused),
            }
        }
        left = left.saturating_sub(u32::try_from(changes.len()).unwrap_or(u32::MAX));
        resealed.rows = resealed.rows.saturating_add(apply(database, table, changes).await?);
    }
    Ok(())
}

/// A row, as it was and as it shall be.
struct Change {
    tenant: Tenant,
    key: [Value; 2],
    before: Sealed,
    after: Sealed,
}

fn change_of(
    ring: &KeyRing,
    table: SealedTable,
    row: &Row,
) -> Result<Result<Change, RefusedRow>, ResealError> {
    let tenant = row.text(0)?;
    let (account, id) = (id_of(row, 1)?, id_of(row, 2)?);
    let before = Sealed { key: key_of(row, 3)?, bytes: row.blob(4)?.into() };
    let place = Place { table: table.name, tenant, account, row: id };
    let refused = |error| {
        let tenant = tenant.to_owned();
        Ok(Err(RefusedRow { table: table.name, tenant, account, row: id, error }))
    };
    let secret = match ring.open(place, &before) {
        Ok(secret) => secret,
        Err(error) => return refused(error),
    };
    let Ok(owner) = Tenant::new(tenant) else { return refused(OpenSealedError::Format) };
    let after = ring.seal(place, &secret, &mut SysRng).map_err(|_| ResealError::NoRandomness)?;
    let key = [account.to_be_bytes().into(), id.to_be_bytes().into()];
    Ok(Ok(Change { tenant: owner, key, before, after }))
}

/// Writes what was sealed anew, each row only if it is still what was opened.
async fn apply(
    database: &Database,
    table: SealedTable,
    changes: Vec<Change>,
) -> Result<u64, DatabaseError> {
    let SealedTable { name, account, row, sealed } = table;
    let sql = format!(
        "UPDATE {name} SET key_id = $4, {sealed} = $5
         WHERE tenant = $1 AND {account} = $2 AND {row} = $3 AND key_id = $6 AND {sealed} = $7"
    );
    let mut by_tenant: BTreeMap<String, Vec<Change>> = BTreeMap::new();
    for change in changes {
        by_tenant.entry(change.tenant.as_str().to_owned()).or_default().push(change);
    }
    let mut written = 0_u64;
    for changes in by_tenant.into_values() {
        let Some(tenant) = changes.first().map(|change| change.tenant.clone()) else { continue };
        let sql = sql.clone();
        let database = database.of_tenant(tenant);
        let done = database.transact(move |transaction| {
            let mut written = 0_u64;
            for Change { key: [account, row], before, after, .. } in changes {
                let values = [
                    account,
                    row,
                    after.key.0.into(),
                    after.bytes.into(),
                    before.key.0.into(),
                    before.bytes.into(),
                ];
                written = written.saturating_add(transaction.execute(&sql, &values)?);
            }
            Ok::<_, DatabaseError>(written)
        });
        written = written.saturating_add(done.await?);
    }
    Ok(written)
}

fn key_of(row: &Row, column: usize) -> Result<KeyId, DatabaseError> {
    let id = u32::try_from(row.integer(column)?);
    id.map(KeyId).map_err(|_| DatabaseError::Column { column, wanted: "the id of a key" })
}
