//! Appending: the end of the log is held, continued and put back.

use upheld_ledger::{Draft, Hash, Log, Tree};

use super::LedgerError;
use crate::columns::{count, count_of};
use crate::sql::{Row, Transaction, Value};

pub(super) const HEAD: &str = "SELECT size, peaks FROM ledger_heads WHERE tenant = $1";
const LOCK_HEAD: &str = "SELECT size, peaks FROM ledger_heads WHERE tenant = $1 FOR UPDATE";
const MAKE_HEAD: &str = "INSERT INTO ledger_heads (tenant, size, peaks) VALUES ($1, 0, $2)
     ON CONFLICT (tenant) DO NOTHING";
const MOVE_HEAD: &str = "UPDATE ledger_heads SET size = $2, peaks = $3
     WHERE tenant = $1 AND size = $4";
const INSERT: &str = "INSERT INTO ledger_entries (tenant, seq, entry, leaf)
     VALUES ($1, $2, $3, $4)";

/// The log's end, held by this transaction.
pub(crate) struct Appender {
    log: Log,
    found: u64,
}

impl Appender {
    /// Waits for whoever appends, and holds the end until the commit.
    pub(crate) fn lock(transaction: &mut Transaction<'_>) -> Result<Self, LedgerError> {
        let mut head = head_of(&transaction.query(LOCK_HEAD, &[])?)?;
        if head.is_none() {
            transaction.execute(MAKE_HEAD, &[Value::Blob(Vec::new())])?;
            head = head_of(&transaction.query(LOCK_HEAD, &[])?)?;
        }
        let tree = head.ok_or(LedgerError::Head)?;
        Ok(Self { found: tree.size(), log: Log::resume(tree) })
    }

    /// Appends an entry and returns its number.
    pub(crate) fn append(
        &mut self,
        transaction: &mut Transaction<'_>,
        draft: &Draft<'_>,
    ) -> Result<u64, LedgerError> {
        let index = self.log.tree().size();
        let record = self.log.append(draft)?;
        let leaf = record.leaf();
        let values = [count(index), record.entry().as_bytes().into(), leaf.as_bytes().into()];
        transaction.execute_later(INSERT, &values)?;
        Ok(index)
    }

    /// Puts the end back, where it is now.
    pub(crate) fn finish(self, transaction: &mut Transaction<'_>) -> Result<(), LedgerError> {
        let tree = self.log.tree();
        let peaks: Vec<u8> = tree.peaks().iter().flat_map(Hash::as_bytes).copied().collect();
        let values = [count(tree.size()), peaks.into(), count(self.found)];
        let moved = transaction.execute(MOVE_HEAD, &values)?;
        if moved == 1 { Ok(()) } else { Err(LedgerError::Head) }
    }
}

/// The tree that the row of the end describes, if there is one yet.
pub(super) fn head_of(rows: &[Row]) -> Result<Option<Tree>, LedgerError> {
    let Some(row) = rows.first() else { return Ok(None) };
    let (peaks, rest) = row.blob(1)?.as_chunks::<32>();
    let peaks = peaks.iter().map(|peak| Hash::from_bytes(*peak)).collect();
    let tree = Tree::from_peaks(count_of(row, 0)?, peaks).filter(|_| rest.is_empty());
    tree.map(Some).ok_or(LedgerError::Head)
}
