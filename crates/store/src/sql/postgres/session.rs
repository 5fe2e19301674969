//! Statements on a connection.

use std::error::Error as _;
use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use bytes::BytesMut;
use deadpool_postgres::Object;
use tokio::time::timeout;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Error, Statement};

use crate::Tenant;
use crate::sql::statement::{RETURNS_ROWS, WITHOUT_TENANT, WRONG_COUNT, check_values};
use crate::sql::{Constraint, DatabaseError, Row, Value};

pub(crate) const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
pub(crate) const BEGIN_RELAXED: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; \
                                        SET LOCAL synchronous_commit = off";

/// The server gives up a statement sooner; this is for one that does not answer any more.
const DEADLINE: Duration = Duration::from_secs(8);
const SILENT: &str = "the server does not answer";

pub(crate) async fn execute(
    connection: &Object,
    tenant: &Tenant,
    sql: &str,
    values: &[Value],
) -> Result<u64, DatabaseError> {
    let statement = prepare(connection, sql, values).await?;
    if !statement.columns().is_empty() {
        return Err(RETURNS_ROWS);
    }
    let parameters = Parameters::new(tenant, values);
    in_time(connection.execute(&statement, &parameters.references())).await
}

/// Prepares statements, so that [`execute_all`] sends them at once and in their order.
pub(crate) async fn prepare_all(
    connection: &Object,
    statements: &[(String, Vec<Value>)],
) -> Result<(), DatabaseError> {
    for (sql, values) in statements {
        prepare(connection, sql, values).await?;
    }
    Ok(())
}

/// Runs statements one after the other, without waiting for one before the next is sent.
pub(crate) async fn execute_all(
    connection: &Object,
    tenant: &Tenant,
    statements: &[(String, Vec<Value>)],
) -> Result<(), DatabaseError> {
    let mut waiting: Vec<_> = statements
        .iter()
        .map(|(sql, values)| Some(Box::pin(execute(connection, tenant, sql, values))))
        .collect();
    let mut outcome = Ok(());
    poll_fn(|context| {
        for place in &mut waiting {
            // Polled for the first time, it sends its statement.
            if let Some(statement) = place
                && let Poll::Ready(done) = statement.as_mut().poll(context)
            {
                outcome = outcome.clone().and(done.map(drop));
                *place = None;
            }
        }
        Poll::Ready(())
    })
    .await;
    // Answers come in the order of the statements.
    for statement in waiting.into_iter().flatten() {
        outcome = outcome.and(statement.await.map(drop));
    }
    outcome
}

pub(crate) async fn query(
    connection: &Object,
    tenant: &Tenant,
    sql: &str,
    values: &[Value],
) -> Result<Vec<Row>, DatabaseError> {
    let statement = prepare(connection, sql, values).await?;
    let parameters = Parameters::new(tenant, values);
    let rows = in_time(connection.query(&statement, &parameters.references())).await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn control(connection: &Object, sql: &str) -> Result<(), DatabaseError> {
    in_time(connection.batch_execute(sql)).await
}

/// Runs statements for as long as they take.
pub(crate) async fn batch(connection: &Object, sql: &str) -> Result<(), DatabaseError> {
    connection.batch_execute(sql).await.map_err(|error| explain(&error))
}

/// Commits. Whoever hears [`DatabaseError::Unclear`] does not know whether it was done.
pub(crate) async fn commit(connection: &Object) -> Result<(), DatabaseError> {
    match timeout(DEADLINE, connection.batch_execute("COMMIT")).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(explain_commit(&error)),
        Err(_) => Err(DatabaseError::Unclear),
    }
}

pub(crate) fn explain_commit(error: &Error) -> DatabaseError {
    // Only what the server refused is known not to have been done.
    match error.code() {
        Some(code) if is_class(code, &["23", "40"]) => explain(error),
        _ => DatabaseError::Unclear,
    }
}

pub(crate) async fn prepare(
    connection: &Object,
    sql: &str,
    values: &[Value],
) -> Result<Statement, DatabaseError> {
    check_values(values)?;
    let prepared = timeout(DEADLINE, connection.prepare_cached(sql)).await;
    let prepared = prepared.map_err(|_| DatabaseError::Unavailable(SILENT.into()))?;
    let statement = prepared.map_err(|error| match error.as_db_error() {
        Some(refused)
            if *refused.code() == SqlState::INDETERMINATE_DATATYPE
                && refused.message().ends_with("$1") =>
        {
            WITHOUT_TENANT
        }
        _ => explain(&error),
    })?;
    match statement.params().len() {
        0 => Err(WITHOUT_TENANT),
        count if count != values.len().saturating_add(1) => Err(WRONG_COUNT),
        _ => Ok(statement),
    }
}

/// What a statement is given: the tenant, then the values.
pub(crate) struct Parameters<'a>(Vec<Parameter<'a>>);

