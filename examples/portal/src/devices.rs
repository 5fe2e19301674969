//! The authenticators of a person as the person knows them: by name, with the days on which they
//! were added and last used. What makes their codes is the store's.

use upheld_store::sql::{DatabaseError, Row, Transaction};

use crate::clock::Moment;
use crate::id::{Id, PersonId};
use crate::people::{NameError, one_line};
use crate::records::Records;

/// What a person calls an authenticator: 1 to 40 characters on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeviceName(String);

impl DeviceName {
    pub(crate) const MAX_CHARACTERS: usize = 40;

    pub(crate) fn parse(typed: &str) -> Result<Self, NameError> {
        one_line(typed, Self::MAX_CHARACTERS).map(|name| Self(name.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// What an authenticator counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeviceKind {
    /// Time: an app.
    App,
    /// Presses of its button: a hardware token.
    Token,
}

impl DeviceKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Token => "token",
        }
    }
}

/// An authenticator.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) kind: DeviceKind,
    pub(crate) added_at: Moment,
    pub(crate) used_at: Option<Moment>,
}

/// The authenticators of a person, the oldest first.
pub(crate) async fn list(
    records: &Records,
    person: PersonId,
) -> Result<Vec<Device>, DatabaseError> {
    let rows = records
        .database
        .query(
            "SELECT id, name, kind, added_at, used_at FROM devices
         WHERE tenant = $1 AND person = $2 ORDER BY added_at, id",
            &[person.into()],
        )
        .await?;
    rows.iter().map(device).collect()
}

/// One authenticator of a person.
pub(crate) async fn find(
    records: &Records,
    person: PersonId,
    id: Id,
) -> Result<Option<Device>, DatabaseError> {
    let rows = records
        .database
        .query(
            "SELECT id, name, kind, added_at, used_at FROM devices
         WHERE tenant = $1 AND person = $2 AND id = $3",
            &[person.into(), id.into()],
        )
        .await?;
    rows.first().map(device).transpose()
}

pub(crate) fn count(
    transaction: &mut Transaction<'_>,
    person: PersonId,
) -> Result<i64, DatabaseError> {
    let sql = "SELECT count(*) FROM devices WHERE tenant = $1 AND person = $2";
    let rows = transaction.query(sql, &[person.into()])?;
    rows.first().map_or(Ok(0), |row| row.integer(0))
}

pub(crate) fn add(
    transaction: &mut Transaction<'_>,
    person: PersonId,
    (id, name, kind): (Id, &DeviceName, DeviceKind),
    now: Moment,
) -> Result<(), DatabaseError> {
    transaction.execute(
        "INSERT INTO devices (tenant, id, person, name, kind, added_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[id.into(), person.into(), name.as_str().into(), kind.as_str().into(), now.into()],
    )?;
    Ok(())
}

/// Gives an authenticator another name; `false` when the person has none such.
pub(crate) fn rename(
    transaction: &mut Transaction<'_>,
    person: PersonId,
    id: Id,
    name: &DeviceName,
) -> Result<bool, DatabaseError> {
    let renamed = transaction.execute(
        "UPDATE devices SET name = $4 WHERE tenant = $1 AND person = $2 AND id = $3",
        &[person.into(), id.into(), name.as_str().into()],
    )?;
    Ok(renamed == 1)
}

/// Forgets what an authenticator was called, and returns it.
pub(crate) fn remove(
    transaction: &mut Transaction<'_>,
    person: PersonId,
    id: Id,
) -> Result<Option<String>, DatabaseError> {
    let values = [person.into(), id.into()];
    let sql = "SELECT name FROM devices WHERE tenant = $1 AND person = $2 AND id = $3";
    let rows = transaction.query(sql, &values)?;
    let Some(row) = rows.first() else { return Ok(None) };
    let name = row.text(0)?.to_owned();
    let sql = "DELETE FROM devices WHERE tenant = $1 AND person = $2 AND id = $3";
    let removed = transaction.execute(sql, &values)?;
    Ok((removed == 1).then_some(name))
}

pub(crate) fn remove_all(
    transaction: &mut Transaction<'_>,
    person: PersonId,
) -> Result<(), DatabaseError> {
    let sql = "DELETE FROM devices WHERE tenant = $1 AND person = $2";
    transaction.execute(sql, &[person.into()])?;
    Ok(())
}

pub(crate) fn note_use(
    transaction: &mut Transaction<'_>,
    person: PersonId,
    id: Id,
    now: Moment,
) -> Result<(), DatabaseError> {
    transaction.execute_later(
        "UPDATE devices SET used_at = $4 WHERE tenant = $1 AND person = $2 AND id = $3",
        &[person.into(), id.into(), now.into()],
    )?;
    Ok(())
}

fn device(row: &Row) -> Result<Device, DatabaseError> {
    Ok(Device {
        id: Id::at(row, 0)?,
        name: row.text(1)?.to_owned(),
        kind: if row.text(2)? == "token" { DeviceKind::Token } else { DeviceKind::App },
        added_at: Moment::at(row, 3)?,
        used_at: Moment::at_optional(row, 4)?,
    })
}
