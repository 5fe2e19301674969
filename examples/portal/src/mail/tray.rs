//! The boxes in which letters wait until they are sent.

use upheld_store::sql::Transaction;

use super::Letter;
use crate::clock::Moment;
use crate::id::{Id, PersonId};
use crate::records::{Records, RecordsError};
use crate::sealed::{self, Table};

/// Where letters wait.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tray {
    /// Those to people with an account, which has the address.
    Outbox,
    /// Those to people without, whose address is sealed with what is written.
    Intakes,
}

impl Tray {
    pub(super) const fn table(self) -> &'static str {
        match self {
            Self::Outbox => "outbox",
            Self::Intakes => "intake_letters",
        }
    }

    pub(super) const fn seal(self) -> Table {
        match self {
            Self::Outbox => Table::Outbox,
            Self::Intakes => Table::IntakeLetters,
        }
    }

    pub(super) const fn due(self) -> &'static str {
        match self {
            Self::Outbox => {
                "SELECT outbox.id, person, tries, next_try, subject, key_id, body, email
                 FROM outbox JOIN people ON people.tenant = outbox.tenant AND people.id = person
                 WHERE outbox.tenant = $1 AND next_try <= $2 ORDER BY next_try LIMIT $3"
            }
            Self::Intakes => {
                "SELECT id, intake, tries, next_try, subject, key_id, body, NULL
                 FROM intake_letters
                 WHERE tenant = $1 AND next_try <= $2 ORDER BY next_try LIMIT $3"
            }
        }
    }

    /// Puts a letter in, in the transaction of what it tells.
    pub(crate) fn put(
        self,
        records: &Records,
        transaction: &mut Transaction<'_>,
        to: PersonId,
        letter: &Letter,
        now: Moment,
    ) -> Result<(), RecordsError> {
        let id = Id::generate()?;
        let [key, body] = sealed::seal(records, (self.seal(), id, to), letter.body.as_bytes())?;
        let (table, owner) = (self.table(), self.owner());
        transaction.execute(
            &format!(
                "INSERT INTO {table} (tenant, id, {owner}, kind, subject, key_id, body, created_at,
                                      tries, next_try)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $8)"
            ),
            &[
                id.into(),
                to.into(),
                letter.kind.into(),
                letter.subject.as_str().into(),
                key,
                body,
                now.into(),
            ],
        )?;
        Ok(())
    }

    /// The column that says whose a letter is.
    const fn owner(self) -> &'static str {
        match self {
            Self::Outbox => "person",
            Self::Intakes => "intake",
        }
    }
}
