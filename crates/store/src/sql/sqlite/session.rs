//! Statements on a connection.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, Error, ErrorCode, Statement, ffi};

use crate::Tenant;
use crate::sql::statement::{
    RETURNS_ROWS, WITHOUT_TENANT, WRONG_COUNT, check_values, without_row_lock,
};
use crate::sql::{Constraint, DatabaseError, Row, Value};

pub(crate) fn execute(
    connection: &Connection,
    tenant: &Tenant,
    sql: &str,
    values: &[Value],
) -> Result<u64, DatabaseError> {
    let mut statement = prepare(connection, tenant, sql, values)?;
    if statement.column_count() > 0 {
        return Err(RETURNS_ROWS);
    }
    let rows = statement.raw_execute().map_err(explain)?;
    Ok(u64::try_from(rows).unwrap_or(u64::MAX))
}

pub(crate) fn query(
    connection: &Connection,
    tenant: &Tenant,
    sql: &str,
    values: &[Value],
) -> Result<Vec<Row>, DatabaseError> {
    let mut statement = prepare(connection, tenant, sql, values)?;
    let columns = statement.column_count();
    let mut rows = statement.raw_query();
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(explain)? {
        let column = |index| row.get_ref(index).map_err(explain).and_then(read);
        found.push(Row::new((0..columns).map(column).collect::<Result<_, _>>()?));
    }
    Ok(found)
}

pub(crate) fn batch(connection: &Connection, sql: &str) -> Result<(), DatabaseError> {
    connection.execute_batch(sql).map_err(explain)
}

fn prepare<'c>(
    connection: &'c Connection,
    tenant: &Tenant,
    sql: &str,
    values: &[Value],
) -> Result<CachedStatement<'c>, DatabaseError> {
    check_values(values)?;
    let mut statement = connection.prepare_cached(without_row_lock(sql)).map_err(explain)?;
    let count = statement.parameter_count();
    if !(1..=count).any(|place| number_at(&statement, place) == Some(1)) {
        return Err(WITHOUT_TENANT);
    }
    if count != values.len().saturating_add(1) {
        return Err(WRONG_COUNT);
    }
    for place in 1..=count {
        // Each number there is, once: as many places as numbers, and SQLite repeats none.
        let value = match number_at(&statement, place) {
            Some(1) => ValueRef::Text(tenant.as_str().as_bytes()),
            number => {
                let index = number.and_then(|number| number.checked_sub(2)).ok_or(WRONG_COUNT)?;
                reference(values.get(index).ok_or(WRONG_COUNT)?)
            }
        };
        let value = ToSqlOutput::Borrowed(value);
        statement.raw_bind_parameter(place, value).map_err(explain)?;
    }
    Ok(statement)
}

/// The number that the placeholder at a place is named by: SQLite counts places in the order in
/// which names first appear.
fn number_at(statement: &Statement<'_>, place: usize) -> Option<usize> {
    statement.parameter_name(place)?.strip_prefix('$')?.parse().ok()
}

fn reference(value: &Value) -> ValueRef<'_> {
    match value {
        Value::Null => ValueRef::Null,
        Value::Integer(value) => ValueRef::Integer(*value),
        Value::Text(value) => ValueRef::Text(value.as_bytes()),
        Value::Blob(value) => ValueRef::Blob(value),
    }
}

fn read(value: ValueRef<'_>) -> Result<Value, DatabaseError> {
    match value {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(value) => Ok(Value::Integer(value)),
        ValueRef::Blob(value) => Ok(Value::Blob(value.into())),
        ValueRef::Text(value) => match str::from_utf8(value) {
            Ok(text) => Ok(Value::Text(text.into())),
            Err(_) => Err(DatabaseError::Statement("returns a text that is not UTF-8")),
        },
        ValueRef::Real(_) => Err(DatabaseError::Statement("returns a number that is no integer")),
    }
}

/// What an error means for the caller. Messages of SQLite name tables and columns, never values.
pub(crate) fn explain(error: Error) -> DatabaseError {
    match error {
        Error::SqliteFailure(failure, message) => explain_failure(failure, message),
        Error::SqlInputError { error, msg, .. } => explain_failure(error, Some(msg)),
        other => DatabaseError::Refused { code: "none".into(), message: kind(&other).into() },
    }
}

fn explain_failure(failure: ffi::Error, message: Option<String>) -> DatabaseError {
    use ErrorCode as Code;
    match failure.code {
        Code::DatabaseBusy | Code::DatabaseLocked | Code::FileLockingProtocolFailed => {
            DatabaseError::Contended
        }
        Code::ConstraintViolation => DatabaseError::Conflict(match failure.extended_code {
            ffi::SQLITE_CONSTRAINT_UNIQUE
            | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
            | ffi::SQLITE_CONSTRAINT_ROWID => Constraint::Unique,
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Constraint::ForeignKey,
            _ => Constraint::Value,
        }),
        Code::DiskFull
        | Code::CannotOpen
        | Code::SystemIoFailure
        | Code::ReadOnly
        | Code::OutOfMemory
        | Code::PermissionDenied
        | Code::DatabaseCorrupt
        | Code::NotADatabase => {
            DatabaseError::Unavailable(ffi::code_to_str(failure.extended_code).to_lowercase())
        }
        _ => DatabaseError::Refused {
            code: failure.extended_code.to_string(),
            message: message.unwrap_or_else(|| "no message".into()),
        },
    }
}

fn kind(error: &Error) -> &'static str {
    match error {
        Error::MultipleStatement => "more than one statement",
        Error::InvalidPath(_) | Error::NulError(_) => "a text with a zero byte",
        _ => "the statement cannot be used this way",
    }
}