impl<'a> Parameters<'a> {
    pub(crate) fn new(tenant: &'a Tenant, values: &'a [Value]) -> Self {
        let tenant = std::iter::once(Parameter::Tenant(tenant.as_str()));
        Self(tenant.chain(values.iter().map(Parameter::Value)).collect())
    }

    pub(crate) fn references(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.0.iter().map(|parameter| -> &(dyn ToSql + Sync) { parameter }).collect()
    }
}

#[derive(Debug)]
enum Parameter<'a> {
    Tenant(&'a str),
    Value(&'a Value),
}

/// A value where another type is expected.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("a value does not have the type of its placeholder")]
struct Misfit;

impl ToSql for Parameter<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        to: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        let is_text = [Type::TEXT, Type::VARCHAR, Type::BPCHAR, Type::NAME].contains(kind);
        match self {
            Self::Tenant(text) if is_text => text.to_sql(kind, to),
            Self::Value(Value::Null) => Ok(IsNull::Yes),
            Self::Value(Value::Text(text)) if is_text => text.to_sql(kind, to),
            Self::Value(Value::Blob(bytes)) if *kind == Type::BYTEA => bytes.to_sql(kind, to),
            Self::Value(Value::Integer(value)) => match *kind {
                Type::INT8 => value.to_sql(kind, to),
                Type::INT4 => i32::try_from(*value)?.to_sql(kind, to),
                Type::INT2 => i16::try_from(*value)?.to_sql(kind, to),
                _ => Err(Misfit.into()),
            },
            _ => Err(Misfit.into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

pub(crate) fn read(row: &tokio_postgres::Row) -> Result<Row, DatabaseError> {
    let value = |(index, column): (usize, &tokio_postgres::Column)| {
        let read = match *column.type_() {
            Type::INT8 => row.try_get(index).map(|value: Option<i64>| value.into()),
            Type::INT4 => row.try_get(index).map(|value: Option<i32>| value.into()),
            Type::INT2 => row.try_get(index).map(|value: Option<i16>| value.map(i32::from).into()),
            Type::BOOL => row.try_get(index).map(|value: Option<bool>| value.into()),
            Type::BYTEA => row.try_get(index).map(|value: Option<Vec<u8>>| value.into()),
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME => {
                row.try_get(index).map(|value: Option<String>| value.into())
            }
            _ => {
                let other = "returns a type that is no integer, text or bytes; cast it";
                return Err(DatabaseError::Statement(other));
            }
        };
        read.map_err(|error| explain(&error))
    };
    let values: Result<_, _> = row.columns().iter().enumerate().map(value).collect();
    values.map(Row::new)
}

async fn in_time<T>(answer: impl Future<Output = Result<T, Error>>) -> Result<T, DatabaseError> {
    match timeout(DEADLINE, answer).await {
        Ok(done) => done.map_err(|error| explain(&error)),
        Err(_) => Err(DatabaseError::Unavailable(SILENT.into())),
    }
}

/// Whether the connection should not be used again.
pub(crate) fn is_lost(error: &DatabaseError) -> bool {
    match error {
        DatabaseError::Unavailable(_) | DatabaseError::Unclear => true,
        // A prepared statement that no longer fits its tables.
        DatabaseError::Refused { code, .. } => code == "0A000" || code == "26000",
        _ => false,
    }
}

/// What an error means for the caller, without a value: details and hints are left out, and the
/// message where it may repeat one.
pub(crate) fn explain(error: &Error) -> DatabaseError {
    let Some(refused) = error.as_db_error() else {
        if error.source().and_then(|source| source.downcast_ref::<Misfit>()).is_some() {
            return DatabaseError::Statement("has a value of another type than its place");
        }
        return DatabaseError::Unavailable("the connection was lost".into());
    };
    let code = refused.code();
    if *code == SqlState::UNIQUE_VIOLATION {
        return DatabaseError::Conflict(Constraint::Unique);
    }
    if *code == SqlState::FOREIGN_KEY_VIOLATION {
        return DatabaseError::Conflict(Constraint::ForeignKey);
    }
    if is_class(code, &["23"]) {
        return DatabaseError::Conflict(Constraint::Value);
    }
    // Collisions, and waiting for one of them for too long.
    let waited = [SqlState::LOCK_NOT_AVAILABLE, SqlState::QUERY_CANCELED].contains(code);
    if waited || is_class(code, &["40"]) {
        return DatabaseError::Contended;
    }
    let is_read_only = *code == SqlState::READ_ONLY_SQL_TRANSACTION;
    if is_read_only || is_class(code, &["08", "28", "3D", "53", "57", "58", "XX"]) {
        let code = code.code();
        return DatabaseError::Unavailable(format!("the server answers with code {code}"));
    }
    let names_no_value = is_class(code, &["42"]);
    let message = if names_no_value { refused.message() } else { "see the manual for the code" };
    let message = message.into();
    DatabaseError::Refused { code: code.code().into(), message }
}

fn is_class(code: &SqlState, classes: &[&str]) -> bool {
    classes.iter().any(|class| code.code().starts_with(class))
}
