//! What is encrypted in the portal's own tables, each bound to its place.

use rand::rngs::SysRng;
use upheld_store::keys::{KeyId, Place, SealError, Sealed};
use upheld_store::sql::{DatabaseError, Row, Value};
use zeroize::Zeroizing;

use crate::id::{Id, PersonId};
use crate::random::NoRandomness;
use crate::records::{Records, RecordsError};

/// A table with something encrypted in it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Table {
    Enrolments,
    RecoveryCodes,
    Outbox,
    DuoPrompts,
    RequestWords,
    Exports,
    Intakes,
    IntakeLetters,
}

impl Table {
    const fn name(self) -> &'static str {
        match self {
            Self::Enrolments => "pending_enrolments",
            Self::RecoveryCodes => "pending_recovery_codes",
            Self::Outbox => "outbox",
            Self::DuoPrompts => "duo_prompts",
            Self::RequestWords => "request_words",
            Self::Exports => "exports",
            Self::Intakes => "intakes",
            Self::IntakeLetters => "intake_letters",
        }
    }
}

/// Encrypts `secret` for one row of a person; it opens in no other. The two columns it fills are
/// the key's number and the bytes.
pub(crate) fn seal(
    records: &Records,
    (table, row, person): (Table, Id, PersonId),
    secret: &[u8],
) -> Result<[Value; 2], RecordsError> {
    let place = place(records, table, row, person);
    let sealed =
        records.keys.ring().seal(place, secret, &mut SysRng).map_err(|error| match error {
            SealError::Randomness(_) => RecordsError::NoRandomness(NoRandomness),
            _ => RecordsError::TooLong,
        })?;
    Ok([sealed.key.0.into(), sealed.bytes.into()])
}

/// Decrypts what [`seal`] put into this row.
pub(crate) fn open(
    records: &Records,
    (table, id, person): (Table, Id, PersonId),
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, RecordsError> {
    let opened = records.keys.ring().open(place(records, table, id, person), sealed);
    opened.map_err(|error| {
        tracing::error!(table = table.name(), row = %id, %error, "something encrypted does not open");
        error.into()
    })
}

/// Reads the two columns that [`seal`] filled, from `column` on.
pub(crate) fn read(row: &Row, column: usize) -> Result<Sealed, DatabaseError> {
    let key = u32::try_from(row.integer(column)?);
    let key = key.map_err(|_| DatabaseError::Column { column, wanted: "the number of a key" })?;
    Ok(Sealed { key: KeyId(key), bytes: row.blob(column.saturating_add(1))?.to_vec() })
}

fn place(records: &Records, table: Table, row: Id, person: PersonId) -> Place<'_> {
    let tenant = records.database.tenant().as_str();
    Place { table: table.name(), tenant, account: person.to_bits(), row: row.to_bits() }
}
