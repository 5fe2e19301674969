//! What the layer demands of a statement's text.

use crate::sql::{DatabaseError, Value};

pub(crate) const WITHOUT_TENANT: DatabaseError =
    DatabaseError::Statement("does not name $1, the tenant");
pub(crate) const WRONG_COUNT: DatabaseError =
    DatabaseError::Statement("does not have as many placeholders as values, from $2 on");
pub(crate) const RETURNS_ROWS: DatabaseError =
    DatabaseError::Statement("returns rows; ask for them with query");

/// Refuses values that one of the databases cannot keep: PostgreSQL has no zero bytes in texts.
pub(crate) fn check_values(values: &[Value]) -> Result<(), DatabaseError> {
    let has_zero = |value: &Value| matches!(value, Value::Text(text) if text.contains('\0'));
    if values.iter().any(has_zero) {
        return Err(DatabaseError::Statement("has a text with a zero byte among its values"));
    }
    Ok(())
}

/// The statement for a database in which a transaction that may write holds every row already.
pub(crate) fn without_row_lock(sql: &str) -> &str {
    let sql = sql.trim_end();
    let locked = sql.strip_suffix("SKIP LOCKED").map_or(sql, str::trim_end);
    locked.strip_suffix("FOR UPDATE").map_or(sql, str::trim_end)
}

#[cfg(test)]
mod tests {
    use super::without_row_lock;

    #[test]
    fn only_a_lock_at_the_end_is_dropped() {
        assert_eq!(without_row_lock("SELECT a FROM b\n  FOR UPDATE\n"), "SELECT a FROM b");
        assert_eq!(without_row_lock("SELECT a FROM b FOR UPDATE\n SKIP LOCKED"), "SELECT a FROM b");
        assert_eq!(without_row_lock("SELECT 'SKIP LOCKED'"), "SELECT 'SKIP LOCKED'");
        assert_eq!(without_row_lock("SELECT 'FOR UPDATE' "), "SELECT 'FOR UPDATE'");
    }
}
