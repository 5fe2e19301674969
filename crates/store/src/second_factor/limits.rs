//! Who has failed, for whoever looks after them.

use upheld_second_factor::{AccountId, Budget, Failures};

use super::{SecondFactorError, SecondFactors, rows};
use crate::columns::{id, id_of};
use crate::sql::{DatabaseError, Row, Value};

const FAILED: &str = "SELECT failures, guessed, locked_until, account, budget
     FROM second_factor_failures
     WHERE tenant = $1 AND failures > 0 AND (account, budget) > ($2, $3)
     ORDER BY account, budget LIMIT $4";

/// An account that has failed since its last success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failed {
    /// Which.
    pub account: AccountId,
    /// At what.
    pub budget: Budget,
    /// How often, and until when it has to wait.
    pub failures: Failures,
}

impl SecondFactors {
    /// Lists up to `limit` accounts that have failures, in the order of their names, from after one
    /// on; each once for every budget. Whether one has to wait is for the policy to say.
    ///
    /// # Errors
    ///
    /// [`SecondFactorError::Database`]
    pub async fn failed(
        &self,
        after: Option<(AccountId, Budget)>,
        limit: u32,
    ) -> Result<Vec<Failed>, SecondFactorError> {
        let (account, budget) = match after {
            Some((account, budget)) => (id(account.0), rows::budget_number(budget)),
            None => (Value::Blob(Vec::new()), 0),
        };
        let values = [account, budget.into(), i64::from(limit).into()];
        let found = self.database.query(FAILED, &values).await?;
        Ok(found.iter().map(read).collect::<Result<_, _>>()?)
    }
}

fn read(row: &Row) -> Result<Failed, DatabaseError> {
    let number = row.integer(4)?;
    let budget = Budget::ALL.into_iter().find(|budget| rows::budget_number(*budget) == number);
    let budget = budget.ok_or(DatabaseError::Column { column: 4, wanted: "a budget" })?;
    Ok(Failed { account: AccountId(id_of(row, 3)?), budget, failures: rows::failures_of(row)? })
}
