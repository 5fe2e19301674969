//! What the layer demands of a statement's text.

use crate::sql::{DatabaseError, Value};

/// The placeholders there are. `$1` is the tenant.
const PLACEHOLDERS: [&str; 32] = [
    "$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15",
    "$16", "$17", "$18", "$19", "$20", "$21", "$22", "$23", "$24", "$25", "$26", "$27", "$28",
    "$29", "$30", "$31", "$32",
];

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

/// The name of the placeholder for the value at `index`, the tenant being at 0.
pub(crate) fn placeholder(index: usize) -> Result<&'static str, DatabaseError> {
    PLACEHOLDERS.get(index).copied().ok_or(WRONG_COUNT)
}

/// The statement for a database in which a transaction that may write holds every row already.
pub(crate) fn without_row_lock(sql: &str) -> &str {
    let sql = sql.trim_end();
    sql.strip_suffix("FOR UPDATE").map_or(sql, str::trim_end)
}

#[cfg(test)]
mod tests {
    use super::{placeholder, without_row_lock};

    #[test]
    fn placeholders_count_from_one() {
        let names: Vec<String> = (1..=32).map(|number| format!("${number}")).collect();
        let known: Vec<&str> = (0..32).map(|index| placeholder(index).unwrap()).collect();
        assert_eq!(known, names);
        assert!(placeholder(32).is_err());
    }

    #[test]
    fn only_a_lock_at_the_end_is_dropped() {
        assert_eq!(without_row_lock("SELECT a FROM b\n  FOR UPDATE\n"), "SELECT a FROM b");
        assert_eq!(without_row_lock("SELECT 'FOR UPDATE' "), "SELECT 'FOR UPDATE'");
    }
}
