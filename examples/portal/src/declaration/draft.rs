//! What a privacy lead examines before it is published: kept, so that proving once more who one is
//! loses nothing.

use upheld_store::sql::{DatabaseError, Transaction};

use crate::clock::Moment;
use crate::id::PersonId;
use crate::records::Records;

/// The longest text of a declaration: several times the program's own. As a form it has to fit in
/// what a request may have.
pub(crate) const MAX_BYTES: usize = 32 * 1024;
/// For how long a draft is kept that nobody publishes.
const KEPT_SECONDS: i64 = 7 * 24 * 60 * 60;

/// The text without the line ends that forms give it, so that its hash is always the same.
pub(crate) fn without_returns(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// Keeps a person's draft, in the place of the one before.
pub(crate) async fn keep(
    records: &Records,
    person: PersonId,
    text: String,
    now: Moment,
) -> Result<(), DatabaseError> {
    let kept = records.database.transact(move |transaction| {
        let sql = "INSERT INTO declaration_drafts (tenant, person, text, kept_at)
                   VALUES ($1, $2, $3, $4)
                   ON CONFLICT (tenant, person) DO UPDATE
                   SET text = excluded.text, kept_at = excluded.kept_at";
        transaction.execute(sql, &[person.into(), text.as_str().into(), now.into()])
    });
    kept.await.map(drop)
}

/// A person's draft, if they have one.
pub(crate) async fn find(
    records: &Records,
    person: PersonId,
) -> Result<Option<String>, DatabaseError> {
    let sql = "SELECT text FROM declaration_drafts WHERE tenant = $1 AND person = $2";
    let rows = records.database.query(sql, &[person.into()]).await?;
    rows.first().map(|row| row.text(0).map(str::to_owned)).transpose()
}

/// Deletes what nobody has published.
pub(crate) fn purge(transaction: &mut Transaction<'_>, now: Moment) -> Result<(), DatabaseError> {
    let sql = "DELETE FROM declaration_drafts WHERE tenant = $1 AND kept_at < $2";
    transaction.execute(sql, &[now.minus(KEPT_SECONDS).into()]).map(drop)
}
